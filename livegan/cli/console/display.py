"""Whether there is a screen, and which displays."""

from __future__ import annotations

import os
import sys


def display_lines() -> list[str]:
    """What displays there are, a line each."""
    if not has_display():
        return ["no display: `livegan perform` rehearses to a film instead"]
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    from livegan.stage.window import displays

    try:
        pygame.display.init()
        sizes, names = pygame.display.get_desktop_sizes(), displays.names()
        driver = pygame.display.get_driver()
        pygame.display.quit()
    except pygame.error as error:
        return [f"no display: {error}"]
    if driver in displays.UNSEEN and not os.environ.get("SDL_VIDEODRIVER"):
        return ["no display: the screen does not answer"]
    named = [f" ({name})" if name else "" for name in names]
    return [f"display {i}: {w}x{h}{named[i]}" for i, (w, h) in enumerate(sizes)]


def has_display() -> bool:
    """False on a machine without a screen (Linux without X or Wayland)."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
