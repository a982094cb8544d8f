"""The presenter: the loop that puts a stream on the window, with what lies over it."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.picture_ring import DrawingTimes, PictureRing, RingPicture
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE
from livegan.sound.features import FEATURES, LINE
from livegan.sound.inputs.input_level import InputLevel
from livegan.sound.network.packet import Line
from livegan.stage.control.keys import action_of
from livegan.stage.control.scenes import scene_of
from livegan.stage.control.shown_menu import ShownMenu
from livegan.stage.control.switches import Order, Switches
from livegan.stage.control.tempo_choice import TempoLine
from livegan.stage.fallback.ladder import Rung
from livegan.stage.overlay.code import Code
from livegan.stage.overlay.hud import Hud, Readings
from livegan.stage.overlay.operator import Operator, Rig, Room
from livegan.stage.overlay.panels import METERS
from livegan.stage.overlay.text import Panel, faded
from livegan.stage.overlay.view import View
from livegan.stage.record.intervals import Intervals
from livegan.stage.record.picture_age import PictureAges
from livegan.stage.streams.stream import StreamPicture, StreamRequest
from livegan.stage.streams.streams import Streams
from livegan.stage.window import displays
from livegan.stage.window.pacing import FramePace
from livegan.stage.window.window import Press, Window, WindowLost
from livegan.stage.window.window_thread import WindowThread

T = TypeVar("T")
_NOTHING: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)

EARLY = 0.003  # seconds before the next frame is due that drawing begins; presenting waits the rest
MOST_FAILURES = 20  # different ones that are told
LOOK = 0.004  # seconds between looks for a new picture
WITHOUT = 0.05  # seconds between looks at messages where there is no window
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
    """What lies below the overlays, (H, W, 3), after blackout and flash guard."""
    darkness: float
    """How far the performer's blackout is, 0..1."""
    rung: Rung
    """Of the ladder: see `livegan.stage.fallback.ladder`."""
    given: float = 0.0
    """When its stream gave the picture, on the monotonic clock."""
    times: DrawingTimes | None = None
    """When a live picture was drawn."""


class Presenter:
    """Shows the main stream, view and switches. All on the window's thread, while there is one."""

    def __init__(
        self,
        window: Window,
        streams: Streams,
        thumbs: PictureRing,
        sound: SoundRing,
        switches: Switches,
        code: Code,
        order: Callable[[Order], None],
        source: Callable[[], str] = lambda: "",
        tempo: Callable[[], TempoLine] = TempoLine,
        inputs: Callable[[], Sequence[InputLevel]] = tuple,
    ) -> None:
        """``order`` is called with what the keys ask of others, and must return at once;
        ``source`` gives the name of the sound that is heard, ``tempo`` what leads the beat,
        ``inputs`` the named inputs."""
        self._window: Window | None = window
        self._streams, self._thumb_ring, self._sound = streams, thumbs, sound
        self._order, self._source, self._tempo, self._inputs = order, source, tempo, inputs
        self.switches = switches
        self._tell_hands()
        self.view = View()
        self.newest: StreamPicture | None = None
        """What is on the window, below what lies over it."""
        self.intervals = Intervals()
        """Between presented frames; a frame that would be the same as the last is not presented."""
        self.picture_intervals = Intervals()
        """Between presented frames with a new picture of the engine."""
        self.ages = PictureAges()
        self.overlay_ms = 0.0
        """Spent on what lies over the picture, in all; ``draw_ms`` on all of drawing."""
        self.draw_ms = 0.0
        self._hud, self._code = Hud(), code
        self._thumbs: RingPicture | None = None
        self._fresh = self._new = False
        self.watch: Callable[[Presented], None] | None = None
        """Called on this thread after each frame; it must return at once."""
        self.failed: Callable[[str], None] = lambda line: None
        """Called with a line when a part of the stage failed, once for each."""
        self.lost: Callable[[str], None] = lambda line: None
        """Called with a line when the window is gone for good; the show goes on without it."""
        self.elsewhere: queue.SimpleQueue[Press] = queue.SimpleQueue()
        """Keys that were pressed in other windows, from any thread."""
        self.operator: Operator | None = None
        """Lays the window out if it is the operator's."""
        self.take: Callable[[Press], bool] = lambda press: False
        """Called with each key first; whether it was for another window."""
        self.menu = ShownMenu()
        self._room: Room | None = None
        self._failures: set[str] = set()

    def present(
        self, stop: threading.Event, listen: Callable[[float], None], thread: WindowThread
    ) -> None:
        """Present until ``stop`` is set, on the window's ``thread``.

        ``listen`` is called before each frame, with the time. Where the window is lost, only that
        goes on, on the thread that called.
        """
        window = self._window
        if window is not None:
            try:
                thread.run(lambda: self._present(window, stop, listen))
            except WindowLost as error:
                window.abandon()
                self._window = None
                self.lost(str(error))
        while not stop.wait(WITHOUT):
            self._survive(listen, time.monotonic())

    def _present(
        self, window: Window, stop: threading.Event, listen: Callable[[float], None]
    ) -> None:
        pace, shown = FramePace(), 0.0
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
            if self.newest is None:  # a window that is drawn before its first picture is black
                self._streams.main.wait(None, LOOK)
                continue
            panels = self._survive(self._overlays, now) or []
            self.overlay_ms += (time.perf_counter() - began) * 1000
            over = [(panel.surface, panel.position, panel.alpha) for panel in panels]
            asked = (window.size, window.looks, self._room, self.switches)
            # What is on the screen already is not drawn again, and numbers wait for the next
            # picture: on a machine without a graphics card each frame costs the networks 5 ms.
            patience = RIDE if over != before_over else AT_LEAST
            if not self._fresh and asked == before_asked and began - shown < patience:
                self._streams.main.wait(self.newest, LOOK)
                continue
            window.present(panels, self._room)
            shown = time.perf_counter()
            before_asked, before_over = asked, over
            self.intervals.presented(shown)
            if self._new:
                self.picture_intervals.presented(shown)
                if self.newest is not None and self.newest.times is not None:
                    self.ages.presented(self.newest.times, self.newest.at, time.monotonic())
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
        newest, heard = self.newest, self._sound.position
        age, now = (heard - self._position(heard)) / RATE, time.monotonic()
        if newest is None:
            rung = self._streams.main.fallbacks.ladder.rung
            return Presented(now, 0, age, heard / RATE, _NOTHING, 0.0, rung)
        return Presented(
            now,
            newest.live,
            age,
            heard / RATE,
            newest.pixels,
            newest.darkness,
            newest.rung,
            newest.at,
            newest.times,
        )

    def _position(self, heard: int) -> int:
        """That of the newest sound in the engine's newest picture."""
        picture = self._streams.main.picture
        return picture.sound_position if picture is not None else heard

    def _take_keys(self, now: float) -> None:
        if self._window is None:
            return
        for press in [*self._window.presses(), *self._elsewhere()]:
            if self.take(press) or self.menu.take(press):
                continue
            closed = press.name == "close"
            found = ("quit", "close") if closed else action_of(press.typed, press.name)
            if found is not None:
                self.press(*found, now)

    def _elsewhere(self) -> Iterator[Press]:
        """What was pressed in other windows."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self.elsewhere.get_nowait()

    def press(self, action: str, pressed: str, now: float) -> None:
        """Do what a key does; see `livegan.stage.control.switches`. Also without a window."""
        standing = replace(self.switches, slots=len(self.view.slots))
        self.switches, orders = standing.press(action, pressed, now)
        self._tell_hands()
        for order in orders:
            if order == "menu":
                self.menu.open(self._source(), [each.name for each in self._inputs()])
            elif order not in ("fullscreen", "fit"):
                self._order(order)
            elif self._window is None:
                continue
            elif order == "fit" and self.operator is None:
                self._window.begin_fitting()
            elif order == "fit":
                self._order(order)
            else:
                self._window.toggle_fullscreen()

    def show_on(self, wanted: str) -> str:
        """Move the window to another display, a number or a part of its name; a line. `NoDisplay`
        if it is not there."""
        found = displays.find(wanted) if self._window is not None else None
        if found is None or self._window is None:
            raise displays.NoDisplay(displays.missing(wanted))
        self._window.move_to(found)
        return f"the window is on display {found}"

    def operate(self, rig: Callable[[], Rig]) -> None:
        """From now on the window is the operator's; ``rig`` gives what goes in and out."""
        self.operator = Operator(self._hud, self._code, rig)

    def _tell_hands(self) -> None:
        self._streams.hands = StreamRequest(self.switches.asked, self.switches.black)

    def _take_picture(self, now: float) -> None:
        newest, before = self._streams.main.newest, self.newest
        if newest is not before and newest is not None and self._window is not None:
            self.newest = newest
            if before is None or newest.pixels is not before.pixels or newest.fill != before.fill:
                self._window.picture(newest.pixels, newest.fill)
                self._fresh = True
            self._new = self._new or newest.live > (before.live if before is not None else 0)
        if self.view.waiting and newest is not None and newest.live:
            self.view = replace(self.view, waiting="")
        if self.switches.hud == "full" and self.switches.thumbs:
            strip = self._thumb_ring.latest(self._thumbs.serial if self._thumbs else 0)
            self._thumbs = strip or self._thumbs

    def _overlays(self, now: float) -> list[Panel]:
        if self._window is None:
            return []
        switches, hud, size = self.switches, self._hud, self._window.size
        self.view = self.view.faded(now)
        dark = self.newest.darkness if self.newest is not None and self.operator is None else 0.0
        light = faded(1 - dark)
        if not light:
            return []  # nothing at all is seen in a blackout
        self._room = None
        panels: list[Panel] = []
        thumbs = self._thumbs if switches.hud == "full" and switches.thumbs else None
        strip, serial = (thumbs.pixels, thumbs.serial) if thumbs else (None, 0)
        if self.operator is not None:
            self._room = self.operator.room(size)
            seen = self.readings()
            flags = (*seen.flags, *["blackout"] * switches.black)
            numbers = replace(seen, flags=flags)
            panels += self.operator.panels(self.view, numbers, size, now, strip, serial)
        if self.view.waiting:
            title = Path(self.view.file).name or "livegan"
            panels += hud.waiting(self.view.waiting, size, title)
        if switches.hud and self.operator is None:
            small = switches.hud == "small"
            over = hud.panels(self.view, self.readings(), size, now, strip, serial, small)
            panels += over
            # The miniatures lie below the picture, not over its last slot.
            self._room = next(
                ((0, 0, size[0], max(1, p.position[1])) for p in over if p.name == "thumbs"), None
            )
        if switches.code and self.view.code and self.operator is None:
            top = next((p.surface.get_height() for p in panels if p.name == "status"), 0)
            panels = self._code.panels(self.view, size, now, top) + panels
        if switches.invite and self.view.panel:
            panels += hud.invitation(self.view.panel, size)
        if switches.hint is not None and switches.hint.strength(now) > 0:
            panels += hud.hint(switches.hint, size, now)
        if switches.help:
            panels += hud.help(size)
        if (menu := self.menu.menu) is not None:
            panels += hud.menu(menu, size)
        if light < 1:
            panels = [replace(panel, alpha=panel.alpha * light) for panel in panels]
        return panels

    def readings(self) -> Readings:
        """What is measured at this moment; from any thread."""
        hops = self._sound.hops
        row = dict(zip(FEATURES, self._sound.features(hops - 1, hops)[0], strict=True))
        age, heard, main = None, self._sound.position, self._streams.main
        if main.picture is not None:
            age = (heard - self._position(heard)) / RATE * 1000
        recent = self.intervals.recent_ms
        return Readings(
            screen_fps=1000 / recent if recent else 0.0,
            age_ms=age,
            meters=tuple(float(row[name]) for name in METERS),
            bpm=float(row["bpm"]),
            beats=float(row["beats"]),
            rung=main.fallbacks.ladder.line,
            guard=main.guard.state,
            flags=self.switches.flags,
            source=self._source(),
            inputs=tuple(self._inputs()),
            line=Line(*map(float, list(row.values())[LINE])),
            tempo=self._tempo(),
            scene=scene_of(self.view.playing, self.switches.scenes),
        )
