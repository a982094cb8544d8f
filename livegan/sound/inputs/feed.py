"""Sound that another process records: see `livegan.sound.inputs.feeder`."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.clock import Lull
from livegan.sound.inputs.feeder import HEAD, PACKET
from livegan.sound.inputs.fifo import Fifo
from livegan.sound.network.packet import Packet

Array = NDArray[np.float32]

STARTING = 30.0
"""Seconds a process may take to say the first thing: a busy machine imports slowly."""

HUNG = 10.0
"""Seconds without a word of a process that waits for its device; it says every second that it
does. Drivers hang when a device is pulled out."""

PACKETS = 20000
"""Packets that wait to be read: the oldest go while the show is stopped."""

GOODBYE = 2.0
"""Seconds that are waited for a process that was killed."""

FEED = (
    "import sys; sys.path[:] = sys.argv[2:]; from livegan.sound.inputs.feeder import main; main()"
)
"""What the process runs; its path is ours, so that no file of the working folder is imported."""


class Feed:
    """A process that records, from its start to its end.

    Attributes
    ----------
    state : "starting", "waiting" (for what it is to record), "open", or "gone" for good.
    reason : why it waits or is gone, in one line.
    unknown : it waits for a name that nothing has.
    name, rate, channels, latency : of what is open.
    warnings : lines for the performer; whoever shows one takes it away.
    """

    def __init__(self, *, kind: str, wanted: str | None, found: str | None) -> None:
        """``kind`` is one of `livegan.sound.inputs.feeder.FEEDS`, the others are what it takes."""
        task = {"kind": kind, "wanted": wanted, "found": found}
        self.state, self.reason, self.unknown = "starting", "", False
        self.name, self.rate, self.channels, self.latency = "", RATE, 2, 0.0
        self._fifo = Fifo(4 * RATE, 2)
        self._packets: deque[Packet] = deque(maxlen=PACKETS)
        self.warnings: deque[str] = deque(maxlen=16)
        self._heard = time.monotonic()
        self._lull = Lull(self._heard)
        self._told = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-c", FEED, json.dumps(task), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Sound libraries print whatever they try in vain, every second.
            stderr=subprocess.DEVNULL,
        )
        self._reader = threading.Thread(target=self._read, name="sound feed", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def settle(self) -> str:
        """Wait until it is known what there is, and give the state: never "starting"."""
        with self._told:
            if not self._told.wait_for(lambda: self.state != "starting", STARTING):
                self.state, self.reason = "gone", "it does not answer"
        return self.state

    @property
    def hung(self) -> bool:
        """Whether it has not said for long that it still waits."""
        return self.state != "open" and time.monotonic() - self._heard > HUNG

    @property
    def quiet(self) -> float:
        """Seconds since it last sent something, for one thread that asks over and over."""
        return self._lull.seconds(time.monotonic())

    def read(self) -> Array:
        """The sound since the last call, (n, channels)."""
        return self._fifo.read()

    def packets(self) -> list[Packet]:
        """The packets of the network that came since the last call."""
        found: list[Packet] = []
        while self._packets:
            found.append(self._packets.popleft())
        return found

    def close(self) -> None:
        """End the process; twice is harmless.

        One that a driver holds in the kernel ends when the driver lets it go; nobody waits for it.
        """
        self._process.kill()
        burial = threading.Thread(target=self._bury, name="sound feed ends", daemon=True)
        burial.start()
        burial.join(GOODBYE)

    def _bury(self) -> None:
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        out = self._process.stdout
        assert out is not None
        try:
            while head := _whole(out, HEAD.size):
                kind, length = HEAD.unpack(head)
                data = _whole(out, length)
                self._heard = time.monotonic()
                self._lull.heard(self._heard)
                if kind == b"P":
                    at, arrived, rate, epoch = PACKET.unpack_from(data)
                    block = np.frombuffer(data, "<f4", offset=PACKET.size).reshape(-1, 2)
                    self._packets.append(Packet(block, at, rate, arrived, epoch))
                elif kind == b"S":
                    self._keep(np.frombuffer(data, "<f4").reshape(-1, self.channels))
                else:
                    self._hear(json.loads(data))
        except (OSError, ValueError, struct.error) as error:  # killed in the middle of a packet
            self._end(f"{type(error).__name__}: {error}")
        else:
            self._end("its process has ended")

    def _keep(self, block: Array) -> None:
        for begin in range(0, len(block), RATE):
            self._fifo.write(block[begin : begin + RATE])

    def _hear(self, message: dict[str, Any]) -> None:
        if "warning" in message:
            self.warnings.append(message["warning"])
            return
        with self._told:
            self.name = message.get("name", self.name)
            self.rate = message.get("rate", self.rate)
            self.latency = message.get("latency", self.latency)
            if self.channels != message.get("channels", self.channels):
                self.channels = message["channels"]
                self._fifo = Fifo(4 * RATE, self.channels)
            self.reason = message.get("reason", "")
            self.unknown = message.get("unknown", False)
            self.state = message["state"]
            self._told.notify_all()

    def _end(self, why: str) -> None:
        with self._told:
            if self.state != "gone":
                self.state, self.reason = "gone", f"{self.name or 'the sound'} is gone: {why}"
            self._told.notify_all()


def _whole(pipe: IO[bytes], size: int) -> bytes:
    """So many bytes, or none at the end of the pipe."""
    data = pipe.read(size) if size else b""
    return data if len(data) == size else b""
