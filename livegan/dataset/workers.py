"""Films side by side: processes that take one film after the other, and may die of one."""

from __future__ import annotations

import contextlib
import pickle
import signal
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from livegan.dataset.condition import EncoderError
from livegan.dataset.film import BadFilm
from livegan.dataset.pairs import PairSettings, Progress, film_pairs
from livegan.dataset.report import FilmReport
from livegan.ipc.spawned import cores, ended, spawned


@dataclass(frozen=True)
class Task:
    """A film to be made pairs of, and whether it is held out."""

    path: Path
    held_out: bool


def attempt(task: Task, out: Path, settings: PairSettings, **how: Any) -> FilmReport:
    """The pairs of a film, or a report of why there are none."""
    try:
        report = film_pairs(task.path, out, settings, held_out=task.held_out, **how)
    except (BadFilm, EncoderError) as error:
        return FilmReport(str(task.path), error=str(error))
    if (progress := how.get("progress")) is not None:
        progress(task.path.name, 1.0, len(report.pairs))
    return report


def side_by_side(
    tasks: Sequence[Task], out: Path, settings: PairSettings, jobs: int, progress: Progress | None
) -> list[FilmReport]:
    """Reports in the order of the tasks, made by ``jobs`` processes.

    A process that dies, as of a fault in a decoder, costs the film that it was at; another takes
    its place.  Processes end with the one that started them, whatever ends it.

    Raises
    ------
    EncoderError
        If an encoder cannot be handed to another process.
    """
    try:
        given = pickle.dumps((out, settings, max(1, cores() // jobs)))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        fix = "encoders that are no plugin's need jobs=1"
        raise EncoderError(f"the encoders cannot be handed to another process; {fix}") from error
    reports: dict[int, FilmReport] = {}
    waiting = deque(enumerate(tasks))
    with contextlib.ExitStack() as stack:
        crew = [stack.enter_context(spawned(serve, given)) for _ in range(min(jobs, len(tasks)))]
        at: dict[Connection, int] = {}
        free = [connection for _, connection in crew]
        processes = {connection: process for process, connection in crew}
        while waiting or at:
            while free and waiting:
                number, task = waiting.popleft()
                connection = free.pop()
                at[connection] = number
                with contextlib.suppress(OSError):  # it is dead; the next wait says so
                    connection.send(task)
            for ready in wait(list(at)):
                assert isinstance(ready, Connection)
                number = at[ready]
                try:
                    message = ready.recv()
                except (EOFError, OSError):
                    reports[number] = _lost(tasks[number], processes.pop(ready))
                    del at[ready]
                    process, connection = stack.enter_context(spawned(serve, given))
                    processes[connection] = process
                    free.append(connection)
                    continue
                if isinstance(message, FilmReport):
                    reports[number] = message
                    free.append(ready)
                    del at[ready]
                elif isinstance(message, BaseException):
                    raise message
                elif progress is not None:
                    progress(*message)
    return [reports[number] for number in range(len(tasks))]


def _lost(task: Task, process: BaseProcess) -> FilmReport:
    fix = "a fault in a decoder; convert the film, or leave it out"
    return FilmReport(
        str(task.path), error=f"{task.path}: its process died ({ended(process)}): {fix}"
    )


def serve(connection: Connection, given: bytes) -> None:
    """What a process does: one film after the other, until the pipe closes."""
    # Ctrl-C goes to all; the one that started us ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import torch

    torch.set_num_threads(1)
    try:
        out, settings, threads = pickle.loads(given)

        def told(name: str, done: float, pairs: int) -> None:
            connection.send((name, done, pairs))

        while True:
            try:
                task = connection.recv()
            except (EOFError, OSError):
                return
            connection.send(attempt(task, out, settings, threads=threads, progress=told))
    except Exception as error:  # such as a full disk: no other film could be written either
        with contextlib.suppress(OSError):
            connection.send(error)
