"""Painting by taking noise away."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livegan.generators import ModelError
from livegan_diffusion.denoiser import Denoiser
from livegan_diffusion.schedule import Schedule

Array = NDArray[np.float32]


class DiffusionPainter:
    """What livegan plays: noise is put on the condition, and taken away as the network sees fit.

    That is SDEdit (Meng et al. 2022), with the deterministic steps of DDIM (Song et al. 2021). The
    noise is the same for every frame, so the same condition gives the same picture.
    """

    def __init__(self, denoiser: Denoiser, schedule: Schedule) -> None:
        """Raises ModelError if the network cannot paint at all."""
        self.denoiser, self.schedule = denoiser, schedule
        self.in_channels = self.out_channels = denoiser.channels
        self.kept = schedule.kept()
        self.run(torch.zeros(1, self.in_channels, *self.fit(64, 64)))

    def __str__(self) -> str:
        steps = len(self.schedule.times())
        return f"a diffusion model ({steps} steps from {self.schedule.strength:g})"

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size that the network paints."""
        multiple = self.schedule.multiple
        sides = [
            fixed or max(1, round(side / multiple)) * multiple
            for side, fixed in zip((height, width), self.denoiser.fixed, strict=True)
        ]
        return sides[0], sides[1]

    def to(self, device: torch.device) -> None:
        """It stays on the processor, wherever the other slots are."""

    def run(self, x: Tensor) -> Tensor:
        """(1, C, H, W) float32, -1..1, the condition → the picture, likewise.

        Raises
        ------
        ModelError
            If the network fails, or returns what is no picture of that size.
        """
        clean = x.detach().to("cpu", torch.float32).numpy()
        times = self.schedule.times()
        if not times:
            return torch.from_numpy(clean.copy())
        noise = fixed_noise(clean.shape)
        picture = self.noisy(clean, noise, times[0])
        for time, after in zip(times, [*times[1:], -1], strict=True):
            clean, noise = self.parted(picture, time)
            picture = self.noisy(clean, noise, after)
        return torch.from_numpy(picture)

    def noisy(self, clean: Array, noise: Array, time: int) -> Array:
        """The two together, as much of each as there is at a step; -1 is after the last."""
        kept = self.kept[time] if time >= 0 else 1.0
        mixed: Array = np.float32(kept**0.5) * clean + np.float32((1 - kept) ** 0.5) * noise
        return mixed

    def parted(self, picture: Array, time: int) -> tuple[Array, Array]:
        """(clean, noise): what the network takes the picture to be made of."""
        try:
            said = self.denoiser(picture, time)
        except Exception as error:  # onnxruntime has a type for every way to fail
            reason = (str(error).strip().splitlines() or [type(error).__name__])[-1][:120]
            raise ModelError(
                f"{self} cannot paint {picture.shape[3]}x{picture.shape[2]}: {reason}; "
                'set "multiple" on its card, or size='
            ) from error
        if said.shape != picture.shape:
            raise ModelError(f"{self} returns {said.shape} for a picture of {picture.shape}")
        # Neither is ever nothing: the last would be all noise, the first none.
        share = np.float32(max(self.kept[time], 1e-9) ** 0.5)
        rest = np.float32(max(1 - self.kept[time], 1e-9) ** 0.5)
        clean: Array
        if self.schedule.prediction_type == "sample":
            clean = said
        elif self.schedule.prediction_type == "v_prediction":  # Salimans & Ho 2022
            clean = np.asarray(share * picture - rest * said, np.float32)
        else:
            clean = np.asarray((picture - rest * said) / share, np.float32)
        # Outside -1..1 there is no picture: held there, a mistake does not grow step by step.
        clean = np.clip(np.nan_to_num(clean), -1, 1)
        return clean, np.asarray((picture - share * clean) / rest, np.float32)


@lru_cache(maxsize=4)
def fixed_noise(shape: tuple[int, ...]) -> Array:
    """Normal noise, the same for the same shape."""
    noise = np.random.default_rng(0).standard_normal(shape, np.float32)
    noise.setflags(write=False)
    return noise
