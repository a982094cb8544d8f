"""A show as one file, with the models and films that it was made with."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from livegan.journal.folder import Journal
from livegan.journal.lines import JournalError
from livegan.journal.made_with import KeptFile, kept_files
from livegan.saving import replacing


def export_journal(journal: Journal, out: Path) -> Iterator[str]:
    """Write ``out``, a ZIP to unpack in an empty folder, where `livegan replay` finds all.

    A line for each file that is not what it was, or that cannot be found beside the show any more.

    Raises
    ------
    JournalError
        If ``out`` does not end with .zip, or would lie in the journal itself.
    OSError
        If it cannot be written.
    """
    if out.suffix.lower() != ".zip":
        raise JournalError(f"{out}: write a name that ends with .zip, such as {out.name}.zip")
    if out.absolute().is_relative_to(journal.folder.absolute()):
        raise JournalError(f"{out} lies in the show that it would hold; write it elsewhere")
    wanted = dict(files_of(journal))
    with replacing(out) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as file:
        for path in sorted(journal.folder.rglob("*")):
            if path.is_file():
                inside = path.relative_to(journal.folder).as_posix()
                file.write(path, f"shows/{journal.folder.name}/{inside}")
        for place, kept in wanted.items():
            path = Path(kept.path)
            if not path.is_file():
                yield f"{place} is missing ({kept}): it is not in {out.name}"
                continue
            if not kept.is_that(path):
                yield f"{place} is not what it was in the show; it is in {out.name} as it is now"
            file.write(path, place)


def files_of(journal: Journal) -> Iterator[tuple[str, KeptFile]]:
    """(where it lies in the ZIP, the file) of each model and film of a show."""
    working = Path(journal.show["folder"])
    for engine in journal.engines:
        for said in engine.lines:
            for kind in ("models", "pictures"):
                for name, files in kept_files(said, kind).items():
                    for kept in files:
                        yield place_of(kind, name, kept, working), kept


def place_of(kind: str, name: str, kept: KeptFile, working: Path) -> str:
    """Where a file is found from an empty working folder: as it was, or by its name."""
    path = Path(kept.path)
    for folder in (working, working.resolve()):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    if kind == "models":
        stem = Path(name).stem if Path(name).suffix == path.suffix else Path(name).name
        return f"models/{stem}/{path.name}"
    return name if not Path(name).is_absolute() else f"films/{path.name}"
