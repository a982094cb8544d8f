"""``livegan train``: pairs become a model."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.interrupting import Interrupt
from livegan.openmp import wait_asleep

if TYPE_CHECKING:
    from livegan.training import Recipe, Trained, TrainingStep


def train(
    data: Annotated[
        Path, typer.Argument(metavar="DIR", help="A data set, made by `livegan dataset` or by you.")
    ],
    out: Annotated[Path, typer.Option(help="The folder of the model, such as models/mine.")],
    arch: Annotated[
        str | None,
        typer.Option(
            help="The network: small (four play at once), unet_256, "
            "resnet_9blocks...; small if not given."
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="live (as livegan's own models were trained) or published (as pix2pix). If "
            "not given: live for small, published for others."
        ),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="Train as this model was trained, and as long, by its card."
        ),
    ] = None,
    direction: Annotated[
        str, typer.Option(help="AtoB, or BtoA if the right half of a pair is the condition.")
    ] = "AtoB",
    hours: Annotated[float | None, typer.Option(min=0.001, help="How long to train.")] = None,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="How often to train on every pair; 200 if --hours is not given."),
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(
            min=1, help="Pairs in one step, of all processes together; the preset's if not given."
        ),
    ] = None,
    steady: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Weight of the loss against flicker, such as 30. A step takes a third longer.",
        ),
    ] = None,
    change: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Weight of the loss for changing as the film does, such as 24. Helps with kicks.",
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(help="A model or checkpoint of that architecture to start from."),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(help="Folder for the state of the training; OUT.training if not given."),
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="float32, bfloat16, or auto (the fastest on this device).")
    ] = None,
    tensorboard: Annotated[
        bool | None,
        typer.Option(help="Write for TensorBoard; if not given, when TensorBoard is installed."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
) -> None:
    """Train a model on pairs.

    If the training is killed, run the same command again and it continues. To train longer, give
    more hours or epochs. Ctrl-C saves before it ends. Every save writes the model, so `livegan
    perform --watch-model OUT` plays it while it trains. The page OUT.training/training.html shows
    losses and samples. You can make pairs yourself: two pictures side by side in DIR/train, or
    pictures of the same name in DIR/A and DIR/B. To use several GPUs, run torchrun
    --nproc-per-node 2 -m livegan train ...
    """
    wait_asleep()
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from livegan.engine.program.device import choose_device
    from livegan.training import pack
    from livegan.training import train as learn
    from livegan.training.packing import publish
    from livegan.training.ranks import is_main
    from livegan.training.report.page import PAGE
    from livegan.training.report.page import said as as_said

    recipe, made_with = chosen(
        arch, preset, like, direction, begun=start is not None, hours=hours, epochs=epochs,
        batch=batch, precision=precision, steady=steady, change=change,
    )  # fmt: skip
    if out.name in ("", "..") or out.is_file():
        fail(f"--out is a model's folder, such as models/mine, got {str(out)!r}", 2)
    state = work or out.with_name(f"{out.name}.training")
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    main = is_main()
    if main and (theirs := of_others(out, state)):
        fix = "give another --out (to continue from a model, add --start)"
        fail(f"{short(theirs)}: of a model that was not trained from here; {fix}")
    with (
        clear_errors(),
        goes_on(),
        Progress(*columns, console=Console(stderr=True), disable=not main) as bars,
    ):
        task = bars.add_task("reading the pairs", total=1.0)
        first: list[tuple[int, float]] = []

        def told(step: TrainingStep) -> None:
            first.append((step.number, step.seconds))
            del first[:-50]
            steps, seconds = step.number - first[0][0], step.seconds - first[0][1]
            rate = f"{steps / seconds:.2f} steps/s, " if seconds > 0 else ""
            losses = ", ".join(f"{name} {value:.3f}" for name, value in step.losses.items())
            score = f", held out {step.val_l1:.4f}" if step.val_l1 is not None else ""
            left = f"{as_said(step.remaining)} left"
            text = f"step {step.number}: {rate}{losses}{score}; {left}"
            bars.update(task, completed=step.done, description=text)

        def saved(trained: Trained) -> None:
            if problem := publish(trained, data, out, made_with=made_with):
                bars.print(problem)

        interrupt = Interrupt(lambda: bars.print(ENDING, highlight=False) if main else None)
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
        fail(
            f"interrupted at step {trained.steps}; run the same command to continue from there", 130
        )
    score = f", {trained.val_l1:.4f} from the truth on held-out pairs" if trained.val_l1 else ""
    typer.echo(f"{short(out)}: {trained.steps} steps in {trained.seconds / 60:.1f} min{score}")
    typer.echo(f'play it: model("{out.name}", ...); how it went: {short(state / PAGE)}')


ENDING = (
    "Ctrl-C: finishing and saving this step, which can take a minute. Press it "
    "again to end at once; the next start continues from the last save."
)


def chosen(
    arch: str | None,
    preset: str | None,
    like: str | None,
    direction: str,
    *,
    begun: bool,
    hours: float | None,
    epochs: int | None,
    **others: Any,
) -> tuple[Recipe, str]:
    """The recipe that the options ask for, and the command on the card; ends with exit code 2 or 1
    where they cannot be."""
    from livegan.training import ARCHITECTURES, PRESETS, preset_of, recipe_of
    from livegan.training.presets import like as recipe_like

    for name, value, names in (
        ("arch", arch, ARCHITECTURES),
        ("preset", preset, PRESETS),
        ("precision", others["precision"], ("auto", "float32", "bfloat16")),
        ("direction", direction, ("AtoB", "BtoA")),
    ):
        if value is not None and value not in names:
            fail(f"--{name} is one of {', '.join(names)}, got {value!r}", 2)
    if hours is not None and epochs is not None:
        fail("give --hours or --epochs, not both", 2)
    if like is not None and (arch is not None or preset is not None):
        fail(
            "--like takes the network and the recipe of a model, so leave out --arch and --preset",
            2,
        )
    given = {name: value for name, value in others.items() if value is not None}
    if like is not None:
        from livegan.generators import find, load
        from livegan.generators.finding import model_folders

        with clear_errors():
            here = Path.cwd()
            card = load(find(like, model_folders(here / "set.py", here))).card
            given = {**recipe_like(card, begun), **given}
        hours = hours or (None if epochs else card.hours or None)
        preset, made_with = "published", f"livegan train --like {like}"
    else:
        arch = arch or "small"
        preset = preset or preset_of(arch)
        given["arch"], made_with = arch, f"livegan train --arch {arch} --preset {preset}"
    if direction != "AtoB":
        made_with += f" --direction {direction}"
    try:
        return recipe_of(
            preset, hours=hours, epochs=epochs, direction=direction, **given
        ), made_with
    except ValueError as error:
        fail(f"--{error}", 2)


@contextlib.contextmanager
def goes_on() -> Iterator[None]:
    """Turn a Ctrl-C that could not wait for a save into one line."""
    try:
        yield
    except KeyboardInterrupt:
        fail("interrupted; run the same command to continue from the last save", 130)


def of_others(out: Path, state: Path) -> Path | None:
    """A file in ``out`` whose place the model would take, if the training ``state`` made none."""
    from livegan.generators.files import weights_in

    # A state that is damaged may be deleted, as its message says; its log stays.
    if not out.is_dir() or any((state / name).is_file() for name in ("state.pt", "log.jsonl")):
        return None
    card = out / "model.json"
    return next((p for p in (*weights_in(out), card) if p.is_file()), None)
