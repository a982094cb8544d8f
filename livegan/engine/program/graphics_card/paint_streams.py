"""Streams of a graphics card: slots that paint at the same time."""

from __future__ import annotations

from collections.abc import Callable

import torch

from livegan.engine.program.paint_threads import Painted, PaintThreads, outcome
from livegan.generators.device import works_alone
from livegan.heap import keep_freed


class PaintStreams(PaintThreads):
    """Runs the networks of a frame side by side on a card.

    Each has a stream of its own, which begins after all that the calling thread gave the card
    before; what the thread gives it afterwards begins when all of them are done. The thread itself
    waits for none.
    """

    def __init__(self, device: torch.device) -> None:
        super().__init__(1)
        keep_freed()
        self.device = device
        self._streams: list[torch.cuda.Stream] = []

    def run(self, calls: list[Callable[[], Painted]]) -> list[Painted | BaseException]:
        """What every call returns, or the error it raised, in order."""
        if len(calls) < 2:
            return super().run(calls)
        while len(self._streams) < len(calls):
            stream = torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
            self._streams.append(stream)
        here = torch.cuda.current_stream(self.device)
        painted: list[Painted | BaseException] = []
        for call, stream in zip(calls, self._streams, strict=False):
            stream.wait_stream(here)
            with torch.cuda.stream(stream):
                painted.append(outcome(call))
        for picture, stream in zip(painted, self._streams, strict=False):
            here.wait_stream(stream)
            if isinstance(picture, torch.Tensor):
                # Its memory is not used again before what follows here is done with it.
                picture.record_stream(here)
        return painted


def paint_threads_for(device: torch.device) -> PaintThreads:
    """What runs the networks of a frame: streams of a card, or threads of the processor."""
    return PaintStreams(device) if works_alone(device) else PaintThreads.for_device(device)
