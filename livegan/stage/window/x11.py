"""X11: a window that another program destroys costs the window, not the show.

Xlib ends the process at the first error that nobody handles, and drawing on a window that is gone
is one, or a crash of the driver; so it is noticed before the next frame is drawn.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Any

LIBRARY = "libX11.so.6"
STRUCTURE_NOTIFY = 1 << 17  # StructureNotifyMask (X.h)
DESTROY_NOTIFY = 17
EVENT_BYTES = 192  # sizeof(XEvent), 24 longs
_kept: list[Any] = []
"""The error handler, which must live as long as the process."""


def survive_errors() -> None:
    """From now on an error of the X server costs its request and no more. Twice is once."""
    if sys.platform in ("win32", "darwin") or _kept:
        return
    with contextlib.suppress(OSError, AttributeError):  # no X here
        library = ctypes.CDLL(LIBRARY)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        handler = kind(lambda display, event: 0)
        library.XSetErrorHandler.argtypes = [kind]
        library.XSetErrorHandler.restype = ctypes.c_void_p
        library.XSetErrorHandler(handler)
        _kept.append(handler)


class Destruction:
    """Tells whether a window was destroyed, on a connection of its own and without a round trip."""

    def __init__(self, window: int) -> None:
        """``window`` is its number. Where it cannot be told, it never was."""
        self.window = window
        self._display: Any = None
        with contextlib.suppress(OSError, AttributeError):
            library = self._library = ctypes.CDLL(LIBRARY)
            library.XOpenDisplay.restype = ctypes.c_void_p
            library.XOpenDisplay.argtypes = [ctypes.c_char_p]
            self._display = library.XOpenDisplay(None)
        if self._display:
            for name in ("XSelectInput", "XFlush", "XPending", "XNextEvent", "XCloseDisplay"):
                getattr(library, name).argtypes = None
            mask = ctypes.c_long(STRUCTURE_NOTIFY)
            library.XSelectInput(self._pointer, ctypes.c_ulong(window), mask)
            library.XFlush(self._pointer)

    @property
    def _pointer(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self._display)

    def happened(self) -> bool:
        """Whether it is gone."""
        found = False
        event = (ctypes.c_char * EVENT_BYTES)()
        while self._display and self._library.XPending(self._pointer):
            self._library.XNextEvent(self._pointer, event)
            found = found or ctypes.c_int.from_buffer(event).value == DESTROY_NOTIFY
        return found

    def close(self) -> None:
        """Let go of the connection. Twice is once."""
        if self._display:
            self._library.XCloseDisplay(self._pointer)
            self._display = None


def destruction_of(window: Any) -> Destruction | None:
    """Of a pygame window on X11; None elsewhere."""
    import pygame

    number = getattr(window, "handle", None)  # pygame-ce 2.5.4
    if pygame.display.get_driver() != "x11" or not number:
        return None
    return Destruction(int(number))
