"""What a rehearsal hears: recordings, read as they are needed, and the silence after their end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
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
        self,
        audio: Path | None,
        start: float,
        seconds: float | None,
        bpm: float | None,
        inputs: Mapping[str, Path] | None = None,
    ) -> None:
        """``seconds`` None is to the end of ``audio``; ``bpm`` None follows the music. ``inputs``
        are recordings of named inputs on the same timeline; without ``audio`` their sum is heard,
        up to the end of the longest."""
        self.start, self.wanted = start, seconds
        stems = inputs or {}
        self.files = list(stems.values()) if audio is None else [audio]
        """What is heard: the sum of these."""
        self.length: int | None = None
        """Samples of the recording, once they were counted."""
        if not self.files and seconds is None:
            self.wanted = 1.0
        self.inputs = {name: Soundtrack(partial(_endless, file)) for name, file in stems.items()}
        """The named inputs, heard as far as `track` is."""
        self.track = InStep(self._read, self.inputs.values(), bpm)

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
        if self.files:
            end = max(map(duration, self.files))
            if end <= self.start + (self.wanted or 0.0):
                end = max(map(ends_at, self.files))  # what a file says of itself may be a guess
            if end <= self.start:
                raise self._nothing(end)
            if self.wanted is not None and end < self.start + self.wanted - 0.05:
                names = " + ".join(file.name for file in self.files)
                note = f"{names} ends at {end:.1f} s: silence follows it"
        stop = round(self.start * RATE)
        for position in range(LISTEN, stop, LISTEN):
            self.track.hear(position)
            told(position / RATE, self.start)
        self.track.hear(stop)
        if self.files and self.length is not None and self.length <= stop:
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
            seconds = max(map(duration, self.files)) - self.start
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
        for block in added_up([open_media(file) for file in self.files]):
            count += len(block)
            yield block
        self.length = count
        while True:
            yield SILENCE


class InStep(Soundtrack):
    """What a rehearsal hears; other recordings are heard as far as it is."""

    def __init__(
        self, read: Callable[[], Iterator[Any]], others: Iterable[Soundtrack], bpm: float | None
    ) -> None:
        super().__init__(read, analyse=True, bpm=bpm)
        self._others = tuple(others)

    def hear(self, position: int) -> bool:
        """Read on until ``position`` samples were heard."""
        for each in self._others:
            each.hear(position)
        return super().hear(position)


def _endless(file: Path) -> Iterator[Any]:
    """The sound of a file, and silence after it."""
    yield from open_media(file)
    while True:
        yield SILENCE


def added_up(sounds: Sequence[Iterator[Any]]) -> Iterator[Any]:
    """The sum of sounds, as blocks of (n, 2), to the end of the longest."""
    if len(sounds) == 1:
        yield from sounds[0]
        return
    rests = [np.zeros((0, 2), np.float32) for _ in sounds]
    while True:
        for place, sound in enumerate(sounds):
            while len(rests[place]) < len(SILENCE):
                block = next(sound, None)
                if block is None:
                    break
                rests[place] = np.concatenate([rests[place], block])
        count = min(len(SILENCE), max(map(len, rests), default=0))
        if not count:
            return
        total = np.zeros((count, 2), np.float32)
        for place, rest in enumerate(rests):
            part, rests[place] = rest[:count], rest[count:]
            total[: len(part)] += part
        yield total
