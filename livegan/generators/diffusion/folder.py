"""What a folder in the layout of diffusers holds: checked before any library reads it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from livegan.generators.card import Card
from livegan.generators.errors import ModelError
from livegan.generators.files import files_of
from livegan.size import Size

from .settings import PaintSettings

if TYPE_CHECKING:
    from .generator import DiffusionGenerator

FAMILIES = {
    "StableDiffusion": "Stable Diffusion",
    "StableDiffusionXL": "Stable Diffusion XL",
    "StableDiffusion3": "Stable Diffusion 3",
    "LatentConsistencyModel": "a latent consistency model",
}
"""Pipelines that livegan plays, by the beginning of their class's name."""

PIPELINE = re.compile(r"(?P<family>\w+?)(ControlNet)?(Img2Img)?Pipeline")
LIBRARIES = ("diffusers", "transformers")
"""Where the classes of parts may come from: the index of a folder could name any module."""

LEFT_OUT = ("safety_checker", "feature_extractor", "image_encoder")
"""Parts that only judge what was painted, or read a third picture."""

NETWORKS = ("unet", "transformer", "vae", "controlnet", "text_encoder")
PICKLES = (".bin", ".pt", ".pth", ".ckpt")
EMBEDDINGS = "embeddings.safetensors"
"""In a folder: the prompt that it is played with where a set gives none."""


@dataclass
class DiffusionFolder:
    """A folder in the layout of diffusers, as a network that carries its own program.

    ``parts`` are those that it has, by name: (library, class).  ``variant`` is "fp16" where it has
    no other weights.
    """

    folder: Path
    card: Card
    pipeline: str
    parts: dict[str, tuple[str, str]]
    variant: str | None
    multiple: int
    side: int
    """At which it learned to paint, in pixels; 0 if it does not say."""
    settings: PaintSettings
    in_channels: int = 3
    out_channels: int = 3
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    _own: DiffusionGenerator | None = None

    @classmethod
    def read(cls, data: bytes, path: Path, card: Card) -> DiffusionFolder:
        """From the bytes of ``model_index.json``, and the configurations beside it.

        Raises
        ------
        ModelError
            If it is damaged, not safe to load, or no pipeline that repaints a picture.
        """
        index = json_of(data, path.name)
        pipeline = str(index.get("_class_name"))
        found = PIPELINE.fullmatch(pipeline)
        if found is None or found["family"] not in FAMILIES:
            raise ModelError(
                f"a {pipeline}, which livegan does not play; it plays Stable Diffusion 1, 2, XL "
                "and 3, their turbo kinds, and latent consistency models"
            )
        folder = path.parent
        parts = parts_of(index, folder)
        network = "transformer" if "transformer" in parts else "unet"
        missing = [part for part in (network, "vae", "scheduler") if part not in parts]
        if missing:
            raise ModelError(f"has no {' and no '.join(missing)}; copy the whole folder")
        variants = [variant_of(folder / part) for part in parts if part.startswith(NETWORKS)]
        vae = config(folder, "vae")
        levels = vae.get("block_out_channels") or vae.get("encoder_block_out_channels") or [0] * 4
        scale = 2 ** (len(levels) - 1)
        side = config(folder, network).get("sample_size")
        patch = int(config(folder, network).get("patch_size") or 1)
        settings = PaintSettings.default(config(folder, "scheduler"), card)
        return cls(
            folder=folder,
            card=card,
            pipeline=pipeline,
            parts=parts,
            variant="fp16" if "fp16" in variants else None,
            multiple=scale * patch,
            side=scale * side if isinstance(side, int) else 0,
            settings=settings,
        )

    @property
    def digest(self) -> str:
        """Changes when a file of the folder does; the weights, of gigabytes, are not read."""
        stamps = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files_of(self.path)]
        return hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest()

    @property
    def path(self) -> Path:
        return self.folder / "model_index.json"

    @property
    def has_text(self) -> bool:
        """Whether it can read a prompt."""
        return any(part.startswith("text_encoder") for part in self.parts)

    def __str__(self) -> str:
        found = PIPELINE.fullmatch(self.pipeline)
        family = FAMILIES[found["family"]] if found else self.pipeline
        network = self.parts.get("transformer") or self.parts["unet"]
        return f"{family} ({network[1]} and {self.parts['vae'][1]})"

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size that it paints."""
        sides = [max(1, round(side / self.multiple)) * self.multiple for side in (height, width)]
        return sides[0], sides[1]

    def to(self, device: torch.device) -> None:
        if device != self.device:
            self.device, self._own = device, None

    def run(self, x: Tensor) -> Tensor:
        """(1, 3, H, W), -1..1 → likewise: painted with what the card says, or the defaults."""
        from livegan.generators.checkpoint import Checkpoint

        from .generator import DiffusionGenerator

        if self._own is None:
            own = Checkpoint(
                architecture=None, tensors={}, card=self.card, digest=self.digest, foreign=self
            )
            self._own = DiffusionGenerator(own, self.device)
        picture = self._own.paint(x[0] * 0.5 + 0.5)
        return picture[None] * 2 - 1


def read_folder(data: bytes, path: Path, card: Card) -> DiffusionFolder:
    """The folder of an index; its card says at which size it learned, where that is known."""
    found = DiffusionFolder.read(data, path, card)
    if not card.size and found.side:
        card.size = Size.square(found.side)
    return found


def parts_of(index: dict[str, Any], folder: Path) -> dict[str, tuple[str, str]]:
    """The parts that an index names and the folder holds.

    Raises
    ------
    ModelError
        If one comes from elsewhere than diffusers and transformers, which could be any code.
    """
    parts: dict[str, tuple[str, str]] = {}
    for name, said in index.items():
        if name.startswith("_") or name in LEFT_OUT or not isinstance(said, list):
            continue
        if len(said) != 2 or said == [None, None]:
            continue
        library, kind = str(said[0]), str(said[1])
        if library not in LIBRARIES or not re.fullmatch(r"\w+", kind + name):
            raise ModelError(
                f"its {name} is {library}.{kind}; livegan loads parts of diffusers and "
                "transformers only, because another one could run any code"
            )
        if (folder / name).is_dir():
            parts[name] = library, kind
    return parts


def variant_of(folder: Path) -> str:
    """ "fp16" for a part that is stored in no other way, else empty.

    Raises
    ------
    ModelError
        If it has no weights, or only such as could run code.
    """
    names = [path.name for path in folder.iterdir()]
    safe = [name for name in names if name.endswith(".safetensors")]
    if not safe and any(name.endswith(PICKLES) for name in names):
        raise ModelError(
            f"{folder.name}/ holds its weights as a pickle, which can run code; load it with "
            "diffusers where you trust it, and write it with "
            "save_pretrained(FOLDER, safe_serialization=True)"
        )
    if not safe:
        raise ModelError(f"{folder.name}/ holds no .safetensors; copy the whole folder")
    return "fp16" if all(".fp16." in name for name in safe) else ""


def config(folder: Path, part: str) -> dict[str, Any]:
    """What a part says about itself."""
    name = "scheduler_config.json" if part == "scheduler" else "config.json"
    try:
        data = (folder / part / name).read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"{part}/{name} cannot be read: {reason}; copy the whole folder") from None
    return json_of(data, f"{part}/{name}")


def json_of(data: bytes, name: str) -> dict[str, Any]:
    """An object of JSON, or a refusal that names the file."""
    try:
        values = json.loads(data)
    except ValueError as error:
        raise ModelError(f"{name} is damaged ({error}); copy it again") from None
    if not isinstance(values, dict):
        raise ModelError(f"{name} is no object of JSON, {{...}}; copy it again")
    return values
