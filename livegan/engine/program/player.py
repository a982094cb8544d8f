"""The player: programs on a clock, swapped at the beat, undone, held when they fail."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import torch

from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.object_lifetime import retire
from livegan.engine.program.instance import Moment
from livegan.engine.program.paint_threads import PaintThreads
from livegan.engine.program.program import GROUPS, Faults, Program, Step, draw_frame
from livegan.engine.program.quantise import next_beat, still_ahead
from livegan.generators.channels import fitted
from livegan.graph.graph import swap_beats
from livegan.graph.reading import NO_CONTROLS, Control, Reading
from livegan.operation.moment import now_at
from livegan.picture_sources.board import Board, NoSources
from livegan.plugin import Now
from livegan.size import Size
from livegan.sound import HOP
from livegan.sound.history import Hearing, History, Sound

KEPT_PROGRAMS = 5
MOST_MEMORY = 1000
"""Values of signals that are remembered from program to program: the ones read last."""
TRIAL_S = 4.0
"""A program that fails this soon after its swap gives way to the one before."""


@dataclass(frozen=True)
class Cue:
    """A proven program that waits for its beat."""

    program: Program
    beats: float
    """It goes on the air when the count of beats reaches this."""
    on_air: Callable[[Program, float], None]
    grid: float = 0.0
    """The multiples of beats that it waits for; 0 for none."""
    dropped: Callable[[], None] = lambda: None
    """It is told if the program never goes on the air, because something took its place."""


@dataclass
class Frame:
    """One frame, drawn: ``picture`` (3, H, W) float32 0..1, and what else is shown."""

    picture: torch.Tensor
    extra: dict[tuple[str, str], torch.Tensor]
    now: Now
    version: int
    position: int


class Controls(Protocol):
    """Where a player reads controls: the show's control table, or recorded ones."""

    def snapshot(self, time: float) -> Mapping[str, Control]:
        """All controls by name at ``time`` seconds of show time, or the newest. Never waits."""


class NoControls:
    """Nobody sets a control."""

    def snapshot(self, time: float) -> Mapping[str, Control]:
        """Nothing."""
        return NO_CONTROLS


@dataclass
class Player:
    """Plays programs.  ``frame`` is called by one thread; ``cue`` and ``undo`` by any."""

    history: History
    fps: float = 30.0
    seed: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    on_fault: Callable[[dict[str, Any]], None] = lambda fault: None
    on_rollback: Callable[[Program, Program, Refusal], None] = lambda bad, good, why: None
    limit_s: float = 2.0
    """How long a leaf or a plugin's node may take in a frame before it is interrupted."""
    controls: Controls = field(default_factory=NoControls)
    """Numbers from hands and machines; a frame is drawn with one snapshot of them."""
    sources: Board = field(default_factory=NoSources)
    """Where pictures of cameras and other live sources are."""

    def __post_init__(self) -> None:
        self.hearing = Hearing(self.history)
        self.paint_threads = PaintThreads.for_device(self.device)
        self.program: Program | None = None
        self.earlier: list[Program] = []
        self.cued: Cue | None = None
        self.solo: int | None = None
        self.shown: torch.Tensor | None = None
        self.spent: dict[str, float] = {}
        self.now = Now(fps=self.fps, seed=self.seed)
        self._memory: dict[str, Any] = {}
        self._faults = Faults(self._report)
        self._since = 0.0
        self._dissolve: tuple[torch.Tensor, float] | None = None
        self._before: float | None = None
        self._undo = False
        self._failed: tuple[Program, Refusal] | None = None
        self._again = False
        self._cueing = threading.Lock()

    # The clock -----------------------------------------------------------------------------------

    def moment(self, size: Size, position: int | None = None) -> Moment:
        """The newest moment of sound, for building and probing: the show's memory is a copy."""
        at = self.history.hops * HOP if position is None else position
        # A view of its own: the memo of the playing one belongs to the playing thread.
        sound = Hearing(self.history).at(at)
        now = self._now(sound, self.program, self._before)
        reading = Reading(
            replace(now, dt=0.0),
            sound,
            dict(self._memory),
            controls=self.controls.snapshot(now.time),
            sources=self.sources,
        )
        return Moment(now, sound, reading, size, self.device, self.shown, self.sources)

    def _now(self, sound: Sound, program: Program | None, before: float | None) -> Now:
        settings = program.graph.settings if program else {}
        seed = int(settings.get("seed", -1))
        return now_at(
            sound,
            before=before,
            fps=self.fps,
            seed=seed if seed >= 0 else self.seed,
            bpm=float(settings.get("bpm") or 0.0),
            beats_per_bar=int(settings.get("beats_per_bar") or 4),
        )

    # Swapping ------------------------------------------------------------------------------------

    def cue(
        self,
        program: Program,
        on_air: Callable[[Program, float], None],
        dropped: Callable[[], None] = lambda: None,
    ) -> None:
        """Let a proven program wait for its beat; a newer one takes the place of an older one."""
        self.drop()
        grid = 0.0
        if self.program is not None:
            bar = int(program.setting("beats_per_bar", 4))
            grid = swap_beats(str(program.setting("swap", "bar")), bar)
        beats = -math.inf if grid == 0.0 else next_beat(self.now.beats, grid)
        self.cued = Cue(program, beats, on_air, grid, dropped)

    def drop(self) -> bool:
        """Let nothing wait for its beat any more; True if something did."""
        with self._cueing:
            cue, self.cued = self.cued, None
        if cue is not None:
            cue.dropped()
            retire(cue.program)
        return cue is not None

    def hurry(self) -> None:
        """Let what is cued go on the air with the next frame, whatever the beat."""
        with self._cueing:
            if self.cued is not None:
                self.cued = replace(self.cued, beats=-math.inf)

    def forget(self) -> None:
        """Play nothing, until something is cued."""
        self.drop()
        retire(*self.earlier, *([self.program] if self.program is not None else []))
        self.program, self.earlier = None, []

    def again(self) -> None:
        """Let what plays begin anew with the next frame, dissolving from what is shown."""
        self._again = True

    def as_picture(self, pixels: Any) -> torch.Tensor:
        """(H, W, 3) uint8, as it is on the screen → (3, H, W) float 0..1 on the device."""
        planes = torch.from_numpy(pixels).to(self.device).permute(2, 0, 1)
        return planes.to(torch.float32).div_(255.0)

    def undo(self) -> Program | None:
        """Bring the program before this one back at the next frame; None if there is none."""
        if self.program is not None and self.drop():
            # What waits for its beat is undone first: what plays goes on.
            return self.program
        if not self.earlier:
            return None
        self._undo = True
        return self.earlier[-1]

    def _swap(self, now: Now) -> None:
        if self._again and self.program is not None:
            self._again = False
            self._take(self.program, now)
        if self._failed is not None:
            bad, why = self._failed
            self._failed = None
            if bad is self.program and self.earlier:
                good = self.earlier.pop()
                self._take(good, now)
                self.on_rollback(bad, good, why)
        if self._undo:
            self._undo = False
            if self.earlier:
                self.drop()
                self._take(self.earlier.pop(), now)
        with self._cueing:
            cue = self.cued
            if cue is not None:
                due = still_ahead(cue.beats, now.beats, cue.grid)
                self.cued = None if now.beats >= due else replace(cue, beats=due)
                cue = cue if self.cued is None else None
        if cue is not None:
            if self.program is not None and not self.program.safe:
                self.earlier = [*self.earlier, self.program]
                retire(*self.earlier[:-KEPT_PROGRAMS])
                self.earlier = self.earlier[-KEPT_PROGRAMS:]
            self._take(cue.program, now)
            cue.on_air(cue.program, now.time)

    def _take(self, program: Program, now: Now) -> None:
        if self.shown is not None:
            self._dissolve = (self.shown, now.time)
        before, self.program = self.program, program
        if before is not None and not any(p is before for p in (program, *self.earlier)):
            retire(before)
        for key in list(self._memory)[:-MOST_MEMORY]:
            del self._memory[key]
        self._since = now.time
        self._faults = Faults(self._report)

    def _report(self, step: Step, refusal: Refusal) -> None:
        self.on_fault(
            {
                "node": step.name,
                "where": str(refusal.place or ""),
                "reason": refusal.reason,
                "at": self.now.time,
            }
        )
        if self.program is not None and self.now.time - self._since < TRIAL_S and self.earlier:
            self._failed = (self.program, refusal)

    def close(self) -> None:
        """End the threads that paint."""
        self.paint_threads.close()

    # Frames --------------------------------------------------------------------------------------

    def frame(self, position: int) -> Frame | None:
        """Draw the frame for the sound up to ``position`` (samples); None before any program."""
        began = time.perf_counter()
        position = position // HOP * HOP
        sound = self.hearing.at(position)
        now = self._now(sound, self.program, self._before)
        self._swap(now)
        program = self.program
        if program is None:
            return None
        now = self._now(sound, program, self._before)
        self.now, self._before = now, now.time
        reading = Reading(
            now,
            sound,
            self._memory,
            objects=program.objects,
            controls=self.controls.snapshot(now.time),
            sources=self.sources,
        )
        moment = Moment(now, sound, reading, program.size, self.device, self.shown, self.sources)
        spent = dict.fromkeys(GROUPS, 0.0)
        spent["sound"] = time.perf_counter() - began
        with torch.inference_mode():
            pictures = draw_frame(
                program, moment, self._faults, spent, self.paint_threads, self.limit_s
            )
            began = time.perf_counter()
            picture = pictures[program.window]
            slots = program.slots
            if self.solo is not None and self.solo < len(slots):
                picture = pictures[program.steps.index(slots[self.solo])]
            picture = self._dissolved(picture, program, now)
        spent["output"] += time.perf_counter() - began
        self.shown = picture
        self.spent = spent
        extra = {(kind, name): pictures[index] for kind, name, index in program.extra}
        return Frame(picture, extra, now, program.version, position)

    def _dissolved(self, picture: torch.Tensor, program: Program, now: Now) -> torch.Tensor:
        if self._dissolve is None:
            return picture
        before, since = self._dissolve
        seconds = float(program.graph.settings.get("dissolve", 0.4))
        amount = 1.0 if seconds <= 0 else (now.time - since) / seconds
        if amount >= 1.0:
            self._dissolve = None
            return picture
        before = fitted(before, picture.shape[1], picture.shape[2], "contain")  # as it was seen
        return torch.lerp(before, picture, max(0.0, amount))


def as_bytes(picture: torch.Tensor) -> Any:
    """(3, H, W) float 0..1 → (H, W, 3) uint8 numpy array, rounded."""
    with torch.inference_mode():
        planes = picture.mul(255.0).add_(0.5).clamp_(0, 255).to(torch.uint8).cpu().numpy()
    pixels = np.empty((*planes.shape[1:], 3), np.uint8)
    for channel in range(3):  # three strided copies: quicker than permuting
        pixels[..., channel] = planes[channel]
    return pixels
