"""``livegan train``: pairs become a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.failing import clear_errors, fail, short

if TYPE_CHECKING:
    from livegan.training import Step


def train(
    data: Annotated[Path, typer.Argument(metavar="DIR", help="A data set of `livegan dataset`.")],
    out: Annotated[Path, typer.Option(help="The model's folder, such as models/mine.")],
    arch: Annotated[str, typer.Option(help="small, unet_256, resnet_9blocks...")] = "unet_256",
    hours: Annotated[float | None, typer.Option(min=0.001, help="How long it trains.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often it sees every pair.")] = 200,
    batch: Annotated[int, typer.Option(min=1, help="Pairs in a step.")] = 1,
    start: Annotated[Path | None, typer.Option(help="A checkpoint to begin from.")] = None,
    work: Annotated[
        Path | None, typer.Option(help="Where its state is kept; OUT.training if not given.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
) -> None:
    """Train a model on pairs, as pix2pix is published, and lay it where a set finds it.

    Killed and started again, it goes on as if nothing had happened.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from livegan.engine.device import choose_device
    from livegan.training import ARCHITECTURES, Recipe, pack
    from livegan.training import train as learn

    if arch not in ARCHITECTURES:
        fail(f"--arch is one of {', '.join(ARCHITECTURES)}, got {arch!r}", 2)
    state = work or out.with_name(f"{out.name}.training")
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    recipe = Recipe(arch=arch, hours=hours, epochs=epochs, batch=batch)
    with clear_errors(), Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("reading the pairs", total=1.0)

        def told(step: Step) -> None:
            losses = ", ".join(f"{name} {value:.3f}" for name, value in step.losses.items())
            left = f"{step.remaining / 60:.0f} min left"
            text = f"step {step.number}: {losses}; {left}"
            bars.update(task, completed=step.done, description=text)

        trained = learn(
            data, state, recipe, device=choose_device(device), start=start, progress=told
        )
        trained.network.cpu()
        pack(trained, data, out, made_with=f"livegan train --arch {arch}")
    score = f", {trained.val_l1:.4f} from the truth on held-out pairs" if trained.val_l1 else ""
    typer.echo(f"{short(out)}: {trained.steps} steps in {trained.seconds / 60:.1f} min{score}")
    typer.echo(f'play it: model("{out.name}", ...); samples: {short(state / "sheet.png")}')
