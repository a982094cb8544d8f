"""The folders of a show as they are now, with the texts of then."""

from __future__ import annotations

from pathlib import Path

from livegan.gremlins.copying import mirror
from livegan.journal.lines import JournalError


class ShowTree:
    """A copy of the working folder and of the folders of sets, linked to where nothing is written.

    ``folder`` is the working folder of the replay, ``set`` the set.
    """

    def __init__(self, room: Path, folder: Path, set: Path, instead: Path | None = None) -> None:
        """``folder`` is the working folder of the show, ``instead`` what is used if that is gone,
        as on another machine. Raises JournalError if both are."""
        self.room = room
        self.folder = room / "working"
        there = folder if folder.is_dir() or instead is None else instead
        if not there.is_dir():
            raise JournalError(f"the show's folder {folder} is gone: its models were there")
        mirror(there, self.folder)
        self._folders: dict[Path, Path] = {folder: self.folder}
        if (there / "plugins").is_dir():
            (self.folder / "plugins").mkdir(exist_ok=True)
        self.set = self.place(set)

    def place(self, file: Path) -> Path:
        """Where a file of the show lies here; the folders above it are its own, no links."""
        above = next((folder for folder in file.parents if folder in self._folders), None)
        if above is None:
            above = file.parent
            self._folders[above] = self.room / f"folder{len(self._folders)}"
            if above.is_dir():
                mirror(above, self._folders[above])
            else:
                self._folders[above].mkdir(parents=True)
        here = self._folders[above]
        *folders, name = file.relative_to(above).parts
        for part in folders:
            here = here / part
            if here.is_symlink():
                there = here.resolve()
                here.unlink()
                mirror(there, here)
        return here / name

    def write(self, texts: dict[Path, bytes]) -> None:
        """Let these files say what they said then; plugins that were not there then are gone."""
        places = {file: self.place(file) for file in texts}
        plugins = self.folder / "plugins"
        if plugins.is_dir():
            for file in plugins.glob("*.py"):
                if file not in places.values():
                    file.unlink()
        for file, content in texts.items():
            place = places[file]
            if not place.is_symlink() and place.is_file() and place.read_bytes() == content:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_symlink() or place.exists():
                place.unlink()
            place.write_bytes(content)
