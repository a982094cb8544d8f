"""Moves that put a mixer on a slot, or on all that is seen."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.code_parts import CodePart
    from livegan.autopilot.set_code import SetCode


LONGEST = 90
"""Characters of an expression that no mixer is put on."""
ON_SLOT = (
    ("kaleid", "{}.kaleid(6)"),
    ("kaleid", "{}.kaleid(3, turn=lfo(bars=16))"),
    ("mirror", "{}.mirror()"),
    ("zoom", "{}.zoom(1 + 0.15 * KICK)"),
    ("rotate", "{}.rotate(lfo(bars=8, low=-0.05, high=0.05))"),
    ("tile", "{}.tile(2, 2)"),
    ("pixelate", "{}.pixelate(24 + 40 * LEVEL)"),
    ("posterize", "{}.posterize(5)"),
    ("contrast", "{}.contrast(1.4)"),
    ("paint", "{}.paint(10)"),
    ("edges", "{}.edges(3)"),
)
TRAILS = (
    "{}.feedback(0.85, zoom=1.02)",
    "{}.feedback(0.8, zoom=1.01, turn=0.002)",
    "{}.feedback(0.75, zoom=0.99)",
)
PULLS = (
    ("zoom", '{}.zoom(1 + 0.4 * lfo(bars=8, shape="ramp"))'),
    ("rotate", '{}.rotate(0.06 * lfo(bars=8, shape="ramp"))'),
    ("pixelate", '{}.pixelate(96 - 72 * lfo(bars=8, shape="ramp"))'),
)
SOFT = (("smooth", "{}.smooth(0.8)"), ("deflicker", "{}.deflicker(0.5)"), ("blur", "{}.blur(3)"))


def _filled(score: SetCode, code: str) -> str:
    return code.replace("KICK", score.signal("kick")).replace("LEVEL", score.signal("level"))


def _on_picture(score: SetCode, code: str) -> SetCode | None:
    picture = score.picture
    if picture is None or len(picture.code) > LONGEST:
        return None
    return score.wrapped(picture, _filled(score, code))


def effect_on_slot(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A mixer goes on one slot."""
    slots = set(score.parts)
    free: list[tuple[str, CodePart]] = [
        (each.name, each.value)
        for each in score.assigned
        if each.name in slots and not each.value.kept and len(each.value.code) < LONGEST
    ]
    effects = [(m, code) for m, code in ON_SLOT if m in score.words.mixers]
    if not free or not effects:
        return None
    name, value = chance.choice(free)
    mixer, code = chance.choice(effects)
    if f".{mixer}(" in value.code:
        return None
    return score.wrapped(value, _filled(score, code)).saying(f"{mixer} on {name}")


def trails(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """What is seen leaves trails: feedback comes in."""
    picture = score.picture
    known = "feedback" in score.words.mixers
    if picture is None or not known or ".feedback(" in score.text or "prev()" in score.text:
        return None
    found = _on_picture(score, chance.choice(TRAILS))
    return found.saying("feedback") if found is not None else None


def pull(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """The picture is drawn in, further and further, as long as the music rises."""
    pulls = [(m, code) for m, code in PULLS if m in score.words.mixers]
    if not pulls or "ramp" in score.text:
        return None
    mixer, code = chance.choice(pulls)
    found = _on_picture(score, code)
    return found.saying(f"{mixer} rises with the music") if found is not None else None


def soften(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """Movement becomes soft."""
    soft = [(m, code) for m, code in SOFT if m in score.words.mixers]
    if not soft:
        return None
    mixer, code = chance.choice(soft)
    if f".{mixer}(" in score.text:
        return None
    found = _on_picture(score, code)
    return found.saying(f"softer ({mixer})") if found is not None else None
