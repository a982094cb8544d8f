"""Compose the demo track again: ``python -m livegan.demo [FILE]``."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np

from livegan.demo.composer import compose
from livegan.demo.composer.oscillators import Wave
from livegan.files import location
from livegan.saving import replacing
from livegan.share import demo_track
from livegan.sound import RATE

STYLE, SEED, BPM, SECONDS = "techno", 7, 128.0, 60.0
"""Thirty-two bars: a quiet intro that builds, the beat, a break that builds, everything."""


def encode(samples: Wave, out: Path, bit_rate: int = 128_000) -> None:
    """Write (n, 2) float32 at 48 kHz as Ogg Opus; the same samples give the same file."""
    options = {"fflags": "+bitexact"}
    with (
        replacing(out) as part,
        av.open(location(part), "w", format="ogg", options=options) as file,
    ):
        stream = file.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = bit_rate
        for first in range(0, len(samples), RATE):
            block = np.ascontiguousarray(samples[first : first + RATE].T)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate = RATE
            frame.pts = first
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def main() -> None:
    """Compose and encode."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else demo_track()
    if not out.parent.is_dir():
        sys.exit(f"{out.parent} is not a folder; make it first")
    song = compose(STYLE, SEED, SECONDS, BPM, loop=True)
    encode(song.samples, out)
    print(f"{out}: {len(song.samples) / RATE:g} s, {song.key}, {out.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
