"""``livegan dataset``: films with soundtracks become pairs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.failing import clear_errors, fail, short
from livegan.cli.sizes import size_option
from livegan.cli.tables import Column, print_table
from livegan.cli.terminal import terminal, words
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
    films: Annotated[list[Path], typer.Argument(metavar="FILM...", help="Films with sound.")],
    encoder: Annotated[
        list[str], typer.Option(help="What draws the conditions: timeline, timeline:seconds=5.")
    ],
    out: Annotated[Path, typer.Option(help="The data set, a folder.")],
    size: Annotated[Size, size_option("Of pictures, px: 256 if not given, or 384x216.")] = UNSAID,
    rate: Annotated[float, typer.Option(help="Pairs a second.")] = 1.0,
    fit: Annotated[str, typer.Option(help="crop, pad or stretch.")] = "crop",
    val_film: Annotated[
        list[Path] | None, typer.Option(help="A film that is held out as a whole.")
    ] = None,
    video_stream: Annotated[int | None, typer.Option(min=0, help="Which, from 0.")] = None,
    audio_stream: Annotated[int | None, typer.Option(min=0, help="Which, from 0.")] = None,
    keep_titles: Annotated[
        bool, typer.Option("--keep-titles", help="Keep frames of nothing but lettering.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Films at a time; if not given, one a core.")
    ] = None,
) -> None:
    """Cut pairs from films: a condition that the sound draws, and the picture at that moment.

    Interrupted, the same command goes on. A film that cannot be used is told, the others go on,
    and the exit code is 1.
    """
    from rich.progress import BarColumn, Progress, TaskID, TimeRemainingColumn

    from livegan.dataset import build
    from livegan.dataset.workers import cores

    columns = (
        words("{task.description}"),
        BarColumn(),
        words("{task.fields[pairs]} pairs"),
        TimeRemainingColumn(),
    )
    console = terminal(errors=True)
    size = size or Size.square(256)
    near = Size(*(max(64, round(side / 64) * 64) for side in size))
    if near != size:
        text = f"--size {size.plain} is no multiple of 64, which `train` needs unless told another"
        typer.secho(f"{text} --arch; {near.plain} would do", fg="yellow", err=True)
    try:
        with clear_errors(), Progress(*columns, console=console) as bars:
            tasks: dict[str, TaskID] = {}

            def told(name: str, done: float, pairs: int) -> None:
                if name not in tasks:
                    tasks[name] = bars.add_task(name, total=1.0, pairs=0)
                bars.update(tasks[name], completed=done, pairs=pairs)
                if done >= 1 and not console.is_terminal:  # a log has no bars
                    console.print(f"{name}: {pairs} pairs")

            made = build(
                films,
                encoder,
                out=out,
                size=size,
                rate=rate,
                fit=fit,  # type: ignore[arg-type]
                val_films=val_film or [],
                video_stream=video_stream,
                audio_stream=audio_stream,
                keep_titles=keep_titles,
                jobs=jobs or cores(),
                progress=told,
            )
    except KeyboardInterrupt:
        fail(f"interrupted; the same command goes on with {short(out)}", 130)
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
        typer.echo("none of a film below 75 s is held out; hold out a whole one with --val-film")
    if made.count("train") + made.count("val"):
        typer.echo(f"a look at them: {short(out / 'contact.jpg')}")
    if not made.ok:
        fail(f"{sum(bool(film.error) for film in made.films)} of the films could not be used")


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
