"""A part of a show, played again: what to play, what became of it, and the film of it."""

from __future__ import annotations

import contextlib
import math
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from livegan import __version__
from livegan.engine.isolation.unattended import unattended
from livegan.engine.program.device import choose_device, describe_device
from livegan.film.pieces import PiecedFilm, PieceSink
from livegan.journal.folder import Journal, JournalHistory
from livegan.journal.made_with import print_of, versions
from livegan.rehearsal.film_sink import deepened
from livegan.rehearsal.played_engine import PlayedEngine, ReplayOptions
from livegan.size import UNSAID, Size, Written
from livegan.sound import RATE
from livegan.stage.flash.flash_guard import MODES, FlashGuard, Mode

LONGEST_DISSOLVE = 31.0
"""Seconds after which a picture shows nothing of an engine before."""
GUARD_S = 5.0
"""Seconds that the flash guard has seen before the first picture of a part."""
Note = Callable[[str], None]
Progress = Callable[[str, float, float], None]
"""Called with what is done, and how much of how much."""


@dataclass
class Replay:
    """What to play again. Times in seconds of show time; ``until`` None is the end of the show."""

    journal: Journal
    out: Path | None = None
    codec: str = ""
    since: float = 0.0
    until: float | None = None
    size: Written = UNSAID
    """The canvas; as it was if it is not said."""
    fps: float = 0.0
    """Pictures a second of the film; 0 is the show's own rate."""
    device: str = "auto"
    stand_ins: dict[str, str] = field(default_factory=dict)
    models: dict[str, Path] = field(default_factory=dict)
    """Weights to play in place of the show's, by the name of the model."""
    set: Path | None = None
    """Another set to play with the sound and controls of the show."""
    flash_guard: Mode | None = None
    """Of the film; None is that of the show."""
    jobs: int = 1
    """Processes that draw at once."""

    @property
    def end(self) -> float:
        """Where it ends, in seconds of show time."""
        last = self.journal.seconds
        return last if self.until is None else min(self.until, last)

    @property
    def rate(self) -> float:
        """Pictures a second of the film."""
        return self.fps or max(
            (float(np.median(e.frames["fps"])) for e in self.journal.engines), default=30.0
        )

    @property
    def count(self) -> int:
        """Pictures of the film."""
        return max(1, math.ceil(round((self.end - self.since) * self.rate, 6)))

    @property
    def guard(self) -> Mode:
        """The flash guard of the film."""
        if self.flash_guard is not None:
            return self.flash_guard
        shown = self.journal.show.get("flash_guard")
        return next((mode for mode in MODES if mode == shown), MODES[0])

    @property
    def film(self) -> PiecedFilm | None:
        """The film that is written, if one is."""
        if self.out is None:
            return None
        frames = b"".join(engine.frames.tobytes() for engine in self.journal.engines)
        what = {
            "show": str(self.journal.folder.resolve()),
            "frames": zlib.crc32(frames),
            "from": self.since,
            "to": self.end,
            "size": Size.read(self.size).plain,
            "device": describe_device(choose_device(self.device)),
            "with": self.stand_ins,
            "set": print_of(self.set) if self.set is not None else "",
            "models": {name: print_of(path)[1] for name, path in self.models.items()},
            "flash_guard": self.guard,
            "versions": {"livegan": __version__, **versions()},
        }
        return PiecedFilm(self.out, self.rate, what, self.codec)


@dataclass
class Replayed:
    """What became of it."""

    frames: int = 0
    """Frames that the show drew, and that were drawn again."""
    equal: int = 0
    """Of those, the ones with the same bits as in the show, as far as its journal can tell."""
    first_difference: float | None = None
    """Show time in seconds of the first that differs."""
    faults: list[dict[str, Any]] = field(default_factory=list)
    refused: str = ""
    """Why a version of the set could not be played, if one could not."""
    unsure: bool = False
    """A part was not begun at the start of the show, and what came before it mattered."""

    def add(self, other: Replayed) -> None:
        """Another part of the same replay."""
        self.frames += other.frames
        self.equal += other.equal
        differs = [t for t in (self.first_difference, other.first_difference) if t is not None]
        self.first_difference = min(differs, default=None)
        self.faults += [fault for fault in other.faults if fault not in self.faults]
        self.refused = self.refused or other.refused
        self.unsure |= other.unsure


def play_part(
    what: Replay,
    film: PiecedFilm | None,
    kept: list[int],
    first: int,
    last: int,
    progress: Progress = lambda doing, done, total: None,
    note: Note = lambda text: None,
    on_frame: Callable[[float, Any], None] | None = None,
    draw_all: bool = False,
) -> Replayed:
    """Play pictures ``first`` to ``last`` (without it) of a film, and write the pieces that are
    not in ``kept``.

    What comes before is passed by, unless ``draw_all``.
    """
    result = Replayed()
    since, until = what.since + first / what.rate, what.since + last / what.rate
    whole = last == what.count
    until = what.end if whole else until
    show_since = 0.0 if draw_all else since if what.guard == "off" else since - GUARD_S
    with contextlib.ExitStack() as stack:
        stack.enter_context(unattended())
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="livegan-replay-")))
        sink = stack.enter_context(PieceSink(film, kept)) if film else None
        screen = Screen(what, sink, first, last)
        how = ReplayOptions(
            what.size, choose_device(what.device), what.stand_ins, what.models, what.set
        )
        last_pixels: Any = None
        notes: set[str] = set()

        def told(line: str) -> None:
            if line not in notes:
                notes.add(line)
                note(line)

        for number, engine in engines_for(what, max(0.0, show_since), until, draw_all):
            playing = PlayedEngine(what.journal, engine, how, room / str(number), last_pixels, told)
            with contextlib.closing(playing):
                for played in playing.frames(until, max(0.0, show_since)):
                    seconds = played.seconds
                    seen = since <= seconds and (whole or seconds < until)
                    if played.pixels is not None:
                        last_pixels = played.pixels
                        screen.show(seconds, played.pixels, played.picture)
                    if seen and played.pixels is not None:
                        result.frames += 1
                        result.equal += played.same
                        if on_frame is not None:
                            on_frame(seconds, played.pixels)
                    if seen and not played.same and result.first_difference is None:
                        result.first_difference = round(seconds, 3)
                    if seconds < since:
                        progress("going there", seconds, since)
                    else:
                        progress("replaying", (seconds - since) * what.rate, last - first)
            result.faults += playing.faults
            result.refused = result.refused or playing.refused
            result.unsure |= playing.player.unsure
        screen.finish(until)
        result.unsure |= screen.unsure
        if result.unsure and not draw_all and sink is not None:
            return result  # the piece that is open is dropped, too
        if sink is not None:
            sink.end()
    return result


def engines_for(
    what: Replay, since: float, until: float, all_of_them: bool
) -> list[tuple[int, Any]]:
    """The engines whose pictures are seen between these times, or dissolved from."""
    engines = list(enumerate(what.journal.engines))
    begins = [int(engine.frames["position"][0]) / RATE for _, engine in engines]
    ends = [int(engine.frames["position"][-1]) / RATE for _, engine in engines]
    first = 0
    if not all_of_them:
        first = max((n for n, at in enumerate(begins) if at <= since), default=0)
        # What it dissolved from, and that from what.
        while first > 0:
            first -= 1
            if ends[first] - begins[first] > LONGEST_DISSOLVE:
                break
    return [pair for pair in engines[first:] if begins[pair[0]] <= until]


class Screen:
    """What is seen of a replay: at every tick of its rate the newest frame, guarded."""

    def __init__(self, what: Replay, sink: PieceSink | None, first: int, last: int) -> None:
        """Pictures ``first`` to ``last`` of the film go to ``sink``."""
        self._what, self._sink, self._first, self._last = what, sink, first, last
        self._deep = sink is not None and sink.deep
        self._guard = FlashGuard(what.guard)
        self._tick = max(0, first - round(GUARD_S * what.rate)) if what.guard != "off" else first
        self._shown: tuple[Any, Any] | None = None
        self.unsure = False
        """The flash guard was at work as the first picture was due."""

    def show(self, seconds: float, pixels: Any, picture: Any) -> None:
        """A frame was drawn; the one before was seen until now."""
        if self._sink is not None:
            self._until(seconds)
            self._shown = pixels, picture

    def _until(self, seconds: float) -> None:
        if self._shown is None:
            return
        pixels, picture = self._shown
        while self._tick < self._last and self.time(self._tick) < seconds:
            assert self._sink is not None
            if self._tick == self._first and self._first > 0 and self._guard.acts:
                self.unsure = True
            shown: Any = self._guard(pixels, self.time(self._tick))
            if self._tick >= self._first:
                if not self._sink.wants(self._tick):
                    shown = None
                elif self._deep:
                    shown = deepened(pixels, shown, picture)
                self._sink.write(self._tick, shown)
            self._tick += 1

    def time(self, tick: int) -> float:
        """Of a picture of the film, in show time."""
        return self._what.since + tick / self._what.rate

    def finish(self, until: float) -> None:
        """The last frame is seen until the end."""
        self._until(max(until, self.time(self._last)))


class FilmSound:
    """The sound of a replay, for its film: from its first picture on."""

    def __init__(self, what: Replay) -> None:
        self._history = JournalHistory(what.journal)
        self._first = round(what.since * RATE)

    def __call__(self, start: int, stop: int) -> Any:
        """Samples ``start`` to ``stop``, (n, 2) float32."""
        self._history.hear(self._first + stop)
        return self._history.samples(self._first + start, self._first + stop)
