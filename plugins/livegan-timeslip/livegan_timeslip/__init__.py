"""A picture of many moments: where another one is bright, it shows what it was a while ago."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from livegan.plugin import Now, hookimpl, param, static

if TYPE_CHECKING:
    from torch import Tensor

DEPTH = 32
"""Moments that are remembered; between them, pictures are blended."""


class Timeslip:
    """Shows the past where another picture is bright; without one, the later the further down."""

    def __init__(
        self, *, longest: float = static(2.0, 0.2, 10.0, "how much is remembered", unit="s")
    ) -> None:
        self.step = longest / DEPTH
        self.longest = longest
        self.past: Tensor | None = None
        """(DEPTH + 2, 3, H, W) float16: now, then what was at whole steps of time, newest first."""
        self.count = 0
        self.time = 0.0

    def mix(
        self,
        picture: Tensor,
        by: Tensor | None = None,
        *,
        seconds: float = param(1.5, 0.0, 10.0, "how long ago the brightest parts are", unit="s"),
        curve: float = param(1.0, 0.2, 5.0, "above 1, only what is very bright lies far back"),
        now: Now,
    ) -> Tensor:
        """The picture, each pixel from a moment of its own."""
        past = self.remember(picture, now.time)
        ago = slope(picture) if by is None else by.mean(0)
        ago = ago.nan_to_num(0, 0, 0).clamp(0, 1) ** curve * min(seconds, self.longest)
        # The newest whole step may be a moment ago only: until there, the way is shorter.
        since = now.time / self.step - self.count
        steps = ago / self.step
        place = (steps / max(since, 1e-6)).minimum(1 + (steps - since).clamp(min=0))
        first = place.long().clamp(0, DEPTH)
        part = (place - first).clamp(0, 1)[None]
        three = (1, *picture.shape)
        before = past.gather(0, first.expand(three))[0]
        after = past.gather(0, (first + 1).expand(three))[0]
        return before.to(picture.dtype).lerp(after.to(picture.dtype), part)

    def remember(self, picture: Tensor, time: float) -> Tensor:
        """Write down the picture, once for every step of time that has gone by."""
        # What is not a number would be seen again and again for seconds.
        kept = picture.nan_to_num(0, 1, 0).half()
        count = int(time / self.step)
        past, passed = self.past, count - self.count
        if past is None or past.shape[1:] != kept.shape or time < self.time or passed > DEPTH:
            past = kept.expand(DEPTH + 2, *kept.shape).clone()
        elif passed:
            past = past.roll(passed, 0)
            past[1:passed] = past[passed]
        past[0] = kept
        self.past, self.count, self.time = past, count, time
        return past


def slope(picture: Tensor) -> Tensor:
    """(H, W): 0 at the top, 1 at the foot."""
    _, height, width = picture.shape
    rows = picture.new_ones(height).cumsum(0).sub(1).div(max(height - 1, 1))
    return rows[:, None].expand(height, width)


@hookimpl
def register_mixers(register: Callable[..., object]) -> None:
    register(Timeslip, name="timeslip")
