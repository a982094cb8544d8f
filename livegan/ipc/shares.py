"""Tasks that several processes share: each takes one after the other, and may die of one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from livegan.ipc.spawned import Begin, NoPlace, ShareProcess, cores, spawned

THREADS = "LIVEGAN_SHARE_THREADS"
"""Variable with the threads that a process may use, where it is not this machine that is shared."""


@dataclass(frozen=True)
class Done:
    """What a process sends when it is done with a task."""

    result: Any


def share_out(
    tasks: Sequence[Any],
    serve: Callable[..., None],
    given: tuple[Any, ...],
    jobs: int,
    *,
    lost: Callable[[int, ShareProcess], Any],
    told: Callable[[int, Any], None] = lambda number, message: None,
    begin: Begin = spawned,
) -> list[Any]:
    """The results in the order of the tasks, made by ``jobs`` processes.

    Parameters
    ----------
    serve : what each process runs, as ``serve(connection, number, *given)``; ``number`` counts the
        processes that work at once, from 0. It takes its tasks from `tasks_of`.
    lost : called with the number of a task whose process died, and that process. Gives the result,
        or None for the task to be tried again.
    told : called with the number of a task and what its process sends besides the result.
    begin : begins a process, here or on another machine.

    Raises
    ------
    Exception
        What a process sent because it can do no task at all, and what ``lost`` raises.
    """
    results: dict[int, Any] = {}
    waiting = deque(range(len(tasks)))
    with contextlib.ExitStack() as stack:
        at: dict[Connection, tuple[int, int, ShareProcess]] = {}
        free: list[tuple[Connection, int, ShareProcess]] = []
        numbers = list(reversed(range(jobs)))
        while waiting or at:
            while waiting and len(at) < jobs:
                if not free:
                    try:
                        begun = stack.enter_context(begin(serve, numbers[-1], *given))
                    except NoPlace:  # those that work do it all
                        jobs = len(at)
                        break
                    free.append((begun[1], numbers.pop(), begun[0]))
                connection, number, worker = free.pop()
                task = waiting.popleft()
                at[connection] = task, number, worker
                with contextlib.suppress(OSError):  # it is dead; the next wait says so
                    connection.send(tasks[task])
            for ready in wait(list(at)):
                assert isinstance(ready, Connection)
                task, number, worker = at[ready]
                try:
                    message = ready.recv()
                except (EOFError, OSError):
                    del at[ready]
                    numbers.append(number)
                    result = lost(task, worker)
                    if result is None:
                        waiting.append(task)
                    else:
                        results[task] = result
                    continue
                if isinstance(message, BaseException):
                    raise message
                if isinstance(message, Done):
                    results[task] = message.result
                    free.append((ready, number, worker))
                    del at[ready]
                else:
                    told(task, message)
    return [results[task] for task in range(len(tasks))]


def tasks_of(connection: Connection) -> Iterator[Any]:
    """In a process of `share_out`: its tasks, until no more come."""
    if threading.current_thread() is threading.main_thread():
        # Ctrl-C goes to all; the one that started us ends us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        yield task


@contextlib.contextmanager
def errors_sent(connection: Connection) -> Iterator[None]:
    """An error of the block is sent, and ends the whole work: with a full disk, for example, no
    other task could be done either."""
    try:
        yield
    except BrokenPipeError:  # nobody waits for it any more
        return
    except Exception as error:
        with contextlib.suppress(OSError):
            connection.send(error)


def threads_each(jobs: int) -> int:
    """Threads for one of ``jobs`` processes."""
    return int(os.environ.get(THREADS, 0)) or max(1, cores() // jobs)
