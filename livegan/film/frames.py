"""A film as files: a PNG or EXR for each picture, and the sound beside them."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from livegan.film.form import FilmError, Form
from livegan.saving import replacing, save_png, write_bytes
from livegan.sound import RATE
from livegan.sound.grid import STEPS

DIGITS = 6


class FrameFiles:
    """``FOLDER/NAME.000000.exr`` and so on for ``FOLDER/NAME.exr``, and ``NAME.wav``.

    EXR has linear light with the primaries of sRGB, as programs for film expect; PNG has what a
    screen shows.
    """

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self.form = path, form

    def place(self, index: int) -> Path:
        """Where a picture lies."""
        return self.path.with_name(f"{self.path.stem}.{index:0{DIGITS}d}{self.path.suffix}")

    def write(self, index: int, pixels: Any) -> None:
        """Write one picture, (H, W, 3) uint8 or uint16. `FilmError` if it cannot be."""
        place = self.place(index)
        try:
            if self.form.video == "png" and pixels.dtype == np.uint8:
                save_png(place, pixels)
            else:
                write_bytes(place, encoded(self.form, pixels))
        except (OSError, ValueError, av.FFmpegError) as error:
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"{place}: the picture cannot be written: {why}") from None

    def write_sound(self, sound: Callable[[int, int], Any], samples: int) -> None:
        """Write the sound of all pictures, 24 bits. `FilmError` if it cannot be."""
        place = self.path.with_suffix(".wav")
        try:
            with replacing(place) as beside, wave.open(str(beside), "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(3)
                file.setframerate(RATE)
                for start in range(0, samples, RATE):
                    block = sound(start, min(start + RATE, samples)).astype(np.float64)
                    whole = np.clip(np.rint(block * STEPS), -STEPS, STEPS - 1).astype("<i4")
                    file.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        except OSError as error:
            raise FilmError(f"{place}: the sound cannot be written: {error.strerror}") from None


def encoded(form: Form, pixels: NDArray[Any]) -> bytes:
    """One picture as the bytes of a file."""
    height, width = pixels.shape[:2]
    if form.video == "exr":
        full = np.iinfo(pixels.dtype).max
        light = linear(pixels.astype(np.float32) / np.float32(full))
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(light), format="gbrpf32le")
    else:
        deep = pixels if pixels.dtype == np.uint16 else pixels.astype(np.uint16) * 257
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(deep), format="rgb48le")
        frame = frame.reformat(format=form.pixels)
    codec: Any = av.CodecContext.create(form.video, "w")
    codec.width, codec.height, codec.pix_fmt = width, height, form.pixels
    codec.framerate, codec.options = 25, dict(form.options)
    return b"".join(bytes(packet) for packet in (*codec.encode(frame), *codec.encode(None)))


def linear(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values as a screen takes them, 0..1, as light (IEC 61966-2-1)."""
    dark = picture / np.float32(12.92)
    bright = ((picture + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.where(picture <= 0.04045, dark, bright).astype(np.float32)
