"""Pictures in a set: nodes of the graph, and how a call in a set becomes one."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from livegan.graph.binding import bind, describe
from livegan.graph.place import NoSuchWord, Place, SetError, here
from livegan.graph.signals.seen import SeenSignal
from livegan.graph.sound import SOUND, SoundHandle
from livegan.plugin import registry
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Operation
from livegan.plugin.loading.digest import digest_of
from livegan.plugin.source import file_digest

LEAVES: ContextVar[dict[str, Operation] | None] = ContextVar("livegan_leaves", default=None)
"""The mixers that the set being read has written itself: they chain like any other."""


ORDINALS: ContextVar[Iterator[int] | None] = ContextVar("livegan_ordinals", default=None)
"""Counts the pictures of the set that is read."""
FREE = itertools.count()
"""Counts those that are made without one."""

CHAINED: dict[str, Callable[..., Picture]] = {}
"""Words of the language that are methods of pictures, too; each takes the picture first."""


class Morph:
    """Two checkpoints of one architecture and how far between them: see ``morph`` in the set."""

    def __init__(self, a: str, b: str, amount: Any) -> None:
        self.a, self.b, self.amount = a, b, amount

    def __repr__(self) -> str:
        return f"morph({self.a!r}, {self.b!r})"


class Picture:
    """A picture that will be drawn every frame: one node of the graph.

    ``kind`` is ``"encoder"``, ``"mixer"``, ``"model"``, ``"source"``, ``"shader"`` or ``"prev"``.
    Every mixer is a method:
    ``wave.blur(4).blend(scroll, 0.3)`` is ``blend(blur(wave, 4), scroll, 0.3)``.
    """

    def __init__(
        self,
        kind: str,
        title: str,
        *,
        operation: Operation | None = None,
        inputs: tuple[Any, ...] = (),
        live: dict[str, Any] | None = None,
        fixed: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> None:
        self.kind = kind
        self.title = title
        self.operation = operation
        self.inputs = inputs
        self.live = live or {}
        self.fixed = fixed or {}
        self.key = key
        self.place: Place | None = here()
        self.ordinal = next(ORDINALS.get() or FREE)
        """Which picture of its set it is, counted as they are made."""
        self.target: Any = None
        """Of a ``prev``: the node, its name, or None for the picture that was shown."""
        self.name = ""
        """What the performer calls it; given when the set has run (see `livegan.graph.naming`)."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The inputs that are pictures."""
        return tuple(i for i in self.inputs if isinstance(i, Picture))

    @property
    def sounds(self) -> tuple[SoundHandle, ...]:
        """The sounds that it listens to: of an encoder the one that it draws, by name and order of
        a shader's inputs."""
        return tuple(i for i in self.inputs if isinstance(i, SoundHandle))

    @property
    def build(self) -> str:
        """Fingerprint of what the node is built from: code and fixed values, never its inputs."""
        code = digest_of(self.operation.make) if self.operation else ""
        code += self.operation.stamp if self.operation else ""
        files = [value for value in self.fixed.values() if isinstance(value, Path)]
        code += "".join(map(file_digest, files))
        text = f"{self.kind}|{self.title}|{code}|{sorted(self.fixed.items())!r}"
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"<{self.kind} {self.title}{' ' + self.name if self.name else ''}>"

    def __getattr__(self, name: str) -> Callable[..., Picture]:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in CHAINED:
            return partial(CHAINED[name], self)
        return self._chained(name)

    def _chained(self, name: str) -> Callable[..., Picture]:
        leaves = LEAVES.get() or {}
        try:
            operation = leaves.get(name) or registry.current().operation("mixer", name)
        except registry.UnknownName as error:
            if ("mixer", name) in registry.current().operations:  # two plugins claim it
                raise NoSuchWord(str(error)) from None
            known = [*leaves, *registry.current().names("mixer")]
            raise NoSuchWord(f"pictures have no {name!r}" + suggestion(name, known)) from None

        def chained(*args: Any, **kwargs: Any) -> Picture:
            return call(operation, (self, *args), kwargs)

        return chained

    @property
    def brightness(self) -> SeenSignal:
        """How bright it was in the last frame, 0..1; with brackets, the mixer."""
        return self._seen("brightness")

    @property
    def motion(self) -> SeenSignal:
        """How much it has changed in the last frame, 0..1."""
        return self._seen("motion")

    @property
    def hue_of(self) -> SeenSignal:
        """The hue of the last frame, as a turn of the colour wheel, 0..1."""
        return self._seen("hue_of")

    def _seen(self, what: str) -> SeenSignal:
        mixer = None
        with contextlib.suppress(NoSuchWord):  # no mixer has the name
            mixer = self._chained(what)
        return SeenSignal(what, self, mixer)

    def __iter__(self) -> Any:
        raise SetError("a picture cannot be looped over")

    def __bool__(self) -> bool:
        raise SetError(
            "a picture cannot be used in if, and, or; use switch(...) to choose between pictures"
        )

    def _arithmetic(self, other: Any) -> Any:
        raise SetError(
            "+ - * / do not work on pictures; write a.add(b), a.multiply(b), a.difference(b) or "
            "a.brightness(-0.5)"
        )

    def _compared(self, other: Any) -> Any:
        raise SetError(
            "pictures cannot be compared; use lighten(a, b) for the brighter of two colours, "
            "darken(a, b) for the darker, or difference(a, b)"
        )

    __lt__ = __gt__ = __le__ = __ge__ = _compared
    __add__ = __radd__ = __sub__ = __rsub__ = _arithmetic
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _arithmetic


def call(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Picture:
    """A node from a call in the set: inputs first, then parameters in their declared order.

    Raises
    ------
    SetError
        For a missing, unknown or unfit argument; the message names the closest one.
    """
    title = operation.name
    values = dict(kwargs)
    key = values.pop("key", None)
    if key is not None and not isinstance(key, str):
        raise SetError(f"{title}: key= takes a text")
    inputs, rest = take_inputs(operation, list(args), values)
    params = list(operation.params)
    if len(rest) > len(params):
        most = f"{len(params)} value{'s' * (len(params) != 1)}" if params else "no values"
        extra = f"takes {most} after its inputs, got {len(rest)}"
        raise SetError(f"{title} {extra}")
    for param, value in zip(params, rest, strict=False):
        if param.name in values:
            raise SetError(f"{title}: {param.name!r} is given twice")
        values[param.name] = value
    live, fixed = bind(title, params, values, inputs_of(operation))
    return Picture(
        operation.kind,
        title,
        operation=operation,
        inputs=tuple(inputs),
        live=live,
        fixed=fixed,
        key=key,
    )


def inputs_of(operation: Operation) -> list[str]:
    """Names of the inputs that can be given by name."""
    return [i.name for i in operation.inputs if not i.many]


def take_inputs(
    operation: Operation, args: list[Any], values: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """Split positional arguments into inputs and the rest; named inputs leave ``values``.

    The sound may stand anywhere among the inputs, or be left out.
    """
    title = operation.name
    sound = take_sound(operation, args, values)
    inputs: list[Any] = []
    for wanted in operation.inputs:
        if wanted.kind == "sound":
            inputs.append(sound)
        elif wanted.many:
            args = flat(args)
            while args and isinstance(args[0], Picture):
                inputs.append(args.pop(0))
        elif wanted.name in values:
            inputs.append(as_input(title, wanted.name, values.pop(wanted.name), wanted.optional))
        elif args and (isinstance(args[0], Picture) or args[0] is None):
            inputs.append(as_input(title, wanted.name, args.pop(0), wanted.optional))
        elif wanted.optional:
            inputs.append(None)
        else:
            raise SetError(missing(operation, wanted.name, args))
    given = [each for each in inputs if isinstance(each, Picture)]
    if operation.kind == "mixer" and operation.pictures and not given:
        got = f", got {describe(args[0])}" if args else ""
        raise SetError(f"{title} needs at least one picture{got}")
    if args and isinstance(args[0], Picture):
        if operation.pictures:
            count = f"{len(given)} picture{'s' * (len(given) != 1)}"
            raise SetError(f"{title} takes {count}, got more")
        if operation.kind == "encoder" and operation.listens:
            raise SetError(f"the encoder {title!r} draws sound, not a picture: {title}(sound)")
        raise SetError(f"{title} draws a picture of its own and takes none: write {title}()")
    return inputs, args


def take_sound(operation: Operation, args: list[Any], values: dict[str, Any]) -> SoundHandle:
    """The sound of a call, taken out of its arguments: what is heard if it is not given.

    Every encoder can be called with the sound, even one that draws nothing of it.
    """
    title = operation.name
    name = next((each.name for each in operation.inputs if each.kind == "sound"), "")
    if not name and operation.kind != "encoder":
        return SOUND
    if name and name in values:
        given = values.pop(name)
        if not isinstance(given, SoundHandle):
            first = f"{title}(listen())"
            what = f"the {operation.kind} {title!r} takes the sound"
            raise SetError(f"{what} as {name!r}: {first}, got {describe(given)}")
        return given
    for place, each in enumerate(args):
        if isinstance(each, SoundHandle):
            del args[place]
            return each
    return SOUND


def missing(operation: Operation, name: str, args: list[Any]) -> str:
    """What to say of a picture that is not given."""
    title = operation.name
    got = f", got {describe(args[0])}" if args else ""
    if operation.kind == "encoder":
        return (
            f"the encoder {title!r} draws a picture together with the sound, and none is given as "
            f"{name!r}{got}; give it one in a set: {title}(sound, picture)"
        )
    return f"{title} needs a picture as {name!r}{got}"


def flat(args: list[Any]) -> list[Any]:
    """A leading list or tuple of pictures, spread out: ``grid([a, b])`` is ``grid(a, b)``."""
    if args and isinstance(args[0], (list, tuple)):
        return [*args[0], *args[1:]]
    return args


def as_input(title: str, name: str, value: Any, optional: bool) -> Picture | None:
    """A picture, or None where the input is optional."""
    if isinstance(value, Picture) or (value is None and optional):
        return value
    raise SetError(f"{title} needs a picture as {name!r}, got {describe(value)}")
