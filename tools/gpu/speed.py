"""How fast: networks, frames, and the delay from sound to picture."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from livegan.benchmark.frame import plain_frame
from livegan.engine.program.graphics_card.paint_streams import PaintStreams
from livegan.engine.program.paint_threads import PaintThreads
from livegan.engine.program.picture_bytes import PictureBytes
from livegan.generators import Checkpoint, Generator
from livegan.generators.bench import count_flop, matrix_peak
from livegan.sound import HOP, RATE
from tools.gpu.networks import checkpoint_of
from tools.gpu.plan import GpuPlan, Part, Row
from tools.gpu.show import FIRST_S, DeviceShow

SLOTS = 4
SMALL_CARD = 10e12
"""Operations a second of a small card, by which a rate there is estimated."""
CASES = (("unet_256", 512), ("small", 512), ("small", 1024))
QUICK = (("small", 128),)
GOAL = {("unet_256", 512): 240.0}
SET = """
from livegan.live import *
settings(swap="now", dissolve=0, size={size})
sound = listen()
a = model("{names[0]}", encode.waveform(sound), size={size})
b = model("{names[1]}", encode.timeline(sound, seconds=10), size={size})
c = model("{names[2]}", encode.levels(sound), size={size})
d = model("{names[3]}", encode.levels_timeline(sound, seconds=10), size={size})
show(grid(a, b, c, d))
"""


def peaks(plan: GpuPlan) -> dict[str, float]:
    """Operations a second of matrix products in each number format; any number in a quick run."""
    if plan.quick:
        return {"float32": 1e11}
    formats = ("float16", "bfloat16", "float32") if plan.card else ("float32",)
    return {name: 1e9 * matrix_peak(getattr(torch, name), plan.device) for name in formats}


def machine(plan: GpuPlan, peak: dict[str, float]) -> Part:
    """What it was measured on."""
    name = torch.cuda.get_device_name(plan.device) if plan.card else "CPU"
    part = Part("Machine")
    rates = ", ".join(f"{rate / 1e12:.3g} in {name}" for name, rate in peak.items())
    part.notes.append(
        f"{name}, torch {torch.__version__}, CUDA {torch.version.cuda}, "
        f"{torch.get_num_threads()} threads of the processor. Matrix products reach {rates} "
        "TFLOP/s."
    )
    return part


def four(plan: GpuPlan, kind: str, pixels: int, peak: dict[str, float]) -> Part:
    """Four networks of a kind: alone, in the frame of a show, and as loops a user would write."""
    side = plan.side(pixels)
    found = [checkpoint_of(kind, side, plan.folder / "models", seed) for seed in range(SLOTS)]
    part = Part(f"Four {kind} at {side}x{side}")
    flop = SLOTS * flop_of(found[0], side)
    dtype = str(Generator(found[0], plan.device).dtype).removeprefix("torch.")
    most = peak.get(dtype, max(peak.values()))
    jobs, close = frame_jobs(plan, found, side)
    jobs = network_jobs(plan, found, side) | jobs
    try:
        times = in_turn(plan, jobs, plan.seconds(4.0))
    finally:
        close()
    plain = times["plain loop, float32"]
    for name, seconds in times.items():
        row: Row = {"what": name, "ms": 1000 * seconds, "a second": 1 / seconds}
        row["ratio to the plain loop"] = plain / seconds if "networks" not in name else None
        row["share of the peak"] = flop / seconds / most
        part.rows.append(row)
    networks = times["networks alone, graphs and streams"]
    share = flop / networks / most
    part.notes.append(
        f"A picture of one network takes {flop / SLOTS / 1e9:.3g} GFLOP. With this share of its "
        f"peak, a card of 10 TFLOP/s would paint all four {SMALL_CARD * share / flop:.0f} times a "
        "second: an estimate, not a measurement."
    )
    ratio = plain / times["livegan, one frame on its way"]
    part.notes.append(f"livegan's frame is {ratio:.2f} times as fast as the plain loop.")
    goal = GOAL.get((kind, pixels))
    if goal and plan.card and not plan.quick:
        reached = "reached" if 1 / networks >= goal else "not reached"
        part.notes.append(f"{goal:.0f} a second were aimed at for the networks: {reached}.")
    return part


def flop_of(checkpoint: Checkpoint, side: int) -> float:
    """Operations of one picture."""
    module = checkpoint.module()
    return count_flop(module, checkpoint.in_channels, *checkpoint.fit(side, side))


def network_jobs(plan: GpuPlan, found: list[Checkpoint], side: int) -> dict[str, Callable[[], Any]]:
    """The networks alone, with conditions that are on the device: layer by layer, and as a show
    plays them."""
    eager = [Generator(each, plan.device) for each in found]
    played = [Generator(each, plan.device) for each in found]
    for each in played:
        each.warm_up(side)
        each.capture(side, [each.norm])
    threads = PaintStreams(plan.device) if plan.card else PaintThreads(1)
    conditions = [torch.rand(3, side, side, device=plan.device) for _ in found]

    def one_by_one() -> None:
        for generator, condition in zip(eager, conditions, strict=True):
            generator.paint(condition)
        plan.wait()

    def at_once() -> None:
        calls = [
            lambda g=g, c=c: g.paint(c)  # type: ignore[misc]
            for g, c in zip(played, conditions, strict=True)
        ]
        for painted in threads.run(calls):
            if isinstance(painted, BaseException):
                raise painted
        plan.wait()

    return {
        "networks alone, layer by layer": one_by_one,
        "networks alone, graphs and streams": at_once,
    }


def frame_jobs(
    plan: GpuPlan, found: list[Checkpoint], side: int
) -> tuple[dict[str, Callable[[], Any]], Callable[[], None]]:
    """Whole frames, from sound to bytes in memory; and what ends them."""
    text = SET.format(size=side, names=[each.name for each in found])
    shows = [DeviceShow(text, plan.folder, plan.device, side) for _ in range(2)]
    loops = [
        plain_frame(shows[0].program, shows[0].history, plan.device),
        half_loop(plan, found, shows[0], side),
    ]
    numbers = [0, 0, 0, 0]
    coming: list[PictureBytes] = []

    def counted(place: int) -> int:
        numbers[place] += 1
        return numbers[place]

    def position(number: int) -> int:
        return (FIRST_S * RATE + number % 600 * RATE // 30) // HOP * HOP

    def waits() -> None:
        list(PictureBytes([shows[0].frame(counted(0)).picture]))
        shows[0].player.settle()

    def ahead() -> None:
        coming.append(PictureBytes([shows[1].frame(counted(1)).picture]))
        if len(coming) > 1:
            list(coming.pop(0))
            shows[1].player.settle()

    jobs: dict[str, Callable[[], Any]] = {
        "livegan, one frame on its way": ahead,
        "livegan, waiting for each frame": waits,
        "plain loop, float32": lambda: loops[0](position(counted(2))),
        "plain loop, half precision, channels last": lambda: loops[1](position(counted(3))),
    }

    def close() -> None:
        for show in shows:
            show.close()

    return jobs, close


def half_loop(
    plan: GpuPlan, found: list[Checkpoint], show: DeviceShow, side: int
) -> Callable[[int], Any]:
    """The plain loop of somebody who knows what a card likes; in float32 on a CPU."""
    dtype = torch.float16 if plan.card else torch.float32

    def prepared(module: nn.Module) -> nn.Module:
        return module.eval().to(plan.device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

    return plain_frame(show.program, show.history, plan.device, dtype, prepared)


def in_turn(plan: GpuPlan, jobs: dict[str, Callable[[], Any]], seconds: float) -> dict[str, float]:
    """Median seconds of each job; some rounds of each, in turn."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    rounds, each = (1, 1) if plan.quick else (4, 12)
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            end = time.perf_counter() + seconds / rounds
            for number in range(10 * each):
                began = time.perf_counter()
                job()
                if turn and number:  # the first of each turn pays for what others left behind
                    times[name].append(time.perf_counter() - began)
                if number >= each or (number > 2 and time.perf_counter() > end):
                    break
            plan.wait()
    return {name: statistics.median(taken) for name, taken in times.items()}


def delay(plan: GpuPlan) -> Part:
    """How old the newest sound of a picture is when its bytes are in memory, at a steady rate."""
    part = Part("From the newest sound to the bytes of the picture, ms")
    side = plan.side(512)
    found = [checkpoint_of("small", side, plan.folder / "models", seed) for seed in range(SLOTS)]
    text = SET.format(size=side, names=[each.name for each in found])
    show = DeviceShow(text, plan.folder, plan.device, side)
    try:
        for number in range(4):
            list(PictureBytes([show.frame(number).picture]))
        for fps in (30, 60):
            ages = paced(show, fps, plan.seconds(4.0) * 4)
            ages.sort()
            part.rows.append(
                {
                    "pictures a second": fps,
                    "median": 1000 * statistics.median(ages),
                    "95 % within": 1000 * ages[int(0.95 * (len(ages) - 1))],
                    "longest": 1000 * ages[-1],
                }
            )
    finally:
        show.close()
    part.notes.append(
        "Sound is known in steps of 10 ms, which count here. A sound card, the analysis, the "
        "window and the display come on top: `livegan bench latency` tells them."
    )
    return part


def paced(show: DeviceShow, fps: int, seconds: float) -> list[float]:
    """The ages of pictures that are begun ``fps`` times a second."""
    began = time.perf_counter()
    ages = []
    for number in range(max(5, round(seconds * fps))):
        time.sleep(max(0.0, began + number / fps - time.perf_counter()))
        heard = int((time.perf_counter() - began) * RATE) // HOP * HOP
        position = FIRST_S * RATE + heard % (20 * RATE)
        show.history.position = position
        frame = show.player.frame(position)
        assert frame is not None
        list(PictureBytes([frame.picture]))
        show.player.settle()
        ages.append(time.perf_counter() - began - heard / RATE)
    return ages
