"""``livegan rehearse --like SHOW``: another set with the sound and hands of a show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.film_options import check_film, written
from livegan.cli.console.progress_bar import progress_bar
from livegan.cli.show.shows import find
from livegan.size import Size


def rehearse_like(
    show: str,
    set: Path,
    out: Path | None,
    codec: str,
    start: float,
    seconds: float | None,
    fps: float,
    size: Size,
    device: str,
    stand_in: list[str] | None,
    others: Mapping[str, Any],
) -> None:
    """Play a set with the sound, beats and controls of a show, at the moments of its frames.

    ``others`` are options that make no sense then, as they were given.
    """
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError
    from livegan.picture_sources.stand_in import stand_ins
    from livegan.rehearsal.replay_part import Replay
    from livegan.rehearsal.replaying import replay

    for name, value in others.items():
        if value not in (None, []):
            fail(f"{name} cannot be used with --like: a show has its own sound and hands", 2)
    check_film(out, codec)
    with clear_errors():
        try:
            what = Replay(
                Journal(find(show)),
                out=out,
                codec=codec,
                since=start,
                until=None if seconds is None else start + seconds,
                size=size,
                fps=fps,
                device=device,
                stand_ins=stand_ins(stand_in or []),
                set=set,
            )
            with progress_bar() as (progress, note):
                done = replay(what, progress=progress, note=note)
        except JournalError as error:
            fail(str(error))
    typer.echo(f"{done.frames} frames, as in {what.journal.folder.name}")
    for fault in done.faults[:5]:
        typer.echo(f"{fault['at']:.2f} s  {fault['node']}: {fault['reason']}")
    if out is not None:
        typer.echo(f"written: {short(written(out, codec))}")
