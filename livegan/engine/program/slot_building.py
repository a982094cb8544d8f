"""Building a slot: its generator, warmed up, and what that plays with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

from livegan.engine.program.instance import ModelInstance, painting_size, wanted_size
from livegan.engine.program.models import Models
from livegan.engine.program.probe import Busy
from livegan.engine.program.program import Program
from livegan.generators import Checkpoint, Generator, MorphGenerator, load
from livegan.generators.backends.names import AUTO, EXACT, TORCH, choice_named
from livegan.generators.runner import check_exact, check_norm
from livegan.graph.picture import Picture
from livegan.size import Size


@dataclass
class SlotBackends:
    """What plays the slots of a program.

    Parameters
    ----------
    usual : what plays slots of which the set says nothing; `livegan.generators.Generator`.
    of_slot : others, by the name of the slot.
    waits : no frame is painted before they are ready, so that a rehearsal repeats; a show paints
        with torch meanwhile.
    threads : that a slot which paints alone has.
    """

    usual: str = AUTO
    of_slot: Mapping[str, str] = field(default_factory=dict)
    waits: bool = True
    threads: int = 1

    def of(self, node: Picture) -> str:
        """Of a slot: as the set says, else as here."""
        said = str(node.fixed["backend"])
        if said != AUTO or node.fixed["precision"] != "auto":
            return said
        return self.of_slot.get(node.name, self.usual)


def playing_backends(program: Program) -> dict[str, str]:
    """What plays each slot, by its name: as ``backend=`` takes it, so that it can be said again."""
    return {
        step.name: step.instance.generator.plays
        for step in program.slots
        if isinstance(step.instance, ModelInstance)
    }


class Making(Protocol):
    """What a slot needs of who builds it."""

    device: torch.device
    backends: SlotBackends
    note: Callable[[str], None]


def make_generator(making: Making, node: Picture, models: Models, size: Size, busy: Busy) -> Any:
    """The generator of a model node, warmed up.

    Raises
    ------
    ModelError
        If it cannot be loaded, or not as the set wants it.
    """
    for name in filter(None, (node.fixed["checkpoint"], node.fixed["other"])):
        twice = models.clash(name)
        if twice:
            making.note(f"{node.name}: {twice}")
    trust = node.fixed["trust"]
    first = load(models.find(node.fixed["checkpoint"]), trust=trust)
    second = None
    if node.fixed["other"] is not None:
        second = load(models.find(node.fixed["other"]), trust=trust)
    generator = generator_of(making, node, first, second)
    busy(f"warming up model {node.fixed['checkpoint']}", node.place, True)
    wanted = wanted_size(node, generator, size)
    resized = first.resizing(*wanted)
    if resized and wanted in (node.fixed["size"], first.card.size, size):
        making.note(f"{node.name}: {resized}")
    if first.repeating():
        making.note(f"{node.name}: {first.repeating()}")
    own = painting_size(node, generator, size)
    generator.warm_up(own)
    if generator.backend is not None:
        said = node.live.get("norm")
        norm = check_norm(said) if isinstance(said, str) and said != "card" else generator.norm
        generator.backend.prepare((norm, (own.height, own.width), making.backends.threads))
    return generator


def generator_of(
    making: Making, node: Picture, first: Checkpoint, second: Checkpoint | None
) -> Generator | MorphGenerator:
    """Of one checkpoint, or between two; not yet warmed up."""
    backend, precision = making.backends.of(node), node.fixed["precision"]
    if second is None:
        return Generator(
            first,
            making.device,
            precision,
            backend=backend,
            note=lambda text: making.note(text),  # whoever listens then
            waits=making.backends.waits,
        )
    if backend == EXACT:
        precision = check_exact(precision)
    elif backend not in (AUTO, TORCH):
        choice_named(backend)
        making.note(
            f"{node.name}: torch plays it, for the weights of a morph change while it plays"
        )
    return MorphGenerator(first, second, device=making.device, precision=precision)
