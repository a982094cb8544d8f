"""Checkpoints in memory: read once, shared, and freed when nobody plays them."""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from livegan.plugin import registry

from .checkpoint import Checkpoint, read_checkpoint
from .files import INDEX, SUFFIXES, files_of

Stamp = tuple[object, ...]

_held: WeakValueDictionary[Stamp, Checkpoint] = WeakValueDictionary()
_locks: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def stamp(path: Path) -> Stamp | None:
    """Changes when the weights, their card or what else they are read from does; None if there are
    no weights."""
    seen: list[object] = [str(path.resolve())]
    cards = path.with_suffix(".json"), path.with_name("model.json")
    for file in dict.fromkeys((path, *cards, *files_of(path))):
        try:
            found = file.stat()
        except OSError:
            if file == path:
                return None
            seen.append(None)
        else:
            seen.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(seen)


def load(path: str | Path, *, trust: bool = False) -> Checkpoint:
    """Read a checkpoint, or hand out the one that is in memory if the file has not changed.

    Safetensors, PyTorch files (``weights_only=True``, never code) and ONNX; and with `trust`, which
    is the performer's to give and no file's, TorchScript and ONNX with operators of its own.  May
    be called from several threads; two that ask for one file read it once.

    Raises
    ------
    ModelError
        One line with the file, what is wrong with it, and what to do.
    """
    path = Path(path)
    with _lock:
        mine = _locks.setdefault(str(path), threading.Lock())
    with mine:
        key = stamp(path)
        if key:
            key = (*key, trust)
        if key and path.suffix not in SUFFIXES and path.name != INDEX:
            key = (*key, registry.current().loaders_stamp)  # what reads it may be edited live
        found = _held.get(key) if key else None
        if found is None:
            found = read_checkpoint(path, trust=trust)
            if key:
                _held[key] = found
        return found
