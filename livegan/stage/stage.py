"""The stage: hears, shows, and keeps an engine playing."""

from __future__ import annotations

import contextlib
import math
import os
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from livegan.ipc.messages import (
    Commit,
    EngineMessage,
    EngineNews,
    Hello,
    Note,
    Obeyed,
    OutputsOnAir,
    Patches,
    Settings,
    Slots,
    SourceRings,
    Sources,
    Waiting,
)
from livegan.ipc.shared_memory import sweep
from livegan.picture_sources.source import SourceName, Wanted
from livegan.sound import RATE
from livegan.stage import ending
from livegan.stage import show_memory as rings
from livegan.stage.audience import Audience
from livegan.stage.autopilot.autopilot import StageAutopilot
from livegan.stage.control.audio_choice import AudioChoice
from livegan.stage.control.commands import Commands
from livegan.stage.control.leading import Leading
from livegan.stage.control.scenes import SceneKnobs, cue_scene
from livegan.stage.control.switches import Switches, shown_hud
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.fallback.first_still import first_still
from livegan.stage.fallback.ladder import CHOSEN, Rung
from livegan.stage.fallback.still import Still, place_of
from livegan.stage.flash.told_guard import told_guard
from livegan.stage.hands.hands import Hands
from livegan.stage.options import Options
from livegan.stage.outputs.outputs import Outputs, openers
from livegan.stage.outputs.sending import Output, Sending
from livegan.stage.overlay.code import Code, warm_up
from livegan.stage.overlay.view import View
from livegan.stage.patch_guests.guests import PatchGuests
from livegan.stage.patch_guests.monitor import Monitor
from livegan.stage.picture_guests.guests import PictureGuests
from livegan.stage.record.captures import Captures
from livegan.stage.record.journal import begin_journal
from livegan.stage.record.show_log import opened_log
from livegan.stage.record.show_report import ShowReport
from livegan.stage.remote.remote import Remote
from livegan.stage.streams.stream import Stream
from livegan.stage.streams.streams import Streams
from livegan.stage.supervision.supervisor_thread import SupervisorThread
from livegan.stage.watchdog import PATIENCE
from livegan.stage.window.opening import opened
from livegan.stage.window.presenter import Presented, Presenter
from livegan.stage.window.window_thread import WindowThread

MESSAGES_A_FRAME = 32


class Stage:
    """One show. `run` plays it to its end."""

    def __init__(self, options: Options, watch: Callable[[Presented], None] | None = None) -> None:
        """Opens nothing yet. ``watch`` receives each frame: see `Presenter.watch`."""
        self.options = options
        self._watch = watch
        self._code = Code()
        self._inbox: queue.SimpleQueue[EngineMessage] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._left = threading.Event()
        """The stage's own thread has left its loop."""
        self._status = 0
        self._heard = ""
        """The name of the sound that was told last."""
        self._missing: dict[str, str] = {}
        """What the show goes on without: "sound", "inputs" or "log", and why."""
        self._rung: Rung = "still"
        self._safe_plays = False

    def run(self) -> int:
        """Play the show. Returns the exit status: 0 for a show that was ended, 128 + n for one
        that signal n ended.

        Raises NoWindow if there is no screen, NoDisplay if there are others, SourceError if there
        is no such sound, OSError if the log cannot be written; each says what to do in a line.
        """
        self._report = ShowReport()
        with contextlib.ExitStack() as stack:
            self._stack = stack
            stack.enter_context(ending.by_signals(self.stop))
            self._open(stack)
            self._presenter.present(self._stop, self._listen, self._thread)
            self._left.set()
            self._finish()
        return self._status

    def _finish(self) -> None:
        self._streams.stop()
        self._still.keep()
        self._log.record("report", **self.report())

    def stop(self, status: int = 0) -> None:
        """End the show, from any thread or a signal handler."""
        self._status = status
        if not self._stop.is_set():
            self._stop.set()
            threading.Thread(target=self._insist, name="ending", daemon=True).start()

    def _insist(self) -> None:
        """End the show without the stage's own thread, if that hangs."""
        if hasattr(self, "_presenter") and not self._left.wait(PATIENCE):
            self._abandon("the window hangs; the show ends without it")

    def _abandon(self, why: str) -> None:
        """End the process in order, but for the window. Does not return."""
        if not self._left.is_set():
            self._left.set()
            with contextlib.suppress(Exception):
                self._window.abandon()
                self._window_told("lost", why)
                self._finish()
            with contextlib.suppress(Exception):
                self._stack.close()
        os._exit(self._status or 1)

    def report(self) -> dict[str, Any]:
        """What was presented and what happened: see `livegan.stage.record.show_report`."""
        main, state = self._streams.main, self._supervision.state
        return self._report.told(self._presenter, main, state, self._window.canvas)

    def attach(self, name: str, output: Output) -> Sending:
        """Send what the window shows to one more output, until the show ends or the `Sending` is
        stopped. From any thread, once the show runs."""
        return self._outputs.attach(name, output)

    # Opening and closing -----------------------------------------------------------------------

    def _open(self, stack: contextlib.ExitStack) -> None:
        """Everything a show needs; what was opened is closed in the reverse order."""
        options = self.options
        self._log, path = opened_log(options.log, options.working / "shows")
        stack.callback(self._log.close)
        self._swept(sweep())
        stack.callback(lambda: self._swept(sweep()))  # of processes that were killed in the show
        shared = stack.enter_context(rings.made(options.largest, self._note))
        self._sound_ring = shared.sound.name
        self._audio = AudioChoice(options, shared, self._note, stack.callback)
        self._listening = self._audio.listening
        take = path.with_name(f"{path.stem}.take.jsonl") if path is not None else None
        self._hands = Hands(
            shared.controls,
            shared.sound.name,
            self._note,
            set_path=options.set,
            sent=shared.sent.name,
            ports=options.osc,
            take=take,
        )
        stack.callback(self._hands.stop)
        self._tempo = Leading(
            self._listening, options.bpm, self._hands, shared.controls, self._note
        )
        place = place_of(options.working, options.set)
        fallbacks = Fallbacks(first_still(options.working, options.set))

        guard = partial(told_guard, mode=options.flash_guard, log=self._log)
        main = Stream("window", guard("window"), fallbacks, shared.pictures)
        self._streams = Streams(
            main,
            guard=guard,
            engine=lambda: self._supervision.state.phase,
            heard=lambda: shared.sound.position,
            note=self._note,
        )
        stack.callback(self._streams.stop)
        self._audience = Audience(options.working, options.set, self._note, self._sound_ring)
        self._outputs = Outputs(
            openers(self._note), self._streams, self._note, self._audience.guest
        )
        stack.callback(self._outputs.close)
        self._picture_guests = PictureGuests(
            options.working, self._note, stand_ins=options.stand_ins
        )
        stack.callback(self._picture_guests.close)
        self._patches = PatchGuests(
            shared.sound,
            {**shared.of_patches, "folder": str(options.working)},
            self._note,
            device=options.output,
        )
        stack.callback(self._patches.close)
        self._monitor = Monitor(options.monitor, self._audio, self._patches, self._note)
        journal = begin_journal(options, path, shared, self._patches, stack, self._note)
        self._autopilot = StageAutopilot(
            options,
            shared.names,
            journal,
            lambda message: self._supervision.send(message),
            self._log,
            self._note,
        )
        stack.callback(self._autopilot.stop)
        self._supervision = SupervisorThread(
            options.of_engine(shared.names, journal),
            self._hear,
            target=options.engine,
            limits=options.supervision,
            standby=options.standby,
        )
        self._supervision.start()
        stack.callback(self._supervision.stop)
        self._captures = Captures(
            options.working / "shows",
            self._streams.main,
            self._patches.room_sound,
            film=options.record,
            attach=self.attach,
            later=self._log.later,
            note=self._note,
        )
        self._orders = Commands(
            self._supervision,
            self._listening,
            safe=options.safe is not None,
            stop=self.stop,
            screenshot=self._captures.screenshot,
            record=self._captures.record,
            blackout=self._blackout,
            fit=self._audience.fit,
            autopilot=lambda: self._autopilot.play(self._presenter.switches.autopilot),
            veto=self._autopilot.veto,
            note=self._note,
        )
        self._thread = WindowThread()
        windows, self._window = opened(options, self._thread, self._window_told, self._note)
        stack.callback(self._thread.close, self._window)
        self._still = Still(place, fallbacks, self._log.later, self._note)
        self._presenter = Presenter(
            self._window,
            self._streams,
            shared.thumbs,
            shared.sound,
            Switches(
                hud=shown_hud(options.hud, windows.operator),
                operator=windows.operator,
                code=options.code,
                fullscreen=self._window.fullscreen,
                asked=options.rung,
                scenes=tuple(map(str, options.scenes)),
            ),
            self._code,
            self._orders.obey,
            lambda: self._listening.source.name,
            lambda: self._tempo.line,
            lambda: self._audio.inputs,
        )
        self._presenter.view = View(file=str(options.set))
        self._hands.cued = self._cue
        self._presenter.watch = self._watch
        self._presenter.failed = self._note
        self._presenter.lost = lambda why: self._window_told("lost", why)
        self._streams.start()
        self._sound, self._knobs = shared.sound, SceneKnobs(shared.controls)
        self._remote = Remote(
            options,
            presenter=self._presenter,
            memory=shared,
            learning=self._hands.learning,
            recording=lambda: self._captures.recording,
            tempo=self._tempo.give,
            audio=self._audio.give,
            output=self._patches.play_on,
            display=lambda wanted: self._audience.show_on(self._presenter, wanted),
            send=self._supervision.send,
            attach=self.attach,
            log=self._log,
            note=self._note,
        )
        stack.callback(self._remote.stop)
        sources, knobs = self._picture_guests.states, self._remote.knobs
        self._audience.join(self._presenter, self._outputs, sources, knobs, windows)
        if options.record is not None:
            self._captures.record()
        if options.autopilot is not None:
            self._presenter.press("autopilot", "", time.monotonic())
        if options.flash_guard == "off":
            self._note("the flash guard is off: nothing limits flashes")
        self._log.later(warm_up)
        heard = {"audio": options.audio, "inputs": dict(options.inputs)}
        self._log.record("show", set=str(options.set), **heard, canvas=self._window.canvas)
        stack.enter_context(ending.after(options.seconds, self.stop))

    # On the presenter's thread -----------------------------------------------------------------

    def _listen(self, now: float) -> None:
        """Take the messages that came, a few a frame."""
        presenter = self._presenter
        if self._streams.main.counts.live and self._report.first_picture is None:
            self._log.record("first_picture", after=self._report.begin(now))
            self._still.begin(now)
        self._climb()
        self._still.look(now)
        self._orders.look(now)
        self._remote.look(now)
        self._audience.look(presenter.view, presenter.switches)
        self._picture_guests.look()
        self._monitor.look()
        presenter.switches = self._autopilot.shown(presenter.switches)
        heard = self._listening.source.name
        if heard != self._heard:
            self._heard = heard
            self._log.record("sound", source=heard)
            self._log.say(f"sound    {heard}", "cyan")
        missing = {"sound": self._listening.waiting, "inputs": self._audio.missing}
        for what, text in {**missing, "log": self._log.trouble}.items():
            if self._missing.get(what, "") != text:
                self._missing[what] = text
                self._hear(Waiting(what, text))
        for _ in range(MESSAGES_A_FRAME):
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                return
            presenter.view = presenter.view.take(message, now)
            if isinstance(message, Hello):
                for standing in presenter.switches.standing:
                    self._supervision.send(standing)
            elif isinstance(message, Obeyed):
                self._orders.obeyed(message.order)
            elif isinstance(message, Settings):
                self._tempo.hear(message)
                self._knobs.hear(presenter.view.playing, message.knobs, self._sound.position / RATE)

    def _blackout(self) -> None:
        """Say on the terminal and in the log what is not written on the audience's black."""
        black = self._presenter.switches.black
        self._log.record("blackout", on=black)
        self._log.say("blackout: b fades back in" if black else "blackout over", "yellow")

    def _climb(self) -> None:
        """Write down that another rung of the ladder is on."""
        ladder = self._streams.main.fallbacks.ladder
        if ladder.rung == self._rung:
            return
        before, self._rung = self._rung, ladder.rung
        gap = round(ladder.gap, 2) if math.isfinite(ladder.gap) else None
        self._log.record("rung", rung=ladder.rung, before=before, why=ladder.why, gap=gap)
        if ladder.rung != "live" and ladder.why != CHOSEN:
            self._log.say(f"picture  {ladder.line}", "yellow")

    def _cue(self, scene: str) -> None:
        """Play the scene that a controller asks for."""
        playing, scenes = self._presenter.view.playing, self._presenter.switches.scenes
        cue_scene(scene, scenes, playing, self._supervision.send, self._note)

    # Messages: on the supervisor's thread --------------------------------------------------------

    def _hear(self, message: EngineMessage) -> None:
        self._report.take(message)
        if isinstance(message, Commit):
            on_air = message.status == "on_air"
            if on_air:
                self._safe_plays = message.safe
                self._hands.play(Path(message.file))
                self._audio.renew(message.sources)
            if message.source and (on_air or message.status == "refused"):
                self._code.prepare(message.source)
        elif isinstance(message, Settings):
            self._hands.listen(message.controls, message.knobs, message.sends)
            self._audio.listen_to(message.inputs)
        elif isinstance(message, OutputsOnAir):
            self._outputs.take(message.outputs, self._safe_plays)
        elif isinstance(message, Sources):
            self._open_sources(message)
        elif isinstance(message, Patches):
            self._patches.take(message)
        elif isinstance(message, EngineNews) and message.phase == "dead":
            self._streams.engine_gone()
        elif isinstance(message, EngineNews) and message.kind == "recovery":
            self._log.later(lambda: self._swept(sweep()))  # rings that nothing was sent from
        if isinstance(message, (Commit, Settings, Slots)):
            self._autopilot.hear(message)
        self._log.take(message)
        self._inbox.put(message)

    def _open_sources(self, message: Sources) -> None:
        """Open the cameras and the like that a program names; tell the engine where they are."""
        names = [SourceName(*name) for name in message.names]
        wanted = Wanted(message.height, message.width)
        rings = self._picture_guests.want(names, wanted, only=message.only)
        if names:
            self._supervision.send(SourceRings(rings))

    def _swept(self, left: list[str]) -> None:
        """Write down what dead processes had left behind."""
        if left:
            self._log.record("swept", memory=left)

    def _window_told(self, what: str, text: str) -> None:
        """Something happened to the window."""
        self._log.record("window", what=what, text=text)
        self._log.say(f"window   {text}", "yellow")
        self._inbox.put(Note(text))

    def _note(self, text: str) -> None:
        """A line of our own, from any thread."""
        self._hear(Note(text))
