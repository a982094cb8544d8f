"""Pictures and the sound of the show in one stream, timed by the sound: for a file or a network."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from livegan.sound import RATE

KEY_S = 2
"""Seconds from one key frame to the next, however many pictures come: fragments begin there, and
streaming services ask for them so often."""


class ShowSound(Protocol):
    """What the show hears, as `livegan.ipc.sound_ring.SoundRing` gives it."""

    @property
    def position(self) -> int:
        """Samples so far."""

    def samples(self, start: int, stop: int) -> NDArray[np.float32]:
        """(stop - start, 2) float32."""


class LiveFilm:
    """Writes into an open container. Call it on one thread.

    ``size`` is (width, height) of its pictures, rounded down to even numbers.
    """

    def __init__(
        self,
        container: Any,
        sound: ShowSound,
        size: tuple[int, int],
        *,
        encoder: str,
        options: dict[str, str],
        fps: int = 30,
        audio_rate: int = 192_000,
    ) -> None:
        self._container, self._sound, self._fps = container, sound, fps
        self._video = container.add_stream(encoder, rate=fps)
        self._video.width, self._video.height = size[0] & ~1, size[1] & ~1
        self._video.pix_fmt = "yuv420p"
        self._video.options = {**options, "g": str(KEY_S * fps)}
        self._audio = container.add_stream("aac", rate=RATE)
        self._audio.layout, self._audio.bit_rate = "stereo", audio_rate
        self._start = self._heard = sound.position
        self._last = self._key = -1

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self._heard - self._start) / RATE

    def write(self, pixels: NDArray[np.uint8]) -> bool:
        """One picture, (H, W, 3) uint8, and the sound up to now; False if the picture was left out
        because another one has its place.

        Raises
        ------
        OSError, ValueError
            If it cannot be written; PyAV's errors are of these.
        """
        position = self._sound.position
        at = (position - self._start) * self._fps // RATE
        taken = bool(at > self._last)
        if taken:
            self._last = at
            even = np.ascontiguousarray(pixels[: self._video.height, : self._video.width])
            frame = av.VideoFrame.from_ndarray(even)
            frame.pts, frame.time_base = at, Fraction(1, self._fps)
            if at // (KEY_S * self._fps) > self._key:
                self._key = at // (KEY_S * self._fps)
                frame.pict_type = PictureType.I
            self._mux(self._video.encode(frame))
        self._hear(position)
        return taken

    def _hear(self, until: int) -> None:
        block = self._audio.frame_size or 1024
        while self._heard + block <= until:
            samples = self._sound.samples(self._heard, self._heard + block)
            planes = np.ascontiguousarray(np.clip(samples.T, -1, 1), np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = self._heard - self._start
            self._mux(self._audio.encode(frame))
            self._heard += block

    def _mux(self, packets: Any) -> None:
        for packet in packets:
            self._container.mux(packet)

    def finish(self) -> None:
        """Write what the encoders hold back. The container is the caller's."""
        self._mux(self._video.encode())
        self._mux(self._audio.encode())
