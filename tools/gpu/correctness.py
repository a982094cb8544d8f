"""Whether the device paints and mixes what the CPU does."""

from __future__ import annotations

import shutil
from typing import Any

import torch

from livegan import share
from livegan.engine.program.nodes.instance import Moment, OperationInstance
from livegan.engine.program.picture_bytes import as_bytes
from livegan.generators import Generator, MorphGenerator
from livegan.graph.picture import Picture, call
from livegan.graph.place import SetError
from livegan.graph.signals.reading import Reading
from livegan.operation.moment import now_at
from livegan.plugin import Operation, registry
from livegan.size import Size
from livegan.sound import RATE
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.media import decode
from tools.gpu.networks import KINDS, checkpoint_of
from tools.gpu.plan import GpuPlan, Part, decibels
from tools.gpu.show import DeviceShow

LEAST = {"float32": 55.0, "float16": 38.0, "bfloat16": 34.0}
"""Least dB to a picture of the CPU in float32; a card multiplies float32 with 10 bits of a
mantissa unless it is told not to (TF32)."""
MIXED_DB = 80.0
SETS = ("four", "crossfeed", "feedback", "steady")
SETS_DB = 26.0
"""Least dB of frames of whole sets: half precision goes around in their feedback."""
FRAMES = 3
QUICK = ("small", "pix2pixHD local")
"""Networks of a quick run."""


def networks(plan: GpuPlan) -> Part:
    """Every kind of network, both norms, in float32 and in what the device plays in; twice each,
    with and without a graph."""
    part = Part("Networks against the CPU in float32, dB")
    side = plan.side(256)
    picture = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(3))
    picture = torch.nn.functional.interpolate(picture[None], (side, side), mode="bilinear")[0]
    for kind in KINDS:
        if plan.quick and kind not in QUICK:
            continue
        checkpoint = checkpoint_of(kind, side, plan.folder)
        row: dict[str, Any] = {"network": kind}
        for norm in ("running", "frame"):
            wanted = Generator(checkpoint, "cpu", "float32", norm).paint(picture)
            for precision in ("float32", "auto"):
                made = Generator(checkpoint, plan.device, precision, norm)
                eager = made.paint(picture)
                made.warm_up(side)
                made.capture(side, [made.norm])
                found = made.paint(picture)
                name = str(made.dtype).removeprefix("torch.")
                least = min(decibels(wanted, eager), decibels(wanted, found))
                row[f"{norm}, {name}"] = least
                if least < LEAST[name]:
                    part.failed.append(f"{kind}, {norm}, {name}: {least:.1f} dB")
                if plan.card and not made.captured:
                    part.failed.append(f"{kind}, {norm}, {name}: no graph could be captured")
        part.rows.append(row)
    return part


def morphs(plan: GpuPlan) -> Part:
    """A morph whose amount moves, back to where it was."""
    part = Part("Morphs against the CPU in float32, dB")
    side = plan.side(256)
    picture = torch.rand(3, side, side, generator=torch.Generator().manual_seed(5))
    for kind in ("small",) if plan.quick else ("small", "unet_256"):
        pair = [checkpoint_of(kind, side, plan.folder, seed) for seed in (0, 1)]
        for norm in ("running", "frame"):
            here = MorphGenerator(*pair, device="cpu", precision="float32", norm=norm)
            there = MorphGenerator(*pair, device=plan.device, precision="float32", norm=norm)
            there.warm_up(side)
            there.capture(side, [there.norm])
            found = [
                decibels(here.paint(picture, amount=a), there.paint(picture, amount=a))
                for a in (0.0, 0.3, 1.0, 0.7, 0.0)
            ]
            part.rows.append({"network": kind, "norm": norm, "least dB": min(found)})
            if min(found) < LEAST["float32"]:
                part.failed.append(f"morph of {kind}, {norm}: {min(found):.1f} dB")
    return part


def mixers(plan: GpuPlan) -> Part:
    """Every mixer that is registered, at its defaults, three frames of it."""
    part = Part("Mixers against the CPU")
    hearing = Hearing(RecordedHistory.of(decode(share.demo_track())[: 4 * RATE]))
    side, dbs = plan.side(256), {}
    for operation in registry.current().all("mixer"):
        found = mixer_db(operation, hearing, Size.square(side), plan.device)
        if found is None:
            continue
        dbs[operation.name] = found
        if found < MIXED_DB:
            part.failed.append(f"mixer {operation.name}: {found:.1f} dB")
    worst = min(dbs, key=lambda name: dbs[name])
    part.notes.append(
        f"{len(dbs)} mixers; the farthest from the CPU is {worst} with {dbs[worst]:.0f} dB."
    )
    return part


def mixer_db(
    operation: Operation, hearing: Hearing, size: Size, device: torch.device
) -> float | None:
    """The least dB of some frames; None if it needs more than pictures."""
    pictures = [Picture("input", "input") for _ in operation.pictures]
    try:
        nodes = [call(operation, tuple(pictures), {}) for _ in range(2)]
    except SetError:
        return None
    for node in nodes:
        node.name = operation.name
    instances = [OperationInstance(node) for node in nodes]
    chance = torch.Generator().manual_seed(7)
    least = 150.0
    with torch.inference_mode():
        for number in range(FRAMES):
            sound = hearing.at((3 * RATE // 480 + 4 * number) * 480)
            now = now_at(sound, before=sound.time - 0.04, fps=25)
            given = [
                torch.rand(3, *size, generator=chance) if each is not None else None
                for each in nodes[0].pictures
            ]
            drawn = []
            for node, instance, where in zip(
                nodes, instances, (torch.device("cpu"), device), strict=True
            ):
                moment = Moment(now, sound, Reading(now, sound), size, where)
                there = [None if each is None else each.to(where) for each in given]
                drawn.append(instance.draw(node, there, moment))
            least = min(least, decibels(*drawn))
    return least


def sets(plan: GpuPlan) -> Part:
    """Frames of whole sets: encoders, slots, mixers, feedback."""
    part = Part("Frames of shipped sets against the CPU, dB")
    size, frames = plan.side(512), 1 if plan.quick else FRAMES
    for name in SETS[-1:] if plan.quick else SETS:
        folder = plan.folder / f"set-{name}"
        shutil.copytree(share.folder("sets"), folder, dirs_exist_ok=True)
        text = (share.folder("sets") / f"{name}.py").read_text(encoding="utf-8")
        found = []
        for device in (torch.device("cpu"), plan.device):
            show = DeviceShow(text, folder, device, size)
            try:
                found.append([as_bytes(show.frame(n).picture) for n in range(frames)])
            finally:
                show.close()
            part.failed += [f"{name} on {device}: {fault}" for fault in show.faults]
        least = min(
            decibels(torch.from_numpy(a) / 255, torch.from_numpy(b) / 255)
            for a, b in zip(*found, strict=True)
        )
        part.rows.append({"set": name, "least dB": least})
        if least < SETS_DB:
            part.failed.append(f"{name}: {least:.1f} dB")
    return part
