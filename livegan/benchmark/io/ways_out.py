"""Pictures on their way out: from a ring that an engine writes to whoever receives them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil

from livegan.benchmark.io.seen import FPS, CoreShare, SeenFrames, children
from livegan.benchmark.io.stamp import FrameStamp, clock, grounds, read, stamp
from livegan.benchmark.io.stand_ins import NAME, SEEN
from livegan.builtin.outputs.streaming import NoSound
from livegan.ipc.picture_ring import PictureRing
from livegan.size import Size
from livegan.sound import RATE
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.outputs.guest_output import GuestOutput
from livegan.stage.outputs.outputs import Outputs, openers
from livegan.stage.record.recording import ShowRecording
from livegan.stage.streams.stream import Stream
from livegan.stage.streams.streams import Streams

OPENS = 40.0
"""Seconds until the first picture has to be seen; then the way is left out."""
SETTLES = 0.5
"""Seconds that do not count after that."""
OWN = {"plugin": "livegan", "entry": "livegan.builtin.outputs", "stamp": ""}
Row = dict[str, Any]


class StampedFrames:
    """Draws stamped pictures into a ring, 30 a second, as an engine does."""

    def __init__(self, ring: PictureRing, size: Size) -> None:
        self._ring, self._grounds = ring, grounds(*size)
        self._number, self._due = 0, time.monotonic()

    def until(self, over: Callable[[], bool]) -> None:
        """Draw until then."""
        while not over():
            self._due += 1 / FPS
            time.sleep(max(0.0, self._due - time.monotonic()))
            picture = self._grounds[self._number % len(self._grounds)]
            stamp(picture, FrameStamp(self._number % 2**16, clock()))
            self._ring.write(picture)
            self._number += 1

    def seconds(self, seconds: float) -> None:
        """Draw for so long."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)


class OtherProgram:
    """Reads the lines of a program that receives, or of a file that one writes."""

    def __init__(
        self,
        command: list[str] | None,
        file: Path,
        enter: Sequence[str] = (),
        env: dict[str, str] | None = None,
    ) -> None:
        """``enter`` is what the command begins with, ``env`` its environment."""
        self.seen = SeenFrames()
        self.process: subprocess.Popen[str] | None = None
        self._over = threading.Event()
        lines = self._tail(file)
        if command is not None:
            module = [sys.executable, "-m", "livegan.benchmark.io.other_program"]
            self.process = subprocess.Popen(
                [*enter, *module, *command],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=env,
            )
            assert self.process.stdout is not None
            lines = iter(self.process.stdout)
        self._thread = threading.Thread(target=self._read, args=(lines,), daemon=True)
        self._thread.start()

    def _tail(self, path: Path) -> Iterator[str]:
        while not path.exists():
            if self._over.wait(0.05):
                return
        with path.open(encoding="ascii") as file:
            while not self._over.is_set():
                line = file.readline()
                if line.endswith("\n"):
                    yield line
                else:
                    self._over.wait(0.01)

    def _read(self, lines: Iterator[str]) -> None:
        for line in lines:
            words = line.split()
            if len(words) != 3:  # it was ended in the middle of a line
                continue
            number, drawn, seen = words
            self.seen.take(FrameStamp(int(number), float(drawn)), float(seen))

    def close(self) -> None:
        """End it."""
        self._over.set()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self._thread.join()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()


@contextlib.contextmanager
def played(size: Size) -> Iterator[tuple[Streams, StampedFrames]]:
    """The streams of a show, without flash guard, and what draws their main picture."""
    with PictureRing.create(*size) as ring:
        main = Stream("window", FlashGuard("off"), Fallbacks(start=False), ring)
        streams = Streams(main)
        streams.start()
        try:
            yield streams, StampedFrames(ring, size)
        finally:
            streams.stop()
            ring.unlink()


@contextlib.contextmanager
def opened(
    streams: Streams, folder: Path, notes: list[str], *wanted: Row
) -> Iterator[Callable[[], set[str]]]:
    """These outputs, each showing the main picture; gives their states."""
    outputs = Outputs(
        openers(notes.append),
        streams,
        notes.append,
        lambda item, stream: GuestOutput(item, stream, folder, notes.append),
    )
    ring = streams.main.ring_name
    outputs.take([{"ring": ring, "options": {}, **OWN, **item} for item in wanted])
    try:
        yield lambda: set(outputs.states().values())
    finally:
        outputs.close()


def out_row(
    title: str, wanted: Row, command: list[str] | None, size: Size, seconds: float, folder: Path
) -> Row:
    """One way out: delay from the drawn picture to the received one, work, losses."""
    notes: list[str] = []
    file = folder / SEEN
    file.unlink(missing_ok=True)
    before = children()
    with played(size) as (streams, drawing), opened(streams, folder, notes, wanted) as states:
        receiver = None
        try:
            wait_until_open(drawing, states)
            if states() != {"open"}:
                return {"name": title, "why": notes[-1] if notes else "it did not open in time"}
            ours = children() - before
            receiver, wait = OtherProgram(command, file), time.monotonic() + OPENS
            drawing.until(lambda: bool(receiver.seen.times) or time.monotonic() > wait)
            if not receiver.seen.times:
                return {"name": title, "why": notes[-1] if notes else "no picture came"}
            drawing.seconds(SETTLES)
            receiver.seen = SeenFrames(begun=clock())
            work = CoreShare(ours)
            drawing.seconds(seconds)
            share = work.share()
            drawing.seconds(0.2)
            return {"name": title, **receiver.seen.columns(), "core %": share}
        finally:
            if receiver is not None:
                receiver.close()


def record_row(size: Size, seconds: float, folder: Path) -> Row:
    """A recording: its delay is how late a picture stands in the film, measured by the sound."""
    path = folder / "recording.mp4"
    path.unlink(missing_ok=True)
    sound = HeardFirst()
    with played(size) as (streams, drawing):
        outputs = Outputs({}, streams, lambda text: None)
        sending = outputs.attach("recording", ShowRecording(path, sound, lambda text: None))
        drawing.seconds(SETTLES)
        thread = sending.native_id
        before, began = _thread_time(thread), time.perf_counter()
        begun = clock()
        drawing.seconds(seconds)
        share = 100 * (_thread_time(thread) - before) / (time.perf_counter() - began)
        outputs.close()
    seen = SeenFrames(begun)
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            assert frame.time is not None
            seen.take(
                read(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)),
                sound.first + frame.time,
            )
    return {"name": "record", **seen.columns(), "core %": round(share, 1)}


class HeardFirst(NoSound):
    """Silence that knows when it was asked for its place the first time: a film begins then."""

    def __init__(self) -> None:
        super().__init__()
        self._offset = clock()
        self.first = -1.0

    @property
    def position(self) -> int:
        """Samples so far."""
        position = super().position
        if self.first < 0:
            self.first = self._offset + position / RATE
        return position


def _thread_time(wanted: int | None) -> float:
    for thread in psutil.Process().threads():
        if thread.id == wanted:
            return float(thread.user_time + thread.system_time)
    return 0.0


def out_rows(size: Size, seconds: float, folder: Path, screen: Path | None) -> list[Row]:
    """Each way out that this machine has, at one size. ``screen`` is the folder of an Xvfb."""
    plugin = folder / "plugins" / NAME
    ours = {"plugin": plugin.stem, "entry": str(plugin)}
    high, wide = size
    port = free_port()
    ndi, name = ["receive-ndi"], f"bench {port}"
    web = {"kind": "web", "name": f":{port}/live"}
    address = f"http://127.0.0.1:{port}/live.mjpg"
    ways: list[tuple[str, Row, list[str] | None]] = [
        ("a plugin's output", {"kind": "bench_looks", "name": "looks", **ours}, None),
        ("ndi", {"kind": "ndi", "name": name}, [*ndi, name]),
        ("web", web, ["watch-web", address]),
        ("virtualcam", {"kind": "bench_camera", "name": f"{wide}x{high}", **ours}, None),
    ]
    if screen is not None:
        window = {"kind": "window", "name": "bench", "options": {"display": 0}}
        ways.append(("window", window, ["look-at-screen", str(screen), str(high), str(wide)]))
    rows = [out_row(title, want, told, size, seconds, folder) for title, want, told in ways]
    return [*rows, record_row(size, seconds, folder)]


def wait_until_open(drawing: StampedFrames, states: Callable[[], set[str]]) -> None:
    """Draw until no output is opening any more, or for `OPENS` seconds."""
    end = time.monotonic() + OPENS
    drawing.until(lambda: "opening" not in states() or time.monotonic() > end)


def unused_rows(size: Size, seconds: float, folder: Path) -> list[Row]:
    """What outputs cost that nobody receives, and those that a set does not name."""
    port = free_port()
    rows = []
    for title, wanted in (
        ("none is named", []),
        ("ndi, nobody receives", [{"kind": "ndi", "name": f"bench {port}"}]),
        ("web, nobody watches", [{"kind": "web", "name": f":{port}/live"}]),
    ):
        before = children()
        with played(size) as (streams, drawing), opened(streams, folder, [], *wanted) as states:
            wait_until_open(drawing, states)
            drawing.seconds(SETTLES)
            ours = children() - before
            work = CoreShare(ours)
            drawing.seconds(seconds)
            rows.append({"name": title, "processes": len(ours), "core %": work.share()})
    return rows


def free_port() -> int:
    """A port that nobody has."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
