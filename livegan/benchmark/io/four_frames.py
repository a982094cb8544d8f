"""The frame of sets/four.py, and the same with an NDI source and an NDI output, in turn.

This process does the work of the engine; a child does that of the stage, and two other programs
send and receive in a network of their own. A show has those two on other machines. Here they share
the cores, so while the set plays alone, a process works as much as they did.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil

from livegan import share
from livegan.benchmark.io.network import HERE, THERE, OtherMachine
from livegan.benchmark.io.seen import CoreShare, children
from livegan.benchmark.io.stamp import FrameStamp, clock, stamp
from livegan.benchmark.io.ways_out import OtherProgram, opened
from livegan.ipc.picture_ring import PictureRing
from livegan.openmp import wait_asleep
from livegan.picture_sources.board import RingBoard
from livegan.picture_sources.source import SourceName, Wanted
from livegan.size import Size

SENDER, OUTPUT = "bench desk", "bench four"
OPENS = 60.0
TURN_S = 2.0
"""Seconds that one of the two plays before the other does."""
SLICE_S = 0.01  # seconds in which `OtherWork` works and rests
SETTLES = 6  # frames after a change that do not count
Row = dict[str, Any]


def texts(size: Size) -> tuple[str, str]:
    """The set, and the same with NDI."""
    four = (share.folder("sets") / "four.py").read_text(encoding="utf-8")
    canvas = f"\nsettings(size=({size.width}, {size.height}))\n"
    model = 'model("ocean",    trail)'
    received = f'model("ocean", trail.blend(ndi_in("{SENDER}"), 0.5))'
    assert model in four
    return four + canvas, four.replace(model, received) + canvas


class StageProcess:
    """The stage's part, in a process of its own: its main stream, guests, an output."""

    def __init__(self, ring: PictureRing, size: Size, folder: Path) -> None:
        asked = {"ring": ring.name, "size": list(size), "folder": str(folder)}
        module = [sys.executable, "-m", "livegan.benchmark.io.four_frames", json.dumps(asked)]
        self.process = subprocess.Popen(
            module,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_env(folder / "here", THERE),
        )
        assert self.process.stdout is not None
        self.rings: dict[str, str] = json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """End it, and wait."""
        self.process.communicate()


def _env(folder: Path, other: str) -> dict[str, str]:
    """An environment in which NDI looks for senders at an address."""
    folder.mkdir(exist_ok=True)
    found = {"ndi": {"networks": {"ips": other}}}
    (folder / "ndi-config.v1.json").write_text(json.dumps(found), encoding="utf-8")
    return {**os.environ, "NDI_CONFIG_DIR": str(folder)}


def play_stage(asked: dict[str, Any], told: IO[str], over: IO[str]) -> None:
    """What the child does, until ``over`` ends."""
    from livegan.stage.fallback.fallbacks import Fallbacks
    from livegan.stage.flash.flash_guard import FlashGuard
    from livegan.stage.picture_guests.guests import PictureGuests
    from livegan.stage.streams.stream import Stream
    from livegan.stage.streams.streams import Streams

    folder, notes = Path(asked["folder"]), []  # type: ignore[var-annotated]
    ring = PictureRing.attach(asked["ring"])
    streams = Streams(Stream("window", FlashGuard(), Fallbacks(start=False), ring))
    streams.start()
    guests = PictureGuests(folder, notes.append)
    with opened(streams, folder, notes, {"kind": "ndi", "name": OUTPUT}):
        rings = guests.want([SourceName("ndi_in", SENDER)], Wanted(*asked["size"]))
        print(json.dumps(dict(rings)), file=told, flush=True)
        over.read()
    guests.close()
    streams.stop()


class OtherWork:
    """A process that takes up a part of a core, as programs of other people do."""

    def __init__(self) -> None:
        module = [sys.executable, "-m", "livegan.benchmark.io.four_frames", "work"]
        self.process = subprocess.Popen(module, stdin=subprocess.PIPE, text=True)

    def take(self, share: float) -> None:
        """Take up so many per cent of a core from now on."""
        assert self.process.stdin is not None
        print(share / 100, file=self.process.stdin, flush=True)

    def __enter__(self) -> OtherWork:
        return self

    def __exit__(self, *about: object) -> None:
        self.process.communicate()


def work(told: IO[str]) -> None:
    """What that process does, until ``told`` ends."""
    shares = [0.0]

    def hear() -> None:
        shares.extend(float(line) for line in told)
        shares.append(-1.0)

    threading.Thread(target=hear, daemon=True).start()
    while (share := shares[-1]) >= 0:
        over, spent = time.monotonic() + SLICE_S, time.thread_time() + share * SLICE_S
        while time.thread_time() < spent:
            pass
        time.sleep(max(0.0, over - time.monotonic()))


@contextmanager
def other_programs(other: OtherMachine, size: Size, folder: Path) -> Iterator[OtherProgram]:
    """One that sends and one that receives, on the other machine; gives the latter."""
    env, none = _env(folder / "there", HERE), folder / "none"
    sides = [str(size.height), str(size.width)]
    sender = OtherProgram(["send-ndi", SENDER, *sides], none, other.enter, env)
    receiver = OtherProgram(["receive-ndi", OUTPUT], none, other.enter, env)
    try:
        yield receiver
    finally:
        sender.close()
        receiver.close()


def four_rows(size: Size, seconds: float, folder: Path, alone: bool) -> tuple[list[Row], str]:
    """The two rows and their ratio; or why there are none.

    ``cpu ms`` is the processor time of a frame in this process, which says more on a busy machine;
    ``core %`` is that of the source and the output, ``others' core %`` of the two other programs.
    """
    what = "sets/four.py with NDI"
    if not alone:
        return [], f"{what}: it needs Linux, `unshare` and `ip` for a second network"
    wait_asleep()
    board = RingBoard()
    plays = [
        playing(text, size, folder / f"four_{n}.py", board) for n, text in enumerate(texts(size))
    ]
    try:
        with (
            OtherMachine() as other,
            PictureRing.create(2 * size.height, 2 * size.width) as ring,
            staged(ring, size, folder) as stage,
            other_programs(other, size, folder) as receiver,
            OtherWork() as instead,
        ):
            board.follow(stage.rings)
            try:
                return _measured(seconds, ring, stage, receiver, instead, board, plays)
            finally:
                board.follow({})
    except OSError as error:
        return [], f"{what}: {error}"


@contextmanager
def staged(ring: PictureRing, size: Size, folder: Path) -> Iterator[StageProcess]:
    """The stage's part; the ring is removed after it."""
    stage = StageProcess(ring, size, folder)
    try:
        yield stage
    finally:
        stage.close()
        ring.unlink()


def _measured(
    seconds: float,
    ring: PictureRing,
    stage: StageProcess,
    receiver: OtherProgram,
    instead: OtherWork,
    board: RingBoard,
    plays: Sequence[Callable[[], Any]],
) -> tuple[list[Row], str]:
    from livegan.engine.program.picture_bytes import as_bytes

    number = 0

    def frame(play: Callable[[], Any]) -> tuple[float, float]:
        nonlocal number
        began, worked = time.perf_counter(), time.process_time()
        picture = as_bytes(play().picture)
        number = (number + 1) % 2**16
        stamp(picture, FrameStamp(number, clock()))
        ring.write(picture)
        return time.perf_counter() - began, time.process_time() - worked

    name, end = SourceName("ndi_in", SENDER), time.monotonic() + OPENS
    while not (board.here(name) and receiver.seen.times):
        if time.monotonic() > end:
            return [], "sets/four.py with NDI: pictures of the other program did not come"
        frame(plays[1])
    guests = set(psutil.Process(stage.process.pid).children(recursive=True))
    others = {p for p in children() if p.name() != "sleep"} - guests
    others -= {psutil.Process(stage.process.pid), psutil.Process(instead.process.pid)}
    times: tuple[list[tuple[float, float]], ...] = ([], [])
    shares: list[tuple[float, float]] = []
    end, turn = time.monotonic() + max(6 * TURN_S, 10 * seconds), 0
    while time.monotonic() < end or turn < 4:
        uses = turn % 2 == 0
        turned(guests | others, uses)
        instead.take(0.0 if uses else shares[-1][1])
        until, frames = time.monotonic() + TURN_S, []
        work = CoreShare(guests), CoreShare(others)
        while time.monotonic() < until:
            frames.append(frame(plays[uses]))
        times[uses].extend(frames[SETTLES:] or frames)
        if uses:
            shares.append((work[0].share(), work[1].share()))
        turn += 1
    turned(guests | others, True)
    middle = [1000 * statistics.median(wall for wall, _ in each) for each in times]
    tail = [1000 * sorted(each)[int(0.95 * len(each))][0] for each in times]
    own = [1000 * statistics.median(spent for _, spent in each) for each in times]
    ours, theirs = (round(statistics.median(each)) for each in zip(*shares, strict=True))
    columns = ("name", "median ms", "p95 ms", "cpu ms", "core %", "others' core %")
    cells = [
        (name, *(round(each[n], 1) for each in (middle, tail, own)), guests_share, theirs)
        for n, (name, guests_share) in enumerate(
            (("sets/four.py", ""), ("with NDI in and out", ours))
        )
    ]
    ratios = (round(each[1] / each[0], 2) for each in (middle, tail, own))
    cells.append(("ratio", *ratios, "", ""))
    return [dict(zip(columns, row, strict=True)) for row in cells], ""


def turned(processes: Iterable[psutil.Process], on: bool) -> None:
    """Let them work, or keep them from it."""
    for process in processes:
        with suppress(psutil.Error):
            process.resume() if on else process.suspend()


def playing(text: str, size: Size, path: Path, board: RingBoard) -> Callable[[], Any]:
    """A set at work: each call draws the next frame of the demo track."""
    from livegan.engine.commit.pipeline import Pipeline
    from livegan.engine.commit.script import Refusal
    from livegan.engine.program.build import Builder
    from livegan.engine.program.device import choose_device
    from livegan.engine.program.player import Player
    from livegan.sound import HOP, RATE
    from livegan.sound.history import RecordedHistory
    from livegan.sound.media import decode
    from livegan.sound.soundtrack import Playhead

    path.write_text(text, encoding="utf-8")
    device = choose_device("auto")
    history = Playhead(RecordedHistory.of(decode(share.demo_track())[: 40 * RATE]))
    history.position = 15 * RATE
    builder = Builder(Path.cwd(), size=size, device=device)
    player = Player(history, fps=30, device=device, sources=board)
    pipeline = Pipeline(path, Path.cwd(), builder, player, lambda message: None)
    commit = pipeline.propose(text)
    if commit is None or player.cued is None:
        raise Refusal(commit.reason if commit else "the set cannot be read")
    number = 0

    def draw() -> Any:
        nonlocal number
        history.position = (15 * RATE + round(number % 600 / 30 * RATE)) // HOP * HOP
        number += 1
        return player.frame(history.position)

    draw()
    return draw


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(sys.stdin)
    else:
        play_stage(json.loads(sys.argv[1]), sys.stdout, sys.stdin)
