"""The presenter: the loop that puts the newest picture on the window, with what lies over it."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.picture_ring import Picture, PictureRing
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.sound.features import FEATURES
from livegan.stage.control.keys import action_of
from livegan.stage.control.switches import Order, Switches
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.fallback.ladder import Rung
from livegan.stage.flash.flash_guard import FlashGuard
from livegan.stage.overlay.code import Code
from livegan.stage.overlay.hud import Hud, Readings
from livegan.stage.overlay.panels import METERS
from livegan.stage.overlay.text import Panel, faded
from livegan.stage.overlay.view import View
from livegan.stage.record.intervals import Intervals
from livegan.stage.window.pacing import Pace
from livegan.stage.window.window import Window, WindowLost

T = TypeVar("T")

BLACKOUT_SECONDS = 0.7
LONGEST_STEP = 0.1  # seconds of that fade in one frame
EARLY = 0.003  # seconds before the next frame is due that drawing begins; presenting waits the rest
MOST_FAILURES = 20  # different ones that are told
LOOK = 0.004  # seconds between looks for a new picture
RIDE = 0.05  # seconds that a change of the overlays waits for a picture to come with
AT_LEAST = 0.1  # seconds after which the same is presented again, for windows that were covered


@dataclass(frozen=True)
class Presented:
    """A frame that was put on the window, for those who watch a show: `Presenter.watch`."""

    at: float
    """On the monotonic clock, in seconds."""
    serial: int
    """Of the engine's picture, counted from 1; 0 before the first."""
    age: float
    """Seconds from the newest sound in that picture to the newest that was heard."""
    heard: float
    """The show's time: seconds of sound that were heard."""
    pixels: NDArray[np.uint8]
    """What lies below the overlays, (H, W, 3)."""
    darkness: float
    """How far the performer's blackout is, 0..1."""
    rung: Rung
    """Of the ladder: see `livegan.stage.fallback.ladder`."""


class Presenter:
    """Shows pictures, view and switches. All of it happens on the thread that calls `present`."""

    def __init__(
        self,
        window: Window,
        pictures: PictureRing,
        thumbs: PictureRing,
        sound: SoundRing,
        switches: Switches,
        code: Code,
        order: Callable[[Order], None],
        guard: FlashGuard,
        rungs: Fallbacks,
    ) -> None:
        """``order`` is called with what the keys ask of others, and must return at once.

        ``rungs`` choose what is shown. Every picture goes through ``guard``; its moments are in
        seconds since now.
        """
        self._window = window
        self._pictures, self._thumb_ring, self._sound = pictures, thumbs, sound
        self._order = order
        self.guard, self.rungs = guard, rungs
        self.switches = switches
        self.view = View()
        self.picture: Picture | None = None
        """The engine's picture that was taken last; what is shown of it is `shown`."""
        self.intervals = Intervals()
        """Between presented frames; a frame that would be the same as the last is not presented."""
        self.picture_intervals = Intervals()
        """Between presented frames with a new picture of the engine."""
        self.overlay_ms = 0.0
        """Spent on what lies over the picture, in all; ``draw_ms`` on all of drawing."""
        self.draw_ms = 0.0
        self._hud, self._code = Hud(), code
        self._thumbs: Picture | None = None
        self._newest = 0
        self._darkness = self._faded_at = 0.0
        self._began = time.monotonic()
        self._fresh = self._new = False
        self.shown: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)
        """The picture on the window, (H, W, 3), below what lies over it."""
        self.watch: Callable[[Presented], None] | None = None
        """Called on this thread after each frame; it must return at once."""
        self.failed: Callable[[str], None] = lambda line: None
        """Called with a line when a part of the stage failed, once for each."""
        self._failures: set[str] = set()

    def present(self, stop: threading.Event, listen: Callable[[float], None]) -> None:
        """Present until ``stop`` is set. ``listen`` is called before each frame, with the time."""
        window, pace, shown = self._window, Pace(), 0.0
        before_asked: object = None
        before_over: object = None
        while not stop.is_set():
            began = time.perf_counter()
            now = time.monotonic()
            self._survive(self._take_keys, now)
            self._survive(listen, now)
            self._survive(self._take_picture, now)
            pace = pace.at(began)
            if pace.wait:
                time.sleep(min(LOOK, pace.wait))
                continue
            self._fade(now)
            panels = self._survive(self._overlays, now) or []
            self.overlay_ms += (time.perf_counter() - began) * 1000
            over = [(panel.surface, panel.position, panel.alpha) for panel in panels]
            asked = (window.size, self._darkness, self.switches)
            # What is on the screen already is not drawn again, and numbers wait for the next
            # picture: on a machine without a graphics card each frame costs the networks 5 ms.
            patience = RIDE if over != before_over else AT_LEAST
            if not self._fresh and asked == before_asked and began - shown < patience:
                time.sleep(LOOK)
                continue
            window.present(panels, self._darkness)
            shown = time.perf_counter()
            before_asked, before_over = asked, over
            self.intervals.presented(shown)
            if self._new:
                self.picture_intervals.presented(shown)
            self._fresh = self._new = False
            if self.watch is not None:
                self.watch(self._presented())
            self.draw_ms += (shown - began) * 1000
            # Presenting waits for the display: going there late shows a newer picture.
            pace = pace.presented(window.period, EARLY)

    def _survive(self, job: Callable[[float], T], now: float) -> T | None:
        """Do it; a mistake of livegan's own costs what was to be done, and not the show."""
        try:
            return job(now)
        except WindowLost:
            raise
        except Exception as error:
            line = f"a part of the stage failed: {type(error).__name__}: {error}"
            if line not in self._failures and len(self._failures) < MOST_FAILURES:
                self._failures.add(line)
                traceback.print_exc()
                self.failed(line)
            return None

    def _presented(self) -> Presented:
        heard, picture = self._sound.position, self.picture
        serial, newest = (picture.serial, picture.sound_position) if picture else (0, heard)
        age = (heard - newest) / RATE
        rung = self.rungs.ladder.rung
        pixels, darkness = self.shown, self._darkness
        return Presented(time.monotonic(), serial, age, heard / RATE, pixels, darkness, rung)

    def _take_keys(self, now: float) -> None:
        for press in self._window.presses():
            closed = press.name == "close"
            found = ("quit", "close") if closed else action_of(press.typed, press.name)
            if found is None:
                continue
            standing = replace(self.switches, slots=len(self.view.slots))
            self.switches, orders = standing.press(*found, now)
            for order in orders:
                if order == "fullscreen":
                    self._window.toggle_fullscreen()
                else:
                    self._order(order)

    def _take_picture(self, now: float) -> None:
        after = self.picture.serial if self.picture else 0
        asked, newest = self.switches.asked, self._pictures.newest
        came, self._newest = newest > self._newest, newest
        picture = self._pictures.latest(after) if self.rungs.wants(asked) else None
        shown = self.rungs.show(
            picture.pixels if picture is not None else None,
            now,
            came=came,
            window=self._window.size,
            asked=asked,
            engine=self.view.engine,
        )
        if picture is not None:
            self.picture = picture
            if self.view.waiting:
                self.view = replace(self.view, waiting="")
        if shown is not None:
            self.shown = self.guard(shown.pixels, now - self._began)
            self._window.picture(self.shown, shown.fill)
            self._fresh, self._new = True, self._new or shown.live
        if self.switches.hud and self.switches.thumbs:
            strip = self._thumb_ring.latest(self._thumbs.serial if self._thumbs else 0)
            self._thumbs = strip or self._thumbs

    def _fade(self, now: float) -> None:
        # As long on a machine that draws slowly; a frame that took ages does not end it at once.
        step = min(max(0.0, now - self._faded_at), LONGEST_STEP) / BLACKOUT_SECONDS
        self._faded_at = now
        change = step if self.switches.black else -step
        self._darkness = min(1.0, max(0.0, self._darkness + change))

    def _overlays(self, now: float) -> list[Panel]:
        switches, hud, size = self.switches, self._hud, self._window.size
        self.view = self.view.faded(now)
        panels: list[Panel] = []
        top = 0
        if self.view.waiting:
            panels += hud.waiting(self.view.waiting, size)
        if switches.hud:
            thumbs = self._thumbs if switches.thumbs else None
            pixels, serial = (thumbs.pixels, thumbs.serial) if thumbs else (None, 0)
            over = hud.panels(self.view, self._readings(), size, now, pixels, serial)
            top = over[0].surface.get_height()
            panels += over
        if switches.code and self.view.code:
            panels = self._code.panels(self.view, size, now, top) + panels
        if self._darkness:
            light = faded(1 - self._darkness)
            panels = [replace(panel, alpha=panel.alpha * light) for panel in panels]
        if switches.hint is not None and switches.hint.strength(now) > 0:
            panels += hud.hint(switches.hint, size, now)
        if switches.help:
            panels += hud.help(size)
        return panels

    def _readings(self) -> Readings:
        hops = self._sound.hops
        row = dict(zip(FEATURES, self._sound.features(hops - 1, hops)[0], strict=True))
        age = None
        if self.picture is not None:
            age = (self._sound.position - self.picture.sound_position) / RATE * 1000
        recent = self.intervals.recent_ms
        return Readings(
            screen_fps=1000 / recent if recent else 0.0,
            age_ms=age,
            meters=tuple(float(row[name]) for name in METERS),
            bpm=float(row["bpm"]),
            beats=float(row["beats"]),
            rung=self.rungs.ladder.line,
            guard=self.guard.state,
            flags=self.switches.flags,
        )
