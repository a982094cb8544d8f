"""Networks as other programs read them, kept in the user's cache: writing one takes seconds."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from .backend import NetworkSpec

MOST = 2 << 30
"""Bytes that may be kept; what was not used for the longest time goes first."""


def cache_folder() -> Path:
    """Where all that backends remember lies: it may be removed at any time."""
    import platformdirs

    return platformdirs.user_cache_path("livegan", appauthor=False) / "backends"


def graph_file(spec: NetworkSpec, kind: str, name: str, write: Callable[[Path], None]) -> Path:
    """The file of a network in a format, written by ``write(path)`` if it is not there.

    Parameters
    ----------
    kind : what it is and what wrote it, such as ``"openvino 2026.4 int8"``.
    name : of the file, such as ``"graph.xml"``; ``write`` may put others beside it.
    """
    said = [spec.checkpoint.digest, spec.norm, *map(str, spec.shape), kind]
    if spec.ranges is not None:
        said += [f"{key} {low:g} {high:g}" for key, (low, high) in sorted(spec.ranges.items())]
    own = hashlib.sha256("\n".join(said).encode()).hexdigest()[:24]
    folder = cache_folder() / "graphs" / own
    file = folder / name
    if file.is_file():
        folder.touch()
        return file
    folder.parent.mkdir(parents=True, exist_ok=True)
    prune(folder.parent)
    # Whole or not at all: another process may write the same one.
    beside = folder.with_name(f".{own}.{uuid.uuid4().hex[:8]}")
    beside.mkdir()
    try:
        write(beside / name)
        try:
            beside.rename(folder)
        except OSError:
            if not file.is_file():
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return file


def drop(file: Path) -> None:
    """Take away a graph that cannot be read, so that it is written anew."""
    shutil.rmtree(file.parent, ignore_errors=True)


def prune(folder: Path, most: int = MOST) -> None:
    """Remove what was not used for the longest time, until no more than ``most`` bytes are kept."""
    try:
        kept = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
        total = 0
        for each in kept:
            total += sum(file.stat().st_size for file in each.iterdir())
            if total > most:
                shutil.rmtree(each, ignore_errors=True)
    except OSError:  # another process removes them too
        return
