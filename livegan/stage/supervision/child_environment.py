"""What a process of the stage is started in: no signals of a terminal, a folder there is."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import ModuleType

SAFE_PATH = "PYTHONSAFEPATH"
_starting = threading.Lock()
"""Two that are started at once would leave out each other's main program."""
_displaced = False
"""The folder that this process was in is gone: see `back_to`."""


@contextlib.contextmanager
def for_a_child() -> Iterator[None]:
    """Inside, a child can be started."""
    with _starting, _terminal_signals_blocked(), _main_left_out(), _folder_left_out():
        yield


def back_to(folder: str | None) -> None:
    """Let this process be in a folder that there is, for none can be started from one that was
    removed: in ``folder``, made anew, or else at the root until there is one."""
    global _displaced
    try:
        os.getcwd()
    except OSError:
        _displaced = True
    if _displaced:
        for place in filter(None, (folder, os.path.abspath(os.sep))):
            with contextlib.suppress(OSError):
                os.chdir(place)
                _displaced = place != folder
                return


@contextlib.contextmanager
def _terminal_signals_blocked() -> Iterator[None]:
    """A child started in here never sees Ctrl-C or a closed terminal: the stage ends it in order.

    The mask is inherited, and holds already while the child's interpreter starts.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _main_left_out() -> Iterator[None]:
    """A child started in here does not import the program that the stage was started with.

    Spawned processes do, for the functions it may hold; the engine needs none, and the command
    line takes longer to import than all else that comes before the engine.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _folder_left_out() -> Iterator[None]:
    """A child started in here imports nothing from the working folder, which Python would put
    before all else: a performer's ``random.py`` is none of the engine's. See also `zygote`."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        del os.environ[SAFE_PATH]
        if before is not None:
            os.environ[SAFE_PATH] = before
