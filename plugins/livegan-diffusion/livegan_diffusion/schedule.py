"""How much noise there is at each step of time, as the network was trained."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.generators import ModelError


@dataclass(frozen=True)
class Schedule:
    """What the card says under ``"diffusion"``, in the words of diffusers' scheduler_config.json.

    ``strength`` and ``steps`` are ours: how much noise is put on the condition, 0..1, and in how
    many steps it is taken away; ``multiple`` is what the sides of a picture must be multiples of.
    """

    num_train_timesteps: int = 1000
    beta_start: float = 0.0001
    beta_end: float = 0.02
    beta_schedule: str = "linear"
    prediction_type: str = "epsilon"
    strength: float = 0.5
    steps: int = 4
    multiple: int = 8

    @classmethod
    def of(cls, options: dict[str, Any]) -> Schedule:
        """From a card; keys that are not known are left alone.

        Raises
        ------
        ModelError
            For a value that cannot be; one line that names it.
        """
        values = {}
        for field in fields(cls):
            value = options.get(field.name, field.default)
            kind: Any = {"int": int, "float": float, "str": str}[str(field.type)]
            if isinstance(value, bool) or not isinstance(value, (int, float, str)):
                raise ModelError(f'"{field.name}" of its card is {value!r}; give a {kind.__name__}')
            try:
                values[field.name] = kind(value)
            except ValueError:
                raise ModelError(
                    f'"{field.name}" of its card is {value!r}; give a {kind.__name__}'
                ) from None
        made = cls(**values)
        limits = (
            ("num_train_timesteps", 2, 100_000),
            ("strength", 0.0, 1.0),
            ("steps", 1, 1000),
            ("multiple", 1, 4096),
            ("beta_start", 0.0, 0.999),
            ("beta_end", 0.0, 0.999),
        )
        for name, low, high in limits:
            if not low <= getattr(made, name) <= high:
                raise ModelError(
                    f'"{name}" of its card is {getattr(made, name)}; give {low} to {high}'
                )
        known = {
            "beta_schedule": ("linear", "scaled_linear", "squaredcos_cap_v2"),
            "prediction_type": ("epsilon", "sample", "v_prediction"),
        }
        for name, words in known.items():
            if getattr(made, name) not in words:
                raise ModelError(
                    f'"{name}" of its card is {getattr(made, name)!r}; there is {", ".join(words)}'
                )
        return made

    def kept(self) -> NDArray[np.float64]:
        """(num_train_timesteps,) how much of the picture is left at each step: the alpha-bars."""
        count = self.num_train_timesteps
        if self.beta_schedule == "squaredcos_cap_v2":  # Nichol & Dhariwal 2021
            bar = np.cos((np.arange(count + 1) / count + 0.008) / 1.008 * np.pi / 2) ** 2
            betas = np.minimum(1 - bar[1:] / bar[:-1], 0.999)
        elif self.beta_schedule == "scaled_linear":  # Rombach et al. 2022
            betas = np.linspace(self.beta_start**0.5, self.beta_end**0.5, count) ** 2
        else:  # Ho et al. 2020
            betas = np.linspace(self.beta_start, self.beta_end, count)
        return np.cumprod(1 - betas)

    def times(self) -> list[int]:
        """The steps of time that are gone through, from ``strength`` down to 0."""
        last = round(self.strength * (self.num_train_timesteps - 1))
        return [int(t) for t in np.unique(np.linspace(0, last, self.steps + 1).round())[:0:-1]]
