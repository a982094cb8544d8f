"""Receiving the sound of an NDI sender, in the process of `livegan.sound.inputs.feeder`.

NDI is a registered trademark of Vizrt NDI AB (https://ndi.video).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.picture_sources.senders import LOST, find_sender
from livegan.sound import RATE
from livegan.sound.inputs.feeder import FeedPipe

Array = NDArray[np.float32]

LOOK = 0.02
"""Seconds between looks for sound. At 5 ms the library ran dry now and then and gave silence, at 20
never; it holds about 65 ms then."""
SEARCH = 0.25  # seconds between looks for senders
SILENT = 2.5
"""Seconds without any sound after which a sender counts as gone; silence is sound as well."""


class NdiSound:
    """The sound of one sender, by the whole name of it, of its stream, or by a part of it; the
    first one if the name is empty."""

    def __init__(self, wanted: str) -> None:
        from cyndilib.audio_frame import AudioFrameSync
        from cyndilib.finder import Finder
        from cyndilib.receiver import Receiver
        from cyndilib.wrapper.ndi_recv import RecvBandwidth

        self._wanted = wanted
        self._finder: Any = Finder()
        self._finder.open()
        self._receiver: Any = Receiver(
            bandwidth=RecvBandwidth.audio_only, recv_name="livegan sound"
        )
        self._frame: Any = AudioFrameSync()
        self._frame.sample_rate, self._frame.num_channels = RATE, 2
        self._receiver.frame_sync.set_audio_frame(self._frame)
        self._taken = 0.0
        self.name = ""
        """Of the sender that is received: ``HOST (stream)``."""

    def find(self) -> str:
        """Look for the sender and connect to it; why there is none, or empty."""
        self._finder.update_sources()
        there = list(self._finder.get_source_names())
        found = find_sender(self._wanted, there)
        if found is None:
            named = f"no NDI sender is called {self._wanted!r}" if self._wanted else "no NDI sender"
            others = "; ".join(sorted(there))
            return f"{named} ({f'there is {others}' if others else 'none is there'})"
        self._receiver.set_source(self._finder.get_source(found))
        self.name = found
        return ""

    @property
    def connected(self) -> bool:
        """Whether the sender is there."""
        return bool(self._receiver.is_connected())

    def read(self, now: float) -> Array:
        """The sound since the last call, (n, 2); ``now`` is `time.monotonic()`.

        The library gives as much as it is asked for, faster or slower, so it is asked by the
        clock. It follows a sender whose clock differs. (`capture_available_audio` gave zeros:
        cyndilib 0.1.3.)
        """
        frames = self._receiver.frame_sync
        held = frames.audio_samples_available()
        due = round((now - self._taken) * RATE)
        if not held or due > RATE:  # it begins, or the machine slept
            self._taken = now
            return np.zeros((0, 2), np.float32)
        taken = frames.capture_audio(min(due, held)) if due > 0 else 0
        self._taken += taken / RATE
        if not taken:
            return np.zeros((0, 2), np.float32)
        samples: Array = np.nan_to_num(self._frame.get_array().T, posinf=0.0, neginf=0.0)
        return samples


def receive(wire: FeedPipe, wanted: str | None, found: str | None) -> None:
    """Receive the sound of a sender, until it is gone. ``found`` is its whole name, if known."""
    sound = NdiSound(found or wanted or "")
    reason = sound.find()
    while reason:
        wire.say("waiting", reason=reason)
        time.sleep(SEARCH)
        reason = sound.find()
    wire.say("waiting", reason=f"{sound.name} sends no sound")
    here = came = said = time.monotonic()
    opened = False
    while True:
        time.sleep(LOOK)
        now = time.monotonic()
        block = sound.read(now)
        if len(block):
            if not opened:
                wire.say("open", name=sound.name, rate=RATE)
                opened = True
            wire.sound(block)
            came = now
        if sound.connected:  # of a sender that went, the library goes on giving silence
            here = now
        if opened and (now - here > LOST or now - came > SILENT):
            break
        if not opened and now - said > 1.0:  # a sign of life
            wire.say("waiting", reason=f"{sound.name} sends no sound")
            said = now
    wire.say("gone", reason=f"no more sound comes from {sound.name}")
