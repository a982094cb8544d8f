"""What a show was made with besides texts: models, films and plugins, and whether they changed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

WHOLE = 512_000_000
"""Bytes up to which a file is hashed as a whole; of a larger one, parts are."""
PARTS, PART = 64, 1_000_000
"""Of a larger file: so many parts, evenly over it, of so many bytes."""

LIBRARIES = ("torch", "numpy", "scipy", "onnxruntime", "openvino")
"""Those whose versions decide about the bits of pictures."""

Print = tuple[int, str]
"""Of a file: bytes, and the SHA-256 of its content (beginning with ~ if only parts were read)."""

_known: dict[Path, tuple[tuple[int, int, int], Print]] = {}
_lock = threading.Lock()


def print_of(path: Path) -> Print:
    """The print of a file, or of a folder: then of the names and sizes in it.

    A file that did not change since is not read again. OSError if it cannot be read.
    """
    status = path.stat()
    stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
    with _lock:
        known = _known.get(path)
    if known is not None and known[0] == stamp and not path.is_dir():
        return known[1]
    hashed = hashlib.sha256()
    if path.is_dir():
        inside = sorted((p.name, p.stat().st_size) for p in path.iterdir() if p.is_file())
        hashed.update(repr(inside).encode(errors="surrogateescape"))
        return sum(size for _, size in inside), hashed.hexdigest()
    with path.open("rb") as file:
        if status.st_size <= WHOLE:
            while data := file.read(PART):
                hashed.update(data)
            found = status.st_size, hashed.hexdigest()
        else:
            for number in range(PARTS):
                file.seek(number * (status.st_size - PART) // (PARTS - 1))
                hashed.update(file.read(PART))
            found = status.st_size, "~" + hashed.hexdigest()
    with _lock:
        _known[path] = stamp, found
    return found


@dataclass
class MadeWith:
    """What a program is made with; files by the name that the set has for them."""

    models: dict[str, list[Path]] = field(default_factory=dict)
    """The weights first, then what belongs to them: the card, the parts of a folder."""
    pictures: dict[str, list[Path]] = field(default_factory=dict)
    """Films and picture files."""
    plugins: dict[str, str] = field(default_factory=dict)
    """Versions of installed packages."""

    def line(self) -> dict[str, Any]:
        """For a journal: each file with its print. What cannot be read is left out."""
        kinds = {"models": self.models, "pictures": self.pictures}
        said: dict[str, Any] = {kind: prints(files) for kind, files in kinds.items()}
        return {**said, "plugins": self.plugins}


@dataclass(frozen=True)
class KeptFile:
    """A file that a show was made with: where it lay, and its print."""

    path: str
    size: int
    sha256: str

    def is_that(self, path: Path) -> bool:
        """Whether a file has the same content."""
        try:
            return path.stat().st_size == self.size and print_of(path)[1] == self.sha256
        except OSError:
            return False

    def __str__(self) -> str:
        return f"sha256 {short(self.sha256)}, {self.size / 1e6:.1f} MB, then at {self.path}"


def short(sha256: str) -> str:
    """As much of a hash as people compare."""
    return sha256[:12]


def prints(files: Mapping[str, Iterable[Path]]) -> dict[str, list[dict[str, Any]]]:
    """The kept files of each name, for JSON."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, paths in files.items():
        found[name] = []
        for path in paths:
            try:
                kept = KeptFile(str(path.resolve()), *print_of(path))
            except OSError:
                continue
            found[name].append(asdict(kept))
    return found


def kept_files(said: Mapping[str, Any], kind: str) -> dict[str, list[KeptFile]]:
    """What a line of a journal says of the files of one kind; nothing in older journals."""
    made = said.get("made") or {}
    return {
        name: [KeptFile(**each) for each in files]
        for name, files in (made.get(kind) or {}).items()
        if files
    }


def versions() -> dict[str, str]:
    """Versions of the libraries that are installed of `LIBRARIES`; none is imported."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
