"""Text on panels that stay legible over any picture."""

from __future__ import annotations

import importlib.util
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from livegan.files import printable

if TYPE_CHECKING:
    from pygame import Font, Surface

Colour = tuple[int, int, int]
PixelSize = tuple[int, int]

WHITE: Colour = (236, 236, 236)
GREY: Colour = (165, 170, 178)
GREEN: Colour = (120, 226, 150)
AMBER: Colour = (250, 200, 90)
RED: Colour = (255, 120, 110)
BLUE: Colour = (130, 190, 255)
DARK = (8, 9, 14, 212)  # of panels: dark enough for white text over a white picture
KEPT = 400  # rendered texts that are remembered


@dataclass(frozen=True)
class Panel:
    """Something drawn over the picture. A new ``surface`` object means that it changed."""

    name: str
    surface: Surface
    position: tuple[int, int]
    alpha: float = 1.0


class Lettering:
    """A monospaced font at one size, with the texts that it rendered lately."""

    def __init__(self, pixels: int) -> None:
        import pygame

        self.pixels = pixels
        path = monospace()
        self._font: Font = pygame.font.Font(str(path) if path else None, pixels)
        self._texts: OrderedDict[tuple[str, Colour], Surface] = OrderedDict()
        self.height: int = self._font.get_linesize()
        self.width: int = self._font.size("0")[0]

    def text(self, text: str, colour: Colour = WHITE) -> Surface:
        """The text on a transparent surface."""
        key = (text, colour)
        found = self._texts.get(key)
        if found is None:
            plain = printable(text.replace("\0", " "))
            found = self._texts[key] = self._font.render(plain, True, colour)
            if len(self._texts) > KEPT:
                self._texts.popitem(last=False)
        else:
            self._texts.move_to_end(key)
        return found

    def fits(self, width: int) -> int:
        """How many characters fit into ``width`` pixels, at least one."""
        return max(1, width // max(1, self.width))


def monospace() -> Path | None:
    """DejaVu Sans Mono, which comes with matplotlib; found without importing that."""
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSansMono.ttf"
        if path.is_file():
            return path
    return None


def letters_for(size: PixelSize, scale: float = 1.0) -> int:
    """The font size for a window of this size, in pixels."""
    width, height = size
    return round(max(9.0, min(width / 70, height / 38, 30.0) * scale))


def faded(strength: float) -> float:
    """An alpha of 0..1 in sixteenths, so that a fade is a few redraws and not sixty a second."""
    return round(min(1.0, max(0.0, strength)) * 16) / 16


def plate(size: PixelSize, colour: tuple[int, int, int, int] = DARK) -> Surface:
    """An empty panel: translucent, with rounded corners."""
    import pygame

    surface = pygame.Surface((max(1, size[0]), max(1, size[1])), pygame.SRCALPHA)
    pygame.draw.rect(surface, colour, surface.get_rect(), border_radius=6)
    return surface


def wrap(text: str, columns: int, lines: int) -> list[str]:
    """The text in at most ``lines`` lines of ``columns`` characters; what is lost ends in "…"."""
    found: list[str] = []
    rest = text
    while rest and len(found) < lines:
        if len(rest) <= columns:
            return [*found, rest]
        cut = rest.rfind(" ", columns // 2, columns + 1)
        cut = columns if cut < 0 else cut
        found.append(rest[:cut])
        rest = rest[cut:].lstrip()
    if rest and found:
        found[-1] = found[-1][: columns - 1] + "…"
    return found
