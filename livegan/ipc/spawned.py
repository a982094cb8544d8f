"""Processes of our own that do a share of some work, and tell of it over a pipe."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar, Protocol


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ShareProcess(Protocol):
    """A process that works, here or on another machine."""

    elsewhere: ClassVar[bool]
    """Whether it may end because its machine did."""

    def ended(self) -> str:
        """How it ended, in words."""
        ...


class NoPlace(Exception):
    """There is no room for another process while those work that were begun."""


Begin = Callable[..., AbstractContextManager[tuple[ShareProcess, Connection]]]
"""Begins a process that runs ``serve(connection, *arguments)``, and gives our end of the
connection; it is ended with the block."""


class LocalProcess:
    """A process of this machine."""

    elsewhere: ClassVar[bool] = False

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    def ended(self) -> str:
        """The signal or the exit code."""
        self._process.join(5)
        code = self._process.exitcode or 0
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@contextlib.contextmanager
def spawned(
    serve: Callable[..., None], *arguments: Any
) -> Iterator[tuple[LocalProcess, Connection]]:
    """A process of this machine: see `Begin`."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        yield LocalProcess(process), ours
    finally:
        ours.close()
        process.terminate()
        process.join(5)
        process.close()
