"""Building a slot: the checkpoint, and the generator that plays it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from livegan.engine.commit.script import Refusal
from livegan.engine.program.models import Models
from livegan.engine.program.nodes.diffusion_instance import DiffusionInstance
from livegan.engine.program.nodes.instance import ModelInstance, painting_size, wanted_size
from livegan.engine.program.nodes.slot_building import SlotBackends, generator_of, prepare
from livegan.engine.program.probe import Busy
from livegan.generators import Checkpoint, ModelError, load
from livegan.generators.device import choose_device
from livegan.generators.diffusion.folder import DiffusionFolder
from livegan.generators.files import SUFFIXES, files_in
from livegan.graph.diffusion import DIFFUSION
from livegan.graph.picture import Picture
from livegan.plugin import registry
from livegan.plugin.guard import said
from livegan.size import Size


def slot(
    node: Picture,
    models: Models,
    canvas: Size,
    busy: Busy,
    device: torch.device,
    note: Callable[[str], None],
    backends: SlotBackends | None = None,
) -> ModelInstance:
    """The instance of a model node, warmed up.

    Raises
    ------
    ModelError
        If the checkpoint cannot be played.
    Refusal
        If the set asks what the model cannot do.
    """
    device = device_of(node, device, note)
    for name in filter(None, (node.fixed["checkpoint"], node.fixed["other"])):
        twice = models.clash(name)
        if twice:
            note(f"{node.name}: {twice}")
    first = load(models.find(node.fixed["checkpoint"]), trust=node.fixed["trust"])
    if isinstance(first.foreign, DiffusionFolder) and node.fixed["other"] is None:
        made: ModelInstance = diffusion_slot(node, first, models, device)
    else:
        refuse_diffusion(node, first)
        made = ModelInstance(
            generator(node, first, models, device, note, backends or SlotBackends())
        )
    busy(f"warming up model {node.fixed['checkpoint']}", node.place, True)
    wanted = wanted_size(node, made.generator, canvas)
    resized = first.resizing(*wanted)
    if resized and wanted in (node.fixed["size"], first.card.size, canvas):
        note(f"{node.name}: {resized}")
    if first.repeating():
        note(f"{node.name}: {first.repeating()}")
    own = painting_size(node, made.generator, canvas)
    made.warm_up(node, own)
    prepare(node, made.generator, own, backends or SlotBackends())
    if isinstance(made, DiffusionInstance):
        note(f"{node.name}: {made.generator.costs()}")
    return made


def device_of(node: Picture, usual: torch.device, note: Callable[[str], None]) -> torch.device:
    """What a slot runs on: what the set says, if this machine has it, so that a set for two cards
    is rehearsed where there is none; else what the show runs on."""
    if node.fixed["device"] == "auto":
        return usual
    try:
        return choose_device(node.fixed["device"])
    except ModelError as error:
        note(f"{node.name}: {said(error)}; it plays on {usual}")
        return usual


def generator(
    node: Picture,
    first: Checkpoint,
    models: Models,
    device: torch.device,
    note: Callable[[str], None],
    backends: SlotBackends,
) -> Any:
    """The generator of one checkpoint, or of two that are mixed."""
    second = None
    if node.fixed["other"] is not None:
        second = load(models.find(node.fixed["other"]), trust=node.fixed["trust"])
    return generator_of(node, first, second, device, note, backends)


def diffusion_slot(
    node: Picture, checkpoint: Checkpoint, models: Models, device: torch.device
) -> DiffusionInstance:
    """The instance of a diffusion model: its prompts are made here, so that none waits for them."""
    from livegan.generators.diffusion.generator import DiffusionGenerator

    fixed = node.fixed
    prompts = [Path(path) if path else text for text, path in fixed.get("prompt", ())]
    made = DiffusionGenerator(
        checkpoint,
        device,
        fixed["precision"],
        prompts=prompts,
        negative=fixed.get("negative", ""),
        lora=Path(fixed["lora"]) if fixed.get("lora") else None,
        lora_amount=fixed.get("lora_amount", 1.0),
        controlnet=controlnet_of(node, models),
    )
    if len(node.inputs) > 1 and not made.repainter.controlled:
        raise Refusal(
            f"{checkpoint.name} has no ControlNet that could read structure=; name the folder of "
            "one: controlnet=...",
            node.place,
        )
    return DiffusionInstance(made)


def controlnet_of(node: Picture, models: Models) -> Path | None:
    """The folder of a ControlNet, where models are."""
    name = node.fixed.get("controlnet")
    if not name:
        return None
    places = [folder / Path(name).expanduser() for folder in models.folders]
    found = next((place for place in places if (place / "config.json").is_file()), None)
    if found is None:
        where = ", ".join(str(folder) for folder in models.folders)
        raise Refusal(
            f"there is no ControlNet {name!r} (a folder with config.json) in {where}", node.place
        )
    return found


def besides(node: Picture, models: Models) -> list[Path]:
    """The files that a slot is built from besides its checkpoint."""
    named = [node.fixed.get("lora"), *(path for _, path in node.fixed.get("prompt", ()))]
    found = [Path(each) for each in named if each]
    control = controlnet_of(node, models)
    return found + (files_in(control) if control else [])


def refuse_diffusion(node: Picture, checkpoint: Checkpoint) -> None:
    """Refuse what only diffusion models can do."""
    given = [row.name for row in DIFFUSION if row.name in {*node.live, *node.fixed}]
    given += ["structure"] * (len(node.inputs) > 1)
    if given:
        what = checkpoint.architecture.name if checkpoint.architecture else checkpoint.foreign
        raise Refusal(
            f"{checkpoint.name} is {what}, no diffusion model; remove {given[0]}=", node.place
        )


def stamp_of(node: Picture, models: Models) -> str:
    """Which files a model node is built from, so that an overwritten checkpoint is built anew.

    Raises
    ------
    Refusal
        If there is no such model.
    """
    if node.kind != "model":
        return ""
    stamp = ""
    for name in (node.fixed["checkpoint"], node.fixed["other"]):
        if name is None:
            continue
        try:
            models.find(name)
        except ModelError as error:
            raise Refusal(said(error), node.place) from None
        stamp += models.stamp(name)
        if models.find(name).suffix not in SUFFIXES:
            stamp += registry.current().loaders_stamp
    there = [each for each in besides(node, models) if each.exists()]
    stamp += "".join(f"|{each.stat().st_mtime_ns}" for each in there)
    return stamp
