"""``livegan dataset``: films with soundtracks become pairs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.machines import RayOption, machines
from livegan.cli.console.sizes import size_option
from livegan.cli.console.tables import Column, print_table
from livegan.cli.console.terminal import terminal, words
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.dataset import DataSet

COLUMNS = (
    Column("film", words=True),
    Column("train", right=True),
    Column("val", "held out", right=True),
    Column("cuts", rank=1, right=True),
    Column("dropped", "left out", words=True),
)


def dataset(
    out: Annotated[Path, typer.Option(help="The folder of the data set.")],
    films: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILM...",
            help="Films with sound, or folders of them. With --condition: pictures.",
        ),
    ] = None,
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            help="The encoder that draws the conditions, such as timeline or timeline:seconds=5."
        ),
    ] = None,
    condition: Annotated[
        str | None,
        typer.Option(
            metavar="MIXER",
            help="Make pairs from pictures, with this mixer: edges, paint, blur:radius=12...",
        ),
    ] = None,
    size: Annotated[
        Size, size_option("Size of the pictures in pixels, such as 384x216; 256 if not given.")
    ] = UNSAID,
    rate: Annotated[float, typer.Option(help="Pairs per second of film.")] = 1.0,
    fit: Annotated[
        str, typer.Option(help="How a frame fits the size: crop, pad or stretch.")
    ] = "crop",
    val_film: Annotated[
        list[Path] | None, typer.Option(help="A film to keep for validation only.")
    ] = None,
    video_stream: Annotated[
        int | None, typer.Option(min=0, help="Number of the video stream, from 0.")
    ] = None,
    audio_stream: Annotated[
        int | None, typer.Option(min=0, help="Number of the audio stream, from 0.")
    ] = None,
    keep_titles: Annotated[
        bool, typer.Option("--keep-titles", help="Keep frames that show only lettering.")
    ] = False,
    keep_duplicates: Annotated[
        bool, typer.Option("--keep-duplicates", help="Keep frames that look like the one before.")
    ] = False,
    crop: Annotated[
        str, typer.Option(help="auto cuts off black bars around the picture; none keeps them.")
    ] = "auto",
    per_scene: Annotated[
        int, typer.Option(min=0, help="The most pairs from one scene; 0 is no limit.")
    ] = 0,
    strike: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Leave out the pairs that this file lists, and only these. "
            "OUT/look.html writes the file.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Films to process at the same time; one per core if not given."),
    ] = None,
    ray: RayOption = "",
) -> None:
    """Make training pairs from films: the sound as a picture, and the film's frame.

    With --condition, make pairs from pictures: the result of a mixer, and the picture itself. If
    the command is interrupted, run it again and it continues. If a film cannot be used, the
    command says why, goes on with the others, and ends with exit code 1.
    """
    if strike is not None:
        struck(out, strike)
        return
    if not films:
        fail("name the films, or with --condition the pictures", 2)
    if (condition is None) == (not encoder):
        fail("give --encoder for films, or --condition for pictures", 2)
    size = size or Size.square(256)
    warn_of(size)
    if condition is not None:
        from_pictures(films, condition, out, size, fit)
        return
    from rich.progress import BarColumn, Progress, TaskID, TimeRemainingColumn

    from livegan.dataset import NEAR, build
    from livegan.ipc.spawned import cores

    columns = (
        words("{task.description}"),
        BarColumn(),
        words("{task.fields[pairs]} pairs"),
        TimeRemainingColumn(),
    )
    console = terminal(errors=True)
    try:
        with clear_errors(), ExitStack() as stack, Progress(*columns, console=console) as bars:
            tasks: dict[str, TaskID] = {}

            def told(name: str, done: float, pairs: int) -> None:
                if name not in tasks:
                    tasks[name] = bars.add_task(name, total=1.0, pairs=0)
                bars.update(tasks[name], completed=done, pairs=pairs)
                if done >= 1 and not console.is_terminal:  # a log has no bars
                    console.print(f"{name}: {pairs} pairs")

            shared = [*films, *(val_film or []), out.absolute().parent]
            usual = 0 if ray else cores()
            at_once, begin = stack.enter_context(machines(ray, jobs or usual, shared))
            made = build(
                [path.absolute() for path in films] if ray else films,
                encoder or [],
                out=out.absolute() if ray else out,
                size=size,
                rate=rate,
                fit=fit,  # type: ignore[arg-type]
                val_films=val_film or [],
                video_stream=video_stream,
                audio_stream=audio_stream,
                keep_titles=keep_titles,
                near=0.0 if keep_duplicates else NEAR,
                crop=crop,  # type: ignore[arg-type]
                per_scene=per_scene,
                jobs=at_once,
                progress=told,
                begin=begin,
            )
    except KeyboardInterrupt:
        fail(f"interrupted; run the same command to continue with {short(out)}", 130)
    summary(made)
    for film in made.films:
        if film.error:
            typer.secho(short(film.error), fg="red", err=True)
        elif film.note:
            typer.echo(f"{short(film.film)}: {film.note}")
    for note in made.notes:
        typer.echo(short(note))
    typer.echo(f"{short(out)}: {made.count('train')} to train on, {made.count('val')} held out")
    if made.count("train") and not made.count("val"):
        typer.echo(
            "there are no validation pairs, so a model cannot be measured; name a "
            "film with --val-film"
        )
    if made.count("train") + made.count("val"):
        look = f"{short(out / 'contact.jpg')}; all, to strike bad ones: {short(out / 'look.html')}"
        typer.echo(f"a look at some: {look}")
    if not made.ok:
        fail(f"{sum(bool(film.error) for film in made.films)} of the films could not be used")


def struck(out: Path, names: Path) -> None:
    """Strike pairs from a data set, and say how many."""
    from livegan.dataset import strike

    with clear_errors():
        count, strange = strike(out, names.read_text(encoding="utf-8").splitlines())
    typer.echo(f"{short(out)}: {count} pairs are struck; training leaves them out")
    if strange:
        fail(
            f"{short(names)}: {len(strange)} names are not in {short(out)}, such as {strange[0]!r}"
        )


def warn_of(size: Size) -> None:
    """Say so if the default network does not take pairs of this size."""
    near = Size(*(max(64, round(side / 64) * 64) for side in size))
    if near != size:
        text = (
            f"--size {size.plain} is not a multiple of 64, as the default network of `train` needs"
        )
        typer.secho(
            f"{text}; use {near.plain}, or train with another --arch", fg="yellow", err=True
        )


def from_pictures(pictures: list[Path], condition: str, out: Path, size: Size, fit: str) -> None:
    """Make the pairs, and print what became of the pictures."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from livegan.dataset import build_from_pictures

    console = terminal(errors=True)
    columns = (TextColumn("pictures"), BarColumn(), TimeRemainingColumn())
    bars = Progress(*columns, console=console, disable=not console.is_terminal)
    try:
        with clear_errors(), bars:
            task = bars.add_task("")
            made = build_from_pictures(
                pictures,
                condition,
                out=out,
                size=size,
                fit=fit,  # type: ignore[arg-type]
                progress=lambda done, total: bars.update(task, completed=done, total=total),
            )
    except KeyboardInterrupt:
        fail(f"interrupted; run the same command to continue with {short(out)}", 130)
    for line in made.refused:
        typer.secho(short(line), fg="red", err=True)
    for why, count in made.dropped.items():
        typer.echo(f"{count} left out: {why}")
    if made.enlarged:
        typer.echo(f"{made.enlarged} are smaller than {size.plain} px and were enlarged")
    typer.echo(f"{short(out)}: {made.count('train')} to train on, {made.count('val')} held out")
    if not made.pairs:
        fail("no picture could be used")
    if made.refused:
        fail(f"{len(made.refused)} of the pictures could not be used")


def summary(made: DataSet) -> None:
    """Print what became of each film: a row each."""
    rows = []
    for film in made.films:
        row: dict[str, object] = {"film": Path(film.film).name}
        if film.error:
            row["dropped"] = "refused"
        else:
            row["dropped"] = ", ".join(
                f"{count} {why}" for why, count in film.dropped.items() if count
            )
            row |= {"train": film.count("train"), "val": film.count("val"), "cuts": len(film.cuts)}
        rows.append(row)
    print_table(COLUMNS, rows)
