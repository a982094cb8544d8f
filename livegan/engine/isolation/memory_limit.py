"""How much memory an engine may take: a set that wants more is refused, and the machine lives."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

FIRST_TO_GO = 500
"""Of -1000..1000 (proc(5), oom_score_adj): where memory runs out, this process goes first."""


def keep_to(limit: int) -> None:
    """Let nothing be allocated beyond ``limit`` bytes of this process's own data; 0 is no limit.

    Linux only (setrlimit(2), RLIMIT_DATA): what Python and torch ask for beyond it is a
    MemoryError, at the line that asked.  Not RLIMIT_AS, which counts address space that is only
    reserved, and CUDA reserves more than there is.
    """
    if sys.platform != "linux" or limit <= 0:
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def go_first() -> None:
    """Ask the system to end this process before others when memory runs out (Linux)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO))
