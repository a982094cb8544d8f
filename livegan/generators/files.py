"""Files of checkpoints: how they end, and which comes first."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".onnx")
"""Files that can be checkpoints, best first."""


def weights_in(folder: Path) -> list[Path]:
    """Files in `folder` that can be checkpoints, by the preference for their format, then name.

    Hidden ones are left out: they may be half written (`livegan.saving`).
    """
    found = [
        path
        for path in folder.iterdir()
        if path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    return sorted(found, key=lambda path: (SUFFIXES.index(path.suffix), path.name))
