"""``livegan replay``: a show, played again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.film_options import CodecOption, OutOption, check_film, written
from livegan.cli.console.machines import RayOption, machines
from livegan.cli.console.options import WithOption
from livegan.cli.console.progress_bar import progress_bar
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.show.rehearse_options import guard_mode
from livegan.cli.show.shows import find
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.ipc.spawned import Begin
    from livegan.rehearsal.replay_part import Replay, Replayed


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
    out: OutOption = None,
    codec: CodecOption = "",
    since: Annotated[str, typer.Option("--from", metavar="TIME", help="As in 12:30.")] = "0",
    until: Annotated[str, typer.Option("--to", metavar="TIME", help="As in 15:00.")] = "",
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures a second of the film; the show's if not given.")
    ] = 0.0,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="Play another model in place of the show's."),
    ] = None,
    flash_guard: Annotated[
        str,
        typer.Option(
            metavar="on|strict|off", help="Limit flashes in the film; the show's if not given."
        ),
    ] = "",
    jobs: Annotated[
        int, typer.Option(min=0, help="Processes that draw parts of the show at once.")
    ] = 0,
    ray: RayOption = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    stand_in: WithOption = None,
) -> None:
    """Play a show again: the same frames, saves and controls, to a film of any size.

    Without --size, says whether each picture has the bits that the show had. A film that was
    interrupted is continued by the same command.
    """
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError
    from livegan.picture_sources.stand_in import stand_ins
    from livegan.rehearsal.materials import models_instead
    from livegan.rehearsal.replay_part import Replay

    first = seconds_of(since, "--from")
    last = seconds_of(until, "--to") if until else None
    check_film(out, codec)
    with clear_errors():
        try:
            what = Replay(
                Journal(find(show)),
                out=out,
                codec=codec,
                since=first,
                until=last,
                size=size,
                fps=fps,
                models=models_instead(model or []),
                flash_guard=guard_mode(flash_guard) if flash_guard else None,
                device=device,
                stand_ins=stand_ins(stand_in or []),
            )
            shared = [what.journal.folder, *([out.parent] if out else []), *what.models.values()]
            with machines(ray, jobs, shared) as (what.jobs, begin):
                done = with_progress(what, begin)
        except JournalError as error:
            fail(str(error))
    for line in told(what, done):
        typer.echo(line)
    if out is not None:
        typer.echo(f"written: {short(written(out, codec))}")


def with_progress(what: Replay, begin: Begin) -> Replayed:
    """Play it; says how far it is and when it ends, and what is noted, as it happens."""
    from livegan.rehearsal.replaying import replay as play

    with progress_bar() as (progress, note):
        try:
            return play(what, progress=progress, note=note, begin=begin)
        except KeyboardInterrupt:
            if what.out is not None:
                note(f"{short(what.out)} is not finished; the same command continues it")
            raise


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
