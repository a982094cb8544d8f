"""Numbers that a graphics card finds in a frame, and that are known when its pictures arrive."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from livegan.engine.program.graphics_card.arriving import Arriving
from livegan.generators.channels import fitted


class LateNumbers:
    """The numbers of one frame.

    They are put together on the card, and brought to memory in one copy. Whoever wants to know
    some of them says what is to be done with them then.
    """

    def __init__(self) -> None:
        self._parts: list[Tensor] = []
        self._take: list[Callable[[Tensor], None]] = []

    def bring(self, numbers: Tensor, take: Callable[[Tensor], None]) -> None:
        """Have ``take`` called with these numbers, (n,) float32 on the CPU, once they are there."""
        self._parts.append(numbers.flatten().to(torch.float32))
        self._take.append(take)

    def unless_finite(self, picture: Tensor, instead: Tensor, failed: Callable[[], None]) -> Tensor:
        """The picture; or another where it has not-a-number or infinity in it, which the card
        decides by itself. ``failed`` is called in that case, when it is known."""

        def take(numbers: Tensor) -> None:
            if not float(numbers[0]):
                failed()

        finite = picture.sum().isfinite()
        self.bring(finite, take)
        return torch.where(finite, picture, fitted(instead, picture.shape[1], picture.shape[2]))

    def send(self) -> ArrivingNumbers | None:
        """On their way; None if there are none."""
        if not self._parts:
            return None
        lengths = [len(part) for part in self._parts]
        return ArrivingNumbers(Arriving([torch.cat(self._parts)]), lengths, self._take)


class ArrivingNumbers:
    """The numbers of one frame, on their way to memory."""

    def __init__(
        self, arriving: Arriving, lengths: Sequence[int], take: Sequence[Callable[[Tensor], None]]
    ) -> None:
        self._arriving, self._lengths, self._takers = arriving, list(lengths), take

    @property
    def here(self) -> bool:
        """Whether they have arrived."""
        return self._arriving.here

    def take(self) -> None:
        """Tell whoever wanted to know: waits if they are still to come."""
        (numbers,) = self._arriving.wait()
        first = 0
        for length, take in zip(self._lengths, self._takers, strict=True):
            take(numbers[first : first + length])
            first += length


class NumbersOfFrames:
    """Those of the last frames, oldest first: of one frame, or of two if pictures come late."""

    def __init__(self) -> None:
        self._coming: deque[ArrivingNumbers] = deque()

    def add(self, numbers: LateNumbers) -> None:
        """Those of a frame that was drawn."""
        sent = numbers.send()
        if sent is not None:
            self._coming.append(sent)

    def take(self, *, wait: bool) -> None:
        """Tell of those that have arrived, or with ``wait`` of all."""
        while self._coming and (wait or self._coming[0].here):
            self._coming.popleft().take()
