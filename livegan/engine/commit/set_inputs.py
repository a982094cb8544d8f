"""The inputs of a set: its text, the files beside it, plugins and models."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from livegan.engine.commit.watch import read_text
from livegan.engine.program.build import Builder
from livegan.graph.graph import Graph
from livegan.plugin.loading.hot import Hot
from livegan.plugin.source import file_digest

IMPORTED = re.compile(r"^\s*(?:from|import)\s+([\w.]+)", re.M)
"""The module that a line imports."""
WORD = re.compile(r"\w+")


def imported(text: str) -> Iterator[str]:
    """Where the modules that a text imports may lie, seen from the set."""
    for name in IMPORTED.findall(text):
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            place = "/".join(parts[:count])
            yield from (f"{place}.py", f"{place}/__init__.py")


def files_of(graph: Graph) -> set[Path]:
    """The files that a set names in values of parameters."""
    fixed = [*(node.fixed for node in graph.nodes), *(patch.fixed for patch in graph.patches)]
    return {value for each in fixed for value in each.values() if isinstance(value, Path)}


class SetInputs:
    """What a save of one set consists of, as far as it is known by now."""

    def __init__(self, path: Path, builder: Builder, hot: Hot) -> None:
        self.path, self.builder, self.hot = path, builder, hot
        self.helpers: set[Path] = set()
        """Files beside the set that it imports, or failed to import."""
        self.checkpoints: set[str] = set()
        """Names of the models of the newest set that ran: it is tried again when one changes."""
        self.files: set[Path] = set()
        """Other files that it names: values of parameters."""

    def fingerprint(self, text: str, stamps: dict[str, str], trying: bool = True) -> str:
        """Of the text, helper modules, plugin files and models: equal means no change.

        Of plugins as they are loaded, if no others are being tried.
        """
        helpers = [f"{f}{file_digest(f)}" for f in sorted(self.helpers)]
        models = [f"{name}{stamp}" for name, stamp in stamps.items()]
        files = [f"{f}{file_digest(f)}" for f in sorted(self.files)]
        return "\0".join([text, *helpers, self.hot.stamp(trying), *models, *files])

    def identity(self, text: str, plugins: str) -> str:
        """A digest of the text and the files beside it that it imports, by which a program that
        ended an engine is known: the same in every engine, unlike the fingerprint."""
        return hashlib.sha256("\0".join([*self.texts(text), plugins]).encode()).hexdigest()

    def texts(self, text: str) -> list[str]:
        """The text, and those of the files beside it that it imports."""
        parts, waiting, seen = [text], [text], set()
        while waiting:
            for file in imported(waiting.pop()):
                path = self.path.parent / file
                if path not in seen and path.is_file():
                    seen.add(path)
                    waiting.append(read_text(path) or "")
                    parts.append(waiting[-1])
        return parts

    def words(self, text: str) -> set[str]:
        """Every word in them: what a set names is one of these."""
        return {word for part in self.texts(text) for word in WORD.findall(part)}

    def watched(self) -> list[Path]:
        """Every file and folder whose change may change what is played."""
        files = [self.path, *self.helpers, *self.hot.files(), *self.files]
        if self.checkpoints:
            models = self.builder.models(self.path)
            files += [*models.folders, *models.watched(self.checkpoints)]
        return files

    def stamps(self) -> dict[str, str]:
        """The models that the set names: which file each is, and when it was written."""
        models = self.builder.models(self.path)
        return {name: models.stamp(name) for name in sorted(self.checkpoints)}
