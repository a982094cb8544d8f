"""Pairs from films: a frame, and the condition a show would draw for the sound at that time."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from livegan.dataset.condition import Drawing, EncoderError, drawing
from livegan.dataset.film import BadFilm, digest
from livegan.dataset.fitting import CROPS, FITS, Crop, Fit
from livegan.dataset.folder import FolderError, check, claim, present, reconcile
from livegan.dataset.look import write_look
from livegan.dataset.pairs import NEAR, PairSettings, Progress, write
from livegan.dataset.report import FilmReport
from livegan.dataset.sheet import contact_sheet
from livegan.dataset.split import Side, Split
from livegan.dataset.workers import Task, attempt, side_by_side
from livegan.ipc.spawned import Begin, spawned
from livegan.lock import held
from livegan.plugin import Operation
from livegan.size import Size, Written

MANIFEST = "manifest.json"

FILMS = frozenset(
    [
        ".3gp",
        ".asf",
        ".avi",
        ".dv",
        ".flv",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".mxf",
        ".nut",
        ".ogv",
        ".ts",
        ".vob",
        ".webm",
        ".wmv",
    ]
)
"""What names of films end in, in a folder; a film that is named itself may be called anything."""


class DataSetError(Exception):
    """A data set that cannot be built as asked; one line: what, and what to do."""


@dataclass(frozen=True)
class DataSet:
    """What :func:`build` made: the folder, and what became of each film.

    ``films`` are those that were named, then those that earlier commands put there; ``notes`` are
    lines about copies, and about what was removed from the folder or does not belong there.
    """

    folder: Path
    films: tuple[FilmReport, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if no film was refused."""
        return not any(film.error for film in self.films)

    def count(self, side: Side) -> int:
        """Pairs on one side, of all films (and of each encoder)."""
        return sum(film.count(side) for film in self.films)


def build(
    films: Iterable[str | Path],
    encoders: Sequence[str | Operation | Drawing],
    *,
    out: str | Path,
    size: Written = 256,
    rate: float = 1.0,
    fit: Fit = "crop",
    split: Split | None = None,
    val_films: Iterable[str | Path] = (),
    near: float = NEAR,
    video_stream: int | None = None,
    audio_stream: int | None = None,
    keep_titles: bool = False,
    crop: Crop = "auto",
    per_scene: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
    begin: Begin = spawned,
) -> DataSet:
    """Make a data set of aligned pairs from films with soundtracks.

    ``out/train`` and ``out/val`` hold side-by-side pictures, condition left and frame right, as
    the pix2pix project's aligned loader reads them; with several encoders each has a folder of
    its own, ``out/ENCODER/train``.  ``out/manifest.json`` says where each pair comes from, and
    where the scenes of each film are cut; ``out/contact.jpg`` shows some of all,
    and ``out/look.html`` every one, to strike those that should not be learned.  Interrupted, the
    same call goes on and ends with the same data set, whatever ``jobs``.  A call that names other
    films adds them; one that puts a film on the other side takes it from where it was; pictures
    that were deleted by hand stay away.

    Parameters
    ----------
    films : films for both sides, or folders of films, however deep; ``val_films`` are for
        validation as a whole.
    encoders : names (``"timeline"``, ``"timeline:seconds=5"``), operations or drawings.
    size : of a picture, in pixels: a side, or width and height.
    rate : frames a second.
    fit : ``"crop"``, ``"pad"`` or ``"stretch"``.
    near : a frame that differs from the last one kept by less (mean, 0..1) is dropped; 0: none.
    video_stream, audio_stream : which ones of films with several, counted from 0.
    keep_titles : keep frames of nothing but lettering, too.
    crop : ``"auto"`` cuts off black bars around the picture, ``"none"`` keeps them.
    per_scene : pairs of one scene, at most, evenly spread over it; 0: any number.
    jobs : films at a time, each in a process of its own; with 1 in this process.
    progress : told how far it is.
    begin : begins the processes, here or on other machines (`livegan.ipc.cluster`).

    Raises
    ------
    DataSetError
        If the arguments are wrong, or ``out`` holds a data set made with other settings.
        A film that cannot be used raises nothing: its report has an ``error``, the others go on.
    livegan.lock.HeldError
        If another process writes to ``out``.
    """
    try:
        asked = Size.read(size)
    except ValueError as error:
        raise DataSetError(str(error)) from None
    if (
        min(asked) < 16
        or not 0 < rate < math.inf
        or fit not in FITS
        or jobs < 1
        or crop not in CROPS
    ):
        raise DataSetError(
            f"size {asked}, rate {rate}, fit {fit!r}, crop {crop!r}, jobs {jobs}: a side is at "
            f"least 16 pixels, rate more than 0 a second, fit one of {', '.join(FITS)}, "
            f"crop one of {', '.join(CROPS)}, jobs at least 1"
        )
    try:
        drawings = tuple(drawing(encoder) for encoder in encoders)
    except EncoderError as error:
        raise DataSetError(str(error)) from error
    names = [d.name for d in drawings]
    if not names or len(set(names)) < len(names):
        raise DataSetError(f"encoders: {', '.join(names) or 'none'}; name at least one, each once")
    settings = PairSettings(
        drawings,
        asked,
        rate,
        fit,
        split or Split(),
        near,
        video_stream,
        audio_stream,
        keep_titles,
        crop,
        per_scene,
    )
    folder = Path(out)
    try:
        check(folder)
        with held(folder, "written"):
            return _built(folder, settings, films, val_films, jobs, progress, begin)
    except (EncoderError, FolderError) as error:
        raise DataSetError(str(error)) from error


def _built(
    folder: Path,
    settings: PairSettings,
    films: Iterable[str | Path],
    val_films: Iterable[str | Path],
    jobs: int,
    progress: Progress | None,
    begin: Begin,
) -> DataSet:
    claim(folder, settings)
    tasks, copies = _tasks(_listed(films), _listed(val_films))
    if (jobs > 1 and len(tasks) > 1) or begin is not spawned:
        made = side_by_side(tasks, folder, settings, jobs, progress, begin)
    else:
        made = [attempt(task, folder, settings, progress=progress) for task in tasks]
    there = present(folder, settings)
    made = [report.left(there) for report in made]
    kept, notes = reconcile(folder, settings, made)
    reports = [*made, *kept]
    manifest = {"settings": settings.record(), "films": [asdict(report) for report in reports]}
    write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    contact_sheet(folder, settings, reports)
    write_look(folder, _groups(folder, settings, reports))
    return DataSet(folder, tuple(reports), (*copies, *notes))


def _groups(
    folder: Path, settings: PairSettings, reports: Sequence[FilmReport]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The pairs of each film for the page to look through them, as the first encoder drew them."""
    first = settings.encoders[0].name
    groups = []
    for report in reports:
        places = []
        for pair in report.pairs:
            path = settings.folder(folder, first, pair["side"]) / pair["file"]
            held = ", held out" if pair["side"] == "val" else ""
            places.append((path.relative_to(folder).as_posix(), f"{pair['time']:.1f} s{held}"))
        if places:
            groups.append((Path(report.film).name, places))
    return groups


def _listed(films: Iterable[str | Path]) -> list[Path]:
    """The films that were named; of a folder, those below it.  One without any is left as it is,
    for its report to say so."""
    found: list[Path] = []
    for film in map(Path, films):
        # Of a name that is too long this says no; the film's report says why.
        inside = films_in(film) if os.path.isdir(film) else []
        found += inside or [film]
    return found


def films_in(folder: Path) -> list[Path]:
    """The films below a folder, by what their names end in; hidden ones are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in FILMS
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )


def _tasks(films: Sequence[Path], held_out: Sequence[Path]) -> tuple[list[Task], list[str]]:
    """Each film once, however often and by whatever name it was given; lines about copies.

    What is held out anywhere is held out: a film on both sides would score what was learned.
    """
    whole = {os.path.realpath(path) for path in held_out}
    places: dict[str, Path] = {}
    for path in (*films, *held_out):
        places.setdefault(os.path.realpath(path), path)
    # Only files of one size can be copies, so that few are read for it.
    sizes = Counter(map(_bytes, places))
    same: dict[str, str] = {}
    notes = []
    for real in sorted(places, key=lambda real: real not in whole):  # those held out go first
        if sizes[_bytes(real)] > 1 and _bytes(real) >= 0:
            with contextlib.suppress(BadFilm):  # its own report will say so
                if (first := same.setdefault(digest(Path(real)), real)) != real:
                    held = ", which is held out" if first in whole else ""
                    notes.append(
                        f"{places[real]}: is the same film as {places[first]}{held}; taken once"
                    )
                    del places[real]
    return [Task(path, real in whole) for real, path in places.items()], notes


def _bytes(path: str) -> int:
    """The size of a file; -1 if there is none."""
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return -1
