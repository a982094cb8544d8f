"""``livegan train``: pairs become a model."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.failing import clear_errors, fail, short
from livegan.cli.interrupting import Interrupt

if TYPE_CHECKING:
    from livegan.training import Step, Trained


def train(
    data: Annotated[Path, typer.Argument(metavar="DIR", help="A data set of `livegan dataset`.")],
    out: Annotated[Path, typer.Option(help="The model's folder, such as models/mine.")],
    arch: Annotated[
        str, typer.Option(help="small (plays four at once), unet_256, resnet_9blocks...")
    ] = "small",
    preset: Annotated[
        str | None,
        typer.Option(
            help="live: as our own models are trained; published: pix2pix. "
            "If not given: live for small, else published."
        ),
    ] = None,
    hours: Annotated[float | None, typer.Option(min=0.001, help="How long it trains.")] = None,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="How often it sees every pair; 200 if no hours are given."),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Pairs in a step, of all processes; the preset's.")
    ] = None,
    steady: Annotated[
        float | None,
        typer.Option(min=0, help="Weight against flicker, such as 30; a third more time a step."),
    ] = None,
    change: Annotated[
        float | None,
        typer.Option(min=0, help="Weight of changing as the film does, such as 24: for kicks."),
    ] = None,
    start: Annotated[
        Path | None, typer.Option(help="A checkpoint of that architecture to begin from.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Where its state is kept; OUT.training if not given.")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="float32, bfloat16, or auto: what the device does fast.")
    ] = None,
    tensorboard: Annotated[
        bool | None,
        typer.Option(help="Curves and sheets for TensorBoard; if not said: if it is installed."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
) -> None:
    """Train a model on pairs, and lay it where a set finds it.

    Killed and started again, it goes on as if nothing had happened; given more hours or epochs, it
    trains on. Ctrl-C saves before it ends. The model is written at every save, so `livegan perform
    --watch-model OUT` shows it while it learns. Several GPUs:
    torchrun --nproc-per-node 2 -m livegan train ...
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from livegan.engine.program.device import choose_device
    from livegan.training import ARCHITECTURES, PRESETS, pack, preset_of, recipe_of
    from livegan.training import train as learn
    from livegan.training.packing import publish
    from livegan.training.ranks import is_main

    if arch not in ARCHITECTURES:
        fail(f"--arch is one of {', '.join(ARCHITECTURES)}, got {arch!r}", 2)
    if preset is not None and preset not in PRESETS:
        fail(f"--preset is one of {', '.join(PRESETS)}, got {preset!r}", 2)
    if precision not in (None, "auto", "float32", "bfloat16"):
        fail(f"--precision is one of auto, float32, bfloat16, got {precision!r}", 2)
    if hours is not None and epochs is not None:
        fail("give --hours or --epochs, not both", 2)
    chosen = preset or preset_of(arch)
    try:
        recipe = recipe_of(
            chosen, arch=arch, hours=hours, epochs=epochs, batch=batch, precision=precision,
            steady=steady, change=change,
        )  # fmt: skip
    except ValueError as error:
        fail(f"--{error}", 2)
    if out.name in ("", "..") or out.is_file():
        fail(f"--out is a model's folder, such as models/mine, got {str(out)!r}", 2)
    state = work or out.with_name(f"{out.name}.training")
    made_with = f"livegan train --arch {arch} --preset {chosen}"
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    main = is_main()
    if main and (theirs := of_others(out, state)):
        fix = "give another --out (with --start it goes on from a model)"
        fail(f"{short(theirs)}: of a model that was not trained from here; {fix}")
    interrupt = Interrupt()
    with (
        clear_errors(),
        goes_on(),
        Progress(*columns, console=Console(stderr=True), disable=not main) as bars,
    ):
        task = bars.add_task("reading the pairs", total=1.0)
        first: list[tuple[int, float]] = []

        def told(step: Step) -> None:
            first.append((step.number, step.seconds))
            del first[:-50]
            steps, seconds = step.number - first[0][0], step.seconds - first[0][1]
            rate = f"{steps / seconds:.2f} steps/s, " if seconds > 0 else ""
            losses = ", ".join(f"{name} {value:.3f}" for name, value in step.losses.items())
            score = f", held out {step.val_l1:.4f}" if step.val_l1 is not None else ""
            text = f"step {step.number}: {rate}{losses}{score}; {_left(step.remaining)}"
            bars.update(task, completed=step.done, description=text)

        def saved(trained: Trained) -> None:
            if problem := publish(trained, data, out, made_with=made_with):
                bars.print(problem)

        with interrupt:
            trained = learn(
                data, state, recipe, device=choose_device(device), start=start, progress=told,
                stop=interrupt.asked, saved=saved, note=bars.print, tensorboard=tensorboard,
            )  # fmt: skip
        if main and interrupt.pressed and trained.steps:
            saved(trained)
        elif main and not interrupt.pressed:
            trained.network.cpu()
            pack(trained, data, out, made_with=made_with)
    if not main:
        return
    if interrupt.pressed:
        fail(f"interrupted at step {trained.steps}; the same command goes on from there", 130)
    score = f", {trained.val_l1:.4f} from the truth on held-out pairs" if trained.val_l1 else ""
    typer.echo(f"{short(out)}: {trained.steps} steps in {trained.seconds / 60:.1f} min{score}")
    typer.echo(f'play it: model("{out.name}", ...); samples: {short(state / "sheet.png")}')


@contextlib.contextmanager
def goes_on() -> Iterator[None]:
    """Turn a Ctrl-C that could not wait for a save into one line."""
    try:
        yield
    except KeyboardInterrupt:
        fail("interrupted; the same command goes on from its last save", 130)


def of_others(out: Path, state: Path) -> Path | None:
    """A file in ``out`` whose place the model would take, if the training ``state`` made none."""
    from livegan.generators.files import weights_in

    # A state that is damaged may be deleted, as its message says; its log stays.
    if not out.is_dir() or any((state / name).is_file() for name in ("state.pt", "log.jsonl")):
        return None
    card = out / "model.json"
    return next((p for p in (*weights_in(out), card) if p.is_file()), None)


def _left(seconds: float) -> str:
    """As one says it: 40 s, 12 min, 7 h 30 min."""
    if seconds < 90:
        return f"{seconds:.0f} s left"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min left"
