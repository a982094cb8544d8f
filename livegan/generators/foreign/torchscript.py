"""TorchScript archives: a stranger's program, in a process of its own, and only if trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from livegan.generators.card import Card
from livegan.generators.errors import ModelError

from .convention import Convention, said_layout, said_range
from .isolated import Isolated
from .network import ForeignNetwork
from .operators import checked

CHANNELS = (3, 1, 4, 2, 6)
"""Of the condition, tried in turn: an archive does not say."""


class ScriptedNetwork(ForeignNetwork):
    """A TorchScript archive; it runs in TorchScript's own interpreter, not in Python.

    Raises
    ------
    ModelError
        If it cannot be played, or `trust` was not given.
    """

    def __init__(self, data: bytes, path: Path, card: Card, *, trust: bool = False) -> None:
        if not trust:
            raise ModelError(
                "is TorchScript, a program and not only weights. If you trust who made it, load it "
                f'with trust=True: model("{path.name}", ..., trust=True), or --trust on the '
                "command line"
            )
        self.data = checked(data)
        self.isolated = Isolated("TorchScript", self.data)
        self.device = torch.device("cpu")
        self.dtype = ""
        condition, picture = (
            said_range(card, f"{each}_range") for each in ("condition", "picture")
        )
        usual = (-1.0, 1.0)
        last = said_layout(card) == "NHWC"
        given = card.other.get("channels")
        super().__init__(
            "TorchScript",
            self.paint,
            Convention(
                condition=condition or picture or usual,
                picture=picture or condition or usual,
                condition_last=last,
                picture_last=last,
            ),
            (given,) if isinstance(given, int) and given > 0 else CHANNELS,
            certain=bool(condition or picture),
            layout=said_layout(card),
        )

    def to(self, device: torch.device) -> None:
        if device == self.device:
            return
        self.isolated.close()
        self.isolated = Isolated("TorchScript", self.data, str(device))
        self.device = device

    def paint(self, given: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """What the archive gives, in the number format that it takes."""
        if self.dtype:
            return self.isolated(given, dtype=self.dtype)
        refusal: ValueError | None = None
        for dtype in self.isolated.said["dtypes"]:
            try:
                out = self.isolated(given, dtype=dtype)
            except ValueError as error:
                refusal = refusal or error
            else:
                self.dtype = dtype
                return out
        assert refusal is not None
        raise refusal
