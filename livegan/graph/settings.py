"""``settings(...)``: what it takes, what is refused, and the words of its values."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal

from livegan.graph.binding import bind
from livegan.graph.graph import collected
from livegan.graph.place import SetError
from livegan.plugin.autopilot_wish import AutopilotWish
from livegan.plugin.declare import Param
from livegan.plugin.now import FASTEST_BPM, SLOWEST_BPM
from livegan.plugin.tempo_wish import TempoWish
from livegan.size import UNSAID

_fixed = functools.partial(Param, live=False)
SETTINGS = (
    _fixed(
        UNSAID,
        doc="size of the canvas: `(width, height)`, or one number for a square",
        unit="px",
        name="size",
    ),
    _fixed(0.0, 0, 240, "pictures per second", name="fps"),
    _fixed(
        "",
        doc='what to do on a machine that is too slow: "hold" keeps the rate, or a number of '
        "pictures per second, and lets slots paint in turn; without it, the rate falls",
        name="rate",
    ),
    _fixed(
        0.0,
        0,
        FASTEST_BPM,
        f"fixed tempo, {SLOWEST_BPM:g} or more; without one, the show follows the music",
        name="bpm",
    ),
    _fixed(
        "",
        doc='what leads the beat: "music", "tap", "midi", "link", or a number, like `bpm`',
        name="tempo",
    ),
    _fixed(
        0.0,
        -1000,
        1000,
        "how far ahead of the sound the beat is, for a projector that is late",
        "ms",
        name="lookahead",
    ),
    _fixed(4, 1, 32, "beats in a bar", name="beats_per_bar"),
    _fixed(
        "bar",
        doc='when a save goes on the air: "now", "beat", "bar", or "4 bars" or 4',
        name="swap",
    ),
    _fixed(0.4, 0, 30, "how long a new version dissolves in", "s", name="dissolve"),
    _fixed(-1, -1, 2**31, "seed for everything random", name="seed"),
    _fixed(
        "",
        doc='how the autopilot plays: `dict(bold=0.3, change="4 bars", never=["kaleid"])`',
        name="autopilot",
    ),
)
"""What ``settings(...)`` takes, as rows of data: what they mean, and what is valid."""


def settings(
    *,
    size: int | str | tuple[int, int] | None = None,
    fps: float | None = None,
    rate: Literal["hold"] | str | float | None = None,
    bpm: float | None = None,
    tempo: Literal["music", "tap", "midi", "link"] | str | float | None = None,
    lookahead: float | None = None,
    beats_per_bar: int | None = None,
    swap: Literal["now", "beat", "bar"] | str | float | None = None,
    dissolve: float | None = None,
    seed: int | None = None,
    autopilot: Mapping[str, Any] | None = None,
) -> None:
    """Settings of the whole set. What you leave out, or set to None, keeps the show's value."""
    given = {"size": size, "fps": fps, "rate": rate, "bpm": bpm, "beats_per_bar": beats_per_bar}
    given |= {"tempo": tempo, "lookahead": lookahead}
    given |= {"swap": swap, "dissolve": dissolve, "seed": seed}
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if isinstance(tempo, (int, float)) and not isinstance(tempo, bool):
        values["tempo"] = ""
        if values.setdefault("bpm", tempo) != tempo:
            raise SetError(f"settings: tempo={tempo:g} and bpm={bpm:g} are two tempos; keep one")
    for name in ("swap", "rate"):  # a number of bars, or of pictures per second
        if isinstance(values.get(name), (int, float)) and not isinstance(values[name], bool):
            values[name] = f"{values[name]:g}"
    _, checked = bind("settings", SETTINGS, values)
    if autopilot is not None:
        values["autopilot"] = checked["autopilot"] = piloted(
            autopilot, int(checked["beats_per_bar"])
        )
    swap_beats(str(checked["swap"]), int(checked["beats_per_bar"]))
    held_rate(str(checked["rate"]), 30.0)
    if 0 < checked["bpm"] < SLOWEST_BPM:
        span = f"0, or from {SLOWEST_BPM:g} to {FASTEST_BPM:g}"
        raise SetError(f"settings: bpm is {span}, got {checked['bpm']:g}")
    graph = collected()
    said = dict(graph.settings) if graph is not None else {}
    said.update({name: checked[name] for name in values})
    try:
        TempoWish.of(said.get("tempo"), said.get("bpm"))
    except ValueError as error:
        raise SetError(f"settings: {error}") from None
    if graph is not None:
        graph.settings = said


def piloted(said: Any, beats_per_bar: int) -> dict[str, Any]:
    """What the autopilot is asked for, whole.

    Raises
    ------
    SetError
        For what it does not take, or that is out of range.
    """
    try:
        wish = AutopilotWish.of(said)
    except ValueError as error:
        raise SetError(f"settings: {error}") from None
    try:
        swap_beats(wish.change, beats_per_bar)
    except SetError:
        reason = f'change is a time such as "4 bars" or "16 beats", got {wish.change!r}'
        raise SetError(f"settings: autopilot: {reason}") from None
    return wish.row


def held_rate(rate: str, fps: float) -> float:
    """How many frames a second are held: those of the set, ``fps``, for ``"hold"``; 0 for none.

    Raises
    ------
    SetError
        If ``rate`` is neither empty, ``"hold"`` nor a number from 1 to 240.
    """
    if not rate:
        return 0.0
    if rate == "hold":
        return fps
    try:
        number = float(rate)
    except ValueError:
        number = 0.0
    if not 1 <= number <= 240:
        raise SetError(f'settings: rate is "hold" or a number from 1 to 240, got {rate!r}')
    return min(number, fps)


def swap_beats(swap: str, beats_per_bar: int) -> float:
    """The grid that a swap waits for, in beats: 0 for ``"now"``, 4 for a bar, 16 for 4 bars.

    Raises
    ------
    SetError
        If ``swap`` is none of ``"now"``, ``"beat"``, ``"bar"``, ``"N beats"``, ``"N bars"``, N.
    """
    words = swap.lower().split()
    if len(words) == 1 and words[0].replace(".", "", 1).isdigit():
        words.append("bars")
    if words == ["now"]:
        return 0.0
    units = {"beat": 1.0, "beats": 1.0, "bar": float(beats_per_bar), "bars": float(beats_per_bar)}
    count = 1.0
    if len(words) == 2:
        try:
            count = float(words[0])
        except ValueError:
            count = 0.0
    if words and len(words) <= 2 and words[-1] in units and count > 0:
        return count * units[words[-1]]
    raise SetError(f'settings: swap is "now", "beat", "bar" or "4 bars", got {swap!r}')
