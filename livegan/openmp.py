"""How threads of torch and numpy share the cores.  Nothing here imports either."""

from __future__ import annotations

import os

CHOSEN = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")
"""Variables by which a user, or a machine's setup, may have decided it."""


def wait_asleep() -> None:
    """Let threads of OpenMP that wait sleep; to be called before torch is loaded.

    They spin otherwise, which saves microseconds where nothing else runs, and where something
    does, each thread spins away the time that the one it waits for needs.  Training beside a show
    was four times slower for it (docs/decisions/training.md).  Where one of `CHOSEN` is set,
    nothing is changed.
    """
    if not any(name in os.environ for name in CHOSEN):
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


def one_blas_thread() -> None:
    """Let numpy multiply matrices on one thread; to be called before numpy is loaded.

    Those of the stage are small, and its cores are the engine's: to wait for a second thread took
    the flash guard 96 ms at 720p on two busy cores, and one thread takes 11.  A user's own choice
    stays.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
