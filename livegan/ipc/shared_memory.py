"""Shared memory: made under a name of ours and reserved, attached without owning it, swept after a
kill."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import secrets
import shutil
import stat
import sys
import threading
import weakref
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

PREFIX = "livegan-"
PLACE = Path("/dev/shm")
"""Where Linux keeps it."""
MB = 1e6
FULL = (errno.ENOSPC, errno.ENOMEM, errno.EDQUOT) if sys.platform != "win32" else ()

_registering = threading.RLock()
"""Held wherever the resource tracker is told of memory: see `_attached`."""
_ordering = threading.Lock()


class NoRoom(OSError):
    """The machine has no room for this much shared memory; says in a line what to do."""


def create_memory(size: int, spare: int = 0, name: str = "") -> SharedMemory:
    """New shared memory of ``size`` bytes, zeros, with a name by which `sweep` knows it; ``name``
    is one that is made of such a name.

    It is reserved, not only promised: a process that writes into memory that was promised where
    there is none is ended by the system (SIGBUS). Raises NoRoom if it cannot be had, or if fewer
    than ``spare`` bytes would be left (Linux), FileExistsError if ``name`` is taken.
    """
    while True:
        chosen = name or f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            with _registering:
                memory = SharedMemory(chosen, create=True, size=size)
            try:
                _held(_reserved(memory, size, spare))
            except BaseException:
                memory.close()
                remove_memory(chosen)
                raise
            if not _swept(memory):
                return memory
            memory.close()  # by another show, in the moment before it was held
            _forget(chosen)
        except FileExistsError:
            if name:
                raise
            continue
        except OSError as error:
            if sys.platform != "win32" and error.errno not in FULL:
                raise
            raise NoRoom(no_room(size)) from error


def _reserved(memory: SharedMemory, size: int, spare: int) -> SharedMemory:
    """Take up all of it now (Linux). Windows does so by itself; macOS has no limit of its own."""
    if sys.platform == "linux":
        number = memory._fd  # type: ignore[attr-defined]
        try:
            os.posix_fallocate(number, 0, size + spare)
            os.ftruncate(number, size)
        except OSError as error:
            # A file system that cannot reserve is used as it is: there is nothing better to be had.
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
    return memory


def free_memory() -> int | None:
    """Bytes of shared memory that are free; None where the system does not say (Linux does)."""
    if sys.platform != "linux":
        return None
    try:
        return shutil.disk_usage(PLACE).free
    except OSError:
        return None


def no_room(size: int) -> str:
    """Why so many bytes of shared memory are not to be had, and what to do, in a line."""
    free = free_memory()
    if free is None:
        return f"there is no room for {size / MB:.0f} MB of shared memory: close other programs"
    return (
        f"{PLACE} has {free / MB:.0f} MB free, and {size / MB:.0f} MB of shared memory are needed: "
        f"enlarge it (sudo mount -o remount,size=512m {PLACE}; docker run --shm-size=512m)"
    )


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
    with _registering:
        try:
            # Attached afresh and tracked, so that the tracker forgets it whoever made it.
            memory = SharedMemory(name)
            memory.close()
            memory.unlink()
        except FileNotFoundError:
            _forget(name)


def _forget(name: str) -> None:
    """Let the resource tracker not miss memory that is gone: it would say so on the terminal at
    the end. What it does not know it cannot forget without a traceback."""
    with _registering:
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
    """Remove what nobody holds: of shows whose every process was killed, and of engines that were;
    gives the names (Linux).

    Elsewhere the system does it with the last process (Windows), or at a restart (macOS).
    """
    if sys.platform != "linux":
        return []
    import fcntl

    removed = []
    for path in PLACE.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while anybody holds it
            path.unlink()
            _forget(path.name)
            removed.append(path.name)
    return removed


def _swept(memory: SharedMemory) -> bool:
    """Whether the name of memory was removed before it was held (Linux)."""
    if sys.platform != "linux":
        return False
    return os.fstat(memory._fd).st_nlink == 0  # type: ignore[attr-defined]


def _held(memory: SharedMemory) -> SharedMemory:
    """Hold it with a lock that the system lets go of however this process ends."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            number = os.open(PLACE / memory.name, os.O_RDONLY)
            fcntl.flock(number, fcntl.LOCK_SH)
            weakref.finalize(memory, os.close, number)
    return memory
