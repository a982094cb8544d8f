"""What the pilot is told at a moment, and what it wants to be done."""

from __future__ import annotations

from dataclasses import dataclass, field

from livegan.autopilot.choosing import MadeEdit
from livegan.autopilot.ear import MusicHeard
from livegan.autopilot.sight import PictureSeen
from livegan.plugin.autopilot_wish import AutopilotWish


@dataclass(frozen=True)
class Look:
    """All that the pilot is told at a moment."""

    heard: MusicHeard
    seen: PictureSeen = field(default_factory=PictureSeen)
    text: str = ""
    """What the set's file says."""
    wish: AutopilotWish = field(default_factory=AutopilotWish)
    change: float = 16.0
    """The least time between two moves, in beats."""
    swap: float = 4.0
    """The grid of beats that a save waits for; 0 for none."""
    beats_per_bar: int = 4
    waits: bool = False
    """A save is on its way to the air, and waits for its beat."""
    scenes: tuple[str, ...] = ()


@dataclass(frozen=True)
class WriteSet:
    """Save this text as the set."""

    text: str
    reason: str
    move: str
    at: float
    """Show time, in seconds."""


@dataclass(frozen=True)
class HurryOn:
    """What is cued is not to wait for its beat any more."""


@dataclass(frozen=True)
class PlayOther:
    """Another scene is to play."""

    scene: str
    reason: str
    at: float


@dataclass(frozen=True)
class SayLine:
    """A line for the performer."""

    text: str


Action = WriteSet | HurryOn | PlayOther | SayLine


@dataclass(frozen=True)
class Standing:
    """An edit that is in the text."""

    edit: MadeEdit
    at: float
    """In beats."""
    until: float
    """When it is taken back, in beats; infinite where it stays."""
    words: frozenset[str]
    """The encoders and mixers that it brought."""
