"""What lies over the picture is drawn once, and again only when its content changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from livegan.stage.overlay.text import Lettering

if TYPE_CHECKING:
    from pygame import Surface


class Plates:
    """The surfaces that were drawn last, by name, and the letters on them."""

    def __init__(self) -> None:
        self.letters: Lettering | None = None
        self._kept: dict[str, tuple[object, Surface]] = {}
        self.drawn = 0
        """Surfaces drawn so far."""

    def lettering(self, pixels: int) -> Lettering:
        """Letters of this height; others than before make all surfaces anew."""
        if self.letters is None or self.letters.pixels != pixels:
            self.letters = Lettering(pixels)
            self._kept.clear()
        return self.letters

    def keep(self, name: str, content: object, draw: Callable[[], Surface]) -> Surface:
        """The surface drawn last if its content is the same, else a new one."""
        found = self._kept.get(name)
        if found is None or found[0] != content:
            found = self._kept[name] = (content, draw())
            self.drawn += 1
        return found[1]
