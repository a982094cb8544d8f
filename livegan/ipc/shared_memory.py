"""Shared memory: made under a name of ours, attached without owning it, swept after a kill."""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import stat
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
_ordering = threading.Lock()


def create_memory(size: int) -> SharedMemory:
    """New shared memory of ``size`` bytes, zeros, with a name by which `sweep` knows it."""
    while True:
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        with contextlib.suppress(FileExistsError):
            return _held(SharedMemory(name, create=True, size=size))


def fence() -> None:
    """Keep stores and loads on their side of this line, on machines that reorder them (ARM): taking
    a lock and letting go of it orders memory everywhere."""
    with _ordering:
        pass
    with _ordering:
        pass


def attach_memory(name: str) -> SharedMemory:
    """Open shared memory without becoming an owner; `FileNotFoundError` if it is gone.

    It is there while the process that made it holds it, also if its name was removed: on Linux by
    hand, or by systemd as the user's last session ends (``RemoveIPC``).

    Before Python 3.13 (``track=False``) a process that merely attaches is registered as an owner,
    and its resource tracker destroys the memory when it ends, or warns (python/cpython#82300).
    """
    try:
        return _held(_attached(name))
    except FileNotFoundError:
        number = _still_open(name)
        if number is None:
            raise
        return _Nameless(name, number)


def remove_memory(name: str) -> None:
    """Remove shared memory of that name, whoever made it; gone already is gone.

    Those who are attached keep it till they close.
    """
    if sys.platform == "win32":
        return  # goes by itself with the last process
    try:
        # Attached afresh and tracked, so that the tracker forgets it whoever made it.
        memory = SharedMemory(name)
        memory.close()
        memory.unlink()
    except FileNotFoundError:
        # The tracker would miss it at the end, and say so on the terminal; what it does not know
        # it cannot forget without a traceback.
        resource_tracker.register(f"/{name}", "shared_memory")
        resource_tracker.unregister(f"/{name}", "shared_memory")


def _attached(name: str) -> SharedMemory:
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    with _registering:
        register = resource_tracker.register

        def only_others(name: Any, rtype: str) -> None:
            if rtype != "shared_memory":
                register(name, rtype)

        resource_tracker.register = only_others
        try:
            return SharedMemory(name)
        finally:
            resource_tracker.register = register


def _still_open(name: str) -> int | None:
    """A descriptor of memory whose name is gone, by way of the process that made it (Linux)."""
    maker = name.removeprefix(PREFIX).partition("-")[0]
    if sys.platform != "linux" or not maker.isdecimal():
        return None
    with contextlib.suppress(OSError):
        for path in Path("/proc", maker, "fd").iterdir():
            with contextlib.suppress(OSError):
                # What is open to be read only is the lock of `_held`, which outlives `close`.
                mapped = path.lstat().st_mode & stat.S_IWUSR
                if mapped and os.readlink(path) == f"{PLACE / name} (deleted)":
                    return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    return None


class _Nameless(SharedMemory):
    """Shared memory that is opened by descriptor."""

    def __init__(self, name: str, number: int) -> None:
        self._name, self._fd = f"/{name}", number
        self._size = os.fstat(number).st_size
        self._mmap = mmap.mmap(number, self._size)
        self._buf = memoryview(self._mmap)


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
