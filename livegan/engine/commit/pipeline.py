"""The way of a save to the air: proposed, proven, cued, on air, or refused.

Whatever goes wrong before the swap, the program that plays is not touched.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from livegan.engine.commit import beside
from livegan.engine.commit.commits import LONGEST, Commit, Commits, changed_lines
from livegan.engine.commit.plugin_trials import Trials
from livegan.engine.commit.script import Refusal, place_at, run
from livegan.engine.commit.set_inputs import SetInputs
from livegan.engine.commit.watch import read_text, stamp
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.given_up_imports import let_import
from livegan.engine.isolation.process_state import (
    ProcessState,
    exits_refused,
    somebody,
    where_changed,
)
from livegan.engine.program.build import Builder
from livegan.engine.program.models import News, checkpoints_of
from livegan.engine.program.player import Player
from livegan.engine.program.program import Program
from livegan.graph.place import Place
from livegan.plugin import registry
from livegan.plugin.hot import Hot, Trial
from livegan.plugin.notes import NOTES, listen_to_logging
from livegan.plugin.source import file_digest

PLUGINS = "plugins"


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
        self.builder = builder
        self.player = player
        self.emit = emit
        self.blocked = blocked
        self.commits = Commits(emit)
        self.busy = ""
        self.hot = Hot(folder / PLUGINS)
        self.trials = Trials(self.hot)
        self.inputs = SetInputs(path, builder, self.hot)
        self._newest: Program | None = None
        self._last_seen: str | None = None
        self._left: tuple[object, ...] = ()
        """How the set's file was when a key left its text: the same text counts again once it is
        saved, and not for any other file that comes or goes beside it."""
        self._seen: dict[str, str] = {}
        """Stamps of the models at the last proposal."""
        self._news = News()
        self._versions = 0
        self._under_way: tuple[Commit, str, str, ProcessState] | None = None
        """What is being built or proven, its text and fingerprint, and how the process was."""
        player.on_rollback = self._rolled_back
        builder.note = lambda text: emit({"type": "note", "text": text})
        NOTES.begin(builder.note)
        listen_to_logging()

    def propose(
        self, text: str, *, file: Path | None = None, at: float | None = None
    ) -> Commit | None:
        """Take a text to the air; None if it says what the newest proposal said.

        Never raises for what the set does: a refusal is the commit's status.
        """
        for line in self.hot.begin():
            self.emit({"type": "note", "text": line})
        trying, self.trials.begun = self.trials.begun, True
        seen = self.inputs.fingerprint(text, self.inputs.stamps(), trying)
        if seen == self._last_seen and (not self._left or stamp(self.path) == self._left[0]):
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
            again, _ = self._attempt(text, file or self.path, at, False, commit)
            if again.status != "refused":
                trial.refuse()
            return again
        return commit

    def _attempt(
        self, text: str, file: Path, at: float, trying: bool, after: Commit | None = None
    ) -> tuple[Commit, Trial | None]:
        """Prove a text and cue it, with plugins that changed if they are to be tried.

        ``after`` was refused with them: where this is as well, that is what there is to mend.
        """
        began = time.perf_counter()
        stamps = self.inputs.stamps()
        seen = self.inputs.fingerprint(text, stamps, trying)
        commit = self.commits.add(at, file)
        commit.digest = self.inputs.identity(text, self.hot.stamp(trying))
        commit.source = text[:LONGEST]
        surroundings = ProcessState()
        self._under_way = commit, text, seen, surroundings
        self.commits.tell(commit)
        trial: Trial | None = None
        try:
            if commit.digest in self.blocked:
                self.hot.skip()
                raise Refusal("this save has brought the engine down; edit it to try again")
            trial = self.trials.load(commit, self._busy) if trying else None
            # What it names is loaded now: as the set runs there is a deadline.
            registry.current().wake(self.inputs.words(text))
            with exits_refused():
                script = run(self.path, text)
            # At once: what plays beside it needs what the set may have taken away.
            self._put_back(surroundings, text)
            with exits_refused():
                self.inputs.checkpoints = checkpoints_of(script.graph)
                values = [value for node in script.graph.nodes for value in node.fixed.values()]
                self.inputs.files = {value for value in values if isinstance(value, Path)}
                stamps = self.inputs.stamps()
                program = self.builder.build(script, self._newest, self.player.moment, self._busy)
            self.inputs.helpers = set(beside.loaded(self.path))  # leaves import some
            self._put_back(surroundings, text)
        except Refusal as refusal:
            functions, _ = surroundings.put_back()
            if not self._still(commit):  # it was given up long ago
                return commit, None
            self.inputs.helpers |= set(beside.loaded(self.path)) | refusal.files
            if functions:  # that is why it failed
                refusal = self._changes(functions, text)
            if refusal.place is not None and refusal.place.file != str(self.path):
                self.inputs.helpers.add(Path(refusal.place.file))
            if after is not None:
                refusal = Refusal(after.reason, Place.read(after.where))
            self.commits.refuse(commit, refusal)
            return commit, trial or self.trials.on_trial
        finally:
            if self._still(commit):
                self._under_way, self.trials.on_trial, self.busy = None, None, ""
                # Those from before the models were read: one written since is a change.
                self._last_seen = self.inputs.fingerprint(text, stamps)
                self._seen = stamps
        self._versions += 1
        program = replace(program, version=self._versions, digest=commit.digest)
        commit.kept, commit.built = list(program.kept), list(program.built)
        commit.retired = list(program.retired)
        commit.version = program.version
        before = self._newest.script.text if self._newest else ""
        before_notes = self._newest.script.notes if self._newest else ()
        commit.changed = changed_lines(before, text)
        commit.proven_ms = round((time.perf_counter() - began) * 1000, 1)
        self.commits.tell(commit, "proven")
        self._newest = program
        self.trials.proven(program.version, trial)
        notes = [f"{self.path.name}: {n}" for n in script.notes if n not in before_notes]
        for line in [*(trial.warnings if trial is not None else ()), *notes]:
            self.emit({"type": "note", "text": line})
        news = self._news.lines(self.builder.models(self.path), stamps)
        self.player.drop()
        self.commits.tell(commit, "cued")
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
        commit, text, seen, surroundings = found
        self._under_way = None
        stamps = self.inputs.stamps()
        # A helper that it waits in is watched from now on; one that was mended by now is a change.
        helpers = beside.loaded(self.path)
        new = set(helpers) - self.inputs.helpers
        self.inputs.helpers |= new
        if new and all(file_digest(file) == loaded for file, loaded in helpers.items()):
            seen = self.inputs.fingerprint(text, stamps)
        self._last_seen, self._seen = seen, stamps
        trial, self.trials.on_trial = self.trials.on_trial, None
        if trial is not None:
            trial.refuse()
        busy, self.busy = self.busy, ""
        activity.forget(ident)
        let_import(frame)
        somebody()
        surroundings.put_back()
        what = f"{busy}: " if busy else ""
        reason = f"{what}it waits in a call that does not come back; take that call out"
        self.commits.refuse(commit, Refusal(reason, place_at(frame, self.path)))

    def _still(self, commit: Commit) -> bool:
        """Whether a commit is under way, and was not given up."""
        return self._under_way is not None and self._under_way[0] is commit

    def _put_back(self, surroundings: ProcessState, text: str) -> None:
        """Undo what a set, its helpers or a plugin did to the process.

        Raises
        ------
        Refusal
            If one of them changed a function that everything else uses, too.
        """
        functions, others = surroundings.put_back()
        if functions:
            raise self._changes(functions, text)
        if others:
            self.emit({"type": "note", "text": f"the set changed {', '.join(others)}: put back"})

    def _changes(self, functions: list[str], text: str) -> Refusal:
        """What to say of a set that changed functions which everything else uses."""
        helpers = {str(file): read_text(file) or "" for file in beside.loaded(self.path)}
        texts = {str(self.path): text, **helpers, **self.hot.texts(trial=True)}
        named = ", ".join(functions[:3])
        reason = f"it changes {named}, which all else uses: write a function of your own"
        return Refusal(reason, where_changed(functions[0], texts))

    def _superseded(self, commit: Commit) -> None:
        commit.reason = "another program took its place"
        self.commits.tell(commit, "superseded")

    def unasked(self, file: Path) -> Commit:
        """The commit of a program that no save asked for. The next save goes on the air after it,
        even one that changed nothing."""
        self._versions += 1
        self._left = (stamp(self.path),)
        commit = self.commits.add(self.player.now.time, file)
        commit.version = self._versions
        return commit

    def numbered(self, version: int) -> None:
        """The next program is to have this number: one that comes back keeps its own."""
        self._versions = max(0, version - 1)

    def models_changed(self) -> bool:
        """Whether a model was written, or taken away, since the last proposal."""
        return self.inputs.stamps() != self._seen

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
        commit = self.commits.of(program.version, "on_air")
        if commit is not None:
            commit.on_air_at = round(self.player.now.time, 6)
            self.commits.tell(commit)

    def _busy(self, what: str, place: Place | None = None) -> None:
        self.busy = what

    def _on_air(self, commit: Commit, program: Program, at: float, news: list[str]) -> None:
        commit.on_air_at = round(at, 6)
        commit.source = program.script.text
        commit.texts = self.trials.texts(program.version)
        self.commits.tell(commit, "on_air")
        for line in news:
            self.emit({"type": "note", "text": line})

    def _rolled_back(self, bad: Program, good: Program, why: Refusal) -> None:
        """A program failed soon after its swap, and the one before is back."""
        self._newest = good
        self.trials.rolled_back(bad.version)
        commit = self.commits.of(bad.version)
        if commit is not None:
            reason = f"{why.reason}; the program before is back"
            self.commits.refuse(commit, Refusal(reason, why.place))

    def undo(self) -> None:
        """Bring the program before this one back; the next save is compared with that."""
        program = self.player.undo()
        if program is None:
            self.emit({"type": "note", "text": "nothing to undo: this is the first program"})
            return
        self._newest, self._left = program, (stamp(self.path),)
        commit = self.commits.add(self.player.now.time, self.path)
        commit.reason, commit.on_air_at = "undo", commit.at
        commit.version, commit.digest = program.version, program.digest
        commit.source = program.script.text
        commit.texts = self.trials.texts(program.version)
        self.commits.tell(commit, "on_air")
