"""Slots of diffusion models: what they paint with in a frame, and the latents of the last."""

from __future__ import annotations

import copy
from math import exp
from typing import TYPE_CHECKING

import torch

from livegan.engine.program.nodes.instance import (
    Instance,
    ModelInstance,
    Moment,
    painting_size,
    shown_size,
)
from livegan.generators.channels import fitted
from livegan.graph.picture import Picture
from livegan.graph.signals.reading import live_values
from livegan.plugin.painting import PAINTING
from livegan.size import Size

if TYPE_CHECKING:
    from livegan.generators.diffusion.generator import DiffusionGenerator


class DiffusionInstance(ModelInstance):
    """A slot that a diffusion model plays; ``steady`` makes it remember its last picture."""

    generator: DiffusionGenerator

    def __init__(self, generator: DiffusionGenerator) -> None:
        super().__init__(generator)
        self.latents: torch.Tensor | None = None
        """Of the last picture, on the device."""

    def apart(self, node: Picture, moment: Moment) -> Instance:
        return copy.copy(self)

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        condition = inputs[0]
        assert condition is not None
        structure = inputs[1] if len(inputs) > 1 else None
        values = live_values(None, node.live, moment.reading)
        own = self.generator.folder.settings
        settings = own.playing({name: values[name] for name in values if name in PAINTING})
        size = painting_size(node, self.generator, moment.size)
        if structure is not None:  # it lies over the condition, whatever shape it has
            structure = fitted(structure, *condition.shape[1:])
        last = None
        if self.latents is not None and settings.steady > 0:
            last = self.latents, exp(-moment.now.dt / settings.steady)
        painted, self.latents = self.generator.repaint(
            condition, size=size, settings=settings, structure=structure, last=last
        )
        return fitted(painted, *shown_size(node, moment.size), values["fit"])

    def capture(self, node: Picture, size: Size) -> None:
        """It paints step by step."""

    def warm_up(self, node: Picture, size: Size) -> None:
        """Paint twice, as the set asks where that is known, so that the first is as quick."""
        own = self.generator.folder.settings
        settings = own.playing(
            {k: v for k, v in node.live.items() if k in PAINTING and isinstance(v, (int, float))}
        )
        grey = torch.full((3, *size), 0.5)
        for _ in range(2):
            self.generator.repaint(grey, settings=settings)
