"""Ctrl-C, or the system's wish to end a process, that lets a long work end in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupt:
    """Inside, the first Ctrl-C or SIGTERM is an answer to :meth:`asked`; the second ends at once.

    So does the first if nobody has asked yet: then nothing is done that could be lost.  On any
    thread but the main one it does nothing.

    ``told`` is called at once at the first one, on a thread of its own: the one that was
    interrupted may be at anything.
    """

    def __init__(self, told: Callable[[], None] | None = None) -> None:
        self.pressed = False
        self._told = told
        self._first = threading.Event()
        self._teller: threading.Thread | None = None
        self._listening = False
        self._before: dict[signal.Signals, Any] = {}

    def asked(self) -> bool:
        """Whether to end."""
        self._listening = True
        return self.pressed

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._press) for number in SIGNALS}
            if self._told is not None:
                self._teller = threading.Thread(target=self._tell, daemon=True)
                self._teller.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        if self._teller is not None:
            self._first.set()
            self._teller.join()

    def _tell(self) -> None:
        self._first.wait()
        if self._told is not None and self.pressed:
            self._told()

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        if self.pressed or not self._listening:
            raise KeyboardInterrupt
        self.pressed = True
        self._first.set()
