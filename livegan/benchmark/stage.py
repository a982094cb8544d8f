"""What every stream costs on the stage, whatever draws it: the ladder and the flash guard."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.size import Size
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.flash.flash_guard import FlashGuard

Pixels = NDArray[np.uint8]
FPS = 30
SIZES = (Size.square(512), Size(720, 1280))


def stage_rows(seconds: float, sizes: tuple[Size, ...] = SIZES) -> list[dict[str, Any]]:
    """Median milliseconds of a picture, at 512 px and 720p.

    The flash guard is timed with pictures that move, which it lets pass, and with pictures that
    flash black and white, which it calms.
    """
    rows: dict[str, dict[str, Any]] = {}
    for size in sizes:
        moving, flashing = pictures(size)
        fallbacks = Fallbacks()

        def chosen(pixels: Pixels, now: float, fallbacks: Fallbacks = fallbacks) -> object:
            return fallbacks.show(pixels, now, came=True)

        jobs: dict[str, tuple[Callable[[Pixels, float], object], list[Pixels]]] = {
            "ladder": (chosen, moving),
            "flash guard, passes": (FlashGuard(), moving),
            "flash guard, acts": (FlashGuard(), [each for each in flashing for _ in range(2)]),
        }
        for name, job in jobs.items():
            rows.setdefault(name, {"name": name})[f"{size.plain} px"] = measured(*job, seconds)
    return list(rows.values())


def pictures(size: Size) -> tuple[list[Pixels], list[Pixels]]:
    """Eight pictures of noise that moves a little, and a black and a white one."""
    noise = np.random.default_rng(1).integers(0, 250, (*size, 3), np.uint8)
    moving = [np.roll(noise, step, axis=1) // 8 + np.uint8(96) for step in range(8)]
    return moving, [np.full_like(noise, value) for value in (0, 255)]


def measured(job: Callable[[Pixels, float], object], shown: list[Pixels], seconds: float) -> float:
    """Median milliseconds of a job that is given the pictures in turn, thirty a second.

    The first second of them is left out: the flash guard has nothing to calm yet.
    """
    times = []
    end = time.perf_counter() + seconds
    for number in range(100_000):
        began = time.perf_counter()
        job(shown[number % len(shown)], number / FPS)
        times.append(time.perf_counter() - began)
        if time.perf_counter() > end and number >= 2 * FPS:
            break
    return round(1000 * statistics.median(times[FPS:]), 3)
