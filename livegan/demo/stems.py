"""Compose a song and write its parts: ``python -m livegan.demo.stems FOLDER [STYLE]``.

``drums``, ``bass``, ``music`` and ``lead`` are files of one length, such as a band's tracks for
``livegan rehearse --audio drums=FOLDER/drums.wav``.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

from livegan.demo.composer import compose
from livegan.demo.composer.oscillators import Wave
from livegan.demo.composer.styles import STYLES
from livegan.saving import replacing
from livegan.sound import RATE

SEED, SECONDS = 3, 30.0


def write(samples: Wave, out: Path) -> None:
    """Write (n, 2) float32 at 48 kHz as a WAV file of 16 bits."""
    with replacing(out) as part, wave.open(str(part), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32767).round().astype("<i2").tobytes())


def main() -> None:
    """Compose and write."""
    if len(sys.argv) < 2:
        sys.exit("write: python -m livegan.demo.stems FOLDER [STYLE]")
    folder, style = Path(sys.argv[1]), (*sys.argv[2:], "techno")[0]
    if style not in STYLES:
        sys.exit(f"no style {style!r}; the styles are {', '.join(STYLES)}")
    folder.mkdir(parents=True, exist_ok=True)
    song = compose(style, SEED, SECONDS, stems=True)
    for name, samples in song.stems.items():
        write(samples, folder / f"{name}.wav")
    print(f"{folder}: {', '.join(song.stems)}, {SECONDS:g} s, {song.bpm:g} bpm, {song.key}")


if __name__ == "__main__":
    main()
