"""``livegan replay``: a show, played again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.options import WithOption
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.console.terminal import plain, terminal
from livegan.cli.show.shows import find
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.rehearsal.replaying import Replay, Replayed


def seconds_of(text: str, option: str) -> float:
    """``12:30`` or ``750`` as seconds."""
    minutes, colon, rest = text.rpartition(":")
    try:
        seconds = float(rest) + (60 * int(minutes) if colon else 0)
    except ValueError:
        fail(f"{option} {text}: write seconds, or MINUTES:SECONDS as in 12:30", 2)
    if not 0 <= seconds < 1e7:
        fail(f"{option} {text}: this is no time of a show", 2)
    return seconds


def replay(
    show: Annotated[
        str,
        typer.Argument(metavar="SHOW", help="Its name or folder; the newest one if not given."),
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FILM", help="Write a film: .mp4, .mov, .mkv, .gif.")
    ] = None,
    since: Annotated[str, typer.Option("--from", metavar="TIME", help="As in 12:30.")] = "0",
    until: Annotated[str, typer.Option("--to", metavar="TIME", help="As in 15:00.")] = "",
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures a second of the film; the show's if not given.")
    ] = 0.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    stand_in: WithOption = None,
) -> None:
    """Play a show again: the same frames, saves and controls, to a film of any size.

    Without --size, says whether each picture has the bits that the show had.
    """
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError
    from livegan.picture_sources.stand_in import stand_ins
    from livegan.rehearsal.replaying import Replay

    first = seconds_of(since, "--from")
    last = seconds_of(until, "--to") if until else None
    with clear_errors():
        try:
            what = Replay(
                Journal(find(show)),
                out=out,
                since=first,
                until=last,
                size=size,
                fps=fps,
                device=device,
                stand_ins=stand_ins(stand_in or []),
            )
            done = with_progress(what)
        except JournalError as error:
            fail(str(error))
    for line in told(what, done):
        typer.echo(line)
    if out is not None:
        typer.echo(f"written: {short(out)}")


def with_progress(what: Replay) -> Replayed:
    """Play it; says how far it is, and what is noted, as it happens."""
    from livegan.rehearsal.replaying import replay as play

    console = terminal(errors=True)
    with console.status(f"replaying {what.journal.folder.name}") as status:

        def progress(done: int, total: int) -> None:
            status.update(plain(f"replaying {what.journal.folder.name}: {done} of {total} s"))

        return play(what, progress=progress, note=console.print)


def told(what: Replay, done: Replayed) -> list[str]:
    """How it went, in lines."""
    lines = [f"{done.frames} frames"]
    if not Size.read(what.size).plain:
        lines[0] += f", {done.equal} of them with the bits of the show"
        if done.first_difference is not None:
            lines.append(
                f"the first that differs is at {done.first_difference:.2f} s; another machine, "
                "another version or a changed model give other bits"
            )
    for fault in done.faults[:5]:
        lines.append(f"{fault['at']:.2f} s  {fault['node']}: {fault['reason']}")
    return lines
