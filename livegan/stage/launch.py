"""The engine as the stage sees it: a process to start, talk to and end."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

ENGINE = "livegan.engine.process:run"
"""What the child imports and calls with (connection, options): a name, for the stage imports no
engine."""

Message = dict[str, Any]
ORPHANED = 5.0  # seconds an engine has to leave by itself when the stage is gone
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class Engine:
    """One engine process and its pipe. Made by `start_engine`."""

    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self._process = process
        self._connection = connection

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid or 0

    @property
    def exitcode(self) -> int | None:
        """None while it runs, else its exit status, negative for the signal that killed it."""
        return self._process.exitcode

    def send(self, message: Message) -> None:
        """Send a message; one to an engine that is gone is dropped."""
        with contextlib.suppress(OSError, ValueError):
            self._connection.send(message)

    def receive(self) -> Message | None:
        """The next message, waiting for it; None once the engine is gone."""
        try:
            message: Message = self._connection.recv()
        except (EOFError, OSError, TypeError, ValueError):
            # A TypeError is what a connection that was closed meanwhile raises.
            return None
        except Exception as error:  # half a message of a process that was killed
            return {"type": "note", "text": f"the engine sent what cannot be read: {error}"}
        return message

    def quit(self, timeout: float) -> bool:
        """Ask it to end and wait; True if it did within ``timeout`` seconds."""
        self.send({"type": "quit"})
        self._process.join(timeout)
        return self._process.exitcode is not None

    def kill(self, timeout: float = 5.0) -> bool:
        """End it whatever it is doing; True if it is gone within ``timeout`` seconds."""
        self._process.kill()
        self._process.join(timeout)
        return self._process.exitcode is not None

    def close(self) -> None:
        """Close the pipe; an engine that still runs ends by that."""
        with contextlib.suppress(OSError):
            self._connection.close()


def start_engine(options: Message, target: str = ENGINE) -> Engine:
    """Start an engine with ``options`` (see docs/internals.md, "Messages").

    Its output goes to the terminal. It ends when the stage does, even by ``kill -9``. ``target``
    is ``"module:function"``.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=True)
    process = context.Process(
        target=_play, args=(theirs, options, target), name="livegan engine", daemon=True
    )
    with _terminal_signals_blocked(), _main_left_out():
        process.start()
    theirs.close()
    return Engine(process, ours)


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


@contextlib.contextmanager
def _terminal_signals_blocked() -> Iterator[None]:
    """A child started in here never sees Ctrl-C or a closed terminal: the stage ends it in order.

    The mask is inherited, and holds already while the child's interpreter starts.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _main_left_out() -> Iterator[None]:
    """A child started in here does not import the program that the stage was started with.

    Spawned processes do, for the functions it may hold; the engine needs none, and the command
    line takes longer to import than all else that comes before the engine.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _play(connection: Connection, options: Message, target: str) -> None:
    """The engine process, from its first line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()  # a segfault in a set says where
    _end_with_parent()
    module, _, function = target.partition(":")
    run: Callable[[Connection, Message], None] = getattr(importlib.import_module(module), function)
    run(connection, options)


def _end_with_parent() -> None:
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
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
