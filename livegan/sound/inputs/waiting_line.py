"""A source that may come and go, at the rate of the show."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np
import soxr
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs.devices import SourceAway
from livegan.sound.source import Source

Array = NDArray[np.float32]
Note = Callable[[str], None]

RETRY = 1.0
"""Seconds between two attempts to reach a source that is gone."""


class WaitingLine:
    """A source, made 48 kHz stereo on the way, and looked for again when it is gone."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.waiting = ""
        """Why there is silence, in a line."""
        self._closed = threading.Event()
        self._connecting: threading.Thread | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._rate = RATE

    def open(self, note: Note) -> None:
        """Begin; a source that is away is waited for. `SourceError` if it cannot be had at all."""
        try:
            self.source.open(note)
        except SourceAway as error:
            self._wait(f"{error}; silence until it is there", note)

    def pull(self, wanted: int, note: Note) -> Array:
        """What came since, (n, 2) at 48 kHz; nothing while the source is gone. Never waits."""
        nothing: Array = np.zeros((0, 2), np.float32)
        if self.waiting:
            return nothing
        try:
            rate = self.source.rate
            raw = self.source.pull(-(-wanted * rate // RATE))
            block = to_stereo(raw)
            if not np.isfinite(block).all():
                block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        except Exception as error:
            if not self._closed.is_set():  # or it was replaced this moment
                self._wait(f"{error}; silence until it is back", note)
            return nothing
        if rate != self._rate or (self._resampler is None and rate != RATE):
            self._rate = rate
            self._resampler = (
                None if rate == RATE else soxr.ResampleStream(rate, RATE, 2, quality="HQ")
            )
        if self._resampler is not None and len(block):
            block = self._resampler.resample_chunk(np.ascontiguousarray(block))
        return block

    def close(self) -> None:
        """Close the source, and look for it no more."""
        self._closed.set()
        if self._connecting is not None:
            self._connecting.join(3.0)
        self.source.close()

    def _wait(self, why: str, note: Note) -> None:
        self.waiting = why
        note(why)
        self._connecting = threading.Thread(
            target=self._reconnect, args=(note,), name="reconnect sound", daemon=True
        )
        self._connecting.start()

    def _reconnect(self, note: Note) -> None:
        while not self._closed.wait(RETRY):
            try:
                self.source.open(note)
            except Exception as error:
                logging.getLogger("livegan").debug("not back yet: %s", error)
                continue
            if self._closed.is_set():  # it came while the show ended
                self.source.close()
                return
            self._resampler = None
            note(f"{self.source.name} is back")
            self.waiting = ""
            return
