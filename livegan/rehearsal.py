"""Rehearsal: a show without a stage, on a virtual clock; the same input gives the same frames."""

from __future__ import annotations

import contextlib
import hashlib
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from livegan import __version__, film
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.deadline import last_resort
from livegan.engine.isolation.gpu_errors import Poisoned
from livegan.engine.isolation.process_state import exits_refused
from livegan.engine.program.build import Builder
from livegan.engine.program.device import choose_device, describe_device
from livegan.engine.program.player import Frame, Player, as_bytes
from livegan.engine.program.program import GROUPS
from livegan.engine.program.thumbs import strip
from livegan.graph.place import Place
from livegan.saving import save_png
from livegan.size import UNSAID, Written
from livegan.sound import HOP, RATE
from livegan.sound.analysis import Analyzer
from livegan.sound.history import RecordedHistory
from livegan.sound.media import decode
from livegan.stage.flash.flash_guard import FlashGuard, Mode, Moment
from livegan.stage.record.intervals import Intervals
from livegan.stage.window.pacing import Pace

HELD_S = 60.0
"""A call that holds the interpreter for so long, and that no deadline could end, is the end."""


@dataclass(frozen=True)
class Edit:
    """A save during the rehearsal: at ``at`` seconds the set's text becomes that of ``file``."""

    at: float
    file: Path


@dataclass
class Rehearsal:
    """What to rehearse.  ``seconds`` None plays to the end of the sound; times in seconds."""

    set: Path
    audio: Path | None = None
    start: float = 0.0
    seconds: float | None = None
    fps: float = 0.0
    size: Written = UNSAID
    seed: int = 0
    edits: list[Edit] = field(default_factory=list)
    out: Path | None = None
    frames: Path | None = None
    report: Path | None = None
    device: str = "auto"
    folder: Path = field(default_factory=Path.cwd)
    followed: dict[str, Path] = field(default_factory=dict)
    flash_guard: Mode = "on"


@dataclass
class Result:
    """What a rehearsal showed: the content of ``report.json``."""

    report: dict[str, Any]

    @property
    def faults(self) -> list[dict[str, Any]]:
        return list(self.report["faults"])


def rehearse(
    what: Rehearsal,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    on_message: Callable[[dict[str, Any]], None] = lambda message: None,
    on_frame: Callable[[Frame, Any], None] | None = None,
) -> Result:
    """Play a set against recorded sound, as fast as the machine can, and report.

    Raises
    ------
    Refusal
        If the set as it is at the start cannot be played; nothing is written then.
    livegan.sound.media.MediaError
        If the sound cannot be read.
    """
    with last_resort(HELD_S), exits_refused():
        try:
            return _rehearse(what, progress, on_message, on_frame)
        except Poisoned as error:
            raise Refusal(f"the GPU's context is lost: {error}; run it again") from None


def _rehearse(
    what: Rehearsal,
    progress: Callable[[int, int], None],
    on_message: Callable[[dict[str, Any]], None],
    on_frame: Callable[[Frame, Any], None] | None,
) -> Result:
    began = time.perf_counter()
    samples = np.zeros((RATE, 2), np.float32) if what.audio is None else decode(what.audio)
    stop = what.start + what.seconds if what.seconds is not None else len(samples) / RATE
    if stop <= what.start:
        length = f"the sound ends at {len(samples) / RATE:.1f} s"
        raise Refusal(f"there is nothing to rehearse from {what.start:g} s: {length}")
    samples = fitted(samples, round(stop * RATE))
    features = Analyzer().feed(samples)
    history = Recorded(samples, features)
    faults: list[dict[str, Any]] = []
    commits: dict[int, dict[str, Any]] = {}

    def emit(message: dict[str, Any]) -> None:
        if message["type"] == "commit":
            commits[message["id"]] = message
        on_message(message)

    device = choose_device(what.device)
    builder = Builder(what.folder, size=what.size, device=device, followed=what.followed)
    player = Player(history, seed=what.seed, device=device, on_fault=faults.append, limit_s=10.0)
    path = what.set.resolve()
    pipeline = Pipeline(path, what.folder, builder, player, emit)
    text = text_of(path)
    edits = [(edit, text_of(edit.file)) for edit in sorted(what.edits, key=lambda e: e.at)]
    history.position = int(what.start * RATE) // HOP * HOP
    first = pipeline.propose(text)
    assert first is not None
    if first.status == "refused":
        player.close()
        raise Refusal(first.reason, Place.read(first.where))
    assert player.cued is not None
    program = player.cued.program
    fps = what.fps or float(program.setting("fps", 0.0)) or 30.0
    player.fps = fps
    total = max(1, round((stop - what.start) * fps))
    spent: list[dict[str, float]] = []
    took: list[float] = []
    digests: list[str] = []
    whole = hashlib.sha256()
    stills: list[tuple[float, Any]] = []
    shape: tuple[int, ...] = ()
    moments: list[Moment] = []
    guard = FlashGuard(what.flash_guard, moments.append)
    with contextlib.closing(player), sinks(what, fps, samples) as sink:
        for index in range(total):
            seconds = what.start + index / fps
            history.position = round(seconds * RATE) // HOP * HOP
            while edits and edits[0][0].at <= seconds + 1e-9:
                edit, saved = edits.pop(0)
                pipeline.propose(saved, file=edit.file, at=max(edit.at, what.start))
            started = time.perf_counter()
            frame = player.frame(history.position)
            assert frame is not None
            tick = time.perf_counter()
            pixels = guard(as_bytes(frame.picture), seconds)
            content = pixels.tobytes()
            done = time.perf_counter()
            player.spent["output"] += done - tick
            took.append(done - started)
            shape = pixels.shape
            spent.append(player.spent)
            digests.append(hashlib.sha256(content).hexdigest())
            whole.update(content)
            if what.report is not None and index * 12 // total != (index - 1) * 12 // total:
                stills.append((seconds, pixels))
            if on_frame is not None:
                on_frame(frame, pixels)
            sink(index, pixels)
            progress(index + 1, total)
    guard.finish()
    name, precision = describe_device(device)
    report = {
        "livegan": __version__,
        "set": str(what.set),
        "audio": str(what.audio) if what.audio else None,
        "start": what.start,
        "seconds": stop - what.start,
        "frames": total,
        "fps": fps,
        "size": program.size.plain,
        "picture": list(shape[:2]),
        "seed": what.seed,
        "device": name,
        "precision": precision,
        "wall_s": round(time.perf_counter() - began, 3),
        "digest": whole.hexdigest(),
        "frame_digests": digests,
        "stage_ms": {group: stage_ms([s.get(group, 0.0) for s in spent]) for group in GROUPS},
        "frame_ms": stage_ms(took),
        "intervals_ms": as_paced(took, 1 / fps).histogram(),
        "flash_guard": {
            "mode": what.flash_guard,
            "seconds": round(guard.seconds, 3),
            "moments": [
                {
                    "since": round(moment.since, 3),
                    "until": round(moment.until, 3),
                    "area": round(moment.area, 3),
                    "kinds": list(moment.kinds),
                }
                for moment in moments
            ],
        },
        "commits": [
            {k: v for k, v in c.items() if k not in ("type", "source")} for c in commits.values()
        ],
        "faults": faults,
    }
    if what.report is not None:
        from livegan.reporting import write_report

        slots = strip(player.program) if player.program is not None else None
        write_report(what.report, report, stills, features, spent, slots)
    return Result(report)


def text_of(path: Path) -> str:
    """The text of a set, without the byte-order mark that some editors write.

    Raises
    ------
    Refusal
        If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("the set is not UTF-8 text: save it as that", Place(str(path), 1)) from None
    except OSError as error:
        reason = f"the set cannot be read: {error.strerror}"
        raise Refusal(reason, Place(str(path), 1)) from None


class Recorded(RecordedHistory):
    """Recorded sound with a playhead: what lies after it has not been heard yet."""

    def __init__(self, samples: Any, features: Any) -> None:
        super().__init__(samples, features)
        self._playhead = 0

    @property
    def position(self) -> int:
        return self._playhead

    @position.setter
    def position(self, value: int) -> None:
        self._playhead = value

    @property
    def hops(self) -> int:
        return self._playhead // HOP


def fitted(samples: Any, length: int) -> Any:
    """(length, 2): cut, or lengthened with silence."""
    if len(samples) >= length:
        return samples[:length]
    return np.concatenate([samples, np.zeros((length - len(samples), 2), np.float32)])


def as_paced(took: list[float], period: float) -> Intervals:
    """The intervals between pictures of a show that takes so long (s) for each of them."""
    intervals, pace, now = Intervals(), Pace().at(0.0), 0.0
    for seconds in took:
        now += pace.wait
        pace = pace.at(now).presented(period, period / 2)
        now += seconds
        intervals.presented(now)
        pace = pace.at(now)
    return intervals


def stage_ms(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(s * 1000 for s in seconds)
    return {
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3),
    }


@contextlib.contextmanager
def sinks(what: Rehearsal, fps: float, samples: Any) -> Iterator[Callable[[int, Any], None]]:
    """Where frames go: a film, a folder of pictures, both or neither.

    A film is written beside its place and moved there when it is whole.
    """
    with contextlib.ExitStack() as stack:
        targets: list[Callable[[int, Any], None]] = []
        if what.out is not None:
            sound = samples[int(what.start * RATE) :]
            writer = stack.enter_context(film.FilmWriter(what.out, fps, sound))
            targets.append(lambda index, pixels: writer.write(pixels))
        if what.frames is not None:
            what.frames.mkdir(parents=True, exist_ok=True)
            folder = what.frames
            targets.append(lambda index, pixels: save_png(folder / f"{index:06d}.png", pixels))

        def sink(index: int, pixels: Any) -> None:
            for target in targets:
                target(index, pixels)

        yield sink
