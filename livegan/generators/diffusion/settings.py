"""What a picture of a diffusion model is painted with: values that change from frame to frame."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from livegan.generators.card import Card
from livegan.generators.errors import ModelError
from livegan.plugin.painting import PAINTING

WHOLE = ("steps", "seed")


@dataclass(frozen=True)
class PaintSettings:
    """Each within its range in `PAINTING`, whatever a signal says.

    Parameters
    ----------
    strength : how much noise is put on the condition: 0 keeps it, 1 forgets it.
    steps : runs of the network that take the noise away again.
    guidance : how strictly it keeps to the prompt.  Above 1 it costs twice as much.
    seed : of the noise, rounded down: the same seed, the same noise in every frame.
    prompt_mix : from the first prompt to the last, 0..1.
    structure_amount : how strictly it keeps to the picture for the ControlNet.
    steady : seconds until two thirds of a change show; the last latents are blended in.
    """

    strength: float = 0.5
    steps: int = 4
    guidance: float = 1.0
    seed: int = 0
    prompt_mix: float = 0.0
    structure_amount: float = 1.0
    steady: float = 0.0

    @classmethod
    def default(cls, scheduler: Mapping[str, Any], card: Card) -> PaintSettings:
        """What the card says under ``"diffusion"``, else by the scheduler of the folder.

        A scheduler that counts its steps from the end ("trailing") is that of a model that was
        distilled to paint in one.

        Raises
        ------
        ModelError
            If the card says what cannot be.
        """
        steps = 1 if scheduler.get("timestep_spacing") == "trailing" else 4
        said = card.other.get("diffusion", {})
        if not isinstance(said, dict):
            raise ModelError(f'"diffusion" of its card is {said!r}; give an object, {{...}}')
        for name, value in said.items():
            if name not in PAINTING:
                raise ModelError(
                    f'"diffusion" of its card has {name!r}; there is {", ".join(PAINTING)}'
                )
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ModelError(f'"{name}" of its card is {value!r}; give a number')
            if PAINTING[name].limit(value) != value:
                low, high = PAINTING[name].low, PAINTING[name].high
                raise ModelError(f'"{name}" of its card is {value}; give {low} to {high}')
        return cls(steps=steps).playing(said)

    def playing(self, values: Mapping[str, Any]) -> PaintSettings:
        """These, with some values changed; each is limited to its range."""
        limited: dict[str, Any] = {name: within(name, values[name]) for name in values}
        return replace(self, **limited)

    def times(self, count: int) -> list[int]:
        """The steps of time of ``count`` that are gone through, from the noisiest to the clearest.

        They are what diffusers takes with "trailing" spacing, but begin wherever ``strength`` says:
        the library would round it to a whole number of its steps.
        """
        top = self.strength * count
        times = [max(round(top * (1 - i / self.steps)) - 1, 0) for i in range(self.steps)]
        for i in range(len(times) - 2, -1, -1):  # with little strength, several would be one
            times[i] = max(times[i], times[i + 1] + 1)
        return times


def within(name: str, value: float) -> float:
    """A value within its range; not-a-number is the default."""
    value = float(PAINTING[name].limit(value))
    return math.floor(value) if name in WHOLE else value
