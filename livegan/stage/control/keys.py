"""The keys of the stage, as data: help, documentation and dispatch read the same rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """A key: what is pressed (a character as typed, or a key's name), its action, what it does."""

    presses: tuple[str, ...]
    action: str
    does: str
    panic: bool = False
    """One of those that help when something goes wrong; they stand first."""

    @property
    def shown(self) -> str:
        """As the help prints it."""
        if len(self.presses) > 2:
            return f"{self.presses[0]} to {self.presses[-1]}"
        return " or ".join(p if len(p) > 1 else p.upper() for p in self.presses)


KEYS: tuple[Key, ...] = (
    Key(("space",), "hold", "hold the picture; again: go on", panic=True),
    Key(
        ("d",), "drift", "drift through the last pictures; again: a still; again: live", panic=True
    ),
    Key(("b",), "blackout", "fade to black; again: fade back", panic=True),
    Key(("u",), "undo", "undo: play the program before this one", panic=True),
    Key(("p",), "safe", "play the safe set at once; again: return", panic=True),
    Key(("?", "F1"), "help", "this list"),
    Key(("h",), "hud", "show numbers, meters and thumbnails"),
    Key(("c",), "code", "show the code of the set"),
    Key(("m",), "thumbs", "show thumbnails of slots and conditions in the HUD"),
    Key(("f", "F11"), "fullscreen", "fullscreen or window"),
    Key(("t",), "tap", "tap the tempo"),
    Key(("1", "2", "3", "4"), "solo", "show one slot alone; again, or 0: all"),
    Key(("0",), "all", "all slots"),
    Key(("s",), "screenshot", "save the picture into shows/"),
    Key(("r",), "record", "record what the audience sees, with the sound; again ends it"),
    Key(("escape",), "escape", "close the help; leave fullscreen"),
    Key(("q",), "quit", "end the show; press twice within four seconds"),
)

_ACTIONS = {press: key.action for key in KEYS for press in key.presses}


def action_of(typed: str, name: str) -> tuple[str, str] | None:
    """(action, press) of a key, by the character typed or by the key's name; None if it has none.

    Characters come first, so that ``?`` is where the performer's keyboard has it. Capitals count
    as small ones: the caps lock is not worth a missed cue.
    """
    for press in (typed, typed.lower(), name.upper(), name.lower()):
        if press and press in _ACTIONS:
            return _ACTIONS[press], press
    return None
