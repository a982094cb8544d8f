"""Routes: which control of a controller does what, as a file beside the set says it.

The file is TOML, a table ``[[map]]`` for each route: see docs/controllers.md. Pure.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from livegan.control_names import NAME
from livegan.plugin.closest import suggestion

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ControlKind = Literal["cc", "note", "bend", "aftertouch", "program", "nrpn", "osc"]
TARGETS = ("knob", "pad", "scene")
SOURCES = ("cc", "note", "bend", "aftertouch", "program", "nrpn", "osc")
RELATIVE = ("twos-complement", "binary-offset", "sign-magnitude")
"""How an encoder sends its steps: 1 and 127, 65 and 63, or 1 and 65."""
STEPS = 100.0
"""Steps of an encoder from one end of the range to the other."""
FADERS = ("cc", "nrpn")
"""What keeps its place when it is let go, and so waits until it has reached the knob."""
HEADER = re.compile(r"^\s*\[\[\s*map\s*\]\]")
Span = tuple[float, float]


class MappingError(ValueError):
    """A mapping cannot be used: the line of the file, counted from 1, and what to write."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


@dataclass(frozen=True)
class Route:
    """One ``[[map]]``: a control that moves a knob, hits a pad or plays a scene."""

    kind: Literal["knob", "pad", "scene"]
    name: str
    """Of a scene, its number or name; empty is the one of the program's number."""
    source: ControlKind
    number: int | None = None
    """Of the controller, note or NRPN; of the key for aftertouch. None for the others."""
    address: str = ""
    arg: int = 0
    port: str = ""
    """A part of the device's name, in small letters; empty is every device."""
    channel: int | None = None
    bits: int = 7
    relative: str = ""
    """One of `RELATIVE`; empty for what sends its place."""
    steps: float = STEPS
    range: Span | None = None
    """What the ends of the control mean; None is the range of the knob."""
    input: Span = (0.0, 1.0)
    """What comes at the ends of the control."""
    curve: float = 1.0
    glide: float = 0.0
    pickup: bool = False
    feedback: bool = False
    line: int = 0
    """In the file."""

    @property
    def control(self) -> str:
        """Of the knob or pad, in the control table."""
        return f"{self.kind}/{self.name}"

    @property
    def plays_alike(self) -> tuple[Any, ...]:
        """The same for two routes of one control to one target."""
        where = self.source, self.number, self.address, self.arg, self.port, self.channel
        return self.kind, self.name, *where


def route_of(wire: Mapping[str, Any]) -> Route:
    """A route that came over a pipe: see `wire_of`."""
    return Route(**wire)


def wire_of(route: Route) -> dict[str, Any]:
    """A route for a pipe."""
    return asdict(route)


def read_mapping(text: str) -> list[Route]:
    """The routes of a file.

    Raises
    ------
    MappingError
        For the first mistake.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(found[1]) if found and found[1] else len(text.splitlines()) or 1
        reason = str(error)[: found.start()] if found else str(error)
        raise MappingError(line, f"this is not TOML: {reason}") from None
    for key, value in said.items():
        if (
            key != "map"
            or not isinstance(value, list)
            or not all(isinstance(v, dict) for v in value)
        ):
            line = _line_of(text.splitlines(), 0, key)
            raise MappingError(line, f"write a table [[map]] for each control, not {key!r}")
    lines = text.splitlines()
    headers = [number for number, each in enumerate(lines) if HEADER.match(each)]
    routes = []
    for index, table in enumerate(said.get("map", [])):
        start = headers[index] if index < len(headers) else 0
        routes.append(_Table(table, lines, start).route())
    return routes


def written(route: Mapping[str, Any]) -> str:
    """The table of a route that was learnt, as TOML."""
    values = {key: _toml(value) for key, value in route.items()}
    return "[[map]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line_of(lines: list[str], start: int, key: str) -> int:
    """The number of the line, from 1, that sets ``key`` in the table that begins at ``start``."""
    pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    for number in range(start, len(lines)):
        if number > start and HEADER.match(lines[number]):
            break
        if pattern.match(lines[number]) or (start == 0 and f"[{key}" in lines[number]):
            return number + 1
    return start + 1


class _Table:
    """One ``[[map]]`` of the file, on its way to a `Route`."""

    def __init__(self, table: Mapping[str, Any], lines: list[str], start: int) -> None:
        self._table, self._lines, self._start = table, lines, start

    def refuse(self, key: str, reason: str) -> MappingError:
        return MappingError(_line_of(self._lines, self._start, key), reason)

    def route(self) -> Route:
        for key in self._table:
            if key not in KEYS:
                raise self.refuse(key, f"there is no {key!r} here{suggestion(key, KEYS)}")
        kind = self._one(TARGETS, 'what it moves: knob = "hue", pad = "hit" or scene = "dark"')
        source = self._one(SOURCES, "the control that moves it: cc = 21, note = 36, osc = ...")
        values: dict[str, Any] = {"kind": kind, "source": source, "line": self._start + 1}
        values |= self._source(source)
        for key, (field, check) in OPTIONS.items():
            if key in self._table:
                self._fits(key, kind, source)
                try:
                    values[field] = check(self._table[key])
                except ValueError as error:
                    raise self.refuse(key, f"{key} is {error}, got {self._table[key]!r}") from None
        values["name"] = self._name(kind, source)
        if values.get("bits") == 14 and values["number"] > 31:
            raise self.refuse("cc", "a control of 14 bits is cc 0 to 31: its fine part is cc + 32")
        if source == "nrpn":
            values["bits"] = 14
        if values.get("feedback") and "port" not in values:
            raise self.refuse("feedback", "feedback needs port: a part of the device's name")
        absolute = source in FADERS and kind == "knob" and "relative" not in values
        values.setdefault("pickup", absolute)
        return Route(**values)

    def _name(self, kind: str, source: str) -> str:
        value = self._table[kind]
        if kind != "scene":
            if not isinstance(value, str) or not NAME.fullmatch(value):
                raise self.refuse(kind, f"{kind} is a name in quotes, got {value!r}")
            return value
        if source == "program":
            if value is not True:
                raise self.refuse(
                    kind, f"scene is true for a program: program 0 plays scene 1; got {value!r}"
                )
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
            raise self.refuse(kind, f'scene is its number or name: scene = "dark", got {value!r}')
        return str(value)

    def _one(self, keys: tuple[str, ...], what: str) -> Any:
        found = [key for key in keys if key in self._table and self._table[key] is not False]
        if not found:
            raise self.refuse("", f"a [[map]] needs {what}")
        if len(found) > 1:
            raise self.refuse(found[1], f"a [[map]] has one of {found[0]} and {found[1]}")
        return found[0]

    def _source(self, source: str) -> dict[str, Any]:
        value = self._table[source]
        if source == "osc":
            if not isinstance(value, str) or not re.fullmatch(r"/[^\s#*,?\[\]{}]{1,99}", value):
                raise self.refuse(source, f'osc is an address such as "/1/fader1", got {value!r}')
            return {"address": value}
        if source in ("bend", "program") or (source == "aftertouch" and value is True):
            if value is not True:
                raise self.refuse(source, f"{source} is true, got {value!r}")
            return {"input": {"bend": (-1.0, 1.0), "program": (0.0, 127.0)}.get(source, (0.0, 1.0))}
        most = 16383 if source == "nrpn" else 119 if source == "cc" else 127
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.refuse(source, f"{source} is a whole number from 0 to {most}, got {value!r}")
        return {"number": value}

    def _fits(self, key: str, kind: str, source: str) -> None:
        """Refuse an option that this control or target does not have."""
        wrong = ""
        if key in ("port", "channel") and source == "osc":
            wrong = "a MIDI control"
        elif key in ("arg", "input") and source != "osc":
            wrong = "an OSC address"
        elif key in ("bits", "relative") and source != "cc":
            wrong = "a cc"
        elif key == "steps" and "relative" not in self._table:
            wrong = "an encoder: write relative as well"
        elif key in ("range", "curve") and kind == "scene":
            wrong = "a knob or a pad"
        elif key in ("glide", "pickup", "feedback") and kind != "knob":
            wrong = "a knob"
        elif key == "feedback" and source not in ("cc", "note", "bend"):
            wrong = "a cc, a note or a bend"
        elif key == "relative" and (kind != "knob" or "bits" in self._table):
            wrong = "a knob, and has no bits"
        elif key == "pickup" and "relative" in self._table:
            wrong = "what sends its place, and an encoder does not"
        if wrong:
            raise self.refuse(key, f"{key} is for {wrong}")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a part of the device's name in quotes")
    return value.strip().lower()


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return check


def _bits(value: Any) -> int:
    if value not in (7, 14) or isinstance(value, bool):
        raise ValueError("7 or 14")
    return int(value)


def _relative(value: Any) -> str:
    if value not in RELATIVE:
        raise ValueError(" or ".join(f'"{each}"' for each in RELATIVE))
    return str(value)


def _number(least: float, what: str, strict: bool = False) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not right or not math.isfinite(value) or value < least or (strict and value == least):
            raise ValueError(what)
        return float(value)

    return check


def _span(value: Any) -> Span:
    right = isinstance(value, list) and len(value) == 2
    numbers = (
        [n for n in value if isinstance(n, (int, float)) and math.isfinite(n)] if right else []
    )
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        raise ValueError("two different numbers, such as [0, 1]")
    return float(numbers[0]), float(numbers[1])


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


OPTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "port": ("port", _text),
    "channel": ("channel", _whole(1, 16)),
    "arg": ("arg", _whole(0, 63)),
    "bits": ("bits", _bits),
    "relative": ("relative", _relative),
    "steps": ("steps", _number(0, "a number above 0", strict=True)),
    "range": ("range", _span),
    "input": ("input", _span),
    "curve": ("curve", _number(0, "a number above 0, such as 2", strict=True)),
    "glide": ("glide", _number(0, "a number of seconds, 0 or more")),
    "pickup": ("pickup", _flag),
    "feedback": ("feedback", _flag),
}
"""What a route can have besides its control and its target: the field of `Route`, and the check."""
KEYS = (*TARGETS, *SOURCES, *OPTIONS)


def shown(route: Route) -> str:
    """The control of a route for people: ``cc 21, channel 1, nanokontrol``."""
    if route.source == "osc":
        return f"{route.address}, argument {route.arg}" if route.arg else route.address
    number = "" if route.number is None else f" {route.number}"
    channel = f", channel {route.channel}" if route.channel else ""
    return f"{route.source}{number}{channel}" + (f", {route.port}" if route.port else "")
