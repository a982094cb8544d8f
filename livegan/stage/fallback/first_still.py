"""The still before the first picture: something of the set, for the seconds that loading takes."""

from __future__ import annotations

import ast
import contextlib
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from livegan import share
from livegan.files import need_file
from livegan.stage.fallback.drift import is_dark
from livegan.stage.fallback.still import place_of, read_still

Pixels = NDArray[np.uint8]
MOST = 9
"""Models of a set that a poster shows."""
SAMPLE = "sample.jpg"
"""What a training writes beside the weights: conditions above, what the model painted below."""
CALLS = ("model", "morph")
"""The words of a set that name models."""


def first_still(folder: Path, set: Path) -> Pixels | None:
    """A (H, W, 3) picture to show before the first one; None if there is none at all.

    The still of the last show of this set; else a poster of what its models paint; else the newest
    still of another set of the working ``folder``.
    """
    own = place_of(folder, set)
    found = read_still(own)
    if found is not None:
        return found
    with contextlib.suppress(Exception):  # a poster is worth no show
        found = poster(models_of(set), places_of_models(folder, set))
    if found is not None:
        return found
    with contextlib.suppress(OSError):
        stills = sorted(own.parent.glob("*.png"), key=lambda path: -path.stat().st_mtime)
        return next((s for s in map(read_still, stills[:MOST]) if s is not None), None)
    return None


def models_of(set: Path) -> list[str]:
    """The models that a set names, in the order of its text, which is read and not run."""
    need_file(set)
    tree = ast.parse(set.read_bytes())
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS
    ]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    names = [
        given.value
        for call in calls
        for given in call.args
        if isinstance(given, ast.Constant) and isinstance(given.value, str)
    ]
    return list(dict.fromkeys(names))[:MOST]


def places_of_models(folder: Path, set: Path) -> list[Path]:
    """Where an engine looks for models; see `livegan.engine.program.build`."""
    return [
        set.parent / "models",
        set.parent.parent / "models",
        folder / "models",
        share.folder("models"),
    ]


def poster(models: Sequence[str], folders: Sequence[Path]) -> Pixels | None:
    """What the models of a set have painted, side by side; None if none has left a sample."""
    found = [tile for tile in (painted(name, folders) for name in models) if tile is not None]
    if not found:
        return None
    side = max(max(tile.size) for tile in found)
    columns = math.ceil(math.sqrt(len(found)))
    whole = Image.new("RGB", (columns * side, math.ceil(len(found) / columns) * side))
    for number, tile in enumerate(found):
        row, column = divmod(number, columns)
        whole.paste(tile.resize((side, side)), (column * side, row * side))
    pixels = np.asarray(whole)
    return None if is_dark(pixels) else pixels


def painted(model: str, folders: Sequence[Path]) -> Image.Image | None:
    """One picture of a model's sample: the first in its lower row."""
    for path in samples(model, folders):
        with contextlib.suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            need_file(path)
            with Image.open(path) as sample:
                half = sample.height // 2
                count = max(1, round(sample.width / half))
                return sample.convert("RGB").crop((0, half, sample.width // count, sample.height))
    return None


def samples(model: str, folders: Sequence[Path]) -> Iterator[Path]:
    """Where the sample of a model may lie."""
    given = Path(model)
    if given.is_absolute():
        yield given / SAMPLE
        yield given.with_name(SAMPLE)
    for folder in folders:
        yield folder / given / SAMPLE
