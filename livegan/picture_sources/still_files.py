"""Picture files of a set, and folders of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from livegan.picture_file import SUFFIXES, PictureFileError, read_alpha, read_bytes
from livegan.picture_sources.source import PictureSourceError, Pixels, Wanted

FILMS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".gif", ".mxf")
"""Names of films end so; other names are played as well."""


def read_still(path: Path, wanted: Wanted) -> Pixels:
    """A picture file as bytes, (H, W, 3) or (H, W, 4) where it has transparency, covering the
    canvas and not larger. Raises `PictureSourceError` in a line."""
    try:
        colours, alpha = read_bytes(path), read_alpha(path)
    except PictureFileError as error:
        if path.suffix.lower() in FILMS:
            raise PictureSourceError(f'{path}: is a film; write film("{path.name}")') from None
        raise PictureSourceError(str(error)) from None
    height, width = wanted.size_for(*colours.shape[:2])
    planes = [Image.fromarray(colours)] + ([] if alpha is None else [Image.fromarray(alpha)])
    if colours.shape[:2] != (height, width):
        planes = [p.resize((width, height), Image.Resampling.LANCZOS) for p in planes]
    return np.ascontiguousarray(np.dstack([np.asarray(plane) for plane in planes]))


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, by name. Raises `PictureSourceError` if there is none."""
    try:
        there = sorted(folder.iterdir())
    except OSError as error:
        raise PictureSourceError(f"{folder}: cannot be read ({error.strerror})") from None
    found = [p for p in there if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    if not found:
        raise PictureSourceError(f"{folder}: has no pictures in it (PNG, JPEG, WebP, TIFF, BMP)")
    return found
