"""How much memory an engine may hold."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

SHARE = 0.75
"""Of the machine's memory, for the engine, or for it and the one that stands by."""
GB = 1e9
CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux says what a container may hold: cgroup v2, v1."""


def room(gigabytes: float | None, *, engines: int = 1) -> int:
    """Bytes that each engine may hold: as given (0 is no limit), else its share of the machine."""
    if gigabytes is not None:
        return int(gigabytes * GB)
    return int(SHARE * there_is() / engines)


def there_is() -> int:
    """Bytes of memory of this machine, or of the container that this is."""
    found = [int(psutil.virtual_memory().total)]
    for file in CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # none, or "max"
            found.append(int(Path(file).read_text()))
    return min(found)
