"""Files as a person names them: in any Unicode form, with any character, and only real files."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NotAFile(OSError):
    """There is something of that name, and it is no regular file; the message says what it is."""


def named(path: str | Path) -> Path:
    """The path of what is on disk under this name, in whichever Unicode form it was written there.

    An "é" is one character or two (an "e" and an accent), and macOS, zip files and keyboards
    differ in which they write. A path that exists as it is given is returned as it is; so is one
    that nothing on disk matches.
    """
    given = Path(path)
    if os.path.lexists(given):
        return given
    found = Path(given.anchor)
    for part in given.parts[1 if given.anchor else 0 :]:
        found = found / part
        if not os.path.lexists(found):
            same = same_name(found)
            if same is None:
                return given
            found = same
    return found


def same_name(path: Path) -> Path | None:
    """What lies beside ``path`` and has its name in another Unicode form; None if nothing does."""
    if path.name.isascii():
        return None
    wanted = unicodedata.normalize("NFC", path.name)
    try:
        names = sorted(os.listdir(path.parent))
    except OSError:
        return None
    same = (name for name in names if unicodedata.normalize("NFC", name) == wanted)
    return next((path.with_name(name) for name in same), None)


def printable(text: str | Path) -> str:
    """A text that can be written anywhere: bytes of a name that are no letters are escaped."""
    return str(text).encode(errors="backslashreplace").decode()


def kind_of(path: Path) -> str:
    """What a path is if it is no regular file ("a pipe", "a folder"), else nothing.

    Raises
    ------
    OSError
        If there is nothing there, or nobody may look.
    """
    mode = path.stat().st_mode
    return next((what for holds, what in KINDS if holds(mode)), "")


def need_file(path: Path) -> None:
    """Refuse what is no regular file: a pipe that nobody writes to would be read for ever.

    Raises
    ------
    NotAFile
        If it is a folder, a pipe, a device or a socket.
    OSError
        If there is nothing there.
    """
    kind = kind_of(path)
    if kind:
        raise NotAFile(f"{path}: is {kind}; give a file")


def location(path: str | Path) -> str:
    """A path as FFmpeg takes it: ``12:30 set.wav`` is a file, and not an address of kind ``12``."""
    return f"file:{os.fspath(path)}"
