"""Moves on what the networks are given."""

from __future__ import annotations

import itertools
import random
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.code_parts import Assigned, CallCode, SlotCode
    from livegan.autopilot.set_code import SetCode
    from livegan.autopilot.sight import PictureSeen


LONGEST = 60
"""Characters of a condition that grows no further."""
BENDS = (
    ("kaleid", "{}.kaleid(6)"),
    ("mirror", "{}.mirror()"),
    ("rotate", "{}.rotate(0.25)"),
    ("edges", "{}.edges(3)"),
    ("tile", "{}.tile(2, 2)"),
    ("scale", "{}.scale(1 + LOW)"),
    ("rotate", "{}.rotate(lfo(bars=8))"),
)
"""What bends a condition: the mixer, and what is written."""


def open_slots(score: SetCode) -> list[SlotCode]:
    """Slots whose condition the autopilot may change."""
    return [s for s in score.slots if s.condition is not None and not s.condition.kept]


def free_conditions(score: SetCode) -> list[Assigned]:
    """Variables of conditions whose lines the autopilot may change."""
    return [each for each in score.conditions if not each.value.kept]


def swap_conditions(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """Two networks exchange what they are given."""
    pairs = []
    for a, b in itertools.combinations(open_slots(score), 2):
        assert a.condition is not None and b.condition is not None
        one, other = a.condition, b.condition
        apart = one.code != other.code and one.last < other.line
        if apart and score.can_stand(one.code, other) and score.can_stand(other.code, one):
            pairs.append((a, b, one, other))
    if not pairs:
        return None
    a, b, one, other = chance.choice(pairs)
    swapped = score.replaced((one, other.code), (other, one.code))
    return swapped.saying(f"{a.name or a.model} and {b.name or b.model} swap conditions")


def mix_conditions(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A network is given a mixture of its condition and another one."""
    choices = []
    for slot in open_slots(score):
        condition = slot.condition
        assert condition is not None
        for other in score.conditions:
            fits = other.name not in condition.names and len(condition.code) < LONGEST
            if fits and score.can_stand(other.name, condition):
                choices.append((slot, condition, other.name))
    if not choices:
        return None
    slot, condition, other_name = chance.choice(choices)
    amount = chance.choice(("0.5", "lfo(bars=8)", score.signal("low"), score.signal("high")))
    mixed = score.wrapped(condition, f"{{}}.blend({other_name}, {amount})")
    return mixed.saying(f"{other_name} goes into {slot.name or slot.model}")


def another_encoder(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """One picture of the sound is drawn by another encoder."""
    choices: list[tuple[CallCode, str]] = []
    used = {call.word for call in score.calls if call.kind == "encoder"}
    for call in score.calls:
        listens = call.kind == "encoder" and len(call.given) == 1 and not call.kept
        if listens and score.words.takes_sound_alone(call.word):
            for name in sorted(score.words.encoders):
                if name != call.word and score.words.takes_sound_alone(name):
                    # What is not drawn yet comes twice as often.
                    choices += [(call, name)] * (1 if name in used else 2)
    if not choices:
        return None
    call, name = chance.choice(choices)
    params = score.words.params("encoder", name)
    kept = [f"{n}={v.code}" for n, v in call.named.items() if n in params and n != "gain"]
    kept = [k for k in kept if _in_range(k, params)]
    code = f"encode.{name}({', '.join([call.given[0].code, *kept])})"
    return score.replaced((call, code)).saying(f"{name} instead of {call.word}")


def _in_range(argument: str, params: object) -> bool:
    name, _, value = argument.partition("=")
    assert isinstance(params, dict)
    row = params[name]
    try:
        number = float(value)
    except ValueError:
        return False
    low = row.low if row.low is not None else number
    high = row.high if row.high is not None else number
    return bool(low <= number <= high)


def bend_condition(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A condition is mirrored, turned, tiled, or reduced to its edges."""
    free = [each for each in free_conditions(score) if len(each.value.code) < LONGEST]
    bends = [(m, code) for m, code in BENDS if m in score.words.mixers]
    if not free or not bends:
        return None
    each = chance.choice(free)
    mixer, code = chance.choice(bends)
    if f".{mixer}(" in each.value.code:
        return None
    bent = score.wrapped(each.value, code.replace("LOW", score.signal("low")))
    return bent.saying(f"{mixer} on {each.name}")


def feed_slot(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A network is given what it painted a frame ago, with its condition."""
    slots = [s for s in open_slots(score) if s.name and s.condition is not None]
    slots = [s for s in slots if s.condition and "prev(" not in s.condition.code]
    slots = [s for s in slots if s.condition and len(s.condition.code) < LONGEST]
    if not slots:
        return None
    slot = chance.choice(slots)
    condition = slot.condition
    assert condition is not None
    source = chance.choice([s.name for s in slots])
    zoom = chance.choice((".scale(1.02)", ".rotate(0.01)", ""))
    fed = score.wrapped(condition, f'prev("{source}"){zoom}.blend({{}}, 0.6)')
    own = "what it painted" if source == slot.name else f"what {source} painted"
    return fed.saying(f"{slot.name} sees {own}")


def morph_slot(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A network becomes another one of the set, and comes back."""
    plain = [s for s in score.slots if s.model and not s.call.given[0].kept]
    models = sorted({s.model for s in plain})
    if len(models) < 2 or "morph(" in score.text:
        return None
    slot = chance.choice(plain)
    other = chance.choice([m for m in models if m != slot.model])
    quote = slot.call.given[0].code[0]
    name, second = slot.call.given[0].code, f"{quote}{other}{quote}"
    code = f"morph({name}, {second}, lfo(bars=16, high=0.7))"
    morphed = score.replaced((slot.call.given[0], code))
    return morphed.saying(f"{slot.name or slot.model} turns towards {other}")


def revive_slot(score: SetCode, *, seen: PictureSeen, chance: random.Random) -> SetCode | None:
    """A slot that shows nothing is given the condition of one that shows something."""
    slots = open_slots(score)
    dead = [s for s in slots if s.name in seen.dead]
    alive = [s for s in slots if s.name not in seen.dead]
    for slot in dead:
        assert slot.condition is not None
        codes = [s.condition.code for s in alive if s.condition is not None]
        codes = [c for c in codes if c != slot.condition.code and not re.search(r"\bprev\(", c)]
        codes = [c for c in codes if score.can_stand(c, slot.condition)]
        if codes:
            revived = score.replaced((slot.condition, chance.choice(codes)))
            return revived.saying(f"{slot.name} showed nothing: another condition")
    return None
