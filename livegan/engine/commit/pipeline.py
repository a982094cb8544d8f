"""The way of a save to the air: proposed, proven, cued, on air, or refused.

Whatever goes wrong before the swap, the program that plays is not touched.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from livegan.engine.commit import beside, lineup
from livegan.engine.commit.attempt import Attempt, Superseded
from livegan.engine.commit.commits import LONGEST, Commits, changed_lines
from livegan.engine.commit.decisions import Decisions
from livegan.engine.commit.plugin_trials import Trials
from livegan.engine.commit.script import Refusal, place_at, run
from livegan.engine.commit.set_inputs import SetInputs, files_of
from livegan.engine.commit.watch import Stamps, read_stamped, read_text
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.given_up_imports import let_import
from livegan.engine.isolation.object_lifetime import retire
from livegan.engine.isolation.process_state import ProcessState, where_changed
from livegan.engine.program.build import Builder
from livegan.engine.program.models import News, checkpoints_of
from livegan.engine.program.player import Player
from livegan.engine.program.program import Program
from livegan.graph.place import Place
from livegan.ipc.messages import Commit, Fault, FromEngine, Note
from livegan.plugin import registry
from livegan.plugin.loading.hot import Hot, Trial
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
        emit: Callable[[FromEngine], None],
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
        self._last_seen: str | None = None
        self._seen: dict[str, str] = {}
        """Stamps of the models at the last proposal."""
        self._news = News()
        self._attempt: Attempt | None = None
        """What is being built or proven; None once it was given up or left behind."""
        self._surroundings: ProcessState | None = None
        """How the process was before the newest save that was proven."""
        self._decisions = Decisions(path, player, self.commits, self.trials, emit)
        player.decided = self._decisions.take
        builder.note = lambda text: emit(Note(text))
        builder.cores = player.paint_threads.threads
        NOTES.begin(builder.note)
        listen_to_logging()

    def propose(
        self, text: str, *, file: Path | None = None, at: float | None = None
    ) -> Commit | None:
        """Take a text to the air; None if it says what the newest proposal said.

        Never raises for what the set does: a refusal is the commit's status.
        """
        for line in self.hot.begin():
            self.emit(Note(line))
        trying, self.trials.begun = self.trials.begun, True
        seen = self.inputs.fingerprint(text, self.inputs.stamps(), trying)
        if seen == self._last_seen and not self._decisions.saved_again:
            self._decisions.overwritten = None
            return None
        at = self.player.now.time if at is None else at
        commit, trial = self._prove(text, file or self.path, at, trying)
        if commit.status != "refused" or trial is None:
            return commit
        newest = self.player.lineup.newest
        if trial.problems or (newest and text == newest.script.text):
            trial.refuse()
        else:
            trial.withdraw()
        if newest is not None and text != newest.script.text:
            # Its plugins aside, the set may be as it should: the old ones play on.
            again, _ = self._prove(text, file or self.path, at, False, commit)
            if again.status != "refused":
                trial.refuse()
            return again
        return commit

    def _prove(
        self, text: str, file: Path, at: float, trying: bool, after: Commit | None = None
    ) -> tuple[Commit, Trial | None]:
        """Prove a text and cue it, with plugins that changed if they are to be tried.

        ``after`` was refused with them: where this is as well, that is what there is to mend.
        """
        began = time.perf_counter()
        stamps = self.inputs.stamps()
        commit = self.commits.add(at, file)
        commit.digest = self.inputs.identity(text, self.hot.stamp(trying))
        commit.source = text[:LONGEST]
        seen = self.inputs.fingerprint(text, stamps, trying)
        attempt = Attempt(commit, text, seen, ProcessState(), self.inputs.checkpoints)
        self._attempt = self._decisions.attempts[commit.id] = attempt
        self.player.happen(lineup.Proposed(commit.id))
        surroundings, busy = attempt.surroundings, partial(self._busy, attempt)
        try:
            if commit.digest in self.blocked:
                self.hot.skip()
                raise Refusal("this version crashed the engine; edit it to try again")
            attempt.trial = self.trials.load(commit, busy) if trying else None
            # What it names is loaded now: as the set runs there is a deadline.
            registry.current().wake(self.inputs.words(text))
            script = run(self.path, text)
            attempt.nodes = frozenset(n.name for n in script.graph.nodes if n.kind != "prev")
            # At once: what plays beside it needs what the set may have taken away.
            self._put_back(surroundings, text)
            self.inputs.checkpoints = checkpoints_of(script.graph)
            self.inputs.files = files_of(script.graph)
            stamps = self.inputs.stamps()
            newest = self.player.lineup.newest
            program = self.builder.build(script, newest, self.player.moment, busy)
            self.inputs.helpers = set(beside.loaded(self.path))  # leaves import some
            self._put_back(surroundings, text)
            self._surroundings = surroundings
        except Refusal as refusal:
            if self._attempt is not attempt:  # it was given up long ago
                return commit, None
            functions, _ = surroundings.put_back()
            trial = attempt.trial or self.trials.on_trial
            if isinstance(refusal, Superseded):
                self.inputs.checkpoints = attempt.checkpoints
                if trial is not None:
                    trial.withdraw()
                return commit, None
            self.inputs.helpers |= set(beside.loaded(self.path)) | refusal.files
            if functions:  # that is why it failed
                refusal = self._changes(functions, text)
            if refusal.place is not None and refusal.place.file != str(self.path):
                self.inputs.helpers.add(Path(refusal.place.file))
            if after is not None:
                refusal = Refusal(after.reason, Place.read(after.where))
            self.player.happen(lineup.Refused(commit.id, refusal))
            return commit, trial
        finally:
            if self._attempt is attempt:
                self._attempt, self.trials.on_trial, self.busy = None, None, ""
                if commit.status != "superseded":
                    # Those from before the models were read: one written since is a change.
                    self._last_seen = self.inputs.fingerprint(text, stamps)
                    self._seen = stamps
        commit.kept = list(program.kept)
        commit.built = [*program.built, *self._decisions.brought_back(program)]
        commit.retired = list(program.retired)
        before = newest.script.notes if newest else ()
        attempt.notes = [f"{self.path.name}: {n}" for n in script.notes if n not in before]
        commit.changed = changed_lines(self._text_before(newest, text), text)
        commit.proven_ms = round((time.perf_counter() - began) * 1000, 1)
        attempt.news = self._news.lines(self.builder.models(self.path), stamps)
        program = replace(program, digest=commit.digest)
        self.player.happen(lineup.Proven(commit.id, program, self.player.now.beats))
        if not commit.version:  # another version replaced it while it was proven
            retire(program)
            if attempt.trial is not None:
                attempt.trial.withdraw()
        return commit, attempt.trial

    def turn_to(self, path: Path) -> None:
        """From now on texts are those of another set: a scene that is to play."""
        self._turn(path)
        self.inputs.helpers, self.inputs.files = set(), set()
        self.recall()

    def return_to(self, program: Program) -> Stamps:
        """Texts are those of the set of ``program`` again, from its next save on. Gives the stamp
        of its file if they were another's before (a scene was refused, or undone), else nothing."""
        script = program.script
        if script.path == self.path:
            return {}
        # Before the turn, for whoever has seen it may save: that save counts.
        known, text = read_stamped(script.path)
        self._turn(script.path)
        self.inputs.helpers = set(beside.loaded(script.path))
        self.inputs.checkpoints = checkpoints_of(script.graph)
        self.inputs.files = files_of(script.graph)
        self._seen = self.inputs.stamps()
        self._last_seen = self.inputs.fingerprint(text, self._seen)
        self._decisions.left = (known,)
        return {script.path: known}

    def _turn(self, path: Path) -> None:
        self.path = self.inputs.path = self._decisions.path = path

    def overtake(self, text: str | None) -> bool:
        """A newer save says this: whether something else is being proven, which is superseded.
        Without a text, whatever is being proven is."""
        attempt = self._attempt
        if attempt is None or (attempt.text == text and self._still(attempt)):
            return False
        self.player.happen(lineup.Overtaken(attempt.commit.id))
        return True

    def _text_before(self, newest: Program | None, text: str) -> str:
        """What a text is compared with, to mark what changed: nothing did in another scene."""
        if newest is None:
            return ""
        return newest.script.text if newest.script.path == self.path else text

    def leave_behind(self) -> bool:
        """Go on without what was overtaken, if it is at work that touches nothing of the set, such
        as loading a model; it ends by itself. Whether nothing is in the way any more."""
        attempt = self._attempt
        if attempt is not None and not attempt.apart:
            return False
        if attempt is not None:
            self._attempt, self.busy = None, ""
            self.inputs.checkpoints = attempt.checkpoints
            trial, self.trials.on_trial = self.trials.on_trial, None
            if trial is not None:
                trial.withdraw()
        return True

    def abandon(self, ident: int) -> None:
        """Refuse what a thread proposes that does not come back, and go on without it."""
        frame = sys._current_frames().get(ident)
        attempt = self._attempt
        if frame is None or attempt is None:
            return
        self._attempt = None
        seen = attempt.seen
        stamps = self.inputs.stamps()
        # A helper that it waits in is watched from now on; one that was mended by now is a change.
        helpers = beside.loaded(self.path)
        new = set(helpers) - self.inputs.helpers
        self.inputs.helpers |= new
        if new and all(file_digest(file) == loaded for file, loaded in helpers.items()):
            seen = self.inputs.fingerprint(attempt.text, stamps)
        self._last_seen, self._seen = seen, stamps
        trial, self.trials.on_trial = self.trials.on_trial, None
        if trial is not None:
            trial.refuse()
        busy, self.busy = self.busy, ""
        activity.forget(ident)
        let_import(frame)
        attempt.surroundings.put_back()
        what = f"{busy}: " if busy else ""
        reason = f"{what}this call does not return; remove it"
        refusal = Refusal(reason, place_at(frame, self.path))
        self.player.happen(lineup.Refused(attempt.commit.id, refusal))

    def put_back(self) -> None:
        """Restore what the set changed in the whole process while it played, and say so."""
        if self._surroundings is None or self._attempt is not None:  # a save restores its own
            return
        functions, others = self._surroundings.put_back()
        for what in (*functions, *others):
            reason = f"the set changed {what} while it played; livegan restored it"
            self.emit(Fault("", "", reason, self.player.now.time))

    def _still(self, attempt: Attempt) -> bool:
        """Whether nothing has taken the place of what is being proven."""
        return self.player.lineup.proving == attempt.commit.id

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
            self.emit(Note(f"the set changed {', '.join(others)}; livegan restored it"))

    def _changes(self, functions: list[str], text: str) -> Refusal:
        """What to say of a set that changed functions which everything else uses."""
        helpers = {str(file): read_text(file) or "" for file in beside.loaded(self.path)}
        texts = {str(self.path): text, **helpers, **self.hot.texts(trial=True)}
        named = ", ".join(functions[:3])
        reason = f"it changes {named}, which other code uses; write your own function instead"
        return Refusal(reason, where_changed(functions[0], texts))

    def numbered(self, version: int) -> None:
        """The next program is to have this number: one that comes back keeps its own."""
        self.player.happen(lineup.Numbered(version))

    def models_changed(self) -> bool:
        """Whether a model was written, or taken away, since the last proposal."""
        return self.inputs.stamps() != self._seen

    @property
    def read_again(self) -> threading.Event:
        """The set's file is to be read again, though nobody saved it."""
        return self._decisions.read_again

    @property
    def has_program(self) -> bool:
        """Whether anything was proven so far."""
        return self.player.lineup.newest is not None

    def unblock(self, digest: str) -> None:
        """Take this version again, though it crashed the engine."""
        self.blocked -= {digest}
        self._last_seen = None  # it may be what the file says, and was just refused

    def plays(self, text: str) -> bool:
        """Whether the newest program is of this text, and was not recalled."""
        newest = self.player.lineup.newest
        if self._last_seen is None or newest is None:
            return False
        return newest.script.text == text and newest.script.path == self.path

    def recall(self) -> None:
        """Take the next text even if it says what the newest did."""
        self._last_seen = None

    def tell_again(self, program: Program) -> None:
        """Say that what was made ready unseen is on the air now."""
        commit = self.commits.of(program.version, "on_air")
        if commit is not None:
            commit.on_air_at = round(self.player.now.time, 6)
            self.commits.tell(commit)

    def undo(self) -> None:
        """Bring the program before this one back; the next save is compared with that."""
        self.player.happen(lineup.KeyPressed("undo"))

    def _busy(
        self, attempt: Attempt, what: str, place: Place | None = None, apart: bool = False
    ) -> None:
        """Something of an attempt begins, unless another version replaced it.

        Raises
        ------
        Superseded
            If so.
        """
        if self._attempt is not attempt or not self._still(attempt):
            raise Superseded
        attempt.apart = apart
        self.busy = what
