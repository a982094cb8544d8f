"""Patches in a set: sounds that the set makes, or changes, with pyo.

A patch is a sound like ``listen()``: encoders draw it, ``.low`` and the rest are heard in it, and
other patches take it. Its key is its ``key=``, or else the name of its function, with a number
where a set calls it several times; so it plays on over edits, whatever its variable is called.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from livegan.graph.binding import bind, describe
from livegan.graph.picture import Picture
from livegan.graph.place import SetError
from livegan.graph.signals.signal import Signal
from livegan.graph.sound import SOUND, SOUNDS, SoundHandle, declared
from livegan.plugin.declare import Operation
from livegan.plugin.loading.digest import digest_of
from livegan.plugin.source import file_digest

os.environ.setdefault("PYO_GUI_WX", "0")  # pyo, imported by a set, would print about its windows

TITLE = "patch"
OWN_ARGUMENTS = ("heard", "key")
"""What every patch takes besides its own arguments."""


class PatchSound(SoundHandle):
    """A patch as a set calls it: one more sound.

    Attributes
    ----------
    operation : the function, as declared.
    inputs : the sounds that it is given, in order; None for one that is left out.
    live, fixed : its parameters by name: numbers and signals; and those it is built from.
    audible : whether the room hears it.
    """

    def __init__(
        self,
        key: str,
        operation: Operation,
        inputs: tuple[SoundHandle | None, ...],
        live: dict[str, Any],
        fixed: dict[str, Any],
        audible: bool,
    ) -> None:
        super().__init__(key, TITLE)
        self.operation = operation
        self.inputs = inputs
        self.audible = audible
        self.live = live
        self.fixed = fixed

    def __repr__(self) -> str:
        return self.key

    @property
    def name(self) -> str:
        """As messages call it."""
        return self.key.partition(":")[2]

    @property
    def sounds(self) -> tuple[SoundHandle, ...]:
        """The sounds that it is given."""
        return tuple(each for each in self.inputs if each is not None)

    @property
    def build(self) -> str:
        """Fingerprint of what it is built from: code and fixed values, never its inputs."""
        code = digest_of(self.operation.make) + self.operation.stamp
        files = [value for value in self.fixed.values() if isinstance(value, Path)]
        code += "".join(map(file_digest, files))
        text = f"{self.operation.name}|{code}|{sorted(self.fixed.items())!r}|{len(self.inputs)}"
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise SetError(f"{self.name} is a sound already; call the patch once, and use the result")


def call_patch(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> PatchSound:
    """A sound from a call of a patch: sounds first, then parameters in their declared order.

    ``heard=True`` sends it to the room; ``key`` names it, so that it plays on whatever is changed.

    Raises
    ------
    SetError
        For a missing, unknown or unfit argument; the message names the closest one.
    """
    title = operation.name
    values = dict(kwargs)
    heard, key = values.pop("heard", False), values.pop("key", None)
    if not isinstance(heard, (bool, int)):
        raise SetError(f"{title}: heard is True or False, got {describe(heard)}")
    if key is not None and (not isinstance(key, str) or not key.strip()):
        raise SetError(f"{title}: key is a text in quotes, got {describe(key)}")
    inputs, rest = sounds_of(operation, list(args), values)
    params = list(operation.params)
    if len(rest) > len(params):
        most = f"{len(params)} value{'s' * (len(params) != 1)}" if params else "no values"
        raise SetError(f"{title} takes {most} after its sounds, got {len(rest)}")
    for param, value in zip(params, rest, strict=False):
        if param.name in values:
            raise SetError(f"{title}: {param.name!r} is given twice")
        values[param.name] = value
    others = [*(each.name for each in operation.inputs if not each.many), *OWN_ARGUMENTS]
    live, fixed = bind(title, params, values, others)
    made = PatchSound(key_of(title, key), operation, inputs, live, fixed, bool(heard))
    declared(made)
    return made


_building: ContextVar[bool] = ContextVar("livegan_building_a_patch", default=False)


@contextlib.contextmanager
def building() -> Iterator[None]:
    """Inside, a patch is built: patches that it calls are functions of pyo objects."""
    token = _building.set(True)
    try:
        yield
    finally:
        _building.reset(token)


def is_building() -> bool:
    """Whether a patch is built."""
    return _building.get()


def call_inside(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a patch returns that another one calls; its own defaults stand in for what is left
    out."""
    given = {row.name: row.default for row in operation.params} | kwargs
    return operation.make(*args, **given)


def key_of(title: str, key: str | None) -> str:
    """The key of the next patch of that name in the set that is read.

    Raises
    ------
    SetError
        If the set has given that ``key`` to another one.
    """
    known = SOUNDS.get() or {}
    if key is not None:
        if f"{TITLE}:{key}" in known:
            raise SetError(f"{title}: two patches have the key {key!r}; rename one of them")
        return f"{TITLE}:{key}"
    found, number = f"{TITLE}:{title}", 1
    while found in known:
        number += 1
        found = f"{TITLE}:{title}.{number}"
    return found


def sounds_of(
    operation: Operation, args: list[Any], values: dict[str, Any]
) -> tuple[tuple[SoundHandle | None, ...], list[Any]]:
    """The sounds of a call, and the positional values that follow them."""
    title = operation.name
    found: list[SoundHandle | None] = []
    for wanted in operation.inputs:
        if wanted.many:
            while args and isinstance(args[0], SoundHandle):
                found.append(args.pop(0))
        elif wanted.name in values:
            found.append(as_sound(title, wanted.name, values.pop(wanted.name), wanted.optional))
        elif args and (isinstance(args[0], (SoundHandle, Picture)) or args[0] is None):
            found.append(as_sound(title, wanted.name, args.pop(0), wanted.optional))
        elif wanted.optional:
            found.append(None)
        elif wanted is operation.inputs[0]:
            found.append(SOUND)
        else:
            raise SetError(f"{title} needs a sound as {wanted.name!r}: {title}(listen(), ...)")
    if args and isinstance(args[0], SoundHandle):
        what = "no sound" if not operation.inputs else f"{len(operation.inputs)} sounds at most"
        raise SetError(f"the patch {title!r} takes {what}; add an argument before * in its def")
    return tuple(found), args


def as_sound(title: str, name: str, value: Any, optional: bool) -> SoundHandle | None:
    """A sound, or None where the input is optional."""
    if isinstance(value, SoundHandle) or (value is None and optional):
        return value
    got = "a picture" if isinstance(value, Picture) else describe(value)
    raise SetError(f"{title} needs a sound as {name!r}, such as listen(), got {got}")


def patches_of(sounds: dict[str, SoundHandle]) -> list[PatchSound]:
    """The patches among the sounds of a set, each after those that it is given: a set can only
    give what it has made before."""
    return [each for each in sounds.values() if isinstance(each, PatchSound)]


def signals_in(patch: PatchSound) -> list[Signal]:
    """The signals that its parameters follow."""
    found: list[Signal] = []
    for value in patch.live.values():
        parts = value if isinstance(value, tuple) else (value,)
        found += [part for part in parts if isinstance(part, Signal)]
    return found
