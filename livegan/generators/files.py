"""Files of checkpoints: how they end, and how they are written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".onnx")
"""Files that can be checkpoints, best first."""


def weights_in(folder: Path) -> list[Path]:
    """Files in `folder` that can be checkpoints, by the preference for their format, then name."""
    found = [path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file()]
    return sorted(found, key=lambda path: (SUFFIXES.index(path.suffix), path.name))


def write_file(path: Path, data: bytes) -> None:
    """Write beside `path`, then replace it."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
