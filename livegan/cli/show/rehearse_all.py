"""``livegan rehearse-all``: a set with many tracks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.film_options import check_film
from livegan.cli.console.machines import RayOption, machines
from livegan.cli.console.options import WithOption
from livegan.cli.console.progress_bar import progress_bar
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.sets import SetPath
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.rehearsal.tracks import RehearsalTrack


def rehearse_all(
    set: SetPath,
    tracks: Annotated[
        list[Path], typer.Argument(metavar="TRACK...", help="Sound files, or folders of them.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a film of each track there.")
    ] = None,
    suffix: Annotated[str, typer.Option(help="Of the films: mp4, mov, mkv, webm...")] = "mp4",
    codec: Annotated[str, typer.Option(metavar="NAME", help="As of `livegan rehearse`.")] = "",
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a report of each track there.")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0, help="How long to play of each, in seconds; all if not given."),
    ] = None,
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures per second; the set's if not given.")
    ] = 0.0,
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    seed: Annotated[int, typer.Option(help="Seed for everything random.")] = 0,
    jobs: Annotated[
        int, typer.Option(min=0, help="Tracks at a time; one for two cores if not given.")
    ] = 0,
    ray: RayOption = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    stand_in: WithOption = None,
) -> None:
    """Rehearse a set with many tracks, several at a time, here or on many machines.

    A track that cannot be played costs only itself; the exit code is 1 then. A film that was
    interrupted is continued by the same command.
    """
    from livegan.ipc.spawned import cores
    from livegan.picture_sources.stand_in import stand_ins
    from livegan.rehearsal import Rehearsal
    from livegan.rehearsal.tracks import rehearse_tracks

    files = listed(tracks)
    places = places_of(files, out, f".{suffix.lstrip('.')}", report)
    if places:
        check_film(places[0].out, codec)
    for folder in (out, report):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    with clear_errors():
        what = Rehearsal(
            set=set.absolute(),
            seconds=seconds,
            fps=fps,
            size=size,
            seed=seed,
            codec=codec,
            device=device,
            stand_ins=stand_ins(stand_in or []),
        )
        shared = [what.set, *files, *(folder for folder in (out, report) if folder is not None)]
        usual = 0 if ray else max(1, cores() // 2)
        with machines(ray, jobs or usual, shared) as (at_once, begin), progress_bar() as (bar, _):
            far: dict[str, tuple[int, int]] = {}

            def told(name: str, done: int, total: int) -> None:
                far[name] = done, total
                drawn, known = (sum(each) for each in zip(*far.values(), strict=True))
                bar(f"{len(far)} of {len(files)} tracks", drawn, known)

            made = rehearse_tracks(what, places, at_once, progress=told, begin=begin)
    for place, result in zip(places, made, strict=True):
        name = short(result.audio)
        if result.error:
            typer.secho(f"{name}: {result.error}", fg="red", err=True)
            continue
        where = f": {short(place.out)}" if place.out is not None else ""
        typer.echo(f"{name}: {result.frames} pictures{where}")
        for fault in result.faults[:3]:
            typer.echo(f"  {fault}")
    lost = sum(bool(result.error) for result in made)
    if lost:
        fail(f"{lost} of {len(made)} tracks could not be played")


def listed(tracks: list[Path]) -> list[Path]:
    """The files, with those of folders in the order of their names."""
    from livegan.sound.source import SUFFIXES

    found: list[Path] = []
    for track in tracks:
        if not track.is_dir():
            found.append(track.absolute())
            continue
        inside = sorted(p.absolute() for p in track.rglob("*") if p.suffix.lower() in SUFFIXES)
        if not inside:
            fail(f"{track}: there is no sound file in it", 2)
        found += inside
    return list(dict.fromkeys(found))


def places_of(
    files: list[Path], out: Path | None, suffix: str, report: Path | None
) -> list[RehearsalTrack]:
    """The tracks; films and reports are called as their files are, each differently."""
    from livegan.rehearsal.tracks import RehearsalTrack

    made, names = [], set[str]()
    for file in files:
        name, number = file.stem, 2
        while name.casefold() in names:
            name, number = f"{file.stem}-{number}", number + 1
        names.add(name.casefold())
        film = out.absolute() / f"{name}{suffix}" if out is not None else None
        made.append(
            RehearsalTrack(file, film, report.absolute() / name if report is not None else None)
        )
    return made
