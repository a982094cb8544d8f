"""Files of checkpoints: how they end, which of a folder is its model."""

from __future__ import annotations

import re
from pathlib import Path

from livegan.plugin import registry

from .errors import ModelError

SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".onnx")
"""Files that can be checkpoints by themselves, best first."""

SAVED = re.compile(r"(?P<epoch>latest|\d+|iter_\d+)_net_(?P<net>\w+)")
"""How the projects of pix2pix, CycleGAN and pix2pixHD call what they save: ``latest_net_G_A``."""

INDEX = "model_index.json"
"""What a folder in the layout of diffusers is known by; it stands for the whole folder."""

JUDGE = re.compile(r"(?i)(net_?)?d(is\w*)?([_-].*)?")
"""How a discriminator's file is called; it paints nothing."""


PART = "diffusion_pytorch_model"
"""How diffusers calls the weights of a part, such as a ControlNet; it paints nothing alone."""


def suffixes() -> tuple[str, ...]:
    """:data:`SUFFIXES`, and ``.NAME`` for each loader NAME that a plugin has registered."""
    offers = registry.current().offered("loader")
    own = (f".{offer.name}" for offer in offers if offer.plugin != "livegan")
    return tuple(dict.fromkeys((*SUFFIXES, *own)))


def weights_in(folder: Path) -> list[Path]:
    """Files in `folder` that can be checkpoints, by the preference for their format, then name.

    Hidden ones are left out: they may be half written (`livegan.saving`).
    """
    endings = suffixes()
    found = [
        path
        for path in folder.iterdir()
        if path.suffix in endings and not path.name.startswith((".", PART)) and path.is_file()
    ]
    return sorted(found, key=lambda path: (endings.index(path.suffix), path.name))


def model_in(folder: Path) -> Path | None:
    """The weights that a folder stands for; None if there are none.

    That is the index of diffusers' layout, else ``model`` or what is called as the folder, else
    what the project of pix2pix saved last, else the first.

    Raises
    ------
    ModelError
        If that project saved several generators there, as CycleGAN does.
    """
    if (folder / INDEX).is_file():
        return folder / INDEX
    inside = weights_in(folder)
    named = [path for path in inside if path.stem in ("model", folder.name)]
    if named:
        return named[0]
    saved = [(found, path) for path in inside if (found := SAVED.fullmatch(path.stem))]
    generators = [(found, path) for found, path in saved if found["net"].startswith("G")]
    if not generators:
        return min(inside, key=lambda path: bool(JUDGE.fullmatch(path.stem)), default=None)
    newest = max(epoch_of(found["epoch"]) for found, _ in generators)
    last = [path for found, path in generators if epoch_of(found["epoch"]) == newest]
    if len({path.stem for path in last}) > 1:
        names = ", ".join(path.stem for path in last)
        raise ModelError(
            f"{folder} holds {len(last)} generators ({names}); name one: "
            f'"{folder.name}/{last[0].stem}"'
        )
    return last[0]


def files_of(weights: Path) -> list[Path]:
    """The files that a checkpoint is read from, its card left out: an index stands for a folder."""
    if weights.name == INDEX:
        return files_in(weights.parent)
    values = weights.with_name(f"{weights.name}.data")  # what ONNX keeps beside its graph
    return [weights, *([values] if values.is_file() else [])]


def files_in(place: Path) -> list[Path]:
    """A file itself, or those of a folder in the layout of diffusers and of its parts."""
    if not place.is_dir():
        return [place]
    endings = (".json", ".safetensors", ".txt")
    found = [*place.iterdir(), *place.glob("*/*")]
    return sorted(path for path in found if path.suffix in endings and path.is_file())


def epoch_of(word: str) -> float:
    """A number that is the greater the later it was saved."""
    return float("inf") if word == "latest" else float(word.removeprefix("iter_"))
