"""The analysis of a whole recording, as a dictionary that can be printed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from livegan.sound import HOP, RATE
from livegan.sound.bands import Array
from livegan.sound.features import FEATURES, Rows

_CHUNK = 100 * HOP
_CURVES = ("level", "low", "mid", "high", "centroid", "onset", "kick", "snare")


def analyze(samples: Array, *, bpm: float | None = None) -> dict[str, Any]:
    """Analyse a recording the way a show would hear it.

    Parameters
    ----------
    samples : (n, 2) float32 at 48 kHz; the last part of a hop is filled up with silence.
    bpm : fixes the tempo.

    Returns
    -------
    dict
        ``hop_s``, ``duration_s``, ``bpm`` (the median over the second half), ``beats``, ``kicks``,
        ``snares``, ``onsets`` (seconds of their attacks), ``kicks_reported``, ``snares_reported``,
        ``onsets_reported`` (when a show would have known, at most 50 ms later), and the curves
        ``level low mid high centroid onset kick snare bpm_curve beats_curve``, one value a hop.
    """
    from livegan.sound.analysis import Analyzer, Event

    struck: list[Event] = []
    analyzer = Analyzer(bpm, struck.append)
    rest = -len(samples) % HOP
    blocks = [samples[i : i + _CHUNK] for i in range(0, len(samples), _CHUNK)]
    # Attacks in the last moments are known only later: listen on for a little while.
    blocks.append(np.zeros((rest + 10 * HOP, 2), np.float32))
    rows = np.concatenate([analyzer.feed(block) for block in blocks])
    duration = len(samples) / RATE
    events = [event for event in struck if event.time_s < duration]
    rows = rows[: (len(samples) + rest) // HOP]
    column = {name: rows[:, i] for i, name in enumerate(FEATURES)}
    result: dict[str, Any] = {
        "hop_s": HOP / RATE,
        "duration_s": round(duration, 4),
        "bpm": round(float(np.median(column["bpm"][len(rows) // 2 :])), 2) if len(rows) else 0.0,
        "beats": beat_times(column["beats"]),
    }
    for kind in ("kick", "snare", "onset"):
        found = [event for event in events if event.kind == kind]
        result[f"{kind}s"] = [round(event.time_s, 4) for event in found]
        result[f"{kind}s_reported"] = [round(event.reported_s, 4) for event in found]
    for name in _CURVES:
        result[name] = [round(float(value), 4) for value in column[name]]
    result["bpm_curve"] = [round(float(value), 2) for value in column["bpm"]]
    result["beats_curve"] = [round(float(value), 4) for value in column["beats"]]
    return result


def beat_times(beats: Rows) -> list[float]:
    """Seconds at which a rising count of beats, one value a hop, passes whole numbers."""
    times: list[float] = []
    last, last_time = 0.0, 0.0
    for hop, value in enumerate(beats.tolist()):
        time = (hop + 1) * HOP / RATE
        whole = math.floor(value)
        if whole > math.floor(last) or (hop == 0 and value > 0.0):
            share = (whole - last) / (value - last) if value > last else 1.0
            times.append(round(last_time + max(0.0, share) * (time - last_time), 4))
        last, last_time = value, time
    return times
