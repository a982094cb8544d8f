"""The engine process: plays a set into the picture ring, or stands by until it is needed."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Callable
from os import _exit as leave_at_once
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livegan.engine.commit.lineup import Hurry
from livegan.engine.first_seconds import FirstSeconds
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.object_lifetime import let_go
from livegan.engine.isolation.unattended import unattended
from livegan.engine.link import Link
from livegan.engine.rings import Rings
from livegan.engine.seen_values import SeenValues
from livegan.engine.sent_values import SentValues
from livegan.engine.standby import import_quietly, stand_by
from livegan.ipc import messages
from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import (
    Alive,
    Fault,
    Note,
    Obeyed,
    OutputsOnAir,
    PlayScene,
    Row,
    Safe,
    Settings,
    Slots,
    Solo,
    SourceRings,
    SwapNow,
    TellValues,
    Thumbs,
    ToEngine,
    Undo,
)
from livegan.ipc.picture_ring import UNTIMED, DrawingTimes
from livegan.ipc.pulse import Pulse
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import HOP
from livegan.stage.window.pacing import FramePace

if TYPE_CHECKING:  # a process that starts is to be heard of before torch is loaded
    from livegan.engine.commit.script import Script
    from livegan.engine.journaling import PlayerJournal
    from livegan.engine.rings import OnItsWay

BEAT_S = 0.1
"""Between two beats of the pulse; every second one is told in a message as well."""
THUMBS_S = 0.15
FORGIVEN = 60
"""Frames in a row that may fail outside any node before the engine gives itself up."""
POISONED = 70
"""Exit status (EX_SOFTWARE of sysexits.h) after the GPU's context was lost."""


class Engine:
    """One engine: the frame loop on the main thread, saves on another, the heartbeat on a third."""

    def __init__(self, link: Link, options: dict[str, Any]) -> None:
        self.link = link
        self.options = options
        self.standing_by = bool(options.get("standby"))
        self.frames = 0
        self.times = UNTIMED
        """Of the frame that is drawn."""
        self.coming: OnItsWay | None = None
        """A frame whose pictures a graphics card has still to work out."""
        self.journaled: Callable[[Any], None] | None = None
        """Receives the bytes of that frame."""
        self.rate = 0.0
        self.thumbs = True
        self.announced = 0
        self.values_until = 0.0
        """Until when the stage wants to be told the values of signals and nodes."""
        self.pulse = Pulse.attach(options["pulse"])
        self.journal: PlayerJournal | None = None
        self.pid = os.getpid()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.forked)

    def run(self) -> None:
        """Play until told to quit or until the stage is gone."""
        from livegan.engine.isolation.gpu_errors import ContextLost

        threading.Thread(target=self.heartbeat, name="heartbeat", daemon=True).start()
        activity.pulse = self.pulse
        self.sound = SoundRing.attach(self.options["sound_ring"])
        self.controls = ControlTable.attach(self.options["control_table"])
        self.rings = Rings(self.options["picture_ring"], self.options["thumb_ring"], self.note)
        self.sent = SentValues(self.options.get("sent_table"), self.note)
        self.seen = SeenValues(self.options.get("seen_table"))
        if self.standing_by:
            import_quietly()
        self.prepare()
        try:
            with unattended():
                resume, earlier = self.options.get("resume"), self.options.get("earlier", ())
                if self.standing_by:
                    told = stand_by(self.link, self.made, self.sound, resume)
                    resume, earlier = (told.resume, told.earlier) if told else (None, ())
                if self.link.open:
                    self.standing_by = False
                    self.enter([m for m in (resume, *earlier) if m])
                    self.play()
        except ContextLost as error:
            self.poisoned(error)
        finally:
            self.leave_if_forked()
            self.link.open = False
            self.tuning.stop()
            self.saves.stop()
            self.player.close()
            let_go()
            for shared in (self.rings, self.sound, self.controls, self.sent, self.seen):
                shared.close()
            if self.journal is not None:
                self.journal.close()

    def poisoned(self, error: BaseException) -> None:
        """Nothing can be drawn in this process any more: say why, and end it."""
        self.link.send(messages.Poisoned(str(error)))
        leave_at_once(POISONED)

    def forked(self) -> None:
        """In a process that the set has forked off, first of all: it may draw and say nothing. Its
        own work it may do."""
        self.link.drop()
        with contextlib.suppress(BufferError):
            self.pulse.close()

    def leave_if_forked(self) -> None:
        """End a process that the set has forked off, and that came back from the set's code."""
        if os.getpid() != self.pid:
            leave_at_once(0)

    def prepare(self) -> None:
        """Import what is heavy and make the parts of the engine."""
        from livegan.engine.program.assembly import assemble
        from livegan.engine.program.values import LiveValues
        from livegan.engine.tuning_beside import TuningBeside

        self.made = assemble(self.options, self.sound, self.controls, self.link.send, self.poisoned)
        self.player, self.pipeline = self.made.player, self.made.pipeline
        self.values = LiveValues()
        self.made.builder.proven_patches = self.tell_patches
        self.player.on_fault = self.failed
        if folder := self.options.get("journal"):
            from livegan.engine.journaling import PlayerJournal

            self.journal = PlayerJournal(Path(folder), self.player, self.pipeline, self.note)
        self.player.governs = True
        self.first_seconds = FirstSeconds(self.note)
        self.saves = self.made.saves
        self.saves.start()
        cores = self.player.paint_threads.threads
        self.tuning = TuningBeside(lambda: self.player.program, cores, self.note)

    # Playing -------------------------------------------------------------------------------------

    def enter(self, resumes: list[Row]) -> None:
        """Go on the air: with what a standby has ready, else with what the stage says."""
        self.link.send(self.made.hello)
        if resumes:
            self.made.builder.played |= {str(row.get("source", "")) for row in resumes}
            # What hangs on the wall is what the first picture dissolves from, and what is fed back.
            last = self.rings.latest()
            self.player.shown = None if last is None else self.player.as_picture(last.pixels)
        if self.journal is not None:
            self.journal.enters(self.player.shown is not None)
        program = self.player.program
        if program is not None:
            self.player.again()
            self.pipeline.tell_again(program)
        self.saves.watch(resumes)

    def play(self) -> None:
        """Draw frames at the set's rate; a slow frame lowers the rate and never queues."""
        pace = FramePace()
        self.tuning.start()
        last_thumbs = 0.0
        counted, since = 0, time.monotonic()
        last_position, stumbled = -1, 0
        while self.link.open:
            self.answer()
            self.show_coming(wait=False)
            if self.player.program is None and self.player.cued is None:
                time.sleep(0.01)
                continue
            came, analysed = self.sound.came
            position = self.sound.hops * HOP
            if position == last_position:
                time.sleep(0.002)
                continue
            last_position = position
            pace = pace.at(time.monotonic())
            began = time.perf_counter()
            self.pulse.frame(True)
            self.times = DrawingTimes(came, analysed, time.monotonic())
            try:
                frame = self.player.frame(position)
                self.leave_if_forked()
                if frame is not None:
                    self.bring_out(frame, self.times.began + 1.0 / self.player.fps)
                    self.frames += 1
                    counted += 1
                stumbled = 0
            except Exception:
                self.leave_if_forked()
                # A set took away what all code uses, until it is put back.
                self.pipeline.put_back()
                stumbled += 1
                if stumbled > FORGIVEN:
                    raise
            self.pulse.frame(False)
            now = time.monotonic()
            busy = bool(self.pipeline.busy)
            took = time.perf_counter() - began
            self.first_seconds.frame(self.player, self.announced, took, now, busy)
            if now - since >= 0.5:
                self.rate, counted, since = counted / (now - since), 0, now
            if self.thumbs and now - last_thumbs >= THUMBS_S:
                last_thumbs = now
                if self.player.program is not None:
                    self.rings.show_thumbs(self.player.program, self.frames)
            program = self.player.program
            wanted = self.options.get("fps") or (program and program.setting("fps", 0)) or 30
            fps = self.player.fps = float(wanted)
            pace = pace.presented(1.0 / fps, 0.5 / fps).at(now)
            if pace.wait > 0:
                time.sleep(pace.wait)

    def failed(self, fault: Fault) -> None:
        """A node failed: tell the stage, and restore what the set may have changed."""
        self.link.send(fault)
        self.pipeline.put_back()

    def bring_out(self, frame: Any, due: float) -> None:
        """Hand a frame over as soon as its pictures are there.

        While a graphics card works on them, the next frame is begun if it is ``due``: then the two
        work at the same time, and at most one frame is on its way. Else this waits, so that no
        picture is older for it.
        """
        self.show_coming()
        self.coming = self.rings.start(frame, self.frames, self.times)
        if self.journal is not None:
            self.journaled = self.journal.drew(frame)
        self.show_coming(wait=time.monotonic() < due or self.player.looks)

    def show_coming(self, *, wait: bool = True) -> None:
        """Hand over the frame that is on its way, if it is there or is to be waited for."""
        coming = self.coming
        if coming is not None and (wait or coming.here):
            self.coming = None
            self.show(coming)

    def show(self, shown: OnItsWay) -> None:
        """Hand a frame over, and say what is on the air where that is new."""
        began = time.perf_counter()
        frame = shown.frame
        pixels = self.rings.hand_over(shown)
        self.player.waited_s += shown.pixels.waited_s
        self.player.settle()
        if self.journaled is not None:
            self.journaled(pixels)
        self.sent.write(frame.sent, shown.number, frame.now.time)
        self.seen.write(self.player.seeing.values, frame.now.time)
        self.player.spent["output"] += time.perf_counter() - began
        if self.announced != frame.version:
            self.announced = frame.version
            self.announce()

    def announce(self) -> None:
        """Tell the stage what is on the air: slots, outputs, tempo."""
        from livegan.engine.program.nodes.source_instances import live_sources, sources_named
        from livegan.engine.program.thumbs import slots
        from livegan.graph.settings import swap_beats
        from livegan.picture_sources.source import Wanted
        from livegan.plugin.autopilot_wish import AutopilotWish

        program = self.player.program
        assert program is not None
        self.link.send(Slots(slots(program)))
        self.link.send(OutputsOnAir(self.rings.outputs(program)))
        live = live_sources(program.graph.nodes)
        self.made.board.use(live, Wanted(program.size.height, program.size.width))
        self.made.board.check_stand_ins(sources_named(program.graph.nodes))
        self.tell_patches(program.script, program.digest, only=True)
        bar, lookahead = int(program.setting("beats_per_bar", 4)), program.setting("lookahead", 0.0)
        graph = program.graph
        wish = graph.tempo
        sends = [each.row for each in graph.sends]
        word = "" if wish.follow == "number" else wish.follow
        controls, inputs = list(graph.controls), graph.inputs
        pilot = AutopilotWish.of(program.setting("autopilot", None))
        self.link.send(
            Settings(
                wish.bpm,
                bar,
                controls,
                graph.knobs,
                word,
                lookahead,
                sends,
                inputs,
                autopilot=pilot.row,
                change=swap_beats(pilot.change, bar),
                swap=swap_beats(str(program.setting("swap", "bar")), bar),
            )
        )

    def tell_patches(self, script: Script, digest: str = "", only: bool = False) -> None:
        """Have the stage play the patches of a set: of the one on the air, or beside it."""
        if self.standing_by or (not script.graph.patches and not only):
            return
        from livegan.engine.isolation.priority import give_way
        from livegan.engine.program.patches import patches_message

        if script.graph.patches:
            give_way()
        self.link.send(patches_message(script, self.player.seed, digest, only))

    def note(self, text: str) -> None:
        """Tell the performer something in a line."""
        self.link.send(Note(text))

    # Messages ------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Do what the stage asks."""
        while (message := self.link.receive()) is not None:
            self.obey(message)

    def obey(self, message: ToEngine) -> None:
        """Do one thing that the stage asks."""
        if isinstance(message, Undo):
            self.pipeline.undo()
            self.link.send(Obeyed("undo"))
        elif isinstance(message, Safe) and self.saves.safe is not None:
            self.saves.safe.switch()
            self.link.send(Obeyed("safe"))
        elif isinstance(message, PlayScene):
            self.saves.turn_to(Path(message.file))
        elif isinstance(message, SwapNow):
            self.player.happen(Hurry())
        elif isinstance(message, Solo):
            self.player.solo = message.slot
        elif isinstance(message, SourceRings):
            self.made.board.follow(message.rings)
        elif isinstance(message, TellValues):
            self.values_until = time.monotonic() + message.seconds
        elif isinstance(message, Thumbs):
            self.thumbs = message.on

    def heartbeat(self) -> None:
        """Show the stage that the interpreter runs, and tell it how things stand."""
        beats = itertools.count()
        while self.link.open:
            self.pulse.beat()
            if time.monotonic() < self.values_until and next(beats) % 2:
                self.tell_values()
            if not self.standing_by:
                pipeline = getattr(self, "pipeline", None)
                node = pipeline.busy if pipeline is not None else "starting"
                rate = round(self.rate, 1)
                self.link.send(Alive(self.frames, rate, node, self.pace))
            time.sleep(BEAT_S)

    @property
    def pace(self) -> str:
        """How the rate is held, or that it is too low, for the HUD."""
        if not hasattr(self, "first_seconds"):
            return ""
        reached = self.first_seconds.reach
        return self.player.pace or (reached.short if reached is not None else "")

    def tell_values(self) -> None:
        """Tell the stage what the newest frame is made of; on the heartbeat's thread, so that no
        frame waits for it."""
        if (newest := self.player.newest) is not None:
            self.link.send(self.values.of(*newest))


def run(connection: Any, options: dict[str, Any]) -> None:
    """Entry of the engine process: see docs/internals.md for options and messages."""
    engine = Engine(Link(connection), options)
    with contextlib.suppress(KeyboardInterrupt):
        engine.run()
