"""Checks of what a frame costs: its time, and the memory it leaves behind."""

from __future__ import annotations

import gc
import time
import tracemalloc

import torch

from livegan.plugin import Operation
from livegan.testing.checklist.frames import ALL, DRAWN, START
from livegan.testing.playing import FPS, Play
from livegan.testing.rows import SLOWEST_FRAME_S, Flaw, Measured, row

FRAMES = 200
"""How many frames memory is watched for."""
LEAK = 1024
"""Bytes a frame that count as a leak: 100 MB in an hour."""


@row(*DRAWN, needs=("draws",))
def speed(operation: Operation) -> Measured:
    """A frame at 256 x 256 takes less than a tenth of a second"""
    found = {f"ms_{size}": 1000 * fastest(operation, size) for size in (256, 512)}
    if found["ms_256"] > 1000 * SLOWEST_FRAME_S:
        raise Flaw(
            "drew frames of 256 x 256",
            f"{found['ms_256']:.0f} ms for the fastest, {found['ms_512']:.0f} ms at 512",
            "work on whole arrays, not on pixels in a loop, and compute once what stays the same",
        )
    return found


def fastest(operation: Operation, size: int, frames: int = 5) -> float:
    """Seconds of the fastest of some frames, the first one left out: it may prepare things."""
    play = Play(operation, size=size)
    times = []
    for frame in range(frames + 1):
        began = time.perf_counter()
        play.at(START + frame / FPS)
        times.append(time.perf_counter() - began)
        if sum(times) > 20 * SLOWEST_FRAME_S:
            break
    return min(times[1:] or times)


@row(*ALL, needs=("draws",))
def memory(operation: Operation) -> Measured:
    """Hundreds of frames take no more memory than a few"""
    play = Play(operation, size=32)
    # What is there already is left out of what is counted.
    gc.collect()
    gc.freeze()
    tracemalloc.start(1)
    try:
        play.through(START, START + 1)
        before = held(play)
        half = FRAMES // 2
        marks = []
        for part in range(2):
            for frame in range(half):
                play.at(START + 1 + (part * half + frame) / FRAMES)
            marks.append(held(play))
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    grown = [(marks[0] - before) / half, (marks[1] - marks[0]) / half]
    # What fills up and then stays is a memory of the past, and no leak.
    if min(grown) > LEAK:
        raise Flaw(
            f"played {FRAMES} frames of 32 x 32",
            f"each left {min(grown) / 1024:.1f} KiB behind",
            "keep only the last pictures, and give caches a size: lru_cache(maxsize=64)",
        )
    return {"kib_a_frame": max(0.0, min(grown)) / 1024}


def held(play: Play) -> int:
    """Bytes that Python, numpy and torch hold, without what livegan remembers of the sound."""
    play.hearing = type(play.hearing)(play.hearing.history)
    play.heard = None
    gc.collect()
    total = tracemalloc.get_traced_memory()[0]
    seen: set[int] = set()
    for found in gc.get_objects():
        if type(found) is torch.Tensor and found.device.type == "cpu":
            storage = found.untyped_storage()
            if storage.data_ptr() not in seen:
                seen.add(storage.data_ptr())
                total += storage.nbytes()
    return total
