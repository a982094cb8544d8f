"""Switches of the performer, and what each key does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from livegan.ipc.messages import PlayScene, Safe, Solo, Thumbs, ToEngine, Undo
from livegan.stage.fallback.ladder import Asked
from livegan.stage.overlay.view import NOTE_SECONDS, NoteLine

Order = (
    ToEngine
    | Literal[
        "tap", "screenshot", "record", "fullscreen", "fit", "menu", "quit", "blackout",
        "autopilot", "veto",
    ]
)  # fmt: skip
"""What a key asks of others: a message for the engine, or something of the stage."""

HudShown = Literal["small", "full", ""]
HUDS: tuple[HudShown, ...] = ("small", "full", "")
"""What key h goes through."""
QUIT_WITHIN = 4.0  # seconds between the two presses
DOUBLE_CLICK = 0.5  # seconds: two clicks on the window's button within are one
HINT_SECONDS = 2.0
DRIFTS: dict[Asked, tuple[Asked, str]] = {
    "drift": ("still", "still"),
    "still": ("", "live"),
}
"""What key d leads to from where it was, and what is said; from anywhere else to the drift."""


def shown_hud(wanted: bool, operator: bool) -> HudShown:
    """How much of the HUD is shown from the start."""
    return ("full" if operator else "small") if wanted or operator else ""


@dataclass(frozen=True)
class Switches:
    """How the switches stand. Immutable: `press` gives the next switches."""

    hud: HudShown = "small"
    """A line, all of it, or "" for none."""
    code: bool = False
    operator: bool = False
    """The stage's window is the operator's; the audience has one of its own."""
    help: bool = False
    thumbs: bool = True
    watched: bool = False
    """Somebody outside the window looks at the thumbnails."""
    invite: bool | None = None
    """The QR code of the phone panel is shown; None where there is no panel."""
    asked: Asked = ""
    """The rung of the ladder that the performer holds the picture on."""
    black: bool = False
    solo: int | None = None
    """The slot that is seen alone, from 0."""
    slots: int = 0
    """Slots of the set that plays; 0 while that is not known."""
    scenes: tuple[str, ...] = ()
    """The sets that the show moves between, by path; the keys 1 to 9 play them."""
    autopilot: bool = False
    """The autopilot plays."""
    autopilot_waits: bool = False
    """It waits, because the performer has typed."""
    fullscreen: bool = False
    quit_at: float = float("-inf")
    """When the show was last asked to end."""
    hint: NoteLine | None = None
    """The answer to the last key."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What is held, for the HUD; which rung the picture is on, the ladder says."""
        solo = () if self.solo is None else (f"solo {self.solo + 1}",)
        pilot = "autopilot waits" if self.autopilot_waits else "autopilot"
        return (*solo, *[pilot] * self.autopilot)

    @property
    def standing(self) -> tuple[ToEngine, ...]:
        """What an engine that has just started must be told."""
        seen = self.hud == "full" and self.thumbs
        return Thumbs(self.watched or seen or self.autopilot), Solo(self.solo)

    def press(self, action: str, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        """The switches after a key of `livegan.stage.control.keys`, and what is to be done."""
        after, orders = getattr(self, f"_{action}")(pressed, now)
        return after, orders

    def say(self, text: str, now: float, seconds: float = HINT_SECONDS) -> Switches:
        """With a hint that is gone after so long."""
        return replace(self, hint=NoteLine(text, now - NOTE_SECONDS + seconds))

    def _help(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return replace(self, help=not self.help), ()

    def _hud(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        if self.operator:
            return self.say("the operator's window always shows it", now), ()
        after = replace(self, hud=HUDS[(HUDS.index(self.hud) + 1) % len(HUDS)])
        return after, after.standing[:1]

    def _thumbs(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        seen = self.hud == "full" and self.thumbs
        after = replace(self, thumbs=not seen, hud=self.hud if seen else "full")
        return after, after.standing[:1]

    def _watch(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        after = replace(self, watched=not self.watched)
        return after, after.standing[:1]

    def _invite(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        if self.invite is None:
            return self.say("there is no phone panel: start the show with --panel", now), ()
        return replace(self, invite=not self.invite), ()

    def _code(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return replace(self, code=not self.code), ()

    def _fullscreen(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return replace(self, fullscreen=not self.fullscreen), ("fullscreen",)

    def _fit(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return self, ("fit",)

    def _menu(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return replace(self, help=False), ("menu",)

    def _autopilot(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        after = replace(self, autopilot=not self.autopilot)
        said = "the autopilot plays" if after.autopilot else "you play"
        return after.say(said, now), ("autopilot", *after.standing[:1])

    def _veto(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        if not self.autopilot:
            return self.say("the autopilot does not play: key a lets it", now), ()
        return self.say("never again tonight", now), ("veto",)

    def _escape(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        if self.help:
            return replace(self, help=False), ()
        if self.fullscreen:
            return self._fullscreen(pressed, now)
        return self.say("the show goes on; press q twice to end it", now, QUIT_WITHIN), ()

    def _hold(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        after = replace(self, asked="" if self.asked == "held" else "held")
        return after.say("held" if after.asked else "going on", now), ()

    def _drift(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        asked, said = DRIFTS.get(self.asked, ("drift", "drift"))
        return replace(self, asked=asked).say(said, now), ()

    def _safe(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return self.say("safe set", now), (Safe(),)

    def _blackout(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        # Not a word of it: the audience reads it on their black.
        return replace(self, black=not self.black, hint=None), ("blackout",)

    def _undo(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return self.say("undo", now), (Undo(),)

    def _tap(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return self, ("tap",)

    def _number(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        if len(self.scenes) < 2:
            return self._solo(pressed, now)
        number = int(pressed)
        if number > len(self.scenes):
            return self.say(f"there is no scene {number}: the show has {len(self.scenes)}", now), ()
        path = self.scenes[number - 1]
        return self.say(f"scene {number}: {Path(path).stem}", now), (PlayScene(path),)

    def _solo(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        slot = int(pressed.removeprefix("F")) - (5 if pressed.startswith("F") else 1)
        if self.slots and slot >= self.slots and slot != self.solo:
            has = f"{self.slots} slot{'s' * (self.slots > 1)}"
            return self.say(f"there is no slot {slot + 1}: the set has {has}", now), ()
        after = replace(self, solo=None if self.solo == slot else slot)
        return after, after.standing[1:]

    def _all(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        after = replace(self, solo=None)
        return after, after.standing[1:]

    def _screenshot(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return self, ("screenshot",)

    def _record(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        return self, ("record",)

    def _quit(self, pressed: str, now: float) -> tuple[Switches, tuple[Order, ...]]:
        passed = now - self.quit_at
        if pressed == "close" and passed < DOUBLE_CLICK:
            return self, ()
        if passed <= QUIT_WITHIN:
            return self, ("quit",)
        after = replace(self, quit_at=now)
        return after.say("once more to end the show", now, QUIT_WITHIN), ()
