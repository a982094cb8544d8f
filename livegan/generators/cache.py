"""Checkpoints in memory: read once, shared, and freed when nobody plays them."""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from .checkpoint import Checkpoint, read_checkpoint

Stamp = tuple[str, int, int, int, int]

_held: WeakValueDictionary[Stamp, Checkpoint] = WeakValueDictionary()
_locks: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def stamp(path: Path) -> Stamp | None:
    """Changes when the file or its cards do; None if there is no such file."""
    try:
        own = path.stat()
    except OSError:
        return None
    cards = 0
    for card in (path.with_suffix(".json"), path.with_name("model.json")):
        try:
            cards ^= card.stat().st_mtime_ns
        except OSError:
            cards += 1
    return str(path.resolve()), own.st_mtime_ns, own.st_size, own.st_ino, cards


def load(path: str | Path) -> Checkpoint:
    """Read a checkpoint, or hand out the one that is in memory if the file has not changed.

    Safetensors, PyTorch files (``weights_only=True``, never code), TorchScript and ONNX.  May be
    called from several threads; two that ask for one file read it once.

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
        found = _held.get(key) if key else None
        if found is None:
            found = read_checkpoint(path)
            if key:
                _held[key] = found
        return found
