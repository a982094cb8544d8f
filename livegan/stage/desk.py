"""The desk: the performer's switches, and what each key does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from livegan.stage.view import NOTE_SECONDS, Note

Message = dict[str, Any]
Order = Message | Literal["tap", "screenshot", "fullscreen", "quit"]
"""What a key asks of others: a message for the engine, or something of the stage."""

QUIT_WITHIN = 2.0  # seconds between the two presses
HINT_SECONDS = 2.0


@dataclass(frozen=True)
class Desk:
    """How the switches stand. Immutable: `press` gives the next desk."""

    hud: bool = True
    code: bool = False
    help: bool = False
    thumbs: bool = True
    frozen: bool = False
    black: bool = False
    solo: int | None = None
    """The slot that is seen alone, from 0."""
    fullscreen: bool = False
    quit_at: float = float("-inf")
    """When the show was last asked to end."""
    hint: Note | None = None
    """The answer to the last key."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What is held, for the HUD."""
        solo = "" if self.solo is None else f"solo {self.solo + 1}"
        held = ("frozen" * self.frozen, "blackout" * self.black, solo)
        return tuple(flag for flag in held if flag)

    @property
    def standing(self) -> tuple[Message, ...]:
        """What an engine that has just started must be told."""
        return (
            {"type": "thumbs", "on": self.hud and self.thumbs},
            {"type": "solo", "slot": self.solo},
        )

    def press(self, action: str, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        """The desk after a key of `livegan.stage.keys`, and what is to be done, in order."""
        after, orders = getattr(self, f"_{action}")(pressed, now)
        return after, orders

    def say(self, text: str, now: float) -> Desk:
        """With a hint that is gone in two seconds."""
        return replace(self, hint=Note(text, now - NOTE_SECONDS + HINT_SECONDS))

    def _help(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        return replace(self, help=not self.help), ()

    def _hud(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        after = replace(self, hud=not self.hud)
        return after, after.standing[:1]

    def _thumbs(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        after = replace(self, thumbs=not self.thumbs)
        return after, after.standing[:1]

    def _code(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        return replace(self, code=not self.code), ()

    def _fullscreen(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        return replace(self, fullscreen=not self.fullscreen), ("fullscreen",)

    def _escape(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        if self.help:
            return replace(self, help=False), ()
        return self._fullscreen(pressed, now) if self.fullscreen else (self, ())

    def _freeze(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        after = replace(self, frozen=not self.frozen)
        return after.say("frozen" if after.frozen else "going on", now), ()

    def _blackout(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        after = replace(self, black=not self.black)
        return after.say("blackout" if after.black else "fading in", now), ()

    def _undo(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        return self.say("undo", now), ({"type": "undo"},)

    def _tap(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        return self, ("tap",)

    def _solo(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        slot = int(pressed) - 1
        after = replace(self, solo=None if self.solo == slot else slot)
        return after, after.standing[1:]

    def _all(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        after = replace(self, solo=None)
        return after, after.standing[1:]

    def _screenshot(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        return self, ("screenshot",)

    def _quit(self, pressed: str, now: float) -> tuple[Desk, tuple[Order, ...]]:
        if now - self.quit_at <= QUIT_WITHIN:
            return self, ("quit",)
        return replace(self, quit_at=now).say("once more to end the show", now), ()
