"""Checks of patches: sounds made with pyo, played hop by hop as a show plays them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from livegan.patches.pyo_library import NoPyo, load_pyo
from livegan.plugin import Operation
from livegan.sound import HOP, RATE
from livegan.testing.listening import Array, listen_to, noise
from livegan.testing.rows import Flaw, Measured, NotHere, row

LOUD = 4.0
"""Of full scale: what a limiter can still hold."""
DYING_S = 8.0
"""Seconds after which nothing may be heard that came from a sound that ended."""
SLOWEST_HOP_S = 0.003
"""Of 10 ms: a set has several patches, and networks besides."""
LATEST_S = 0.05
"""A patch that answers later than this is no longer felt as an answer."""


def played(operation: Operation, sound: Array, done: str, **values: Any) -> Array:
    """What it plays; raises `Flaw` if it does not."""
    try:
        load_pyo()
    except NoPyo as missing:
        raise NotHere(str(missing)) from None
    try:
        return listen_to(operation.make, sound, **values)
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
        raise Flaw(
            done, seen, "return a pyo object, and give it arguments that pyo takes"
        ) from None


def takes_sound(operation: Operation) -> bool:
    """Whether it changes a sound."""
    return operation.listens


@row("patch")
def plays(operation: Operation) -> None:
    """It is built, and plays"""
    out = played(operation, noise(0.5), "built it, and played noise")
    if not np.isfinite(out).all():
        raise Flaw("played noise", "not-a-number or infinity", "limit feedback to less than 1")


@row("patch", needs=("plays",), when=takes_sound)
def silence(operation: Operation) -> None:
    """It becomes silent when its sound ends"""
    sound = np.concatenate([noise(0.5), np.zeros((round(DYING_S * RATE), 2), np.float32)])
    out = played(operation, sound, "played noise, then silence")
    left = float(np.abs(out[-RATE // 2 :]).max())
    if left > 1e-3:
        seen = f"samples of {left:.2g} after {DYING_S:g} s"
        raise Flaw("played noise, then silence", seen, "let feedback be less than 1")


@row("patch", needs=("plays",))
def loudness(operation: Operation) -> Measured:
    """Noise and full-scale tones do not make it louder than a limiter can hold"""
    tone = np.sin(np.arange(RATE) * 2 * np.pi * 220 / RATE).astype(np.float32)
    most = 0.0
    for what, sound in (("noise", noise(1.0, 1.0)), ("a tone", np.stack([tone, tone], axis=1))):
        out = played(operation, sound, f"played {what} at full scale")
        most = max(most, float(np.abs(out).max()))
        if not most < LOUD:
            seen = f"samples of {most:.3g}, where 1 is full scale"
            raise Flaw(f"played {what} at full scale", seen, "turn it down with mul=, or limit it")
    return {"peak": most}


@row("patch", needs=("plays",))
def ranges(operation: Operation) -> None:
    """It plays at both ends of the range of every parameter"""
    for param in operation.params:
        for end in (param.low, param.high):
            if end is None or param.type not in ("number", "integer"):
                continue
            done = f"played noise with {param.name}={end:g}"
            out = played(operation, noise(0.3), done, **{param.name: end})
            if not np.isfinite(out).all():
                change = f"give {param.name} a range in which it can be played"
                raise Flaw(done, "not-a-number or infinity", change)


@row("patch", needs=("plays",), when=takes_sound)
def nan(operation: Operation) -> None:
    """After a sound that was not-a-number it plays again"""
    broken = noise(0.2)
    broken[HOP : 2 * HOP] = np.nan
    out = played(operation, np.concatenate([broken, noise(1.5)]), "played not-a-number, then noise")
    if not np.isfinite(out).all():
        raise Flaw("played not-a-number", "not-a-number came out", "report this to livegan")


@row("patch", needs=("plays",), when=takes_sound)
def denormals(operation: Operation) -> None:
    """Sounds that die away do not make it slower"""
    fall = np.exp(-np.arange(3 * RATE, dtype=np.float64) / 1000)[:, None]
    dying = (noise(3.0).astype(np.float64) * fall * 1e-30).astype(np.float32)
    usual = cost_of(lambda: played(operation, noise(3.0), "played noise"))
    slow = cost_of(lambda: played(operation, dying, "played a sound that dies away"))
    if slow > 4 * usual + 0.1:
        seen = f"{slow / usual:.1f} times as long as for noise"
        change = "add a little noise where there is feedback: + pyo.Noise(1e-12)"
        raise Flaw("played a sound that dies away", seen, change)


@row("patch", needs=("plays",))
def repeats(operation: Operation) -> None:
    """It plays the same from the same sound, seed and values"""
    first, again = (played(operation, noise(0.5), "played noise twice") for _ in range(2))
    if not np.array_equal(first, again):
        seen = f"samples that differ by up to {np.abs(first - again).max():.2g}"
        change = "take chance from pyo, or from rng: def name(sound, *, rng)"
        raise Flaw("played noise twice", seen, change)


@row("patch", needs=("plays",))
def hop_cost(operation: Operation) -> Measured:
    """10 ms of sound cost less than 3 ms"""
    hops = 100
    fastest = min(
        cost_of(lambda: played(operation, noise(hops * HOP / RATE), "played noise"))
        for _ in range(3)
    )
    cost = fastest / hops
    if cost > SLOWEST_HOP_S:
        seen = f"{1000 * cost:.1f} ms for a hop of 10 ms"
        raise Flaw("played a second of noise", seen, "use fewer objects or voices")
    return {"ms_hop": 1000 * cost}


@row("patch", needs=("plays",), when=takes_sound)
def latency(operation: Operation) -> Measured:
    """A stroke is heard within 50 ms"""
    sound = np.zeros((RATE, 2), np.float32)
    at = 20 * HOP
    sound[at : at + 240] = 0.8 * noise(240 / RATE, 1.0)
    still = played(operation, np.zeros_like(sound), "played silence")
    changed = np.abs(played(operation, sound, "played a stroke") - still).max(axis=1)
    strong = np.flatnonzero(changed[at:] > 0.05 * max(float(changed.max()), 1e-6))
    if not len(strong) or changed.max() < 1e-4:
        return {}  # it is not heard: a gate, or a patch that only plays
    late = float(strong[0]) / RATE
    if late > LATEST_S:
        seen = f"the answer {1000 * late:.0f} ms later"
        raise Flaw("played a stroke", seen, "let some of the sound through without a delay")
    return {"ms_latency": 1000 * late}


def cost_of(job: Callable[[], Any]) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    job()
    return time.process_time() - began
