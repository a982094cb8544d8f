"""``livegan diff``: two shows side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.film_options import CodecOption, OutOption, check_film
from livegan.cli.console.progress_bar import progress_bar
from livegan.cli.show.shows import find

if TYPE_CHECKING:
    from livegan.rehearsal.comparing import Comparison


def diff(
    show_a: Annotated[str, typer.Argument(metavar="SHOW_A", help="Its name or folder.")],
    show_b: Annotated[str, typer.Argument(metavar="SHOW_B", help="Its name or folder.")],
    out: OutOption = None,
    codec: CodecOption = "",
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures a second of the film; those of A if not given.")
    ] = 0.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
) -> None:
    """Tell what differs between two shows, in numbers; with --out as a film side by side.

    Pictures are compared at the same moments of both. The film has the sound of A.
    """
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError
    from livegan.rehearsal.comparing import compare

    check_film(out, codec)
    with clear_errors():
        try:
            a, b = Journal(find(show_a)), Journal(find(show_b))
            with progress_bar() as (progress, note):
                found = compare(
                    a, b, out=out, codec=codec, fps=fps, device=device, progress=progress, note=note
                )
        except JournalError as error:
            fail(str(error))
    typer.echo(f"A: {short(a.folder)}")
    typer.echo(f"B: {short(b.folder)}")
    for line in lines_of(found):
        typer.echo(line)
    if out is not None:
        typer.echo(f"written: {short(out)}")


def lines_of(found: Comparison) -> list[str]:
    """What was found, a line each."""
    lines = [*found.lines]
    lines.append(f"pictures: {found.equal} of {found.pictures} have the same bits")
    if found.largest_at is not None:
        lines.append(
            f"mean difference: {found.difference:.2f} steps of 256; the largest is "
            f"{found.largest:.1f}, at {found.largest_at:.2f} s"
        )
        lines.append("brightness: {:.3f} and {:.3f}".format(*found.brightness))
        lines.append("motion: {:.2f} and {:.2f} steps".format(*found.motion))
    return lines
