"""Moves on colours."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.code_parts import CallCode, CodePart
    from livegan.autopilot.set_code import SetCode


TURNS = (0.12, 0.25, 0.38, 0.5, 0.62, 0.75, 0.88)


def _hue(score: SetCode) -> CallCode | None:
    """The outermost ``.hue(...)`` of what is shown."""
    picture = score.picture
    if picture is None:
        return None
    calls = [c for c in score.calls if c.node is picture.node and c.word == "hue"]
    return calls[0] if calls else None


def _free(score: SetCode) -> CodePart | None:
    picture = score.picture
    return picture if picture is not None and len(picture.code) < 90 else None


def turn_colours(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """All colours turn around their circle, by another amount."""
    picture, hue = _free(score), _hue(score)
    if picture is None or "hue" not in score.words.mixers:
        return None
    turn = chance.choice(TURNS)
    said = f"colours turn by {turn:g}"
    if hue is not None:
        if len(hue.given) != 1 or hue.given[0].number is None:
            return None
        return score.replaced((hue.given[0], f"{turn:g}")).saying(said)
    return score.wrapped(picture, f"{{}}.hue({turn:g})").saying(said)


def drift_colours(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """The colours drift, slowly."""
    picture = _free(score)
    if picture is None or "hue" not in score.words.mixers or _hue(score) is not None:
        return None
    bars, width = chance.choice((16, 32)), chance.choice((0.08, 0.15))
    code = f"{{}}.hue(lfo(bars={bars}, low=-{width:g}, high={width:g}))"
    return score.wrapped(picture, code).saying("colours drift")


def one_colour(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """Everything takes one colour, or loses its colours."""
    picture = _free(score)
    mixers = [m for m in ("tint", "luma", "saturation") if m in score.words.mixers]
    if picture is None or not mixers or any(f".{m}(" in picture.code for m in mixers):
        return None
    mixer = chance.choice(mixers)
    code = {
        "tint": f"{{}}.tint({chance.choice((0.02, 0.08, 0.5, 0.6, 0.75, 0.9)):g}, 0.6)",
        "luma": "{}.luma(0.8)",
        "saturation": "{}.saturation(1.6)",
    }[mixer]
    said = {"tint": "one colour", "luma": "nearly grey", "saturation": "full colours"}[mixer]
    return score.wrapped(picture, code).saying(said)
