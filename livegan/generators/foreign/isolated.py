"""A network in a process of its own, which can be killed: its program is a stranger's."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import torch

from livegan.generators.errors import ModelError
from livegan.ipc.pipes import end, read, widen, write

START = "import sys; sys.path[:] = sys.argv[1:]; from livegan.generators.foreign.worker import main"
"""What the process runs; its path is ours, so that no file of the working folder is imported."""

FIRST_S = 20.0
"""Seconds that the first picture of a size may take, and reading the network."""
USUAL, SPARE_S = 10.0, 2.0
"""A later picture may take so many times as long as the slowest before it, and this."""
SHARE, PATIENCE = 0.5, 10.0
"""A process is late once it ran for this share of its time, or so many times its time is over."""


class Isolated:
    """Runs a network elsewhere.

    Parameters
    ----------
    kind : what it is, for messages; ``"TorchScript"`` or ``"ONNX"``.
    data : the bytes of its file, already checked.
    device : where it runs.

    Raises
    ------
    ModelError
        If it cannot be read; the reason is its reader's.
    """

    def __init__(self, kind: str, data: bytes, device: str = "cpu") -> None:
        self.kind = kind
        self.ended = ""
        """Why it does not run any more, if so."""
        self._lock = threading.Lock()
        self._slowest: dict[tuple[int, ...], float] = {}
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", f"{START}; main()", *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        widen(self._process)
        self.close: Callable[[], object] = weakref.finalize(self, end, self._process)
        try:
            head = {"do": "load", "kind": kind, "device": device}
            self.said: dict[str, Any] = self._ask(head, data, FIRST_S)[0]
            """What its reader says of it."""
        except ModelError:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def __call__(self, given: np.ndarray[Any, Any], **how: Any) -> np.ndarray[Any, Any]:
        """What the network gives for an array; `how` is for its kind's ``run`` in `worker`.

        Raises
        ------
        ModelError
            If it takes far longer than before, or its process has ended: for good.
        ValueError
            If its program refuses.
        """
        threads = torch.get_num_threads()
        limit = FIRST_S
        if given.shape in self._slowest:
            limit = USUAL * self._slowest[given.shape] + SPARE_S
        asked = {"do": "run", "threads": threads, "how": how, **described(given)}
        head, body = self._ask(asked, given.tobytes(), limit)
        self._slowest[given.shape] = max(self._slowest.get(given.shape, 0.0), head["seconds"])
        return np.frombuffer(body, head["numbers"]).reshape(head["shape"]).copy()

    def _ask(
        self, head: dict[str, Any], body: bytes, limit_s: float
    ) -> tuple[dict[str, Any], bytes]:
        """Send a message and wait for the answer."""
        with self._lock:
            if self.ended:
                raise ModelError(self.ended)
            done, late = threading.Event(), threading.Event()
            watching = (limit_s, done, late)
            threading.Thread(target=self._watch, args=watching, daemon=True).start()
            try:
                assert self._process.stdin is not None and self._process.stdout is not None
                write(self._process.stdin, head, body)
                answer, content = read(self._process.stdout)
            except (OSError, ValueError, EOFError) as error:
                self.close()
                self.ended = (
                    f"{self.kind} gave no picture within {limit_s:.2g} s and was ended; "
                    "take it out of the set"
                    if late.is_set()
                    else f"{self.kind} ended its process (out of memory, or refused by the system);"
                    " take it out of the set"
                )
                raise ModelError(self.ended) from error
            finally:
                done.set()
        if "refused" in answer:
            raise ModelError(answer["refused"])
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer, content

    def _watch(self, limit_s: float, done: threading.Event, late: threading.Event) -> None:
        """Kill a process that is late; one that hardly ran, on a busy machine, has longer."""
        began, wait_s = time.monotonic(), limit_s
        try:
            process = psutil.Process(self.pid)
            ran = sum(process.cpu_times()[:2])
            while not done.wait(wait_s):
                used = sum(process.cpu_times()[:2]) - ran
                if used > SHARE * limit_s or time.monotonic() - began > PATIENCE * limit_s:
                    late.set()
                    self._process.kill()
                    return
                wait_s = limit_s / 4
        except psutil.Error:  # it has ended
            return


def described(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """An array's shape and numbers, as they are sent ahead of it."""
    return {"shape": list(array.shape), "numbers": array.dtype.name}
