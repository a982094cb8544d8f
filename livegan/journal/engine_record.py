"""The engine's part of a journal: which frame was drawn of what."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from livegan.journal.appending import Appender
from livegan.journal.frames import record
from livegan.journal.lines import line
from livegan.journal.made_with import MadeWith

FILES = "files"
"""The folder of texts, each under the hash of what it says."""
KEY = 24
"""Digits of a hash under which a text is kept."""
TEXT = 1_000_000
"""Bytes up to which a file is kept as it is; of larger ones the hash is kept."""


class EngineRecord:
    """Writes down the frames, programs and controls of one engine, in files of its own.

    ``NAME.frames`` has a record for each frame, ``NAME.jsonl`` a line for all else, with the number
    of frames that had begun before it.
    """

    def __init__(self, folder: Path, note: Callable[[str], None]) -> None:
        self.name = f"engine-{time.time_ns() // 1_000_000}-{os.getpid()}"
        self.begun = 0
        self._files = Appender(folder, note)
        self._kept: set[str] = set()
        self._controls: Any = None
        self._behind: dict[str, int] = {}
        self._set: dict[str, tuple[float, float, int]] = {}

    def say(self, what: str, **values: Any) -> None:
        """A line, from any thread."""
        self._files.append(f"{self.name}.jsonl", line(begun=self.begun, what=what, **values))

    def program(
        self,
        version: int,
        path: Path,
        text: str,
        beside: Callable[[], Iterable[Path]],
        made: Callable[[], MadeWith],
        *,
        safe: bool,
    ) -> None:
        """A program was proven: the text of its set, the files that it may have read, and what
        else it is made with."""
        begun = self.begun

        def job() -> list[tuple[str, bytes]]:
            texts = {str(path): text.encode(errors="surrogateescape")}
            besides = made()
            for file in beside():
                if file.is_file() and file.stat().st_size <= TEXT:
                    texts[str(file)] = file.read_bytes()
                elif file.is_file():
                    besides.pictures[str(file)] = [file]
            inside = [file for files in besides.models.values() for file in files]
            cards = [f.read_bytes() for f in inside if f.suffix == ".json" and size_of(f) <= TEXT]
            pieces = []
            for content in (*texts.values(), *cards):
                key = digest(content)
                if key not in self._kept:
                    self._kept.add(key)
                    if not (self._files.folder / FILES / key).exists():
                        pieces.append((f"{FILES}/{key}", content))
            files = {name: digest(content) for name, content in texts.items()}
            what = "safe" if safe else "program"
            said = line(
                begun=begun,
                what=what,
                version=version,
                set=str(path),
                files=files,
                made=besides.line(),
            )
            return [*pieces, (f"{self.name}.jsonl", said)]

        self._files.do(job)

    def frame(
        self,
        frame: Any,
        fps: float,
        solo: int | None,
        controls: Mapping[str, Any],
        behind: Mapping[str, int],
    ) -> Callable[[Any], None]:
        """A frame was drawn, with these controls; ``behind`` are samples by which other sounds were
        behind the show's own, by key.

        Call what this returns with the bytes of its picture, which may come after the next frame
        has begun.
        """
        if controls is not self._controls:
            self._controls = controls
            now = {name: tuple(control) for name, control in controls.items()}
            moved = {name: value for name, value in now.items() if self._set.get(name) != value}
            self._set = now
            if moved:
                self.say("controls", set=moved)
        if behind != self._behind:
            self._behind = dict(behind)
            self.say("behind", samples=self._behind)
        told = self.begun, frame.position, frame.version, solo, fps
        return lambda pixels: self._files.append(f"{self.name}.frames", record(*told, pixels))

    def close(self) -> None:
        """Write what waits."""
        self._files.close()


def size_of(file: Path) -> int:
    """Bytes of a file; none if it is not there."""
    return file.stat().st_size if file.is_file() else 0


def digest(content: bytes) -> str:
    """Under which a text is kept."""
    return hashlib.sha256(content).hexdigest()[:KEY]
