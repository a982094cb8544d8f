"""Plugins on trial: loaded with a save, kept with the program that was proven with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from livegan.engine.commit.commits import REMEMBERED
from livegan.engine.commit.script import Refusal
from livegan.engine.commit.watch import read_save
from livegan.graph.place import Place
from livegan.ipc.messages import Commit
from livegan.plugin.catalogue import full_name
from livegan.plugin.loading.hot import Hot, Trial


class Trials:
    """What became of the plugins of one show as its programs came and went."""

    def __init__(self, hot: Hot) -> None:
        self.hot = hot
        self.begun = False
        """A text was proposed with the plugins as they are: from then on, those that change are
        tried."""
        self.on_trial: Trial | None = None
        """What is being proven."""
        self._proven: dict[int, Trial] = {}
        """The plugins that the newest program brought with it, by its version."""
        self._texts: dict[int, dict[str, str]] = {}
        """What the plugin files said, by the version of the program that was made with them."""

    def recall(self, texts: Mapping[str, str] | None) -> None:
        """Prove the next text with what plugin files said when it played, if that is known."""
        if texts is not None:
            self.hot.recall(texts)
            self.begun = False

    def load(self, commit: Commit, busy: Callable[[str], None]) -> Trial | None:
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
            busy(f"loading plugin {Path(value).stem}")
        for file in self.hot.saved():
            read_save(file)
        self.on_trial = trial = self.hot.trial()
        if trial is None:
            return None
        commit.plugins = [record.plugin.name for record in trial.records]
        before = {full_name(o): o.stamp for o in trial.before.offered("source")}
        after = {full_name(o): o.stamp for o in trial.fresh.offered("source")}
        commit.sources = [name for name, stamp in after.items() if before.get(name) != stamp]
        for problem in trial.problems:
            title = f"plugin {problem.plugin} {problem.version}".strip()
            raise Refusal(f"{title}: {problem.reason}", Place.read(problem.where))
        return trial

    def proven(self, version: int, trial: Trial | None) -> None:
        """This program was proven, and a trial with it if there was one."""
        if trial is not None:
            trial.accept()
            self._proven = {version: trial}
        texts, before = self.hot.texts(), next(reversed(self._texts.values()), {})
        self._texts[version] = before if texts == before else texts
        for old in list(self._texts)[:-REMEMBERED]:
            del self._texts[old]

    def texts(self, version: int) -> dict[str, str]:
        """What the plugin files said that a program was made with."""
        return self._texts.get(version, {})

    def rolled_back(self, version: int) -> None:
        """This program failed on the air: what it brought with it goes too."""
        trial = self._proven.pop(version, None)
        if trial is not None and trial.current:
            trial.refuse()
