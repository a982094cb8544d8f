"""``livegan analyze``: what a show would hear in a file."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors
from livegan.cli.console.options import TempoOption
from livegan.cli.console.tables import Column, print_table

if TYPE_CHECKING:
    from livegan.sound.report import Analysis

CURVE = 36
"""Characters of a curve: the table fits a terminal of 60 columns."""
EVENTS = (
    Column("what", ""),
    Column("count", right=True),
    Column("rate", "a minute", right=True),
    Column("first", right=True),
)
CURVES = (Column("what", ""), Column("mean", right=True), Column("curve", "over time"))


def analyze(
    file: Annotated[str, typer.Argument(metavar="FILE", help='A sound or film file, or "demo".')],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    bpm: TempoOption = None,
) -> None:
    """Analyze a sound file: levels, kicks, snares, onsets, tempo and beats."""
    from livegan.sound.media import open_media
    from livegan.sound.report import hear
    from livegan.sound.sources import recorded

    with clear_errors():
        path = recorded(file, "")
        analysis = hear(open_media(path), bpm=bpm)
    if as_json:
        # One entry after the other: the curves of hours are large.
        for index, (key, value) in enumerate(analysis.items()):
            sys.stdout.write(f"{', ' if index else '{'}{json.dumps(key)}: {json.dumps(value)}")
        sys.stdout.write("}\n")
        return
    print_tables(path.name, analysis)


def print_tables(name: str, analysis: Analysis) -> None:
    """The events and the curves, for people."""
    events = []
    for kind in ("beat", "kick", "snare", "onset"):
        times = analysis.times(kind)
        rate = 60 * len(times) / max(analysis.duration, 1e-9)
        first = f"{times[0]:.2f} s" if times else ""
        events.append(
            {"what": f"{kind}s", "count": len(times), "rate": f"{rate:.0f}", "first": first}
        )
    title = f"{name}: {analysis.duration:.1f} s, {analysis.bpm:.1f} bpm"
    print_table(EVENTS, events, title=title)
    curves = []
    for feature in ("level", "low", "mid", "high", "centroid"):
        values = analysis.curve(feature).tolist()
        mean = sum(values) / max(1, len(values))
        curves.append({"what": feature, "mean": mean, "curve": sparkline(values, CURVE)})
    print_table(CURVES, curves)


def sparkline(values: list[float], width: int) -> str:
    """A row of blocks whose heights follow ``values`` (0..1)."""
    if not values:
        return ""
    step = max(1, len(values) // width)
    means = [sum(values[i : i + step]) / step for i in range(0, len(values) - step + 1, step)]
    return "".join(" ▁▂▃▄▅▆▇█"[min(8, int(max(0.0, m) * 8.99))] for m in means[:width])
