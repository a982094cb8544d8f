"""What a slot plays of a diffusion model: its pipeline, its prompts, and pictures of any size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from livegan.generators.channels import adapt, as_picture, as_size, resize
from livegan.generators.checkpoint import Checkpoint
from livegan.generators.device import choose_device
from livegan.generators.errors import ModelError
from livegan.generators.precision import choose_precision
from livegan.generators.runner import Painter

from .folder import EMBEDDINGS, DiffusionFolder
from .loading import load_repainter
from .prompts import Prompt, alike, mixed, stored
from .settings import PaintSettings


class DiffusionGenerator(Painter):
    """A folder in the layout of diffusers, ready to paint.

    Parameters
    ----------
    checkpoint : from :func:`livegan.generators.load`.
    device, precision : as for :class:`livegan.generators.Generator`.
    prompts : texts, or files of stored prompts.  None is the folder's ``embeddings.safetensors``,
        else an empty text.
    negative : what the texts are kept away from; it acts where ``guidance`` is above 1.
    lora, lora_amount : a file whose weights are added, times that.
    controlnet : a folder of a ControlNet, if the model's own has none.

    Raises
    ------
    ModelError
        If a part cannot be loaded or made.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: str | torch.device = "auto",
        precision: str = "auto",
        *,
        prompts: Sequence[str | Path] = (),
        negative: str = "",
        lora: Path | None = None,
        lora_amount: float = 1.0,
        controlnet: Path | None = None,
    ) -> None:
        folder = checkpoint.foreign
        assert isinstance(folder, DiffusionFolder)
        self.checkpoint, self.folder = checkpoint, folder
        self.device = choose_device(device)
        self.dtype = choose_precision(precision, self.device)
        self.exact, self.norm, self.dropout = True, "frame", False
        self.repainter = load_repainter(
            folder,
            self.device,
            self.dtype,
            controlnet=controlnet,
            lora=lora,
            lora_amount=lora_amount,
        )
        own = folder.folder / EMBEDDINGS
        chosen = list(prompts) or [own if own.is_file() else ""]
        self.prompts: list[Prompt] = [self.prompt(each, negative) for each in chosen]
        alike(self.prompts)

    def prompt(self, given: str | Path, negative: str) -> Prompt:
        """What a prompt is for the network: from a file, or made by the text encoder."""
        if isinstance(given, Path):
            return self.repainter.own(stored(given))
        if not self.folder.has_text:
            raise ModelError(
                f"{self.checkpoint.name} has no text encoder; give a stored prompt, "
                f'prompt="forest.safetensors", or put {EMBEDDINGS} into its folder'
            )
        return self.repainter.prompt(given, negative)

    def costs(self) -> str:
        """What it is, and what its weights take of the memory, in a line."""
        held = f"{self.repainter.memory / 1e6:,.0f} MB"
        return f"{self.checkpoint.name} is {self.folder}; its weights hold {held} on {self.device}"

    def paint(
        self,
        condition: Any,
        *,
        size: int | tuple[int, int] | None = None,
        seed: int = 0,
        norm: str | None = None,
        dropout: bool | None = None,
        amount: float | None = None,
    ) -> Tensor:
        """As `Painter.paint`, with the settings of the folder and its card."""
        return self.repaint(condition, size=size, settings=self.folder.settings)[0]

    def repaint(
        self,
        condition: Any,
        *,
        settings: PaintSettings,
        size: int | tuple[int, int] | None = None,
        structure: Tensor | None = None,
        last: tuple[Tensor, float] | None = None,
    ) -> tuple[Tensor, Tensor]:
        """(picture (3, height, width) float32 0..1, its latents).

        Parameters
        ----------
        condition, size : as for `Painter.paint`.
        structure : a picture for the ControlNet; without one it reads the condition.
        last : the latents of the picture before, and their share, 0..1.
        """
        with torch.inference_mode():
            picture = as_picture(condition)
            height, width = as_size(size) if size is not None else picture.shape[1:]
            own = self.checkpoint.fit(height, width)
            picture = self.sized(picture, own)
            second = picture if structure is None else self.sized(as_picture(structure), own)
            painted, latents = self.repainter.paint(
                picture[None] * 2 - 1,
                mixed(self.prompts, settings.prompt_mix),
                settings,
                structure=second[None],
                last=last,
            )
            out = painted[0].to(self.device).mul(0.5).add_(0.5).clamp_(0.0, 1.0)
            out = resize(adapt(out, 3), height, width)
        return out.clone(memory_format=torch.contiguous_format), latents.clone()

    def sized(self, picture: Tensor, size: tuple[int, int]) -> Tensor:
        """(3, height, width) on the device."""
        return resize(adapt(picture.to(self.device, torch.float32), 3), *size)
