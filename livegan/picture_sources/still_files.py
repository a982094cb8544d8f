"""Picture files, and folders of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from livegan.picture_sources.source import Pixels, SourceError, Wanted

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".jp2"}
)
MOST_PIXELS = 200_000_000
"""A picture that claims to be larger is refused: it would fill the memory."""


def read_still(path: Path, wanted: Wanted) -> Pixels:
    """A picture file as bytes, (H, W, 3) or (H, W, 4) where it has transparency, covering the
    canvas and not larger. Raises `SourceError` in a line."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise SourceError(f"{path}: {image.width} x {image.height} pixels are too many")
            height, width = wanted.size_for(image.height, image.width)
            image.draft("RGB", (2 * width, 2 * height))  # a large JPEG is decoded smaller
            turned = ImageOps.exif_transpose(image)
            alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
            deep = np.asarray(turned).dtype.itemsize > 1 if turned.mode[0] in "IF" else False
            if deep:
                turned = _eight_bits(turned)
            plain = turned.convert("RGBA" if alpha else "RGB")
            height, width = wanted.size_for(plain.height, plain.width)
            if plain.size != (width, height):
                plain = plain.resize((width, height), Image.Resampling.LANCZOS)
            return np.array(plain)
    except SourceError:
        raise
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SourceError(f"{path}: not a picture that can be read ({error})") from None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of more than eight bits: 16-bit integers from 0..65535, floats from 0..1."""
    values = np.asarray(image, np.float64)
    scale = 255.0 if image.mode == "F" and values.max(initial=0.0) <= 1.0 else 255.0 / 65535.0
    return Image.fromarray(np.clip(values * scale + 0.5, 0, 255).astype(np.uint8))


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, by name. Raises `SourceError` if there is none."""
    try:
        found = sorted(
            p
            for p in folder.iterdir()
            if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")
        )
    except OSError as error:
        raise SourceError(f"{folder}: cannot be read ({error.strerror})") from None
    if not found:
        raise SourceError(f"{folder}: has no pictures in it (PNG, JPEG, WebP, TIFF, ...)")
    return found
