"""Songs made from a seed, with the exact times of everything in them.

The demo track and the soundtracks of the films that livegan's own models learn from are written
here, and the analysis is measured on them: a :class:`Song` knows its kicks, snares and beats to
the sample.
"""

from livegan.demo.composer.song import Section, Song, compose
from livegan.demo.composer.styles import STYLES, Style

__all__ = ["STYLES", "Section", "Song", "Style", "compose"]
