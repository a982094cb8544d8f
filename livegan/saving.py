"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STEM = 40
"""Letters of a name that the file beside it keeps: a name may be as long as the system allows."""


def partial(path: Path) -> Path:
    """Where ``path`` is written before it takes its place: hidden, and with the same suffix."""
    suffix = path.suffix if len(path.suffix) < STEM else ""
    return path.with_name(f".{path.stem[:STEM]}.{os.getpid()}.partial{suffix}")


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, beside ``path``, whose place it takes when the block ends well.

    It has the same suffix, by which many writers choose the format, and a name of its own for each
    process.  The folder is made if it is not there.  A block that fails leaves nothing behind, and
    what was there before as it was; an `OSError` names ``path``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = partial(path)
    try:
        yield beside
        os.replace(beside, path)
    except OSError as error:
        # Of a full disk the system says no name, of others the one beside.
        if error.errno is not None and error.filename in (None, str(beside)):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        beside.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole; `OSError` where it cannot be."""
    with replacing(path) as beside:
        beside.write_bytes(data)


def save_png(path: Path, pixels: Any) -> None:
    """Write (H, W, 3) uint8 as a PNG."""
    from PIL import Image

    with replacing(path) as beside:
        # Level 3 takes a third of the time of the usual 6 for a tenth more bytes.
        Image.fromarray(pixels).save(beside, format="PNG", compress_level=3)
