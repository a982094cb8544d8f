"""The names of the features of sound, in the order of their columns."""

from __future__ import annotations

FEATURES: tuple[str, ...] = (
    "level",
    "low",
    "mid",
    "high",
    "centroid",
    "onset",
    "kick",
    "snare",
    "bpm",
    "beats",
)
"""One column of a feature row each; see `livegan.sound.analysis` for ranges."""

INDEX: dict[str, int] = {name: column for column, name in enumerate(FEATURES)}
"""Column of each name."""
