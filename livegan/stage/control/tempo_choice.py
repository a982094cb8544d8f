"""Who leads the beat: the tempo of --bpm, the performer, the set, or the music. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from livegan.plugin.tempo_wish import TempoLeader, TempoWish


@dataclass(frozen=True)
class TempoLine:
    """What leads the beat, for people: "link, 2 peers"."""

    follow: TempoLeader = "music"
    clock: str = ""
    """Of a clock from outside: whose it is, or that it is lost."""
    there: bool = True
    """Whether that clock is there."""

    def __str__(self) -> str:
        word = "fixed" if self.follow == "number" else self.follow
        return f"{word}, {self.clock}" if self.clock else word


@dataclass(frozen=True)
class TempoChoice:
    """What was asked for so far. Immutable: `hear` gives the next one."""

    given: TempoWish | None = None
    """``--bpm``, or what the performer gave since: it leads, but for taps."""
    said: TempoWish = field(default_factory=TempoWish)
    """What the set on the air says."""

    @property
    def wish(self) -> TempoWish:
        """What is to lead."""
        return self.said if self.given is None else self.given

    def hear(self, said: TempoWish) -> tuple[TempoChoice, bool, str]:
        """A program goes on the air whose set says this: what follows, whether that leads from now
        on, and a line for the performer.

        A set that says what the one before it said changes nothing, so taps stand.
        """
        if said == self.said:
            return self, False, ""
        after = replace(self, said=said)
        if self.given is None:
            return after, True, ""
        if said == TempoWish() or said == self.given:
            return after, False, ""
        stays = f"the tempo stays at {self.given}: the set asks for {said}"
        return after, False, f"{stays}; `livegan tell tempo set` follows it"

    def give(self, wish: TempoWish | None) -> TempoChoice:
        """The performer decides who leads, or leaves it to the set with None."""
        return replace(self, given=wish)
