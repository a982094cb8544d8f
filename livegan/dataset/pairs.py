"""The pairs of one film: each frame that is kept, beside the conditions of its moment."""

from __future__ import annotations

import json
import os
import struct
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from livegan import __version__
from livegan.dataset.condition import Conditions, Drawing, analysis_digest
from livegan.dataset.cuts import Cuts
from livegan.dataset.film import BadFilm, Film, digest
from livegan.dataset.fitting import Crop, Fit, Pixels, is_black, signature
from livegan.dataset.report import FilmReport, place, recorded, stem
from livegan.dataset.split import Side, Split
from livegan.dataset.titles import is_title
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.media import MediaError, open_media
from livegan.sound.soundtrack import Soundtrack, is_silent

SIDES: tuple[Side, ...] = ("train", "val")

SIZE = Size.square(256)

SHOW_FPS = 30.0
"""Frames a second of the show that conditions are those of: what a show draws by default."""
NEAR = 0.004
"""A frame that differs from the last one kept by less (mean of a miniature, 0..1) is the same."""

Progress = Callable[[str, float, int], None]
"""Called with the film's name, the part of it that is done (0..1), and its pairs so far."""


@dataclass(frozen=True)
class PairSettings:
    """What all pairs of a data set have in common; written in its manifest."""

    encoders: tuple[Drawing, ...]
    size: Size = SIZE
    rate: float = 1.0
    fit: Fit = "crop"
    split: Split = field(default_factory=Split)
    near: float = NEAR
    video_stream: int | None = None
    audio_stream: int | None = None
    keep_titles: bool = False
    crop: Crop = "auto"
    per_scene: int = 0
    """Pairs of one scene, at most; 0: any number."""

    def record(self) -> dict[str, Any]:
        """As written in the manifest; two data sets are the same if this and the films are."""
        return {
            "encoders": [
                {"name": e.name, "parameters": dict(e.values), "sha256": e.digest}
                for e in self.encoders
            ],
            "size": self.size.plain,
            "rate": self.rate,
            "fit": self.fit,
            "split": asdict(self.split),
            "near": self.near,
            "video_stream": self.video_stream,
            "audio_stream": self.audio_stream,
            "keep_titles": self.keep_titles,
            "crop": self.crop,
            "per_scene": self.per_scene,
            "analysis": analysis_digest(),
            "livegan": __version__,
        }

    def folder(self, out: Path, encoder: str, side: Side) -> Path:
        """Where the pairs of one encoder and side lie."""
        return out / encoder / side if len(self.encoders) > 1 else out / side


def film_pairs(
    path: Path,
    out: Path,
    settings: PairSettings,
    *,
    held_out: bool = False,
    threads: int = 0,
    progress: Progress | None = None,
) -> FilmReport:
    """All pairs of one film; from its record if an earlier run finished it.

    ``held_out`` puts all of it on the side of validation; ``threads`` are the video decoder's.

    Raises
    ------
    FilmError, EncoderError
        If it cannot be used.
    """
    streams = {"video_stream": settings.video_stream, "audio_stream": settings.audio_stream}
    with Film(path, **streams, threads=threads) as film:
        sha = digest(path)
        # By what it holds, not by its name: a film that was moved or renamed is the same.
        for record in sorted((out / "films").glob(f"*-{place(sha, held_out)}.json")):
            if (found := recorded(record)).sha256 == sha:
                _keep(record, replace(found, film=str(path)))
                return replace(found, film=str(path))
        name = stem(path, sha, held_out)
        report = _drawn(film, sha, name, out, settings, held_out, progress)
    _keep(out / "films" / f"{name}.json", report)
    return report


def _keep(record: Path, report: FilmReport) -> None:
    # With its whole path, so that a film is known again from another working folder.
    whole = replace(report, film=os.path.abspath(report.film))
    write(record, json.dumps(asdict(whole)).encode())


def _drawn(
    film: Film,
    sha: str,
    name: str,
    out: Path,
    settings: PairSettings,
    held_out: bool,
    progress: Progress | None,
) -> FilmReport:
    notes: list[str] = []
    try:
        if is_silent(open_media(film.path, on_note=lambda note: None, stream=film.audio)):
            raise BadFilm(f"{film.path}: its soundtrack is silent, so there is nothing to draw")
        sound = Soundtrack(
            lambda: open_media(film.path, on_note=notes.append, stream=film.audio),
        )
    except MediaError as error:
        raise BadFilm(str(error)) from error
    conditions = Conditions(sound, settings.encoders, settings.size, fps=SHOW_FPS)
    cuts = Cuts()
    dropped: Counter[str] = Counter()
    pairs: list[dict[str, Any]] = []
    last = np.full((16, 16, 3), -1, np.float32)
    split = settings.split.of(film.duration)
    how = (settings.size, settings.rate, settings.fit, cuts.feed, settings.crop)
    for frame in film.frames(*how):
        # A show at this moment has heard the whole hops up to it, and no more.
        position = int(frame.time * RATE + 1e-3) // HOP * HOP
        side: Side | None = "val" if held_out else split.side(frame.time)
        miniature = signature(frame.picture)
        if not conditions.hear(position) or position <= 0:
            dropped["no sound"] += 1
        elif is_black(frame.picture):
            dropped["black"] += 1
        elif np.abs(miniature - last).mean() < settings.near:
            dropped["near-duplicate"] += 1
        elif not settings.keep_titles and is_title(frame.picture):
            dropped["title"] += 1
        elif side is None:
            dropped["between train and val"] += 1
        else:
            last = miniature
            file = f"{name}-{round(frame.time * 1000):09d}.png"
            drawn = conditions.at(position)
            for encoder, condition in zip(settings.encoders, drawn, strict=True):
                target = settings.folder(out, encoder.name, side) / file
                if not target.is_file():
                    write(target, png(np.hstack([condition, frame.picture])))
            pairs.append({"file": file, "side": side, "time": frame.time, "position": position})
        if progress is not None:
            progress(film.path.name, min(frame.time / (film.duration or 1e9), 1.0), len(pairs))
    notes = list(dict.fromkeys([*film.notes, *notes]))
    if not pairs:
        counts = ", ".join(f"{reason}: {count}" for reason, count in dropped.items())
        raise BadFilm(f"{film.path}: no frame could be used ({counts or 'it has none'})")
    times = tuple(round(time, 4) for time in cuts.finish())
    if settings.per_scene:
        pairs, beyond = balanced(pairs, times, settings.per_scene)
        for pair in beyond:
            for encoder in settings.encoders:
                (settings.folder(out, encoder.name, pair["side"]) / pair["file"]).unlink(True)
        if beyond:
            dropped[f"more than {settings.per_scene} of a scene"] = len(beyond)
    return FilmReport(
        str(film.path), sha, held_out, tuple(pairs), dict(dropped), times, "; ".join(notes)
    )


def balanced(
    pairs: Sequence[dict[str, Any]], cuts: Sequence[float], most: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """At most ``most`` pairs of each scene and side, evenly spread over it; and those beyond."""
    scenes: dict[tuple[int, Side], list[dict[str, Any]]] = {}
    for pair in pairs:
        scenes.setdefault((bisect_right(cuts, pair["time"]), pair["side"]), []).append(pair)
    kept: list[dict[str, Any]] = []
    for found in scenes.values():
        count = min(most, len(found))
        kept += [found[(2 * i + 1) * len(found) // (2 * count)] for i in range(count)]
    kept.sort(key=lambda pair: pair["time"])
    names = {pair["file"] for pair in kept}
    return kept, [pair for pair in pairs if pair["file"] not in names]


def png(picture: Pixels) -> bytes:
    """(H, W, 3) RGB bytes as a PNG.

    Written here because it is the dearest step of a pair: each row as the difference to the one
    above, packed by runs, takes half the time of Pillow's quickest for as many bytes.
    """
    height, width, _ = picture.shape
    flat = picture.reshape(height, 3 * width)
    rows = np.full((height, 1 + 3 * width), 2, np.uint8)  # 2: filter "up"
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    packed = packer.compress(rows.data) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def write(path: Path, data: bytes) -> None:
    """Beside it first: a killed run leaves whole files or none.

    Unlike `livegan.saving` under a name that no loader takes for a picture of the data set.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    os.replace(beside, path)
