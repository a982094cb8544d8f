"""A journal as it lies on the disk, read."""

from __future__ import annotations

import contextlib
import itertools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from livegan.ipc.control_table import Snapshot
from livegan.journal.engine_record import FILES, digest
from livegan.journal.frames import read_frames
from livegan.journal.lines import JournalError, read_lines
from livegan.journal.sound_writer import HEAD, file_name
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, Rows, widened
from livegan.sound.history import PAST_SECONDS
from livegan.sound.media import MediaError, open_media
from livegan.sound.soundtrack import Tail

Array = NDArray[np.float32]

SHOW = "show.json"
"""What a show was started with."""
AUTOPILOT = "autopilot.jsonl"
"""What the autopilot did, a line for each move."""
DEFLATED = b"\x78\x01"
"""How what zlib wrote begins, at the level of `livegan.journal.sound_writer`."""
KEPT = 2 * PAST_SECONDS * RATE


@dataclass
class EngineJournal:
    """What one engine drew, in order; ``lines`` are those of `livegan.journal.engine_record`."""

    name: str
    frames: NDArray[Any]
    lines: list[dict[str, Any]] = field(default_factory=list)


class Journal:
    """The journal in a folder.

    Raises
    ------
    JournalError
        If the folder is none, or a file in it cannot be read as one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble: list[str] = []
        """What is damaged in it, in lines: known when that was read."""
        try:
            self.show: dict[str, Any] = json.loads((folder / SHOW).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise JournalError(
                f"{folder} is not the journal of a show: it has no {SHOW}; "
                "`livegan shows` lists those that are"
            ) from None
        except (OSError, ValueError) as error:
            raise JournalError(f"{folder / SHOW} cannot be read: {error}") from None
        said = self.show if isinstance(self.show, dict) else {}
        for name in ("set", "folder"):
            if not isinstance(said.get(name), str):
                raise JournalError(f"{folder / SHOW} is damaged: it does not say {name!r}")

    @cached_property
    def engines(self) -> list[EngineJournal]:
        """Those that drew anything, in the order of their first frames."""
        found = []
        for path in self.folder.glob("engine-*.frames"):
            frames = read_frames(path, self.trouble.append)
            lines = path.with_suffix(".jsonl")
            if len(frames):
                said = read_lines(lines, self.trouble.append) if lines.is_file() else []
                if not lines.is_file():
                    self.trouble.append(f"{lines} is missing: it said which set was played")
                found.append(EngineJournal(path.stem, frames, said))
        return sorted(found, key=lambda engine: int(engine.frames["position"][0]))

    @property
    def seconds(self) -> float:
        """Show time of the last frame."""
        return max((int(e.frames["position"][-1]) for e in self.engines), default=0) / RATE

    def text(self, key: str) -> bytes:
        """What a file said.

        Raises JournalError if it is not there, or is not what was kept.
        """
        path = self.folder / FILES / key
        try:
            content = path.read_bytes()
        except OSError as error:
            raise JournalError(f"{path} cannot be read: {error.strerror or error}") from None
        if digest(content) != key:
            raise JournalError(f"{path} is not what was kept: it has changed since")
        return content

    @property
    def sounds(self) -> list[str]:
        """The names of the sounds that were kept; "" is the show's own."""
        names = {path.stem for path in (self.folder / "sound").glob("*.features")}
        return sorted("" if name == "main" else unquote(name[3:]) for name in names)


class JournalHistory:
    """The sound of a journal as a `livegan.sound.history.History`, read as it is needed.

    What is missing or damaged is silence, and noted in a line.
    """

    def __init__(
        self, journal: Journal, name: str = "", note: Callable[[str], None] = lambda text: None
    ) -> None:
        if not (journal.folder / "sound").is_dir():
            raise JournalError(
                f"the sound of {journal.folder.name} is gone, so it cannot be played again; "
                "--journal-limit removes that of the oldest shows"
            )
        self._name = file_name(name)
        self._folder = journal.folder / "sound"
        self._note = note
        self._sound, self._rows = Tail(KEPT, 2), Tail(KEPT // HOP, len(FEATURES), np.float64)
        self._blocks, self._features = self._read(), self._read_features()
        self.position = 0
        """Where the show is; set by `hear`."""

    @property
    def hops(self) -> int:
        """Whole hops heard so far."""
        return self.position // HOP

    def hear(self, position: int) -> None:
        """Read on until ``position``; what is missing is silence."""
        self.position = max(self.position, position)
        while self._sound.end < self.position:
            block = next(self._blocks, None)
            if block is None:
                block = np.zeros((self.position - self._sound.end, 2), np.float32)
            self._sound.add(block)
        while self._rows.end < self.hops:
            rows = next(self._features, None)
            if rows is None:
                rows = np.zeros((self.hops - self._rows.end, len(FEATURES)))
            self._rows.add(rows)

    def samples(self, start: int, stop: int) -> Array:
        """(stop - start, 2) float32."""
        return self._sound.span(start, stop)

    def features(self, start: int, stop: int) -> Rows:
        """(stop - start, F) float64, a row a hop."""
        return self._rows.span(start, stop)

    def _read(self) -> Iterator[Array]:
        at = 0
        for begins, path in self._pieces():
            if begins > at:
                yield np.zeros((begins - at, 2), np.float32)
                at = begins
            over = at - begins
            try:
                for block in open_media(path):
                    yield block[over:]
                    at += len(block[over:])
                    over = max(0, over - len(block))
            except MediaError as error:
                self._note(f"{error}; from {at / RATE:.1f} s on it is silent")

    def _pieces(self) -> list[tuple[int, Path]]:
        found = []
        for path in self._folder.iterdir():
            name, _, begins = path.stem.rpartition("-")
            if name == self._name and begins.isdecimal() and path.suffix in (".flac", ".opus"):
                found.append((int(begins), path))
        if not found:
            self._note(f"{self._folder / self._name}-*.flac is missing: the show is silent")
        return sorted(found)

    def _read_features(self) -> Iterator[Rows]:
        path = self._folder / f"{self._name}.features"
        if not path.is_file():
            self._note(f"{path} is missing: pictures that follow levels and beats differ")
            return
        at = 0
        for first, rows in read_rows(path, self._note):
            if first > at:
                yield np.zeros((first - at, len(FEATURES)))
            yield rows[max(0, at - first) :]
            at = max(at, first + len(rows))


def read_rows(path: Path, note: Callable[[str], None]) -> Iterator[tuple[int, Rows]]:
    """(first hop, rows) of each part of a file of features.

    A part that is cut off at the end is left out; others that are damaged, too, and noted.
    Raises JournalError if they are of another version.
    """
    data = path.read_bytes()
    at, last, damaged = 0, 0, False
    while at + HEAD.size <= len(data):
        first, count, size = HEAD.unpack_from(data, at)
        end = at + HEAD.size + size
        body = b""
        if last <= first and end <= len(data):
            with contextlib.suppress(zlib.error):
                body = zlib.decompress(data[at + HEAD.size : end])
        if body and count and len(body) % (8 * count) == 0:
            rows = np.frombuffer(body).reshape(count, -1)
            try:
                rows = widened(rows)
            except ValueError:
                raise JournalError(f"{path} is of a newer version of livegan") from None
            if damaged:
                seconds = last * HOP / RATE
                note(f"{path}: damaged from {seconds:.1f} s to {first * HOP / RATE:.1f} s")
            yield first, rows
            at, last, damaged = end, first + count, False
            continue
        after = data.find(DEFLATED, at + HEAD.size + 1)
        if after < 0:  # cut off, or nothing whole follows
            return
        at, damaged = after - HEAD.size, True


class JournalControls:
    """The controls of an engine, as its frames read them. `play` moves on."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self._lines = [said for said in lines if said["what"] == "controls"]
        self._next = 0
        self._set: dict[str, tuple[float, float, int]] = {}
        self._snapshot = _snapshot({})

    def play(self, begun: int) -> None:
        """Up to the frame of this number."""
        moved = False
        for said in itertools.islice(self._lines, self._next, None):
            if said["begun"] > begun:
                break
            self._next += 1
            self._set.update({name: tuple(value) for name, value in said["set"].items()})
            moved = True
        if moved:
            self._snapshot = _snapshot(self._set)

    def snapshot(self, time: float) -> Snapshot:
        """All controls as the frame read them."""
        return self._snapshot


def _snapshot(values: Mapping[str, tuple[float, float, int]]) -> Snapshot:
    rows = {name: (index,) for index, name in enumerate(values)}
    columns = list(zip(*values.values(), strict=True)) or [(), (), ()]
    return Snapshot(
        rows,
        np.array(columns[0], np.float64),
        np.array(columns[1], np.float64),
        np.array(columns[2], np.int64),
    )
