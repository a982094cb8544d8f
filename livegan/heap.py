"""Memory that a step frees is kept for the next one."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, MMAP_MAX = -1, -4
"""Parameters of glibc's mallopt(3)."""


def keep_freed() -> None:
    """Let the C library keep large freed blocks, where it is glibc; elsewhere nothing.

    As it comes, each picture-sized tensor is mapped anew and handed back when freed, and the
    system clears its pages each time: a hundred thousand page faults in a step of `unet_256`.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(MMAP_MAX, 0)
    mallopt(TRIM_THRESHOLD, -1)
