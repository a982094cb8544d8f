"""Films side by side: processes that take one film after the other, and may die of one."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from livegan.dataset.condition import EncoderError
from livegan.dataset.film import BadFilm
from livegan.dataset.pairs import PairSettings, Progress, film_pairs
from livegan.dataset.report import FilmReport
from livegan.ipc.shares import Done, errors_sent, share_out, tasks_of, threads_each
from livegan.ipc.spawned import Begin, ShareProcess, spawned


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
    tasks: Sequence[Task],
    out: Path,
    settings: PairSettings,
    jobs: int,
    progress: Progress | None,
    begin: Begin = spawned,
) -> list[FilmReport]:
    """Reports in the order of the tasks, made by ``jobs`` processes.

    A process that dies, as of a fault in a decoder, costs the film that it was at; another takes
    its place. If its machine may have died, the film is tried once more.

    Raises
    ------
    EncoderError
        If an encoder cannot be handed to another process.
    """
    try:
        given = pickle.dumps((out, settings))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        fix = "encoders that are no plugin's need jobs=1"
        raise EncoderError(f"the encoders cannot be handed to another process; {fix}") from error
    tried: set[int] = set()

    def lost(number: int, worker: ShareProcess) -> FilmReport | None:
        if worker.elsewhere and number not in tried:
            tried.add(number)
            return None
        path = tasks[number].path
        fix = "a fault in a decoder; convert the film, or leave it out"
        return FilmReport(str(path), error=f"{path}: its process died ({worker.ended()}): {fix}")

    def told(number: int, message: tuple[str, float, int]) -> None:
        if progress is not None:
            progress(*message)

    jobs = min(jobs, len(tasks))
    return share_out(tasks, serve, (given, jobs), jobs, lost=lost, told=told, begin=begin)


def serve(connection: Connection, number: int, given: bytes, jobs: int) -> None:
    """What a process does: one film after the other."""
    import torch

    torch.set_num_threads(1)

    def told(name: str, done: float, pairs: int) -> None:
        connection.send((name, done, pairs))

    with errors_sent(connection):
        out, settings = pickle.loads(given)
        threads = threads_each(jobs)
        for task in tasks_of(connection):
            report = attempt(task, out, settings, threads=threads, progress=told)
            connection.send(Done(report))
