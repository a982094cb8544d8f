"""Sounds and pictures of the patches in docs/sound-in-a-set.md: ``python tools/patch_sounds.py``.

Each set of the page is rehearsed with the demo track; what its last patch played is kept as
docs/sounds/NAME.ogg, and pictures of the set as docs/sounds/NAME.jpg.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from livegan import share
from livegan.rehearsal import Rehearsal, rehearse
from livegan.rehearsal.patches import PatchTrack

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "sound-in-a-set.md"
SOUNDS = ROOT / "docs" / "sounds"
SET = re.compile(r"^```python\n(from livegan\.live import \*\n.*?)^```", re.S | re.M)
NAME = re.compile(r"@patch\ndef (\w+)")
START, SECONDS, SIDE = 20, 10, 256
MOMENTS = (2.6, 5.15, 7.65, 9.9)
"""Seconds of which pictures are kept."""


def main(wanted: list[str]) -> None:
    """Draw and play those of these names; all of them if none is given."""
    texts = [(NAME.findall(text)[-1], text) for text in SET.findall(PAGE.read_text())]
    texts.append(("synth", (ROOT / "sets" / "synth.py").read_text()))
    for name, text in ((n, t) for n, t in texts if not wanted or n in wanted):
        sound, pictures = played(text)
        write(SOUNDS / f"{name}.ogg", sound)
        strip = np.concatenate(pictures, axis=1)
        Image.fromarray(strip).save(SOUNDS / f"{name}.jpg", quality=84, optimize=True)
        print(f"{name}: peak {np.abs(sound).max():.2f}, {20 * np.log10(sound.std()):.1f} dB")


def played(text: str) -> tuple[NDArray[np.float32], list[NDArray[np.uint8]]]:
    """What the last patch of a set plays, (n, 2), and pictures of the set, (H, W, 3) each."""
    tracks: dict[int, list[NDArray[np.float32]]] = {}
    frames: list[NDArray[np.uint8]] = []
    add = PatchTrack.add

    def kept(track: PatchTrack, hop: Any) -> None:
        tracks.setdefault(id(track), []).append(np.array(hop))
        add(track, hop)

    with tempfile.TemporaryDirectory() as folder, patch.object(PatchTrack, "add", kept):
        path = Path(folder) / "set.py"
        path.write_text(text)
        what = Rehearsal(
            set=path, audio=share.demo_track(), start=START, seconds=SECONDS, fps=20, size=SIDE
        )
        rehearse(what, on_frame=lambda frame, pixels: frames.append(pixels.copy()))
    sound = np.concatenate(list(tracks.values())[-1])
    return sound, [frames[round(at * 20) - 1] for at in MOMENTS]


def write(path: Path, sound: NDArray[np.float32]) -> None:
    """An Opus file of (n, 2) samples at 48 kHz."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libopus", rate=48000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), "fltp", "stereo")
        frame.rate = 48000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)


if __name__ == "__main__":
    main(sys.argv[1:])
