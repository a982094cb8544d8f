"""The engine as the stage sees it: a process to start, talk to and end."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from livegan.ipc.messages import Note, Quit
from livegan.ipc.pulse import Pulse
from livegan.ipc.wire import Wire, encode
from livegan.stage.supervision.child_environment import SAFE_PATH, back_to, for_a_child
from livegan.stage.supervision.engine_output import Account, EngineOutput
from livegan.stage.supervision.events import Gone, Guilt
from livegan.stage.supervision.health import SILENT, STOPPED, EngineSigns
from livegan.stage.supervision.orphans import end_group, end_with_parent

ENGINE = "livegan.engine.process:run"
"""What the child imports and calls with (connection, options): a name, for the stage imports no
engine."""

HEAVY = (
    "livegan.stage.supervision.preload",
    "livegan.engine.program.assembly",
    "livegan.builtin",
)
"""What engines import first, by name."""

OUTSIDE = tuple(-getattr(signal, name) for name in ("SIGKILL", "SIGTERM") if hasattr(signal, name))
TO_WRITE = 0.15  # seconds to write down what the threads are at
ORPHANED = 5.0  # seconds an engine has to leave by itself when the stage is gone


class EngineProcess:
    """One engine process, its pipe and its pulse. Made by `start_engine`."""

    def __init__(
        self,
        process: BaseProcess,
        connection: Connection,
        pulse: Pulse,
        output: EngineOutput | None = None,
    ) -> None:
        self._process = process
        self._connection = connection
        self._pulse = pulse
        self._output = output
        self._closed = False
        self._watched: psutil.Process | None = None
        with contextlib.suppress(psutil.Error):
            self._watched = psutil.Process(self.pid)
        self.last_words = ""
        """Why it leaves, if it said so."""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid or 0

    @property
    def exitcode(self) -> int | None:
        """None while it runs, else its exit status, negative for the signal that killed it."""
        return self._process.exitcode

    def look(self) -> EngineSigns:
        """What is seen of it without asking."""
        beat = self._pulse.read()
        memory, stopped = 0, False
        if self._watched is not None:
            with contextlib.suppress(psutil.Error):
                memory = self._watched.memory_info().rss
                stopped = self._watched.status() in (
                    psutil.STATUS_STOPPED,
                    psutil.STATUS_TRACING_STOP,
                )
        return EngineSigns(beat.beats, beat.frame_since, beat.suspect(), memory, stopped)

    def post_mortem(self, set_path: Path, how: str = "") -> Gone:
        """How it ended, the node that it was at and ``file:line`` of the set, as far as that is
        known, and whose fault it was. ``how`` is why the stage killed it, if it did.

        Of one that was killed from outside only what code of a set or plugin was running.
        """
        if self._output is not None and self.exitcode is not None:
            self._output.wait(0.5)  # one that still goes has written what it had to say
        account = self._output.account(set_path) if self._output is not None else Account()
        place, work = account.place, self._pulse.read().suspect(account.thread)
        foreign = bool(place) or (work is not None and work.limit > 0)
        killed = self.exitcode in OUTSIDE
        guilt: Guilt = "likely"
        if killed and not foreign and how in ("", STOPPED):
            guilt = "doubtful"
        elif foreign and how.startswith(SILENT):
            guilt = "certain"
        proving = account.proving
        if proving is None and foreign and work is not None:
            proving = work.proving
        how = self.last_words or how or death(self.exitcode)
        if work is None or (killed and not foreign):
            return Gone(how, "", place, guilt, proving)
        return Gone(how, work.what, place or work.where, guilt, proving)

    def ask_where(self) -> None:
        """Let it write down what its threads are at, even if one of them holds the interpreter."""
        if self._output is not None:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGUSR2)
                time.sleep(TO_WRITE)

    def send(self, message: Wire) -> None:
        """Send a message; one to an engine that is gone is dropped."""
        with contextlib.suppress(OSError, ValueError):
            self._connection.send(message)

    def receive(self) -> Any:
        """What it sends next, unchecked, waiting for it; None once the engine is gone."""
        try:
            # A process that the set started may hold the pipe open when the engine is gone.
            if self._connection not in wait([self._connection, self._process.sentinel]):
                return None
            return self._connection.recv()
        except (EOFError, OSError, TypeError, ValueError):
            # A TypeError is what a connection that was closed meanwhile raises.
            return None
        except Exception as error:  # half a message of a process that was killed
            return encode(Note(f"the engine sent an unreadable message: {error}"))

    def quit(self, timeout: float) -> bool:
        """Ask it to end and wait; True if it did within ``timeout`` seconds."""
        self.send(encode(Quit()))
        self._process.join(timeout)
        return self._process.exitcode is not None

    def kill(self, timeout: float = 5.0) -> bool:
        """End it whatever it is doing; True if it is gone within ``timeout`` seconds."""
        self._process.kill()
        self._process.join(timeout)
        return self._process.exitcode is not None

    def close(self) -> None:
        """Close the pipe; an engine that still runs ends by that, and what its set started ends
        with one that is gone. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            self._connection.close()
        self._pulse.close()
        if self.exitcode is not None:
            end_group(self.pid)


def start_engine(
    options: dict[str, Any],
    target: str = ENGINE,
    show: Callable[[list[str]], None] | None = None,
) -> EngineProcess:
    """Start an engine with ``options`` (see docs/internals.md, "Messages").

    What it prints is handed to ``show`` in lines, no more than one can read; without it, and on
    Windows, it goes to the terminal. It ends when the stage does, even by ``kill -9``. ``target``
    is ``"module:function"``. Raises OSError if there is no memory or no process to be had.
    """
    back_to(options.get("folder"))
    ours, theirs = multiprocessing.Pipe(duplex=True)
    output, printing, reading = None, None, -1
    if show is not None and sys.platform != "win32":
        from_it, printing = multiprocessing.Pipe(duplex=False)
        reading = os.dup(from_it.fileno())
        from_it.close()
    pulse = Pulse.create()
    options = {**options, "pulse": pulse.name}
    try:
        process = _started((theirs, printing, options, target))
    except BaseException:
        pulse.close()
        ours.close()
        if reading >= 0:
            os.close(reading)
        raise
    finally:
        theirs.close()
        if printing is not None:
            printing.close()
    if show is not None and reading >= 0:
        output = EngineOutput(reading, show)
    return EngineProcess(process, ours, pulse, output)


def _started(arguments: tuple[Any, ...]) -> BaseProcess:
    """The process; one of its own where the process that engines are forked from cannot be reached:
    that died this moment, or its socket was cleared away."""
    methods = ("forkserver", "spawn") if sys.platform == "linux" else ("spawn",)
    why: OSError | EOFError | None = None
    for method in methods:
        context: Any = multiprocessing.get_context(method)
        process: BaseProcess = context.Process(
            target=_play, args=arguments, name="livegan engine", daemon=True
        )
        try:
            with for_a_child():
                process.start()
        except (OSError, EOFError) as error:
            why = error
        else:
            return process
    raise OSError(str(why)) from why


def prepare() -> None:
    """Start the process that engines are forked from, if there is none; it ends with this thread.

    It imports what is heavy and does nothing else, so an engine that died is back in half the time
    of its first start. Only on Linux.
    """
    if sys.platform == "linux":
        forkserver.set_forkserver_preload(list(HEAVY))
        with for_a_child():
            forkserver.ensure_running()


def death(exitcode: int | None) -> str:
    """How a process ended, in words: "killed by SIGKILL", "ended with status 3"."""
    if exitcode is None:
        return "does not answer"
    if exitcode < 0:
        try:
            return f"killed by {signal.Signals(-exitcode).name}"
        except ValueError:
            return f"killed by signal {-exitcode}"
    return f"ended with status {exitcode}"


def _play(
    connection: Connection, printing: Connection | None, options: dict[str, Any], target: str
) -> None:
    """The engine process, from its first line."""
    if hasattr(os, "setpgid"):
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)  # see `end_group`
    os.environ.pop(SAFE_PATH, None)  # it is not for what a set starts
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if printing is not None:
        os.dup2(printing.fileno(), 1)
        os.dup2(printing.fileno(), 2)
        printing.close()
        # Made anew: where a file was redirected to, streams think that they can still seek in it.
        how: dict[str, Any] = {"buffering": 1, "errors": "backslashreplace", "closefd": False}
        sys.stdout, sys.stderr = open(1, "w", **how), open(2, "w", **how)  # noqa: SIM115
    faulthandler.enable(2)  # a segfault in a set says where
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR2, 2)  # see Engine.ask_where
    _leave_with_parent()
    module, _, function = target.partition(":")
    getattr(importlib.import_module(module), function)(connection, options)


def _leave_with_parent() -> None:
    """Leave when the stage is gone, also from code that never comes back to the interpreter.

    The thread needs the interpreter lock, which such code holds; Linux kills without asking.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def leave() -> None:
        parent.join()
        # The pipe has closed, so an engine that is well is on its way out.
        threading.Event().wait(ORPHANED)
        os._exit(1)

    threading.Thread(target=leave, name="parent", daemon=True).start()
    end_with_parent()
