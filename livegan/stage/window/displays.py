"""The screen: the displays that a window can be opened on, or why there are none."""

from __future__ import annotations

import ctypes
import os
import sys

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# A performer types in the editor while the window fills another display.
os.environ.setdefault("SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS", "0")
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "livegan")
# A surface goes to the window as it is. SDL would draw it with OpenGL, which takes three to five
# times as long where there is no graphics card; where there is one, we use no surface.
os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")

UNSEEN = ("offscreen", "dummy", "evdev")  # SDL's drivers that show nothing
RATE = 60.0  # pictures a second at most, whatever the display can do


class NoWindow(Exception):
    """There is no screen to open a window on; the message says what to do."""


class NoDisplay(ValueError):
    """There are screens, but not the one asked for; the message says which there are."""


def reach(display: int | None) -> tuple[tuple[int, int], ...]:
    """The sizes of all displays in pixels, once SDL has found them; `let_go` when it is over.

    Raises NoWindow, or NoDisplay where there is none of that number, counted from 0; None takes
    any.
    """
    import pygame

    try:
        pygame.display.init()
        pygame.font.init()
        desktops = pygame.display.get_desktop_sizes()
    except pygame.error as error:
        raise refusal(error) from error
    driver = pygame.display.get_driver()
    if driver in UNSEEN and not os.environ.get("SDL_VIDEODRIVER"):
        # SDL's last resort: a show that nobody sees is none.
        let_go()
        raise NoWindow(f"the screen does not answer: {_advice()}")
    if display is not None and not 0 <= display < len(desktops):
        have = "0" if len(desktops) == 1 else f"0 to {len(desktops) - 1}"
        let_go()
        raise NoDisplay(f"there is no display {display}: use --display {have}")
    return tuple(desktops)


def names() -> tuple[str, ...]:
    """What SDL calls the displays, once they were reached; "" for one without a name."""
    import pygame

    count = pygame.display.get_num_displays()
    try:
        where = pygame.base.__file__
        folder = os.path.dirname(where)
        library = os.path.join(folder, "SDL2.dll") if sys.platform == "win32" else where
        name = ctypes.CDLL(library).SDL_GetDisplayName
        name.restype, name.argtypes = ctypes.c_char_p, [ctypes.c_int]
    except (OSError, AttributeError):
        return ("",) * count
    return tuple((name(number) or b"").decode("utf-8", "replace") for number in range(count))


def missing(wanted: int | str | None) -> str:
    """In a line: there is no such display, and which there are."""
    known = ", ".join(f"{n} ({one})" if one else str(n) for n, one in enumerate(names()))
    shown = wanted if str(wanted).isdigit() else repr(wanted)
    return f"there is no display {shown}; there is {known}"


def find(wanted: int | str) -> int | None:
    """The number of a display, of a number or of a part of its name; None if it is not there."""
    have = names()
    if isinstance(wanted, int) or wanted.strip().isdigit():
        number = int(wanted)
        return number if 0 <= number < len(have) else None
    found = [n for n, name in enumerate(have) if wanted.lower().strip() in name.lower()]
    return found[0] if found else None


def let_go() -> None:
    """Close what `reach` opened. Safe to call twice."""
    import pygame

    pygame.font.quit()
    pygame.display.quit()


def refusal(error: Exception) -> NoWindow:
    """What to raise where SDL opens no window."""
    return NoWindow(f"no window can be opened ({error}): {_advice()}")


def period_of(display: int) -> float:
    """Seconds from one frame to the next: 60 a second, or what the display does if less."""
    import pygame

    rates = [r for r in pygame.display.get_desktop_refresh_rates() if r > 0]
    rate = rates[display] if display < len(rates) else RATE
    return 1 / min(RATE, rate)


def _advice() -> str:
    if sys.platform in ("win32", "darwin"):
        return "log in at the screen, or use `livegan rehearse` to make a film"
    return "set DISPLAY, run under `xvfb-run`, or use `livegan rehearse` to make a film"
