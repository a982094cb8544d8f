"""The report of a rehearsal: report.json for programs, report.png for people."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from livegan.engine.program.program import GROUPS
from livegan.ipc.commit_text import STATES
from livegan.saving import replacing, write_bytes
from livegan.size import Size
from livegan.sound.features import INDEX
from livegan.stage.record.intervals import Intervals
from livegan.stage.window.pacing import FramePace

INK = "#e8e8ee"
PAPER = "#15151c"
COLOURS = ("#7a8cff", "#52d6c2", "#f2f27a", "#ff7ab0", "#ffc25e", "#9a9aa8")


def write_report(
    folder: Path,
    report: dict[str, Any],
    stills: list[tuple[float, Any]],
    features: Any,
    spent: dict[str, Any],
    slots: Any,
) -> None:
    """Write ``report.json`` and ``report.png`` into ``folder``, each atomically.

    ``stills`` are (seconds, (H, W, 3) uint8) pictures; ``features`` the (n, F)
    analysis from the start on; ``spent`` the seconds of each frame by group; ``slots`` the thumb
    strip or None.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / "report.json", json.dumps(report, indent=1).encode())
    with replacing(folder / "report.png") as beside:
        draw(beside, report, stills, features, spent, slots)


def draw(
    path: Path,
    report: dict[str, Any],
    stills: list[tuple[float, Any]],
    features: Any,
    spent: dict[str, Any],
    slots: Any,
) -> None:
    """One page: the shown pictures, the sound with the commits, and where the time went."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 9.5), facecolor=PAPER, layout="constrained")
    grid = figure.add_gridspec(4, 12, height_ratios=(2.0, 2.0, 1.3, 1.3))
    for index, (seconds, pixels) in enumerate(stills[:12]):
        row, column = divmod(index, 6)
        axes = figure.add_subplot(grid[row, 2 * column : 2 * column + 2])
        axes.imshow(pixels)
        axes.set_title(f"{seconds:.1f} s", color=INK, fontsize=9)
        axes.axis("off")
    start, stop = report["start"], report["start"] + report["seconds"]
    sound = figure.add_subplot(grid[2, :])
    times = start + np.arange(len(features)) / 100
    for colour, name in zip(COLOURS, ("level", "low", "high", "kick"), strict=False):
        curve = features[:, INDEX[name]]
        sound.plot(times, curve, color=colour, linewidth=0.9, label=name)
    for commit in report["commits"]:
        at = commit["on_air_at"] if commit["status"] == "on_air" else commit["at"]
        colour = "#7dff9a" if commit["status"] == "on_air" else "#ff5a5a"
        sound.axvline(at, color=colour, linewidth=1.4)
        aired = commit["status"] == "on_air"
        said = f"version {commit['version']} plays" if aired else STATES[commit["status"]]
        name = Path(commit["file"]).name
        sound.text(at, 1.02, f" {said}: {name}", color=colour, fontsize=8)
    for moment in report["flash_guard"]["moments"]:
        since, until = moment["since"], max(moment["until"], moment["since"] + 0.02)
        sound.axvspan(since, until, ymax=0.06, color="#ffd23e", linewidth=0)
        sound.text(since, 0.09, "flash guard", color="#ffd23e", fontsize=8)
    sound.set_ylim(0, 1.12)
    sound.legend(loc="upper right", fontsize=8, facecolor=PAPER, labelcolor=INK, ncols=4)
    cost = figure.add_subplot(grid[3, :9] if slots is not None else grid[3, :])
    parts = [1000 * np.array(spent[g]) for g in GROUPS]
    at = start + np.arange(len(parts[0])) / report["fps"]
    cost.stackplot(at, parts, labels=GROUPS, colors=COLOURS)
    cost.axhline(1000 / report["fps"], color=INK, linewidth=0.8, linestyle=":")
    cost.set_ylabel("ms a picture", color=INK)
    cost.set_ylim(0, max(1.2 * float(np.percentile(sum(parts), 98)), 1.0))
    cost.legend(loc="upper right", fontsize=8, facecolor=PAPER, labelcolor=INK, ncols=5)
    for axes in (sound, cost):
        axes.set_facecolor(PAPER)
        axes.tick_params(colors=INK, labelsize=8)
        axes.set_xlim(start, stop)
    if slots is not None:
        axes = figure.add_subplot(grid[3, 9:])
        axes.imshow(slots)
        axes.set_title("conditions and slots at the end", color=INK, fontsize=9)
        axes.axis("off")
    rate = report["frames"] / max(report["wall_s"], 1e-6)
    figure.suptitle(
        f"{Path(report['set']).name}: {report['frames']} pictures, canvas "
        f"{Size.read(report['size'])}, "
        f"{rate:.1f} a second, {len(report['faults'])} faults, "
        f"flash guard acted {len(report['flash_guard']['moments'])} times",
        color=INK,
    )
    figure.savefig(path, dpi=110, facecolor=PAPER)


def as_paced(took: Iterable[float], period: float) -> Intervals:
    """The intervals between pictures of a show that takes so long (s) for each of them."""
    intervals, pace, now = Intervals(), FramePace().at(0.0), 0.0
    for seconds in took:
        now += pace.wait
        pace = pace.at(now).presented(period, period / 2)
        now += seconds
        intervals.presented(now)
        pace = pace.at(now)
    return intervals


def stage_ms(seconds: Iterable[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(s * 1000 for s in seconds)
    return {
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3),
    }
