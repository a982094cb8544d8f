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
STRUCTURE_NOTIFY = 1 << 17  # StructureNotifyMask (X.h)
DESTROY_NOTIFY, UNMAP_NOTIFY = 17, 18
EVENT_BYTES = 192  # sizeof(XEvent), 24 longs
SDL_SYSWM_X11 = 2
_kept: list[Any] = []
"""The handlers, which must live as long as the process."""
_guarded: set[int] = set()
"""Connections that outlive their server, as far as Xlib is concerned."""
_lost: list[int] = []
"""Those whose server is gone."""
_leaked: list[Any] = []

ErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
ServerHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
ExitHandler = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class _UnmapEvent(ctypes.Structure):
    """XUnmapEvent (Xlib.h), as long as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("event", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("from_configure", ctypes.c_int),
        ("rest", ctypes.c_long * 24),
    )


class _SysWMInfo(ctypes.Structure):
    """SDL_SysWMinfo (SDL_syswm.h)."""

    _fields_ = (
        ("version", ctypes.c_ubyte * 3),
        ("subsystem", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("rest", ctypes.c_ubyte * 64),
    )


def survive_errors(last_resort: Callable[[], None] = lambda: None) -> None:
    """From now on an error of the X server costs its request and no more, and `gone` tells when
    the server itself is gone.

    ``last_resort`` is called where Xlib will end the process as soon as it returns.
    """
    if sys.platform in ("win32", "darwin"):
        return

    def server_gone(display: int) -> int:
        _lost.append(display)
        if display not in _guarded:
            last_resort()
        return 0

    with contextlib.suppress(OSError, AttributeError):  # no X here
        library = ctypes.CDLL(LIBRARY)
        error, server = ErrorHandler(lambda display, event: 0), ServerHandler(server_gone)
        _set(library.XSetErrorHandler, error)
        _set(library.XSetIOErrorHandler, server)


def gone() -> bool:
    """Whether the X server is gone: then no call of SDL is safe any more."""
    return bool(_lost)


def leak(*things: Any) -> None:
    """Keep objects of SDL for ever: to let go of them would ask a server that is gone."""
    import atexit

    import pygame

    atexit.unregister(pygame.quit)
    for thing in things:
        _leaked.append(thing)
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))  # also when the interpreter ends


def outlive_server(display: int | None) -> None:
    """Let this connection (a ``Display *``) end without the process (libX11 1.7 and later)."""
    if not display:
        return
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(LIBRARY)
        stay = ExitHandler(lambda display, data: None)
        setter = library.XSetIOErrorExitHandler
        setter.argtypes = [ctypes.c_void_p, ExitHandler, ctypes.c_void_p]
        setter(display, stay, None)
        _kept.append(stay)
        _guarded.add(display)


def display_of(window: Any) -> int | None:
    """SDL's connection that a pygame window is drawn over, a ``Display *``; None elsewhere."""
    import pygame

    if pygame.display.get_driver() != "x11":
        return None
    with contextlib.suppress(OSError, AttributeError):
        sdl = ctypes.CDLL(pygame.base.__file__)  # finds what it is linked against, so our SDL
        sdl.SDL_GetWindowFromID.restype = ctypes.c_void_p
        sdl.SDL_GetWindowWMInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        info = _SysWMInfo()
        sdl.SDL_GetVersion(ctypes.byref(info))
        known = sdl.SDL_GetWindowWMInfo(sdl.SDL_GetWindowFromID(window.id), ctypes.byref(info))
        if known and info.subsystem == SDL_SYSWM_X11:
            return int(info.display or 0) or None
    return None


def expect_unmapping(display: int | None, window: int) -> None:
    """Before a window that is gone is destroyed: put the event into the queue that SDL waits for
    without end, and that never comes for a window which is not there."""
    if not display:
        return
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(LIBRARY)
        library.XPutBackEvent.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        event = _UnmapEvent(UNMAP_NOTIFY, 0, 1, display, window, window)
        library.XPutBackEvent(display, ctypes.byref(event))


def _set(setter: Any, handler: Any) -> None:
    setter.argtypes = [type(handler)]
    setter.restype = ctypes.c_void_p
    setter(handler)
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
            outlive_server(self._display)
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
        while self._display and not gone() and self._library.XPending(self._pointer) > 0:
            self._library.XNextEvent(self._pointer, event)
            found = found or ctypes.c_int.from_buffer(event).value == DESTROY_NOTIFY
        return found

    def close(self) -> None:
        """Let go of the connection. Twice is once."""
        if self._display and not gone():
            self._library.XCloseDisplay(self._pointer)
        self._display = None


def destruction_of(window: Any) -> Destruction | None:
    """Of a pygame window on X11; None elsewhere."""
    import pygame

    number = getattr(window, "handle", None)  # pygame-ce 2.5.4
    if pygame.display.get_driver() != "x11" or not number:
        return None
    return Destruction(int(number))
