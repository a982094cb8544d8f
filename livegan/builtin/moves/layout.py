"""Moves on which slots are seen, and how they lie on each other."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.set_code import SetCode


LAYERS: dict[str, tuple[str, ...]] = {
    "screen": ("A.screen(B, 0.5)",),
    "mask": ("A.mask(B, by=C, low=0.3, high=0.7)", "A.mask(B, by=A, low=0.4, high=0.8)"),
    "displace": ("A.displace(B, 0.12)",),
    "blend": ("A.blend(B, lfo(bars=8))", "A.blend(B, LOW)"),
    "difference": ("A.difference(B, 0.6)",),
    "multiply": ("A.multiply(B, 0.6)",),
    "lighten": ("A.lighten(B, 0.8)",),
    "inset": ("A.inset(B, scale=0.4)",),
}
"""How two slots, A and B (and C, any), lie on each other, by mixer."""
PAIRS: dict[str, tuple[str, ...]] = {
    "grid": ("grid(A, B)",),
    "beside": ("A.beside(B)",),
    "stack": ("A.stack(B)",),
    "split": ("split(A, B, lfo(bars=8), soft=0.1)", "split(A, B, 0.5, turn=lfo(bars=16))"),
}
"""How two slots are seen next to each other."""
TURNS = ("switch(ALL, beats=8, fade=0.25)", "switch(ALL, beats=4, fade=0.2)")


def full_picture(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """One slot fills the picture."""
    picture, names = score.picture, score.parts
    if picture is None or len(names) < 2:
        return None
    names = [n for n in names if n != picture.code]
    name = chance.choice(names)
    return score.replaced((picture, name)).saying(f"full picture of {name}")


def _written(
    score: SetCode,
    chance: random.Random,
    forms: dict[str, tuple[str, ...]],
    say: Callable[[str, str, str], str],
) -> SetCode | None:
    picture, names = score.picture, score.parts
    known = [m for m in forms if m in score.words.mixers]
    if picture is None or len(names) < 2 or not known:
        return None
    mixer = chance.choice(known)
    code = chance.choice(forms[mixer])
    a, b, *rest = chance.sample(names, len(names))
    third = rest[0] if rest else b
    letters = {"A": a, "B": b, "C": third}
    code = "".join(letters.get(c, c) if _alone(code, i) else c for i, c in enumerate(code))
    code = code.replace("LOW", score.signal("low"))
    return score.replaced((picture, code)).saying(say(mixer, a, b))


def _alone(code: str, at: int) -> bool:
    """Whether a letter is a word of its own."""
    around = code[max(0, at - 1) : at] + code[at + 1 : at + 2]
    return not any(c.isalnum() or c == "_" for c in around)


def two_pictures(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """Two slots are seen next to each other."""
    return _written(score, chance, PAIRS, lambda mixer, a, b: f"{a} next to {b} ({mixer})")


def layer(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """Two slots lie on each other."""
    return _written(score, chance, LAYERS, lambda mixer, a, b: f"{b} over {a} ({mixer})")


def take_turns(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """The slots are seen one after the other."""
    picture, names = score.picture, score.parts
    if picture is None or len(names) < 2 or "switch" not in score.words.mixers:
        return None
    if picture.code.startswith("switch("):
        return None
    order = chance.sample(names, len(names))
    code = chance.choice(TURNS).replace("ALL", ", ".join(order))
    return score.replaced((picture, code)).saying("one slot after the other")


def whole_grid(score: SetCode) -> SetCode | None:
    """All slots are seen."""
    picture, names = score.picture, score.parts
    if picture is None or len(names) < 2 or "grid" not in score.words.mixers:
        return None
    if set(names) <= picture.names or not set(names) & picture.names:
        return None  # what the performer has made of them is not given up for good
    return score.replaced((picture, f"grid({', '.join(names)})")).saying("all slots")
