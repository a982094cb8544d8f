"""The HUD: what the performer needs to know, over the picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.commit_text import STATES
from livegan.sound.inputs.input_level import InputLevel
from livegan.sound.network.packet import Line
from livegan.stage.control.menu import Menu
from livegan.stage.control.tempo_choice import TempoLine
from livegan.stage.overlay.panels import (
    METERS,
    Segment,
    flow,
    keys_plate,
    menu_plate,
    qr_plate,
    status_plate,
    strip_plate,
    text_plate,
)
from livegan.stage.overlay.plates import Plates
from livegan.stage.overlay.text import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    RED,
    WHITE,
    Colour,
    Lettering,
    Panel,
    PixelSize,
    faded,
    letters_for,
    wrap,
)
from livegan.stage.overlay.view import NoteLine, View

if TYPE_CHECKING:
    from pygame import Surface

REDRAW = 0.1  # seconds: ten times a second is as fast as numbers can be read
COMMIT_COLOURS = {"refused": RED, "on_air": GREEN, "cued": AMBER, "proven": AMBER}
MOST_DOTS = 8
"""Beats of a bar that are shown as dots; longer bars are numbers."""
STATUS_COLUMNS = 48
SMALLEST_LETTERS = 6
"""Pixels that letters of the help may shrink to, so that all keys are seen in a small window."""
QUIET = ("flash guard on", "flash guard strict")


NO_LINE = Line()


@dataclass(frozen=True)
class Readings:
    """What is measured at the stage itself. Meters are 0..1, ``beats`` counts with its fraction."""

    screen_fps: float = 0.0
    age_ms: float | None = None
    meters: tuple[float, ...] = (0.0,) * len(METERS)
    bpm: float = 0.0
    beats: float = 0.0
    rung: str = "live"
    """Which rung of the ladder is on, and why if not the first."""
    guard: str = ""
    """The state of the flash guard."""
    flags: tuple[str, ...] = ()
    """What the keys hold: "solo 2"."""
    source: str = ""
    """The name of the sound that is heard."""
    line: Line = NO_LINE
    """The way of the show's sound over a network."""
    inputs: tuple[InputLevel, ...] = ()
    """The named inputs of the show."""
    scene: str = ""
    """Number and name of the scene that plays, of a show with several."""
    tempo: TempoLine = field(default_factory=TempoLine)
    """What leads the beat."""


INPUT_CELLS = 4
"""Of the bar of a named input."""


def input_segment(each: InputLevel) -> Segment:
    """A named input in a few letters: its name and a bar, or that it is away."""
    if not each.here:
        return f"{each.name} away", AMBER
    filled = round(each.level * INPUT_CELLS)
    return f"{each.name} {'█' * filled}{'·' * (INPUT_CELLS - filled)}", BLUE


def line_segments(line: Line) -> list[Segment]:
    """What a network does to the sound; nothing for sound that comes over none."""
    if not line.delay:
        return []
    if not line.here:
        return [("line: no sound comes", AMBER)]
    text = f"line {1000 * line.delay:.0f} ms ± {1000 * line.jitter:.0f}"
    return [(f"{text}, lost {100 * line.lost:.1f} %", AMBER if line.lost > 0.02 else GREY)]


class Hud:
    """Draws panels. Redraws a panel only when its content has changed."""

    def __init__(self) -> None:
        self._plates = Plates()
        self._drawn = float("-inf")
        self._panels: list[Panel] = []
        self._size: object = None
        self._scale = 1.0

    def panels(
        self,
        view: View,
        readings: Readings,
        size: PixelSize,
        now: float,
        thumbs: NDArray[np.uint8] | None = None,
        thumbs_serial: int = 0,
        small: bool = False,
        scale: float = 1.0,
    ) -> list[Panel]:
        """The panels for a window of ``size``; ``thumbs`` is the strip of the thumb ring.

        ``small`` has one line of numbers, and says which key shows all of them or none.
        ``scale`` is of the letters.
        """
        if now - self._drawn >= REDRAW or (size, small) != self._size:
            self._drawn, self._size = now, (size, small)
            letters = self._lettering(size, scale)
            status = self._line if small else self._status
            self._panels = [status(view, readings, size, letters)]
            top = self._panels[0].surface.get_height()
            bottom = size[1]
            refusal = self._refusal(view, size, letters)
            if refusal is not None:
                self._panels.append(refusal)
                bottom = refusal.position[1]
            strip = self._strip(view, thumbs, thumbs_serial, size, bottom, letters)
            if strip is not None:
                self._panels.append(strip)
            self._panels += self._notes(view, size, top, now, letters)
        return self._panels

    def waiting(self, text: str, size: PixelSize, title: str = "livegan") -> list[Panel]:
        """What is waited for, over the still or the start picture; ``title`` is the set's name."""
        letters = self._lettering(size)

        def draw() -> Surface:
            columns = letters.fits(size[0]) - 4
            lines = [[(line, GREY)] for line in wrap(f"{text} …", columns, 3)]
            return text_plate([[(title, WHITE)], *lines], letters)

        surface = self._plates.keep("waiting", (title, text, size), draw)
        width, height = surface.get_size()
        return [Panel("waiting", surface, ((size[0] - width) // 2, (size[1] - height) * 3 // 4))]

    def hint(self, note: NoteLine, size: PixelSize, now: float) -> list[Panel]:
        """The answer to a key, shown with and without the rest of the HUD."""
        letters = self._lettering(size)
        surface = self._plates.keep(
            "hint", (note.text, size), lambda: text_plate([[(note.text, AMBER)]], letters)
        )
        width, height = surface.get_size()
        place = ((size[0] - width) // 2, (size[1] - height) // 2)
        return [Panel("hint", surface, place, faded(note.strength(now)))]

    def invitation(self, url: str, size: PixelSize) -> list[Panel]:
        """The QR code of the phone panel, in the middle of the left side."""
        letters = self._lettering(size)
        surface = self._plates.keep("panel", (url, size), lambda: qr_plate(url, size, letters))
        place = (letters.width, max(0, (size[1] - surface.get_height()) // 2))
        return [Panel("panel", surface, place)]

    def help(self, size: PixelSize) -> list[Panel]:
        """The keys, from the data that dispatches them."""

        def draw() -> Surface:
            wanted = letters_for(size)
            for pixels in range(wanted, min(wanted, SMALLEST_LETTERS) - 1, -1):
                surface = keys_plate(size, Lettering(pixels))
                if surface.get_height() <= size[1]:
                    break
            return surface

        self._lettering(size)
        surface = self._plates.keep("help", size, draw)
        width, height = surface.get_size()
        place = (max(0, (size[0] - width) // 2), max(0, (size[1] - height) // 2))
        return [Panel("help", surface, place)]

    def menu(self, menu: Menu, size: PixelSize) -> list[Panel]:
        """What can be chosen, in the middle."""
        letters = self._lettering(size)
        surface = self._plates.keep("menu", (menu, size), lambda: menu_plate(menu, size, letters))
        width, height = surface.get_size()
        place = (max(0, (size[0] - width) // 2), max(0, (size[1] - height) // 2))
        return [Panel("menu", surface, place)]

    @property
    def redrawn(self) -> int:
        """Panels drawn so far."""
        return self._plates.drawn

    # Panels ------------------------------------------------------------------------------------

    def _lettering(self, size: PixelSize, scale: float | None = None) -> Lettering:
        """Letters for a window of ``size``; without a ``scale`` the one that was used last."""
        self._scale = self._scale if scale is None else scale
        return self._plates.lettering(letters_for(size, self._scale))

    def _status(self, view: View, readings: Readings, size: PixelSize, letters: Lettering) -> Panel:
        bar, beat = divmod(int(readings.beats), view.beats_per_bar)
        dots = "".join("●" if n == beat else "○" for n in range(view.beats_per_bar))
        if view.beats_per_bar > MOST_DOTS:
            dots = f"{beat + 1:>2}/{view.beats_per_bar}"
        age = "-" if readings.age_ms is None else f"{readings.age_ms:.0f}"
        version = "-" if view.version is None else str(view.version)
        engine = f"{view.engine_fps:.1f} fps" if view.engine == "playing" else view.engine_state
        columns = min(letters.fits(size[0] - 2 * letters.width), STATUS_COLUMNS)
        heard = wrap(f"sound {readings.source}", columns, 1)[0]
        # Numbers keep their width, so that nothing moves but what has changed.
        groups: list[list[Segment]] = [
            [
                (f"engine {engine:<9}", WHITE if view.engine == "playing" else AMBER),
                (f"screen {readings.screen_fps:>2.0f} fps", WHITE),
                (f"age {age:>3} ms", WHITE),
            ],
            [
                (f"{readings.bpm:5.1f} bpm", BLUE),
                (f"{dots} {bar + 1:<4}", BLUE),
                (str(readings.tempo), BLUE if readings.tempo.there else AMBER),
                (f"{readings.scene} version {version}".strip(), WHITE),
                (STATES.get(view.commit, ""), COMMIT_COLOURS.get(view.commit, WHITE)),
            ],
            [(view.pace, AMBER)] * bool(view.pace),
            [(heard, GREY)] * bool(readings.source) + line_segments(readings.line),
            [input_segment(each) for each in readings.inputs],
            [(flag, AMBER) for flag in (*["safe set"] * view.safe, *readings.flags)],
            [
                (f"picture {readings.rung}", GREY if readings.rung == "live" else AMBER),
                *[(readings.guard, GREY if readings.guard in QUIET else AMBER)]
                * bool(readings.guard),
            ],
        ]
        meters = tuple(round(max(0.0, min(1.0, m)) * 50) for m in readings.meters)
        content = (groups, meters, size)

        def draw() -> Surface:
            lines = [line for group in groups if group for line in flow(group, columns)]
            return status_plate(lines, meters, columns, letters)

        return Panel("status", self._plates.keep("status", content, draw), (0, 0))

    def _line(self, view: View, readings: Readings, size: PixelSize, letters: Lettering) -> Panel:
        """What matters most in one line, or in two in a narrow window."""
        age = "-" if readings.age_ms is None else f"{readings.age_ms:.0f}"
        plays = view.engine == "playing"
        engine = f"{view.engine_fps:4.1f} fps" if plays else f"engine {view.engine_state}"
        beat = int(readings.beats) % view.beats_per_bar + 1
        state = STATES.get(view.commit, "")
        segments: list[Segment] = [
            (engine, WHITE if plays else AMBER),
            *[(view.pace, AMBER)] * bool(view.pace),
            (f"age {age:>3} ms", WHITE),
            (f"{readings.bpm:5.1f} bpm {beat}/{view.beats_per_bar}", BLUE),
            *[(str(readings.tempo), AMBER)] * (not readings.tempo.there),
            *[(state, COMMIT_COLOURS.get(view.commit, WHITE))] * bool(state),
            *[(flag, AMBER) for flag in (*["safe set"] * view.safe, *readings.flags)],
            *[(f"picture {readings.rung}", AMBER)] * (readings.rung != "live"),
            *[(readings.guard, AMBER)] * bool(readings.guard and readings.guard not in QUIET),
            ("h: all numbers, again h: none", GREY),
        ]
        columns = letters.fits(size[0] - 2 * letters.width)
        lines = flow(segments, columns)
        surface = self._plates.keep("status", (lines, size), lambda: text_plate(lines, letters))
        return Panel("status", surface, (0, 0))

    def _refusal(self, view: View, size: PixelSize, letters: Lettering) -> Panel | None:
        if not view.refusal:
            return None

        def draw() -> Surface:
            lines = wrap(view.refusal, letters.fits(size[0]) - 2, 2)
            return text_plate([[(line, RED)] for line in lines], letters)

        surface = self._plates.keep("refusal", (view.refusal, size), draw)
        return Panel("refusal", surface, (0, size[1] - surface.get_height()))

    def _strip(
        self,
        view: View,
        thumbs: NDArray[np.uint8] | None,
        serial: int,
        size: PixelSize,
        bottom: int,
        letters: Lettering,
    ) -> Panel | None:
        if thumbs is None or not view.slots:
            return None
        count = len(view.slots)
        # Of a slot: its condition above its picture, both in the canvas's shape.
        aspect = thumbs.shape[1] / count / (thumbs.shape[0] / 2)
        room = (size[0] - letters.width) // count - 4
        wide = max(24, min(round(min(size[1] // 6, 128) * aspect), room))
        thumb = (wide, max(1, round(wide / aspect)))
        surface = self._plates.keep(
            "thumbs",
            (serial, view.slots, size),
            lambda: strip_plate(view, thumbs, thumb, letters),
        )
        width, height = surface.get_size()
        return Panel("thumbs", surface, (size[0] - width, bottom - height))

    def _notes(
        self, view: View, size: PixelSize, top: int, now: float, letters: Lettering
    ) -> list[Panel]:
        """What is awaited, which stays, and the notes, which fade."""
        panels = []
        beside = self._panels[0].surface.get_width()
        room = size[0] - beside
        below = room < 24 * letters.width
        y = top if below else 0
        awaited = [(NoteLine(text, now), AMBER) for _, text in view.awaited]
        for number, (note, colour) in enumerate([*awaited, *((n, WHITE) for n in view.notes)]):

            def draw(note: NoteLine = note, colour: Colour = colour) -> Surface:
                columns = letters.fits(size[0] if below else room) - 2
                lines = wrap(note.text, columns, 3)
                return text_plate([[(line, colour)] for line in lines], letters)

            content = (note.text, colour, size, below)
            surface = self._plates.keep(f"note {number}", content, draw)
            place = (size[0] - surface.get_width(), y)
            panels.append(Panel(f"note {number}", surface, place, faded(note.strength(now))))
            y += surface.get_height()
        return panels
