"""Tensors on their way from a graphics card to memory."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch
from torch import Tensor

from livegan.engine.isolation.gpu_errors import check_context


class Arriving:
    """Tensors that a card copies to memory when it has worked them out; nobody waits meanwhile."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        """``tensors`` are on one card."""
        self._copies = [torch.empty(t.shape, dtype=t.dtype, pin_memory=True) for t in tensors]
        for copy, tensor in zip(self._copies, tensors, strict=True):
            copy.copy_(tensor, non_blocking=True)
        # One that blocks: the thread sleeps, and a core is free for the rest of the show.
        self._event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
        self._event.record(torch.cuda.current_stream(tensors[0].device))
        self.waited_s = 0.0
        """Seconds that `wait` took."""

    @property
    def here(self) -> bool:
        """Whether all have arrived."""
        return bool(self._event.query())  # type: ignore[no-untyped-call]

    def wait(self) -> list[Tensor]:
        """The tensors, in memory: waited for if they are still to come.

        Raises
        ------
        ContextLost
            If the card cannot be used any more: what failed before is told here.
        """
        began = time.perf_counter()
        try:
            self._event.synchronize()
        except RuntimeError as error:
            check_context(error)
            raise
        self.waited_s += time.perf_counter() - began
        return self._copies
