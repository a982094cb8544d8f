"""``livegan dataset``: films with soundtracks become pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.failing import clear_errors, fail, short


def dataset(
    films: Annotated[list[Path], typer.Argument(metavar="FILM...", help="Films with sound.")],
    encoder: Annotated[
        list[str], typer.Option(help="What draws the conditions: timeline, timeline:seconds=5.")
    ],
    out: Annotated[Path, typer.Option(help="The data set, a folder.")],
    size: Annotated[int, typer.Option(min=16, help="Width and height, px.")] = 256,
    rate: Annotated[float, typer.Option(help="Pairs a second.")] = 1.0,
    fit: Annotated[str, typer.Option(help="crop, pad or stretch.")] = "crop",
    video_stream: Annotated[int | None, typer.Option(min=0, help="Which, from 0.")] = None,
) -> None:
    """Cut pairs from films: a condition that the sound draws, and the picture at that moment.

    Interrupted, the same command goes on. A film that cannot be used is told; the others go on.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from livegan.dataset import build

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[pairs]} pairs"),
        TimeRemainingColumn(),
    )
    with clear_errors(), Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def told(name: str, done: float, pairs: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(Path(name).name, total=1.0, pairs=0)
            bars.update(tasks[name], completed=done, pairs=pairs)

        made = build(
            films,
            encoder,
            out=out,
            size=size,
            rate=rate,
            fit=fit,  # type: ignore[arg-type]
            video_stream=video_stream,
            progress=told,
        )
    for film in made.films:
        if film.error:
            typer.secho(short(film.error), fg="red", err=True)
            continue
        dropped = ", ".join(f"{count} {why}" for why, count in film.dropped.items() if count)
        note = f"; {film.note}" if film.note else ""
        left = f" (left out: {dropped})" if dropped else ""
        typer.echo(f"{short(film.film)}: {len(film.pairs)} pairs{left}{note}")
    typer.echo(f"{short(out)}: {made.count('train')} to train on, {made.count('val')} held out")
    if not made.ok:
        fail(f"{sum(bool(film.error) for film in made.films)} of the films could not be used")
