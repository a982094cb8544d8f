"""Which file is played in place of which source: the option ``--with``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from livegan.files import kind_of, named
from livegan.picture_sources.source import TEST, PictureSourceError, SourceName


def given_for(name: SourceName, stand_ins: Mapping[str, str]) -> str:
    """The file of ``--with`` for a source, by its whole name or by its kind; empty if none."""
    return stand_ins.get(str(name), stand_ins.get(name.kind, ""))


def stands_in(given: str) -> str:
    """What is played, in words."""
    return "a test pattern" if given == TEST else Path(given).name


def stand_ins(words: Iterable[str]) -> dict[str, str]:
    """``--with`` options, ``SOURCE=FILE`` each, by source; files as whole paths.

    Raises
    ------
    PictureSourceError
        For one that is not ``SOURCE=FILE``, or whose file is not there.
    """
    found: dict[str, str] = {}
    for word in words:
        source, equals, file = (part.strip() for part in word.rpartition("="))
        if not equals or not source or not file:
            raise PictureSourceError(f"--with {word}: write SOURCE=FILE, such as camera=clip.mp4")
        path = named(Path(file).expanduser())
        if file != TEST and not path.is_file():
            kind = kind_of(path) if path.exists() else ""
            why = f"{file!r} is {kind}; give a file" if kind else f"there is no file {file!r}"
            raise PictureSourceError(f"--with {word}: {why}")
        found[source] = file if file == TEST else str(path.absolute())
    return found


def unused_stand_ins(given: Mapping[str, str], names: Iterable[SourceName]) -> list[str]:
    """A line for each of ``--with`` that is for no source of the set."""
    there = list(names)
    known = {text for name in there for text in (str(name), name.kind)}
    has = ", ".join(dict.fromkeys(map(str, there))) or "none"
    return [
        f"--with {source}={Path(file).name}: the set has no such source; its sources: {has}"
        for source, file in given.items()
        if source not in known
    ]
