"""Commands that look: analyze, encode, generate, models, plugins, devices, doctor."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from livegan.cli.failing import clear_errors, fail, short


def analyze(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sound or film file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    bpm: Annotated[float | None, typer.Option(min=1, help="Fix the tempo.")] = None,
) -> None:
    """Hear a file as a show would: levels, kicks, snares, onsets, tempo and beats."""
    from livegan.sound.analysis import analyze as hear
    from livegan.sound.media import decode

    with clear_errors():
        result = hear(decode(file), bpm=bpm)
    if as_json:
        typer.echo(json.dumps(result))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{file.name}: {result['duration_s']:.1f} s, {result['bpm']:.1f} bpm")
    for heading in ("", "count", "a minute", "first"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name in ("beats", "kicks", "snares", "onsets"):
        times = result[name]
        rate = 60 * len(times) / max(result["duration_s"], 1e-9)
        table.add_row(name, str(len(times)), f"{rate:.0f}", f"{times[0]:.2f} s" if times else "")
    Console().print(table)
    curves = Table()
    curves.add_column("")
    curves.add_column("mean", justify="right")
    curves.add_column("over time")
    for name in ("level", "low", "mid", "high", "centroid"):
        values = result[name]
        mean = sum(values) / max(1, len(values))
        curves.add_row(name, f"{mean:.2f}", sparkline(values))
    Console().print(curves)


def sparkline(values: list[float], width: int = 60) -> str:
    """A row of blocks whose heights follow ``values`` (0..1)."""
    if not values:
        return ""
    step = max(1, len(values) // width)
    means = [sum(values[i : i + step]) / step for i in range(0, len(values) - step + 1, step)]
    return "".join(" ▁▂▃▄▅▆▇█"[min(8, int(max(0.0, m) * 8.99))] for m in means[:width])


def values_of(texts: list[str]) -> dict[str, Any]:
    """``["seconds=5", "shape=dots"]`` as parameters: numbers where they are numbers."""
    values: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            fail(f"--set {text}: write KEY=VALUE, such as seconds=5", 2)
        try:
            values[name] = float(value)
        except ValueError:
            values[name] = {"true": True, "false": False}.get(value.lower(), value)
    return values


def encode(
    name: Annotated[str, typer.Argument(help="An encoder: see `livegan plugins`.")],
    audio: Annotated[str, typer.Option(help='A sound or film file, or "demo".')],
    at: Annotated[float, typer.Option(min=0, help="The moment to draw, s.")],
    out: Annotated[Path, typer.Option(help="The picture, a PNG.")],
    size: Annotated[int, typer.Option(min=1, help="Width and height, px.")] = 256,
    set: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A parameter of the encoder.")
    ] = None,
) -> None:
    """Draw one condition: what a show would draw for that sound at that moment."""
    from livegan import share
    from livegan.engine.still import draw_condition
    from livegan.rehearsal import save_png

    path = share.demo_track() if audio == "demo" else Path(audio)
    with clear_errors():
        pixels = draw_condition(name, path, at, size, values_of(set or []))
        save_png(out, pixels)
    typer.echo(f"written: {short(out)}")


def generate(
    checkpoint: Annotated[str, typer.Argument(help="A model's name, or a checkpoint file.")],
    picture: Annotated[Path, typer.Option("--in", help="The condition, a picture file.")],
    out: Annotated[Path, typer.Option(help="What it paints: .png, or .npy (3, H, W) 0..1.")],
    norm: Annotated[
        str | None, typer.Option(help="frame (as pix2pix tests) or running; else the card's.")
    ] = None,
    precision: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    size: Annotated[int | None, typer.Option(min=1, help="Width and height, px.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
) -> None:
    """Paint one picture with a checkpoint."""
    from livegan.engine.build import model_folders
    from livegan.engine.device import choose_device
    from livegan.generators import find
    from livegan.generators.generate import generate as paint

    for name, value, choices in (
        ("norm", norm or "frame", ("frame", "running")),
        ("precision", precision, ("auto", "float32", "bfloat16", "float16")),
    ):
        if value not in choices:
            fail(f"--{name} is one of {', '.join(choices)}, got {value!r}", 2)
    with clear_errors():
        here = Path.cwd()
        path = find(checkpoint, model_folders(here / "set.py", here))
        paint(
            path, picture, out, norm=norm, precision=precision, size=size,
            device=choose_device(device),
        )  # fmt: skip
    typer.echo(f"written: {short(out)}")


def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the models that a set in this folder can name, with what their cards say."""
    from livegan.engine.build import model_folders
    from livegan.generators import ModelError, available, load

    here = Path.cwd()
    rows = []
    for name, path in available(model_folders(here / "set.py", here)):
        row = {"name": name, "path": str(path), "mb": round(path.stat().st_size / 1e6, 1)}
        try:
            checkpoint = load(path)
            card = checkpoint.card
            row |= {"encoder": card.encoder, "size": card.size or "", "licence": card.licence}
            row["architecture"] = card.architecture or str(checkpoint.architecture or path.suffix)
        except ModelError as error:
            row["architecture"] = f"refused: {error}"
        rows.append(row)
    if as_json:
        typer.echo(json.dumps(rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("model", "encoder", "architecture", "size", "MB", "licence", "file"):
        table.add_column(heading, justify="right" if heading in ("size", "MB") else "left")
    for row in rows:
        keys = ("name", "encoder", "architecture", "size", "mb", "licence")
        table.add_row(*(str(row.get(key) or "") for key in keys), short(str(row["path"])))
    Console().print(table)


def plugins(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what is loaded and what each plugin offers; a refused one with the reason."""
    from livegan.plugin.registry import Registry

    loaded = Registry().load(Path.cwd() / "plugins")
    if as_json:
        rows = [vars(p) for p in loaded.plugins]
        typer.echo(json.dumps({"plugins": rows, "problems": [str(p) for p in loaded.problems]}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("plugin", "version", "state", "ms", "provides"):
        table.add_column(heading, justify="right" if heading == "ms" else "left")
    for plugin in loaded.plugins:
        name = plugin.name if plugin.name != "livegan" else Path(plugin.file).parent.name
        if plugin.name == "livegan":
            module = Path(plugin.file)
            name = f"livegan {module.parent.name if module.stem == '__init__' else module.stem}"
        table.add_row(
            name, plugin.version, plugin.state, f"{plugin.load_ms:.0f}", ", ".join(plugin.provides)
        )
    Console().print(table)
    for problem in loaded.problems:
        typer.secho(str(problem), fg="red")
    for kind in ("encoder", "mixer", "signal"):
        rows_of_kind = loaded.all(kind)
        if not rows_of_kind:
            continue
        table = Table(title=f"{kind}s")
        for heading in ("name", "what it does", "parameters"):
            table.add_column(heading)
        for operation in rows_of_kind:
            params = ", ".join(p.name for p in operation.params)
            table.add_row(operation.name, operation.summary, params)
        Console().print(table)


def devices() -> None:
    """List sound inputs and outputs, displays and processors."""
    from rich.console import Console
    from rich.table import Table

    from livegan.sound.devices import SourceError, list_devices

    console = Console()
    table = Table(title="sound (name an input with --audio)")
    for heading in ("name", "kind", "channels", "rate", "host", ""):
        table.add_column(heading)
    try:
        for row in list_devices():
            default = "default" if row.default else ""
            rate = f"{row.rate:g}"
            table.add_row(row.name, row.kind, str(row.channels), rate, row.host, default)
        console.print(table)
    except SourceError as error:
        typer.secho(str(error), fg="yellow")
    for line in [*display_lines(), *processor_lines()]:
        console.print(line, highlight=False)


def display_lines() -> list[str]:
    """What displays there are, a line each."""
    if not has_display():
        return ["no display: `livegan perform` rehearses to a film instead"]
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    try:
        pygame.display.init()
        sizes = pygame.display.get_desktop_sizes()
        pygame.display.quit()
    except pygame.error as error:
        return [f"no display: {error}"]
    return [f"display {i}: {w}x{h}" for i, (w, h) in enumerate(sizes)]


def has_display() -> bool:
    """False on a machine without a screen (Linux without X or Wayland)."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def processor_lines() -> list[str]:
    """What can run networks, a line each."""
    import torch

    lines = [
        f"cpu: {platform.processor() or platform.machine()}, {torch.get_num_threads()} threads"
    ]
    for index in range(torch.cuda.device_count()):
        lines.append(f"cuda:{index}: {torch.cuda.get_device_name(index)}")
    if torch.backends.mps.is_available():
        lines.append("mps: Apple GPU")
    return lines


def doctor() -> None:
    """Say what this machine has, what is missing, and how to get it; exit 1 if it cannot play."""
    from rich.console import Console

    console = Console()
    good = True

    def line(fine: bool | None, text: str) -> None:
        mark = {True: "[green]ok  [/]", False: "[red]no  [/]", None: "[yellow]--  [/]"}[fine]
        console.print(mark + text, highlight=False)

    line(True, f"python {platform.python_version()} on {platform.platform()}")
    for name in ("torch", "numpy", "av", "pygame-ce", "sounddevice", "soxr", "watchdog", "pluggy"):
        try:
            line(True, f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            good = False
            line(False, f"{name} is missing: pip install {name}")
    for name, use in (("onnxruntime", "ONNX models"), ("pyo", "synthesis in a set")):
        try:
            line(True, f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            line(None, f"{name} is not installed (only needed for {use})")
    from livegan.engine.device import choose_device, describe_device

    device, precision = describe_device(choose_device())
    line(True, f"generators run on {device} in {precision}")
    from livegan.sound.devices import SourceError, list_devices

    try:
        inputs = [device.name for device in list_devices("input")]
        found = f"sound inputs: {', '.join(inputs)}"
        line(bool(inputs) or None, found if inputs else "no sound input: the demo track plays")
    except SourceError as error:
        line(None, str(error))
    for text in display_lines():
        line(None if text.startswith("no ") else True, text)
    spout = sys.platform == "win32"
    line(True if spout else None, "Spout" if spout else "Spout: on Windows only")
    from livegan.plugin import registry

    problems = registry.current().problems
    for problem in problems:
        good = False
        line(False, str(problem))
    if not problems:
        line(True, f"plugins: {len(registry.current().plugins)} loaded")
    if not good:
        raise typer.Exit(1)
