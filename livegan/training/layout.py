"""Where the pairs of a data set lie: side by side in one file, or in two folders A and B."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livegan.picture_file import pictures_in
from livegan.size import Size

STRUCK = "struck.txt"
"""In the folder of a data set: names of the pairs that are left out."""

LISTED = 3
"""Names that a message about many files shows."""


class PairsError(Exception):
    """A folder that holds no usable pairs; one line: which, what, what to do."""


@dataclass(frozen=True)
class PairFile:
    """One pair: ``a`` is the file of both side by side, or, with ``b``, that of the left one."""

    a: Path
    b: Path | None = None


def pair_files(folder: Path) -> tuple[list[PairFile], list[str]]:
    """The pairs of ``DATA/train`` (or another side), and lines about what was left out.

    They are pictures side by side anywhere below the folder; or pictures of the same name in two
    folders: ``DATA/train/A`` and ``DATA/train/B``, ``DATA/A/train`` and ``DATA/B/train``,
    ``DATA/trainA`` and ``DATA/trainB``, or, to train on, ``DATA/A`` and ``DATA/B``.  Names may
    end differently (``7.jpg`` and ``7.png``), and folders may be nested.  Without
    any, both lists are empty.  Those that the ``struck.txt`` of a data set lists are left out.

    Raises
    ------
    PairsError
        If there are two folders and no name is in both, or one name twice in one of them.
    """
    found, notes = _pairs_of(folder)
    struck = _struck(folder)
    kept = [pair for pair in found if pair.a.name not in struck]
    if len(kept) < len(found):
        notes.append(f"{folder}: {len(found) - len(kept)} pairs are struck, by {STRUCK}")
    return kept, notes


def _struck(folder: Path) -> set[str]:
    """The names in the list of the data set; with several encoders it lies one folder higher."""
    struck: set[str] = set()
    for root in (folder.parent, folder.parent.parent):
        if (root / "manifest.json").is_file() and (root / STRUCK).is_file():
            lines = (root / STRUCK).read_text(encoding="utf-8", errors="replace").splitlines()
            struck |= {line.strip() for line in lines}
    return struck


def _pairs_of(folder: Path) -> tuple[list[PairFile], list[str]]:
    root, side = folder.parent, folder.name
    places = [(folder / "A", folder / "B"), (root / "A" / side, root / "B" / side)]
    places.append((root / f"{side}A", root / f"{side}B"))
    if side == "train":
        places.append((root / "A", root / "B"))
    inside = pictures_in(folder)
    for a, b in places:
        if a.is_dir() and b.is_dir() and (not inside or a.parent == folder):
            return _matched(a, b)
    return [PairFile(path) for path in inside], []


def _matched(a: Path, b: Path) -> tuple[list[PairFile], list[str]]:
    left, right = _by_name(a), _by_name(b)
    both = [name for name in left if name in right]
    if not both and (left or right):
        raise PairsError(
            f"{a} and {b}: no picture of one has the name of one of the other; the two of a pair "
            "are named alike"
        )
    notes = []
    for folder, names in ((a, left), (b, right)):
        if alone := [name for name in names if name not in left or name not in right]:
            shown = ", ".join(alone[:LISTED]) + (", ..." if len(alone) > LISTED else "")
            notes.append(
                f"{folder}: {len(alone)} pictures have no partner and are left out: {shown}"
            )
    return [PairFile(left[name], right[name]) for name in both], notes


def _by_name(folder: Path) -> dict[str, Path]:
    """The pictures below a folder by their path in it without its ending."""
    found: dict[str, Path] = {}
    for path in pictures_in(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in found:
            raise PairsError(f"{found[name]} and {path.name}: two pictures of one name; keep one")
        found[name] = path
    return found


def advice(folder: Path) -> str:
    """What to do about a folder without pairs."""
    inner = folder.parent.glob(f"*/{folder.name}") if folder.parent.is_dir() else []
    if names := sorted(found.parent.name for found in inner if found.is_dir()):
        return f"name one of the data sets in {folder.parent}: {', '.join(names)}"
    return "make some with livegan dataset"


def shape_said(folder: Path) -> Size:
    """The size that the manifest of a data set says, for its shape; a square if there is none.

    ``folder`` is its ``train``, or another side, also where several encoders have one each.
    """
    for root in (folder.parent, folder.parent.parent):
        manifest = root / "manifest.json"
        if manifest.is_file():
            try:
                said = json.loads(manifest.read_text(encoding="utf-8"))["settings"]["size"]
                return Size.read(said) or Size.square(1)
            except (OSError, ValueError, KeyError, TypeError):
                break  # not ours
    return Size.square(1)


def condition_of(data: Path) -> dict[str, Any]:
    """The mixer that made the conditions of a data set of pictures; empty for any other."""
    manifest = data / "manifest.json"
    if not manifest.is_file():
        return {}
    found = json.loads(manifest.read_text(encoding="utf-8"))
    return dict(found["settings"].get("condition") or {})


def origin(data: Path) -> tuple[dict[str, Any], int]:
    """The encoder of a data set, and of how many films it is; nothing if it has no manifest."""
    # With several encoders, each has a folder in which its train and val lie.
    for folder, name in ((data, None), (data.parent, data.name)):
        manifest = folder / "manifest.json"
        if manifest.is_file():
            found = json.loads(manifest.read_text(encoding="utf-8"))
            encoders = found["settings"]["encoders"]
            mine = [e for e in encoders if name is None or e["name"] == name]
            films = sum(not film["error"] for film in found["films"])
            return (dict(mine[0]) if mine else {}), films
    return {}, 0
