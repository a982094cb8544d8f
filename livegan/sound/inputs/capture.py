"""Sound that is captured: from an input device, from a network, or from an NDI sender."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.inputs.devices import STALLED, SourceAway, SourceError, channels_of
from livegan.sound.inputs.feed import Feed
from livegan.sound.network.jitter_buffer import JitterBuffer
from livegan.sound.network.packet import Line
from livegan.sound.source import KINDS, Note, SourceGone

Array = NDArray[np.float32]

PACKETS = ("network", "vban", "ndi")
"""Kinds whose sound comes in packets that may be late."""

OVERDUE = STALLED + 1.5
"""Seconds without sound after which the process that records is given up; it says itself that its
device has stalled, if it can."""


class Capture:
    """A source that a process of its own records, so that a driver which hangs or crashes costs
    the show nothing; after it was gone it is looked for by its whole name.

    Parameters
    ----------
    wanted : the name of an input (a part of it will do; None is the default one), with or without
        its channels (``"USB Audio:3,4"``), an address, or a part of an NDI sender's name.
    kind : which of these; "desk" is an input whose channels are not mixed, ``"USB Audio:8"`` as
        many of them as there are up to the eighth.
    patient : what is not there is waited for (`SourceAway`); otherwise a name that no input has
        is refused (`SourceError`).
    delay : seconds that sound of a network is held back; None follows the line.
    """

    def __init__(
        self,
        wanted: str | None = None,
        *,
        kind: Literal["device", "desk", "network", "vban", "ndi"] = "device",
        patient: bool = True,
        delay: float | None = None,
    ) -> None:
        self.name = wanted or "the default input"
        self.rate = RATE
        self._wanted, self._kind, self._patient = wanted, kind, patient
        self._found: str | None = None
        self._feed: Feed | None = None
        self._note: Note = lambda text: None
        self._warned: set[str] = set()
        self._spent = False
        self._buffer = JitterBuffer(delay) if kind in PACKETS else None

    @property
    def latency(self) -> float:
        """Seconds from the device to the process, as PortAudio says; 0 when it is closed."""
        return self._feed.latency if self._feed is not None else 0.0

    @property
    def line(self) -> Line | None:
        """What is known of the way from the network; None of a device."""
        return None if self._buffer is None else self._buffer.line

    @property
    def channels(self) -> int:
        """Columns of what is pulled: of a desk, the channels that the device has."""
        return self._feed.channels if self._feed is not None else 2

    @property
    def there(self) -> bool:
        """Whether it is open and the device has not gone."""
        return self._feed is not None and self._feed.state == "open"

    @property
    def pid(self) -> int | None:
        """Of the process that records."""
        return self._feed.pid if self._feed is not None else None

    def open(self, note: Note) -> None:
        """Record; where there is nothing to record yet, an error, and the process looks on."""
        self._note = note
        feed = self._feed
        # One that opened since it was last looked at is taken; one that was played from is spent.
        if feed is not None and (self._spent or feed.state == "gone" or feed.hung):
            self.close()
        if self._feed is None:
            self._spent = False
            self._feed = Feed(kind=self._kind, wanted=self._wanted, found=self._found)
        feed = self._feed
        state = feed.settle()
        if state == "open":
            self._found = feed.name
            _, channels = channels_of(self._wanted or "") if self._kind == "device" else ("", ())
            self.name = feed.name + (f":{','.join(map(str, channels))}" if channels else "")
            self.rate, self._spent = feed.rate, True
            if self._buffer is not None:
                self._buffer.renew()
            return
        why = feed.reason
        if feed.unknown and not self._patient and self._found is None:
            self.close()
            name = channels_of(str(self._wanted))[0] if self._kind == "desk" else self._wanted
            wait = f"device:{name} waits until it is plugged in"
            raise SourceError(f"{why}; {KINDS}; {wait}")
        if state == "gone":
            self.close()
        raise SourceAway(why)

    def pull(self, frames: int) -> Array:
        """All that was recorded since the last call, (n, 2), or (n, channels) of a desk; of a
        network, what is asked for, or nothing until the line is known."""
        feed = self._feed
        if feed is None or feed.state != "open":
            raise SourceGone(feed.reason if feed is not None else f"{self.name} is closed")
        if feed.quiet > OVERDUE:
            raise SourceGone(f"{self.name} has stalled")
        if self._buffer is None:
            return feed.read()
        while feed.warnings:
            if (warning := feed.warnings.popleft()) not in self._warned:
                self._warned.add(warning)
                self._note(warning)
        for packet in feed.packets():
            self._buffer.push(packet)
        return self._buffer.pull(frames, time.monotonic())

    def close(self) -> None:
        """Stop recording; twice is harmless."""
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
        if self._buffer is not None:
            self._buffer.close()
