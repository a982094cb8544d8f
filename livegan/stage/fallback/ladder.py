"""The ladder: what is shown when no new picture comes, so that the screen is never black.

Its rungs, the best first: ``live``; ``held``, the last good picture; ``drift``, slow cross-fades of
the last seconds' pictures; ``still``, a picture that was kept. Pure: every look receives the time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

Rung = Literal["live", "held", "drift", "still"]
RUNGS: tuple[Rung, ...] = get_args(Rung)
Asked = Literal["", "held", "drift", "still"]
"""What the performer asked for: none, or a rung to stay on."""
ASKED: tuple[Asked, ...] = get_args(Asked)

HELD_AFTER = 1.0
"""Seconds without a new picture after which it is said that the last one is held."""
AWAY_AFTER = 0.25
"""The same while the engine is known to be away."""
SLOW = 4.0
"""A set that draws slowly is given so many of its usual intervals."""
DRIFT_AFTER = 4.0
"""Seconds without a new picture after which a held one begins to look like a fault. An engine that
died is back before, as a rule."""
SLEPT = 2.0
"""More than this between two looks, in s, was the machine's sleep and not the engine's."""
SLOWEST = 10.0  # seconds: the longest interval that is taken for usual

CHOSEN = "you chose it"
"""Why a rung is on that the performer asked for."""

AWAY = {
    "starting": "the engine is starting",
    "dead": "the engine has stopped",
    "stalled": "the engine does not answer",
    "returning": "the engine is restarting",
}
"""The phases of the supervisor in which no picture can come, in words."""


@dataclass(frozen=True)
class Ladder:
    """Which rung is on, and why. Immutable: `look` gives the next."""

    rung: Rung = "still"
    why: str = "the engine is starting"
    gap: float = math.inf
    """Seconds since the newest live picture; infinite before the first."""
    usual: float = 0.0
    """Seconds from one live picture to the next, as of late."""
    now: float = -math.inf

    def look(
        self,
        now: float,
        *,
        came: bool,
        asked: Asked = "",
        engine: str = "playing",
        kept: bool = False,
        dark: bool = False,
    ) -> Ladder:
        """The ladder at ``now``, in seconds on any clock.

        ``came``: there is a live picture newer than at the last look. ``engine`` is the
        supervisor's phase. ``kept``: there are pictures of the last seconds to drift through.
        ``dark``: the last live picture is black, so that holding it would be a black screen.
        """
        passed = now - self.now
        if not 0 <= passed <= SLEPT:  # it slept, or the clock stepped: no time of ours has passed
            passed = 0.0
        gap = 0.0 if came else self.gap + passed
        usual = self.usual
        if came and self.gap + passed < SLOWEST:
            interval = self.gap + passed
            usual = usual * 0.8 + interval * 0.2 if usual else interval
        rung, why = self._choose(gap, usual, asked, engine, kept, dark)
        return replace(self, rung=rung, why=why, gap=gap, usual=usual, now=now)

    def _choose(
        self, gap: float, usual: float, asked: Asked, engine: str, kept: bool, dark: bool
    ) -> tuple[Rung, str]:
        seen = math.isfinite(gap)
        away = AWAY.get(engine)
        if asked == "held":
            return ("held" if seen else "still"), CHOSEN
        if asked:
            return ("drift" if asked == "drift" and kept else "still"), CHOSEN
        if not seen:
            return "still", away or "no picture yet"
        limit = max(HELD_AFTER, SLOW * usual)
        drift = max(DRIFT_AFTER, 2 * limit)
        # A picture that has just come counts, whatever is known of the engine.
        if gap <= (min(limit, AWAY_AFTER) if away else limit):
            return "live", ""
        why = away or "no new picture"
        if gap <= drift and not dark:
            return "held", why
        return ("drift" if kept else "still"), why

    @property
    def line(self) -> str:
        """For the HUD: "live", or the rung and why."""
        return "live" if self.rung == "live" else f"{self.rung}: {self.why}"
