"""What a rehearsal hears: a recording, read as it is needed, and the silence after its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from livegan.engine.commit.script import Refusal
from livegan.sound import RATE
from livegan.sound.media import duration, ends_at, open_media
from livegan.sound.soundtrack import Soundtrack

SILENCE = np.zeros((RATE // 4, 2), np.float32)
LISTEN = 5 * RATE
"""Samples that are heard in a row before the start, until it is told how far that is."""


class RehearsalSound:
    """Of one rehearsal; times in seconds."""

    def __init__(
        self, audio: Path | None, start: float, seconds: float | None, bpm: float | None
    ) -> None:
        """``seconds`` None is to the end of ``audio``; ``bpm`` None follows the music."""
        self.audio, self.start, self.wanted = audio, start, seconds
        self.length: int | None = None
        """Samples of the recording, once they were counted."""
        if audio is None and seconds is None:
            self.wanted = 1.0
        self.track = Soundtrack(self._read, analyse=True, bpm=bpm)

    @property
    def seconds(self) -> float:
        """How long it was played."""
        if self.wanted is not None:
            return self.wanted
        return (self.length or 0) / RATE - self.start

    def begin(self, told: Callable[[float, float], None]) -> str:
        """Listen up to the start; a line about what was asked for and is not there, or nothing.

        Raises
        ------
        Refusal
            If the sound ends before the start.
        """
        note = ""
        if self.audio is not None:
            end = duration(self.audio)
            if end <= self.start + (self.wanted or 0.0):
                end = ends_at(self.audio)  # what the file says of itself may be a guess
            if end <= self.start:
                raise self._nothing(end)
            if self.wanted is not None and end < self.start + self.wanted - 0.05:
                note = f"{self.audio.name} ends at {end:.1f} s: silence follows it"
        stop = round(self.start * RATE)
        for position in range(LISTEN, stop, LISTEN):
            self.track.hear(position)
            told(position / RATE, self.start)
        self.track.hear(stop)
        if self.audio is not None and self.length is not None and self.length <= stop:
            raise self._nothing(self.length / RATE)
        if self.wanted == 0:
            raise Refusal("--seconds 0 leaves nothing to rehearse")
        return note

    def _nothing(self, end: float) -> Refusal:
        reason = f"the sound ends at {end:.1f} s"
        return Refusal(f"there is nothing to rehearse from {self.start:g} s: {reason}")

    def expected(self, fps: float) -> int:
        """How many pictures it will be: for certain if its seconds are given."""
        seconds = self.wanted
        if seconds is None:
            assert self.audio is not None
            seconds = duration(self.audio) - self.start
        return max(1, round(seconds * fps))

    def lasts(self, index: int, fps: float) -> bool:
        """Whether there is a picture of this number; what it shows was heard then."""
        if self.wanted is not None:
            there = index < self.expected(fps)
            self.track.hear(round((self.start + index / fps) * RATE) if there else 0)
            return there
        # The end of the recording is nearer to this picture than to the next.
        middle = int((self.start + (index + 0.5) / fps) * RATE)
        self.track.hear(middle)
        return not index or self.length is None or middle < self.length

    def span(self, start: int, stop: int) -> Any:
        """(n, 2) samples, counted from the start of the rehearsal."""
        first = int(self.start * RATE)
        self.track.hear(first + stop)
        return self.track.samples(first + start, first + stop)

    def _read(self) -> Iterator[Any]:
        count = 0
        for block in open_media(self.audio) if self.audio is not None else ():
            count += len(block)
            yield block
        self.length = count
        while True:
            yield SILENCE
