"""NDI: pictures over the local network, to mixers and media servers that know NDI.

Through cyndilib, which brings the NDI runtime. NDI is a registered trademark of Vizrt NDI AB
(https://ndi.video).
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.builtin.outputs.ndi_sound import BLOCK, SoundBeside
from livegan.ipc.sound_ring import SoundRing
from livegan.sound import RATE as SOUND_RATE
from livegan.stage.streams.formats import Format

RATE = Fraction(60)
"""Pictures a second that receivers are promised at most: livegan sends them as they are drawn."""
SMALLEST = 16
"""Width and height below which the runtime ends the process (4:2:2 needs whole pairs of pixels)."""
UNSEEN = 1.0
"""Seconds from one picture to the next while no receiver is there."""
MISSING = "NDI needs the package cyndilib: pip install 'livegan[ndi]'"


def told(error: ImportError) -> str:
    """Why cyndilib cannot be used, and how to get it where it is missing, in one line."""
    return MISSING if isinstance(error, ModuleNotFoundError) else f"NDI cannot be loaded: {error}"


class NdiOutput:
    """One NDI sender. It stays when no receiver is there; then a picture costs next to nothing."""

    format = Format("rgba")

    def __init__(
        self,
        name: str,
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sound: SoundBeside | None = None,
    ) -> None:
        """``sound`` is sent beside the pictures."""
        self.name, self._note, self._clock, self._sound = name, note, clock, sound
        self._received = False
        self._sent = -math.inf
        self._sender: Any = None
        self._size = (0, 0)

    def send(self, pixels: NDArray[np.uint8], *, time: float = 0.0) -> None:
        """Send a (H, W, 4) uint8 picture that shows the sound up to ``time``, in seconds of the
        show. Raises RuntimeError if it was not taken.

        A picture of another size needs a new sender: receivers lose this one for some seconds and
        find the new one by its name.
        """
        height, width, _ = pixels.shape
        wide, high = max(SMALLEST, width + width % 2), max(SMALLEST, height)
        if (wide, high) != (width, height):
            edges = ((0, high - height), (0, wide - width), (0, 0))
            pixels = np.pad(pixels, edges, mode="edge")
        try:
            if (wide, high) != self._size:
                self._open(wide, high)
            now = self._clock()
            self._received = bool(self._sender.get_num_connections(0.0))
            if self._sound is not None:
                self._sound.picture(round(time * SOUND_RATE))
            if now - self._sent < UNSEEN and not self._received:
                return  # the runtime would code the picture for nobody
            self._sent = now
            self._sender.write_video(pixels.reshape(-1))
        except Exception as error:  # cyndilib raises plain exceptions
            self.close()
            raise RuntimeError(f"NDI {self.name!r}: a picture was not sent ({error})") from None

    def turn(self) -> None:
        """Send the sound that is due; called again and again between pictures."""
        if self._sound is None or self._sender is None:
            return
        for block in self._sound.blocks():
            if self._received:
                self._sender.write_audio(block)

    def _open(self, width: int, height: int) -> None:
        from cyndilib.sender import Sender
        from cyndilib.video_frame import VideoSendFrame
        from cyndilib.wrapper.ndi_structs import FourCC

        first = self._sender is None
        self.close()
        frame = VideoSendFrame()
        frame.set_fourcc(FourCC.RGBX)
        frame.set_frame_rate(RATE)
        frame.set_resolution(width, height)
        sender = Sender(self.name, clock_video=False, clock_audio=False)
        sender.set_video_frame(frame)
        if self._sound is not None:
            sender.set_audio_frame(_sound_frame())
        sender.open()
        self._sender, self._size = sender, (width, height)
        if first:
            self._note(f"other programs see it as {sender.name}")

    def close(self) -> None:
        """Take the sender off the network."""
        sender, self._sender, self._size = self._sender, None, (0, 0)
        self._sent = -math.inf
        if sender is not None:
            with contextlib.suppress(Exception):
                sender.close()


def _sound_frame() -> Any:
    from cyndilib.audio_frame import AudioSendFrame

    frame = AudioSendFrame(BLOCK)
    frame.sample_rate, frame.num_channels = SOUND_RATE, 2
    return frame


def open_ndi(
    name: str, *, note: Callable[[str], None], sound: str, ndi_audio: bool = False
) -> NdiOutput:
    """An NDI sender called ``name``, with ``ndi_audio`` the sound of the show beside it.

    ``sound`` is the name of the show's sound ring. Raises RuntimeError, in one line, without
    cyndilib.
    """
    try:
        import cyndilib.sender  # noqa: F401
    except ImportError as error:
        raise RuntimeError(told(error)) from None
    beside = None
    if ndi_audio:
        try:
            beside = SoundBeside(SoundRing.attach(sound))
        except (OSError, ValueError):
            note("the sound of the show is not there, so the picture is sent alone")
    return NdiOutput(name, note, sound=beside)
