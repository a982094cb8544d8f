"""In which precision a device paints fastest without its showing."""

from __future__ import annotations

import functools
import os
import platform
import time

import torch
from torch import nn

from .errors import ModelError

PRECISIONS = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
OTHER_NAMES = {"bf16": "bfloat16", "half": "float16", "fp16": "float16", "fp32": "float32"}


LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
"""Environment variables with which oneDNN is held to fewer instructions than the CPU has."""


def has_bfloat16(limit: str) -> bool:
    """Whether a value of :data:`LIMITS` leaves the instructions for bfloat16."""
    return any(word in limit.upper() for word in ("BF16", "AMX", "DEFAULT"))


def choose_precision(precision: str, device: torch.device) -> torch.dtype:
    """``"auto"``, ``"float32"``, ``"bfloat16"`` or ``"float16"`` → a dtype.

    Auto is float16 on a GPU, and on a CPU bfloat16 if it is clearly the faster there.

    Raises
    ------
    ModelError
        For another word.
    """
    name = OTHER_NAMES.get(precision, precision)
    if name in PRECISIONS:
        return PRECISIONS[name]
    if name != "auto":
        raise ModelError(f"precision={precision!r}: give auto, {', '.join(PRECISIONS)}")
    if device.type in ("cuda", "mps"):
        return torch.float16
    return torch.bfloat16 if cpu_likes_bfloat16() else torch.float32


@functools.cache
def cpu_likes_bfloat16() -> bool:
    """Whether convolutions are clearly faster in bfloat16 on this CPU.

    On x86 it is if the CPU multiplies bfloat16 itself (AVX512-BF16, AMX), two to three times, and
    is not if it must emulate.  That is asked and not measured, so that a rehearsal repeats however
    busy the machine is.  Other CPUs are measured, once a process.
    """
    if any(not has_bfloat16(os.environ[name]) for name in LIMITS if name in os.environ):
        return False
    if platform.machine().lower() in ("x86_64", "amd64", "i386", "i686"):
        return any(
            getattr(torch.cpu, ask, lambda: False)()
            for ask in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        )
    best = {dtype: min(convolution_times(dtype)) for dtype in (torch.float32, torch.bfloat16)}
    return best[torch.bfloat16] < 0.75 * best[torch.float32]


def convolution_times(dtype: torch.dtype, rounds: int = 7) -> list[float]:
    """Seconds that a 3x3 convolution of 64 channels at 64² takes, several times."""
    conv = nn.Conv2d(64, 64, 3, padding=1, dtype=dtype)
    conv.weight.data = conv.weight.data.contiguous(memory_format=torch.channels_last)
    x = torch.zeros(1, 64, 64, 64, dtype=dtype).to(memory_format=torch.channels_last)
    times = []
    with torch.inference_mode():
        for _ in range(rounds):
            start = time.perf_counter()
            conv(x)
            times.append(time.perf_counter() - start)
    return times[1:]
