"""What all networks with a program of their own have in common: sizes and conventions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from livegan.generators.errors import ModelError

from .convention import LOUDEST, Convention

MULTIPLES = (1, 4, 32, 64, 128, 256, 512)
"""Tried in turn when a network refuses a size: it does not say what it needs."""

PROBED = 256
"""Pixels of the side at which a network is tried when it is read."""


class ForeignNetwork:
    """A network that is called with an array and gives one, and learns which sizes it takes.

    Parameters
    ----------
    kind : what it is, for messages.
    call : what it takes, by its convention → what it gives.  Raises whatever it likes.
    channels : of the condition; tried in turn.
    fixed : (height, width), each None if it takes any.
    certain : whether the range of its pictures is known, and not only assumed.
    layout : that of its pictures, ``"NCHW"`` or ``"NHWC"``; empty to go by their shape.
    """

    def __init__(
        self,
        kind: str,
        call: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]],
        convention: Convention,
        channels: tuple[int, ...] = (3,),
        fixed: tuple[int | None, int | None] = (None, None),
        *,
        certain: bool = True,
        layout: str = "",
    ) -> None:
        self.kind = kind
        self.call = call
        self.convention = convention
        self.fixed = fixed
        self.in_channels = channels[0]
        self.out_channels = 3
        self.certain = certain
        self.layout = layout
        self.known: dict[tuple[int, int], tuple[int, int]] = {}
        self.lock = threading.Lock()
        self.find_channels(channels)

    def __str__(self) -> str:
        return self.kind

    def to(self, device: torch.device) -> None:
        """It stays where it is."""

    def run(self, x: Tensor) -> Tensor:
        """(1, in_channels, H, W) float32 in -1..1 → (1, out_channels, H', W') float32."""
        return self.convention.taken(self.call(self.convention.given(x)))

    def find_channels(self, channels: tuple[int, ...]) -> None:
        """Take the first number of channels with which it paints."""
        refusal: ModelError | None = None
        for count in channels:
            self.in_channels = count
            try:
                self.fit(PROBED, PROBED)
            except ModelError as error:
                refusal = refusal or error
            else:
                return
        assert refusal is not None
        raise refusal

    def fit(self, height: int, width: int) -> tuple[int, int]:
        """The nearest size that works.

        Raises
        ------
        ModelError
            If the network refuses all that were tried; the message is its own.
        """
        wanted = (self.fixed[0] or height, self.fixed[1] or width)
        with self.lock:
            if wanted not in self.known:
                self.known[wanted] = self.search(*wanted)
            return self.known[wanted]

    def search(self, height: int, width: int) -> tuple[int, int]:
        refusal = ""
        for multiple in MULTIPLES:
            size = tuple(
                fixed or max(1, round(side / multiple)) * multiple
                for side, fixed in zip((height, width), self.fixed, strict=True)
            )
            try:
                self.probe(size[0], size[1])
            except ModelError:
                raise
            except Exception as error:  # whatever the network's program raises
                refusal = str(error).strip().splitlines()[-1][:160] if str(error) else repr(error)
            else:
                return size[0], size[1]
        raise ModelError(f"{self} cannot paint {width}x{height}: {refusal}; try another size=")

    def probe(self, height: int, width: int) -> None:
        """Paint noise at a size, and see whether a picture comes of it.

        Raises
        ------
        ValueError, ModelError
            If none does at this size, or at any.
        """
        chance = torch.Generator().manual_seed(0)
        noise = torch.rand(1, self.in_channels, height, width, generator=chance) * 2 - 1
        array = self.call(self.convention.given(noise))
        if array.ndim != 4 or array.shape[0] != self.convention.batch:
            raise ValueError(f"it returns {tuple(array.shape)}, not a picture (1, C, H, W)")
        self.see_layout(array.shape)
        out = self.convention.taken(array)
        self.out_channels = int(out.shape[1])
        if not torch.isfinite(out).all():
            raise ModelError(f"{self} paints values that are no numbers; use another save")
        if not self.certain:
            check_loudness(self.kind, out)

    def see_layout(self, shape: tuple[int, ...]) -> None:
        """Learn where the channels of its pictures are."""
        last = self.convention.picture_last
        if self.layout:
            last = self.layout == "NHWC"
        elif shape[1] > 4 >= shape[3]:
            last = True
        elif shape[3] > 4 >= shape[1]:
            last = False
        if last != self.convention.picture_last:
            self.convention = Convention(**{**vars(self.convention), "picture_last": last})


def check_loudness(kind: str, out: Tensor) -> None:
    """Refuse a network whose pictures are not -1..1, where that was only assumed.

    Raises
    ------
    ModelError
        With what its card has to say.
    """
    values = out.flatten()[:: max(1, out.numel() // 10_000)]
    low, high = (float(q) for q in torch.quantile(values, torch.tensor([0.02, 0.98])))
    if low < -LOUDEST or high > LOUDEST:
        raise ModelError(
            f"{kind} gives values of {low:.3g} to {high:.3g} and a picture of -1..1 was expected; "
            'say on its card what it takes and gives: {"condition_range": "0..255", '
            '"picture_range": "0..255"} (or 0..1, or -1..1)'
        )
