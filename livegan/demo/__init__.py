"""The demo track: a minute of music that loops, composed by livegan, for when there is no other."""

from __future__ import annotations

from pathlib import Path

STYLE, SEED, BPM, SECONDS = "techno", 7, 128.0, 60.0


def track() -> Path:
    """The demo track: Ogg Opus, stereo, 48 kHz, one minute; its end leads into its start."""
    return Path(__file__).with_name("demo.ogg")
