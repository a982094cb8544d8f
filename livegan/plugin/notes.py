"""Lines that encoders, mixers and signals show to the performer, with ``note`` or ``logging``.

A repeated line is shown once in ten seconds, so a plugin may write it in every frame.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from livegan.plugin import registry
from livegan.plugin.guard import said

AGAIN_S = 10.0
"""How long the same line is not shown again."""
MOST = 200
"""Lines that are remembered."""

Note = Callable[[str], None]


class PluginNotes:
    """Where lines go, in a show or rehearsal."""

    def __init__(self) -> None:
        self.begin(lambda text: None)

    def begin(self, show: Note) -> None:
        """From now on lines go to ``show``, which has seen none yet."""
        self._show = show
        self._told: dict[str, float] = {}

    def __call__(self, text: str) -> None:
        """Show a line, unless it was shown a moment ago."""
        line = " ".join(said(text).split())
        now = time.monotonic()
        if not line or now - self._told.get(line, -AGAIN_S) < AGAIN_S:
            return
        self._told.pop(line, None)
        self._told[line] = now
        while len(self._told) > MOST:
            del self._told[next(iter(self._told))]
        self._show(line)


NOTES = PluginNotes()


def noted(name: str) -> Note:
    """What an implementation is given as ``note``: it says whose line it is."""
    return lambda text: NOTES(f"{name}: {text}")


class PluginLog(logging.Handler):
    """Warnings that plugins write with ``logging`` are shown with the plugin's name."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record, if its line is a plugin's; of an error, the last line of it too."""
        package = package_of(record.pathname)
        if not package:
            return
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            text = f"{text}: {type(error).__name__}: {said(error)}"
        NOTES(f"plugin {package}: {text}")


def package_of(file: str) -> str:
    """The plugin that a file belongs to; empty if it is none's."""
    for record in registry.current().records:
        near = record.entry.near if record.entry.origin != "built in" else ""
        if near and (file == near or Path(near) in Path(file).parents):
            return record.entry.package
    return ""


def listen_to_logging() -> None:
    """From now on, show what plugins write with ``logging``; once a process."""
    root = logging.getLogger()
    if not any(isinstance(handler, PluginLog) for handler in root.handlers):
        root.addHandler(PluginLog())
