"""One picture of a diffusion model: latents of the condition, noise, and the library's steps."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from livegan.generators.errors import ModelError

from .prompts import Prompt, encoded
from .settings import PaintSettings

UNEVEN = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")
"""Schedules that take no steps of time of our own."""


class Repainter:
    """diffusers' pipeline for image-to-image, on a device.

    It paints as the pipeline itself does; only where the steps begin is ours, so that ``strength``
    moves without jumps (see `PaintSettings.times`).
    """

    def __init__(self, pipe: Any, device: torch.device, diffusers: Any) -> None:
        self.pipe = pipe.to(device)
        self.device = device
        self.flow = "FlowMatch" in type(pipe.scheduler).__name__
        self.pipe.scheduler = playable(pipe.scheduler, diffusers)
        self.takes = frozenset(inspect.signature(pipe.__call__).parameters)
        if pipe.vae.dtype is torch.float16 and getattr(pipe.vae.config, "force_upcast", False):
            pipe.vae.to(torch.float32)  # its values do not fit into 16 bits
        self.network = pipe.transformer if hasattr(pipe, "transformer") else pipe.unet
        self.dtype: torch.dtype = self.network.dtype
        self._using = threading.Lock()

    @property
    def controlled(self) -> bool:
        """Whether a ControlNet reads a second picture."""
        return "control_image" in self.takes

    @property
    def memory(self) -> int:
        """Bytes of its weights on the device."""
        networks = [each for each in self.pipe.components.values() if hasattr(each, "parameters")]
        weights = {id(w): w for each in networks for w in each.parameters()}
        return sum(weight.nbytes for weight in weights.values())

    def prompt(self, text: str, negative: str) -> Prompt:
        """What its text encoders make of a prompt."""
        with self._using, torch.inference_mode():
            return self.own(encoded(self.pipe, text, negative))

    def own(self, prompt: Prompt) -> Prompt:
        """A prompt on its device, in its number format."""
        return {key: each.to(self.device, self.dtype) for key, each in prompt.items()}

    def paint(
        self,
        x: Tensor,
        prompt: Prompt,
        settings: PaintSettings,
        *,
        structure: Tensor | None = None,
        last: tuple[Tensor, float] | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Repaint a picture.

        Parameters
        ----------
        x : (1, 3, H, W), -1..1, the condition.
        structure : (1, 3, H, W), 0..1, for a ControlNet.
        last : the latents of the picture before, and their share, 0..1.

        Returns
        -------
        The picture (1, 3, H, W), about -1..1, and its latents.

        Raises
        ------
        ModelError
            If there is not enough memory, or the prompt does not belong to the network.
        """
        with self._using:
            try:
                return self._paint(x, prompt, settings, structure, last)
            except torch.OutOfMemoryError as error:
                raise ModelError(
                    f"not enough memory on {self.device} to paint {x.shape[3]}x{x.shape[2]}; "
                    "lower size="
                ) from error
            except (RuntimeError, ValueError, TypeError) as error:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
                raise ModelError(
                    f"diffusers cannot paint {x.shape[3]}x{x.shape[2]}: {reason}; is the prompt "
                    "stored for another model?"
                ) from error

    def _paint(
        self,
        x: Tensor,
        prompt: Prompt,
        settings: PaintSettings,
        structure: Tensor | None,
        last: tuple[Tensor, float] | None,
    ) -> tuple[Tensor, Tensor]:
        # On the processor, so that every device draws the same noise.
        generator = torch.Generator("cpu").manual_seed(settings.seed)
        latents = self.encode(x, generator)
        if last is not None and last[0].shape == latents.shape:
            latents = latents.lerp(last[0], last[1])
        self.begin(settings)
        given: Mapping[str, Any] = {
            **prompt,
            "image": latents,
            "control_image": structure.to(self.dtype) if structure is not None else None,
            "controlnet_conditioning_scale": settings.structure_amount,
            "height": x.shape[2],
            "width": x.shape[3],
            "strength": 1.0,
            "num_inference_steps": settings.steps,
            "guidance_scale": settings.guidance,
            "generator": generator,
            "output_type": "latent",
            "return_dict": False,
        }
        given = {key: value for key, value in given.items() if key in self.takes}
        painted: Tensor = self.pipe(**given)[0]
        return self.decode(painted), painted

    def begin(self, settings: PaintSettings) -> None:
        """Have the scheduler take our steps of time, whatever number the pipeline asks it for."""
        scheduler = self.pipe.scheduler
        plain = type(scheduler).set_timesteps
        more: dict[str, Any]
        if self.flow:
            count = settings.steps
            top = max(settings.strength, 1e-3)
            more = {"sigmas": [top * (1 - i / count) for i in range(count)]}
        else:
            more = {"timesteps": settings.times(scheduler.config.num_train_timesteps)}

        def set_timesteps(*args: Any, device: Any = None, mu: Any = None, **rest: Any) -> None:
            shift = {} if mu is None else {"mu": mu}
            plain(scheduler, device=device, **more, **shift)

        scheduler.set_timesteps = set_timesteps

    def encode(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """(1, 3, H, W) → latents, as the pipeline draws them."""
        vae = self.pipe.vae
        found = vae.encode(x.to(self.device, vae.dtype))
        held = getattr(found, "latent_dist", None)
        plain = found.latents if held is None else held.sample(generator)
        shift = getattr(vae.config, "shift_factor", None) or 0.0
        scaled: Tensor = (plain - shift) * vae.config.scaling_factor
        return scaled.to(self.dtype)

    def decode(self, latents: Tensor) -> Tensor:
        """Latents → (1, 3, H, W) float32."""
        vae = self.pipe.vae
        shift = getattr(vae.config, "shift_factor", None) or 0.0
        plain = latents.to(vae.dtype) / vae.config.scaling_factor + shift
        picture: Tensor = vae.decode(plain, return_dict=False)[0]
        return picture.float()


def playable(scheduler: Any, diffusers: Any) -> Any:
    """The scheduler, if it can begin at any step of time; else Euler's, of the same training."""
    takes = inspect.signature(scheduler.set_timesteps).parameters
    even = {key: False for key in UNEVEN if scheduler.config.get(key)}
    if "timesteps" in takes:
        return type(scheduler).from_config(scheduler.config, **even) if even else scheduler
    return diffusers.EulerDiscreteScheduler.from_config(scheduler.config, **even)
