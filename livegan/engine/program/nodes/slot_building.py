"""Building a slot: its generator, warmed up, and what that plays with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from livegan.engine.program.nodes.instance import ModelInstance, norms_of
from livegan.engine.program.program import Program
from livegan.generators import Checkpoint, Generator, MorphGenerator
from livegan.generators.backends.names import AUTO, EXACT, TORCH, choice_named
from livegan.generators.backends.slot import BackendSlot
from livegan.generators.runner import check_exact
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
        step.name: getattr(step.instance.generator, "plays", TORCH)
        for step in program.slots
        if isinstance(step.instance, ModelInstance)
    }


def prepare(node: Picture, generator: Any, size: Size, backends: SlotBackends) -> None:
    """Open what a slot plays with while it is built, for the threads that it will have."""
    backend = getattr(generator, "backend", None)
    if isinstance(backend, BackendSlot):
        backend.prepare((norms_of(node, generator)[0], (size.height, size.width), backends.threads))


def generator_of(
    node: Picture,
    first: Checkpoint,
    second: Checkpoint | None,
    device: torch.device,
    note: Callable[[str], None],
    backends: SlotBackends,
) -> Generator | MorphGenerator:
    """Of one checkpoint, or between two; not yet warmed up.

    Raises
    ------
    ModelError
        If it cannot be played as the set wants it.
    """
    backend, precision = backends.of(node), node.fixed["precision"]
    if second is None:
        return Generator(first, device, precision, backend=backend, note=note, waits=backends.waits)
    if backend == EXACT:
        precision = check_exact(precision)
    elif backend not in (AUTO, TORCH):
        choice_named(backend)
        note(f"{node.name}: torch plays it, for the weights of a morph change while it plays")
    return MorphGenerator(first, second, device=device, precision=precision)
