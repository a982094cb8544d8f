"""Memory that a step frees is kept for the next one."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's mallopt(3)."""
KEPT = 2**31 - 1
LARGEST = 32 << 20
"""What glibc accepts at most as the size from which a block is mapped by itself (64 bit)."""


def keep_freed() -> None:
    """Let the C library keep large freed blocks, where it is glibc; elsewhere nothing.

    As it comes, each picture-sized tensor is mapped anew and handed back when freed, and the
    system clears its pages each time: twelve thousand page faults in a step of four 512² pairs.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(MMAP_THRESHOLD, LARGEST)
    mallopt(TRIM_THRESHOLD, KEPT)
