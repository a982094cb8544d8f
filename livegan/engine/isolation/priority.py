"""How urgent an engine is, beside the processes that make its set's sound."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

LOW = 10
"""Niceness of an engine whose set makes sound."""


def give_way() -> None:
    """Let the patches of a set go first: a late picture is hardly seen, a late sound is heard.

    For good: to be as urgent as before takes rights that a performer does not have.
    """
    with contextlib.suppress(OSError, ImportError):
        if sys.platform == "linux":  # where each thread has a priority of its own
            for thread in Path("/proc/self/task").iterdir():
                if os.getpriority(os.PRIO_PROCESS, int(thread.name)) < LOW:
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), LOW)
            return
        import psutil

        windows = sys.platform == "win32"
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if windows else LOW)
