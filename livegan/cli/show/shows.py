"""``livegan shows``: the shows that were kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.progress_bar import progress_bar
from livegan.cli.console.tables import Column, print_table

if TYPE_CHECKING:
    from livegan.journal.shows import KeptShow

FOLDER = "shows"
COLUMNS = (
    Column("name"),
    Column("set", words=True),
    Column("length", right=True),
    Column("saves", right=True),
    Column("MB", right=True),
    Column("note", words=True),
)


def find(name: str) -> Path:
    """The journal that a user names: a folder, a name of ``shows/``, or nothing for the newest."""
    place = Path(name)
    if name and place.is_dir():
        return place
    places = sorted(p for p in Path(FOLDER).glob("*") if (p / "show.json").is_file())
    if not places:
        fail("there are no shows here: `livegan perform` keeps each in shows/", 2)
    if not name:
        return places[-1]
    found = [p for p in places if p.name == name] or [p for p in places if p.name.startswith(name)]
    if not found:
        fail(f"{name}: there is no such show; `livegan shows` lists them", 2)
    if len(found) > 1:
        fail(f"{name}: several shows begin with this: {', '.join(p.name for p in found)}", 2)
    return found[0]


def shows(
    name: Annotated[
        str, typer.Argument(metavar="SHOW", help="Tell of one show: its name or folder.")
    ] = "",
    delete: Annotated[bool, typer.Option("--delete", help="Delete this show.")] = False,
    page: Annotated[
        bool, typer.Option("--page", help="Write a page of this show: what happened, in pictures.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.zip",
            help="Write this show and its models and films, to replay elsewhere.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="With --page: where it is written.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """List the shows that were kept in shows/, tell of one, export one, or delete one.

    `livegan replay SHOW` plays one again.
    """
    from livegan.journal.shows import shows as kept

    if out is not None and not page:
        fail("--out says where --page is written; give --page", 2)
    for option, given in (("--delete", delete), ("--page", page), ("--export", export)):
        if given and not name:
            fail(f"{option}: name the show, as `livegan shows` lists it", 2)
    if page or export is not None:
        if page:
            write_page_of(find(name), out)
        if export is not None:
            export_show(find(name), export)
        return
    if delete:
        place = find(name)
        if not (place / "show.json").is_file():
            fail(f"{place} is not the journal of a show: it is not deleted", 2)
        if plays_now(place):
            fail(f"{place.name} is still playing: end it first", 2)
        try:
            shutil.rmtree(place)
        except OSError as error:
            fail(f"{place} cannot be deleted: {error.strerror or error}")
        typer.echo(f"deleted: {place}")
        return
    if name:
        place = find(name)
        found = [show for show in kept(place.parent) if show.folder == place]
        if not found:
            fail(f"{place} is not the journal of a show: it has no show.json", 2)
    else:
        found = kept(Path(FOLDER))
    if as_json:
        typer.echo(json.dumps([show.row() for show in found], indent=1))
    elif not found:
        typer.echo("there are no shows here: `livegan perform` keeps each in shows/")
    elif name:
        for line in lines_of(found[0]):
            typer.echo(line)
    else:
        print_table(COLUMNS, [cells(show) for show in found])


def plays_now(place: Path) -> bool:
    """Whether the show of a journal is on."""
    from livegan.ipc.remote.address import shows_in
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError

    try:
        process = Journal(place).show.get("process")
    except JournalError:
        return False
    return process in {address.pid for address in shows_in(place.absolute().parent.parent)}


def write_page_of(place: Path, out: Path | None) -> None:
    """Draw the pictures of a show again, and write its page."""
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError
    from livegan.journal.show_page import HEIGHT, picture_times, write_page
    from livegan.rehearsal.thumbnails import thumbnails

    with clear_errors():
        try:
            journal = Journal(place)
            engines = journal.engines
            if not engines:
                raise JournalError(f"{place} has no frames: the show drew none")
            begins = int(engines[0].frames["position"][0]) / 48_000
            times = picture_times(journal.seconds, begins)
            with progress_bar() as (progress, note):
                try:
                    pictures = thumbnails(journal, times, HEIGHT, progress=progress, note=note)
                except JournalError as error:  # the rest can be told without
                    note(f"the page has no pictures: {error}")
                    pictures = [None] * len(times)
            file = out or place / "show.html"
            write_page(journal, file, times, pictures)
        except JournalError as error:
            fail(str(error))
    typer.echo(f"written: {short(file)}")


def export_show(place: Path, out: Path) -> None:
    """Write a show as one file, with all that it was made with."""
    from livegan.journal.exporting import export_journal
    from livegan.journal.folder import Journal
    from livegan.journal.lines import JournalError

    with clear_errors():
        try:
            for line in export_journal(Journal(place), out):
                typer.echo(line)
        except JournalError as error:
            fail(str(error))
    typer.echo(f"written: {short(out)}")


def length(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def cells(show: KeptShow) -> dict[str, object]:
    """A row of the table."""
    row = show.row()
    return {
        "name": row["name"],
        "set": Path(row.get("set", "")).name,
        "length": length(row.get("seconds", 0)),
        "saves": row.get("programs", 0),
        "MB": f"{row['size'] / 1e6:.1f}",
        "note": row["trouble"],
    }


def lines_of(show: KeptShow) -> list[str]:
    """What is told of one show: what went on the air, and when."""
    row = show.row()
    if show.journal is None:
        return [f"{row['name']}: {row['trouble']}"]
    lines = [
        f"{row['name']}: {row['set']}, {length(row['seconds'])}, {row['frames']} frames, "
        f"{row['size'] / 1e6:.1f} MB"
    ]
    for engine in show.journal.engines:
        version = 0
        lines.append(f"{engine.name}: {len(engine.frames)} frames")
        for frame in engine.frames:
            if frame["version"] != version:
                version = int(frame["version"])
                lines.append(f"{frame['position'] / 48000:9.2f} s  version {version} on the air")
    return lines
