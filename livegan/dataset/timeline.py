"""One clock for a film whose timestamps start over."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from livegan.sound.media import GAP

SLACK = 0.1
"""Seconds by which a packet may miss the end of the one before: their lengths are rounded."""

NEAR = 5.0
"""Seconds that sound and picture of one moment lie apart in a file, at most."""

JUMP = 1.0
"""Seconds by which timestamps that jump are told from those that only waver."""

PATIENCE = 300
"""Packets of pictures that wait, at most, for the sound beside them."""


@dataclass
class TimelinePart:
    """A stretch of sound whose timestamps go on: ``first`` and ``last`` of them, in seconds."""

    shift: float
    first: float
    last: float


class Timeline:
    """When what a file holds is heard: its timestamps, or where they start over, what sounds then.

    Recordings that were put one behind the other count from zero again in the middle.
    `livegan.sound.media` plays the sound on where timestamps jump by `GAP` or more, back or
    forth, and believes them otherwise.  So do the pictures here: each is moved by as much as the
    sound beside it, and stays in sync with it.

    Parameters
    ----------
    start : the timestamp, in seconds, that is time 0.
    note : handed a line for each place where timestamps start over.
    """

    def __init__(self, start: float, note: Callable[[str], None]) -> None:
        self.moved = False
        """Whether timestamps started over so far."""
        self._start = start
        self._note = note
        self._shift = 0.0
        self._parts: list[TimelinePart] = []
        self._end = 0.0
        self._clock = 0.0

    def hear(self, time: float, duration: float) -> None:
        """The next packet of the sound in the file: its timestamp and length in seconds."""
        if not self._parts:
            self._parts.append(TimelinePart(0.0, time, time))
            self._end = self._clock = time
        shift = self._parts[-1].shift
        if -GAP <= time - self._clock < GAP:
            shift = 0.0
        elif abs(time - self._end) > SLACK:
            shift = self._clock - time
        if shift != self._parts[-1].shift:
            self._parts.append(TimelinePart(shift, time, time))
        part = self._parts[-1]
        part.last = time
        self._end = time + duration
        self._clock = max(self._clock, self._end + shift)
        if len(self._parts) > 1 and part.last - part.first > 2 * NEAR:
            # By now the pictures of earlier ones have been read, too.
            self._parts = [part]

    def knows(self, time: float) -> bool:
        """Whether the sound of about this timestamp was the last to be read."""
        return bool(self._parts) and abs(time - self._parts[-1].last) <= NEAR

    def shift(self, time: float) -> float:
        """Seconds to be added to the timestamp of a picture that was read now."""
        if not self._parts:
            return 0.0
        return min(reversed(self._parts), key=lambda part: abs(time - part.last)).shift

    def joined(self, packets: Iterable[Any], sound: int) -> Iterator[Any]:
        """The `av.Packet` of the pictures, their timestamps moved; ``sound`` is a stream's index.

        Both streams are read together; a picture whose timestamp jumps waits for the sound beside
        it, which says where it belongs.
        """
        waiting: deque[Any] = deque()
        last: float | None = None
        for packet in packets:
            if packet.stream.index == sound:
                if packet.pts is not None:
                    length = float((packet.duration or 0) * packet.time_base)
                    self.hear(float(packet.pts * packet.time_base) - self._start, length)
            else:
                waiting.append(packet)
            while waiting:
                time = self._time(waiting[0])
                jumped = time is not None and last is not None and abs(time - last) > JUMP
                if jumped and len(waiting) < PATIENCE and not self.knows(time or 0.0):
                    break
                last = last if time is None else time
                yield self._placed(waiting.popleft(), time)
        for packet in waiting:
            yield self._placed(packet, self._time(packet))

    def _time(self, packet: Any) -> float | None:
        """When a packet is decoded, in seconds by the timestamps of the file."""
        stamp = packet.pts if packet.dts is None else packet.dts
        return None if stamp is None else float(stamp * packet.time_base) - self._start

    def _placed(self, packet: Any, time: float | None) -> Any:
        if time is None:  # the end, for which the decoder hands out what it has
            return packet
        if (shift := self.shift(time)) != self._shift:
            self._shift, self.moved = shift, True
            at = f"{time + shift:.1f} s ({round(time, 1) + 0:.1f} by its own count)"
            self._note(f"its timestamps start over at {at}; it goes on there, as its sound does")
        ticks = round(shift / packet.time_base)
        if ticks and packet.pts is not None:
            packet.pts += ticks
        if ticks and packet.dts is not None:
            packet.dts += ticks
        return packet
