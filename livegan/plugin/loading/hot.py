"""Plugins that reload while they play: files of the working folder, and editable packages.

livegan loads a changed plugin on trial and tests the set with it.  If the test fails, livegan
restores the previous modules and registry, and the old code plays on until the next save.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from livegan.plugin import registry, source
from livegan.plugin.loading.entry import files_in
from livegan.plugin.loading.modules import own_modules
from livegan.plugin.loading.record import Problem, Record
from livegan.plugin.registry import Registry

MOST_TEXT = 4_000_000
"""Characters of plugins that are handed on to an engine that comes back."""
Seen = dict[Path, str]
"""Files, and hashes of what they say."""


class Hot:
    """The plugins of one show.  ``folder`` is the working folder's ``plugins``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts: dict[str, str] = {}
        self._good: Registry | None = None
        self._told = False
        self._refused: dict[str, Seen] = {}
        """Entries whose newest text is not wanted, and what their files said."""

    @property
    def registry(self) -> Registry:
        """What is loaded, and in use; loaded when first asked for."""
        if self._good is None:
            self._good = self._read(None)
            registry.use(self._good)
        return self._good

    def _read(self, before: Registry | None) -> Registry:
        """What there is, as the files say, or as the texts did; what did not change is kept."""
        texts, self._texts = self._texts, {}
        with source.instead({Path(file): text for file, text in texts.items()}):
            before = before or registry.current()  # what kills is not read first
            changed = {r.entry.value for r in before.records if r.changed()}
            wanted = [r.entry for r in before.records if r.entry.origin != "file"]
            return before.again([*wanted, *files_in(self.folder)], changed)

    def recall(self, texts: Mapping[str, str]) -> None:
        """Use what plugin files said, by path, when a show last played well.

        What they say by now is tried next.
        """
        self._texts = dict(texts)
        if self._good is not None and self.texts() != self._texts:
            self._good = self._read(self._good)
            registry.use(self._good)

    def begin(self) -> list[str]:
        """Load them, if that is not done: lines on what is wrong, and for authors, the first time.

        ``begin`` is called before each save; after the first it costs nothing.
        """
        loaded = self.registry
        if self._told:
            return []
        self._told = True
        warned = [w for r in loaded.records if r.entry.hot for w in r.plugin.warnings]
        return [*(str(problem) for problem in loaded.problems), *warned]

    def renew(self) -> None:
        """Use what the files say by now, untested: for processes that play what is proven."""
        _ = self.registry
        if (trial := self.trial()) is not None:
            trial.accept()

    # What the files say --------------------------------------------------------------------------

    def files(self) -> list[Path]:
        """All whose change may change what is played; loads nothing."""
        records = self._good.records if self._good is not None else []
        found = {f for record in records for f in record.files}
        return sorted({*found, *(Path(e.value) for e in files_in(self.folder))})

    def stamp(self, trying: bool = True) -> str:
        """Of what a trial would load; else of what is loaded.  Equal means no change."""
        seen = {f: d for record in self.registry.records for f, d in record.files.items()}
        if trying:
            seen = {f: source.file_digest(f) for f in self.files()}
        return "\0".join(f"{f}{digest}" for f, digest in sorted(seen.items()))

    def texts(self, trial: bool = False) -> dict[str, str]:
        """What the files of plugins said that are in use, by path: for :meth:`recall`.

        With ``trial``, those of a trial that is on instead.
        """
        found: dict[str, str] = {}
        for record in (registry.current() if trial else self.registry).records:
            for name in own_modules(record.entry) if record.entry.hot else ():
                text, file = source.text_of(name), source.file_of(name)
                if text is not None and file is not None:
                    found[str(file)] = text
        return found if sum(map(len, found.values())) < MOST_TEXT else {}

    def changed(self) -> list[str]:
        """Entries whose files were saved, made or taken away since they were loaded or refused."""
        loaded = {record.entry.value: record for record in self.registry.records}
        there = {entry.value for entry in files_in(self.folder)}
        new, gone = there - loaded.keys(), self._files_of(loaded) - there
        found = {v for v, record in loaded.items() if v not in gone and record.changed()}
        return [v for v in sorted(found | new | gone) if not self._is_refused(v)]

    def saved(self) -> list[Path]:
        """The files of what :meth:`changed` that were written."""
        files = {Path(value): "" for value in self.changed()}
        for record in self.registry.records:
            if record.entry.value in self.changed():
                files |= record.files
        return [f for f, seen in files.items() if f.is_file() and source.file_digest(f) != seen]

    def trial(self) -> Trial | None:
        """Load what changed, and use it until further notice; None if nothing did."""
        changed = self.changed()
        if not changed:
            return None
        before = self.registry
        loaded = {record.entry.value: record for record in before.records}
        files = {entry.value: entry for entry in files_in(self.folder)}
        for value in self._refused:
            # What is refused as it is, stays as it was.
            if self._is_refused(value):
                files.pop(value, None)
                if value in self._files_of(loaded):
                    files[value] = loaded[value].entry
        wanted = [r.entry for r in before.records if r.entry.origin != "file"]
        fresh = before.again([*wanted, *(files[v] for v in sorted(files))], changed)
        registry.use(fresh)
        return Trial(self, before, fresh, changed)

    def skip(self) -> None:
        """Refuse what changed without loading it."""
        loaded = {record.entry.value: record for record in self.registry.records}
        for value in self.changed():
            files = [*loaded[value].files] if value in loaded else [Path(value)]
            self._refused[value] = {f: source.file_digest(f) for f in files}

    def _files_of(self, records: Mapping[str, Record]) -> set[str]:
        return {value for value, record in records.items() if record.entry.origin == "file"}

    def _is_refused(self, value: str) -> bool:
        seen = self._refused.get(value)
        return seen is not None and all(source.file_digest(f) == known for f, known in seen.items())


class Trial:
    """Plugins that were loaded anew, and are in use while they are proven."""

    def __init__(self, hot: Hot, before: Registry, fresh: Registry, changed: list[str]) -> None:
        self._hot = hot
        self.before, self.fresh, self.changed = before, fresh, changed

    @property
    def records(self) -> list[Record]:
        """What was loaded."""
        return [r for r in self.fresh.records if r.entry.value in self.changed]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong now and was not before."""
        known = {str(problem) for problem in self.before.problems}
        return [p for p in self.fresh.problems if str(p) not in known]

    @property
    def warnings(self) -> list[str]:
        """For the authors of what was loaded."""
        return [line for record in self.records for line in record.plugin.warnings]

    def accept(self) -> None:
        """It is proven: it stays."""
        self._hot._good = self.fresh
        for value in self.changed:
            self._hot._refused.pop(value, None)

    def withdraw(self) -> None:
        """What was there before is in use again; the next trial is of the same files, and more."""
        for record in reversed(self.records):
            record.withdraw()
        self._hot._good = self.before
        registry.use(self.before)

    def refuse(self) -> None:
        """:meth:`withdraw`, until the files are saved again."""
        loaded = {record.entry.value: record.files for record in self.records}
        for value in self.changed:
            seen = loaded.get(value) or {Path(value): ""}
            self._hot._refused[value] = dict(seen)
        self.withdraw()

    @property
    def current(self) -> bool:
        """Whether what it loaded is in use."""
        return self._hot._good is self.fresh
