"""Parameters: the values that a set can give to an operation, as rows of data."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from livegan.size import Size


@dataclass(frozen=True)
class Param:
    """One value of an operation: its default, range, unit and meaning.

    ``low`` and ``high``, both inclusive, limit the value and scale a control; ``None`` is no limit.
    ``choices`` makes it one of several words.  A live parameter accepts a signal and changes
    without a rebuild.  A static one is fixed when the node is built.
    """

    default: Any
    low: float | None = None
    high: float | None = None
    doc: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = True
    name: str = ""
    kind: str = ""
    """``"colour"`` or ``"file"``, if the default does not show it."""
    was: tuple[str, ...] = ()
    """Former names. Sets that use one still play."""

    @property
    def type(self) -> str:
        """``"choice"``, ``"colour"``, ``"file"``, ``"flag"``, ``"integer"``, ``"number"``,
        ``"size"``, ``"text"`` or ``"vector"``."""
        if self.choices:
            return "choice"
        if self.kind:
            return self.kind
        if isinstance(self.default, bool):
            return "flag"
        if isinstance(self.default, Size):
            return "size"
        if isinstance(self.default, tuple):
            return "vector"
        if isinstance(self.default, int) and not self.live:
            return "integer"
        if isinstance(self.default, (int, float)):
            return "number"
        return "text"

    def limit(self, value: float) -> float:
        """``value`` limited to ``low``..``high``; not-a-number becomes the default."""
        if math.isnan(value):
            return float(self.low or 0.0) if self.type == "vector" else float(self.default)
        if self.low is not None and value < self.low:
            return self.low
        if self.high is not None and value > self.high:
            return self.high
        return value

    def given(self, value: float) -> float:
        """A number as an implementation is given it: the default as it was written, other numbers
        as integers where it is fixed and its default is one, else as floats."""
        if value == self.default:
            return self.default  # type: ignore[no-any-return]
        return int(value) if self.type == "integer" else float(value)


def param(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    doc: str = "",
    *,
    unit: str = "",
    choices: tuple[str, ...] | list[str] = (),
    kind: str = "",
    was: str | tuple[str, ...] = (),
) -> Any:
    """Declare a parameter that can be played: ``sharp=param(4.0, 1, 16, "exponent")``.

    Parameters
    ----------
    default : a number; a tuple of numbers (a vector, which arrives as a tuple of floats); one of
        ``choices``; or a text.
    low, high : inclusive range; it limits signals, and each part of a vector.
    doc : one line for the reference and for error messages.
    unit : ``"px"``, ``"s"``, ``"beats"``, ``"Hz"``, ... or empty.
    choices : allowed words, for a parameter that is not a number.
    kind : ``"colour"``: a set writes ``"orange"``, ``"#ff8800"`` or three numbers or signals; the
        value arrives as (red, green, blue), 0..1.  ``"file"``, for :func:`static` only: a set
        writes a path, relative to its own or the working folder; the value arrives as a
        `pathlib.Path` to an existing file, or None.  Saving that file rebuilds the node.
    was : former names; sets that use one still play.
    """
    return Param(
        as_default(default, kind),
        low,
        high,
        doc,
        unit,
        listed(choices),
        live=True,
        kind=kind,
        was=(was,) if isinstance(was, str) else tuple(was),
    )


def static(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    doc: str = "",
    *,
    unit: str = "",
    choices: tuple[str, ...] | list[str] = (),
    kind: str = "",
    was: str | tuple[str, ...] = (),
) -> Any:
    """Declare a parameter that is fixed when the node is built; arguments as for :func:`param`."""
    found: Param = param(default, low, high, doc, unit=unit, choices=choices, kind=kind, was=was)
    return replace(found, live=False)


def as_default(default: Any, kind: str) -> Any:
    """A default as implementations are given it; what is wrong is left for :func:`fault_of`."""
    if kind == "colour":
        try:
            return colour(default)
        except ValueError:
            return default
    return tuple(default) if isinstance(default, list) else default


def colour(value: Any) -> tuple[float, float, float]:
    """(red, green, blue), 0..1, of a name of CSS, ``"#ff8800"``, or three numbers 0..1.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if isinstance(value, str):
        from PIL import ImageColor

        red, green, blue, *_ = ImageColor.getrgb(value)
        return red / 255, green / 255, blue / 255
    parts = tuple(value) if isinstance(value, (tuple, list)) else ()
    if len(parts) != 3 or not all(is_number(p) and 0 <= p <= 1 for p in parts):
        raise ValueError(f"{value!r} is no colour")
    return float(parts[0]), float(parts[1]), float(parts[2])


def listed(choices: Any) -> Any:
    """As a tuple; what is no list is left for :func:`fault_of`, where the argument has a name."""
    return choices if isinstance(choices, str) or not isinstance(choices, Iterable) else (*choices,)


def plain(row: Param) -> Param:
    """``row`` as JSON, stubs and terminals write it: numbers of Python's own, texts in UTF-8."""
    values = {name: own(getattr(row, name)) for name in ("default", "low", "high")}
    return replace(row, **values, doc=writable(row.doc), unit=writable(row.unit))


def writable(text: Any) -> Any:
    """A text without halves of characters, which no file or terminal takes; else as it is."""
    return text.encode("utf-8", "backslashreplace").decode() if isinstance(text, str) else text


def own(value: Any) -> Any:
    """A number of numpy's or of another library as Python's own; anything else as it is."""
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    if isinstance(value, numbers.Real) and not isinstance(value, (int, float)):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    return value


def fault_of(row: Param) -> str:
    """Why a parameter cannot be played; empty if it can."""
    low, high, default = row.low, row.high, row.default
    for word, text in (("doc", row.doc), ("unit", row.unit)):
        if not isinstance(text, str):
            return f"its {word} is {text!r}; write a text in quotes"
    for side in (low, high):
        if side is not None and not is_number(side):
            return f"its range ends at {side!r}, which is no number"
    if row.kind not in ("", "colour", "file"):
        return f'kind={row.kind!r} is none: it is "colour" or "file"'
    if any(not isinstance(old, str) or not old.isidentifier() for old in row.was):
        return f"was={row.was!r} are names that it had before, in quotes"
    if low is not None and high is not None and low > high:
        return f"its range goes from {low:g} down to {high:g}; write the lower end first"
    if not isinstance(row.choices, tuple):
        return f"choices={row.choices!r} is no list of words; write choices=({row.choices!r},)"
    if row.choices:
        if any(not isinstance(choice, str) for choice in row.choices):
            return "choices are words in quotes"
        if default not in row.choices:
            return f"its default {default!r} is none of its choices {', '.join(row.choices)}"
    elif row.kind == "colour":
        if not isinstance(default, tuple) or len(default) != 3:
            return f'its default {default!r} is no colour: write "orange", "#ff8800" or (1, 0.5, 0)'
    elif row.kind == "file":
        if row.live:
            return "a file is fixed when the node is built: write static(...)"
        if default is not None:
            return f"its default {default!r} is no None; a file of the plugin's own is no parameter"
    elif isinstance(default, tuple):
        if not default or not all(is_number(part) and math.isfinite(part) for part in default):
            return f"its default {default!r} is no vector: write numbers"
        if any(part != row.limit(part) for part in default):
            return f"its default {default} is outside its range {low}..{high}"
    elif isinstance(default, (int, float)):
        if not is_number(default) or not math.isfinite(default):
            return f"its default is {default!r}"
        if default != row.limit(default):
            return f"its default {default:g} is outside its range {low}..{high}"
    elif not isinstance(default, str) and default is not None:
        return f"its default is a {type(default).__name__}; use a number, a word, True or False"
    return ""


def is_number(value: Any) -> bool:
    """Whether it is one that can be compared: no NaN, and no integer beyond all floats."""
    try:
        return isinstance(value, (int, float)) and not math.isnan(value)
    except OverflowError:
        return False
