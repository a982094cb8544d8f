"""``livegan record-source``: a camera or another source as a film, to rehearse with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.interrupting import Interrupt
from livegan.cli.console.sizes import size_option
from livegan.size import UNSAID, Size

KIND = "picture_source"
LARGEST = Size(1080, 1920)
"""Larger pictures are made smaller, until they just cover this, unless --size says another."""


def record_source(
    source: Annotated[
        str,
        typer.Argument(
            help="The source as a set names it: camera, camera:FaceTime, screen:0, ndi_in:Resolume."
        ),
    ],
    file: Annotated[Path, typer.Argument(help="The film to write: .mp4, .mov or .mkv.")],
    seconds: Annotated[
        float, typer.Option(min=0, help="How long to record; until Ctrl-C if not given.")
    ] = 0.0,
    size: Annotated[
        Size, size_option("Make larger pictures smaller until they just cover this: 1920x1080.")
    ] = UNSAID,
) -> None:
    """Record a camera or another picture source as a film.

    Each picture stands in the film at the time at which it came. To rehearse with it, use
    `livegan rehearse sets/camera.py --with camera:FaceTime=take.mp4`.
    """
    from livegan.picture_sources.source import SourceName, Wanted
    from livegan.stage.record.recording import can_be_recorded
    from livegan.stage.record.source_recording import record_source

    kind, _, argument = source.partition(":")
    need_live(kind.strip())
    name = SourceName(kind.strip(), argument.strip())
    limit = seconds or float("inf")
    with clear_errors():
        can_be_recorded(file)
    typer.echo(f"recording {name} to {short(file)}; Ctrl-C ends it")
    with clear_errors(), Interrupt() as interrupt:
        done = record_source(
            name,
            file,
            Wanted(*(size or LARGEST)),
            Path.cwd(),
            typer.echo,
            lambda passed: interrupt.asked() or passed >= limit,
        )
    if not done.pictures:
        fail(f"{name}: no picture came, so no film was written")
    wide, high = done.size
    pictures = "picture" if done.pictures == 1 else "pictures"
    typer.echo(
        f"{short(file)}: {done.seconds:.1f} s, {done.pictures} {pictures} of {wide}x{high}, "
        f"{done.rate:.1f} a second"
    )
    with_it = f'--with "{name}={short(file)}"'
    typer.echo(f"rehearse with it: livegan rehearse SET {with_it}")


def need_live(kind: str) -> None:
    """End with a line if there is no live source of that kind."""
    from livegan.picture_sources.source import FILES
    from livegan.plugin.closest import suggestion
    from livegan.plugin.registry import Registry

    if kind in FILES:
        fail(f"{kind}: is a file already; record a live source, such as camera", 2)
    kinds = sorted({offer.name for offer in Registry().load(Path("plugins")).offered(KIND)})
    if kind not in kinds:
        fail(f"no picture source is called {kind!r}{suggestion(kind, kinds)}", 2)
