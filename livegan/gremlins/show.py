"""A real show in processes of its own: what it says, what it shows, and what is done to it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any, TypeVar

from livegan.gremlins.copying import Copy
from livegan.gremlins.soundcard import NullSink
from livegan.gremlins.witness import ShownGlance
from livegan.saving import write_bytes
from livegan.stage.options import Options
from livegan.stage.record.show_log import place

Message = Mapping[str, Any]
Found = TypeVar("Found")
LOOK = 0.03  # seconds between looks at what a show says
STARTS = 240.0  # seconds that a machine may take to start Python and torch
GOODBYE = 15.0
PERFORMER = """
import sys
del sys.path[0]  # the working folder, whose modules are none of the stage's
from livegan.gremlins.performer import main
sys.exit(main())
"""


class ShowEnded(Exception):
    """A show that is over and should not be; the message has its last lines."""


@dataclass(frozen=True)
class Mark:
    """A moment of a show: what came after it is what a fault has done."""

    at: float
    lines: int
    glances: int
    beside: int


@dataclass(frozen=True)
class ShowLine:
    """A line of the show log, and when it was read, on the monotonic clock."""

    at: float
    message: Message


@dataclass
class Show:
    """A show that plays a copy of a set. ``start`` it, ``close`` it; between them anything goes."""

    copy: Copy
    options: Options
    env: Mapping[str, str]
    heard: list[ShowLine] = field(default_factory=list)
    glances: list[ShownGlance] = field(default_factory=list)
    """Looks at the window."""
    beside: list[ShownGlance] = field(default_factory=list)
    """Looks at another output of the same picture."""
    report: dict[str, Any] | None = None
    sink: NullSink | None = None
    """The sound server it listens to, if it does."""
    music: Path | None = None
    """What is played into that."""
    process: subprocess.Popen[bytes] | None = None
    server: subprocess.Popen[bytes] | None = None
    """The X server that it alone is on, if there is one."""
    good: str = ""
    """The text that should be on the air."""
    mends: int = 0
    """How often it was saved again after a fault."""
    inside: tuple[str, ...] = ()
    """A command that runs the stage, such as in another namespace; its own words come last."""
    left: list[int] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """What the strike of a fault leaves for its mending: processes, memory, complaints."""
    _connection: Connection | None = None
    _log_read: int = 0
    _starts: int = 0

    # Starting and ending -------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until its set plays.

        Raises ShowEnded, with its last lines, if it does not.
        """
        self.good = self.good or self.copy.text
        self._starts += 1
        self.beside.clear()
        self.glances.clear()  # the time of another show begins anew
        self.log = self.copy.room / f"show{self._starts}.jsonl"
        self._log_read = 0
        self.terminal = self.copy.room / f"terminal{self._starts}.txt"
        key = secrets.token_bytes(16)
        self.report = None
        mark = self.mark()
        with Listener(authkey=key) as listener, self.terminal.open("wb") as terminal:
            self.process = subprocess.Popen(
                [*self.inside, sys.executable, "-c", PERFORMER],
                cwd=self.copy.folder,
                # What is judged is the show; measuring its models would be another program's work.
                env={"LIVEGAN_TUNING": "off", **self.env, "PYTHONPATH": _path()},
                stdin=subprocess.PIPE,
                stdout=terminal,
                stderr=subprocess.STDOUT,
            )
            assert self.process.stdin is not None
            first = {"address": listener.address, "key": key.hex()}
            self.process.stdin.write(json.dumps(first).encode() + b"\n")
            self.process.stdin.close()
            self._connection = _accept(listener, self.process)
        if self._connection is None:
            raise ShowEnded(f"the show did not start: {self.last_lines()}")
        self._connection.send(self._options())
        if not self.wait(lambda: self._plays(mark), STARTS):
            raise ShowEnded(f"the set did not come on the air: {self.last_lines()}")

    def _options(self) -> Options:
        return replace(self.options, set=self.copy.set, folder=self.copy.folder, log=self.log)

    def _plays(self, mark: Mark) -> bool:
        refused = self.first(mark, lambda m: _commit(m) == "refused")
        if refused is not None:
            raise ShowEnded(
                f"the set is refused: {place(refused.get('where'))}{refused.get('reason')}"
            )
        return bool(
            self.first(mark, lambda m: _commit(m) == "on_air")
            and sum(p.pictures for p in self.glances[mark.glances :]) > 2
        )

    def close(self) -> None:
        """End it in order, or by force, and the X server it had for itself. Safe to call twice."""
        if self.process is None:
            return
        if self.process.poll() is None and self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.send({"stop": True})
            self.wait(lambda: self.report, GOODBYE, alive=False)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GOODBYE)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.listen()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.process = None
        if self.server is not None:
            self.server.kill()
            self.server.wait(10)
            self.server = None

    # What it says --------------------------------------------------------------------------------

    def listen(self, seconds: float = 0.0) -> None:
        """Take in glances and lines of the log for so long."""
        connection = self._connection
        end = time.monotonic() + seconds
        while connection is not None:
            try:
                if not connection.poll(max(0.0, end - time.monotonic())):
                    break
                kind, what = connection.recv()
            except (EOFError, OSError):
                if seconds:
                    time.sleep(LOOK)
                break
            if kind == "glance":
                self.glances.append(what)
            elif kind == "beside":
                self.beside.append(what)
            else:
                self.report = what
        self._read_log()

    def _read_log(self) -> None:
        with contextlib.suppress(OSError), self.log.open("rb") as file:
            file.seek(self._log_read)
            data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            self._log_read += len(whole)
            now = time.monotonic()
            for line in whole.splitlines():
                with contextlib.suppress(ValueError):
                    self.heard.append(ShowLine(now, json.loads(line)))

    def wait(
        self, found: Callable[[], Found | None], seconds: float, alive: bool = True
    ) -> Found | None:
        """What ``found`` gives once it gives something; None if it does not within ``seconds``.

        Raises ShowEnded if the show ends meanwhile and was to be ``alive``.
        """
        end = time.monotonic() + seconds
        while True:
            self.listen(LOOK)
            result = found()
            if result:
                return result
            if self.process is not None and self.process.poll() is not None:
                self.listen()
                if result := found():
                    return result
                if alive:
                    raise ShowEnded(f"the show has ended: {self.last_lines()}")
                return None
            if time.monotonic() > end:
                return None

    def mark(self) -> Mark:
        """Now."""
        if self.process is not None:
            self.listen()
        return Mark(time.monotonic(), len(self.heard), len(self.glances), len(self.beside))

    def since(self, mark: Mark) -> list[ShowLine]:
        """The lines of the log that came after a mark."""
        return self.heard[mark.lines :]

    def first(self, mark: Mark, wanted: Callable[[Message], bool]) -> Message | None:
        """The first line after a mark that is wanted."""
        return next((h.message for h in self.since(mark) if wanted(h.message)), None)

    def answered(self, mark: Mark, seconds: float = 12.0) -> str:
        """How a save after ``mark`` ended: "on_air", "refused", or "" where nothing was said."""

        def ended() -> str:
            message = self.first(mark, lambda m: _commit(m) in ("on_air", "refused"))
            return _commit(message) if message else ""

        def proposed() -> Any:
            return self.first(mark, lambda m: m.get("type") == "commit")

        # A text that says what the newest one said is answered with nothing.
        if not self.wait(lambda: ended() or proposed(), 2.5):
            return ""
        return self.wait(ended, seconds) or ""

    def last_lines(self) -> str:
        """The end of what it printed, as one line."""
        with contextlib.suppress(OSError), self.terminal.open("rb") as file:
            file.seek(max(0, self.terminal.stat().st_size - 600))
            lines = file.read().decode(errors="replace").splitlines()
            return " | ".join(line.strip() for line in lines[-4:] if line.strip())
        return "it printed nothing"

    # Its processes -------------------------------------------------------------------------------

    @property
    def stage(self) -> int:
        """The stage's process."""
        assert self.process is not None
        return self.process.pid

    @property
    def engine(self) -> int:
        """The process of the engine that plays."""
        self.listen()
        for heard in reversed(self.heard):
            message = heard.message
            if message.get("type") == "engine" and message.get("kind") in ("phase", "recovery"):
                if message.get("pid") and message.get("phase") == "playing":
                    return int(message["pid"])
            elif message.get("type") == "hello" and not message.get("standby"):
                return int(message["pid"])
        raise ShowEnded("there is no engine yet")

    def signal(self, process: int, number: int) -> None:
        """Send a signal; a process that is gone is none the worse."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)

    # What is done to it --------------------------------------------------------------------------

    def save(self, text: str) -> None:
        """Save a text as most editors do: written beside, and moved into place."""
        write_bytes(self.copy.set, text.encode())

    def play_music(self) -> None:
        """Let the sound server play the music, if there is one."""
        if self.sink is not None and self.music is not None:
            self.sink.play(self.music)

    def do(self, **order: Any) -> None:
        """An order for the hands on the stage: see `livegan.gremlins.performer`."""
        assert self._connection is not None
        self._connection.send(order)


def _commit(message: Message) -> str:
    return str(message.get("status")) if message.get("type") == "commit" else ""


def _path() -> str:
    """Where the performer's process finds livegan: where this one did, and as it was told."""
    own = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, (own, os.environ.get("PYTHONPATH"))))


def _accept(listener: Listener, process: subprocess.Popen[bytes]) -> Connection | None:
    """The connection of a process that was just started; None if it ended without one."""
    accepted: list[Connection] = []

    def accept() -> None:
        with contextlib.suppress(OSError, EOFError):
            accepted.append(listener.accept())

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    while thread.is_alive() and process.poll() is None:
        thread.join(0.1)
    return accepted[0] if accepted else None
