"""The process that records, so that a device or an address that hangs, or takes its process along,
costs the show nothing: `livegan.sound.inputs.feed` starts it, and starts another when it is gone.

It is told on the command line what to record (JSON), sends over its output what it records, and
ends when its input is closed.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import struct
import sys
import threading
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

FEEDS = {
    "device": "livegan.sound.inputs.recording:record",
    "desk": "livegan.sound.inputs.recording:record_apart",
    "network": "livegan.sound.inputs.receiving:receive",
    "ndi": "livegan.sound.inputs.ndi_receiving:receive",
}
"""What can be recorded, and by which function of (wire, wanted, found)."""

HEAD = struct.Struct("<cI")
"""Before each thing that is sent: b"J" or b"S" (a message in JSON, or float32 frames), bytes."""

RETRY = 1.0
"""Seconds between two attempts to open what is not there."""


class FeedPipe:
    """To the show: messages and sound."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def say(self, state: str, **fields: Any) -> None:
        """Send a message: ``state`` is "waiting" (``reason``), "open" or "gone" (``reason``)."""
        self._send(b"J", json.dumps({"state": state, **fields}).encode())

    def sound(self, block: Array) -> None:
        """Send sound, (n, 2) float32, or (n, channels) if the message "open" has ``channels``."""
        self._send(b"S", np.ascontiguousarray(block, "<f4").tobytes())

    def _send(self, kind: bytes, data: bytes) -> None:
        try:
            self._out.write(HEAD.pack(kind, len(data)) + data)
            self._out.flush()
        except (OSError, ValueError):  # nobody listens any more
            os._exit(0)


def main() -> None:
    """Entry of the process."""
    for name in ("SIGINT", "SIGHUP"):  # the terminal's are for the show, which ends this
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    task = json.loads(sys.argv[1])
    # What libraries print is not for the wire.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    wire = FeedPipe(out)
    try:
        module, _, function = FEEDS[task.pop("kind")].partition(":")
        getattr(importlib.import_module(module), function)(wire, **task)
    except Exception as error:
        wire.say("gone", reason=f"{type(error).__name__}: {error}")
    os._exit(0)  # a device that is gone may hang in its own clearing up


def _end_with(input_: BinaryIO) -> None:
    input_.read()
    os._exit(0)
