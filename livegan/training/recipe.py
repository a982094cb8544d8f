"""How a model is trained: every choice, as data that goes on its card."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from livegan.training.step.losses import Gan

Precision = Literal["auto", "float32", "bfloat16"]
Direction = Literal["AtoB", "BtoA"]


@dataclass(frozen=True)
class Recipe:
    """Choices of a training; the defaults are pix2pix as published (Isola et al. 2017).

    Length: ``steps`` if given, else ``hours``, else ``epochs``.  The learning rate stays for the
    ``hold`` part of it and falls linearly to nothing over the rest.

    The published network flips and shifts its pairs.  Here neither is done: where a picture's
    x-axis is time, a mirror image is sound that runs backwards.
    """

    arch: str = "unet_256"
    steps: int | None = None
    hours: float | None = None
    epochs: int = 200
    batch: int = 1
    lr: float = 2e-4
    beta1: float = 0.5
    beta2: float = 0.999
    hold: float = 0.5
    gan: Gan = "vanilla"
    adversarial: float = 1.0
    """Weight of the adversarial term; 0 trains without a discriminator's word."""
    l1: float = 100.0
    levels: int = 0
    """Halved sizes that L1 is summed over as well."""
    matching: float = 0.0
    """Weight of feature matching."""
    steady: float = 0.0
    """Weight of the change that the condition's noise makes in the picture."""
    change: float = 0.0
    """Weight of L1 between how the picture changes and how the truth does, from a pair to the one
    after it in its film; a batch is then of such twos."""
    critic_rate: float = 1.0
    """Learning rate of the discriminator, as a part of the generator's."""
    filters: int = 64
    """Channels of the discriminator's first layer."""
    patch: int = 0
    """Side of the tile the discriminator sees of a picture; 0: the whole."""
    noise: float = 0.0
    """Largest standard deviation of the noise on a condition, 0..1 of its range."""
    gain: float = 0.0
    """How much brighter or darker a condition may be made."""
    mixture: float = 0.0
    """Largest part of another pair's condition that is mixed in."""
    sizes: tuple[int, ...] = ()
    """Heights that steps take turns at, by resizing the pairs; (): that of the pairs."""
    ema: float = 0.999
    """What is saved is an average of the weights; the part of it kept at a step."""
    clip: float = 0.0
    """Largest norm of the generator's gradient; 0: any."""
    settle: float = 1.0
    """From this part of the training on, norms use their running statistics, as a show does."""
    precision: Precision = "auto"
    direction: Direction = "AtoB"
    """Which half of a pair is the condition: the left one (A), or the right one (B)."""
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "filters"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: at least 1")
        for name in ("hold", "settle", "ema"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}={getattr(self, name)}: between 0 and 1")
        if self.change and self.batch % 2:
            raise ValueError(f"change={self.change}: needs an even batch, not {self.batch}")
        if self.patch % 8:
            raise ValueError(f"patch={self.patch}: a multiple of 8, as the discriminator's strides")

    def record(self) -> dict[str, Any]:
        """The choices that differ from the published ones, and the architecture: for the card."""
        given = asdict(self)
        plain = {f.name: f.default for f in fields(self)}
        return {k: v for k, v in given.items() if v != plain[k] or k == "arch"}

    @property
    def together(self) -> int:
        """How many neighbours of a film a batch takes at a time."""
        return 2 if self.change else 1

    def rate(self, done: float) -> float:
        """The learning rate when ``done`` of the training, 0..1, is over."""
        if done <= self.hold:
            return self.lr
        return self.lr * max(0.0, 1 - (done - self.hold) / (1 - self.hold))
