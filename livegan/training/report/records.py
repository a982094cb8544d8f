"""What a training leaves to be looked at: a line per save, TensorBoard, the contact sheet."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

EVERY = 5.0
"""Seconds between two points of TensorBoard's curves."""


class RecordsError(Exception):
    """TensorBoard was asked for and is not installed; one line: what to do."""


class Records:
    """``log.jsonl`` and, if ``tensorboard``, ``tensorboard/`` in the folder of a training.

    ``tensorboard=None`` is: if it is installed.

    Raises
    ------
    RecordsError
        If it is asked for and not installed.
    """

    def __init__(
        self,
        work: Path,
        tensorboard: bool | None,
        step: int,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.work, self._note = work, note
        installed = importlib.util.find_spec("tensorboard") is not None
        if tensorboard and not installed:
            raise RecordsError("TensorBoard is not installed: pip install 'livegan[tensorboard]'")
        self._writer: Any = None
        self._last = -EVERY
        if installed and tensorboard is not False:
            from torch.utils.tensorboard.writer import SummaryWriter

            # What was written after the state that is taken up again is hidden by it.
            folder = str(work / "tensorboard")
            self._writer = SummaryWriter(folder, purge_step=step)

    def step(self, number: int, numbers: dict[str, float]) -> None:
        """Points of the curves, every few seconds."""
        now = time.monotonic()
        if self._writer is not None and now - self._last >= EVERY:
            self._last = now
            with self._optional():
                for name, value in numbers.items():
                    self._writer.add_scalar(name, value, number)

    def save(self, number: int, elapsed: float, losses: dict[str, float], val_l1: Any) -> None:
        """A line of ``log.jsonl``; the held-out distance and the sheet for TensorBoard.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        line = {"step": number, "seconds": round(elapsed, 1), **losses, "val_l1": val_l1}
        with (self.work / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
        if self._writer is None:
            return
        sheet = np.asarray(Image.open(self.work / "sheet.png"))
        with self._optional():
            if val_l1 is not None:
                self._writer.add_scalar("held-out L1", val_l1, number)
            self._writer.add_image("sheet", sheet, number, dataformats="HWC")
            self._writer.flush()

    def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            with self._optional():
                self._writer.close()

    @contextlib.contextmanager
    def _optional(self) -> Iterator[None]:
        """If TensorBoard's files cannot be written, go on without them."""
        try:
            yield
        except OSError as error:  # of an earlier write: it writes on a thread of its own
            self._writer = None
            self._note(f"TensorBoard's files cannot be written ({error}); it goes on without them")
