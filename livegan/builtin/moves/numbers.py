"""Moves on numbers: knobs of the set, turned in its text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livegan.autopilot.code_parts import CallCode, CodePart
    from livegan.autopilot.set_code import SetCode
    from livegan.plugin.declare import Param


FACTORS = (0.4, 0.6, 1.6, 2.2)


def turned(number: float, row: Param, chance: random.Random) -> float | None:
    """Another value of a parameter, well within its range; None where it cannot move."""
    low = row.low if row.low is not None else min(number, 0.0) - 1.0
    high = row.high if row.high is not None else max(number, 0.0) + 1.0
    if number and (row.low is None or row.low >= 0) and high > 1.5:
        wanted = number * chance.choice(FACTORS)
    else:
        wanted = number + chance.choice((-0.3, -0.15, 0.15, 0.3)) * (high - low)
    value = min(high, max(low, wanted))
    if row.type == "integer":
        value = float(round(value))
    rounded = float(f"{value:.2g}")
    inside = low <= rounded <= high
    return rounded if inside and abs(rounded - number) > 0.02 * (abs(number) + 0.1) else None


def numbers_of(score: SetCode) -> Iterator[tuple[CallCode, str, CodePart, Param]]:
    """Plain numbers that are given to encoders and mixers, with what they mean."""
    for call in score.calls:
        if call.kind not in ("encoder", "mixer"):
            continue
        table = score.words.encoders if call.kind == "encoder" else score.words.mixers
        operation = table.get(call.word)
        if operation is None or any(each.many for each in operation.inputs):
            continue
        params = score.words.params(call.kind, call.word)
        for name, value in call.named.items():
            if name in params:
                yield call, name, value, params[name]
        skipped = len(operation.inputs) - (1 if call.of is not None else 0)
        for value, row in zip(call.given[max(0, skipped) :], operation.params, strict=False):
            yield call, row.name, value, row


def turn_number(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A number of a mixer or encoder, or the place where a knob begins, becomes another."""
    free = [
        each
        for each in numbers_of(score)
        if not each[2].kept and each[2].number is not None and each[3].type in ("number", "integer")
    ]
    if not free:
        return None
    call, name, value, row = chance.choice(free)
    assert value.number is not None
    number = turned(value.number, row, chance)
    if number is None:
        return None
    changed = score.replaced((value, f"{number:g}"))
    return changed.saying(f"{name} of {call.word} from {value.code} to {number:g}")


def change_span(score: SetCode, *, chance: random.Random) -> SetCode | None:
    """A picture of the sound shows a longer or shorter past."""
    calls = []
    for call in score.calls:
        row = score.words.params("encoder", call.word).get("seconds")
        if call.kind == "encoder" and row is not None and not call.kept and call.given:
            calls.append((call, row))
    if not calls:
        return None
    call, row = chance.choice(calls)
    given = call.named.get("seconds")
    if len(call.given) > 1 or (given is not None and given.number is None):
        return None
    now = given.number if given is not None and given.number is not None else float(row.default)
    number = turned(now, row, chance)
    if number is None:
        return None
    changed = score.with_argument(call, "seconds", f"{number:g}")
    return changed.saying(f"{call.word} shows {number:g} s")
