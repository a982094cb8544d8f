"""Input devices that several inputs of a show share: each is opened once, whoever hears it.

Some systems let a device be opened only once (ALSA without a sound server, ASIO), so each input
takes its channels out of one recording.  A show with a single input does without all this.
"""

from __future__ import annotations

import threading

import numpy as np

from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs.capture import Array, Capture
from livegan.sound.inputs.devices import SourceAway, SourceError, channels_of
from livegan.sound.inputs.fifo import Fifo
from livegan.sound.source import Note, SourceGone


class Desk:
    """The devices of one show."""

    def __init__(self) -> None:
        self._devices: dict[str, SharedDevice] = {}

    def source(self, wanted: str = "", patient: bool = True) -> DeskInput:
        """Some channels of a device, not open yet: ``"USB Audio:1,2"``; see `Capture`."""
        name, channels = channels_of(wanted)
        device = self._devices.setdefault(name.casefold(), SharedDevice(name))
        return DeskInput(device, channels, patient)


class SharedDevice:
    """One device, recorded with as many channels as are asked for."""

    def __init__(self, name: str) -> None:
        self._wanted = name
        self._capture: Capture | None = None
        self._count = 0
        self._inputs: list[DeskInput] = []
        self._opening = threading.Lock()
        """Held while the device is opened, for which no sound waits."""
        self._reading = threading.Lock()

    def join(self, new: DeskInput, note: Note) -> Capture:
        """Record the device with the channels of one more input; SourceError as of `Capture`.

        One that asks for a higher channel than is recorded opens the device again: the others are
        silent for that moment.
        """
        with self._opening:
            with self._reading:
                new.held = Fifo(4 * RATE, 2)
                if new not in self._inputs:
                    self._inputs.append(new)
            count = max(2, *(max(each.channels, default=1) for each in self._inputs))
            capture = self._capture
            if capture is None or count > self._count:
                self._close()
                self._count = count
                capture = Capture(f"{self._wanted}:{count}", kind="desk", patient=new.patient)
                self._capture = capture
            try:
                if not capture.there:
                    capture.open(note)  # its process looks on while the device is away
                missing = [n for n in new.channels if not 1 <= n <= capture.channels]
                if missing:
                    has = f"it has {capture.channels}, counted from 1"
                    raise SourceError(f"{capture.name!r} has no channel {missing[0]}: {has}")
            except SourceAway:
                raise
            except SourceError:
                self._leave(new)
                raise
            return capture

    def read(self, wanted: DeskInput) -> Array:
        """What came of one input; SourceGone if the device is gone."""
        capture = self._capture
        if capture is None or self._opening.locked():
            return np.zeros((0, 2), np.float32)
        with self._reading:
            block = capture.pull(0)
            there = capture.channels  # it may come back with fewer
            if max(wanted.channels, default=1) > there:
                raise SourceGone(f"{capture.name!r} has {there} channels")
            for each in self._inputs:
                if len(block) and max(each.channels, default=1) <= there:
                    each.held.write(each.of(block))
            return wanted.held.read()

    def leave(self, old: DeskInput) -> None:
        """Record it no more for one of them; close it after the last."""
        with self._opening:
            self._leave(old)

    def _leave(self, old: DeskInput) -> None:
        with self._reading:
            if old in self._inputs:
                self._inputs.remove(old)
        if not self._inputs:
            self._close()

    def _close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.close()


class DeskInput:
    """Some channels of a device: a `livegan.sound.source.Source`."""

    def __init__(self, device: SharedDevice, channels: tuple[int, ...], patient: bool) -> None:
        self.channels, self.patient = channels, patient
        self._columns = [number - 1 for number in channels]
        self.name = "the default input"
        self.rate = RATE
        self.held = Fifo(4 * RATE, 2)
        self._device = device

    def open(self, note: Note) -> None:
        """Record; where there is nothing to record yet, SourceAway."""
        capture = self._device.join(self, note)
        channels = ",".join(map(str, self.channels))
        self.name = capture.name + (f":{channels}" if channels else "")
        self.rate = capture.rate

    def pull(self, frames: int) -> Array:
        """All that was recorded since the last call, (n, 2)."""
        return self._device.read(self)

    def of(self, block: Array) -> Array:
        """Its channels of a block, (n, 2); the first two if none were named."""
        return to_stereo(block[:, self._columns or slice(0, 2)])

    def close(self) -> None:
        """Record no more; twice is harmless."""
        self._device.leave(self)
