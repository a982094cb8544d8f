"""Tiny films with known pictures and sound."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

RATE = 48000


def clicks(seconds: float) -> np.ndarray:
    """(n, 2) float32: a falling tone struck twice a second, louder on the left."""
    time = np.arange(int(seconds * RATE)) / RATE
    struck = np.exp(-12 * (time % 0.5)) * np.sin(2 * np.pi * (70 + 300 * (time % 1)) * time)
    return np.stack([0.7 * struck, 0.4 * struck], axis=1).astype(np.float32)


def shade(index: int) -> int:
    """The grey of a film's frame, by which the tests know it again."""
    return 40 + index * 7 % 200


def film(
    path: Path,
    seconds: float = 2.0,
    fps: int = 10,
    *,
    late: float = 0.0,
    sound: np.ndarray | None = None,
    with_sound: bool = True,
    width: int = 64,
    height: int = 48,
    still: bool = False,
    black: bool = False,
) -> Path:
    """Write a film: lossless picture and PCM sound, its first frame ``late`` seconds in."""
    samples = clicks(seconds + late) if sound is None else sound
    with av.open(str(path), "w") as out:
        video = out.add_stream("ffv1", rate=fps)
        video.width, video.height, video.pix_fmt = width, height, "yuv444p"
        audio = None
        if with_sound:
            audio = out.add_stream("pcm_s16le", rate=RATE)
            audio.layout = "stereo"
            ints = np.rint(samples * 32767).astype(np.int16).reshape(1, -1)
            block = av.AudioFrame.from_ndarray(ints, format="s16", layout="stereo")
            block.sample_rate = RATE
            block.pts = 0
            out.mux(audio.encode(block))
            out.mux(audio.encode(None))
        for index in range(int(seconds * fps)):
            grey = 0 if black else shade(0 if still else index)
            pixels = np.full((height, width, 3), grey, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv444p")
            frame.pts = index + round(late * fps)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path
