"""The show log: what happened, as JSON lines in a file and as lines on the terminal.

Each is written by a thread of its own, so that a slow disk or terminal delays neither a frame nor
the other; a third one does what else is slow.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from livegan.ipc.commit_text import playing
from livegan.ipc.messages import Alive, EngineMessage, LineValues, Row, Slots
from livegan.ipc.wire import encode
from livegan.stage.record.line_file import RETRY, LineFile
from livegan.stage.record.terminal import Terminal
from livegan.stage.record.worker import Worker

WAITING = 10_000
"""Lines that wait while the disk does not answer; those after them are lost."""
LAST_JOBS, LAST_LINES = 3.0, 2.0
"""Seconds that what waits at the end is given: the jobs, then the file and the terminal."""


def free_name(folder: Path, now: Callable[[], datetime] = datetime.now) -> tuple[Path | None, str]:
    """A file for the log of a show that begins now, made, or None and why there is none.

    Two shows that begin in one second have a file each.
    """
    stem = now().strftime("%Y-%m-%d-%H%M%S")
    for count in itertools.count(1):
        path = folder / (f"{stem}.jsonl" if count == 1 else f"{stem}-{count}.jsonl")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            if not folder.is_dir():
                return None, f"{folder} is not a folder"
            continue
        except OSError as error:
            return None, f"{folder} cannot be written ({error.strerror or error})"
        return path, ""
    raise AssertionError("there is always a next number")


class ShowLog:
    """One show's log. Each line has ``at`` (seconds since the show began) and ``type``."""

    def __init__(self, path: Path | None, *, terminal: TextIO | None = None) -> None:
        """``path`` None keeps no file. Raises OSError if the file cannot be made."""
        self.path = path
        self._terminal = Terminal(terminal)
        self._began = time.monotonic()
        self._closed = False
        self._lines: Worker[dict[str, Any]] | None = None
        if path is not None:
            self._journal = LineFile(path)
            self._lines = Worker(
                "show log", self._write, failed=self._failed, idle=self._journal.flush, every=RETRY
            )
        self._jobs: Worker[Callable[[], object]] = Worker(
            "slow jobs", lambda job: job(), failed=self._failed
        )

    @property
    def trouble(self) -> str:
        """Why the file takes no lines at the moment, in a line; nothing while it does."""
        return self._journal.trouble if self._lines is not None else ""

    def record(self, kind: str, /, **fields: Any) -> None:
        """Write a line to the file, from any thread, without waiting."""
        if self._lines is not None and self._lines.waiting < WAITING:
            at = round(time.monotonic() - self._began, 3)
            self._lines.give({"at": at, "type": kind, **fields})

    def say(self, text: str, style: str = "") -> None:
        """Print one line on the terminal, without waiting."""
        self._terminal.say(text, style)

    def take(self, message: EngineMessage) -> None:
        """Write down and print a message of the engine, its supervisor, or the stage itself."""
        row = encode(message)
        if not isinstance(message, (Alive, Slots, LineValues)):
            fields = {k: v for k, v in row.items() if k not in ("type", "source", "texts", "at")}
            if "at" in row:  # in show time; the log's own is from the start of the stage
                fields["show_at"] = row["at"]
            self.record(row["type"], **fields)
        line = line_of(row)
        if line is not None:
            self.say(*line)

    def later(self, job: Callable[[], object]) -> None:
        """Do something slow on the thread for slow jobs, one at a time. Its errors are printed."""
        self._jobs.give(job)

    def close(self) -> None:
        """Do and write what is waiting, and close the file. Safe to call twice.

        Comes back after `LAST_JOBS` and `LAST_LINES` seconds though disk and terminal do not.
        """
        if self._closed:
            return
        self._closed = True
        self._jobs.close(LAST_JOBS)
        end = time.monotonic() + LAST_LINES
        # The jobs had lines to write, too.
        if self._lines is not None and self._lines.close(LAST_LINES):
            self._journal.close()
        self._terminal.close(end - time.monotonic())

    def _write(self, line: dict[str, Any]) -> None:
        self._journal.write(json.dumps(line, default=str, ensure_ascii=False))

    def _failed(self, error: Exception) -> None:
        """Tell of what cannot be written or done."""
        self.say(f"show log: {error}", "red")


def line_of(message: Row) -> tuple[str, str] | None:
    """What the terminal shows of a message, as it is in the log: (text, style), or None."""
    kind = message.get("type")
    if kind == "commit":
        status = message.get("status")
        if status == "on_air":
            return f"on air   {playing(message)}", "green"
        if status == "refused":
            return f"refused  {place(message.get('where'))}{message.get('reason') or ''}", "red"
        return None
    if kind == "fault":
        said = failure(message.get("node"), str(message.get("reason") or ""))
        return f"fault    {place(message.get('where'))}{said}", "yellow"
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


def place(where: str | None) -> str:
    """The ``where`` of a message as a beginning of a line: ``"four.py:7: "`` or nothing."""
    return f"{Path(where).name}: " if where else ""


def failure(node: str | None, reason: str) -> str:
    """What failed and why, of a fault: the node is named once."""
    return reason if not node or reason.startswith(node) else f"{node}: {reason}"


def opened_log(path: Path | None, folder: Path) -> tuple[ShowLog, Path | None]:
    """The log of a show that begins now, and its file: ``path``, else one of its own in ``folder``.

    Where that cannot be made there is none, and the log says so. Raises OSError for ``path``.
    """
    why = ""
    if path is None:
        path, why = free_name(folder)
    log = ShowLog(path)
    if why:
        log.say(f"this show has no log: {why}", "yellow")
    return log, path
