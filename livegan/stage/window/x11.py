"""X11: a window that another program destroys, or a server that dies, costs the window and no more.

Xlib ends the process at the first error that nobody handles, and when its server is gone. Drawing
on a window that is gone is such an error, or a crash of the driver; so it is noticed before the
next frame is drawn. Linux only; elsewhere nothing here does anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Callable
from typing import Any

LIBRARY = "libX11.so.6"
DESTROY_NOTIFY, UNMAP_NOTIFY = 17, 18  # X.h
SYSWMEVENT = 0x201  # SDL_events.h
_kept: list[Any] = []
"""The handlers, which must live as long as the process."""
_leaked: list[Any] = []

ErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
ServerHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class WindowEvent(ctypes.Structure):
    """XDestroyWindowEvent and XUnmapEvent (Xlib.h), as long as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("event", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("rest", ctypes.c_long * 24),
    )


def survive_errors(server_gone: Callable[[], None] | None = None) -> None:
    """From now on an error of the X server costs its request and no more.

    ``server_gone`` is called when the server itself is gone, on the thread that asked it for
    something. Where it returns, or is None, Xlib ends the process.
    """
    if sys.platform in ("win32", "darwin"):
        return

    def gone(display: int) -> int:
        if server_gone is not None:
            server_gone()
        return 0

    with contextlib.suppress(OSError, AttributeError):  # no X here
        library = ctypes.CDLL(LIBRARY)
        _set(library.XSetErrorHandler, ErrorHandler(lambda display, event: 0))
        _set(library.XSetIOErrorHandler, ServerHandler(gone))


def _set(setter: Any, handler: Any) -> None:
    setter.argtypes = [type(handler)]
    setter.restype = ctypes.c_void_p
    setter(handler)
    _kept.append(handler)


def leak(*things: Any) -> None:
    """Keep objects of SDL for ever: to let go of them would ask a server that is gone."""
    import atexit

    import pygame

    atexit.unregister(pygame.quit)
    for thing in things:
        _leaked.append(thing)
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))  # also when the interpreter ends


def leaked() -> bool:
    """Whether something was kept: the C library waits for it for ever when the process ends."""
    return bool(_leaked)


def ask_for_events() -> None:
    """Let SDL pass the events of the X server on to us, as ``pygame.SYSWMEVENT``."""
    import pygame

    if pygame.display.get_driver() == "x11":
        with contextlib.suppress(OSError, AttributeError):
            # Finds what pygame is linked against, so our SDL.
            ctypes.CDLL(pygame.base.__file__).SDL_EventState(SYSWMEVENT, 1)


class Connection:
    """What the X server says of a window, read from the events that SDL passes on."""

    def __init__(self, window: Any) -> None:
        """``window`` is a pygame window."""
        self._window = window
        self._display: int | None = None
        self._gone = 0
        """The number of a window that was destroyed."""

    @property
    def destroyed(self) -> bool:
        """Whether another program destroyed the window.

        SDL may also make another window in its place, as for another kind of canvas: the one that
        is gone has another number then.
        """
        return self._gone != 0 and self._gone == self._number

    @property
    def _number(self) -> int:
        return int(getattr(self._window, "handle", 0) or 0)  # pygame-ce 2.5.4

    def hear(self, raw: bytes) -> None:
        """Take an event of the X server."""
        event = WindowEvent.from_buffer_copy(raw.ljust(ctypes.sizeof(WindowEvent), b"\0"))
        self._display = event.display or self._display
        if event.type == DESTROY_NOTIFY:
            self._gone = event.window

    def expect_unmapping(self) -> None:
        """Before a window that is gone is destroyed: put the event into the queue that SDL waits
        for without end, and that never comes for a window which is not there."""
        if self._display:
            with contextlib.suppress(OSError, AttributeError):
                put_back = ctypes.CDLL(LIBRARY).XPutBackEvent
                put_back.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
                number = self._number
                event = WindowEvent(UNMAP_NOTIFY, 0, 1, self._display, number, number)
                put_back(self._display, ctypes.byref(event))
