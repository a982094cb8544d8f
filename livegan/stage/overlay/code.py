"""The code overlay: the set over the picture, for live coders show their screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livegan.stage.overlay.text import (
    DARK,
    GREY,
    WHITE,
    Colour,
    Lettering,
    Panel,
    PixelSize,
    faded,
    letters_for,
    plate,
)
from livegan.stage.overlay.view import View

if TYPE_CHECKING:
    from pygame import Surface

FADE = 6.0  # seconds a changed line stays marked
LEAD = 3  # of the window's height, the part above the change it scrolls to
CHANGED = (70, 230, 160, 88)
REFUSED = (255, 60, 50, 120)
TAB = 4
SMALLER = 0.85
"""The least share of the HUD's letters that a long line makes the code shrink to."""
ADVANCE = 0.61
"""Width of a letter over its height in pixels, of a monospaced font."""

Coloured = list[list[tuple[str, Colour]]]

# By the kinds of pygments, the more special first.
COLOURS: tuple[tuple[str, Colour], ...] = (
    ("Token.Comment", (130, 145, 130)),
    ("Token.Literal.String", (240, 200, 120)),
    ("Token.Literal.Number", (190, 160, 255)),
    ("Token.Keyword", (255, 130, 170)),
    ("Token.Operator.Word", (255, 130, 170)),
    ("Token.Name.Decorator", (120, 220, 220)),
    ("Token.Name.Function", (130, 210, 255)),
    ("Token.Name.Class", (130, 210, 255)),
    ("Token.Name.Builtin", (130, 210, 255)),
    ("Token.Operator", (200, 205, 215)),
)


def coloured(source: str) -> Coloured:
    """The source in lines of (text, colour). Never fails: what is no Python is coloured less."""
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

    lines: Coloured = [[]]
    for kind, text in PythonLexer(stripnl=False).get_tokens(source.expandtabs(TAB)):
        name = str(kind)
        colour = next((c for start, c in COLOURS if name.startswith(start)), WHITE)
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((part, colour))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def scrolled(lines: int, visible: int, changed: tuple[int, ...], refused: int | None) -> int:
    """The first line shown (from 0), so that the refused or else the first changed one is seen."""
    focus = refused if refused is not None else min(changed, default=1)
    return max(0, min(focus - 1 - visible // LEAD, lines - visible))


def blocks(lines: tuple[int, ...]) -> list[tuple[int, int]]:
    """Line numbers as (first, count) of lines that follow each other."""
    found: list[tuple[int, int]] = []
    for line in sorted(set(lines)):
        if found and line == sum(found[-1]):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((line, 1))
    return found


class Code:
    """Draws the overlay. The text is drawn once a change; marks fade without drawing."""

    def __init__(self) -> None:
        self._prepared: tuple[str, Coloured] = ("", [])
        self._letters: Lettering | None = None
        self._kept: dict[object, Surface] = {}
        self._shown: object = None

    def prepare(self, source: str) -> None:
        """Colour a source; called on another thread, so that no frame waits for it."""
        self._prepared = (source, coloured(source))

    def panels(self, view: View, size: PixelSize, now: float, above: int = 0) -> list[Panel]:
        """The panels for a window of ``size``, below the first ``above`` rows of pixels."""
        source, lines = self._prepared
        if source != view.code:
            self.prepare(view.code)
            source, lines = self._prepared
        pixels = pixels_for(lines, size)
        if self._letters is None or self._letters.pixels != pixels:
            self._letters = Lettering(pixels)
            self._kept.clear()
        letters = self._letters
        visible = max(1, (size[1] - above) // letters.height)
        changed = view.changed if view.code == view.source else ()
        top = scrolled(len(lines), visible, changed, view.refused_line)
        shown = lines[top : top + visible]
        if not shown:
            return []
        if self._shown != (source, top, visible, size):
            self._shown = (source, top, visible, size)
            self._kept = {"text": _page(shown, top, len(lines), size, letters)}
        text = self._kept["text"]
        panels = [Panel("code", text, (0, above))]
        fresh = 1 - (now - view.changed_at) / FADE
        marks = [(changed, CHANGED, faded(fresh * 2))] if fresh > 0 else []
        if view.refused_line is not None:
            marks.append(((view.refused_line,), REFUSED, 1.0))
        for numbers, colour, alpha in marks:
            inside = tuple(n for n in numbers if top < n <= top + visible)
            for first, count in blocks(inside):
                key = (first, count, colour)
                if key not in self._kept:
                    self._kept[key] = plate((text.get_width(), count * letters.height), colour)
                place = (0, above + (first - 1 - top) * letters.height)
                panels.append(Panel(f"code {key}", self._kept[key], place, alpha))
        return panels


def pixels_for(lines: Coloured, size: PixelSize) -> int:
    """The font size at which the longest line fits, if the letters stay legible."""
    longest = max((sum(len(text) for text, _ in line) for line in lines), default=0)
    columns = longest + len(str(len(lines))) + 4
    fitting = int(size[0] / (ADVANCE * columns))
    return max(letters_for(size, SMALLER), min(letters_for(size, 1.15), fitting))


def _page(lines: Coloured, top: int, total: int, size: PixelSize, letters: Lettering) -> Surface:
    """The visible lines with their numbers, each on a dark strip as long as itself."""
    import pygame

    gutter = (len(str(total)) + 2) * letters.width
    width = max(sum(len(text) for text, _ in line) for line in lines) * letters.width
    width = min(size[0], gutter + width + letters.width)
    surface = pygame.Surface((width, len(lines) * letters.height), pygame.SRCALPHA)
    surface.fill((8, 9, 14, 190))
    for row, line in enumerate(lines):
        y = row * letters.height
        number = letters.text(str(top + row + 1).rjust(len(str(total))), GREY)
        surface.blit(number, (letters.width // 2, y))
        x = gutter
        for text, colour in line:
            if text.strip():
                surface.blit(letters.text(text, colour), (x, y))
            x += len(text) * letters.width
        if x > width:  # what does not fit is marked
            cut = pygame.Rect(width - letters.width, y, letters.width, letters.height)
            surface.fill(DARK, cut)
            surface.blit(letters.text("…", GREY), cut)
    return surface


def warm_up() -> None:
    """What the first code overlay needs, imported beside the show."""
    import pygments.lexers.python  # type: ignore[import-untyped]  # noqa: F401
