"""The set that a command is given: found as it is named, and told apart from what is no set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import fail, short, typed
from livegan.files import kind_of, named

START = "from livegan.live import *"
"""The first line of a set."""


def set_file(given: Path) -> Path:
    """The set's file, as it is named; ends the command with one line if it is no set."""
    path = named(given)
    if path.is_dir():
        fail(f"{short(given)} is a folder; name a set in it, such as {short(given / 'four.py')}")
    try:
        kind = kind_of(path)
        if kind:
            fail(f"{short(given)} is {kind}; give the file of a set")
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        from livegan.plugin.closest import closest

        beside = [p.name for p in given.parent.glob("*.py")] if given.parent.is_dir() else []
        near = closest(given.name, beside)
        hint = f"; did you mean {short(given.parent / near)}?" if near else ""
        fail(f"there is no set {short(given)}{hint}")
    except OSError as error:
        fail(f"{short(given)} cannot be read: {error.strerror}")
    if not head:
        fail(f"{short(given)} is empty; a set begins with `{START}` and ends with `show(...)`")
    if b"\0" in head or not is_text(head):
        if is_sound(path):
            heard = typed(given)
            fail(f"{short(given)} is a sound or a film, not a set; to hear it, add --audio {heard}")
        fail(f"{short(given)} is not UTF-8 text; a set is a Python file")
    return path


def is_text(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8, of which the last letter may be cut."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > len(head) - 4
    return True


def is_sound(path: Path) -> bool:
    """Whether a file has sound in it."""
    from livegan.sound.media import MediaError, duration

    try:
        duration(path)
    except MediaError:
        return False
    return True


def absolute(path: Path) -> Path:
    """The whole path with its links kept: a link may be pointed elsewhere while a show plays."""
    return Path(os.path.abspath(path))


SetPath = Annotated[
    Path, typer.Argument(metavar="SET", help="The set, a Python file.", callback=set_file)
]
