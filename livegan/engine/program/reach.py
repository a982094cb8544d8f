"""What rate a set reaches on this machine, and what would raise it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livegan.engine.program.nodes.instance import ModelInstance, painting_size

if TYPE_CHECKING:
    from livegan.engine.program.program import Program

ENOUGH = 0.85
"""Part of the rate that a set asks for from which on nothing is said."""
SMALLER = (384, 256)
"""Sizes at which models that paint at any size could paint instead."""
MIXED = 3
"""Names of slots that a line has."""


@dataclass(frozen=True)
class Reach:
    """The rate that is reached, of that which is ``wanted``, and what would raise it."""

    rate: float
    wanted: float
    frame_ms: float
    painting_ms: float
    """What of it the models take, by the clock."""
    advice: tuple[str, ...] = ()

    @property
    def slow(self) -> bool:
        """Whether it is clearly less than is wanted."""
        return self.rate < ENOUGH * self.wanted

    @property
    def short(self) -> str:
        """ "slow: 7 of 30 fps", for the HUD; empty if it is not slow."""
        return f"slow: {number(self.rate)} of {self.wanted:g} fps" if self.slow else ""

    @property
    def line(self) -> str:
        """ "28 pictures a second here", and if that is slow of how many and why."""
        if not self.slow:
            return f"{number(self.rate)} pictures a second here"
        return (
            f"{number(self.rate)} pictures a second here, of {self.wanted:g}: each takes "
            f"{self.frame_ms:.0f} ms, {self.painting_ms:.0f} of them the models"
        )

    @property
    def text(self) -> str:
        """All of it in one line, as it is said once in a show."""
        return "; ".join([self.line, *(self.advice if self.slow else ())])


def reach(program: Program, frame_s: float, wanted: float, beside: int, turns: int = 0) -> Reach:
    """What a program reaches whose frame takes ``frame_s``, of ``wanted`` frames a second.

    ``beside`` is how many slots paint at the same time, ``turns`` how many in a frame, where they
    take turns, else 0. The seconds of each slot are those of its last picture.
    """
    slots = [
        (step, step.instance) for step in program.slots if isinstance(step.instance, ModelInstance)
    ]
    took = [instance.took_s for _, instance in slots]
    together = max(1, min(beside, len(slots)))
    part = min(turns, len(slots)) / len(slots) if turns and slots else 1.0
    painting = min(frame_s, part * sum(took) / together)
    rest = frame_s - painting
    rate = 1 / frame_s if frame_s > 0 else wanted
    found = Reach(rate, wanted, 1000 * frame_s, 1000 * painting)
    if not found.slow or not slots:
        return found
    advice = []

    def better(seconds: float) -> str:
        return f"about {number(min(1 / max(seconds, 1e-6), wanted))} a second"

    rounds = -(-len(slots) // together)
    if rounds > 1 and not program.setting("rate", ""):
        turn = better(rest + painting / rounds)
        advice.append(
            f'settings(rate="hold") lets slots paint in turn, {together} of {len(slots)} '
            f"in a frame if need be: {turn}"
        )
    sizes = [painting_size(step.node, instance.generator, program.size) for step, instance in slots]
    large = max(size.pixels for size in sizes)
    largest = [place for place, size in enumerate(sizes) if size.pixels == large]
    names = [slots[place][0].name for place in largest]
    said = ", ".join(names[:MIXED]) + (f" and {len(names) - MIXED} more" * (len(names) > MIXED))
    paints = f"{said} paint{'s' * (len(names) == 1)} at {sizes[largest[0]].plain} px"
    free = all(slots[place][1].generator.checkpoint.any_shape for place in largest)
    smaller = next((side for side in SMALLER if side * side < large), None)
    card = ", the size of the model's card, which the size of the canvas does not change"
    paints += card if large != program.size.pixels else ""
    if free and smaller:
        less = part * sum(took[place] for place in largest) / together * (1 - smaller**2 / large)
        paints += (
            f"; with model(..., size={smaller}) it is {better(frame_s - min(less, painting))}, "
            "but a model paints best at its own size"
        )
        advice.append(paints)
    elif large > program.size.pixels:
        advice.append(paints)
    if len(slots) > 1 and part == 1.0:
        slowest = max(range(len(slots)), key=lambda place: took[place])
        without = better(frame_s - took[slowest] / together)
        advice.append(f"without {slots[slowest][0].name} it is {without}")
    return Reach(rate, wanted, 1000 * frame_s, 1000 * painting, tuple(advice))


def number(rate: float) -> str:
    """A rate for people: with a digit after the point where that matters."""
    return f"{rate:.1f}" if rate < 9.95 else f"{rate:.0f}"
