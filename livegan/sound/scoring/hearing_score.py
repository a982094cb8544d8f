"""What livegan hears in annotated recordings, scored beside a plain flux detector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from livegan.sound.media import open_media
from livegan.sound.report import Analysis, hear
from livegan.sound.scoring.annotations import AnnotatedRecording, Annotation
from livegan.sound.scoring.flux import HIGH_HZ, LOW_HZ, flux_times
from livegan.sound.scoring.tally import BEAT_S, STROKE_S, Tally, tally, trimmed

KINDS = ("kick", "snare", "beat")
BASELINE = "flux"
OWN = "livegan"
BANDS = {"kick": LOW_HZ, "snare": HIGH_HZ}


@dataclass(frozen=True)
class HearingScore:
    """Of one recording: a tally for each (detector, kind), and how late true kicks were told."""

    name: str
    seconds: float
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)


def score(recording: AnnotatedRecording, name: str) -> HearingScore:
    """Score a recording.

    Raises
    ------
    livegan.sound.scoring.annotations.AnnotationError, livegan.sound.media.MediaError
        If its annotation or its sound cannot be read.
    """
    wanted = recording.annotation()
    return score_sound(lambda: open_media(recording.sound), wanted, name)


def score_sound(read: Any, wanted: Annotation, name: str) -> HearingScore:
    """Score a sound, read once for each detector by ``read()``, blocks of (n, 2) float32."""
    analysis = hear(read())
    seconds = analysis.duration
    result = HearingScore(name, seconds)
    for kind in KINDS:
        times = getattr(wanted, f"{kind}s")
        if times is None:
            continue
        if kind == "beat":
            found, times, tolerance = trimmed(analysis.times("beat")), trimmed(times), BEAT_S
        else:
            found, tolerance = analysis.times(kind), STROKE_S
        result.tallies[OWN, kind] = tally(found, times, tolerance, seconds)
        if kind in BANDS:
            plain = flux_times(read(), BANDS[kind])
            result.tallies[BASELINE, kind] = tally(plain, times, tolerance, seconds)
    result.late.extend(lateness(analysis, wanted.kicks or []))
    return result


def lateness(analysis: Analysis, kicks: list[float]) -> Iterator[float]:
    """Seconds from each kick that was found to when it was told."""
    if not kicks:
        return
    truth = np.asarray(kicks)
    for event in analysis.events:
        if event.kind == "kick":
            near = float(truth[np.argmin(np.abs(truth - event.time_s))])
            if abs(near - event.time_s) <= STROKE_S:
                yield event.reported_s - near


@dataclass
class HearingScores:
    """The scores of recordings together."""

    each: list[HearingScore] = field(default_factory=list)

    def whole(self, detector: str, kind: str) -> Tally | None:
        """All recordings in which this kind was annotated; None if there is none."""
        return added(s.tallies[detector, kind] for s in self.each if (detector, kind) in s.tallies)

    def without(self, detector: str, kind: str) -> Tally | None:
        """Those in which it was annotated that there is none."""
        found = [s.tallies[detector, kind] for s in self.each if (detector, kind) in s.tallies]
        return added(each for each in found if not each.wanted)

    @property
    def late(self) -> tuple[float, float] | None:
        """Seconds after which half, and 95 %, of the true kicks were told."""
        late = [value for each in self.each for value in each.late]
        if not late:
            return None
        half, most = np.quantile(late, [0.5, 0.95])
        return float(half), float(most)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "recordings": len(self.each),
            "seconds": round(sum(s.seconds for s in self.each), 1),
            "kicks_told_after_s": self.late,
            "all": {
                f"{kind}s": {d: numbers(self.whole(d, kind)) for d in (OWN, BASELINE)}
                for kind in KINDS
            },
            "each": [
                {"file": s.name, "seconds": round(s.seconds, 1)}
                | {f"{d} {kind}s": numbers(t) for (d, kind), t in s.tallies.items()}
                for s in self.each
            ],
        }


def added(tallies: Iterable[Tally]) -> Tally | None:
    """Their sum; None of none."""
    found = list(tallies)
    return sum(found, Tally()) if found else None


def numbers(tally: Tally | None) -> dict[str, float] | None:
    """What a tally comes to."""
    if tally is None:
        return None
    return {
        "annotated": tally.wanted,
        "precision": round(tally.precision, 4),
        "recall": round(tally.recall, 4),
        "f": round(tally.f, 4),
        "false_a_minute": round(tally.false_a_minute, 2),
    }
