"""The shows of a working folder: which there are, and how much room they take."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livegan.journal.folder import SHOW, Journal
from livegan.journal.lines import JournalError


@dataclass(frozen=True)
class KeptShow:
    """One show that was kept."""

    folder: Path
    journal: Journal | None
    trouble: str
    """Why it cannot be read; empty if it can."""

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return size_of(self.folder)

    def row(self) -> dict[str, Any]:
        """For a table and for JSON."""
        row: dict[str, Any] = {"name": self.folder.name, "size": self.size, "trouble": self.trouble}
        if self.journal is None:
            return row
        engines = self.journal.engines
        programs = {
            said["version"] for e in engines for said in e.lines if said["what"] == "program"
        }
        row["set"] = self.journal.show.get("set", "")
        row["began"] = self.journal.show.get("began", "")
        row["seconds"] = round(self.journal.seconds, 1)
        row["frames"] = sum(len(engine.frames) for engine in engines)
        row["programs"], row["engines"] = len(programs), len(engines)
        return row


def shows(folder: Path) -> list[KeptShow]:
    """The shows whose journals lie in a folder, the oldest first."""
    found = []
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (place / SHOW).is_file():
            try:
                journal = Journal(place)
                journal.engines  # noqa: B018  -- reads them
                found.append(KeptShow(place, journal, "; ".join(journal.trouble)))
            except (JournalError, OSError) as error:
                found.append(KeptShow(place, None, str(error)))
    return found


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def make_room(folder: Path, limit: float, but: Path) -> Iterator[str]:
    """Remove sound of the oldest shows until all take at most ``limit`` bytes; a line for each.

    What was played stays: texts, frames and controls are small.
    """
    places = [place for place in sorted(folder.iterdir()) if (place / SHOW).is_file()]
    total = sum(size_of(place) for place in places)
    for place in places:
        if total <= limit:
            return
        sound = place / "sound"
        if place == but or not sound.is_dir():
            continue
        freed = size_of(sound)
        shutil.rmtree(sound, ignore_errors=True)
        total -= freed
        yield (
            f"the journals took more than {limit / 1e9:g} GB: the sound of {place.name} was "
            f"removed ({freed / 1e6:.0f} MB); --journal-limit says how much they may take"
        )
