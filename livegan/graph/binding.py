"""Values of a call against the declared parameters: taken, checked, or refused in one line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.files import named
from livegan.graph.place import SetError, here
from livegan.graph.signals.signal import Signal, lift
from livegan.graph.sound import SoundHandle
from livegan.plugin.closest import suggestion
from livegan.plugin.declare import Param
from livegan.plugin.parameter import colour
from livegan.size import Size


def bind(
    title: str, params: Iterable[Param], values: dict[str, Any], others: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Live and fixed values of every parameter, checked; defaults where nothing is given."""
    params = list(params)
    known = {p.name: p for p in params}
    former = {old: p.name for p in params for old in p.was if old not in known}
    for old in [name for name in values if name in former]:
        if former[old] in values:
            raise SetError(
                f"{title}: {old!r} is the old name of {former[old]!r}; give only one of them"
            )
        values = {**values, former[old]: values[old]}
        del values[old]
    for name in values:
        if name not in known:
            hint = suggestion(name, [*known, *others])
            raise SetError(f"{title} has no argument {name!r}{hint}")
    live: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    for param in params:
        value = values.get(param.name, param.default)
        if param.name in values:
            value = check(title, param, value)
        (live if param.live else fixed)[param.name] = value
    return live, fixed


def check(title: str, param: Param, value: Any) -> Any:
    """``value`` as the parameter takes it, or a refusal that says what it takes."""
    label = f"{title}: {param.name}"
    kind = param.type
    if kind in ("colour", "vector"):
        return several(title, param, value)
    if kind == "file":
        return found_file(label, value)
    if isinstance(value, Signal):
        if not param.live:
            raise SetError(f"{label} is fixed when the node is built, so it cannot follow a signal")
        return value
    if kind == "choice":
        if value not in param.choices:
            choices = ", ".join(map(repr, param.choices))
            hint = suggestion(str(value), param.choices)
            raise SetError(f"{label} is one of {choices}, got {value!r}" + hint.split(";")[0])
        return value
    if kind == "flag":
        if not isinstance(value, (bool, int)):
            raise SetError(f"{label} is True or False, got {describe(value)}")
        return bool(value)
    if kind == "text":
        if not isinstance(value, str) and not (value is None and param.default is None):
            raise SetError(f"{label} is a text in quotes, got {describe(value)}")
        return value
    if kind == "size":
        try:
            return Size.read(0 if value is None else value)
        except ValueError as error:
            raise SetError(f"{label}: {error}") from None
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise SetError(f"{label} is a number, got {describe(value)}")
    number = lift(value)
    if number != param.limit(number):
        low = "" if param.low is None else f"{param.low:g}"
        high = "" if param.high is None else f"{param.high:g}"
        unit = f" {param.unit}" if param.unit else ""
        raise SetError(f"{label} goes from {low} to {high}{unit}, got {number:g}")
    return param.given(number)


def several(title: str, param: Param, value: Any) -> tuple[Any, ...]:
    """A colour or vector: a tuple of numbers, and of signals where it is live."""
    label, count = f"{title}: {param.name}", len(param.default)
    if param.type == "colour" and isinstance(value, str):
        try:
            return colour(value)
        except ValueError:
            ways = '"orange", "#ff8800" or three numbers'
            raise SetError(f"{label} is a colour, {ways}, got the text {value!r}") from None
    if not isinstance(value, (tuple, list)) or len(value) != count:
        what = "a colour" if param.type == "colour" else f"{count} numbers in brackets"
        got = f"{len(value)} of them" if isinstance(value, (tuple, list)) else describe(value)
        raise SetError(f"{label} is {what}, got {got}")
    low, high = (0.0, 1.0) if param.type == "colour" else (param.low, param.high)
    part = replace(param, default=float(param.default[0]), low=low, high=high, kind="")
    return tuple(check(title, part, each) for each in value)


def found_file(label: str, value: Any) -> Path | None:
    """The file that a set names: in its own folder, or in the working one."""
    if value is None:
        return None
    if not isinstance(value, (str, Path)):
        raise SetError(f"{label} is the path of a file in quotes, got {describe(value)}")
    return look_for(label, value)


def look_for(label: str, file: str | Path, suffixes: Collection[str] = ()) -> Path:
    """A file in the set's own folder, in the working one, or at an absolute path.

    ``suffixes`` are those of files that could be meant instead; that of ``file`` if none are given.
    """
    place = here()
    folders = list(dict.fromkeys([*([Path(place.file).parent] if place else []), Path.cwd()]))
    paths = [named(folder / Path(file).expanduser()) for folder in folders]
    for path in paths:
        if path.is_file():
            return path.resolve()
    if any(path.is_dir() for path in paths):
        raise SetError(f"{label}: {str(file)!r} is a folder; name a file in it")
    there = alike(Path(file).name, [path.parent for path in paths], suffixes)
    raise SetError(
        f"{label}: there is no file {str(file)!r} in {' or '.join(map(str, folders))}"
        + suggestion(Path(file).name, there)
    )


def alike(name: str, folders: Iterable[Path], suffixes: Collection[str] = ()) -> list[str]:
    """The names in some folders that could be meant by ``name``: those with one of the suffixes,
    or with its own."""
    kinds = {Path(name).suffix.lower(), *suffixes} - {""}
    there = [p.name for folder in folders if folder.is_dir() for p in folder.iterdir()]
    return [n for n in there if not kinds or Path(n).suffix.lower() in kinds]


def describe(value: Any) -> str:
    """What something is, in the words of the language."""
    if isinstance(value, Signal):
        return "a signal"
    if isinstance(value, SoundHandle):
        return "the sound; draw it first with encode.waveform(sound) or another encoder"
    if isinstance(value, str):
        return f"the text {value!r}"
    if isinstance(value, (bool, int, float)):
        return f"the number {value}"
    if callable(value):
        return f"the function {getattr(value, '__name__', value)!r}; did you forget ()?"
    return type(value).__name__
