"""Memory that a step frees is kept for the next one, and given back when programs come and go."""

from __future__ import annotations

import contextlib
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


def give_back() -> None:
    """Hand freed pages to the system, where the C library is glibc; elsewhere nothing.

    What is kept lies between what lives on, and each program takes other places than the one
    before: over hours of saves that adds up. Takes milliseconds, without the interpreter's lock,
    and the next step pays for the pages that it needs again.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
