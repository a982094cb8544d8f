"""Pairs from films: a frame, and the condition a show would draw for the sound at that time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from livegan.dataset.condition import Drawing, EncoderError, drawing
from livegan.dataset.fitting import FITS, Fit
from livegan.dataset.pairs import SIDES, FilmReport, Progress, Settings, write
from livegan.dataset.sheet import contact_sheet
from livegan.dataset.split import Side, Split
from livegan.dataset.workers import Task, attempt, side_by_side
from livegan.plugin import Operation

MANIFEST = "manifest.json"


class DataSetError(Exception):
    """A data set that cannot be built as asked; one line: what, and what to do."""


@dataclass(frozen=True)
class DataSet:
    """What :func:`build` made: the folder, and what became of each film."""

    folder: Path
    films: tuple[FilmReport, ...]

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
    size: int = 256,
    rate: float = 1.0,
    fit: Fit = "crop",
    split: Split | None = None,
    val_films: Iterable[str | Path] = (),
    near: float = 0.004,
    video_stream: int | None = None,
    audio_stream: int | None = None,
    keep_titles: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> DataSet:
    """Make a data set of aligned pairs from films with soundtracks.

    ``out/train`` and ``out/val`` hold side-by-side pictures, condition left and frame right, as
    the pix2pix project's aligned loader reads them; with several encoders each has a folder of
    its own, ``out/ENCODER/train``.  ``out/manifest.json`` says where each pair comes from, and
    where the scenes of each film are cut; ``out/contact.jpg`` shows some of all.  Interrupted, the
    same call goes on and ends with the same data set, whatever ``jobs``.

    Parameters
    ----------
    films : films for both sides; ``val_films`` are for validation as a whole.
    encoders : names (``"timeline"``, ``"timeline:seconds=5"``), operations or drawings.
    size : height and width in pixels.
    rate : frames a second.
    fit : ``"crop"``, ``"pad"`` or ``"stretch"``.
    near : a frame that differs from the last one kept by less (mean, 0..1) is dropped.
    video_stream, audio_stream : which ones of films with several, counted from 0.
    keep_titles : keep frames of nothing but lettering, too.
    jobs : films at a time, each in a process of its own; with 1 in this process.
    progress : told how far it is.

    Raises
    ------
    DataSetError
        If the arguments are wrong, or ``out`` holds a data set made with other settings.
        A film that cannot be used raises nothing: its report has an ``error``, the others go on.
    """
    if size < 16 or rate <= 0 or fit not in FITS or jobs < 1:
        raise DataSetError(
            f"size {size}, rate {rate}, fit {fit!r}, jobs {jobs}: size is at least 16 pixels, rate "
            f"more than 0 a second, fit one of {', '.join(FITS)}, jobs at least 1"
        )
    try:
        drawings = tuple(drawing(encoder) for encoder in encoders)
    except EncoderError as error:
        raise DataSetError(str(error)) from error
    names = [d.name for d in drawings]
    if not names or len(set(names)) < len(names):
        raise DataSetError(f"encoders: {', '.join(names) or 'none'}; name at least one, each once")
    settings = Settings(
        drawings,
        size,
        rate,
        fit,
        split or Split(),
        near,
        video_stream,
        audio_stream,
        keep_titles,
    )
    folder = Path(out)
    _claim(folder, settings)
    whole = [Path(film) for film in val_films]
    tasks = [Task(path, path in whole) for path in dict.fromkeys([*map(Path, films), *whole])]
    if jobs > 1 and len(tasks) > 1:
        try:
            reports = side_by_side(tasks, folder, settings, jobs, progress)
        except EncoderError as error:
            raise DataSetError(str(error)) from error
    else:
        reports = [attempt(task, folder, settings, progress=progress) for task in tasks]
    manifest = {"settings": settings.record(), "films": [asdict(report) for report in reports]}
    write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    contact_sheet(folder, settings, reports)
    return DataSet(folder, tuple(reports))


def _claim(folder: Path, settings: Settings) -> None:
    """Take ``folder`` for these settings, so that a data set is never a mixture."""
    mark = folder / "films" / "settings.json"
    wanted = settings.record()
    if mark.is_file():
        plain = json.loads(json.dumps(wanted))
        # What an older livegan did not write was not yet a matter of choice.
        if any(plain.get(key) != value for key, value in json.loads(mark.read_bytes()).items()):
            fix = "choose another folder or delete it"
            raise DataSetError(f"{folder} holds a data set made with other settings; {fix}")
        return
    if folder.exists() and any(folder.iterdir()):
        raise DataSetError(f"{folder} is not empty and no data set; choose another folder")
    for side in SIDES:
        for encoder in settings.encoders:
            settings.folder(folder, encoder.name, side).mkdir(parents=True, exist_ok=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    write(mark, json.dumps(wanted, indent=1).encode())
