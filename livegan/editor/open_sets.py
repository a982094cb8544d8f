"""The documents that are open in an editor: what is wrong with them, and what plays them."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livegan.editor.position import SetSource
from livegan.editor.processes import JobFailed, Processes
from livegan.editor.quoted import QuotedNames
from livegan.editor.readout import PlayedSet, refusal_of
from livegan.editor.vocabulary import Vocabulary

PAUSE = 0.3
"""Seconds without typing after which a text is tested."""
DEVICES_AGAIN = 10.0
"""Seconds after which devices are looked for again, once something is completed."""
WORDS_AGAIN = 5.0
"""Seconds after which words and models are gathered again at a save."""
MOST_BESIDE = 100
"""Files beside a document that are looked at."""
SHOWS = re.compile(r"^\s*show\(", re.M)
MARKS = ("models", "plugins", "sets", "shows")
"""What lies in a working folder."""


@dataclass(frozen=True)
class Finding:
    """One mistake or warning: its line counts from 0."""

    file: str
    line: int
    message: str
    warning: bool = False
    on_stage: bool = False
    """The show says so."""


@dataclass
class OpenSet:
    """A document that is open."""

    path: Path
    folder: Path
    source: SetSource
    module: bool = False
    """A set beside it imports it, and it shows nothing itself."""
    version: int = 0
    read: tuple[Finding, ...] = ()
    """From the text as it is typed."""
    proven: tuple[Finding, ...] = ()
    """From the file as it was saved last, which said `proven_text`."""
    proven_text: str = ""
    playing: PlayedSet | None = None
    timer: asyncio.TimerHandle | None = None
    jobs: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        """Whether a show could play it, so that it is worth a test."""
        return self.source.has_words and not self.module

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong with it, each once."""
        found = list(self.read)
        if self.playing is None:
            if self.proven_text == self.source.text and not any(not f.warning for f in found):
                found += self.proven
        else:
            refused = refusal_of(self.playing, str(self.path))
            if refused is not None:
                file, line, reason = refused
                known = (file, max(0, (line or 1) - 1), reason)
                found = [f for f in found if (f.file, f.line, f.message) != known]
                found.append(Finding(*known, on_stage=True))
        return tuple(dict.fromkeys(found))


class OpenSets:
    """Tests documents as they change. All on the thread of the event loop."""

    def __init__(self, publish: Callable[[str, list[Finding]], None], proves: bool = True) -> None:
        """``publish`` receives all that is wrong in a file, whenever that changes."""
        self._publish = publish
        self.proves = proves
        self.roots: list[Path] = []
        self.processes = Processes()
        self.open: dict[str, OpenSet] = {}
        """By file."""
        self._words: dict[Path, Vocabulary] = {}
        self._gathered: dict[Path, float] = {}
        self._devices: dict[str, list[str]] = {}
        self._looked = -math.inf
        self._published: dict[str, list[Finding]] = {}

    # Documents -----------------------------------------------------------------------------------

    def changed(self, path: Path, text: str) -> None:
        """A document was opened, or its text is another one."""
        file = str(path)
        document = self.open.get(file)
        if document is None:
            source = SetSource.read(text, file)
            document = self.open[file] = OpenSet(path, self.folder_of(path), source)
            document.module = is_module(source)
            self._read_now(document)
            if source.has_words:
                self._job(document, "words", self._gather(document))
            if document.is_set:
                self._job(document, "proof", self._prove(document))
            return
        document.source = SetSource.read(text, file, document.source)
        if document.source.has_words and document.folder not in self._gathered:
            self._job(document, "words", self._gather(document))
        if "proof" in document.jobs:
            document.jobs.pop("proof").cancel()  # of another text by now
        document.version += 1
        if document.timer is not None:
            document.timer.cancel()
        document.timer = asyncio.get_running_loop().call_later(PAUSE, self._typed, document)

    def saved(self, path: Path) -> None:
        """A document was saved: sets that use it are tested again."""
        for document in self.open.values():
            own = document.path == path
            if own:
                document.module = is_module(document.source)
            if not document.is_set:
                continue
            if own or path.parent in (document.path.parent, document.folder / "plugins"):
                if not own:
                    self._read_now(document)
                self._job(document, "proof", self._prove(document))
                self._again(document, at_once=not own)

    def closed(self, path: Path) -> None:
        """A document was closed."""
        document = self.open.pop(str(path), None)
        if document is None:
            return
        if document.timer is not None:
            document.timer.cancel()
        for job in document.jobs.values():
            job.cancel()
        self.tell()

    def played(self, path: Path, playing: PlayedSet | None) -> None:
        """How the show stands that plays a set; None where none does."""
        document = self.open.get(str(path))
        if document is not None:
            began = (document.playing is None) != (playing is None)
            document.playing = playing
            if began and playing is not None:
                document.proven = ()
                self._read_now(document)
            self.tell()

    def names(self, document: OpenSet) -> QuotedNames:
        """The names that a document can give in quotes. Devices are those of the last look; if that
        was a while ago, there is another."""
        now = asyncio.get_running_loop().time()
        if now - self._looked > DEVICES_AGAIN:
            self._looked = now
            self._job(document, "devices", self._look(document))
        state = document.playing.state if document.playing is not None else None
        return QuotedNames(str(document.path), state, self._devices)

    async def _look(self, document: OpenSet) -> None:
        """Look for devices; those that are known stay where that fails."""
        with contextlib.suppress(JobFailed):
            self._devices = await self.processes.devices(document.path, document.folder)

    def words(self, document: OpenSet) -> Vocabulary:
        """The words that a document can use; none until they were gathered."""
        return self._words.get(document.folder, Vocabulary())

    def folder_of(self, path: Path) -> Path:
        """The working folder of a set: the nearest above it that looks like one, else that of the
        editor, else its own."""
        roots = [root for root in self.roots if root in path.parents]
        for folder in [*path.parents][:4]:
            if any((folder / mark).is_dir() for mark in MARKS):
                return folder
            if folder in roots:
                break
        return roots[0] if roots else path.parent

    def close(self) -> None:
        """Forget all, and end all processes."""
        for document in list(self.open.values()):
            self.closed(document.path)
        self.processes.close()

    # Tests ---------------------------------------------------------------------------------------

    def _typed(self, document: OpenSet) -> None:
        """A text was typed: sets that use it are tested with it, before it is saved."""
        self._read_now(document)
        if document.module:
            for other in self.open.values():
                if other.is_set and other.playing is None and beside(other, document):
                    self._read_now(other)

    def _unsaved_beside(self, document: OpenSet) -> dict[str, str]:
        """What files beside a document say in the editor and not on the disk."""
        found = {}
        for file, other in self.open.items():
            if other is not document and beside(other, document):
                try:
                    saved = other.path.read_text("utf-8-sig")
                except (OSError, UnicodeDecodeError):
                    continue  # what is not there cannot be imported
                if saved != other.source.text:
                    found[file] = other.source.text
        return found

    def _read_now(self, document: OpenSet) -> None:
        if not document.is_set:
            document.read = syntax(document) if document.module else ()
            self.tell()
            return
        if document.playing is not None:  # the show tests what is saved; its machine has to play
            document.read = syntax(document)
            self.tell()
            return
        self._job(document, "read", self._read(document))

    async def _read(self, document: OpenSet) -> None:
        version = document.version
        try:
            text, unsaved = document.source.text, self._unsaved_beside(document)
            found = await self.processes.check(document.path, text, document.folder, unsaved)
            problems = findings(found)
        except JobFailed as error:
            problems = (Finding(str(document.path), 0, str(error)),)
        if version == document.version:
            document.read = problems if document.playing is None else syntax(document)
            self.tell()

    async def _prove(self, document: OpenSet) -> None:
        document.proven = ()
        if not self.proves:
            return
        await asyncio.sleep(PAUSE)
        if document.playing is not None or not document.path.is_file():
            return
        text = document.source.text
        try:
            found = findings(await self.processes.prove(document.path, document.folder))
        except JobFailed as error:
            found = (Finding(str(document.path), 0, str(error)),)
        document.proven, document.proven_text = found, text
        self.tell()

    def _again(self, document: OpenSet, at_once: bool) -> None:
        now = asyncio.get_running_loop().time()
        if at_once or now - self._gathered.get(document.folder, 0.0) > WORDS_AGAIN:
            self._job(document, "words", self._gather(document))

    async def _gather(self, document: OpenSet) -> None:
        self._gathered[document.folder] = asyncio.get_running_loop().time()
        try:
            said = await self.processes.words(document.path, document.folder)
            self._words[document.folder] = Vocabulary.read(said)
        except (JobFailed, KeyError, TypeError):
            return  # the words that are known stay; what is wrong with a plugin is told elsewhere

    def _job(self, document: OpenSet, name: str, job: Any) -> None:
        """Do something of a document; a newer one of that name takes its place."""
        before = document.jobs.get(name)
        if before is not None:
            before.cancel()
        document.jobs[name] = asyncio.get_running_loop().create_task(job)

    def tell(self) -> None:
        """Publish what changed, by file."""
        found: dict[str, list[Finding]] = {file: [] for file in self._published}
        for document in self.open.values():
            for each in document.findings:
                known = found.setdefault(each.file, [])
                if each not in known:
                    known.append(each)
        for file, problems in found.items():
            if self._published.get(file) != problems:
                self._published[file] = problems
                self._publish(file, problems)
        self._published = {file: problems for file, problems in found.items() if problems}


def findings(found: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The problems of a `livegan.checking.SetCheck`, as JSON has them."""
    return tuple(
        Finding(p["file"], max(0, (p["line"] or 1) - 1), p["message"], p["severity"] == "warning")
        for p in found["problems"]
    )


def beside(one: OpenSet, other: OpenSet) -> bool:
    """Whether two documents are in the same folder, so that one can import the other."""
    return one.path.parent == other.path.parent


def is_module(source: SetSource) -> bool:
    """Whether a file is a part of sets beside it: it shows nothing, and one of them imports it."""
    if SHOWS.search(source.text):
        return False
    path = Path(source.file)
    imports = re.compile(rf"^\s*(?:from|import)\s+{re.escape(path.stem)}\b", re.M)
    for file in sorted(path.parent.glob("*.py"))[:MOST_BESIDE]:
        try:
            if file != path and imports.search(file.read_text("utf-8", "replace")):
                return True
        except OSError:
            continue
    return False


def syntax(document: OpenSet) -> tuple[Finding, ...]:
    """What is wrong with a text that is no Python; nothing of it is run."""
    try:
        compile(document.source.text, str(document.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = max(0, (error.lineno or 1) - 1)
        return (Finding(str(document.path), line, f"syntax error: {error.msg}"),)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return (Finding(str(document.path), 0, f"not a Python file: {error}"),)
    return ()
