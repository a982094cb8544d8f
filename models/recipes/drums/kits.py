"""Strokes out of the drum kits of SoundFonts: those of General MIDI, and recorded ones.

Needs `pip install tinysoundfont`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tinysoundfont
from drums.oneshots import RATE, Wave, trimmed

_SECONDS = 1.5
_VELOCITIES = (45, 80, 105, 127)
_GM = {
    "kick": (35, 36),
    "snare": (38, 40),
    "tom": (41, 43, 45, 47, 48, 50),
    "hat": (42, 44, 46, 49, 51, 53),
}
# Recorded kits with their own layout: more hats where General MIDI has toms.
_AVL = {"kick": (36,), "snare": (38, 40), "tom": (41, 43, 45, 47), "hat": (42, 44, 46, 49, 51, 57)}


def kits(fonts: list[Path]) -> dict[str, list[list[Wave]]]:
    """Strokes by class, each a list of instruments, each a list of strokes from soft to hard."""
    result: dict[str, list[list[Wave]]] = {kind: [] for kind in _GM}
    known: set[bytes] = set()
    for font in fonts:
        synth = tinysoundfont.Synth(samplerate=RATE)
        sound = synth.sfload(str(font))
        bank, layout = (0, _AVL) if "LV2" in font.stem else (128, _GM)
        for preset in range(49):
            if not synth.sfpreset_name(sound, bank, preset):
                continue
            synth.program_select(0, sound, bank, preset)
            for kind, keys in layout.items():
                for key in keys:
                    strokes = [_stroke(synth, key, velocity) for velocity in _VELOCITIES]
                    heard = [stroke for stroke in strokes if stroke is not None]
                    # Kits of one font share many of their samples.
                    mark = b"".join(np.round(8 * w[:4800:37]).astype("i1").tobytes() for w in heard)
                    if heard and mark not in known:
                        known.add(mark)
                        result[kind].append(heard)
    return result


def _stroke(synth: tinysoundfont.Synth, key: int, velocity: int) -> Wave | None:
    synth.noteon(0, key, velocity)
    wave = np.frombuffer(synth.generate(int(_SECONDS * RATE)), np.float32).copy()
    synth.noteoff(0, key)
    synth.sounds_off()
    return trimmed(wave.reshape(-1, 2).mean(axis=1))
