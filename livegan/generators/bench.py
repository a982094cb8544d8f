"""How fast generators paint: against a plain loop, and against what the machine can multiply."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from livegan.size import Size, Written

from .checkpoint import Checkpoint
from .runner import Generator


@dataclass(frozen=True)
class BenchRow:
    """One generator, in the order of the table.

    `gflop` are those of one picture (10⁹ multiplications and additions); `share` is the part of
    the measured peak of matrix products in the same precision, 0..1.  Times are medians, in ms.
    A foreign network has no plain loop and no count: those are None.
    """

    name: str
    architecture: str
    size: int | str
    precision: str
    ms: float
    plain_ms: float | None
    speedup: float | None
    gflop: float | None
    gflop_per_s: float | None
    share: float | None


def bench_generators(
    checkpoints: Iterable[Checkpoint],
    size: Written = 256,
    seconds: float = 1.0,
    *,
    device: str | torch.device = "auto",
    norm: str | None = None,
) -> list[BenchRow]:
    """Time every generator at `size`; about `seconds` each, half of it for the plain loop.

    The plain loop is what a user would write: the module in float32, without folding or another
    memory layout, the norm as the generator's, bytes in, bytes out.  The two are timed in turn, so
    that a busy machine slows both.
    """
    peaks: dict[torch.dtype, float] = {}
    rows = []
    asked = Size.read(size)
    for checkpoint in checkpoints:
        generator = Generator(checkpoint, device, norm=norm)
        condition = torch.rand(3, *asked, generator=torch.Generator().manual_seed(0))
        condition = condition.to(generator.device)
        wait = waiter(generator.device)
        calls: list[Callable[[], Any]] = [lambda g=generator, c=condition: g.paint(c)]  # type: ignore[misc]
        gflop = None
        if checkpoint.architecture is not None:
            plain = checkpoint.module().to(generator.device)
            if generator.norm == "frame":
                plain.train()
                for module in plain.modules():
                    if isinstance(module, nn.Dropout):
                        module.eval()
            sides = checkpoint.fit(*asked)
            gflop = count_flop(plain, checkpoint.in_channels, *sides) / 1e9
            frame = torch.zeros(*sides, checkpoint.in_channels, dtype=torch.uint8)
            calls.append(lambda m=plain, f=frame, d=generator.device: plain_loop(m, f, d))  # type: ignore[misc]
        times = [1e3 * t for t in timed(calls, seconds, wait)]
        if generator.dtype not in peaks:
            peaks[generator.dtype] = matrix_peak(generator.dtype, generator.device)
        rate = gflop / times[0] * 1e3 if gflop else None
        rows.append(
            BenchRow(
                name=checkpoint.name,
                architecture=checkpoint.architecture.name
                if checkpoint.architecture
                else str(checkpoint.foreign),
                size=asked.plain,
                precision=str(generator.dtype).removeprefix("torch."),
                ms=times[0],
                plain_ms=times[1] if gflop else None,
                speedup=times[1] / times[0] if gflop else None,
                gflop=gflop,
                gflop_per_s=rate,
                share=rate / peaks[generator.dtype] if rate else None,
            )
        )
    return rows


def plain_loop(module: nn.Module, frame: Tensor, device: torch.device) -> Tensor:
    """(H, W, C) uint8 → (H, W, C) uint8, as tutorials do it."""
    with torch.no_grad():
        x = frame.permute(2, 0, 1).unsqueeze(0).to(device).float() / 127.5 - 1
        out: Tensor = (module(x)[0] + 1) * 127.5
        return out.permute(1, 2, 0).to(torch.uint8).cpu()


def timed(calls: list[Callable[[], Any]], seconds: float, wait: Callable[[], None]) -> list[float]:
    """Median seconds of each call, taken in turn: at least five rounds, after two to warm up."""
    times: list[list[float]] = [[] for _ in calls]
    end = None
    for turn in range(10_000):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            wait()
            if turn >= 2:
                taken.append(time.perf_counter() - start)
        if turn == 1:
            end = time.perf_counter() + seconds
        if end is not None and turn >= 6 and time.perf_counter() > end:
            break
    return [statistics.median(taken) for taken in times]


def waiter(device: torch.device) -> Callable[[], None]:
    """What makes sure that a device has finished."""
    if device.type == "cuda":
        return lambda: torch.cuda.synchronize(device)
    if device.type == "mps":
        return torch.mps.synchronize
    return lambda: None


def matrix_peak(dtype: torch.dtype, device: torch.device | str = "cpu") -> float:
    """Measured peak of matrix products, in 10⁹ operations a second.

    The best median over a few shapes and both forms in which layers ask for a product, because
    libraries are far from their best in some.
    """
    device = torch.device(device)
    side = 1024 if device.type == "cpu" else 8192
    best = 0.0
    wait = waiter(device)
    for rows in (side, 4 * side):
        a = torch.rand(rows, side, device=device).to(dtype)
        b = torch.rand(side, side, device=device).to(dtype)
        x = a.view(1, rows // 32, 32, side).permute(0, 3, 1, 2)  # a 1x1 convolution is one too
        kernel = b.view(side, side, 1, 1).contiguous(memory_format=torch.channels_last)
        calls: list[Callable[[], Any]] = [
            lambda a=a, b=b: a @ b,  # type: ignore[misc]
            lambda a=a, b=b: nn.functional.linear(a, b),  # type: ignore[misc]
            lambda x=x, kernel=kernel: nn.functional.conv2d(x, kernel),  # type: ignore[misc]
        ]
        with torch.inference_mode():
            least = min(timed(calls, 0.1, wait))
        best = max(best, 2.0 * rows * side * side / least / 1e9)
    return best


def count_flop(module: nn.Module, channels: int, height: int, width: int) -> float:
    """Multiplications and additions of the convolutions for one picture, counted while it runs."""
    total = 0.0

    def count(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        assert isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))
        # Every weight meets every pixel: of the output, or of the input if transposed.
        grid = inputs[0] if isinstance(layer, nn.ConvTranspose2d) else output
        total += 2.0 * layer.weight.numel() * grid.shape[2] * grid.shape[3]

    layers = [m for m in module.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    try:
        with torch.no_grad():
            weight = next(module.parameters())
            module(torch.zeros(1, channels, height, width, device=weight.device))
    finally:
        for hook in hooks:
            hook.remove()
    return total
