"""Recording from an input device, in the process of `livegan.sound.inputs.feeder`."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs.devices import (
    Device,
    SoundStream,
    SourceError,
    UnknownDevice,
    channels_of,
    find_again,
    find_device,
    refresh,
)
from livegan.sound.inputs.feeder import RETRY, FeedPipe

Array = NDArray[np.float32]

WAITING = 400
"""Blocks that wait to be sent; the oldest go when the show is stopped and does not take them."""

PERIOD = 0.005
"""Seconds of sound a callback takes: half a hop."""

BUFFER = 0.03
"""Seconds the device may run ahead of the callback before sound is lost."""


def record(wire: FeedPipe, wanted: str | None, found: str | None) -> None:
    """Record an input device by name (None is the default), once it is there, until it is gone.
    The name may end in its channels: see `channels_of`.

    ``found`` is its whole name, if it was open before.
    """
    name, channels = channels_of(wanted or "")
    device, recording = opened(wire, name, channels, found)
    wire.say("open", name=device.name, rate=recording.rate, latency=recording.stream.latency)
    send(wire, device, recording, to_stereo)


def record_apart(wire: FeedPipe, wanted: str | None, found: str | None) -> None:
    """Likewise, the channels unmixed: ``"USB Audio:8"`` are its first eight, or all it has."""
    name, (count,) = channels_of(wanted or ":2")
    device, recording = opened(wire, name, range(1, count + 1), found, most=True)
    channels = len(recording.columns)
    wire.say(
        "open",
        name=device.name,
        rate=recording.rate,
        latency=recording.stream.latency,
        channels=channels,
    )
    send(wire, device, recording, lambda block: block)


def opened(
    wire: FeedPipe, name: str, channels: Sequence[int], found: str | None, most: bool = False
) -> tuple[Device, Recording]:
    """The device, once it is there, and its recording; ``most``: those of the channels it has."""
    while True:
        try:
            device = find_again(found, "input") if found else find_device(name or None, "input")
            if most:
                channels = [number for number in channels if number <= device.channels]
            return device, Recording(device, channels)
        except Exception as error:
            wire.say("waiting", reason=str(error), unknown=isinstance(error, UnknownDevice))
            time.sleep(RETRY)
            with suppress(SourceError):
                refresh()


def send(
    wire: FeedPipe, device: Device, recording: Recording, mix: Callable[[Array], Array]
) -> None:
    """Send what is recorded until the device is gone."""
    while recording.stream.alive:
        with suppress(queue.Empty):
            wire.sound(mix(recording.blocks.get(timeout=0.25)[:, recording.columns]))
    wire.say("gone", reason=f"sound input {device.name!r} is gone")


class Recording:
    """An open input; ``blocks`` are put by the device's own thread, and ``columns`` of them are to
    be heard. `SourceError` with the last refusal of a device that opens in no way."""

    def __init__(self, device: Device, channels: Sequence[int] = ()) -> None:
        if channels and not 1 <= min(channels) <= max(channels) <= device.channels:
            wrong = next(n for n in channels if not 1 <= n <= device.channels)
            has = f"{device.channels} channel{'s' * (device.channels != 1)}, counted from 1"
            raise UnknownDevice(f"sound input {device.name!r} has no channel {wrong}: it has {has}")
        self.columns: Any = [number - 1 for number in channels] or slice(None)
        self.blocks: queue.SimpleQueue[Array] = queue.SimpleQueue()
        refusal: Exception | None = None
        # 48 kHz needs no resampling later, which would cost 12 ms; the device's own rate and all of
        # its channels are what it cannot refuse.
        # At least two: systems that mix would make one channel of both.
        few = min(device.channels, max(2, *channels) if channels else 2)
        for rate, count in (
            (RATE, few),
            *(((RATE, device.channels),) if channels else ()),
            (round(device.rate), few),
            (round(device.rate), device.channels),
        ):
            self.rate = rate
            try:
                self.stream = SoundStream(lambda sd: self._open(sd, device, rate, count))  # noqa: B023
                return
            except Exception as error:
                refusal = error
        raise SourceError(f"sound input {device.name!r} does not open: {refusal}")

    def _open(self, sd: Any, device: Device, rate: int, channels: int) -> Any:
        return sd.InputStream(
            device=device.index,
            samplerate=rate,
            channels=channels,
            dtype="float32",
            # The buffer rides over a busy moment; sound is taken from it a period at a time.
            latency=max(BUFFER, device.latency),
            blocksize=round(PERIOD * rate),
            callback=self._take,
        )

    def _take(self, data: Array, frames: int, times: Any, status: Any) -> None:
        if self.blocks.qsize() > WAITING:
            with suppress(queue.Empty):
                self.blocks.get_nowait()
        self.blocks.put(data.copy())
        stream = getattr(self, "stream", None)  # the first call may come before it is set
        if stream is not None:
            stream.touch()
