"""Sound from an input device."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.devices import Device, SourceError, Stream, find_device, refresh
from livegan.sound.fifo import Fifo
from livegan.sound.sources import Note, SourceGone

Array = NDArray[np.float32]

PERIOD = 0.005
"""Seconds of sound a callback takes: half a hop."""

BUFFER = 0.03
"""Seconds the device may run ahead of the callback before sound is lost."""


class Capture:
    """An input by name (a part of it will do), or the default one.

    A device that vanishes is looked for by its whole name when it is opened again.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or "the default input"
        self.rate = RATE
        self._wanted = name
        self._found: str | None = None
        self._stream: Stream | None = None
        self._fifo = Fifo(1, 2)

    @property
    def latency(self) -> float:
        """Seconds from the device to the callback, as PortAudio says; 0 when it is closed."""
        return self._stream.latency if self._stream else 0.0

    def open(self, note: Note) -> None:
        """Find the device and record; `SourceError` names what there is instead."""
        self.close()
        if self._found is not None:
            refresh()
        device = find_device(self._found or self._wanted, "input")
        refusal: Exception | None = None
        # 48 kHz needs no resampling here, which would cost 12 ms; the device's own rate and all of
        # its channels are what it cannot refuse.
        stereo = min(2, device.channels)
        for rate, channels in (
            (RATE, stereo),
            (round(device.rate), stereo),
            (round(device.rate), device.channels),
        ):
            try:
                self._record(device, rate, channels)
                break
            except Exception as error:
                refusal = error
        else:
            raise SourceError(f"sound input {device.name!r} does not open: {refusal}")
        self.name, self._found = device.name, device.name

    def pull(self, frames: int) -> Array:
        """All that was recorded since the last call."""
        if self._stream is None or not self._stream.alive:
            raise SourceGone(f"sound input {self.name!r} is gone")
        return self._fifo.read()

    def close(self) -> None:
        """Stop recording."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _record(self, device: Device, rate: int, channels: int) -> None:
        fifo = Fifo(2 * rate, channels)
        opened: list[Stream] = []

        def callback(data: Array, frames: int, times: Any, status: Any) -> None:
            fifo.write(data)
            for stream in opened:
                stream.touch()

        stream = Stream(
            lambda sd: sd.InputStream(
                device=device.index,
                samplerate=rate,
                channels=channels,
                dtype="float32",
                # The buffer rides over a busy moment; sound is taken from it a period at a time.
                latency=max(BUFFER, device.latency),
                blocksize=round(PERIOD * rate),
                callback=callback,
            )
        )
        opened.append(stream)
        self._fifo, self._stream, self.rate = fifo, stream, rate
