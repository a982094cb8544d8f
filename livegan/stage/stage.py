"""The stage: hears, shows, and keeps an engine playing."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from livegan.sound import RATE
from livegan.sound.analysis import FEATURES, Analyzer
from livegan.sound.listening import Listening
from livegan.sound.ring import SoundRing
from livegan.sound.sources import parse_source
from livegan.stage.code import Code
from livegan.stage.hud import METERS, Hud, Readings
from livegan.stage.intervals import Intervals
from livegan.stage.keeper import Keeper
from livegan.stage.keys import Twice, action_of
from livegan.stage.lettering import Panel, faded
from livegan.stage.log import Message, ShowLog, line_of
from livegan.stage.options import Options
from livegan.stage.outputs import Outputs, openers
from livegan.stage.pictures import Picture, PictureRing
from livegan.stage.screenshot import save
from livegan.stage.start import start_picture
from livegan.stage.view import Note, View
from livegan.stage.window import Press, Window

THUMBS = (256, 96 * 64)  # height and width of the largest strip of thumbnails
MESSAGES_A_FRAME = 32
BLACKOUT_SECONDS = 0.7
EARLY = 0.003  # seconds before the next frame is due that drawing begins; presenting waits the rest
LOOK = 0.004  # seconds between looks for a new picture
AT_LEAST = 0.1  # seconds after which the same is presented again, for windows that were covered
START_FPS = 20.0  # of the start picture, which moves slowly


class Stage:
    """One show. `run` plays it to its end."""

    def __init__(self, options: Options) -> None:
        """Nothing is opened yet."""
        self.options = options
        self.intervals = Intervals()
        """Between presented frames; a frame that would be the same as the last is not presented."""
        self.picture_intervals = Intervals()
        """Between presented frames with a new picture of the engine."""
        self._hud, self._code = Hud(), Code()
        self._view = View()
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._status = 0
        self._quit = Twice()
        self._hint: Note | None = None
        self._show_hud, self._show_code, self._show_help = options.hud, options.code, False
        self._show_thumbs = True
        self._frozen = False
        self._solo: int | None = None
        self._black, self._darkness = False, 0.0
        self._picture: Picture | None = None
        self._thumbs: Picture | None = None
        self._counts = {"pictures": 0, "commits": 0, "refused": 0, "faults": 0, "recoveries": 0}
        self._drawing = {"overlay_ms": 0.0, "draw_ms": 0.0}
        self._fresh = False
        self._started = 0.0
        self._first_picture: float | None = None
        self._ended = threading.Event()

    def run(self) -> int:
        """Play the show. Returns the exit status: 0 for a show that was ended, 128 + n for one
        that signal n ended.

        Raises NoWindow if there is no screen, SourceError if there is no such sound, OSError if
        the log cannot be written, each with a line that says what to do.
        """
        self._began, self._cpu = time.monotonic(), time.process_time()
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._signals())
            self._open(stack)
            self._loop()
            self._log.record("report", **self.report())
        return self._status

    def stop(self, status: int = 0) -> None:
        """End the show, from any thread or a signal handler."""
        self._status = status
        self._stop.set()

    def report(self) -> dict[str, Any]:
        """What was presented and what happened: counts, intervals in ms, engine deaths."""
        frames = max(1, self.intervals.count)
        pictures = self.picture_intervals.report()
        seconds = time.monotonic() - self._began
        state = self._keeper.state
        return {
            **self.intervals.report(),
            **{f"picture_{k}": v for k, v in pictures.items() if k.endswith("_ms")},
            **self._counts,
            "seconds": round(seconds, 2),
            "first_picture_s": self._first_picture,
            "engine_deaths": state.total_deaths,
            "blocked": list(state.blocked),
            "cpu_share": round((time.process_time() - self._cpu) / seconds, 3),
            "canvas": self._window.canvas,
            **{name: round(ms / frames, 3) for name, ms in self._drawing.items()},
        }

    # Opening and closing -----------------------------------------------------------------------

    def _open(self, stack: contextlib.ExitStack) -> None:
        """Everything a show needs; what was opened is closed in the reverse order."""
        options = self.options
        source = parse_source(options.audio, loop=options.loop, audible=options.audible)
        name = datetime.now().strftime("%Y-%m-%d-%H%M%S")
        self._log = ShowLog(options.log or options.working / "shows" / f"{name}.jsonl")
        stack.callback(self._log.close)
        self._sound_ring = SoundRing.create()
        stack.callback(_let_go, self._sound_ring)
        self._pictures = PictureRing.create(*options.largest)
        stack.callback(_let_go, self._pictures)
        self._thumb_ring = PictureRing.create(*THUMBS)
        stack.callback(_let_go, self._thumb_ring)
        self._listening = Listening(source, self._sound_ring, Analyzer(bpm=options.bpm), self._note)
        stack.callback(self._listening.stop)
        self._outputs = Outputs(openers(self._note), self._note)
        stack.callback(self._outputs.close)
        self._keeper = Keeper(
            {
                "set": str(options.set),
                "folder": str(options.working),
                "sound_ring": self._sound_ring.name,
                "picture_ring": self._pictures.name,
                "thumb_ring": self._thumb_ring.name,
                "fps": options.fps,
                "size": options.size,
                "device": options.device,
                "seed": options.seed,
            },
            self._hear,
            target=options.engine,
            limits=options.limits,
        )
        self._keeper.start()
        stack.callback(self._keeper.stop)
        self._window = Window(
            options.window,
            title=f"livegan: {options.set.name}",
            fullscreen=options.fullscreen,
            display=options.display,
        )
        stack.callback(self._window.close)
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

    # The loop ----------------------------------------------------------------------------------

    def _loop(self) -> None:
        window, due, shown = self._window, 0.0, 0.0
        before: object = None
        while not self._stop.is_set():
            began = time.perf_counter()
            now = time.monotonic()
            for press in window.presses():
                self._press(press, now)
            self._take_messages(now)
            self._take_picture(now)
            if began < due:
                time.sleep(min(LOOK, due - began))
                continue
            self._fade(min(began - shown, window.period))
            overlays = time.perf_counter()
            panels = self._overlays(now)
            self._drawing["overlay_ms"] += (time.perf_counter() - overlays) * 1000
            content = (
                window.size,
                self._darkness,
                [(p.surface, p.position, p.alpha) for p in panels],
            )
            # What is on the screen already is not drawn again: on a machine without a graphics
            # card that would take a third of a core from the networks.
            if not self._fresh and content == before and began - shown < AT_LEAST:
                time.sleep(LOOK)
                continue
            window.present(panels, self._darkness)
            shown = time.perf_counter()
            before = content
            self.intervals.presented(shown)
            if self._fresh and self._picture is not None:
                self.picture_intervals.presented(shown)
            self._fresh = False
            self._drawing["draw_ms"] += (shown - began) * 1000
            # Presenting waits for the display: going there late shows a newer picture.
            due = max(due + window.period, began + window.period - EARLY)

    def _take_messages(self, now: float) -> None:
        for _ in range(MESSAGES_A_FRAME):
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                return
            self._view = self._view.take(message, now)
            kind = message.get("type")
            if kind == "hello":  # a new engine knows nothing of the keys pressed before
                self._keeper.send({"type": "thumbs", "on": self._show_hud and self._show_thumbs})
                self._keeper.send({"type": "solo", "slot": self._solo})
            elif kind == "settings" and self.options.bpm is None:
                self._listening.set_bpm(message.get("bpm"))

    def _take_picture(self, now: float) -> None:
        after = self._picture.serial if self._picture else 0
        picture = None if self._frozen else self._pictures.latest(after)
        if picture is not None:
            if self._first_picture is None:
                self._first_picture = round(now - self._began, 2)
                self._log.record("first_picture", after=self._first_picture)
                self._view = replace(self._view, waiting="")
            self._picture = picture
            self._counts["pictures"] += 1
            self._window.picture(picture.pixels)
            self._fresh = True
        elif self._picture is None and now - self._started > 1 / START_FPS:
            width, height = self._window.size
            self._window.picture(start_picture(now - self._began, width / height), fill=True)
            self._started, self._fresh = now, True
        if self._show_hud and self._show_thumbs:
            strip = self._thumb_ring.latest(self._thumbs.serial if self._thumbs else 0)
            self._thumbs = strip or self._thumbs

    def _fade(self, period: float) -> None:
        step = period / BLACKOUT_SECONDS
        change = step if self._black else -step
        self._darkness = min(1.0, max(0.0, self._darkness + change))

    def _overlays(self, now: float) -> list[Panel]:
        size = self._window.size
        self._view = self._view.faded(now)
        panels: list[Panel] = []
        top = 0
        if self._view.waiting:
            panels += self._hud.waiting(self._view.waiting, size)
        if self._show_hud:
            thumbs = self._thumbs if self._show_thumbs else None
            hud = self._hud.panels(
                self._view,
                self._readings(),
                size,
                now,
                thumbs.pixels if thumbs else None,
                thumbs.serial if thumbs else 0,
            )
            top = hud[0].surface.get_height()
            panels += hud
        if self._show_code and self._view.source:
            panels = self._code.panels(self._view, size, now, top) + panels
        if self._darkness:
            light = faded(1 - self._darkness)
            panels = [replace(panel, alpha=panel.alpha * light) for panel in panels]
        if self._hint is not None and self._hint.strength(now) > 0:
            panels += self._hud.hint(self._hint, size, now)
        if self._show_help:
            panels += self._hud.help(size)
        return panels

    def _readings(self) -> Readings:
        hops = self._sound_ring.hops
        row = dict(zip(FEATURES, self._sound_ring.features(hops - 1, hops)[0], strict=True))
        age = None
        if self._picture is not None:
            age = (self._sound_ring.position - self._picture.sound_position) / RATE * 1000
        flags = []
        if self._frozen:
            flags.append("frozen")
        if self._black:
            flags.append("blackout")
        if self._solo is not None:
            flags.append(f"solo {self._solo + 1}")
        return Readings(
            screen_fps=1000 / self.intervals.recent_ms if self.intervals.recent_ms else 0.0,
            age_ms=age,
            meters=tuple(float(row[name]) for name in METERS),
            bpm=float(row["bpm"]),
            beats=float(row["beats"]),
            flags=tuple(flags),
        )

    # Messages: on the keeper's thread ----------------------------------------------------------

    def _hear(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "commit":
            status = message.get("status")
            self._counts["commits"] += status == "on_air"
            self._counts["refused"] += status == "refused"
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
            fields = {k: v for k, v in message.items() if k not in ("type", "source", "at")}
            if "at" in message:  # in show time; the log's own is from the start of the stage
                fields["show_at"] = message["at"]
            self._log.record(str(kind), **fields)
        line = line_of(message)
        if line is not None:
            self._log.say(*line)
        self._inbox.put(message)

    def _note(self, text: str) -> None:
        """A line of our own, from any thread."""
        self._hear({"type": "note", "text": text})

    # Keys --------------------------------------------------------------------------------------

    def _press(self, press: Press, now: float) -> None:
        found = ("quit", "close") if press.name == "close" else action_of(press.typed, press.name)
        if found is not None:
            action, pressed = found
            getattr(self, f"_key_{action}")(pressed, now)

    def _say(self, text: str, now: float) -> None:
        self._hint = Note(text, now - 4)  # shorter than a note

    def _key_help(self, pressed: str, now: float) -> None:
        self._show_help = not self._show_help

    def _key_hud(self, pressed: str, now: float) -> None:
        self._show_hud = not self._show_hud
        self._keeper.send({"type": "thumbs", "on": self._show_hud and self._show_thumbs})

    def _key_code(self, pressed: str, now: float) -> None:
        self._show_code = not self._show_code
        if self._show_code and not self._view.source:
            self._say("no set is on air yet", now)

    def _key_thumbs(self, pressed: str, now: float) -> None:
        self._show_thumbs = not self._show_thumbs
        self._keeper.send({"type": "thumbs", "on": self._show_hud and self._show_thumbs})

    def _key_fullscreen(self, pressed: str, now: float) -> None:
        self._window.toggle_fullscreen()

    def _key_escape(self, pressed: str, now: float) -> None:
        if self._show_help:
            self._show_help = False
        elif self._window.fullscreen:
            self._window.toggle_fullscreen()

    def _key_freeze(self, pressed: str, now: float) -> None:
        self._frozen = not self._frozen
        self._say("frozen" if self._frozen else "going on", now)

    def _key_blackout(self, pressed: str, now: float) -> None:
        self._black = not self._black
        self._say("blackout" if self._black else "fading in", now)

    def _key_undo(self, pressed: str, now: float) -> None:
        self._keeper.send({"type": "undo"})
        self._say("undo", now)

    def _key_tap(self, pressed: str, now: float) -> None:
        self._listening.tap()

    def _key_solo(self, pressed: str, now: float) -> None:
        slot = int(pressed) - 1
        self._solo = None if self._solo == slot else slot
        self._keeper.send({"type": "solo", "slot": self._solo})

    def _key_all(self, pressed: str, now: float) -> None:
        self._solo = None
        self._keeper.send({"type": "solo", "slot": None})

    def _key_screenshot(self, pressed: str, now: float) -> None:
        if self._picture is None:
            self._say("there is no picture yet", now)
            return
        pixels, folder = self._picture.pixels, self.options.working / "shows"
        self._log.later(lambda: self._saved(save(pixels, folder)))

    def _saved(self, path: Path) -> None:
        self._note(f"saved {path.name}")

    def _key_quit(self, pressed: str, now: float) -> None:
        if self._quit.press(now):
            self.stop()
        else:
            self._say("once more to end the show", now)


def _let_go(ring: SoundRing | PictureRing) -> None:
    ring.close()
    ring.unlink()


def _warm_up() -> None:
    """What the first code overlay needs, imported beside the show."""
    import pygments.lexers.python  # type: ignore[import-untyped]  # noqa: F401
