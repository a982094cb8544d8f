"""The window uses textures where a graphics card draws them."""

from __future__ import annotations

import sys

import pytest

from livegan.stage.window.canvas import SurfaceCanvas, TextureCanvas
from livegan.stage.window.graphics_card import has_graphics_card
from livegan.stage.window.window import Window
from tests.display import xvfb

pytestmark = [pytest.mark.display, pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")]


def test_the_canvas_follows_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    from livegan.stage.window import graphics_card

    with xvfb((320, 240)):
        for renderer, canvas in (
            ("llvmpipe (LLVM 15.0.6, 256 bits)", SurfaceCanvas),
            ("NVIDIA GeForce RTX 4090/PCIe/SSE2", TextureCanvas),
            ("", TextureCanvas),  # Direct3D and Metal do not tell
        ):
            monkeypatch.setattr(
                graphics_card, "opengl_renderer", lambda renderer=renderer: renderer
            )
            has_graphics_card.cache_clear()
            window = Window((160, 120))
            assert isinstance(window._canvas, canvas), renderer
            window.close()
    has_graphics_card.cache_clear()


def test_an_x_server_in_memory_has_no_graphics_card() -> None:
    import pygame

    with xvfb((320, 240)):
        has_graphics_card.cache_clear()
        pygame.display.init()
        assert not has_graphics_card()
        pygame.display.quit()
