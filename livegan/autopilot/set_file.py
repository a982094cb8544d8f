"""The set's file in a show: read and written so that an editor finds it as it left it."""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import time
from pathlib import Path

from livegan import saving

LARGEST = 256 << 10
"""Bytes of the largest text that is read: see `livegan.engine.commit.watch`."""


class Unwritable(Exception):
    """The file cannot be read or written; one line."""


class SetFile:
    """One file. Line endings, a byte-order mark, permissions and links stay as they are.

    What somebody else wrote is copied to ``keep`` before it is written over.
    """

    def __init__(self, path: Path, keep: Path) -> None:
        self.path, self.keep = path, keep
        self.kept: Path | None = None
        """The newest of those copies."""
        self._own: str | None = None
        self._stamp: tuple[int, ...] | None = None
        self._text = ""
        self._newline, self._mark = "\n", b""

    def read(self) -> str:
        """What it says, with plain line feeds; what it said before while it cannot be read.

        Raises
        ------
        Unwritable
            If it cannot be read, and never could.
        """
        try:
            status = self.path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return self._text
            if status.st_size > LARGEST:
                raise Unwritable(f"{self.path.name} is too large for a set")
            data = self.path.read_bytes()
            self._mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
            text = data.removeprefix(self._mark).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            if self._text:
                return self._text  # half written, or away for a moment
            raise Unwritable(f"{self.path.name} cannot be read: {error}") from None
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._stamp, self._text = stamp, text.replace("\r\n", "\n")
        return self._text

    def write(self, text: str, *, over: str) -> bool:
        """Write a text over what the file says, ``over``; whether it still said that.

        Raises
        ------
        Unwritable
            If the disk refuses this, or the copy.
        """
        if self.read() != over:
            return False
        if over != self._own:
            self._copy()
        data = self._mark + text.replace("\n", self._newline).encode("utf-8")
        real = Path(os.path.realpath(self.path))
        try:
            with saving.replacing(real) as beside:
                beside.write_bytes(data)
                with contextlib.suppress(OSError):
                    shutil.copymode(real, beside)
        except OSError as error:
            why = error.strerror or error
            raise Unwritable(f"{self.path.name} cannot be written: {why}") from None
        self._own = self.read()
        return True

    def _copy(self) -> None:
        name = f"{self.path.stem}-{time.strftime('%Y%m%d-%H%M%S')}{self.path.suffix}"
        try:
            self.keep.mkdir(parents=True, exist_ok=True)
            with saving.replacing(self.keep / name) as beside:
                shutil.copyfile(self.path, beside)
        except OSError as error:
            why = error.strerror or error
            raise Unwritable(
                f"your {self.path.name} cannot be kept in {self.keep}: {why}"
            ) from None
        self.kept = self.keep / name
