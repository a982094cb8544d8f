"""What a set or a performer wants to lead the beat. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livegan.plugin.closest import suggestion
from livegan.plugin.now import FASTEST_BPM, SLOWEST_BPM

TempoLeader = Literal["music", "tap", "number", "midi", "link"]
"""What can lead the beat."""
WORDS: tuple[TempoLeader, ...] = ("music", "tap", "midi", "link")
"""Of them, those that have a word; a number is one itself."""


def checked_bpm(bpm: float) -> float:
    """A tempo that can be. Raises ValueError for another, also for what is no number."""
    if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
        span = f"between {SLOWEST_BPM:g} and {FASTEST_BPM:g}"
        raise ValueError(f"a tempo of {bpm:g} bpm: it must be {span}")
    return bpm


@dataclass(frozen=True)
class TempoWish:
    """What is to lead the beat.

    ``bpm`` is the tempo of a number. For taps and clocks it is the tempo until they come, and the
    one of a rehearsal; None is that of the music.
    """

    follow: TempoLeader = "music"
    bpm: float | None = None

    @classmethod
    def of(cls, word: str | None, bpm: float | None) -> TempoWish:
        """As ``settings(tempo=word, bpm=bpm)`` says it; None, 0 and "" are not said.

        Raises ValueError for another word, for a number that is out of range, and where the two
        contradict each other.
        """
        if bpm:
            checked_bpm(bpm)
        if not word:
            return cls("number", bpm) if bpm else cls()
        follow = next((known for known in WORDS if known == word), None)
        if follow is None:
            words = ", ".join(f'"{known}"' for known in WORDS)
            raise ValueError(f"tempo is {words} or a number, got {word!r}{suggestion(word, WORDS)}")
        if follow == "music" and bpm:
            raise ValueError('tempo="music" follows the music, so leave bpm out')
        return cls(follow, bpm or None)

    def __str__(self) -> str:
        return f"{self.bpm:g} bpm" if self.follow == "number" else self.follow
