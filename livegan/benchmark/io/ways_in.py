"""Pictures on their way in: from whoever sends them to a ring that the engine reads."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from livegan.benchmark.io.other_program import framebuffer
from livegan.benchmark.io.seen import FPS, CoreShare, SeenFrames, children
from livegan.benchmark.io.stamp import FrameStamp, clock, grounds, read, stamp
from livegan.benchmark.io.stand_ins import read_number
from livegan.film import FilmWriter
from livegan.ipc.picture_ring import PictureRing
from livegan.picture_sources.clip import Clip
from livegan.picture_sources.reading_ahead import ReadingAhead
from livegan.picture_sources.source import SourceName, Wanted
from livegan.picture_sources.still_files import read_still
from livegan.size import Size
from livegan.stage.picture_guests.guests import PictureGuests

OPENS = 40.0
"""Seconds until the first picture has to come; then the way is left out."""
SETTLES = 0.5
LOOK = 0.002  # seconds between looks at the ring: the engine takes the newest when a frame begins
FILM_S = 3.0
Row = dict[str, Any]


def live_row(
    title: str,
    name: SourceName,
    size: Size,
    seconds: float,
    folder: Path,
    *,
    seen_of: Callable[[Any], FrameStamp | None] = read,
) -> Row:
    """One live source, whose sender is at work already."""
    notes: list[str] = []
    before = children()
    guests = PictureGuests(folder, notes.append)
    wanted = Wanted(*size)
    seen, serial = SeenFrames(), 0
    try:
        with PictureRing.attach(guests.want([name], wanted)[str(name)]) as ring:

            def look(until: Callable[[], bool]) -> None:
                nonlocal serial
                while not until():
                    picture = ring.latest(serial)
                    if picture is None:
                        time.sleep(LOOK)
                        continue
                    serial, now = picture.serial, clock()
                    seen.take(seen_of(picture.pixels), now)

            end = time.monotonic() + OPENS
            look(lambda: bool(seen.times) or time.monotonic() > end)
            if not seen.times:
                return {"name": title, "why": notes[-1] if notes else "no picture came"}
            settled = time.monotonic() + SETTLES
            look(lambda: time.monotonic() > settled)
            seen = SeenFrames(begun=clock())
            work, end = CoreShare(children() - before), time.monotonic() + seconds
            look(lambda: time.monotonic() > end)
            return {"name": title, **seen.columns(), "core %": work.share()}
    finally:
        guests.close()


def camera_row(size: Size, seconds: float, folder: Path) -> Row:
    """FFmpeg's test pattern in place of a camera. Delays count from its quickest picture."""
    begun, offset = clock(), [float("inf")]
    numbers: dict[int, float] = {}

    def seen_of(picture: Any) -> FrameStamp:
        number, now = read_number(picture), clock()
        if number not in numbers:
            numbers[number] = now
            offset[0] = min(offset[0], now - number / FPS)
        return FrameStamp(number, max(begun, offset[0] + number / FPS))

    name = SourceName("bench_pattern")
    return live_row("camera (test pattern)", name, size, seconds, folder, seen_of=seen_of)


def screen_row(size: Size, seconds: float, folder: Path, screen: Path) -> Row:
    """A display: pictures are drawn into the memory of its X server."""
    over = threading.Event()

    def draw() -> None:
        memory = framebuffer(screen)
        pictures, number, due = grounds(*size), 0, time.monotonic()
        while not over.is_set():
            due += 1 / FPS
            time.sleep(max(0.0, due - time.monotonic()))
            memory[: size.height, : size.width, :3] = pictures[number % len(pictures)]
            stamp(memory[: size.height, : size.width], FrameStamp(number % 2**16, clock()))
            number += 1

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    try:
        return live_row("screen", SourceName("screen", "0"), size, seconds, folder)
    finally:
        over.set()
        drawing.join()


def ndi_row(size: Size, seconds: float, folder: Path, name: str) -> Row:
    """An NDI sender, in a process with cyndilib alone."""
    module = [sys.executable, "-m", "livegan.benchmark.io.other_program"]
    sender = subprocess.Popen(
        [*module, "send-ndi", name, str(size.height), str(size.width)],
        stderr=subprocess.DEVNULL,
    )
    try:
        return live_row("ndi_in", SourceName("ndi_in", name), size, seconds, folder)
    finally:
        sender.kill()
        sender.wait()


def film_row(size: Size, seconds: float, folder: Path) -> Row:
    """A film that is read ahead: how far what is shown lags behind the clock of the show."""
    path = folder / f"film {size}.mp4"
    pictures = grounds(*size)
    with FilmWriter(path, FPS, crf=20, preset="ultrafast") as film:
        for number in range(round(FILM_S * FPS)):
            picture = pictures[number % len(pictures)]
            stamp(picture, FrameStamp(number, number / FPS))
            film.write(picture)
    clip = ReadingAhead(Clip(path, Wanted(*size)))
    seen, late, begun = set(), [], time.perf_counter()
    spent = time.process_time()
    while (now := time.perf_counter() - begun) < seconds:
        at = now % clip.duration
        shown = clip.frame(at, [at + ahead / FPS for ahead in (1, 2, 3)])
        said = read(shown.pixels)
        if said is not None:
            seen.add((int(now / clip.duration), said.number))
            late.append(1000 * max(0.0, at - shown.until))
        time.sleep(1 / (2 * FPS))
    share = 100 * (time.process_time() - spent) / (time.perf_counter() - begun)
    clip.close()
    path.unlink()
    late.sort()
    return {
        "name": "film",
        "median ms": round(statistics.median(late), 1),
        "p95 ms": round(late[int(0.95 * len(late))], 1),
        "lost %": round(max(0.0, 100 * (1 - len(seen) / (seconds * FPS))), 1),
        "core %": round(share, 1),
    }


def picture_row(size: Size, folder: Path) -> Row:
    """A picture file: it is read once, when the set is built."""
    path, times = folder / "picture.png", []
    Image.fromarray(grounds(*size)[0]).save(path)
    for _ in range(5):
        began = time.perf_counter()
        read_still(path, Wanted(*size))
        times.append(1000 * (time.perf_counter() - began))
    return {
        "name": "picture (read once)",
        "median ms": round(statistics.median(times), 1),
        "p95 ms": "",
        "lost %": "",
        "core %": 0.0,
    }


def in_rows(size: Size, seconds: float, folder: Path, screen: Path | None) -> list[Row]:
    """Each way in that this machine has, at one size. ``screen`` is the folder of an Xvfb."""
    rows = [
        film_row(size, seconds, folder),
        picture_row(size, folder),
        camera_row(size, seconds, folder),
    ]
    if screen is not None:
        rows.append(screen_row(size, seconds, folder, screen))
    rows.append(ndi_row(size, seconds, folder, f"bench {time.monotonic_ns()}"))
    return rows
