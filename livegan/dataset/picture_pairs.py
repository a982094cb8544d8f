"""Pairs from pictures: each one, beside the condition that a mixer of a set makes of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np

from livegan import __version__
from livegan.dataset.condition import Drawing, EncoderError, blaming, drawing, picture_bytes
from livegan.dataset.fitting import FITS, Fit, Pixels, fitted
from livegan.dataset.folder import FolderError, check
from livegan.dataset.look import write_look
from livegan.dataset.pairs import png, write
from livegan.dataset.report import BY_HAND, LONGEST
from livegan.dataset.split import Side
from livegan.lock import held
from livegan.operation.driver import Driver
from livegan.picture_file import PictureFileError, pictures_in, read_bytes
from livegan.plugin import Now
from livegan.size import Size, Written

MANIFEST = "manifest.json"
CHOICES = Path("films") / "settings.json"
"""Where the choices of a data set are kept from its first picture on; films keep theirs there, so
that neither is taken for the other."""


class PicturesError(Exception):
    """Pairs that cannot be made of these pictures; one line: why, what to do."""


@dataclass
class PicturePairs:
    """What became of the pictures: pairs by side, and how many were left out, by reason.

    ``refused`` has a line for each picture that cannot be read.
    """

    folder: Path
    pairs: list[dict[str, Any]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    enlarged: int = 0

    def count(self, side: Side) -> int:
        """Pairs on one side."""
        return sum(pair["side"] == side for pair in self.pairs)


def build_from_pictures(
    pictures: Iterable[str | Path],
    condition: str | Drawing,
    *,
    out: str | Path,
    size: Written = 256,
    fit: Fit = "crop",
    share: float = 0.1,
    progress: Callable[[int, int], None] | None = None,
) -> PicturePairs:
    """Make a data set of aligned pairs from pictures.

    ``out/train`` and ``out/val`` hold side-by-side pictures: left what the mixer makes of the
    picture, as a set would (``camera().edges()``), right the picture.  Which side one is on depends
    on what it shows alone, so that more pictures can be added.  Interrupted, the same call goes on.

    Parameters
    ----------
    pictures : picture files, and folders of them, however deep.
    condition : a mixer of one picture, such as ``"edges"`` or ``"blur:radius=12"``.
    size : of a picture, in pixels: a side, or width and height.
    fit : ``"crop"``, ``"pad"`` or ``"stretch"``.
    share : the part that is held out, 0..1.
    progress : told how many were looked at, and of how many.

    Raises
    ------
    PicturesError, EncoderError
        If the arguments are wrong, or ``out`` holds another data set.
    livegan.lock.HeldError
        If another process writes to ``out``.
    """
    drawn = one_picture(condition)
    try:
        asked = Size.read(size)
    except ValueError as error:
        raise PicturesError(str(error)) from None
    if min(asked) < 16 or fit not in FITS or not 0 <= share <= 1:
        raise PicturesError(
            f"size {asked}, fit {fit!r}, share {share}: a side is at least 16 pixels, fit one of "
            f"{', '.join(FITS)}, share between 0 and 1"
        )
    files: dict[Path, None] = {}
    for path in map(Path, pictures):
        files |= dict.fromkeys(pictures_in(path) if os.path.isdir(path) else [path])
    if not files:
        raise PicturesError("there is no picture in what was named")
    folder = Path(out)
    settings: dict[str, Any] = {
        "condition": {
            "name": drawn.name, "parameters": dict(drawn.values), "sha256": drawn.digest,
        },
        "encoders": [], "size": asked.plain, "fit": fit, "share": share, "livegan": __version__,
    }  # fmt: skip
    try:
        check(folder)
    except FolderError as error:
        raise PicturesError(str(error)) from error
    with held(folder, "written"):
        return _build(list(files), drawn, folder, settings, progress)


def one_picture(condition: str | Drawing) -> Drawing:
    """A mixer of one picture that remembers nothing; `EncoderError` if it is another."""
    drawn = drawing(condition, kind="mixer")
    operation = drawn.operation
    if operation.listens:
        raise EncoderError(f"mixer {operation.name!r} takes the sound; a picture has none")
    if len(operation.inputs) != 1 or operation.inputs[0].many or operation.stateful:
        raise EncoderError(
            f"mixer {operation.name!r} takes several pictures or remembers earlier ones; a "
            "condition is made of one: edges, blur, posterize..."
        )
    if "now" in operation.context:
        raise EncoderError(f"mixer {operation.name!r} changes with time; a picture has none")
    return drawn


def _build(
    files: list[Path],
    drawn: Drawing,
    folder: Path,
    settings: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> PicturePairs:
    mark = folder / CHOICES
    if mark.is_file() and json.loads(mark.read_bytes()) != json.loads(json.dumps(settings)):
        fix = "choose another folder or delete it"
        raise PicturesError(f"{folder} holds a data set made with other settings; {fix}")
    for place in (mark.parent, folder / "train", folder / "val"):
        place.mkdir(parents=True, exist_ok=True)
    write(mark, json.dumps(settings, indent=1).encode())
    earlier = _earlier(folder)
    made = PicturePairs(folder)
    seen: set[str] = set()
    for number, path in enumerate(files):
        pair = _pair(path, drawn, folder, settings, earlier, seen, made)
        if pair is not None:
            made.pairs.append(pair)
        if progress is not None:
            progress(number + 1, len(files))
    # Pictures of earlier commands that are not named now stay.
    made.pairs += [
        pair
        for sha, pair in earlier.items()
        if sha not in seen and (folder / pair["side"] / pair["file"]).is_file()
    ]
    manifest = {"settings": settings, "films": [], "pictures": made.pairs}
    write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    places = [(f"{p['side']}/{p['file']}", Path(p["picture"]).name) for p in made.pairs]
    write_look(folder, [("pictures", places)] if places else [])
    return made


def _earlier(folder: Path) -> dict[str, dict[str, Any]]:
    """The pairs of earlier commands, by what their pictures hold."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return {}
    return {pair["sha256"]: pair for pair in found.get("pictures", [])}


def _pair(
    path: Path,
    drawn: Drawing,
    folder: Path,
    settings: dict[str, Any],
    earlier: dict[str, dict[str, Any]],
    seen: set[str],
    made: PicturePairs,
) -> dict[str, Any] | None:
    try:
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        if sha in seen:
            made.dropped["the same as another"] += 1
            return None
        seen.add(sha)
        side: Side = "val" if int(sha[:8], 16) / 2**32 < settings["share"] else "train"
        name = f"{path.stem[: LONGEST // 2].lstrip('. ') or 'picture'}-{sha[:8]}.png"
        if sha in earlier:
            name = earlier[sha]["file"]
            if not (folder / side / name).is_file():
                made.dropped[BY_HAND] += 1
                return None
        elif not (folder / side / name).is_file():
            pixels = read_bytes(path)
            size = Size.read(settings["size"])
            made.enlarged += pixels.shape[0] < size.height or pixels.shape[1] < size.width
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            picture = fitted(frame, size, settings["fit"], 1.0)
            write(folder / side / name, png(np.hstack([_condition(drawn, picture), picture])))
    except (PictureFileError, OSError) as error:
        text = str(error) if isinstance(error, PictureFileError) else f"{path}: {error.strerror}"
        if not isinstance(error, PictureFileError) and error.filename != str(path):
            raise  # of the data set: no other could be written either
        made.refused.append(text)
        return None
    return {"file": name, "side": side, "picture": str(path), "sha256": sha}


def _condition(drawn: Drawing, picture: Pixels) -> Pixels:
    import torch

    with blaming(drawn.operation):
        given = torch.from_numpy(picture).permute(2, 0, 1).float().div(255)
        still = {p.name: drawn.values[p.name] for p in drawn.operation.params if not p.live}
        live = {p.name: drawn.values[p.name] for p in drawn.operation.params if p.live}
        driver = Driver(drawn.operation, still, drawn.name)
        size = Size(*picture.shape[:2])
        made = driver.call([given], live, Now(), size=size)
        return picture_bytes(made, size, driver.asked(size))
