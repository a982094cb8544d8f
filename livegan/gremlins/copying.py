"""A copy of a set to be hard on: the performer's own files are never written to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

OWN = ("shows", "plugins")
"""Folders of the working folder that are not linked to: written to, or read file by file."""


class Copy:
    """A set and what it finds beside it, in a folder of its own.

    Files of Python are copied, all else is linked to: models may be large. ``folder`` is the
    working folder of the show, ``set`` the copy, ``text`` what it said.
    """

    def __init__(self, set: Path, working: Path, room: Path) -> None:
        """Make the copy in the empty folder ``room``. Raises OSError if the set cannot be read."""
        self.room = room
        self.text = set.read_text(encoding="utf-8-sig")
        beside = set.resolve().parent
        self.folder = room / "working"
        sets = room / "sets"
        # A set may lie in the working folder itself: then both copies are one.
        if beside == working.resolve():
            sets = self.folder
        mirror(working, self.folder)
        if sets != self.folder:
            mirror(beside, sets)
            models = beside.parent / "models"
            if models.is_dir():
                link(models, room / "models")
        self.set = sets / set.name
        self.set.unlink(missing_ok=True)
        self.set.write_text(self.text, encoding="utf-8")
        plugins = working / "plugins"
        if plugins.is_dir():
            (self.folder / "plugins").mkdir(exist_ok=True)
            for file in plugins.glob("*.py"):
                shutil.copy(file, self.folder / "plugins" / file.name)

    @property
    def models(self) -> Path:
        """A folder for models of our own, beside the set, linked to nowhere."""
        folder = self.set.parent / "models"
        if folder.is_symlink():
            there = folder.resolve()
            folder.unlink()
            mirror(there, folder)
        folder.mkdir(exist_ok=True)
        return folder


def mirror(folder: Path, copy: Path) -> None:
    """Copy the Python files of a folder, and link to the rest of what is seen in it."""
    copy.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.name in OWN:
            continue
        if entry.suffix == ".py" and entry.is_file():
            shutil.copy(entry, copy / entry.name)
        else:
            link(entry, copy / entry.name)


def link(target: Path, place: Path) -> None:
    """A symbolic link, or a copy where the machine makes none (Windows without the right)."""
    try:
        os.symlink(target.resolve(), place, target.is_dir())
    except OSError:
        if target.is_dir():
            shutil.copytree(target, place)
        else:
            shutil.copy(target, place)
