"""What the lineup decides is told: to the stage, to the plugins on trial, to the commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from livegan.engine.commit import lineup
from livegan.engine.commit.attempt import Attempt
from livegan.engine.commit.commits import Commits
from livegan.engine.commit.lineup import (
    LineupAction,
    TellCued,
    TellRefused,
    TellRolledBack,
    TellStatus,
)
from livegan.engine.commit.plugin_trials import Trials
from livegan.engine.commit.script import Refusal
from livegan.engine.commit.watch import stamp
from livegan.engine.program.player import Player
from livegan.engine.program.program import Program
from livegan.ipc.messages import Commit, FromEngine, Note


class Decisions:
    """Takes what the lineup decides, one at a time: see `Player.happen`."""

    def __init__(
        self,
        path: Path,
        player: Player,
        commits: Commits,
        trials: Trials,
        emit: Callable[[FromEngine], None],
    ) -> None:
        self.path, self._player, self._emit = path, player, emit
        self._commits, self._trials = commits, trials
        self.attempts: dict[int, Attempt] = {}
        """Those that may still go on the air, by the number of their commit."""
        self.left: tuple[object, ...] = ()
        """How the set's file was when a key left its text: the same text counts again once it is
        saved, and not for any other file that comes or goes beside it."""
        self.overwritten: frozenset[str] | None = None
        """The nodes of a superseded save that nothing went on the air after; None without one."""
        self.read_again = threading.Event()
        """The set's file is to be read again, though nobody saved it."""

    @property
    def saved_again(self) -> bool:
        """A key left the text of the set's file, which was saved since."""
        return bool(self.left) and stamp(self.path) != self.left[0]

    def brought_back(self, program: Program) -> list[str]:
        """Kept nodes that the save before this one, which was superseded, had dropped: to whoever
        saved both they are new, though their state goes on."""
        if self.overwritten is None:
            return []
        return [name for name in program.kept if name not in self.overwritten]

    def take(self, action: LineupAction) -> None:
        """Say what was decided, and do what follows from it."""
        if isinstance(action, Note):
            self._emit(action)
        elif isinstance(action, lineup.ReadAgain):
            self.read_again.set()
        elif isinstance(action, lineup.TellAired):
            self._aired(action.program, action.reason)
        elif isinstance(action, lineup.TellRolledBack):
            self._rolled_back(action)
        else:
            commit = self._commits.numbered(action.commit)
            if commit is not None:
                self._tell(commit, action)

    def _tell(self, commit: Commit, action: TellStatus | TellCued | TellRefused) -> None:
        """Say how a save stands."""
        attempt = self.attempts.get(commit.id)
        if isinstance(action, lineup.TellCued):
            commit.version = action.program.version
            self._commits.tell(commit, "proven")
            trial = attempt.trial if attempt is not None else None
            self._trials.proven(commit.version, trial)
            notes = attempt.notes if attempt is not None else []
            for line in [*(trial.warnings if trial is not None else ()), *notes]:
                self._emit(Note(line))
            self._commits.tell(commit, "cued")
            return
        if isinstance(action, lineup.TellRefused):
            self.attempts.pop(commit.id, None)
            self._commits.refuse(commit, action.why)
            return
        commit.reason = action.reason
        program = self._player.lineup.on_air
        if action.status == "proposed":
            self.left = ()
        else:
            self.attempts.pop(commit.id, None)
            self.overwritten = None
            if action.status == "superseded" and attempt is not None:
                self.overwritten = attempt.nodes
        if action.status == "on_air" and action.at is not None and program is not None:
            commit.on_air_at, commit.source = round(action.at, 6), program.script.text
            commit.texts = self._trials.texts(program.version)
        self._commits.tell(commit, action.status)
        if action.status == "on_air" and attempt is not None:
            for line in attempt.news:
                self._emit(Note(line))

    def _aired(self, program: Program, reason: str) -> None:
        """A key put a program on the air. The next save goes on the air after it, even one that
        changed nothing."""
        self.left, self.overwritten = (stamp(self.path),), None
        commit = self._commits.add(self._player.now.time, program.script.path)
        commit.reason, commit.on_air_at = reason, round(commit.at, 6)
        commit.version, commit.digest, commit.safe = program.version, program.digest, program.safe
        commit.source = program.script.text
        commit.texts = self._trials.texts(program.version)
        self._commits.tell(commit, "on_air")

    def _rolled_back(self, action: TellRolledBack) -> None:
        """A program failed soon after its swap, and the one before is back."""
        self._trials.rolled_back(action.bad.version)
        commit = self._commits.of(action.bad.version)
        if commit is not None:
            reason = f"{action.why.reason}; the version before it is back"
            self._commits.refuse(commit, Refusal(reason, action.why.place))
