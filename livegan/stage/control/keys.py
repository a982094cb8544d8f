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
    Key(("space",), "hold", "hold the picture, or let it go on", panic=True),
    Key(("d",), "drift", "drift through recent pictures; then a still; then live", panic=True),
    Key(("b",), "blackout", "fade to black, or back", panic=True),
    Key(("u",), "undo", "undo: play the previous version", panic=True),
    Key(("p",), "safe", "play the safe set at once, or leave it", panic=True),
    Key(("?", "F1"), "help", "show or hide this list"),
    Key(("h",), "hud", "HUD: a line; numbers, meters and thumbnails; nothing"),
    Key(("c",), "code", "show or hide the code of the set"),
    Key(("m",), "thumbs", "show or hide the thumbnails in the HUD"),
    Key(("i",), "invite", "show or hide the QR code of the phone panel"),
    Key(("f", "F11"), "fullscreen", "switch between fullscreen and window"),
    Key(("w",), "fit", "fit a window to its wall: corners, mask, rotation, brightness"),
    Key(("a",), "autopilot", "let the autopilot play, or take over from it"),
    Key(("v",), "veto", "veto: take the autopilot's last move back; never again tonight"),
    Key(("o",), "menu", "choose the sound input, the sound output and the display"),
    Key(("t",), "tap", "tap the tempo"),
    Key(
        tuple("123456789"),
        "number",
        "play this scene; without scenes, show this slot alone",
    ),
    Key(("F5", "F6", "F7", "F8"), "solo", "show slot 1, 2, 3 or 4 alone, or all slots again"),
    Key(("0",), "all", "show all slots"),
    Key(("s",), "screenshot", "save the picture to the folder shows/"),
    Key(("r",), "record", "start or stop recording picture and sound"),
    Key(("escape",), "escape", "close this list; leave fullscreen"),
    Key(("q",), "quit", "end the show: press twice within four seconds"),
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
