"""Faults as values: what is done to a show, how it is undone, and what must be seen of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livegan.gremlins.show import Show

Message = Mapping[str, Any]

ROWS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "saves": ("broken sets are saved", "refused or rolled back, no frame missed"),
        "hangs": ("a set does not come back", "interrupted, or the engine replaced; blame"),
        "deaths": ("the engine dies or stops", "picture held, engine back with the last sound"),
        "device": ("the network's device fails", "refused, or the engine replaced"),
        "killers": ("a set kills the engine every time", "left out after two deaths"),
        "sound": ("the sound device goes and comes", "show plays on, device back by itself"),
        "sources": ("a camera or the like goes wrong", "its last picture stays; back by itself"),
        "patches": ("the sound of a set goes wrong", "show plays on; the patch back by itself"),
        "window": ("the window is closed, hidden, moved", "asks twice; comes back; others go on"),
        "files": ("the set's file is taken away", "last program plays; says what it waits for"),
        "models": ("checkpoints are broken", "refused, no code runs, picture goes on"),
        "memory": ("shared memory is small or full", "said at the start, or never a fault later"),
        "stage": ("the stage itself is killed", "no orphans, no leaks, next start clean"),
        "clock": ("clocks step, the machine sleeps", "time goes on; no burst of stale frames"),
    }
)
"""What is done to a show, by name: (what happens, what must happen)."""

FILE, DEVICE, STANDBY, FRESH = "file", "device", "standby", "fresh"
MANAGED = "managed"
"""In which show: one that hears a file, one that hears a sound device, one with a standby engine,
one that is started for this fault alone, or one on a screen with a window manager."""


@dataclass(frozen=True)
class Sight:
    """Something that must be seen in the show's log."""

    what: str
    """In words, for the sheet where it is missing."""
    found: Callable[[Message], bool]
    within: float = 10.0
    """Seconds after the strike; later counts as late, and much later as never."""


def _says(message: Message, words: tuple[str, ...]) -> bool:
    text = f"{message.get('text') or ''} {message.get('reason') or ''}"
    return all(word in text for word in words)


def refused(*words: str, line: bool = True, within: float = 6.0) -> Sight:
    """A save is refused in one line, which has these words and, if ``line``, a line of the set."""

    def found(message: Message) -> bool:
        if message.get("type") != "commit" or message.get("status") != "refused":
            return False
        where = str(message.get("where") or "")
        return bool(message.get("reason")) and (":" in where or not line) and _says(message, words)

    return Sight(_named("a refusal", words), found, within)


def faulted(*words: str, within: float = 10.0) -> Sight:
    """A node fails on the air: named, with its line."""

    def found(message: Message) -> bool:
        where = str(message.get("where") or "")
        return message.get("type") == "fault" and ":" in where and _says(message, words)

    return Sight(_named("a fault with its line", words), found, within)


def engine(kind: str, *words: str, within: float = 10.0) -> Sight:
    """The stage tells of its engine: ``kind`` is death, recovery, blocked or standby."""

    def found(message: Message) -> bool:
        return (
            message.get("type") == "engine"
            and message.get("kind") == kind
            and _says(message, words)
        )

    return Sight(_named(f"the engine's {kind}", words), found, within)


def told(*words: str, within: float = 10.0) -> Sight:
    """Any line with these words."""

    def found(message: Message) -> bool:
        return message.get("type") != "commit" and _says(message, words)

    return Sight(_named("a line", words), found, within)


def on_air(within: float = 15.0) -> Sight:
    """A save goes on the air."""

    def found(message: Message) -> bool:
        return message.get("type") == "commit" and message.get("status") == "on_air"

    return Sight("a program on the air", found, within)


def either(*sights: Sight) -> Sight:
    """One of several."""

    def found(message: Message) -> bool:
        return any(sight.found(message) for sight in sights)

    what = " or ".join(sight.what for sight in sights)
    return Sight(what, found, max(sight.within for sight in sights))


def _named(what: str, words: tuple[str, ...]) -> str:
    return what + (f" ({', '.join(map(repr, words))})" if words else "")


def nothing(show: Show) -> None:
    """Nothing to be done."""


def all_well(show: Show) -> list[str]:
    """Nothing more to be looked at."""
    return []


def save_good(show: Show) -> None:
    """The performer saves the set as it was.

    With another comment each time, as another version: the stage leaves out one under which the
    engine ended twice in a short time, whatever ended it.
    """
    show.mends += 1
    show.save(f"{show.good}\n# mended {show.mends}\n")


@dataclass(frozen=True)
class Gremlin:
    """One thing that goes wrong."""

    name: str
    row: str
    """Of `ROWS`."""
    strike: Callable[[Show], None]
    must: tuple[Sight, ...] = ()
    """All of it, in any order. The first that is seen is the show's one line."""
    mend: Callable[[Show], None] = save_good
    edits: bool = True
    """Mending it is a save that must go on the air."""
    back: float = 3.0
    """Seconds within which a new picture of the engine must come, counted from the last before."""
    gap: float = 0.5
    """Seconds that the window may at most be without a frame."""
    stands: float = 1.0
    """Seconds for which it is left so before it is mended."""
    dark: bool = False
    """The picture may be black meanwhile: a slip may have asked for just that."""
    window: bool = True
    """The window is there all the time; otherwise only another output is judged by its frames."""
    show: str = FILE
    needs: tuple[str, ...] = ()
    """What the machine must have: names of `livegan.gremlins.machine`."""
    before: Callable[[Show], None] = nothing
    """What must be so before it happens."""
    then: tuple[Sight, ...] = ()
    """What must be seen once it is mended."""
    also: Callable[[Show], list[str]] = all_well
    """What else must hold once it is mended: what is wrong, a line each."""
