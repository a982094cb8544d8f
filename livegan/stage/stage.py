"""The stage: hears, shows, and keeps an engine playing."""

from __future__ import annotations

import contextlib
import functools
import math
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from multiprocessing import resource_tracker
from typing import Any

from livegan.memory import sweep
from livegan.sound.analysis import Analyzer
from livegan.sound.listening import Listening
from livegan.sound.ring import SoundRing
from livegan.sound.sources import parse_source
from livegan.stage.asking import ORDERS, Asking, resumption
from livegan.stage.code import Code
from livegan.stage.desk import Desk, Order
from livegan.stage.drift import Pixels, best
from livegan.stage.guard import FlashGuard, Moment
from livegan.stage.guest_output import GuestOutput
from livegan.stage.guest_source import GuestSource, source_of_plugin
from livegan.stage.keeper import Keeper
from livegan.stage.ladder import Rung
from livegan.stage.log import Message, ShowLog, line_of
from livegan.stage.options import Options
from livegan.stage.outputs import Outputs, openers
from livegan.stage.pictures import PictureRing
from livegan.stage.presenter import Presented, Presenter
from livegan.stage.rungs import Rungs
from livegan.stage.screenshot import save
from livegan.stage.still import keep_still, place_of, read_still
from livegan.stage.window import Window

THUMBS = (256, 96 * 64)  # height and width of the largest strip of thumbnails
MESSAGES_A_FRAME = 32
BEYOND = 1.1  # times what an engine may hold: what asks for more at once is refused
FIRST_STILL = 10.0  # seconds from the first picture until one is kept on disk
STILLS = 60.0  # seconds between those that are kept after it


class Stage:
    """One show. `run` plays it to its end."""

    def __init__(self, options: Options, watch: Callable[[Presented], None] | None = None) -> None:
        """Nothing is opened yet. ``watch`` is told of each frame: see `Presenter.watch`."""
        self.options = options
        self._watch = watch
        self._code = Code()
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._status = 0
        self._counts = {"commits": 0, "refused": 0, "faults": 0, "recoveries": 0}
        self._first_picture: float | None = None
        self._missing: dict[str, str] = {}
        """What the show goes on without: "sound" or "log", and why."""
        self._asking = Asking()
        self._rung: Rung = "still"
        self._keep_at = math.inf

    def run(self) -> int:
        """Play the show. Returns the exit status: 0 for a show that was ended, 128 + n for one
        that signal n ended.

        Raises NoWindow if there is no screen, NoDisplay if there are others, SourceError if there
        is no such sound, OSError if the log cannot be written; each says what to do in a line.
        """
        self._began, self._cpu = time.monotonic(), time.process_time()
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._signals())
            self._open(stack)
            self._presenter.present(self._stop, self._listen)
            self._presenter.guard.finish()
            self._keep_still()
            self._log.record("report", **self.report())
        return self._status

    def stop(self, status: int = 0) -> None:
        """End the show, from any thread or a signal handler."""
        self._status = status
        self._stop.set()

    def report(self) -> dict[str, Any]:
        """What was presented and what happened: counts, intervals in ms, engine deaths."""
        presenter = self._presenter
        frames = max(1, presenter.intervals.count)
        pictures = presenter.picture_intervals.report()
        seconds = time.monotonic() - self._began
        state = self._keeper.state
        return {
            **presenter.intervals.report(),
            "pictures": pictures["presented"],
            **{f"picture_{k}": v for k, v in pictures.items() if k.endswith("_ms")},
            "intervals_ms": presenter.intervals.histogram(),
            "picture_intervals_ms": presenter.picture_intervals.histogram(),
            "flash_guard": presenter.guard.mode,
            "flash_guard_acted": presenter.guard.moments,
            "flash_guard_seconds": round(presenter.guard.seconds, 2),
            **self._counts,
            "seconds": round(seconds, 2),
            "first_picture_s": self._first_picture,
            "engine_deaths": state.total_deaths,
            "blocked": list(state.blocked),
            "cpu_share": round((time.process_time() - self._cpu) / seconds, 3),
            "rungs": {rung: round(s, 2) for rung, s in presenter.rungs.seconds.items()},
            "rung_changes": presenter.rungs.changes,
            "canvas": self._window.canvas,
            "draw_ms": round(presenter.draw_ms / frames, 3),
            "overlay_ms": round(presenter.overlay_ms / frames, 3),
        }

    # Opening and closing -----------------------------------------------------------------------

    def _open(self, stack: contextlib.ExitStack) -> None:
        """Everything a show needs; what was opened is closed in the reverse order."""
        options = self.options
        self._still = place_of(options.working, options.set)
        name = datetime.now().strftime("%Y-%m-%d-%H%M%S")
        self._log = ShowLog(options.log or options.working / "shows" / f"{name}.jsonl")
        stack.callback(self._log.close)
        left = sweep()
        if left:
            self._log.record("swept", memory=left)
        source = source_of_plugin(options.audio, options.working, self._note) or parse_source(
            options.audio, loop=options.loop, audible=options.audible
        )
        self._sound_ring = SoundRing.create()
        stack.callback(_let_go, self._sound_ring)
        self._pictures = PictureRing.create(*options.largest)
        stack.callback(_let_go, self._pictures)
        self._thumb_ring = PictureRing.create(*THUMBS)
        stack.callback(_let_go, self._thumb_ring)
        self._listening = Listening(source, self._sound_ring, Analyzer(bpm=options.bpm), self._note)
        stack.callback(self._listening.stop)
        self._outputs = Outputs(openers(self._note), self._note, self._guard, self._guest)
        stack.callback(self._outputs.close)
        limits = options.supervision
        self._keeper = Keeper(
            {
                "memory": round(BEYOND * limits.memory),
                "set": str(options.set),
                "folder": str(options.working),
                "sound_ring": self._sound_ring.name,
                "picture_ring": self._pictures.name,
                "thumb_ring": self._thumb_ring.name,
                "fps": options.fps,
                "size": options.size,
                "device": options.device,
                "seed": options.seed,
                "safe": str(options.safe) if options.safe is not None else None,
                "followed": {name: str(path) for name, path in options.followed.items()},
            },
            self._hear,
            target=options.engine,
            limits=limits,
            standby=options.standby,
        )
        self._keeper.start()
        stack.callback(self._keeper.stop)
        self._window = Window(
            options.window,
            title=f"livegan: {options.set.name}",
            fullscreen=options.fullscreen,
            display=options.display,
            told=self._window_told,
        )
        stack.callback(self._window.close)
        self._presenter = Presenter(
            self._window,
            self._pictures,
            self._thumb_ring,
            self._sound_ring,
            Desk(
                hud=options.hud,
                code=options.code,
                fullscreen=options.fullscreen,
                asked=options.rung,
            ),
            self._code,
            self._obey,
            self._guard("window"),
            Rungs(read_still(self._still)),
        )
        self._presenter.watch = self._watch
        self._presenter.failed = self._note
        if options.flash_guard == "off":
            self._note("the flash guard is off: nothing limits how often pictures flash")
        self._log.later(_warm_up)
        self._log.record(
            "show", set=str(options.set), audio=options.audio, canvas=self._window.canvas
        )
        if options.seconds is not None:
            timer = threading.Timer(options.seconds, self.stop)
            timer.daemon = True
            timer.start()
            stack.callback(timer.cancel)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal end the show in order."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = [n for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, n)]
        numbers = [getattr(signal, name) for name in names]
        if sys.platform != "win32":
            # The tracker, which removes shared memory if all else fails, must outlive a closed
            # terminal: it is started with that signal blocked.
            before_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
            resource_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_SETMASK, before_mask)
        before = {n: signal.signal(n, lambda n, _: self.stop(128 + n)) for n in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    # On the presenter's thread -----------------------------------------------------------------

    def _listen(self, now: float) -> None:
        """Take the messages that came, a few a frame."""
        presenter = self._presenter
        if presenter.picture is not None and self._first_picture is None:
            self._first_picture = round(now - self._began, 2)
            self._log.record("first_picture", after=self._first_picture)
            self._keep_at = now + FIRST_STILL
        self._climb()
        if now >= self._keep_at:
            self._keep_at = now + STILLS
            self._keep_still()
        order = self._asking.order
        self._asking, insisted = self._asking.look(self._keeper.state.phase, now)
        if insisted:
            self._insist(order)
        for what, text in (("sound", self._listening.waiting), ("log", self._log.trouble)):
            if self._missing.get(what, "") != text:
                self._missing[what] = text
                self._hear({"type": "waiting", "for": what, "text": text})
        for _ in range(MESSAGES_A_FRAME):
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                return
            presenter.view = presenter.view.take(message, now)
            kind = message.get("type")
            if kind == "hello":
                for standing in presenter.desk.standing:
                    self._keeper.send(standing)
            elif kind == "obeyed":
                self._asking = self._asking.obeyed(str(message.get("order")))
            elif kind == "settings" and self.options.bpm is None:
                self._listening.set_bpm(message.get("bpm"))

    def _obey(self, order: Order) -> None:
        """Do what a key asks."""
        if isinstance(order, dict):
            self._ask(order)
        elif order == "tap":
            self._listening.tap()
        elif order == "quit":
            self.stop()
        elif order == "screenshot":
            if self._presenter.picture is None:
                self._note("there is no picture to save yet")
                return
            shown = self._presenter.shown
            self._log.later(lambda: self._save(shown))

    def _save(self, pixels: Pixels) -> None:
        folder = self.options.working / "shows"
        try:
            self._note(f"saved {save(pixels, folder).name}")
        except OSError as error:
            self._note(f"the picture was not saved in {folder}: {error.strerror or error}")

    def _ask(self, order: Message) -> None:
        """Ask the engine for something; what must work without it too is seen to."""
        kind = str(order.get("type"))
        if kind == "safe" and self.options.safe is None:
            self._note("there is no safe set: start the show with --safe SET")
            return
        if kind in ORDERS:
            self._asking = Asking(kind, time.monotonic())
        self._keeper.send(order)

    def _insist(self, order: str) -> None:
        """The engine is away or does not listen: it is replaced by one that does what was asked."""
        state = self._keeper.state
        message = resumption(order, state.good, state.blocked)
        if message is None:
            self._note("there is no program before this one")
            return
        what = "the safe set" if message.get("safe") else "the program before"
        self._keeper.insist(message, f"the engine does not answer; it is started with {what}")

    def _climb(self) -> None:
        """Write down that another rung of the ladder is on."""
        ladder = self._presenter.rungs.ladder
        if ladder.rung == self._rung:
            return
        before, self._rung = self._rung, ladder.rung
        gap = round(ladder.gap, 2) if math.isfinite(ladder.gap) else None
        self._log.record("rung", rung=ladder.rung, before=before, why=ladder.why, gap=gap)
        if ladder.rung != "live" and ladder.why != "asked for":
            self._log.say(f"picture  {ladder.line}", "yellow")

    def _keep_still(self) -> None:
        """Keep the best of the last seconds' pictures for when there is none, or the next show."""
        rungs = self._presenter.rungs
        pictures = rungs.album.pictures

        def keep() -> None:
            found = best(pictures)
            if found is None:
                return
            rungs.still = found
            try:
                keep_still(self._still, found)
            except OSError as error:
                self._keep_at = math.inf
                self._note(f"no still is kept for the next show: {error.strerror or error}")

        self._log.later(keep)

    def _guard(self, output: str) -> FlashGuard:
        """The flash guard of the window or of another output."""
        return FlashGuard(self.options.flash_guard, lambda moment: self._guarded(output, moment))

    def _guarded(self, output: str, moment: Moment) -> None:
        """A flash guard acted, here or in the process of an output."""
        fields = {"since": round(moment.since, 2), "until": round(moment.until, 2)}
        kinds, area = list(moment.kinds), round(moment.area, 2)
        self._log.record("flash_guard", output=output, area=area, kinds=kinds, **fields)
        self._log.say(f"flash guard acted on {output}, {moment}", "yellow")

    def _guest(self, wanted: Message) -> GuestOutput:
        """An output of a plugin."""
        options, name = self.options, str(wanted["name"])
        acted = functools.partial(self._guarded, name)
        return GuestOutput(wanted, options.working, options.flash_guard, self._note, acted)

    # Messages: on the keeper's thread ----------------------------------------------------------

    def _hear(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "commit":
            status = message.get("status")
            self._counts["commits"] += status == "on_air"
            self._counts["refused"] += status == "refused"
            source = self._listening.source
            if status == "on_air" and isinstance(source, GuestSource):
                source.renew(message.get("plugins") or ())
            if status == "on_air" and message.get("source"):
                self._code.prepare(str(message["source"]))
        elif kind == "fault":
            self._counts["faults"] += 1
        elif kind == "outputs":
            self._outputs.take(list(message.get("outputs") or ()))
        elif kind == "engine":
            self._counts["recoveries"] += message.get("kind") == "recovery"
            if message.get("phase") == "dead":
                self._outputs.engine_gone()
        if kind not in ("alive", "slots"):
            fields = {
                k: v for k, v in message.items() if k not in ("type", "source", "texts", "at")
            }
            if "at" in message:  # in show time; the log's own is from the start of the stage
                fields["show_at"] = message["at"]
            self._log.record(str(kind), **fields)
        line = line_of(message)
        if line is not None:
            self._log.say(*line)
        self._inbox.put(message)

    def _window_told(self, what: str, text: str) -> None:
        """Something happened to the window."""
        self._log.record("window", what=what, text=text)
        self._log.say(f"window   {text}", "yellow")
        self._inbox.put({"type": "note", "text": text})

    def _note(self, text: str) -> None:
        """A line of our own, from any thread."""
        self._hear({"type": "note", "text": text})


def _let_go(ring: SoundRing | PictureRing) -> None:
    ring.close()
    ring.unlink()


def _warm_up() -> None:
    """What the first code overlay needs, imported beside the show."""
    import pygments.lexers.python  # type: ignore[import-untyped]  # noqa: F401
