"""Checkpoints by model name, in the folders where models are kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from livegan import share
from livegan.plugin.closest import suggestion

from .errors import ModelError
from .files import INDEX, model_in, suffixes

TRAINING = ".training"
"""How the folder of a training's state ends; it is no model."""


def model_folders(set_path: Path, folder: Path) -> list[Path]:
    """Where models are looked for: in ``models/``, beside the set, in the package.

    What lies beside a set may be anything, such as a model exported for another program.
    """
    found = [set_path.parent / "models", set_path.parent.parent / "models", folder / "models"]
    found += [set_path.parent, share.folder("models")]
    return list(dict.fromkeys(p for p in found if p.is_dir()))


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
    folders = list(folders)
    found = next(places(name, folders), None)
    if found is not None:
        return found
    given = Path(name).expanduser()
    if given.is_absolute() or given.parts[:1] in ((".",), ("..",)):
        raise ModelError(f"{name}: no such checkpoint; check the path")
    if given.suffix == TRAINING and any(Path(folder, given).is_dir() for folder in folders):
        raise ModelError(f"{name} is the state of a training; name the model that it trains")
    names = [each for each, _ in available(folders)]
    where = ", ".join(str(folder) for folder in folders) or "no folder"
    hint = (
        suggestion(name, names) or "; there is none at all: train one, or copy a checkpoint there"
    )
    raise ModelError(f"no model {name!r} in {where}{hint}")


def clash(name: str, folders: Iterable[str | Path]) -> str:
    """A line that says so if a name stands for more than one file, and which is played; else
    empty."""
    found = list(places(name, folders))
    if len(found) < 2:
        return ""
    return f"{name}: {found[0]} is played; {found[1]} has that name too: give a path, or rename one"


def places(name: str, folders: Iterable[str | Path]) -> Iterator[Path]:
    """Every file that a name stands for, the one that is played first."""
    given = Path(name).expanduser()
    seen: set[Path] = set()
    for folder in [Path(), *folders] if is_path(name) else folders:
        found = weights_at(spelt(Path(folder), given))
        if found and found.resolve() not in seen:
            seen.add(found.resolve())
            yield found


def available(folders: Iterable[str | Path]) -> list[tuple[str, Path]]:
    """(name, weights file) of every model in `folders`; the first of a name is the one found.

    A folder with several generators has a name for each.
    """
    seen: dict[str, Path] = {}
    searched = [folder for folder in map(Path, folders) if folder.is_dir()]
    for folder in searched:
        for each in sorted(folder.iterdir()):
            if each.name.startswith(".") or each.name == INDEX or each in searched:
                continue
            name = composed(each.name if each.is_dir() else each.stem)
            try:
                weights = weights_at(each)
            except ModelError:
                for path in sorted(each.iterdir()):
                    if "_net_G" in path.stem:
                        seen.setdefault(f"{name}/{composed(path.stem)}", path)
                continue
            if weights:
                seen.setdefault(name, weights)
    return sorted(seen.items())


def is_path(name: str) -> bool:
    """Whether a name can be meant as a path from the working folder."""
    return "/" in name or "\\" in name or name.startswith("~") or Path(name).suffix in suffixes()


def weights_at(place: Path) -> Path | None:
    """The weights at a path: itself, the model of a folder, or the same with a suffix.

    Raises
    ------
    ModelError
        If it is a folder with several generators.
    """
    if place.is_file() and (place.suffix in suffixes() or place.name == INDEX):
        return place
    if place.is_dir():
        return None if place.suffix == TRAINING else model_in(place)
    for suffix in suffixes():
        path = spelt(place.parent, Path(place.name + suffix))
        if path.is_file():
            return path
    return None


def composed(name: str) -> str:
    """A name with accents as they are typed: some disks keep them apart from their letters."""
    return unicodedata.normalize("NFC", name)


def spelt(folder: Path, name: Path) -> Path:
    """A path in `folder` as the disk spells it, where its accents are stored in another way."""
    place = folder / name
    if str(place).isascii() or place.exists():
        return place
    here = Path(name.anchor) if name.is_absolute() else folder
    for part in name.parts[1 if name.is_absolute() else 0 :]:
        step = here / part
        if not step.exists() and not part.isascii() and here.is_dir():
            alike = (each for each in here.iterdir() if composed(each.name) == composed(part))
            step = next(alike, step)
        here = step
    return here
