"""Files of checkpoints: how they end, and which comes first."""

from __future__ import annotations

from pathlib import Path

from livegan.plugin import registry

SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".onnx")
"""Files that can be checkpoints by themselves, best first."""


def suffixes() -> tuple[str, ...]:
    """:data:`SUFFIXES`, and ``.NAME`` for each loader NAME that a plugin has registered."""
    offers = registry.current().offered("loader")
    own = (f".{offer.name}" for offer in offers if offer.plugin != "livegan")
    return tuple(dict.fromkeys((*SUFFIXES, *own)))


def weights_in(folder: Path) -> list[Path]:
    """Files in `folder` that can be checkpoints, by the preference for their format, then name.

    Hidden ones are left out: they may be half written (`livegan.saving`).
    """
    endings = suffixes()
    found = [
        path
        for path in folder.iterdir()
        if path.suffix in endings and not path.name.startswith(".") and path.is_file()
    ]
    return sorted(found, key=lambda path: (endings.index(path.suffix), path.name))
