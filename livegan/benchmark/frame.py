"""What ``livegan bench`` measures: every encoder, mixer and generator, and the whole frame.

Things that are compared are timed in turn in one run, so that a busy machine slows both; numbers
are medians.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from livegan import share
from livegan.benchmark.stage import stage_rows
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.script import Refusal, run
from livegan.engine.program.build import Builder
from livegan.engine.program.device import choose_device, describe_device
from livegan.engine.program.nodes.instance import (
    ModelInstance,
    Moment,
    OperationInstance,
    painting_size,
)
from livegan.engine.program.nodes.shader_instance import ShaderInstance
from livegan.engine.program.picture_bytes import as_bytes
from livegan.engine.program.player import Player
from livegan.engine.program.program import Program
from livegan.generators import find, load
from livegan.generators.backends.names import AUTO
from livegan.generators.backends.slot import BackendSlot
from livegan.generators.bench import bench_generators, matrix_peak
from livegan.generators.channels import resize
from livegan.generators.finding import model_folders
from livegan.graph.picture import Picture, call
from livegan.graph.place import SetError
from livegan.graph.shader import shader
from livegan.graph.signals.reading import Reading
from livegan.operation.moment import now_at
from livegan.plugin import Operation, registry
from livegan.shaders.reading import read_shader
from livegan.shaders.shader import ShaderError
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.media import decode
from livegan.sound.soundtrack import Playhead

FPS = 30


def measure(
    size: Size, seconds: float, set_path: Path | None, device_name: str, checkpoints: list[str]
) -> dict[str, Any]:
    """All tables: ``{"machine": str, "tables": {title: [row, ...]}}``; times in milliseconds.

    Raises
    ------
    Refusal
        If the set cannot be played.
    livegan.generators.ModelError
        If one of ``checkpoints`` cannot be loaded.
    """
    device = choose_device(device_name)
    threads = torch.get_num_threads()
    path = (set_path or share.folder("sets") / "four.py").resolve()
    script = run(path, path.read_text(encoding="utf-8"))
    names = [str(node.fixed["checkpoint"]) for node in script.graph.models] + checkpoints
    found = [load(find(each, model_folders(path, Path.cwd()))) for each in names]
    # Before there is a player: it leaves each thread one core, and a plain loop has them all.
    generators = bench_generators(found, size, seconds, device=device)
    name, precision = describe_device(device)
    peaks = {p: matrix_peak(getattr(torch, p), device) for p in (precision, "float32")}
    rates = ", ".join(f"{peak:.0f} GFLOP/s in {p}" for p, peak in peaks.items())
    machine = f"{name}, {threads} threads, torch {torch.__version__}; matrix products: {rates}"
    history = Playhead(RecordedHistory.of(decode(share.demo_track())[: 40 * RATE]))
    history.position = 15 * RATE
    builder = Builder(Path.cwd(), size=size, device=device)
    player = Player(history, fps=FPS, device=device)
    pipeline = Pipeline(path, Path.cwd(), builder, player, lambda message: None)
    commit = pipeline.propose(script.text)
    if commit is None or commit.status == "refused" or player.cued is None:
        raise Refusal(commit.reason if commit else "the set cannot be read")
    program = player.cued.program
    return {
        "machine": machine,
        "tables": {
            f"encoders (ms a picture at {size.plain} and 512 px)": operations(
                "encoder", history, (size, Size.square(512)), seconds / 4
            ),
            f"mixers (ms a picture at {size.plain} and 512 px)": operations(
                "mixer", history, (size, Size.square(512)), seconds / 8
            ),
            f"shaders of sets/ (ms a picture at {size.plain} and 512 px)": shader_rows(
                history, (size, Size.square(512)), seconds / 4
            ),
            f"generators at {size.plain} px, against a plain float32 loop": [
                dataclasses.asdict(row) for row in generators
            ],
            f"what paints the slots of {path.name}": slot_rows(program),
            f"the whole frame of {path.name} at {size.plain} px": frame_rows(
                player, history, program, 4 * seconds, threads
            ),
            "the stage (ms a picture of a stream)": stage_rows(seconds / 2),
            "saves": save_rows(pipeline, script.text),
        },
    }


def moment_at(history: Playhead, seconds: float, size: Size, hearing: Hearing) -> Moment:
    """The moment of a recording at a time."""
    history.position = round(seconds * RATE) // HOP * HOP
    sound = hearing.at(history.position)
    now = now_at(sound, before=sound.time - 1 / FPS, fps=FPS)
    return Moment(now, sound, Reading(now, sound), size, torch.device("cpu"))


def operations(
    kind: str, history: Playhead, sizes: tuple[Size, ...], seconds: float
) -> list[dict[str, Any]]:
    """Median milliseconds of every encoder or mixer at its defaults, as the sound moves on."""
    rows: list[dict[str, Any]] = []
    for operation in registry.current().all(kind):
        row: dict[str, Any] = {"name": operation.name}
        for size in dict.fromkeys(sizes):
            row[f"{size.plain} px"] = operation_ms(operation, history, size, seconds)
        rows.append(row)
    return rows


def operation_ms(
    operation: Operation, history: Playhead, size: Size, seconds: float
) -> float | None:
    """Median milliseconds of one picture; None if it cannot be drawn at its defaults."""
    hearing = Hearing(history)
    pictures = [Picture("input", "input") for _ in operation.pictures]
    try:
        node = call(operation, tuple(pictures), {})
    except SetError:
        return None
    node.name = operation.name
    inputs: list[torch.Tensor | None] = [torch.rand(3, *size) for _ in node.pictures]
    times = []
    instance: OperationInstance | None = None
    end = time.perf_counter() + seconds
    with torch.inference_mode():
        for frame in range(100_000):
            moment = moment_at(history, 15 + frame / FPS % 20, size, hearing)
            if instance is None:
                instance = OperationInstance(node)
            began = time.perf_counter()
            instance.draw(node, inputs, moment)
            times.append(time.perf_counter() - began)
            if time.perf_counter() > end and len(times) > 8:
                break
    return round(statistics.median(times[3:]) * 1000, 3)


def shader_rows(history: Playhead, sizes: tuple[Size, ...], seconds: float) -> list[dict[str, Any]]:
    """Median milliseconds of the shaders beside livegan's sets; none where nothing paints them."""
    rows: list[dict[str, Any]] = []
    hearing = Hearing(history)
    for path in sorted((share.folder("sets") / "shaders").glob("*.fs")):
        count = len(read_shader(path).pictures)
        node = shader(str(path), *(Picture("input", "input") for _ in range(count)))
        row: dict[str, Any] = {"name": path.name}
        for size in dict.fromkeys(sizes):
            inputs: list[torch.Tensor | None] = [torch.rand(3, *size) for _ in range(count)]
            try:
                instance = ShaderInstance(node, size)
            except ShaderError:
                return []
            times = []
            end = time.perf_counter() + seconds
            with torch.inference_mode():
                for frame in range(100_000):
                    moment = moment_at(history, 15 + frame / FPS % 20, size, hearing)
                    began = time.perf_counter()
                    instance.draw(node, [*inputs, None], moment)
                    times.append(time.perf_counter() - began)
                    if time.perf_counter() > end and len(times) > 8:
                        break
            row[f"{size.plain} px"] = round(statistics.median(times[3:]) * 1000, 3)
        rows.append(row)
    return rows


def frame_rows(
    player: Player, history: Playhead, program: Program, seconds: float, threads: int
) -> list[dict[str, Any]]:
    """The frame as a show draws it, and as a plain float32 loop does, timed in turn.

    ``ms`` is by the clock; the parts are summed over the threads that do them, and ``rest %`` is
    the part of that sum that is not generators.
    """
    plain = plain_frame(program, history, player.device)
    spent: list[dict[str, float]] = []
    times: list[list[float]] = [[], []]
    end = time.perf_counter() + seconds
    frame = 0
    while time.perf_counter() < end or frame < 12:
        history.position = (15 * RATE + round(frame % 600 / FPS * RATE)) // HOP * HOP
        began = time.perf_counter()
        drawn = player.frame(history.position)
        assert drawn is not None
        output = time.perf_counter()
        as_bytes(drawn.picture)
        done = time.perf_counter()
        player.spent["output"] += done - output
        spent.append(player.spent)
        times[0].append(done - began)
        if frame % 3 == 0:
            torch.set_num_threads(threads)
            began = time.perf_counter()
            plain(history.position)
            times[1].append(time.perf_counter() - began)
            torch.set_num_threads(1 if player.paint_threads.threads > 1 else threads)
        frame += 1
    live, user = (1000 * statistics.median(t[3:]) for t in times)
    groups = {
        group: 1000 * statistics.median(s.get(group, 0.0) for s in spent[3:]) for group in spent[-1]
    }
    whole = sum(groups.values())
    rest = 100 * (whole - groups["generators"]) / whole
    row = {"name": "livegan", "ms": live, "fps": 1000 / live, **groups, "rest %": rest}
    blank = dict.fromkeys(groups, "")
    return [
        row,
        {"name": "plain float32 loop", "ms": user, "fps": 1000 / user, **blank, "rest %": ""},
        {"name": "ratio", "ms": user / live, "fps": "", **blank, "rest %": ""},
    ]


def slot_rows(program: Program) -> list[dict[str, Any]]:
    """What paints each slot, and why that."""
    rows = []
    for step in program.slots:
        assert isinstance(step.instance, ModelInstance)
        generator = step.instance.generator
        own = painting_size(step.node, generator, program.size)
        rows.append(
            {
                "name": step.name,
                "model": str(step.node.fixed["checkpoint"]),
                "backend": generator.plays,
                "px": own.plain,
                "why": why_painted(generator, own),
            }
        )
    return rows


def why_painted(generator: Any, size: Size) -> str:
    """Why a slot is painted by what paints it, in a few words."""
    backend: BackendSlot | None = getattr(generator, "backend", None)
    if getattr(generator, "captured", None):
        return "a graphics card: CUDA graph"
    if backend is None:
        return "nothing else can play it so"
    if backend.failed:
        return f"another failed: {backend.failed}"
    if backend.wanted != AUTO:
        return "the set says so"
    if backend.untried(generator.norm, (size.height, size.width)):
        name = generator.checkpoint.name
        return f"not measured here yet: livegan models {name} --tune"
    return "the fastest measured here; torch if as fast to 5 %"


def plain_frame(
    program: Program,
    history: Playhead,
    device: torch.device,
    dtype: torch.dtype = torch.float32,
    prepared: Callable[[nn.Module], nn.Module] = nn.Module.eval,
) -> Callable[[int], Any]:
    """The loop a user would write: networks one after the other, float32 if not told otherwise,
    tiled with numpy.  ``prepared`` makes a network ready."""
    hearing = Hearing(history)
    parts: list[tuple[OperationInstance, Picture, Any, Size]] = []
    for slot in program.slots:
        instance = slot.instance
        assert isinstance(instance, ModelInstance)
        source = next((p for p in walk(slot.node) if p.kind == "encoder"), None)
        checkpoint = instance.generator.checkpoint
        if source is not None and checkpoint.architecture is not None:
            module = prepared(checkpoint.module().to(device))
            size = painting_size(slot.node, instance.generator, program.size)
            parts.append((OperationInstance(source), source, module, size))

    def draw(position: int) -> Any:
        now = moment_at(history, position / RATE, program.size, hearing)
        tiles = []
        for encoder, node, module, size in parts:
            condition = resize(encoder.draw(node, [], now), *size).to(device)
            with torch.no_grad():
                painted = module((condition[None] * 2 - 1).to(dtype))[0].float()
                out = resize(painted, *program.size).cpu()
            tiles.append(
                ((out.numpy() + 1) * 127.5).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
            )
        return np.concatenate(tiles, axis=1) if tiles else None

    return draw


def walk(node: Picture) -> list[Picture]:
    """A node's inputs, and theirs."""
    found = list(node.pictures)
    for child in node.pictures:
        found += walk(child)
    return found


def save_rows(pipeline: Pipeline, text: str) -> list[dict[str, Any]]:
    """From a save to its being proven: one number changed, and a line added to ``text``."""
    rows = []
    number, line = [], []
    for turn in range(7):
        changed = f"{text}\nsettings(dissolve={0.1 + 0.01 * turn})\n"
        commit = pipeline.propose(changed)
        number.append(commit.proven_ms if commit and commit.proven_ms else 0.0)
        added = f"{changed}\nshow(encode.waveform(listen()).blur({turn + 1}))\n"
        commit = pipeline.propose(added)
        line.append(commit.proven_ms if commit and commit.proven_ms else 0.0)
    for name, times in (("one number changed", number), ("an encoder and a mixer added", line)):
        rows.append({"name": name, "proven after ms": statistics.median(times)})
    return rows
