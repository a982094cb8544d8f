"""The way of a save to the air: proposed, proven, cued, on air, or refused.

Whatever goes wrong before the swap, the program that plays is not touched.
"""

from __future__ import annotations

import difflib
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from livegan.engine.build import Builder
from livegan.engine.models import News, checkpoints_of
from livegan.engine.player import Player
from livegan.engine.program import Program
from livegan.engine.script import Refusal, helpers_of, run
from livegan.graph.place import Place
from livegan.plugin import registry
from livegan.plugin.source import file_digest

PLUGINS = "plugins"


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
        version: int = 0,
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
        self._seen: dict[str, str] = {}
        """Stamps of the models at the last proposal."""
        self._news = News()
        self._versions = version
        self._plugins: dict[Path, str] | None = None
        self._lock = threading.Lock()
        player.on_rollback = self._rolled_back
        builder.note = lambda text: emit({"type": "note", "text": text})

    # What the save consists of -------------------------------------------------------------------

    def fingerprint(self, text: str, stamps: dict[str, str]) -> str:
        """Of the text, helper modules, plugin files and models: equal means no change."""
        helpers = [f"{f}{file_digest(f)}" for f in sorted(self.helpers)]
        plugins = [f"{f}{d}" for f, d in sorted(self.plugin_files().items())]
        models = [f"{name}{stamp}" for name, stamp in stamps.items()]
        return "\0".join([text, *helpers, *plugins, *models])

    def watched(self) -> list[Path]:
        """Every file and folder whose change may change what is played."""
        files = [self.path, *self.helpers, *self.plugin_files()]
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

    def plugin_files(self) -> dict[Path, str]:
        """The plugin files of the working folder: file → hash of its content."""
        folder = self.folder / PLUGINS
        if not folder.is_dir():
            return {}
        files = [f for f in sorted(folder.glob("*.py")) if not f.name.startswith(("_", "."))]
        return {f: file_digest(f) for f in files}

    def load_plugins(self) -> list[str]:
        """Load the plugin files anew if one changed; returns what could not be loaded."""
        files = self.plugin_files()
        if files == self._plugins:
            return []
        first = self._plugins is None
        if first and not files:
            self._plugins = files
            return [str(p) for p in registry.current().problems]
        fresh = registry.Registry().load(self.folder / PLUGINS)
        changed = {str(f) for f, d in files.items() if (self._plugins or {}).get(f) != d}
        wrong = [p for p in fresh.problems if any(p.where.startswith(c) for c in changed)]
        if wrong and not first:
            # A broken edit: what played before stays registered until it is mended.
            raise Refusal(str(wrong[0].reason), Place.read(wrong[0].where))
        self._plugins = files
        registry.use(fresh)
        return [str(p) for p in fresh.problems]

    # The pipeline ------------------------------------------------------------------------------

    def propose(
        self, text: str, *, file: Path | None = None, at: float | None = None
    ) -> Commit | None:
        """Take a text to the air; None if it says what the newest proposal said.

        Never raises for what the set does: a refusal is the commit's status.
        """
        began = time.perf_counter()
        stamps = self.stamps()
        seen = self.fingerprint(text, stamps)
        if seen == self._last_seen:
            return None
        at = self.player.now.time if at is None else at
        commit = Commit(len(self.commits) + 1, at, str(file or self.path))
        commit.digest = hashlib.sha256(seen.encode()).hexdigest()
        self.commits.append(commit)
        self._tell(commit)
        try:
            if commit.digest in self.blocked:
                raise Refusal("this save has brought the engine down; edit it to try again")
            for problem in self.load_plugins():
                self.emit({"type": "note", "text": problem})
            script = run(self.path, text)
            self.checkpoints = checkpoints_of(script.graph)
            stamps = self.stamps()
            program = self.builder.build(script, self._newest, self.player.moment, self._busy)
            self.helpers = set(script.helpers)
        except Refusal as refusal:
            self.helpers |= set(helpers_of(self.path.parent)) | refusal.files
            if refusal.place is not None and refusal.place.file != str(self.path):
                self.helpers.add(Path(refusal.place.file))
            self._refuse(commit, refusal)
            return commit
        finally:
            self.busy = ""
            # Those from before the models were read: one that was written since is a change.
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
        commit.status = "cued"
        self._tell(commit)
        news = self._news.lines(self.builder.models(self.path), stamps)
        self.player.cue(program, lambda p, at: self._on_air(commit, p, at, news))
        return commit

    def unasked(self, file: Path) -> Commit:
        """The commit of a program that no save asked for. The next save goes on the air after it,
        even one that changed nothing."""
        self._versions += 1
        self._last_seen = None
        commit = Commit(len(self.commits) + 1, self.player.now.time, str(file))
        commit.version = self._versions
        self.commits.append(commit)
        return commit

    def _busy(self, what: str) -> None:
        self.busy = what

    def _on_air(self, commit: Commit, program: Program, at: float, news: list[str]) -> None:
        commit.status, commit.on_air_at = "on_air", round(at, 6)
        commit.source = program.script.text
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
        self._newest, self._last_seen = program, None
        commit = Commit(len(self.commits) + 1, self.player.now.time, str(self.path))
        commit.status, commit.reason = "on_air", "undo"
        commit.on_air_at = commit.at
        commit.version, commit.digest = program.version, program.digest
        commit.source = program.script.text
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
