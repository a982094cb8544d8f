"""A process that is asked one thing after another, and replaced when it hangs or dies.

Code that can take a process with it (graphics drivers, pyo) runs in one; see `livegan.ipc.pipes`
for what goes over its pipes.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from typing import Any

import psutil

from livegan.ipc.pipes import Bytes, end, read, widen, write

START = "import sys; sys.path[:] = sys.argv[1:]; from {} import main; main()"
"""What the process runs; its path is ours, so that no file of the working folder is imported."""
SHARE, PATIENCE = 0.5, 3.0
"""A process is late once it ran for this share of its time, or so many times its time is over."""


class ProcessHung(Exception):
    """It took too long; it was ended."""


class ProcessGone(Exception):
    """It ended by itself; ``how`` is its exit status, negative for a signal, None if not known."""

    def __init__(self, why: str, how: int | None = None) -> None:
        super().__init__(why)
        self.how = how


class AskedProcess:
    """A process that runs ``main()`` of a module; for one thread at a time.

    ``gone`` is what is said of it when it has ended.
    """

    def __init__(self, module: str, *, gone: str = "its process has ended") -> None:
        self._why = gone
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        flags += ["-B"] * (sys.dont_write_bytecode and "-B" not in flags)
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", START.format(module), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        widen(self._process)
        self._answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None] = queue.SimpleQueue()
        arguments = (self._process, self._answers)
        threading.Thread(target=_listen, args=arguments, daemon=True, name=module).start()
        self.end = weakref.finalize(self, end, self._process)
        """End the process."""
        self._system = psutil.Process(self._process.pid)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self.end.alive and self._process.poll() is None

    def ask(
        self, head: dict[str, Any], bodies: Sequence[Bytes] = (), *, limit_s: float
    ) -> tuple[dict[str, Any], bytes]:
        """What it answers, and the bytes with it.

        Raises
        ------
        ProcessHung
            If it takes longer than ``limit_s`` of processor time, or much longer by the clock.
        ProcessGone
            If it ends.
        """
        assert self._process.stdin is not None
        ran, began, wait_s = self._ran(), time.monotonic(), limit_s
        try:
            write(self._process.stdin, {**head, "limit": PATIENCE * limit_s}, *bodies)
        except (OSError, ValueError):
            raise self._gone() from None
        while True:
            try:
                answer = self._answers.get(timeout=wait_s)
            except queue.Empty:
                # On a busy machine it may not have had its turn yet.
                late = time.monotonic() - began
                if self._ran() - ran < SHARE * limit_s and late < PATIENCE * limit_s:
                    wait_s = limit_s / 4
                    continue
                self.end()
                raise ProcessHung from None
            if answer is None:
                raise self._gone()
            return answer

    def _gone(self) -> ProcessGone:
        try:
            how = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            how = None
        self.end()
        return ProcessGone(self._why, how)

    def _ran(self) -> float:
        """Seconds that processors have spent on it."""
        try:
            return float(sum(self._system.cpu_times()[:2]))
        except psutil.Error:
            return 0.0


def _listen(
    process: subprocess.Popen[bytes],
    answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None],
) -> None:
    assert process.stdout is not None
    try:
        while True:
            answers.put(read(process.stdout))
    except (OSError, EOFError, ValueError):
        answers.put(None)
