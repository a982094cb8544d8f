"""Checkpoints by model name, in the folders where models are kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from livegan.plugin.closest import suggestion

from .errors import ModelError
from .files import suffixes, weights_in


def find(name: str, folders: Iterable[str | Path]) -> Path:
    """The weights file of a model.

    Parameters
    ----------
    name : a model's name, ``models/NAME/`` or ``models/NAME.safetensors`` (or .pth, .pt, .ckpt,
        .onnx, or .FORMAT of a plugin's loader), with or without the suffix; or a path.
    folders : searched in order, such as ``models/`` beside the set.

    Raises
    ------
    ModelError
        If there is none; with the closest name.
    """
    folders = [Path(folder) for folder in folders]
    given = Path(name).expanduser()
    for folder in [Path(), *folders] if is_path(name) else folders:
        found = weights_at(folder / given)
        if found:
            return found
    if given.is_absolute() or given.parts[:1] in ((".",), ("..",)):
        raise ModelError(f"{name}: no such checkpoint; check the path")
    names = [each for each, _ in available(folders)]
    where = ", ".join(str(folder) for folder in folders) or "no folder"
    hint = (
        suggestion(name, names) or "; there is none at all: train one, or copy a checkpoint there"
    )
    raise ModelError(f"no model {name!r} in {where}{hint}")


def available(folders: Iterable[str | Path]) -> list[tuple[str, Path]]:
    """(name, weights file) of every model in `folders`; the first of a name is the one found."""
    seen: dict[str, Path] = {}
    for folder in map(Path, folders):
        if not folder.is_dir():
            continue
        for each in sorted(folder.iterdir()):
            if each.name.startswith("."):
                continue
            weights = weights_at(each)
            if weights:
                seen.setdefault(each.name if each.is_dir() else each.stem, weights)
    return sorted(seen.items())


def is_path(name: str) -> bool:
    """Whether a name can be meant as a path from the working folder."""
    return "/" in name or "\\" in name or name.startswith("~") or Path(name).suffix in suffixes()


def weights_at(place: Path) -> Path | None:
    """The weights at a path: itself, the best in a folder, or the same with a suffix."""
    if place.is_file() and place.suffix in suffixes():
        return place
    if place.is_dir():
        inside = weights_in(place)
        named = [path for path in inside if path.stem in ("model", place.name)]
        return next(iter(named or inside), None)
    for suffix in suffixes():
        path = place.with_name(place.name + suffix)
        if path.is_file():
            return path
    return None
