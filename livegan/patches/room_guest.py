"""The process that plays patches aloud: the room's sound device, whatever its driver does."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.patches.room import Array, RoomMix
from livegan.sound import HOP, RATE
from livegan.sound.inputs.devices import (
    SoundStream,
    SourceError,
    channels_of,
    find_device,
    refresh,
)
from livegan.sound.inputs.fifo import Fifo
from livegan.sound.limiter import Limiter
from livegan.stage.outputs.hosting import GuestPipe

LOOK_S = 0.002
WAIT_HOPS = 1
"""How long patches have to play what the room hears: most need a tenth of it."""
READY = 2 * HOP
"""Samples that are kept ahead of the device, for a process that has to wait for its turn."""
SLACK = HOP
"""By so many samples they may be more or fewer, before one is left out or added in a hop: that
follows the clock of the device, and is not heard."""
AGAIN_S = 2.0
"""Between two tries to open a device."""


class RoomPlayer:
    """Adds up the rings of the patches that are heard, and plays them through a device."""

    def __init__(self, main: SoundRing, device: str) -> None:
        """``device`` is a part of its name, and channels, such as ``"USB Audio:3,4"``; empty is
        the default one."""
        self._main = main
        self._name, self._channels = channels_of(device)
        self._room, self._limiter = RoomMix(), Limiter()
        self._rings: dict[str, SoundRing] = {}
        self._fifo = Fifo(RATE, 2)
        self._stream: SoundStream | None = None
        self._flowing = False
        self._level = float(READY)
        self._next = main.position // HOP
        self._tried = -AGAIN_S
        self._said = ""

    def hear(self, keys: list[str]) -> None:
        """Play these patches."""
        self._room.hear(keys, self._next)

    def turn(self) -> str:
        """Mix what is due; a line if there is news of the device."""
        if self._room.silent:
            self._next = self._main.position // HOP
            return ""
        said = self._keep_open()
        if self._main.position // HOP - self._next > 10:  # there was a pause
            self._next = self._main.position // HOP - WAIT_HOPS - 1
        while self._main.position >= (self._next + 1 + WAIT_HOPS) * HOP:
            start = self._next * HOP
            hop = self._limiter.step(self._room.mix(self._read, start, start + HOP))
            self._next += 1
            if self._stream is not None:
                self._push(hop)
        return said

    def _read(self, key: str, start: int, stop: int) -> Array:
        ring = self._rings.get(key)
        if ring is None or ring.position < start - RATE:  # it is not there, or was made anew
            try:
                self._rings[key] = ring = SoundRing.attach(ring_of(self._main.name, key))
            except (OSError, ValueError):
                return np.zeros((stop - start, 2), np.float32)
        return ring.samples(start, stop)

    def _push(self, hop: Array) -> None:
        there = len(self._fifo)
        if there > RATE // 5:  # the device has stopped for a while
            self._fifo.read(there - READY)
            there = READY
        self._level += (there - self._level) * 0.05
        count = HOP
        if self._flowing and abs(self._level - READY) > SLACK:
            count += 1 if self._level < READY else -1
        if count != HOP:
            at = np.linspace(0, HOP - 1, count)
            hop = np.stack([np.interp(at, np.arange(HOP), side) for side in hop.T], axis=1)
        self._fifo.write(np.ascontiguousarray(hop, np.float32))

    def _keep_open(self) -> str:
        if self._stream is not None and self._stream.alive:
            return ""
        now = time.monotonic()
        if now - self._tried < AGAIN_S:
            return ""
        self._tried = now
        gone, self._stream = self._stream, None
        if gone is not None:
            gone.close()
        try:
            refresh()
            self._open()
        except Exception as error:
            said = f"patches are not heard in the room: {error}"
        else:
            assert self._stream is not None
            delay = (WAIT_HOPS + 1) * HOP + READY
            late = 1000 * (delay / RATE + self._stream.latency)
            said = f"patches are heard through {self._device}, {late:.0f} ms after they are played"
        if said == self._said:
            return ""
        self._said = said
        return said

    def _open(self) -> None:
        device = find_device(self._name or None, "output")
        most = max(self._channels, default=min(2, device.channels))
        if most > device.channels:
            raise SourceError(f"{device.name} has {device.channels} channels, not {most}")
        wanted = self._channels or tuple(range(1, most + 1))
        self._device = device.name
        opened: list[SoundStream] = []
        self._flowing = False

        def callback(data: Array, frames: int, times: Any, status: Any) -> None:
            data[:] = 0
            for stream in opened:
                stream.touch()
            if not self._flowing and len(self._fifo) < READY:
                return
            block = self._fifo.read(frames)
            if not self._flowing or len(block) < frames:
                edge = np.linspace(0, 1, len(block), dtype=np.float32)[:, None]
                block = block * (edge if not self._flowing else edge[::-1])
            self._flowing = len(block) == frames
            sides = block if len(wanted) > 1 else block.mean(axis=1, keepdims=True)
            for place, channel in enumerate(wanted):
                data[: len(block), channel - 1] = sides[:, place % sides.shape[1]]

        def open_stream(sd: Any) -> Any:
            # WASAPI refuses other rates than its own unless it is asked to convert.
            wasapi = device.host == "Windows WASAPI"
            extra = sd.WasapiSettings(auto_convert=True) if wasapi else None
            return sd.OutputStream(
                device=device.index,
                samplerate=RATE,
                channels=most,
                dtype="float32",
                latency="low",
                callback=callback,
                extra_settings=extra,
            )

        self._fifo = Fifo(RATE, 2)
        self._level = float(READY)
        self._stream = SoundStream(open_stream)
        opened.append(self._stream)

    def close(self) -> None:
        """Let go of the device and the memory."""
        if self._stream is not None:
            self._stream.close()
        for ring in (self._main, *self._rings.values()):
            ring.close()


def play(connection: Connection, options: dict[str, Any]) -> None:
    """Play aloud what the stage says, until told to end."""
    line = GuestPipe(connection)
    try:
        room = RoomPlayer(SoundRing.attach(options["sound_ring"]), str(options["device"]))
    except FileNotFoundError:  # the stage that made the memory is gone
        return
    line.opened()
    try:
        while (message := line.next()) is not None:
            if "hear" in message:
                room.hear(message["hear"])
            with line.at_work():
                said = room.turn()
            if said:
                line.note(said)
            time.sleep(LOOK_S)
    finally:
        room.close()
