"""The way of a save to the air: proposed, proven, cued, on air, or refused.

Whatever goes wrong before the swap, the program that plays is not touched.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from livegan.engine.build import Builder
from livegan.engine.models import News, checkpoints_of
from livegan.engine.player import Player
from livegan.engine.program import Program
from livegan.engine.script import Refusal, helpers_of, run
from livegan.engine.surroundings import Surroundings, exits_refused
from livegan.engine.watch import read_save, read_text, stamp
from livegan.engine.whereabouts import whereabouts
from livegan.graph.place import Place
from livegan.plugin.hot import Hot, Trial
from livegan.plugin.source import file_digest

PLUGINS = "plugins"
IMPORTED = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.M)
"""The first name of a module that a line imports."""


@dataclass
class Commit:
    """One save on its way.  Times are seconds of show time; places are ``file:line``."""

    id: int
    at: float
    file: str
    status: str = "proposed"
    reason: str = ""
    where: str = ""
    kept: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    version: int = 0
    digest: str = ""
    source: str = ""
    changed: list[int] = field(default_factory=list)
    on_air_at: float | None = None
    proven_ms: float | None = None
    """From the save being read to the program being proven."""
    plugins: list[str] = field(default_factory=list)
    """Names of the plugins that were loaded anew for it."""
    texts: dict[str, str] = field(default_factory=dict)
    """Of what is on air: what the plugin files said that it is made of, by path."""
    safe: bool = False
    """It is the safe set: see `livegan.engine.safe`."""

    def message(self) -> dict[str, Any]:
        """As it is sent and written: a plain dict with ``type``."""
        return {"type": "commit", **asdict(self)}


class Pipeline:
    """Takes saves of one set to the air of one player.  ``propose`` is called by one thread."""

    def __init__(
        self,
        path: Path,
        folder: Path,
        builder: Builder,
        player: Player,
        emit: Callable[[dict[str, Any]], None],
        *,
        blocked: frozenset[str] = frozenset(),
    ) -> None:
        self.path = path
        self.folder = folder
        self.builder = builder
        self.player = player
        self.emit = emit
        self.blocked = blocked
        self.commits: list[Commit] = []
        self.busy = ""
        self.helpers: set[Path] = set()
        """Files beside the set that it imports, or failed to import."""
        self.checkpoints: set[str] = set()
        """Names of the models of the newest set that ran: it is tried again when one changes."""
        self._newest: Program | None = None
        self._last_seen: str | None = None
        self._left: tuple[object, ...] = ()
        """How the set's file was when a key left its text: the same text counts again once it is
        saved, and not for any other file that comes or goes beside it."""
        self._seen: dict[str, str] = {}
        """Stamps of the models at the last proposal."""
        self._news = News()
        self._versions = 0
        self.hot = Hot(folder / PLUGINS)
        self._begun = False
        self._trying: Trial | None = None
        self._trials: dict[int, Trial] = {}
        """The plugins that the newest program brought with it, by its version."""
        self._texts: dict[int, dict[str, str]] = {}
        """What the plugin files said, by the version of the program that was made with them."""
        self._lock = threading.Lock()
        self._under_way: tuple[Commit, str] | None = None
        """What is being built or proven, and its fingerprint."""
        player.on_rollback = self._rolled_back
        builder.note = lambda text: emit({"type": "note", "text": text})

    # What the save consists of -------------------------------------------------------------------

    def fingerprint(self, text: str, stamps: dict[str, str], trying: bool = True) -> str:
        """Of the text, helper modules, plugin files and models: equal means no change.

        Of plugins as they are loaded, if no others are being tried.
        """
        helpers = [f"{f}{file_digest(f)}" for f in sorted(self.helpers)]
        models = [f"{name}{stamp}" for name, stamp in stamps.items()]
        return "\0".join([text, *helpers, self.hot.stamp(trying), *models])

    def identity(self, text: str, plugins: str) -> str:
        """A digest of the text and the files beside it that it imports, by which a program that
        ended an engine is known: the same in every engine, unlike the fingerprint."""
        parts, waiting, seen = [text], [text], set()
        while waiting:
            for name in IMPORTED.findall(waiting.pop()):
                for file in (f"{name}.py", f"{name}/__init__.py"):
                    path = self.path.parent / file
                    if path not in seen and path.is_file():
                        seen.add(path)
                        waiting.append(read_text(path) or "")
                        parts.append(waiting[-1])
        return hashlib.sha256("\0".join([*parts, plugins]).encode()).hexdigest()

    def watched(self) -> list[Path]:
        """Every file and folder whose change may change what is played."""
        files = [self.path, *self.helpers, *self.hot.files()]
        if self.checkpoints:
            models = self.builder.models(self.path)
            files += [*models.folders, *models.watched(self.checkpoints)]
        return files

    def stamps(self) -> dict[str, str]:
        """The models that the set names: which file each is, and when it was written."""
        models = self.builder.models(self.path)
        return {name: models.stamp(name) for name in sorted(self.checkpoints)}

    def models_changed(self) -> bool:
        """Whether a model was written, or taken away, since the last proposal."""
        return self.stamps() != self._seen

    # The pipeline ------------------------------------------------------------------------------

    def propose(
        self, text: str, *, file: Path | None = None, at: float | None = None
    ) -> Commit | None:
        """Take a text to the air; None if it says what the newest proposal said.

        Never raises for what the set does: a refusal is the commit's status.
        """
        for line in self.hot.begin():
            self.emit({"type": "note", "text": line})
        trying = self._begun
        self._begun = True
        same = self.fingerprint(text, self.stamps(), trying) == self._last_seen
        if same and (not self._left or stamp(self.path) == self._left[0]):
            return None
        self._left = ()
        at = self.player.now.time if at is None else at
        commit, trial = self._attempt(text, file or self.path, at, trying)
        if commit.status != "refused" or trial is None:
            return commit
        if trial.problems or (self._newest and text == self._newest.script.text):
            trial.refuse()
        else:
            trial.withdraw()
        if self._newest is not None and text != self._newest.script.text:
            # Its plugins aside, the set may be as it should: the old ones play on.
            again, _ = self._attempt(text, file or self.path, at, False)
            if again.status != "refused":
                trial.refuse()
            return again
        return commit

    def _attempt(
        self, text: str, file: Path, at: float, trying: bool
    ) -> tuple[Commit, Trial | None]:
        """Prove a text and cue it, with plugins that changed if they are to be tried."""
        began = time.perf_counter()
        stamps = self.stamps()
        seen = self.fingerprint(text, stamps, trying)
        commit = Commit(len(self.commits) + 1, at, str(file))
        commit.digest = self.identity(text, self.hot.stamp(trying))
        self.commits.append(commit)
        self._under_way = commit, seen
        self._tell(commit)
        surroundings = Surroundings()
        trial: Trial | None = None
        try:
            if commit.digest in self.blocked:
                self.hot.skip()
                raise Refusal("this save has brought the engine down; edit it to try again")
            trial = self._try_plugins(commit) if trying else None
            with exits_refused():
                script = run(self.path, text)
                self.checkpoints = checkpoints_of(script.graph)
                stamps = self.stamps()
                program = self.builder.build(script, self._newest, self.player.moment, self._busy)
            self.helpers = set(script.helpers)
            self._put_back(surroundings, text)
        except Refusal as refusal:
            surroundings.put_back()
            if not self._still(commit):  # it was given up long ago
                return commit, None
            self.helpers |= set(helpers_of(self.path.parent)) | refusal.files
            if refusal.place is not None and refusal.place.file != str(self.path):
                self.helpers.add(Path(refusal.place.file))
            self._refuse(commit, refusal)
            return commit, trial or self._trying
        finally:
            if self._still(commit):
                self._under_way, self._trying, self.busy = None, None, ""
                # Those from before the models were read: one written since is a change.
                self._last_seen = self.fingerprint(text, stamps)
                self._seen = stamps
        self._versions += 1
        program = replace(program, version=self._versions, digest=commit.digest)
        commit.kept, commit.built = list(program.kept), list(program.built)
        commit.retired = list(program.retired)
        commit.version = program.version
        before = self._newest.script.text if self._newest else ""
        commit.changed = changed_lines(before, text)
        commit.proven_ms = round((time.perf_counter() - began) * 1000, 1)
        commit.status = "proven"
        self._tell(commit)
        self._newest = program
        if trial is not None:
            trial.accept()
            self._trials = {program.version: trial}
            for line in trial.warnings:
                self.emit({"type": "note", "text": line})
        self._texts[program.version] = self.hot.texts()
        news = self._news.lines(self.builder.models(self.path), stamps)
        self.player.drop()
        commit.status = "cued"
        self._tell(commit)
        self.player.cue(
            program,
            lambda p, at: self._on_air(commit, p, at, news),
            lambda: self._superseded(commit),
        )
        return commit, trial

    def abandon(self, ident: int) -> None:
        """Refuse what a thread proposes that does not come back, and go on without it."""
        frame = sys._current_frames().get(ident)
        found = self._under_way
        if frame is None or found is None:
            return
        commit, seen = found
        self._under_way = None
        trial, self._trying = self._trying, None
        if trial is not None:
            trial.refuse()
        busy, self.busy = self.busy, ""
        self._last_seen, self._seen = seen, self.stamps()
        whereabouts.forget(ident)
        lines = [(f.filename, f.lineno) for f in traceback.extract_stack(frame)]
        mine = [line for line in reversed(lines) if line[0] == str(self.path)]
        beside = [line for line in reversed(lines) if self.path.parent in Path(line[0]).parents]
        places = [Place(file, line or 1) for file, line in (*mine, *beside)]
        what = f"{busy}: " if busy else ""
        reason = f"{what}it waits in a call that does not come back; take that call out"
        self._refuse(commit, Refusal(reason, places[0] if places else None))

    def _still(self, commit: Commit) -> bool:
        """Whether a commit is under way, and was not given up."""
        return self._under_way is not None and self._under_way[0] is commit

    def _put_back(self, surroundings: Surroundings, text: str) -> None:
        """Undo what a set did to the process.

        Raises
        ------
        Refusal
            If it changed a function that everything else uses, too.
        """
        functions, others = surroundings.put_back()
        if functions:
            named, short = ", ".join(functions[:3]), functions[0].rpartition(".")[2]
            lines = [n for n, line in enumerate(text.splitlines(), 1) if short in line]
            place = Place(str(self.path), lines[0]) if lines else None
            reason = f"it changes {named}, which all else uses: write a function of your own"
            raise Refusal(reason, place)
        if others:
            self.emit({"type": "note", "text": f"the set changed {', '.join(others)}: put back"})

    def _superseded(self, commit: Commit) -> None:
        commit.status, commit.reason = "superseded", "another program took its place"
        self._tell(commit)

    def _try_plugins(self, commit: Commit) -> Trial | None:
        """Load the plugins that were saved, for as long as the set is proven with them.

        Raises
        ------
        Refusal
            If one cannot be loaded, or takes a name that another one has.
        """
        changed = self.hot.changed()
        if not changed:
            return None
        for value in changed:
            self._busy(f"loading plugin {Path(value).stem}")
        for file in self.hot.saved():
            read_save(file)
        self._trying = trial = self.hot.trial()
        if trial is None:
            return None
        commit.plugins = [record.plugin.name for record in trial.records]
        for problem in trial.problems:
            title = f"plugin {problem.plugin} {problem.version}".strip()
            raise Refusal(f"{title}: {problem.reason}", Place.read(problem.where))
        return trial

    def unasked(self, file: Path) -> Commit:
        """The commit of a program that no save asked for. The next save goes on the air after it,
        even one that changed nothing."""
        self._versions += 1
        self._left = (stamp(self.path),)
        commit = Commit(len(self.commits) + 1, self.player.now.time, str(file))
        commit.version = self._versions
        self.commits.append(commit)
        return commit

    def numbered(self, version: int) -> None:
        """The next program is to have this number: one that comes back keeps its own."""
        self._versions = max(0, version - 1)

    def recall_plugins(self, texts: Mapping[str, str] | None) -> None:
        """Prove the next text with what plugin files said when it played, if that is known."""
        if texts is not None:
            self.hot.recall(texts)
            self._begun = False

    @property
    def has_program(self) -> bool:
        """Whether anything was proven so far."""
        return self._newest is not None

    def plays(self, text: str) -> bool:
        """Whether the newest program is of this text, and was not recalled."""
        newest = self._newest
        return self._last_seen is not None and newest is not None and newest.script.text == text

    def recall(self) -> None:
        """Take the next text even if it says what the newest did."""
        self._last_seen = None

    def tell_again(self, program: Program) -> None:
        """Say that what was made ready unseen is on the air now."""
        for commit in reversed(self.commits):
            if commit.version == program.version and commit.status == "on_air":
                commit.on_air_at = round(self.player.now.time, 6)
                self._tell(commit)
                return

    def _busy(self, what: str, place: Place | None = None) -> None:
        self.busy = what

    def _on_air(self, commit: Commit, program: Program, at: float, news: list[str]) -> None:
        commit.status, commit.on_air_at = "on_air", round(at, 6)
        commit.source = program.script.text
        commit.texts = self._texts.get(program.version, {})
        self._tell(commit)
        for line in news:
            self.emit({"type": "note", "text": line})

    def _refuse(self, commit: Commit, refusal: Refusal) -> None:
        commit.status, commit.reason = "refused", refusal.reason
        commit.where = str(refusal.place or "")
        self._tell(commit)

    def _rolled_back(self, bad: Program, good: Program, why: Refusal) -> None:
        """A program failed soon after its swap, and the one before is back."""
        self._newest = good
        trial = self._trials.pop(bad.version, None)
        if trial is not None and trial.current:
            trial.refuse()
        for commit in reversed(self.commits):
            if commit.version == bad.version:
                self._refuse(
                    commit, Refusal(f"{why.reason}; the program before is back", why.place)
                )
                break

    def undo(self) -> None:
        """Bring the program before this one back; the next save is compared with that."""
        program = self.player.undo()
        if program is None:
            self.emit({"type": "note", "text": "nothing to undo: this is the first program"})
            return
        self._newest, self._left = program, (stamp(self.path),)
        commit = Commit(len(self.commits) + 1, self.player.now.time, str(self.path))
        commit.status, commit.reason = "on_air", "undo"
        commit.on_air_at = commit.at
        commit.version, commit.digest = program.version, program.digest
        commit.source = program.script.text
        commit.texts = self._texts.get(program.version, {})
        self.commits.append(commit)
        self._tell(commit)

    def _tell(self, commit: Commit) -> None:
        with self._lock:
            self.emit(commit.message())


def changed_lines(before: str, after: str) -> list[int]:
    """Numbers (from 1) of the lines of ``after`` that are new or changed."""
    old, new = before.splitlines(), after.splitlines()
    changed: list[int] = []
    for tag, _, _, start, stop in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag in ("replace", "insert"):
            changed += range(start + 1, stop + 1)
    return changed
