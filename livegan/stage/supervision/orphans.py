"""Processes that do not outlive the one that started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
TO_LEAVE = 1.0  # seconds that what a set started has to end in order


def end_with_parent() -> None:
    """Let Linux kill this process when the thread that started it ends; nothing elsewhere."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_group(leader: int) -> None:
    """End what an engine that is gone had started and what that had: all of its process group.

    A process that asked for a group or session of its own is none of it, and Windows has none.
    """
    if leader <= 0 or not hasattr(os, "killpg"):
        return
    with contextlib.suppress(OSError):  # there is none left
        os.killpg(leader, signal.SIGTERM)
        until = time.monotonic() + TO_LEAVE
        while time.monotonic() < until:
            time.sleep(0.02)
            os.killpg(leader, 0)
        os.killpg(leader, signal.SIGKILL)
