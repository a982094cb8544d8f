"""The show log: what happened, as JSON lines in a file and as lines on the terminal.

Both are written by a thread of its own, so that a slow disk or terminal never delays a frame.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape

from livegan.stage.journal import RETRY, Journal

Message = dict[str, Any]


class ShowLog:
    """One show's log. Each line has ``at`` (seconds since the show began) and ``type``."""

    def __init__(self, path: Path | None, *, terminal: TextIO | None = None) -> None:
        """``path`` None keeps no file. Raises OSError if the file cannot be made."""
        self.path = path
        self._journal = Journal(path) if path is not None else None
        self._console = Console(file=terminal or sys.stderr, highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="show log", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why the file takes no lines at the moment, in a line; nothing while it does."""
        return self._journal.trouble if self._journal is not None else ""

    def record(self, kind: str, /, **fields: Any) -> None:
        """Write a line to the file, from any thread, without waiting."""
        line = {"at": round(time.monotonic() - self._began, 3), "type": kind, **fields}
        self._jobs.put(lambda: self._write(line))

    def say(self, text: str, style: str = "") -> None:
        """Print one line on the terminal, without waiting."""
        self._jobs.put(lambda: self._print(text, style))

    def take(self, message: Message) -> None:
        """Write down and print a message of the engine, of its keeper, or of the stage itself."""
        kind = message.get("type")
        if kind not in ("alive", "slots"):
            fields = {
                k: v for k, v in message.items() if k not in ("type", "source", "texts", "at")
            }
            if "at" in message:  # in show time; the log's own is from the start of the stage
                fields["show_at"] = message["at"]
            self.record(str(kind), **fields)
        line = line_of(message)
        if line is not None:
            self.say(*line)

    def later(self, job: Callable[[], None]) -> None:
        """Do something slow on the log's thread. Its errors are logged."""
        self._jobs.put(job)

    def close(self) -> None:
        """Write what is waiting and close the file. Twice is once."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=RETRY if self.trouble else None)
            except queue.Empty:
                if self._journal is not None:
                    self._journal.flush()
                continue
            if job is None:
                break
            try:
                job()
            except Exception as error:  # what fails must not end the log, nor the show
                self._print(f"show log: {error}", "red")
        if self._journal is not None:
            self._journal.close()

    def _write(self, line: Message) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps(line, default=str, ensure_ascii=False))

    def _print(self, text: str, style: str) -> None:
        try:
            self._console.print(escape(text), style=style or None)
        except OSError:  # the terminal was closed, the show goes on
            self._console = Console(file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def line_of(message: Message) -> tuple[str, str] | None:
    """What the terminal shows of an engine's message: (text, style), or None."""
    kind = message.get("type")
    if kind == "commit":
        status = message.get("status")
        if status == "on_air":
            return f"on air   version {message.get('version')}{_counts(message)}", "green"
        if status == "refused":
            return f"refused  {place(message)}{message.get('reason') or ''}", "red"
        return None
    if kind == "fault":
        return f"fault    {place(message)}{failure(message)}", "yellow"
    if kind == "note":
        return str(message.get("text", "")), "cyan"
    if kind == "waiting" and message.get("text") and message.get("for") != "sound":
        return str(message["text"]), "yellow"
    if kind == "printed":
        return "\n".join(f"  | {line}" for line in message.get("lines") or ()), ""
    if kind == "engine" and message.get("text"):
        style = "green" if message.get("kind") == "recovery" else "red"
        return str(message["text"]), style
    if kind == "hello":
        device, precision = message.get("device", "?"), message.get("precision") or ""
        return f"engine   on {device} {precision}".rstrip(), "cyan"
    return None


def place(message: Message) -> str:
    """The ``where`` of a message as a beginning of a line: ``"four.py:7: "`` or nothing."""
    where = str(message.get("where") or "")
    return f"{Path(where).name}: " if where else ""


def failure(message: Message) -> str:
    """What failed and why, of a fault: the node is named once."""
    node, reason = message.get("node"), str(message.get("reason") or "")
    return reason if not node or reason.startswith(str(node)) else f"{node}: {reason}"


def _counts(message: Message) -> str:
    """What a commit kept, built and retired, which are numbers or lists of names."""
    parts = []
    for name in ("kept", "built", "retired"):
        value = message.get(name)
        count = value if isinstance(value, int) else len(value or ())
        if count:
            parts.append(f"{count} {name}")
    return "  (" + ", ".join(parts) + ")" if parts else ""
