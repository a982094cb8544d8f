"""What was seen of a show at some moments: drawn again, while all between is passed by."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from livegan.engine.program.device import choose_device
from livegan.journal.folder import Journal
from livegan.rehearsal.played_engine import PlayedEngine, ReplayOptions
from livegan.size import UNSAID, Written

Note = Callable[[str], None]


def seen_at(
    journal: Journal,
    times: Sequence[float],
    *,
    size: Written = UNSAID,
    device: str = "auto",
    note: Note = lambda text: None,
) -> Iterator[Any]:
    """What was seen at each time (s of show time, in order): (H, W, 3) uint8.

    None where nothing was drawn yet, or can be drawn.
    """
    following, last = 0, None
    how = ReplayOptions(size, choose_device(device), {}, {})
    with contextlib.ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="livegan-replay-")))
        for number, engine in enumerate(journal.engines):
            playing = PlayedEngine(journal, engine, how, room / str(number), last, note)
            with contextlib.closing(playing):
                for frame in playing.frames(times[-1], at=times):
                    while following < len(times) and times[following] < frame.seconds:
                        yield last
                        following += 1
                    last = frame.pixels if frame.pixels is not None else last
    for _ in times[following:]:
        yield last


def thumbnails(
    journal: Journal,
    times: Sequence[float],
    height: int,
    *,
    device: str = "auto",
    progress: Callable[[str, float, float], None] = lambda doing, done, total: None,
    note: Note = lambda text: None,
) -> list[Any]:
    """Small pictures of a show, (height, W, 3) uint8, all of one size; None where there is none."""
    from PIL import Image

    found: list[Any] = []
    shape: tuple[int, int] | None = None
    for pixels in seen_at(journal, times, device=device, note=note):
        small = None
        if pixels is not None:
            high, wide = pixels.shape[:2]
            shape = shape or (max(1, round(wide * height / high)), height)
            small = Image.fromarray(pixels).resize(shape, Image.Resampling.BOX)
        found.append(small)
        progress("drawing pictures of", len(found), len(times))
    return found
