"""What ``livegan bench lines`` measures: a jitter buffer on simulated lines, on a virtual clock.

A line is a delay for each packet and what is lost, drawn with a seed: the same packets each time.
"""

from __future__ import annotations

import bisect
import math
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import HOP, RATE
from livegan.sound.hearing.analysis import Analyzer, Event
from livegan.sound.network.jitter_buffer import JitterBuffer
from livegan.sound.network.packet import Packet

Array = NDArray[np.float32]
SentSound = Callable[[int, int], Array]
"""The samples from one index to another of what a sender plays, (n, 2)."""

PACKET = 960
"""Samples of a packet: 20 ms."""
NEAR = 0.06
"""Seconds by which a stroke may be heard earlier or later than without the line."""
BEGINNING = 1.0
"""Seconds that sound takes to be there again after a pause."""
PART = 10.0
"""Seconds for which a delay is constant that is compared with."""
SETTLED = 3.0
"""Seconds after which a show is judged: a line is learnt in one."""


@dataclass(frozen=True)
class LineModel:
    """A line, in milliseconds and shares; ``ppm`` is by how much the sender's clock runs fast."""

    name: str
    delay: float
    jitter: float = 0.0
    """Standard deviation; no packet comes earlier than two of them."""
    loss: float = 0.0
    ppm: float = 0.0
    ordered: bool = False
    """A packet waits for the one before it, as over TCP and through most routers."""
    stalls: tuple[float, float] = (0.0, 0.0)
    """Every so many seconds on average, nothing comes for so many milliseconds, and then all."""
    bursts: tuple[float, float] = (0.0, 0.0)
    """Every so many seconds on average, all is lost for up to so many milliseconds."""
    route: float = 0.0
    """Milliseconds that are added from the middle on."""
    pause: tuple[float, float] = (0.0, 0.0)
    """Every so many seconds, the sender sends nothing for so many milliseconds."""


LINES = (
    LineModel("near: 30 ± 5 ms, 0.2 % lost", 30, 5, 0.002, 100),
    LineModel("far: 150 ± 30 ms, 2 % lost", 150, 30, 0.02, 300),
    LineModel("WLAN: stalls of 80 ms", 8, 1.5, 0.001, -50, True, stalls=(5, 80)),
    LineModel("bursts of loss up to 120 ms", 80, 10, 0.005, 100, bursts=(8, 120)),
    LineModel("another route: +120 ms", 60, 8, 0.005, -100, route=120),
    LineModel("pauses of 3 s", 60, 8, 0.005, 100, pause=(30, 3000)),
)
"""Three lines of every day, and three harsh ones."""


@dataclass
class LineResult:
    """What a jitter buffer made of a line; times in seconds."""

    model: LineModel
    seconds: float
    offsets: list[tuple[float, float]] = field(default_factory=list)
    """When, and how long after it was played there a sample is played here."""
    smallest: float = 0.0
    """With which 99.9 % of what is not lost is in time: mean of the parts of `PART` seconds."""
    lost: float = 0.0
    """Share of what was sent and not played."""
    strokes: list[float] = field(default_factory=list)
    """When strokes were heard here that are not in what was sent."""
    missed: int = 0
    true: int = 0
    """Strokes of what was sent that were not heard here, and all of them."""

    @property
    def delay(self) -> float:
        """On average."""
        return float(np.mean([offset for at, offset in self.offsets if at > SETTLED]))

    @property
    def growth(self) -> float:
        """By how much the delay is greater in the last quarter than in the one before it."""
        at = np.array(self.offsets)
        last, before = at[at[:, 0] > 0.75 * self.seconds], at[at[:, 0] > 0.5 * self.seconds]
        before = before[before[:, 0] <= 0.75 * self.seconds]
        return float(last[:, 1].mean() - before[:, 1].mean())


def sent(model: LineModel, seconds: float, seed: int = 0) -> Iterator[tuple[float, int]]:
    """When each packet that is not lost comes, and its number; times in the order of numbers."""
    rng = np.random.default_rng(seed)
    speed = 1 + model.ppm * 1e-6
    came = stalled = lost_until = 0.0
    stall, burst = (_times(rng, every, seconds) for every in (model.stalls[0], model.bursts[0]))
    for number in range(int(seconds * speed * RATE / PACKET)):
        at = (number + 1) * PACKET / RATE / speed
        paused = model.pause[0] and at % model.pause[0] > model.pause[0] - model.pause[1] / 1000
        way = model.delay + model.jitter * max(-2.0, rng.standard_normal())
        way += model.route if at > seconds / 2 else 0.0
        gone = rng.random() < model.loss
        while stall and stall[0] < at:
            stalled = stall.pop(0) + model.stalls[1] / 1000
        while burst and burst[0] < at:
            lost_until = burst.pop(0) + rng.uniform(0.3, 1.0) * model.bursts[1] / 1000
        if paused or gone or at < lost_until:
            continue
        arrives = max(at, stalled) + way / 1000
        if model.ordered:
            arrives = max(arrives, came)
        came = arrives
        yield arrives, number


def _times(rng: np.random.Generator, every: float, seconds: float) -> list[float]:
    if not every:
        return []
    return list(np.cumsum(rng.exponential(every, int(3 * seconds / every) + 8)))


def play(
    model: LineModel,
    sound: SentSound,
    seconds: float,
    *,
    seed: int = 0,
    buffer: JitterBuffer | None = None,
    judged: bool = True,
) -> LineResult:
    """Send ``sound`` over a line for so long, play what comes, and judge it."""
    buffer = buffer or JitterBuffer()
    packets = sorted(sent(model, seconds, seed))
    played = LineResult(model, seconds)
    late: dict[int, list[float]] = {}
    for came, number in packets:
        began = number * PACKET / RATE / (1 + model.ppm * 1e-6)
        late.setdefault(int(began / PART), []).append(came - began)
    played.smallest = float(np.mean([np.quantile(part, 0.999) for part in late.values()]))
    heard, there = Hears(), Hears()
    missing, pulled, index = 0.0, 0, 0
    for turn in range(int(seconds * RATE / HOP)):
        now = (turn + 1) * HOP / RATE
        while index < len(packets) and packets[index][0] <= now:
            came, number = packets[index]
            at = number * PACKET
            buffer.push(Packet(sound(at, at + PACKET), at, RATE, came))
            index += 1
        block = buffer.pull(HOP, now)
        if judged:
            heard.take(block if len(block) else np.zeros((HOP, 2), np.float32))
            there.take(sound(turn * HOP, (turn + 1) * HOP))
        if len(block):
            played.offsets.append((now, buffer.played_after(1 + model.ppm * 1e-6)))
            missing += buffer.line.lost
            pulled += 1
    played.lost = missing / max(1, pulled)
    _judge(played, heard.times, there.times)
    return played


class Hears:
    """The strokes in a sound."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._analyzer = Analyzer(bpm=120, struck=self._strike)

    def _strike(self, event: Event) -> None:
        self.times.append(event.time_s)

    def take(self, block: Array) -> None:
        """Some more of it."""
        self._analyzer.feed(block)


def _judge(played: LineResult, heard: list[float], there: list[float]) -> None:
    """Compare strokes here with those there, each as much later as the sound was then."""
    at = [when for when, _ in played.offsets]

    def offset(when: float) -> float:
        return played.offsets[min(len(at) - 1, bisect.bisect_left(at, when))][1]

    expected = sorted(t + offset(t + offset(t)) for t in there)
    begin, end = SETTLED, played.seconds - 0.5
    played.true = sum(begin < t < end for t in expected)
    # Sound that begins after seconds of silence is a stroke for who sends it as well.
    every = played.model.pause[0]
    again = [n * every + offset(n * every) for n in range(1, 1 + int(end / every))] if every else []
    played.strokes = [
        t
        for t in sorted(heard)
        if begin < t < end
        and not _near(t, expected)
        and not any(0.0 <= t - back <= BEGINNING for back in again)
    ]
    found = sorted(heard)
    played.missed = sum(begin < t < end and not _near(t, found) for t in expected)


def _near(time: float, times: list[float]) -> bool:
    at = bisect.bisect_left(times, time - NEAR)
    return at < len(times) and times[at] <= time + NEAR


def chord(start: int, stop: int) -> Array:
    """A chord that goes on for ever, with noise in it: no stroke is in it."""
    t = np.arange(start, stop) / RATE
    left = sum(np.sin(2 * math.pi * hz * t) for hz in (55.0, 220.0, 277.2, 330.0, 1760.0))
    noise = np.random.default_rng(start).standard_normal(stop - start)
    return np.stack([0.1 * left + 0.01 * noise] * 2, axis=1).astype(np.float32)


def looped(samples: Array) -> SentSound:
    """A recording over and over."""
    return lambda start, stop: samples[np.arange(start, stop) % len(samples)]


def bench_lines(seconds: float) -> dict[str, Any]:
    """All lines, for so long or a minute, with a chord and with the demo track."""
    from livegan import share
    from livegan.sound.media import open_media

    seconds = max(60.0, seconds)
    music = looped(np.concatenate(list(open_media(share.demo_track()))))
    rows = []
    for model in LINES:
        for name, sound in (("chord", chord), ("music", music)):
            rows.append(row(play(model, sound, seconds), name))
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return {"machine": system, "seconds": seconds, "tables": {"lines": rows}}


def row(played: LineResult, name: str) -> dict[str, Any]:
    """A line of the table."""
    return {
        "line": played.model.name,
        "sound": name,
        "delay_ms": round(1000 * played.delay),
        "smallest_ms": round(1000 * played.smallest),
        "times": round(played.delay / played.smallest, 2),
        "growth_ms": round(1000 * played.growth, 1),
        "lost_percent": round(100 * played.lost, 2),
        "false_strokes": len(played.strokes),
        "missed": played.missed,
        "strokes": played.true,
    }
