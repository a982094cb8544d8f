"""Shaders in a set: ``shader("kaleido.fs", picture, amount=sound.low)``.

The file says what it is given, so a call is checked against it as one of a mixer is against its
signature.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livegan.graph.binding import bind, check, describe, look_for
from livegan.graph.picture import CHAINED, Picture, as_input, flat
from livegan.graph.place import Place, SetError
from livegan.graph.signals.signal import Signal
from livegan.graph.sound import SOUND, SoundHandle
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Param
from livegan.shaders.plain import with_sound
from livegan.shaders.reading import read_shader
from livegan.shaders.shader import Shader, ShaderError, ShaderValue
from livegan.size import UNSAID

SUFFIXES = (".fs", ".frag", ".glsl", ".isf")
"""Names of shader files end so; other names are read as well."""
OPTIONS = (
    Param(
        UNSAID,
        doc="size to paint at, scaled to the canvas; one number takes the canvas's shape; 0 is the "
        "size of the first picture, or the canvas",
        unit="px",
        live=False,
        name="size",
    ),
)
"""What ``shader(...)`` takes besides what the file says, ``time``, ``over`` and ``key``."""


class ShaderPicture(Picture):
    """The picture of a shader.  Its inputs are those that the file has, then ``over``."""

    declared: Shader
    """Its file, as it was read."""
    given: dict[str, SoundHandle]
    """The sounds of inputs that were given one, by name; the others are fed the show's own."""

    @property
    def sounds(self) -> tuple[SoundHandle, ...]:
        return tuple(self.given.get(each.name, SOUND) for each in self.declared.sounds)


def shader(
    file: str,
    /,
    *pictures: Picture,
    time: Any = None,
    over: Picture | None = None,
    key: str | None = None,
    **values: Any,
) -> ShaderPicture:
    """A fragment shader: an ISF file, one for Shadertoy, or GLSL with uniforms.

    ``file`` is beside the set, in the working folder, or absolute.  Then come the pictures that it
    repaints, none for a generator, two for a transition.  What else the file is given are keywords:
    numbers, signals, colours, points, words.  ``time`` is a signal in seconds that it is given in
    place of the show's, ``over`` the picture that shows where it is transparent, else black, and
    ``size`` the size that it paints at.
    """
    path = found("shader", file)
    try:
        read = read_shader(path)
    except ShaderError as error:
        raise SetError(error.reason, Place(str(error.path), error.line)) from None
    title = path.name
    if key is not None and not isinstance(key, str):
        raise SetError(f"{title}: key= takes a text")
    if over is not None and not isinstance(over, Picture):
        raise SetError(f"{title}: over= takes a picture, got {describe(over)}")
    given = {name: value for name, value in values.items() if isinstance(value, SoundHandle)}
    for name in given:
        try:
            read = with_sound(read, name)
        except KeyError:
            heard = ", ".join(s.name for s in read.sounds) or "none"
            raise SetError(f"{title}: {name} is fed no sound; inputs for sound: {heard}") from None
        del values[name]
    inputs, values = taken(title, read, flat(list(pictures)), values)
    live, fixed = bound(title, read, values)
    if time is not None:
        row = Param(0.0, doc="seconds", name="time")
        live["time"] = check(title, row, time)
    files = dict(zip(("file", "beside", *map(str, range(9))), read.files, strict=False))
    sounds = tuple(f"{s.name} {s.kind}" for s in read.sounds)
    node = ShaderPicture(
        "shader", title, inputs=(*inputs, over), live=live,
        fixed=fixed | files | {"sounds": sounds}, key=key,
    )  # fmt: skip
    node.declared, node.given = read, given
    return node


def repainted(picture: Picture, file: str, /, *pictures: Picture, **values: Any) -> ShaderPicture:
    """``wave.shader("kaleido.fs", amount=sound.low)``: a picture that a shader repaints."""
    return shader(file, picture, *pictures, **values)


CHAINED["shader"] = repainted


def found(word: str, file: Any) -> Path:
    """A file that a set names: in its own folder, in the working one, or absolute."""
    if not isinstance(file, (str, Path)) or not str(file).strip():
        raise SetError(f"{word} needs the name of a file in quotes, got {describe(file)}")
    return look_for(word, file, SUFFIXES)


def taken(
    title: str, shader: Shader, given: list[Any], values: dict[str, Any]
) -> tuple[list[Picture | None], dict[str, Any]]:
    """The pictures of a call, by order and by name; and the values that are left."""
    values = dict(values)
    inputs: list[Picture | None] = []
    for wanted in shader.pictures:
        if wanted.name in values:
            inputs.append(as_input(title, wanted.name, values.pop(wanted.name), False))
        elif given and isinstance(given[0], Picture):
            inputs.append(given.pop(0))
        else:
            names = ", ".join(p.name for p in shader.pictures)
            got = f", got {describe(given[0])}" if given else ""
            raise SetError(f"{title} takes the pictures {names}; {wanted.name!r} is missing{got}")
    if given and isinstance(given[0], Picture):
        count = len(shader.pictures)
        takes = "no picture" if not count else f"{count} picture{'s' * (count > 1)}"
        raise SetError(f"{title} takes {takes}, got more; a background is over=")
    if given:
        names = ", ".join(v.param.name for v in shader.values) or "none"
        raise SetError(f"{title}: give values by name, got {describe(given[0])}; it has {names}")
    return inputs, values


def bound(
    title: str, shader: Shader, values: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of every input of the file, checked; defaults where nothing is given."""
    values = dict(values)
    ready: dict[str, Any] = {}
    for value in shader.values:
        name = value.param.name
        if name not in values:
            continue
        if value.kind == "color":
            ready[name] = check(title, value.param, rgba(title, value, values.pop(name)))
        elif value.kind == "long":
            ready[name] = numbered(title, value, values.pop(name))
        elif value.kind == "event":
            row = Param(0.0, 0.0, 1.0, name=name)
            ready[name] = check(title, row, values.pop(name))
    others = ["time", "over", "key", *(p.name for p in shader.pictures), *ready]
    live, fixed = bind(title, (*shader.params, *OPTIONS), values, others)
    return live | ready, fixed


def rgba(title: str, value: ShaderValue, given: Any) -> Any:
    """A colour with its opacity: three parts are opaque."""
    if isinstance(given, str):
        from PIL import ImageColor

        try:
            parts = [part / 255 for part in ImageColor.getrgb(given)]
        except ValueError:
            raise SetError(
                f'{title}: {value.param.name} is a colour, "orange", "#ff8800", or three or four '
                f"numbers, got the text {given!r}"
            ) from None
        return (*parts, 1.0)[:4]
    if isinstance(given, (tuple, list)) and len(given) == 3:
        return (*given, 1.0)
    return given


def numbered(title: str, value: ShaderValue, given: Any) -> Any:
    """A choice of the file, by number, by what it is called, or by a signal."""
    name = value.param.name
    if isinstance(given, str):
        known = {label.casefold(): n for label, n in zip(value.labels, value.numbers, strict=False)}
        if given.strip().casefold() not in known:
            choices = ", ".join(map(repr, value.labels)) or "a whole number"
            hint = suggestion(given, value.labels)
            raise SetError(
                f"{title}: {name} is one of {choices}, got {given!r}" + hint.split(";")[0]
            )
        return known[given.strip().casefold()]
    if not isinstance(given, Signal) and value.numbers and given not in value.numbers:
        choices = ", ".join(map(str, value.numbers))
        raise SetError(f"{title}: {name} is one of {choices}, got {given!r}")
    return check(title, value.param, given)
