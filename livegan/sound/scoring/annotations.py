"""What people annotated beside a recording: kicks, snares and beats, in seconds.

Formats: lines of ``time label`` (.txt, .csv, .tsv, .lab, .drums, .beats), the XML of
IDMT-SMT-Drums, and a MIDI file whose drum channel was played along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from livegan.sound.scoring.midi_file import drum_notes

TEXT = (".txt", ".csv", ".tsv", ".lab", ".drums", ".beats")
SUFFIXES = (*TEXT, ".xml", ".mid", ".midi")
SOUNDS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aif", ".aiff", ".aac", ".wma")

KICKS = {"kd", "bd", "bassdrum", "kick", "kickdrum", "35", "36"}
SNARES = {"sd", "sdb", "sdd", "sdf", "sdg", "sdns", "sst", "snare", "snaredrum", "sweep"}
SNARES |= {"rs", "cs", "rimshot", "sidestick", "crossstick", "37", "38", "40"}
"""Labels of MDB Drums, ENST-Drums, IDMT-SMT-Drums and General MIDI. Side sticks count as snares, as
in the classes of MDB Drums; claps (39) count as neither. Written without what is between words."""
BEATS = {"beat", "downbeat", "bar"}
LEAST_NOTE = 21
"""A smaller whole number as a label counts the beats of a bar."""
_SAME_S = 0.005
_ENDINGS = re.compile(
    r"([ _\-#.]*(mix|full|class|subclass|drums?|beats?|annotations?|midi))+$", re.I
)


class AnnotationError(Exception):
    """An annotation that cannot be read; one line: which file, where, what is expected."""


@dataclass
class Annotation:
    """Seconds of what was annotated, rising; None for what was not."""

    kicks: list[float] | None = None
    snares: list[float] | None = None
    beats: list[float] | None = None


@dataclass
class AnnotatedRecording:
    """A sound file and its annotation files."""

    sound: Path
    files: list[Path] = field(default_factory=list)

    def annotation(self) -> Annotation:
        """All files together.

        Raises
        ------
        AnnotationError
            If one of them cannot be read.
        """
        found = Annotation()
        for each in map(read, self.files):
            for kind, times in vars(each).items():
                if times is not None:
                    known = getattr(found, kind) or []
                    setattr(found, kind, merged(known, times))
        return found


def recordings(folder: Path) -> tuple[list[AnnotatedRecording], list[Path]]:
    """Sound files under ``folder`` that have annotations, and those that have none.

    They belong together by name: in one folder or in neighbouring ones, endings such as ``_MIX``,
    ``_class`` and ``_beats`` aside.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    notes: dict[str, list[Path]] = {}
    for path in files:
        if path.suffix.lower() in SUFFIXES:
            notes.setdefault(plain(path), []).append(path)
    found, bare = [], []
    for path in files:
        if path.suffix.lower() not in SOUNDS:
            continue
        beside = [note for note in notes.get(plain(path), ()) if related(path, note)]
        exact = [note for note in beside if note.stem == path.stem]
        if exact or beside:
            found.append(AnnotatedRecording(path, exact or beside))
        else:
            bare.append(path)
    return found, bare


def plain(path: Path) -> str:
    """The part of a name that a recording and its annotation share."""
    return _ENDINGS.sub("", path.stem).lower() or path.stem.lower()


def related(sound: Path, note: Path) -> bool:
    """Whether they are in one folder, or in folders beside each other."""
    return sound.parent == note.parent or bool(
        set(sound.parents[:3]) & set(note.parents[:3]) - {Path(), Path("/")}
    )


def merged(first: list[float], second: list[float]) -> list[float]:
    """Both in order; what two files say alike counts once."""
    result: list[float] = []
    for time in sorted([*first, *second]):
        if not result or time - result[-1] > _SAME_S:
            result.append(time)
    return result


def read(path: Path) -> Annotation:
    """One annotation file.

    Raises
    ------
    AnnotationError
        If it cannot be read.
    """
    try:
        if path.suffix.lower() in (".mid", ".midi"):
            return drums((time, str(note)) for time, note in drum_notes(path.read_bytes()))
        if path.suffix.lower() == ".xml":
            return drums(idmt(path))
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        return of_lines(text, path)
    except (OSError, ValueError, ElementTree.ParseError) as error:
        raise AnnotationError(f"{path}: {error}") from None


def drums(strokes: Iterable[tuple[float, str]]) -> Annotation:
    """Of (seconds, label) pairs: kicks and snares."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for time, label in strokes:
        word = re.sub(r"[\W_]", "", label.lower())
        if word in KICKS or word in SNARES:
            found[word in KICKS].append(time)
    return Annotation(merged(found[True], []), merged(found[False], []))


def idmt(path: Path) -> list[tuple[float, str]]:
    """(seconds, instrument) of the events of IDMT-SMT-Drums."""
    found = []
    for event in ElementTree.parse(path).iter("event"):
        time, name = event.findtext("onsetSec"), event.findtext("instrument")
        if time is None or name is None:
            raise ValueError("an <event> has an <onsetSec> and an <instrument>")
        found.append((float(time), name.strip()))
    return found


def of_lines(text: str, path: Path) -> Annotation:
    """Lines of ``time label``; ``time`` alone, or with a count of at most 20, is a beat."""
    strokes: list[tuple[float, str]] = []
    beats: list[float] = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = [part for part in re.split(r"[\s,;]+", line.strip()) if part]
        if not parts or line.lstrip().startswith("#"):
            continue
        try:
            time = float(parts[0])
        except ValueError:
            if not strokes and not beats:
                continue  # the names of columns
            raise ValueError(
                f"line {number}: {line.strip()[:40]!r} does not begin with seconds; a line is "
                '"time label", such as "1.25 KD" or "1.25 SD"'
            ) from None
        words = "".join(part for part in parts[1:] if not is_number(part))
        label = (words or "".join(parts[1:2])).removesuffix(".0").lower()
        counted = is_number(label) and float(label) < LEAST_NOTE
        if not label or counted or label in BEATS or path.suffix.lower() == ".beats":
            beats.append(time)
        else:
            strokes.append((time, label))
    found = drums(strokes) if strokes or not beats else Annotation()
    found.beats = merged(beats, []) if beats else None
    return found


def is_number(text: str) -> bool:
    """Whether it is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
