"""The governor: how many slots paint in each frame, so that a set keeps its rate.

`Governor` decides how many, from what frames took: a value, and pure. `SlotTurns` decides which,
from the conditions. Why slots take turns and do not paint smaller: docs/decisions/governor.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import torch

from livegan.engine.program.graphics_card.late_numbers import LateNumbers
from livegan.engine.program.nodes.instance import Instance

OVER = 1.08
"""Times of the period that a frame may take before fewer slots paint."""
ROOM = 0.9
"""Part of the period that it must be expected to take before more slots paint."""
LOWER_S = 0.5
"""Seconds that a number of slots is kept at least before fewer paint."""
RAISE_S = 4.0
"""Seconds that it is kept at least before more paint."""
TRIED_S = 8.0
"""A number that is given up this soon was too large: the next attempt waits twice as long."""
LONGEST_S = 120.0
FRAMES = 5
"""Frames that are measured at least before anything changes."""
SMOOTH = 0.25
"""What the newest frame counts in the mean."""


@dataclass(frozen=True)
class Governor:
    """How many slots paint in a frame. Immutable: `look` gives the next."""

    rounds: int = 0
    """How many times the slots that are painted fill the cores; 0: all that there are."""
    mean_s: float = 0.0
    """What a frame takes with so many."""
    paint_s: float = 0.0
    """What of it the slots take, by the clock."""
    frames: int = 0
    """Frames with so many."""
    since: float = -math.inf
    patience: float = RAISE_S
    """Seconds until more are tried."""
    raised: bool = False
    """The last change was to more."""

    def look(
        self, now: float, took_s: float, paint_s: float, slots: int, beside: int, rate: float
    ) -> Governor:
        """After a frame that ended at ``now`` and took ``took_s``, of which the slots ``paint_s``.
        Seconds are those of any clock.

        ``slots`` is how many there are, ``beside`` how many paint at the same time, ``rate`` how
        many frames a second to hold.
        """
        most = -(-slots // beside)
        if not 0 < self.rounds <= most:
            return Governor(most, took_s, paint_s, 1, now)
        if now < self.since or not math.isfinite(now):
            return replace(self, since=now if math.isfinite(now) else self.since)
        first = self.frames < 2  # the first frame of all may pay for what is new
        share = 1.0 if first else SMOOTH
        if not first:  # one frame that was held up says little of the next
            took_s = min(took_s, 2 * self.mean_s)
        mean = self.mean_s + share * (took_s - self.mean_s)
        paint = self.paint_s + share * (paint_s - self.paint_s)
        held = now - self.since
        after = replace(self, mean_s=mean, paint_s=paint, frames=self.frames + 1)
        if after.frames < FRAMES:
            return after
        if mean * rate > OVER and held >= LOWER_S and self.rounds > 1:
            early = self.raised and held < TRIED_S
            patience = min(2 * self.patience, LONGEST_S) if early else RAISE_S
            return Governor(self.rounds - 1, mean, paint, 0, now, patience)
        expected = mean + paint / self.rounds
        if self.rounds < most and expected * rate < ROOM and held >= self.patience:
            return Governor(self.rounds + 1, mean, paint, 0, now, self.patience, raised=True)
        return after

    def painting(self, slots: int, beside: int) -> int:
        """How many of the slots paint in the next frame."""
        return min(slots, self.rounds * beside) if self.rounds else slots

    def line(self, slots: int, beside: int, rate: float) -> str:
        """For the HUD: "holds 25 fps: 2 of 4 slots a frame"; empty while all paint in time."""
        fits = self.frames < FRAMES or self.mean_s * rate <= OVER
        count = self.painting(slots, beside)
        if not self.rounds or (count == slots and fits):
            return ""
        if fits or self.rounds > 1:
            return f"holds {rate:g} fps: {count} of {slots} slots a frame"
        return f"cannot hold {rate:g} fps with {count} of {slots} slots a frame"


CHANGE = 0.01
"""Change of a condition, 0..1, that counts as none: then the slot that waited longest paints."""
POINTS = 24
"""Points a side at which conditions are compared."""


@dataclass
class SlotWait:
    """A slot: the condition it painted last, and the frames since."""

    condition: torch.Tensor
    frames: int = 0
    change: float = 0.0
    """How far the condition had moved in the frame before, where that is known later."""

    def changed(self, numbers: torch.Tensor) -> None:
        """How far it has moved by now."""
        self.change = float(numbers[0])


class SlotTurns:
    """Which slots paint in a frame: those whose conditions changed most, times how long they wait.

    So a slot whose condition stands still is repeated, and none is for ever.
    """

    def __init__(self) -> None:
        self.count = 0
        """How many paint in a frame, of all; 0: all of them."""
        self._waiting: WeakKeyDictionary[Instance, SlotWait] = WeakKeyDictionary()

    def forget(self) -> None:
        """Another program plays: in its first frame all slots paint."""
        self._waiting.clear()

    def painting(
        self,
        slots: Sequence[tuple[Instance, torch.Tensor]],
        whole: int,
        late: LateNumbers | None = None,
    ) -> list[bool]:
        """Which of ``slots``, (instance, condition), paint now; ``whole`` is how many there are in
        the set, of which these may be a part. With ``late``, changes are those of the frame before:
        a graphics card is not asked in the middle of a frame."""
        count = len(slots)
        share = count if not self.count else max(1, round(self.count * count / max(whole, 1)))
        seen = [sampled(condition) for _, condition in slots]
        urgency = [
            self._urgency(instance, points, late is not None)
            for (instance, _), points in zip(slots, seen, strict=True)
        ]
        first = sorted(range(count), key=lambda place: -urgency[place])
        now = {place for place in first if math.isinf(urgency[place])} | {*first[:share]}
        for place, (instance, _) in enumerate(slots):
            if place in now:
                self._waiting[instance] = SlotWait(seen[place])
                continue
            waits = self._waiting[instance]
            waits.frames += 1
            if late is not None:
                late.bring((seen[place] - waits.condition).abs().mean(), waits.changed)
        return [place in now for place in range(count)]

    def _urgency(self, instance: Instance, points: torch.Tensor, late: bool) -> float:
        waits = self._waiting.get(instance)
        if waits is None or instance.last is None or waits.condition.shape != points.shape:
            return math.inf
        change = waits.change if late else float((points - waits.condition).abs().mean())
        return (CHANGE + change) * (waits.frames + 1)


def sampled(condition: torch.Tensor) -> torch.Tensor:
    """A condition at a few points, (3, h, w): a copy."""
    _, height, width = condition.shape
    return condition[:, :: -(-height // POINTS), :: -(-width // POINTS)].clone()
