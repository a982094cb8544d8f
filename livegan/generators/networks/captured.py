"""Networks of one size as CUDA graphs: a graphics card is given all their work in one command.

Giving it each layer by itself takes the program longer than the card needs for a small network.
A graph is captured while a slot is built, and never while it plays.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import torch
from torch import Tensor, nn

WARM_UPS = 3
"""Times that a network paints before it is captured: by then its libraries have chosen and made
what they need, which they must not do inside."""


class CardTurns:
    """Lets those who use the same memory of a card follow one another, whatever thread and stream
    they are on; the card waits, and not the program."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._lock = threading.Lock()
        self._done = torch.cuda.Event()  # type: ignore[no-untyped-call]

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """The block's work on the current stream, after that of the blocks before."""
        with self._lock:
            here = torch.cuda.current_stream(self.device)
            here.wait_event(self._done)
            try:
                yield
            finally:
                self._done.record(here)


class CapturedNetwork:
    """A network as a graph, for pictures of the shape, number format and layout of ``x``.

    Other threads may use the card meanwhile.

    Raises
    ------
    RuntimeError
        If the network cannot be captured: it looks at numbers, or memory is used up.
    """

    def __init__(self, network: nn.Module, x: Tensor) -> None:
        self._turns = CardTurns(x.device)
        self._given = x.clone()
        self._graph = torch.cuda.CUDAGraph()
        aside = torch.cuda.Stream(x.device)  # type: ignore[no-untyped-call]
        here = torch.cuda.current_stream(x.device)
        aside.wait_stream(here)
        with torch.inference_mode(), torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                network(self._given)
            # What other threads do does not spoil it: a set plays while this one is built.
            self._graph.capture_begin(capture_error_mode="thread_local")
            try:
                self._painted = network(self._given)
            except BaseException:
                with contextlib.suppress(RuntimeError):  # it says again that the capture failed
                    self._graph.capture_end()
                raise
            self._graph.capture_end()
        here.wait_stream(aside)

    def __call__(self, x: Tensor) -> Tensor:
        """What the network paints: a tensor of its own."""
        with self._turns.turn():
            self._given.copy_(x)
            self._graph.replay()
            painted: Tensor = self._painted.clone()
            return painted
