"""Shared memory: made under a name of ours, attached without owning it, swept after a kill."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import threading
import time
import weakref
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

PREFIX = "livegan-"
PLACE = Path("/dev/shm")
"""Where Linux keeps it."""
YOUNG = 10.0
"""Seconds for which memory is not swept, for it is held only a moment after it was made."""

_registering = threading.Lock()


def create_memory(size: int) -> SharedMemory:
    """New shared memory of ``size`` bytes, zeros, with a name by which `sweep` knows it."""
    while True:
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        with contextlib.suppress(FileExistsError):
            return _held(SharedMemory(name, create=True, size=size))


def attach_memory(name: str) -> SharedMemory:
    """Open shared memory without becoming an owner; `FileNotFoundError` if it is gone.

    Before Python 3.13 (``track=False``) a process that merely attaches is registered as an owner,
    and its resource tracker destroys the memory when it ends, or warns (python/cpython#82300).
    """
    if sys.version_info >= (3, 13):
        return _held(SharedMemory(name, track=False))
    with _registering:
        register = resource_tracker.register

        def only_others(name: Any, rtype: str) -> None:
            if rtype != "shared_memory":
                register(name, rtype)

        resource_tracker.register = only_others
        try:
            return _held(SharedMemory(name))
        finally:
            resource_tracker.register = register


def sweep() -> list[str]:
    """Remove what shows left behind whose every process was killed; gives the names (Linux).

    Elsewhere the system does it with the last process (Windows), or at a restart (macOS).
    """
    if sys.platform != "linux":
        return []
    import fcntl

    removed = []
    for path in PLACE.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if 0 <= time.time() - path.stat().st_mtime < YOUNG:
                continue
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while anybody holds it
                path.unlink()
                removed.append(path.name)
    return removed


def _held(memory: SharedMemory) -> SharedMemory:
    """Hold it with a lock that the system lets go of however this process ends."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            number = os.open(PLACE / memory.name, os.O_RDONLY)
            fcntl.flock(number, fcntl.LOCK_SH)
            weakref.finalize(memory, os.close, number)
    return memory
