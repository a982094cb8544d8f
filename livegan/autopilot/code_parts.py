"""Parts of a set's text, as moves read them, and the words that a set can call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from livegan.plugin.declare import Operation, Param


@dataclass(frozen=True)
class SetWords:
    """What a set can call, by name: moves choose among these."""

    encoders: Mapping[str, Operation] = field(default_factory=dict)
    mixers: Mapping[str, Operation] = field(default_factory=dict)

    def params(self, kind: str, word: str) -> Mapping[str, Param]:
        """The parameters of an encoder or mixer, by name; empty if it is not known."""
        operation = (self.encoders if kind == "encoder" else self.mixers).get(word)
        return {p.name: p for p in operation.params} if operation is not None else {}

    def takes_sound_alone(self, encoder: str) -> bool:
        """Whether a set writes it ``encode.NAME(sound)``, and it can be drawn at any time."""
        operation = self.encoders.get(encoder)
        return operation is not None and operation.listens and not operation.pictures


@dataclass(frozen=True)
class CodePart:
    """A part of the text. ``line`` and ``last`` are the numbers of its lines, from 1."""

    node: cst.BaseExpression
    code: str
    line: int
    last: int
    kept: bool
    """One of its lines is marked ``# keep``."""

    @property
    def names(self) -> set[str]:
        """The names in it."""
        return set(re.findall(r"[A-Za-z_]\w*", self.code))

    @property
    def number(self) -> float | None:
        """Its value, if it is a plain number."""
        try:
            return float(self.code)
        except ValueError:
            return None


@dataclass(frozen=True)
class CallCode(CodePart):
    """A call: ``word`` is what is called, ``kind`` "encoder", "mixer", "model", "show" or ""."""

    word: str = ""
    kind: str = ""
    of: CodePart | None = None
    """The picture before the dot."""
    given: tuple[CodePart, ...] = ()
    """Arguments by position."""
    named: Mapping[str, CodePart] = field(default_factory=dict)
    """Arguments by name."""

    @property
    def pictures_first(self) -> tuple[CodePart, ...]:
        """What stands before the dot, and the arguments by position."""
        return (*((self.of,) if self.of else ()), *self.given)


@dataclass(frozen=True)
class Assigned:
    """A line ``name = expression``."""

    name: str
    value: CodePart


@dataclass(frozen=True)
class SlotCode:
    """A slot: the call of ``model(...)``, and the variable that it is assigned to, or ""."""

    name: str
    call: CallCode
    model: str
    """The name of its model; empty where that is no plain text, as in a morph."""

    @property
    def condition(self) -> CodePart | None:
        """What it is given; None where it draws the encoder on its card."""
        if len(self.call.given) > 1:
            return self.call.given[1]
        return self.call.named.get("condition")
