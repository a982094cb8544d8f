"""The player: programs on a clock, swapped at the beat, undone, held when they fail."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import torch

from livegan.engine.commit import lineup
from livegan.engine.commit.lineup import Cue, Lineup, LineupAction, LineupEvent, lost, step
from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.gpu_errors import ContextLost
from livegan.engine.isolation.object_lifetime import retire
from livegan.engine.program.governor import Governor, SlotTurns
from livegan.engine.program.graphics_card.late_numbers import LateNumbers, NumbersOfFrames
from livegan.engine.program.graphics_card.paint_streams import paint_threads_for
from livegan.engine.program.hearings import Hearings, NoSounds, Sounds
from livegan.engine.program.nodes.instance import Moment
from livegan.engine.program.passing import read_values, to_draw
from livegan.engine.program.program import GROUPS, Faults, Program, Step, draw_frame
from livegan.engine.program.seeing import Seeing
from livegan.engine.program.sends import SentNumbers, sent_by
from livegan.generators.channels import fitted
from livegan.generators.device import works_alone
from livegan.graph.send import Send
from livegan.graph.settings import held_rate
from livegan.graph.signals.control_reading import ControlValue
from livegan.graph.signals.reading import NO_CONTROLS, Reading
from livegan.ipc.messages import Fault
from livegan.operation.moment import now_at
from livegan.picture_sources.board import Board, NoSources
from livegan.plugin import Now
from livegan.size import Size
from livegan.sound import HOP
from livegan.sound.history import History, Sound

MOST_MEMORY = 1000
"""Values of signals that are remembered from program to program: the ones read last."""
TRIAL_S = 4.0
"""A program that fails this soon after its swap gives way to the one before."""


@dataclass
class Frame:
    """One frame, drawn: ``picture`` (3, H, W) float32 0..1, and what else is shown."""

    picture: torch.Tensor
    extra: dict[tuple[str, str], torch.Tensor]
    now: Now
    version: int
    position: int
    sent: SentNumbers = ()
    """The numbers of each ``send(...)``."""


class Controls(Protocol):
    """Where a player reads controls: the show's control table, or recorded ones."""

    def snapshot(self, time: float) -> Mapping[str, ControlValue]:
        """All controls by name at ``time`` seconds of show time, or the newest. Never waits."""


class NoControls:
    """Nobody sets a control."""

    def snapshot(self, time: float) -> Mapping[str, ControlValue]:
        """Nothing."""
        return NO_CONTROLS


@dataclass
class Player:
    """Plays programs.  ``frame`` is called by one thread, ``happen`` by any.

    ``decided`` receives the decisions about commits and programs, in order and one at a time.
    """

    history: History
    fps: float = 30.0
    seed: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    on_fault: Callable[[Fault], None] = lambda fault: None
    decided: Callable[[LineupAction], None] = lambda action: None
    limit_s: float = 2.0
    """How long a leaf or a plugin's node may take in a frame before it is interrupted."""
    controls: Controls = field(default_factory=NoControls)
    """Numbers from hands and machines; a frame is drawn with one snapshot of them."""
    sources: Board = field(default_factory=NoSources)
    """Where pictures of cameras and other live sources are."""
    on_event: Callable[[LineupEvent, Lineup], None] = lambda event, after: None
    """Receives each event and the lineup after it, one at a time."""
    clock: Callable[[], float] = time.monotonic
    governs: bool = False
    """Whether ``settings(rate=...)`` is obeyed: in a show. A rehearsal paints every slot."""
    sounds: Sounds = field(default_factory=NoSounds)
    """Where the sounds are that a set hears besides the show's own."""

    def __post_init__(self) -> None:
        self.hearings = Hearings(self.history, self.sounds)
        self.paint_threads = paint_threads_for(self.device)
        self.lineup = Lineup()
        """All that is decided about programs; replaced, never changed: any thread may read it."""
        self.solo: int | None = None
        self.governor = Governor()
        self.turns = SlotTurns()
        self.shown: torch.Tensor | None = None
        self.spent: dict[str, float] = {}
        self.newest: tuple[Program, Reading] | None = None
        """The program of the last frame that was drawn, and what its signals were worth."""
        self.now = Now(fps=self.fps, seed=self.seed)
        self.seeing = Seeing()
        """What the pictures of the last frame look like."""
        self.waited_s = 0.0
        """Seconds that the device was waited for since the last frame: its part of the frame, where
        it works on its own."""
        self._numbers = NumbersOfFrames()
        self._memory: dict[str, Any] = {}
        self._faults = Faults(self._report)
        self._sends_failed: set[tuple[str, str]] = set()
        self.since = 0.0
        """When what plays went on the air, in seconds of show time."""
        self._dissolve: tuple[torch.Tensor, float] | None = None
        self._before: float | None = None
        self._drawn: Program | None = None
        """What the last frame was drawn by."""
        self._failure: Refusal | None = None
        """Why the program that is tried failed, in the frame that is drawn."""
        self._happening = threading.RLock()
        self.unsure = False
        """A node failed that was passed by, so its picture is not what it would have been."""

    # The clock -----------------------------------------------------------------------------------

    def moment(self, size: Size, position: int | None = None) -> Moment:
        """The newest moment of sound, for building and probing: the show's memory is a copy."""
        at = self.history.hops * HOP if position is None else position
        # Views of their own: the memo of the playing ones belongs to the playing thread.
        hearings = Hearings(self.history, self.sounds)
        sound = hearings.show.at(at)
        now = self._now(sound, self.program, self._before)
        reading = Reading(
            replace(now, dt=0.0),
            sound,
            dict(self._memory),
            controls=self.controls.snapshot(now.time),
            sources=self.sources,
            sounds=hearings.at(at),
            pictures=self.seeing.values,
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
            beats_per_bar=int(settings.get("beats_per_bar") or 4),
        )

    # Swapping ------------------------------------------------------------------------------------

    @property
    def program(self) -> Program | None:
        """What is on the air."""
        return self.lineup.on_air

    @property
    def cued(self) -> Cue | None:
        """What waits for its beat."""
        return self.lineup.cued

    def happen(self, event: LineupEvent) -> Lineup:
        """Take an event, from any thread; the lineup after it.

        Events are taken one at a time, and each is told before the next is taken. No thread waits
        in here for anything but the pipe to the stage.
        """
        with self._happening:
            before = self.lineup
            self.lineup, actions = step(before, event)
            self.on_event(event, self.lineup)
            for action in actions:
                self.decided(action)
            retire(*lost(before, self.lineup))
            return self.lineup

    def again(self) -> None:
        """Let what plays begin anew with the next frame, dissolving from what is shown."""
        self._drawn = None

    def as_picture(self, pixels: Any) -> torch.Tensor:
        """(H, W, 3) uint8, as it is on the screen → (3, H, W) float 0..1 on the device."""
        planes = torch.from_numpy(pixels).to(self.device).permute(2, 0, 1)
        return planes.to(torch.float32).div_(255.0)

    def _take(self, program: Program, now: Now) -> None:
        self.settle(wait=True)
        if self.shown is not None:
            self._dissolve = (self.shown, now.time)
        self._drawn = program
        self.turns.forget()
        self.hearings.keep(program.graph.sounds)
        for key in list(self._memory)[:-MOST_MEMORY]:
            del self._memory[key]
        self.since = now.time
        self._faults = Faults(self._report)
        self._sends_failed = set()

    def _report(self, step: Step, refusal: Refusal) -> None:
        where = str(refusal.place or "")
        self.on_fault(Fault(step.name, where, refusal.reason, self.now.time))
        if self.now.time - self.since < TRIAL_S:
            self._failure = refusal

    def _send_failed(self, send: Send, refusal: Refusal) -> None:
        """Say once for each program that a message cannot be worked out."""
        if (send.key, refusal.reason) not in self._sends_failed and len(self._sends_failed) < 20:
            self._sends_failed.add((send.key, refusal.reason))
            where = str(refusal.place or "")
            self.on_fault(Fault(f"send {send.address}", where, refusal.reason, self.now.time))

    def close(self) -> None:
        """End the threads that paint, and let go of sounds."""
        with contextlib.suppress(RuntimeError, ContextLost):  # it was told where it happened
            self.settle(wait=True)
        self.paint_threads.close()
        self.sounds.close()

    # Frames --------------------------------------------------------------------------------------

    def pass_by(self, position: int) -> int | None:
        """Go on as if the frame for the sound up to ``position`` were drawn, without a picture of
        it; the version of its program, None before any.

        Frames after it are the same as if it were drawn, as long as its program stays: draw the
        last frame before another program, which dissolves from its picture, and before a save.
        """
        begun = self._begin(position)
        if begun is None:
            return None
        program, moment, _ = begun
        only = to_draw(program)
        late = self._late()
        with torch.inference_mode():
            spent = dict.fromkeys(GROUPS, 0.0)
            pictures = self._draw(program, moment, spent, only=only, late=late)
            read_values(program, only, moment.reading, self.limit_s)
            if len(only) == len(program.steps):  # what is shown may be looked at
                self.shown = self._dissolved(self._window(program, pictures), program, moment.now)
            self.seeing.look(program, pictures, late)
            sent_by(program, moment.reading, self.limit_s, self._send_failed)
        self._end(program, moment.reading, late)
        return program.version

    def _draw(
        self, program: Program, moment: Moment, spent: dict[str, float], **how: Any
    ) -> list[torch.Tensor]:
        return draw_frame(
            program, moment, self._faults, spent, self.paint_threads, self.limit_s, **how
        )

    def _window(self, program: Program, pictures: list[torch.Tensor]) -> torch.Tensor:
        """What is shown: one slot alone, if the performer wants that."""
        slots = program.slots
        if self.solo is not None and self.solo < len(slots):
            return pictures[program.steps.index(slots[self.solo])]
        return pictures[program.window]

    def _late(self) -> LateNumbers | None:
        """For the numbers of a frame, where they are known later."""
        return LateNumbers() if works_alone(self.device) else None

    def _end(self, program: Program, reading: Reading, late: LateNumbers | None) -> None:
        """A frame of this program was drawn, or passed by."""
        if late is not None:
            self._numbers.add(late)
        self._judge()
        self.newest = program, reading

    def settle(self, *, wait: bool = False) -> None:
        """Take what a device that works on its own says of the frames whose pictures have arrived:
        which nodes failed, and what pictures look like. With ``wait``, of all frames."""
        if works_alone(self.device):
            self._numbers.take(wait=wait)
            self._judge()

    def _judge(self) -> None:
        """Say if the program that is tried has failed."""
        self.unsure |= self._faults.unsure
        failure, self._failure = self._failure, None
        if failure is not None and self._drawn is not None:
            self.happen(lineup.Failed(self._drawn, failure))

    def _begin(self, position: int) -> tuple[Program, Moment, float] | None:
        """The program of a frame, its moment, and the seconds that it took to see it."""
        began = time.perf_counter()
        # A signal that looks at pictures looks at those of the frame before.
        self.settle(wait=not self.governs or self.looks)
        self._failure = None
        position = position // HOP * HOP
        sound = self.hearings.show.at(position)
        now = self._now(sound, self.program, self._before)
        program = self.happen(lineup.FrameBegins(now.beats, now.time)).on_air
        if program is None:
            return None
        if program is not self._drawn:
            self._take(program, now)
        now = self._now(sound, program, self._before)
        self.now, self._before = now, now.time
        reading = Reading(
            now,
            sound,
            self._memory,
            objects=program.objects,
            controls=self.controls.snapshot(now.time),
            sources=self.sources,
            sounds=self.hearings.at(position),
            pictures=self.seeing.values,
        )
        moment = Moment(now, sound, reading, program.size, self.device, self.shown, self.sources)
        return program, moment, time.perf_counter() - began

    def frame(self, position: int) -> Frame | None:
        """Draw the frame for the sound up to ``position`` (samples); None before any program."""
        first = time.perf_counter()
        position = position // HOP * HOP
        begun = self._begin(position)
        if begun is None:
            return None
        program, moment, took_s = begun
        now, reading = moment.now, moment.reading
        spent = dict.fromkeys(GROUPS, 0.0)
        spent["sound"] = took_s
        late = self._late()
        with torch.inference_mode():
            pictures = self._draw(program, moment, spent, turns=self.turns, late=late)
            began = time.perf_counter()
            picture = self._dissolved(self._window(program, pictures), program, now)
            self.seeing.look(program, pictures, late)
            sent = sent_by(program, reading, self.limit_s, self._send_failed)
        spent["output"] += time.perf_counter() - began
        self.shown = picture
        self.spent = spent
        self._govern(program, time.perf_counter() - first)
        self._end(program, reading, late)
        extra = {(kind, name): pictures[index] for kind, name, index in program.extra}
        return Frame(picture, extra, now, program.version, position, sent)

    def _govern(self, program: Program, took_s: float) -> None:
        """Choose how many slots paint in the next frame, after one that took so long."""
        rate, slots = self.held_rate(program), len(program.slots)
        if not rate or slots < 2:
            self.governor, self.turns.count = Governor(), 0
            return
        beside = self.paint_threads.threads
        waited_s, self.waited_s = self.waited_s, 0.0
        took_s += waited_s
        paint_s = self.spent["generators"] / min(beside, slots) + waited_s
        self.governor = self.governor.look(self.clock(), took_s, paint_s, slots, beside, rate)
        self.turns.count = self.governor.painting(slots, beside)

    def held_rate(self, program: Program) -> float:
        """Frames a second that the set wants to be held; 0 if none, and in rehearsals."""
        return held_rate(str(program.setting("rate", "")), self.fps) if self.governs else 0.0

    @property
    def looks(self) -> bool:
        """Whether a signal of what plays looks at pictures."""
        return self._drawn is not None and bool(self._drawn.graph.seen)

    @property
    def pace(self) -> str:
        """What is done to hold the rate, for the HUD; empty if nothing is."""
        program = self.program
        if program is None or not (rate := self.held_rate(program)):
            return ""
        return self.governor.line(len(program.slots), self.paint_threads.threads, rate)

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
