"""What the window draws on: textures of the graphics card, or a surface of the processor.

Both put the same things on the screen: a picture with its aspect kept, and panels over it.
Measured in docs/decisions/stage-window.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.stage.overlay.text import Panel, PixelSize

if TYPE_CHECKING:
    from pygame import Rect, Surface, Window
    from pygame._sdl2.video import Texture

Pixels = NDArray[np.uint8]
BLEND = 1  # SDL_BLENDMODE_BLEND


class Canvas(Protocol):
    """A place to present on."""

    name: str

    def picture(self, pixels: Pixels, fill: bool = False) -> None:
        """Take a new picture, (H, W, 3) uint8; ``fill`` stretches it over the whole window."""
        ...

    def present(self, size: PixelSize, panels: Sequence[Panel]) -> None:
        """Show the picture and the panels."""
        ...

    def close(self) -> None:
        """Let go of the window."""
        ...


def fitted(picture: PixelSize, window: PixelSize, fill: bool = False) -> tuple[int, int, int, int]:
    """(x, y, width, height) of a picture in a window: as large as fits, aspect kept, centred."""
    if fill:
        return 0, 0, window[0], window[1]
    scale = min(window[0] / picture[0], window[1] / picture[1])
    width = max(1, min(window[0], round(picture[0] * scale)))
    height = max(1, min(window[1], round(picture[1] * scale)))
    return (window[0] - width) // 2, (window[1] - height) // 2, width, height


class TextureCanvas:
    """On the graphics card, through SDL's renderer: it scales, blends and waits for the beam."""

    def __init__(self, window: Window) -> None:
        """Raises pygame.error where there is no renderer."""
        from pygame._sdl2.video import Renderer

        self._renderer: Any = Renderer(window, vsync=True)
        self._picture: Texture | None = None
        self._fill = False
        self._panels: dict[str, tuple[Surface, Texture]] = {}
        self.name = "texture"

    def picture(self, pixels: Pixels, fill: bool = False) -> None:
        self._fill = fill
        from pygame._sdl2.video import Texture

        surface = _surface(pixels)
        held = self._picture
        if held is None or (held.width, held.height) != surface.get_size():
            held = Texture(self._renderer, surface.get_size(), streaming=True, scale_quality=1)
            self._picture = held
        held.update(surface)

    def present(self, size: PixelSize, panels: Sequence[Panel]) -> None:
        renderer = self._renderer
        renderer.draw_color = (0, 0, 0, 255)
        renderer.clear()
        if self._picture is not None:
            picture = self._picture
            picture.draw(dstrect=fitted((picture.width, picture.height), size, self._fill))
        held = {}
        for panel in panels:
            held[panel.name] = (panel.surface, self._texture(panel))
        self._panels = held  # what is not shown now is let go
        renderer.present()

    def close(self) -> None:
        self._picture, self._panels, self._renderer = None, {}, None

    def _texture(self, panel: Panel) -> Texture:
        from pygame._sdl2.video import Texture

        surface, texture = self._panels.get(panel.name, (None, None))
        if texture is None or surface is not panel.surface:
            size = panel.surface.get_size()
            if texture is not None and (texture.width, texture.height) == size:
                texture.update(panel.surface)
            else:
                texture = Texture.from_surface(self._renderer, panel.surface)
                texture.blend_mode = BLEND
        texture.alpha = round(255 * panel.alpha)
        texture.draw(dstrect=(*panel.position, texture.width, texture.height))
        return texture


class SurfaceCanvas:
    """On the processor, for machines whose graphics driver does not work."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._picture: Surface | None = None
        self._fill = False
        self._scaled: tuple[PixelSize, Surface] | None = None
        self.name = "surface"

    def picture(self, pixels: Pixels, fill: bool = False) -> None:
        self._fill = fill
        # A copy in the window's own format, for the pixels are the caller's.
        self._picture = _surface(pixels).convert(self._window.get_surface())
        self._scaled = None

    def present(self, size: PixelSize, panels: Sequence[Panel]) -> None:
        import pygame

        screen = self._window.get_surface()
        screen.fill((0, 0, 0))
        if self._picture is not None:
            rect: Rect = pygame.Rect(fitted(self._picture.get_size(), size, self._fill))
            if self._scaled is None or self._scaled[0] != rect.size:
                scaled = pygame.transform.smoothscale(self._picture, rect.size)
                self._scaled = ((rect.width, rect.height), scaled)
            screen.blit(self._scaled[1], rect)
        for panel in panels:
            if panel.alpha > 0:
                panel.surface.set_alpha(round(255 * panel.alpha))
                screen.blit(panel.surface, panel.position)
        self._window.flip()

    def close(self) -> None:
        self._picture = self._scaled = None


def _surface(pixels: Pixels) -> Surface:
    """A surface of the pixels, which it shares and keeps."""
    import pygame

    height, width, _ = pixels.shape
    return pygame.image.frombuffer(np.ascontiguousarray(pixels).data, (width, height), "RGB")
