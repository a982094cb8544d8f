"""Pairs from films: a frame, and the condition a show would draw for the sound at that time."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from livegan import __version__
from livegan.dataset.condition import Conditions, Drawing, EncoderError, analysis_digest, drawing
from livegan.dataset.film import FITS, Film, FilmError, Fit, digest, is_black, signature
from livegan.dataset.split import Side, Split
from livegan.plugin import Operation
from livegan.sound import HOP, RATE
from livegan.sound.media import MediaError, decode

SIDES: tuple[Side, ...] = ("train", "val")
MANIFEST = "manifest.json"


class DataSetError(Exception):
    """A data set that cannot be built as asked; one line: what, and what to do."""


@dataclass(frozen=True)
class Settings:
    """What all pairs of a data set have in common; written in its manifest."""

    encoders: tuple[Drawing, ...]
    size: int = 256
    rate: float = 1.0
    fit: Fit = "crop"
    split: Split = field(default_factory=Split)
    near: float = 0.004
    video_stream: int | None = None

    def record(self) -> dict[str, Any]:
        """As written in the manifest; two data sets are the same if this and the films are."""
        return {
            "encoders": [
                {"name": e.name, "parameters": dict(e.values), "sha256": e.digest}
                for e in self.encoders
            ],
            "size": self.size,
            "rate": self.rate,
            "fit": self.fit,
            "split": asdict(self.split),
            "near": self.near,
            "video_stream": self.video_stream,
            "analysis": analysis_digest(),
            "livegan": __version__,
        }


@dataclass(frozen=True)
class FilmReport:
    """What became of one film: pairs by side, frames dropped by reason, or why it was refused.

    ``pairs`` has a row for each frame that was kept: ``file`` (without encoder folder and side),
    ``side``, ``time`` in seconds of the film, ``position`` in samples of its sound.  ``note`` says
    what is odd about a film that was used all the same.
    """

    film: str
    sha256: str = ""
    pairs: tuple[dict[str, Any], ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    note: str = ""
    error: str = ""

    def count(self, side: Side) -> int:
        """Pairs on one side."""
        return sum(pair["side"] == side for pair in self.pairs)


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


Progress = Callable[[str, float, int], None]
"""Called with the film's name, the part of it that is done (0..1), and its pairs so far."""


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
    progress: Progress | None = None,
) -> DataSet:
    """Make a data set of aligned pairs from films with soundtracks.

    ``out/train`` and ``out/val`` hold side-by-side pictures, condition left and frame right, as
    the pix2pix project's aligned loader reads them; with several encoders each has a folder of
    its own, ``out/ENCODER/train``.  ``out/manifest.json`` says where each pair comes from.
    Interrupted, the same call goes on and ends with the same data set.

    Parameters
    ----------
    films : films for both sides; ``val_films`` are for validation as a whole.
    encoders : names (``"timeline"``, ``"timeline:seconds=5"``), operations or drawings.
    size : height and width in pixels.
    rate : frames a second.
    fit : ``"crop"``, ``"pad"`` or ``"stretch"``.
    near : a frame that differs from the last one kept by less (mean, 0..1) is dropped.
    progress : told how far it is.

    Raises
    ------
    DataSetError
        If the arguments are wrong, or ``out`` holds a data set made with other settings.
        A film that cannot be used raises nothing: its report has an ``error``, the others go on.
    """
    if size < 16 or rate <= 0 or fit not in FITS:
        raise DataSetError(
            f"size {size}, rate {rate}, fit {fit!r}: size is at least 16 pixels, rate more than 0 "
            f"a second, fit one of {', '.join(FITS)}"
        )
    try:
        drawings = tuple(drawing(encoder) for encoder in encoders)
    except EncoderError as error:
        raise DataSetError(str(error)) from error
    names = [d.name for d in drawings]
    if not names or len(set(names)) < len(names):
        raise DataSetError(f"encoders: {', '.join(names) or 'none'}; name at least one, each once")
    settings = Settings(drawings, size, rate, fit, split or Split(), near, video_stream)
    folder = Path(out)
    _claim(folder, settings)
    whole = [Path(film) for film in val_films]
    reports = []
    for path in [Path(film) for film in films] + whole:
        try:
            report = _film(path, folder, settings, path in whole, progress)
        except (FilmError, EncoderError) as error:
            report = FilmReport(str(path), error=str(error))
        reports.append(report)
    result = DataSet(folder, tuple(reports))
    manifest = {"settings": settings.record(), "films": [asdict(report) for report in reports]}
    _write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    return result


def pair_folder(folder: Path, settings: Settings, encoder: str, side: Side) -> Path:
    """Where the pairs of one encoder and side lie."""
    return folder / encoder / side if len(settings.encoders) > 1 else folder / side


def _claim(folder: Path, settings: Settings) -> None:
    """Take ``folder`` for these settings, so that a data set is never a mixture."""
    mark = folder / "films" / "settings.json"
    wanted = json.dumps(settings.record(), indent=1).encode()
    if mark.is_file():
        if mark.read_bytes() != wanted:
            fix = "choose another folder or delete it"
            raise DataSetError(f"{folder} holds a data set made with other settings; {fix}")
        return
    if folder.exists() and any(folder.iterdir()):
        raise DataSetError(f"{folder} is not empty and no data set; choose another folder")
    for side in SIDES:
        for encoder in settings.encoders:
            pair_folder(folder, settings, encoder.name, side).mkdir(parents=True, exist_ok=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    _write(mark, wanted)


def _film(
    path: Path, folder: Path, settings: Settings, whole: bool, progress: Progress | None
) -> FilmReport:
    """All pairs of one film; from its record if an earlier run finished it."""
    with Film(path, video_stream=settings.video_stream) as film:
        sha = digest(path)
        # Two films may have one name; one film may stand in two places.
        place = hashlib.sha256(f"{path.resolve()}\n{sha}\n{whole}".encode()).hexdigest()[:8]
        stem = f"{path.stem}-{place}"
        record = folder / "films" / f"{stem}.json"
        if record.is_file():
            found = json.loads(record.read_text(encoding="utf-8"))
            return FilmReport(**{**found, "pairs": tuple(found["pairs"])})
        report = _pairs(film, sha, stem, folder, settings, whole, progress)
    _write(record, json.dumps(asdict(report)).encode())
    return report


def _pairs(
    film: Film,
    sha: str,
    stem: str,
    folder: Path,
    settings: Settings,
    whole: bool,
    progress: Progress | None,
) -> FilmReport:
    notes: list[str] = []
    try:
        samples = decode(film.path, on_note=notes.append)
    except MediaError as error:
        raise FilmError(str(error)) from error
    if not np.abs(samples).max(initial=0.0) > 0:
        raise FilmError(f"{film.path}: its soundtrack is silent, so there is nothing to draw")
    conditions = Conditions(samples, settings.encoders, settings.size)
    dropped: Counter[str] = Counter()
    pairs: list[dict[str, Any]] = []
    last = np.full((16, 16, 3), -1, np.float32)
    for frame in film.frames(settings.size, settings.rate, settings.fit):
        # A show at this moment has heard the whole hops up to it, and no more.
        position = int(frame.time * RATE + 1e-3) // HOP * HOP
        side: Side | None = "val" if whole else settings.split.side(frame.time)
        miniature = signature(frame.picture)
        if position <= 0 or position > conditions.end:
            dropped["no sound"] += 1
        elif is_black(frame.picture):
            dropped["black"] += 1
        elif np.abs(miniature - last).mean() < settings.near:
            dropped["near-duplicate"] += 1
        elif side is None:
            dropped["between train and val"] += 1
        else:
            last = miniature
            name = f"{stem}-{round(frame.time * 1000):09d}.png"
            files = [pair_folder(folder, settings, e.name, side) for e in settings.encoders]
            drawn = conditions.at(position, len(pairs))
            for target, condition in zip(files, drawn, strict=True):
                if not (target / name).is_file():
                    _write(target / name, _png(np.hstack([condition, frame.picture])))
            pairs.append({"file": name, "side": side, "time": frame.time, "position": position})
        if progress is not None:
            progress(film.path.name, min(frame.time / (film.duration or 1e9), 1.0), len(pairs))
    if film.truncated:
        notes.append(f"{film.path.name}: its pictures end early ({film.truncated})")
    if not pairs:
        counts = ", ".join(f"{reason}: {count}" for reason, count in dropped.items())
        raise FilmError(f"{film.path}: no frame could be used ({counts or 'it has none'})")
    return FilmReport(str(film.path), sha, tuple(pairs), dict(dropped), "; ".join(notes))


def _png(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    stream = io.BytesIO()
    # Level 1 is a tenth of the time for a few per cent more bytes.
    Image.fromarray(picture).save(stream, "png", compress_level=1)
    return stream.getvalue()


def _write(path: Path, data: bytes) -> None:
    """Beside it first: a killed run leaves whole files or none.

    Unlike `livegan.saving` under a name that no loader takes for a picture of the data set.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    os.replace(beside, path)
