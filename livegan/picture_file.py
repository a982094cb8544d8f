"""Picture files as a viewer shows them: upright, in RGB, at every depth.

Training, ``livegan generate --in`` and data sets all read through here, so that a picture is the
same to each of them.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from livegan.files import NotAFile, named, need_file

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"})
"""What a picture in a folder of pictures is called; a file that is named by itself may be any that
Pillow opens."""

DEEPEST = 65535
"""White of whole numbers with more than 8 bits."""

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class PictureFileError(Exception):
    """A file that is no picture which can be read; one line: which, what, what to do."""


def read_bytes(path: Path) -> Bytes:
    """A picture file as (H, W, 3) RGB bytes; deeper pictures are rounded.  See `read_floats`."""
    found = _read(path)
    if found.dtype != np.uint8:
        found = np.rint(found * 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(found, (*found.shape[:2], 3)))


def read_floats(path: Path) -> Floats:
    """A picture file as (H, W, 1 or 3) float32, 0..1; grey pictures have one channel.

    * The orientation in the file (EXIF) is applied.
    * 8 bits a channel: 255 is 1.  More bits (16-bit PNG; 16- and 32-bit TIFF): 65535 is 1.
    * Floating point: 0..1, as it is.
    * Palettes become their colours.  Transparent parts are laid over black.
    * CMYK, and RGB with a colour profile other than sRGB, are converted by that profile.
    * Of several pictures in a file (GIF, TIFF), the first.

    Raises
    ------
    PictureFileError
        If there is no such file, it is no picture, or it is damaged; if whole numbers are below 0
        or above 65535, or floating-point ones outside 0..1 or not finite: such a file does not say
        what is white, and a guess for each file would make pictures of one film differ.
    """
    found = _read(path)
    floats: Floats = found.astype(np.float32)
    return floats / np.float32(255) if found.dtype == np.uint8 else floats


def read_alpha(path: Path) -> Bytes | None:
    """How opaque each part of a picture file is, (H, W) bytes; None where all of it is.

    Raises
    ------
    PictureFileError
        As `read_floats`.
    """
    with _opened(path) as image:
        if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
            return None
        try:
            return np.array(ImageOps.exif_transpose(image.convert("RGBA")).getchannel("A"))
        except (OSError, ValueError, SyntaxError) as error:
            raise PictureFileError(f"{path}: not a picture that can be read ({error})") from None


def shape_of(path: Path) -> tuple[int, int]:
    """(height, width) of a picture file as a viewer shows it; only its head is read.

    Raises
    ------
    PictureFileError
        If there is no such file, or it is no picture.
    """
    with _opened(path) as image:
        if image.format == "TIFF":  # Pillow turns these itself, when they are read or earlier
            image.load()
        width, height = image.size
        return (width, height) if _orientation(image) in (5, 6, 7, 8) else (height, width)


def pictures_in(folder: Path) -> list[Path]:
    """The picture files below a folder, however deep, in the order of their paths.

    Hidden ones, and those in hidden folders, are left out; an empty list if there is no folder.
    """
    return sorted(
        path
        for path in (folder.rglob("*") if folder.is_dir() else [])
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )


@contextlib.contextmanager
def _opened(path: Path) -> Any:
    """The file as Pillow opens it; whatever goes wrong inside is a `PictureFileError`."""
    path = named(path)
    try:
        need_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, in pictures that can be shown
            with Image.open(path) as image:
                yield image
    except PictureFileError:
        raise
    except FileNotFoundError as error:
        raise PictureFileError(f"{path}: there is no such file") from error
    except NotAFile as error:
        raise PictureFileError(str(error)) from error
    except UnidentifiedImageError as error:
        raise PictureFileError(f"{path}: cannot be read as a picture; is it one?") from error
    except Exception as error:  # a damaged PNG may be a SyntaxError, a damaged BMP a bomb
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise PictureFileError(f"{path}: cannot be read as a picture: {reason}") from error


def _orientation(image: Image.Image) -> int:
    """1 to 8, as EXIF counts; 1 where the file says nothing that can be understood."""
    with contextlib.suppress(Exception):
        return int(image.getexif().get(0x0112, 1))
    return 1


def _read(path: Path) -> Bytes | Floats:
    """(H, W, 1 or 3): bytes, or 0..1 where the file has more than 8 bits."""
    with _opened(path) as image:
        image.load()
        upright = image if _orientation(image) == 1 else ImageOps.exif_transpose(image)
        if upright.mode == "F" or upright.mode.startswith("I"):
            return _deep(path, np.asarray(upright))
        return _shallow(upright)


def _deep(path: Path, pixels: npt.NDArray[Any]) -> Floats:
    fix = "save it with 8 or 16 bits"
    if pixels.dtype.kind == "f":
        top = 1.0
        if not np.isfinite(pixels).all():
            raise PictureFileError(f"{path}: holds values that are not finite; {fix}")
    else:
        top = float(DEEPEST)
    low, high = float(pixels.min()), float(pixels.max())
    # What lies outside by a rounding, as of a resized picture, is not another range.
    if low < -0.01 * top or high > 1.01 * top:
        raise PictureFileError(
            f"{path}: its values are {low:g} to {high:g}, where 0 to {top:g} is black to white; "
            f"{fix}"
        )
    scaled = np.clip(pixels.astype(np.float64) / top, 0, 1)
    return scaled.astype(np.float32)[..., None]


def _shallow(image: Image.Image) -> Bytes:
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))[..., None]
    if image.mode in ("P", "PA", "LA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        grey = image.mode in ("LA", "La")
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, (0, 0, 0, 255))
        ground.alpha_composite(image)
        ground.info.update({k: v for k, v in image.info.items() if k == "icc_profile"})
        pixels = np.asarray(_in_srgb(ground.convert("RGB")))
        return pixels[..., :1] if grey else pixels
    return np.asarray(_in_srgb(image))


def _in_srgb(image: Image.Image) -> Image.Image:
    """RGB, by the colour profile in the file where there is one that says more than sRGB."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" in (given.profile.profile_description or ""):
                return image.convert("RGB")
            srgb = ImageCms.createProfile("sRGB")
            found = ImageCms.profileToProfile(image, given, srgb, outputMode="RGB")
            if found is not None:
                return found
    return image.convert("RGB")
