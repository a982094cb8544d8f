"""Inputs of operations: which positional argument is the sound, and which are pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

InputKind = Literal["sound", "picture", "number"]

SOUND = "sound"
"""The argument of this name is the sound."""


@dataclass(frozen=True)
class Input:
    """One positional input of an operation."""

    name: str
    optional: bool = False
    many: bool = False
    kind: InputKind = "picture"


class BadInputs(ValueError):
    """Inputs that an operation of this kind cannot have; one line that says what to write."""


def with_kinds(kind: str, inputs: Sequence[Input]) -> tuple[Input, ...]:
    """The inputs of an encoder, mixer, signal or patch, each with its kind.

    The input called ``sound`` is the sound.  The others are pictures, or numbers for a signal.  If
    no input of an encoder is called so, the first one is the sound.  All inputs of a patch are
    sounds.

    Raises
    ------
    BadInputs
        If a set could not call it so.
    """
    if kind == "patch":
        return tuple(replace(each, kind="sound") for each in inputs)
    others: InputKind = "number" if kind == "signal" else "picture"
    found = [
        replace(each, kind="sound" if each.name == SOUND and not each.many else others)
        for each in inputs
    ]
    sounds = [each for each in found if each.kind == "sound"]
    if kind == "encoder" and found and not sounds:
        first = found[0]
        if first.name.startswith("picture"):
            raise BadInputs(
                "an encoder draws the sound: def name(sound, picture, *, ...); what draws pictures "
                "alone is a mixer"
            )
        if first.many:
            raise BadInputs("an encoder takes one sound: def name(sound, *pictures)")
        found[0] = replace(first, kind="sound")
    if kind == "mixer" and sounds and len(found) == 1:
        raise BadInputs(
            "a mixer takes pictures: def name(picture, sound, *, ...); what draws the sound alone "
            "is an encoder"
        )
    return tuple(found)
