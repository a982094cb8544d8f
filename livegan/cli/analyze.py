"""``livegan analyze``: what a show would hear in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.failing import clear_errors
from livegan.cli.tables import Column, print_table

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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sound or film file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    bpm: Annotated[float | None, typer.Option(min=1, help="Fix the tempo.")] = None,
) -> None:
    """Hear a file as a show would: levels, kicks, snares, onsets, tempo and beats."""
    from livegan.sound.media import decode
    from livegan.sound.report import analyze as hear

    with clear_errors():
        result = hear(decode(file), bpm=bpm)
    if as_json:
        typer.echo(json.dumps(result))
        return
    events = []
    for name in ("beats", "kicks", "snares", "onsets"):
        times = result[name]
        rate = 60 * len(times) / max(result["duration_s"], 1e-9)
        first = f"{times[0]:.2f} s" if times else ""
        events.append({"what": name, "count": len(times), "rate": f"{rate:.0f}", "first": first})
    title = f"{file.name}: {result['duration_s']:.1f} s, {result['bpm']:.1f} bpm"
    print_table(EVENTS, events, title=title)
    curves = []
    for name in ("level", "low", "mid", "high", "centroid"):
        values = result[name]
        mean = sum(values) / max(1, len(values))
        curves.append({"what": name, "mean": mean, "curve": sparkline(values, CURVE)})
    print_table(CURVES, curves)


def sparkline(values: list[float], width: int) -> str:
    """A row of blocks whose heights follow ``values`` (0..1)."""
    if not values:
        return ""
    step = max(1, len(values) // width)
    means = [sum(values[i : i + step]) / step for i in range(0, len(values) - step + 1, step)]
    return "".join(" ▁▂▃▄▅▆▇█"[min(8, int(max(0.0, m) * 8.99))] for m in means[:width])
