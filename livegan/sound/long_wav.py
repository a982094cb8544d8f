"""WAV files of more than 4 GB: the lengths in their headers have begun again at 0."""

from __future__ import annotations

import io
from pathlib import Path

WRAPS = 1 << 32
"""Bytes after which a length begins again at 0: it has 32 bits."""
HEADER = 1 << 16
"""Bytes in which the sound begins."""
SLACK = 1 << 16
"""Bytes that may follow the sound, such as its title."""


def longer_than_it_says(path: Path) -> io.RawIOBase | None:
    """A WAV file of more than 4 GB as one of unknown length, to be read up to its end.

    None for any other file: those are read by their name.
    """
    size = path.stat().st_size
    if size <= WRAPS:
        return None
    with path.open("rb") as file:
        head = file.read(HEADER)
    at = head.find(b"data", 12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE" or at < 0 or at + 8 > len(head):
        return None
    said = int.from_bytes(head[at + 4 : at + 8], "little")
    if at + 8 + said + SLACK > size:
        return None
    return Unmeasured(path, at + 4)


class Unmeasured(io.RawIOBase):
    """A file in which the four bytes at ``hole`` read as 0, which FFmpeg takes for "not known"."""

    def __init__(self, path: Path, hole: int) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._hole = hole

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        start = self._file.tell()
        data = self._file.read(size)
        low, high = max(start, self._hole), min(start + len(data), self._hole + 4)
        if low < high:
            data = data[: low - start] + bytes(high - low) + data[high - start :]
        return data

    def close(self) -> None:
        self._file.close()
        super().close()
