"""The folder of a data set: whose it is, and to which film each picture in it belongs."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.dataset.pairs import SIDES, PairSettings, write
from livegan.dataset.report import FilmReport, place, recorded

OURS = re.compile(r".*-[0-9a-f]{8}-\d{9,}\.png")
"""Names that pairs of films have; others were put there by somebody else."""

EARLIER_CHOICES: dict[str, Any] = {"crop": "none", "per_scene": 0}
"""What was done before it could be chosen."""

EARLIER = "of an earlier command"


class FolderError(Exception):
    """A folder that cannot take this data set; one line: which, why, what to do."""


def check(folder: Path) -> None:
    """`FolderError` if there is something in ``folder`` that is no data set."""
    if (folder / "films" / "settings.json").is_file() or not folder.exists():
        return
    # Empty folders, and files that begin with a dot, are left by a run that was killed early.
    if any(path.is_file() and not path.name.startswith(".") for path in folder.rglob("*")):
        raise FolderError(f"{folder} is not empty and no data set; choose another folder")


def claim(folder: Path, settings: PairSettings) -> None:
    """Take ``folder`` for these settings, so that a data set is never a mixture of several."""
    mark = folder / "films" / "settings.json"
    wanted = settings.record()
    if mark.is_file():
        plain = json.loads(json.dumps(wanted))
        # What an older livegan did not write was not yet a matter of choice.
        was = {**EARLIER_CHOICES, **json.loads(mark.read_bytes())}
        if any(plain.get(key) != value for key, value in was.items()):
            fix = "choose another folder or delete it"
            raise FolderError(f"{folder} holds a data set made with other settings; {fix}")
    else:
        mark.parent.mkdir(parents=True, exist_ok=True)
        write(mark, json.dumps(wanted, indent=1).encode())
    for side, _ in sides(folder, settings):
        side.mkdir(parents=True, exist_ok=True)


def sides(folder: Path, settings: PairSettings) -> Iterator[tuple[Path, str]]:
    """The folders that pairs lie in, one for each encoder and side, with the side."""
    for encoder in settings.encoders:
        for side in SIDES:
            yield settings.folder(folder, encoder.name, side), side


def present(folder: Path, settings: PairSettings) -> Callable[[dict[str, Any]], bool]:
    """Tells of a row of a report whether its picture is there, of one encoder at least."""

    def there(pair: dict[str, Any]) -> bool:
        return any(
            (settings.folder(folder, encoder.name, pair["side"]) / pair["file"]).is_file()
            for encoder in settings.encoders
        )

    return there


def reconcile(
    folder: Path, settings: PairSettings, reports: Sequence[FilmReport]
) -> tuple[list[FilmReport], list[str]]:
    """Bring the pictures in ``folder`` in line with the reports of this run.

    Training reads folders, not manifests.  So what an earlier command made of a film that is now
    on the other side, or that has changed, is removed, and so is what was left of a film that was
    never finished.
    Films of earlier commands that are not named now stay, and so does what is not a pair.

    Returns
    -------
    Reports of the films that stay, and lines about what was done.
    """
    named = {report.sha256: report.held_out for report in reports if report.sha256}
    paths = {os.path.realpath(report.film) for report in reports if report.sha256}
    kept: list[FilmReport] = []
    notes: list[str] = []
    for record in sorted((folder / "films").glob("*.json")):
        if record.name == "settings.json":
            continue
        found = recorded(record)
        if found.sha256 in named:
            if record.stem.endswith(f"-{place(found.sha256, named[found.sha256])}"):
                continue
            was = "not held out before" if named[found.sha256] else "held out before"
        elif os.path.realpath(found.film) in paths:
            was = "another film before"  # both would be in the set, perhaps one on each side
        else:
            note = "; ".join(filter(None, (EARLIER, found.note)))
            kept.append(replace(found, note=note).left(present(folder, settings)))
            continue
        # The record first: killed in between, the pictures are nobody's and go the next time.
        record.unlink()
        notes.append(f"{found.film}: was {was}; those pairs of it were removed")
    listed = {(p["side"], p["file"]) for report in (*reports, *kept) for p in report.pairs}
    gone = 0
    strange: Counter[Path] = Counter()
    for path, side in sides(folder, settings):
        for file in path.iterdir():
            if (side, file.name) in listed:
                continue
            if OURS.fullmatch(file.name):
                file.unlink()
                gone += 1
            elif file.name.startswith(".") and ".png." in file.name:
                file.unlink()  # it was being written when its process was killed
            elif not file.name.startswith("."):
                strange[path] += 1
    if gone:
        notes.append(f"{gone} pictures that are no film's of this data set were removed")
    for path, count in strange.items():
        notes.append(f"{path}: {count} files in it are no pairs of a film; training reads them too")
    return kept, notes
