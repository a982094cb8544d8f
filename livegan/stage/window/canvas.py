"""What the window draws on: textures of the graphics card, or a surface of the processor.

Both put the same things on the screen: a picture with its aspect kept, and panels over it.
Measured in docs/decisions/stage-window.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.stage.overlay.text import Panel, PixelSize
from livegan.stage.window.edge_blend import blended
from livegan.stage.window.trim import WHOLE, Point, Trim
from livegan.stage.window.warp import Warp, fitted, warp_of

if TYPE_CHECKING:
    from pygame import Surface, Window
    from pygame._sdl2.video import Texture

Pixels = NDArray[np.uint8]
Room = tuple[int, int, int, int]
"""A part of a window: x, y, width and height in pixels."""
BLEND = 1  # SDL_BLENDMODE_BLEND


class Canvas(Protocol):
    """A place to present on."""

    name: str
    trim: Trim
    """How the picture is fitted to a wall; may be replaced at any time."""

    def picture(self, pixels: Pixels, fill: bool = False) -> None:
        """Take a new picture, (H, W, 3) uint8; ``fill`` stretches it over the whole window."""
        ...

    def present(self, size: PixelSize, panels: Sequence[Panel], room: Room | None = None) -> None:
        """Show the picture, in a part of the window if there is a ``room``, and the panels."""
        ...

    def close(self) -> None:
        """Let go of the window."""
        ...


def placed(picture: PixelSize, window: PixelSize, room: Room | None, fill: bool = False) -> Room:
    """Likewise, in a part of the window."""
    if room is None:
        return fitted(picture, window, fill)
    x, y, wide, high = fitted(picture, room[2:], fill)
    return room[0] + x, room[1] + y, wide, high


class TextureCanvas:
    """On the graphics card, through SDL's renderer: it scales, blends and waits for the beam."""

    def __init__(self, window: Window) -> None:
        """Raises pygame.error where there is no renderer."""
        from pygame._sdl2.video import Renderer

        self.trim = Trim()
        self._mesh: tuple[object, list[tuple[Point, ...]]] = (None, [])
        self._masked: tuple[object, Panel | None] = (None, None)
        self._renderer: Any = Renderer(window, vsync=True)
        self._picture: Texture | None = None
        self._fill = False
        self._panels: dict[str, tuple[Surface, Texture]] = {}
        self.name = "texture"

    def picture(self, pixels: Pixels, fill: bool = False) -> None:
        self._fill = fill
        from pygame._sdl2.video import Texture

        surface = _surface(levelled(pixels, self.trim))
        held = self._picture
        if held is None or (held.width, held.height) != surface.get_size():
            held = Texture(self._renderer, surface.get_size(), streaming=True, scale_quality=1)
            self._picture = held
        held.update(surface)

    def present(self, size: PixelSize, panels: Sequence[Panel], room: Room | None = None) -> None:
        renderer = self._renderer
        renderer.draw_color = (0, 0, 0, 255)
        renderer.clear()
        if self._picture is not None:
            picture = self._picture
            own = picture.width, picture.height
            if self.trim.straight:
                picture.draw(dstrect=placed(own, size, room, self._fill))
            else:
                draw: Any = picture.draw_quad  # its stubs know no floats
                for quad in self._quads(own, size):
                    draw(*quad)
        held = {}
        mask = self._mask(size)
        for panel in [mask, *panels] if mask is not None else panels:
            held[panel.name] = (panel.surface, self._texture(panel))
        self._panels = held  # what is not shown now is let go
        renderer.present()

    def close(self) -> None:
        self._picture, self._panels, self._renderer = None, {}, None

    def _quads(self, picture: PixelSize, size: PixelSize) -> list[tuple[Point, ...]]:
        key = (self.trim, picture, size, self._fill)
        if self._mesh[0] != key:
            self._mesh = (key, warp_of(self.trim, picture, size, self._fill).mesh())
        return self._mesh[1]

    def _mask(self, size: PixelSize) -> Panel | None:
        """Black outside of the mask."""
        import pygame

        key = (self.trim.mask, size)
        if self._masked[0] != key:
            panel = None
            if self.trim.mask:
                surface = pygame.Surface(size, pygame.SRCALPHA)
                surface.fill((0, 0, 0, 255))
                points = [(x * size[0], y * size[1]) for x, y in self.trim.mask]
                pygame.draw.polygon(surface, (0, 0, 0, 0), points)
                panel = Panel("mask", surface, (0, 0))
            self._masked = (key, panel)
        return self._masked[1]

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
        self.trim = Trim()
        self._scaled: tuple[object, Surface] | None = None
        self._warped: tuple[object, Gather] | None = None
        self.name = "surface"

    def picture(self, pixels: Pixels, fill: bool = False) -> None:
        self._fill = fill
        # A copy in the window's own format, for the pixels are the caller's.
        self._picture = _surface(levelled(pixels, self.trim)).convert(self._window.get_surface())
        self._scaled = None

    def present(self, size: PixelSize, panels: Sequence[Panel], room: Room | None = None) -> None:
        screen = self._window.get_surface()
        screen.fill((0, 0, 0))
        if self._picture is not None:
            if self.trim.straight:
                rect = placed(self._picture.get_size(), size, room, self._fill)
                screen.blit(self._kept(rect[2:], self._scale), rect)
            else:
                screen.blit(self._kept((self.trim, size), self._warp), (0, 0))
        for panel in panels:
            if panel.alpha > 0:
                panel.surface.set_alpha(round(255 * panel.alpha))
                screen.blit(panel.surface, panel.position)
        self._window.flip()

    def close(self) -> None:
        self._picture = self._scaled = self._warped = None

    def _kept(self, key: Any, draw: Callable[[Any, Surface], Surface]) -> Surface:
        """The picture as it was drawn for that key, once for each picture."""
        assert self._picture is not None
        if self._scaled is None or self._scaled[0] != key:
            self._scaled = (key, draw(key, self._picture))
        return self._scaled[1]

    def _scale(self, size: PixelSize, picture: Surface) -> Surface:
        import pygame

        return pygame.transform.smoothscale(picture, size)

    def _warp(self, key: tuple[Trim, PixelSize], picture: Surface) -> Surface:
        trim, size = key
        whole = (key, picture.get_size(), self._fill)
        if self._warped is None or self._warped[0] != whole:
            warp = warp_of(trim, picture.get_size(), size, self._fill)
            self._warped = (whole, Gather(warp))
        return self._warped[1](picture)


class Gather:
    """Warps on the processor: each pixel of the window is taken from a picture that was scaled to
    what is seen of it. See docs/decisions/windows.md for what it costs."""

    def __init__(self, warp: Warp) -> None:
        import pygame

        width, height = warp.sharp
        self._index = warp.index((width, height))
        high, wide = self._index.shape
        self._from = np.zeros(width * height + 1, np.uint32)  # the last one stays black
        self._to = np.zeros((high, wide), np.uint32)
        self._sharp = pygame.image.frombuffer(
            self._from[:-1].view(np.uint8).data, (width, height), "BGRA"
        )
        self._seen = pygame.image.frombuffer(
            self._to.reshape(-1).view(np.uint8).data, (wide, high), "BGRA"
        )
        self._seen.set_alpha(None)  # windows leave the fourth byte undefined

    def __call__(self, picture: Surface) -> Surface:
        """The surface of the window; the same one each time."""
        import pygame

        if picture.get_masks()[:3] != self._sharp.get_masks()[:3]:  # a display of few colours
            picture = picture.convert(self._sharp)
        pygame.transform.smoothscale(picture, self._sharp.get_size(), self._sharp)
        np.take(self._from, self._index, out=self._to, mode="clip")
        return self._seen


def levelled(pixels: Pixels, trim: Trim) -> Pixels:
    """The part of a picture that a trim shows, with its brightness, contrast, gamma and blended
    edges."""
    if trim.part != WHOLE:
        left, top, right, bottom = trim.place_in((pixels.shape[1], pixels.shape[0]))
        pixels = np.ascontiguousarray(pixels[top:bottom, left:right])
    if trim.plain and not trim.blends:
        return pixels
    from PIL import Image

    image = Image.fromarray(pixels)
    if not trim.plain:
        image = image.point(list(trim.levels()) * 3)
    return np.asarray(blended(image, trim) if trim.blends else image)


def _surface(pixels: Pixels) -> Surface:
    """A surface of the pixels, which it shares and keeps."""
    import pygame

    height, width, _ = pixels.shape
    return pygame.image.frombuffer(np.ascontiguousarray(pixels).data, (width, height), "RGB")
