"""``livegan cues TRACK``: a cue sheet of a track, for who plays pictures to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.plugin import hookimpl

if TYPE_CHECKING:
    from livegan_cues.cues import Cue


def cues(
    track: Annotated[Path, typer.Argument(metavar="TRACK", help="A sound or film file.")],
    bpm: Annotated[float | None, typer.Option(min=20, max=400, help="Fix the tempo.")] = None,
    beats_per_bar: Annotated[int, typer.Option(min=1, max=32, help="Beats in a bar.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a label track for Audacity.")
    ] = None,
) -> None:
    """Say where a track changes: the bars to have the next save ready for."""
    # What is heavy is imported when it is needed: every command loads this module.
    from livegan.sound.media import MediaError, decode
    from livegan_cues.hearing import cues_of

    try:
        bpm, found = cues_of(decode(track), bpm=bpm, beats_per_bar=beats_per_bar)
    except MediaError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None
    if labels is not None:
        write_labels(labels, found)
    if as_json:
        typer.echo(json.dumps({"bpm": bpm, "cues": [asdict(cue) for cue in found]}))
        return
    if not found:
        typer.echo(f"{track.name}: nothing changes that a show would hear")
        return
    from rich.console import Console

    Console().print(sheet(track.name, bpm, found))


def sheet(name: str, bpm: float, found: list[Cue]) -> Any:
    """The cues as a table."""
    from rich.table import Table

    table = Table(title=f"{name}: {bpm:.1f} bpm", title_justify="left")
    table.add_column("time", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("")
    table.add_column("what changes")
    for cue in found:
        minutes, seconds = divmod(cue.seconds, 60)
        strength = "▁▂▃▄▅▆▇█"[min(7, int(8 * cue.strength))]
        table.add_row(f"{minutes:.0f}:{seconds:04.1f}", str(cue.bar), strength, cue.what)
    return table


def write_labels(path: Path, found: list[Cue]) -> None:
    """A line ``start TAB stop TAB text`` for each cue, as Audacity imports them."""
    from livegan.saving import write_bytes

    lines = [f"{c.seconds:.3f}\t{c.seconds:.3f}\tbar {c.bar}: {c.what}\n" for c in found]
    try:
        write_bytes(path, "".join(lines).encode())
    except OSError as error:
        why = error.strerror or error
        typer.secho(
            f"{path}: cannot be written ({why}); choose another --labels", fg="red", err=True
        )
        raise typer.Exit(1) from None


@hookimpl
def register_commands(register: Callable[..., object]) -> None:
    register(cues)
