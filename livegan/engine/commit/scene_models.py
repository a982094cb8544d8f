"""Models of the scenes that do not play yet, read from disk before they are wanted."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from livegan.engine.commit.watch import read_text
from livegan.engine.program.build import Builder
from livegan.generators import Checkpoint, ModelError, load

SHARE = 4
"""Of the memory that is free, a model may take one part in so many."""


def models_named(text: str) -> list[str]:
    """The models that a set names in quotes. Its code is read, not run."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    calls = sorted(found, key=lambda call: (call.lineno, call.col_offset))
    named: list[str] = []
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id in ("model", "morph"):
            values = (value.value for value in call.args[:2] if isinstance(value, ast.Constant))
            named += [value for value in values if isinstance(value, str)]
    return list(dict.fromkeys(named))


class SceneModels:
    """Holds checkpoints of scenes, so that a cued scene finds them in memory."""

    def __init__(self, scenes: Sequence[Path], builder: Builder) -> None:
        self._scenes, self._builder = scenes, builder
        self._held: dict[Path, Checkpoint | None] = {}
        """By file; None for one that cannot be read, or that there was no room for."""

    @property
    def held(self) -> list[Path]:
        """The files that are in memory."""
        return [path for path, checkpoint in self._held.items() if checkpoint is not None]

    def load_next(self, playing: Path) -> bool:
        """Read one more model, of the scenes after the one that plays. False if there is none."""
        for path in self._wanted(playing):
            if path not in self._held:
                self._held[path] = self._load(path)
                return True
        return False

    def _wanted(self, playing: Path) -> Iterator[Path]:
        scenes = list(self._scenes)
        first = scenes.index(playing) + 1 if playing in scenes else 0
        for scene in (*scenes[first:], *scenes[:first]):
            models = self._builder.models(scene)
            for name in models_named(read_text(scene) or ""):
                try:
                    yield models.find(name)
                except (ModelError, OSError):
                    continue

    def _load(self, path: Path) -> Checkpoint | None:
        try:
            if path.stat().st_size > psutil.virtual_memory().available / SHARE:
                return None
            return load(path)
        except (ModelError, OSError):
            return None  # whoever cues its scene is told
