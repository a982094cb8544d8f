"""A page that follows a training: one HTML file, written at each save, that a browser reloads."""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from livegan.saving import replacing, write_bytes
from livegan.training.report import sheet

PAGE, SAMPLES = "training.html", "samples"
"""In the folder of a training: the page, and a row of pictures for each save."""

FILM_FILE, FRAME_MS = "held-out.webp", 250
"""What was held out, as a film, and how long a picture of it is shown."""

SHOWN = 24
"""Rows of samples on the page; of more, every so many."""
PICTURES = 4
"""Pictures in a row."""
SIDE = 160
"""Pixels of the longer side of a picture in a row, at most."""
RELOAD = 20
"""Seconds after which the browser looks again."""
WIDE, HIGH = 640, 140
"""A curve, in pixels."""
UNITS = {"near": "distance in training", "val_l1": "distance from held-out pictures (L1)"}
"""What the curves are called, where the name of a loss does not say it."""


@dataclass(frozen=True)
class TrainingStatus:
    """Where a training is: seconds gone and to come, pairs to train on and held out, and whether
    it goes on after this save."""

    step: int
    elapsed: float
    remaining: float
    pairs: int
    held_out: int
    recipe: dict[str, Any]
    running: bool = True


def add_samples(work: Path, step: int, columns: Sequence[Tensor]) -> None:
    """Keep what was painted at a save; ``columns`` are condition, painted and truth, (N, 3, S, S)
    of -1..1, the same pairs each time.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    count = min(PICTURES, len(columns[0]))
    some = [(2 * i + 1) * len(columns[0]) // (2 * count) for i in range(count)]
    condition, painted, truth = (_small(column[some]) for column in columns)
    row = [picture[None] for picture in painted]
    sheet.write(work / SAMPLES / f"{step:09d}.jpg", row)
    for name, pictures in (("condition", condition), ("truth", truth)):
        sheet.write(work / SAMPLES / f"{name}.jpg", [picture[None] for picture in pictures])


def add_film(work: Path, painted: Tensor, truth: Tensor) -> None:
    """Keep neighbours of the held-out pairs as a small film, painted beside the truth; each
    (N, 3, S, S) of -1..1.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    both = torch.cat([_small(painted), _small(truth)], dim=3)
    frames = [Image.fromarray(pixels) for pixels in sheet.to_bytes(both)]
    with replacing(work / SAMPLES / FILM_FILE) as beside:
        frames[0].save(
            beside,
            "webp",
            save_all=True,
            append_images=frames[1:],
            duration=FRAME_MS,
            loop=0,
            quality=80,
        )


def _small(pictures: Tensor) -> Tensor:
    smaller = min(1.0, SIDE / max(pictures.shape[-2:]))
    size = [max(1, round(side * smaller)) for side in pictures.shape[-2:]]
    return torch.nn.functional.interpolate(pictures.float(), size, mode="area")


def write_page(work: Path, status: TrainingStatus) -> None:
    """Write ``work/training.html`` from ``log.jsonl`` and the samples there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    lines = read_log(work / "log.jsonl")
    title = html.escape(work.name.removesuffix(".training"))
    saved = time.strftime("%Y-%m-%d %H:%M")
    left = f"about {said(status.remaining)} left"
    if not status.running:
        left = (
            "interrupted; run the same command to continue" if status.remaining > 0 else "finished"
        )
    facts = (
        f"step {status.step}, {said(status.elapsed)} of training, {left}; saved {saved}",
        f"{status.pairs} pairs to train on, {status.held_out} held out",
        ", ".join(f"{key} {value}" for key, value in status.recipe.items()),
    )
    parts = [f"<h1>{title}</h1>", *(f"<p>{html.escape(fact)}</p>" for fact in facts)]
    names = dict.fromkeys(name for line in lines for name in line)
    for name in names:
        if name not in ("step", "seconds"):
            parts.append(_curve(UNITS.get(name, name), name, lines))
    if (work / SAMPLES / FILM_FILE).is_file():
        parts.append("<h2>Held-out music: painted, and the film's own pictures</h2>")
        parts.append(_image(work / SAMPLES / FILM_FILE, "webp"))
    parts += ["<h2>Painted from the same conditions, newest first</h2>", "<table>"]
    for name in ("condition", "truth"):
        parts.append(_row(name, work / SAMPLES / f"{name}.jpg"))
    for path in chosen(sorted((work / SAMPLES).glob("[0-9]*.jpg")))[::-1]:
        parts.append(_row(f"step {int(path.stem)}", path))
    parts.append("</table>")
    reload = f'<meta http-equiv="refresh" content="{RELOAD}">' if status.running else ""
    head = f'<meta charset="utf-8">{VIEW}{reload}<title>{title}</title><style>{STYLE}</style>'
    page = f"<!doctype html>\n<html><head>{head}</head>\n<body>\n" + "\n".join(parts) + "\n</body>"
    write_bytes(work / PAGE, f"{page}</html>\n".encode())


VIEW = '<meta name="viewport" content="width=device-width">'
STYLE = """
body { background: #161618; color: #ddd; font: 15px sans-serif; margin: 2em; max-width: 60em }
svg { background: #202024; width: 100%; max-width: 640px } circle { fill: #6cf }
polyline { fill: none; stroke: #6cf; stroke-width: 1.5 }
text { fill: #aaa; font: 11px sans-serif } td { padding: 2px 12px 2px 0; color: #aaa }
img { display: block; max-width: 100% }
"""


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; what was written after a state that was taken up again is left out."""
    found: list[dict[str, Any]] = []
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    for row in text.splitlines():
        try:
            line = json.loads(row)
            step = line["step"]
        except (ValueError, TypeError, KeyError):
            continue  # cut off when its process was killed
        while found and found[-1]["step"] >= step:
            found.pop()
        found.append(line)
    return found


def chosen(paths: list[Path]) -> list[Path]:
    """At most `SHOWN` of them, evenly spread, with the first and the last."""
    if len(paths) <= SHOWN:
        return paths
    return [paths[i * (len(paths) - 1) // (SHOWN - 1)] for i in range(SHOWN)]


def said(seconds: float) -> str:
    """A time as one says it: 40 s, 12 min, 7 h 30 min."""
    seconds = max(0.0, seconds)
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _curve(title: str, name: str, lines: list[dict[str, Any]]) -> str:
    points = [(line["step"], line[name]) for line in lines if line.get(name) is not None]
    if not points:
        return ""
    steps, values = zip(*points, strict=True)
    low, high, last = min(values), max(values), max(1, steps[-1])
    span = (high - low) or 1.0
    places = [
        (8 + (WIDE - 16) * step / last, HIGH - 8 - (HIGH - 16) * (value - low) / span)
        for step, value in points
    ]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]  # marked: a line through one point is not to be seen
    return (
        f"<h2>{html.escape(title)}: {values[-1]:.4g}</h2>"
        f'<svg viewBox="0 0 {WIDE} {HIGH}"><polyline points="{drawn}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        f'<text x="10" y="14">{high:.4g}</text><text x="10" y="{HIGH - 4}">{low:.4g}</text>'
        f'<text x="{WIDE - 10}" y="{HIGH - 4}" text-anchor="end">step {steps[-1]}</text></svg>'
    )


def _row(title: str, path: Path) -> str:
    if not path.is_file():
        return ""
    return f"<tr><td>{title}</td><td>{_image(path, 'jpeg')}</td></tr>"


def _image(path: Path, kind: str) -> str:
    """A picture, inside the page."""
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<img src="data:image/{kind};base64,{data}">'
