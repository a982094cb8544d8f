"""What a program is made with: its models, films and plugins."""

from __future__ import annotations

import contextlib
from pathlib import Path

from livegan.engine.program.models import Models, checkpoints_of
from livegan.engine.program.nodes.source_instances import found
from livegan.engine.program.program import Program
from livegan.generators import ModelError
from livegan.generators.card import card_path
from livegan.generators.files import files_of
from livegan.graph.graph import Graph
from livegan.graph.signals.signal import Signal
from livegan.journal.made_with import MadeWith
from livegan.picture_sources.source import FILES, PictureSourceError
from livegan.plugin import registry
from livegan.plugin.catalogue import OWN


def made_with(program: Program, models: Models, folder: Path) -> MadeWith:
    """Which files and packages; ``folder`` is the working folder."""
    graph = program.graph
    made = MadeWith(plugins=packages_of(graph))
    for name in sorted(checkpoints_of(graph)):
        with contextlib.suppress(ModelError):
            weights = models.find(name)
            card = card_path(weights)
            made.models[name] = [*files_of(weights), *([card] if card else [])]
            suffix = weights.suffix.removeprefix(".")
            for offer in registry.current().offered("loader"):
                if offer.name == suffix and offer.plugin != OWN:
                    made.plugins[offer.plugin] = offer.version
    for node in graph.nodes:
        if node.kind == "source" and node.title in FILES:
            for name in node.fixed.get("paths", (node.fixed["argument"],)):
                with contextlib.suppress(PictureSourceError, OSError):
                    made.pictures[name] = [found(node, name, [program.script.path.parent, folder])]
    return made


def packages_of(graph: Graph) -> dict[str, str]:
    """Versions of the packages whose operations and sources a set uses."""
    operations = [node.operation for node in graph.nodes]
    waiting = list(graph.values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Signal):
            operations.append(value.leaf)
            waiting += value.args
        elif isinstance(value, tuple):
            waiting += value
    found = {
        each.origin.package: each.origin.version
        for each in operations
        if each is not None and each.origin.package != OWN and each.origin.version
    }
    named = {node.title for node in graph.nodes if node.kind == "source"}
    for offer in registry.current().offered("picture_source"):
        if offer.name in named and offer.plugin != OWN and offer.version:
            found[offer.plugin] = offer.version
    return found
