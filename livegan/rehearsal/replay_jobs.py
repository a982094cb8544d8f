"""A replay by several processes at once, each of which plays a part of the show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from livegan.film.pieces import PiecedFilm
from livegan.ipc.shares import Done, errors_sent, share_out, tasks_of, threads_each
from livegan.ipc.spawned import Begin, ShareProcess, spawned
from livegan.journal.folder import Journal
from livegan.journal.lines import JournalError
from livegan.rehearsal.replay_part import Note, Progress, Replay, Replayed, play_part

ATTEMPTS = 3
"""How often a part is begun whose process dies."""


@dataclass(frozen=True)
class ReplayPart:
    """Pictures ``first`` to ``last`` of the film; ``pieces`` are the numbers to be written."""

    first: int
    last: int
    pieces: tuple[int, ...] = ()


def parts_of(count: int, length: int, missing: list[int], jobs: int) -> list[ReplayPart]:
    """The missing pieces, in runs of neighbours: at least as many as there are jobs, if possible.

    Each run begins with what is passed by, so long runs are better than short ones.
    """
    each = max(1, -(-len(missing) // jobs))
    runs: list[list[int]] = []
    for number in missing:
        if runs and len(runs[-1]) < each and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        ReplayPart(run[0] * length, min(count, (run[-1] + 1) * length), tuple(run)) for run in runs
    ]


def play_at_once(
    what: Replay,
    film: PiecedFilm | None,
    kept: list[int],
    progress: Progress,
    note: Note,
    begin: Begin = spawned,
) -> Replayed:
    """Play all that is not in ``kept``, by ``what.jobs`` processes, here or where ``begin`` begins
    them.

    Raises
    ------
    JournalError
        If a part's process died again and again.
    """
    length = film.length if film is not None else max(1, -(-what.count // what.jobs))
    pieces = range(-(-what.count // length))
    waiting = parts_of(what.count, length, [n for n in pieces if n not in kept], what.jobs)
    total = sum(part.last - part.first for part in waiting)
    progressed = dict.fromkeys(range(len(waiting)), 0.0)
    deaths = dict.fromkeys(progressed, 0)
    said: set[str] = set()

    def lost(number: int, worker: ShareProcess) -> None:
        deaths[number] += 1
        if deaths[number] == ATTEMPTS:
            part = waiting[number]
            raise JournalError(
                f"the process of pictures {part.first} to {part.last} died {ATTEMPTS} times "
                f"({worker.ended()}); use fewer --jobs"
            )

    def told(number: int, message: str | float) -> None:
        if isinstance(message, float):
            progressed[number] = message
            progress("replaying", sum(progressed.values()), total)
        elif message not in said:
            said.add(message)
            note(message)

    given = {**vars(what), "journal": what.journal.folder}
    made = share_out(waiting, serve, (given,), what.jobs, lost=lost, told=told, begin=begin)
    result, unsure = Replayed(), []
    for part, found in zip(waiting, made, strict=True):
        if found.unsure:
            unsure.append(part)
        else:
            result.add(found)
    for part in unsure:
        others = [n for n in pieces if n not in part.pieces]
        again = play_part(what, film, others, part.first, part.last, progress, note, draw_all=True)
        result.add(replace(again, unsure=False))
    return result


def serve(connection: Connection, number: int, given: dict[str, Any]) -> None:
    """What a process does: it plays its parts and sends how far it is, lines, and the results."""
    import torch

    with errors_sent(connection):
        what = Replay(**{**given, "journal": Journal(given["journal"])})
        torch.set_num_threads(threads_each(what.jobs))
        if what.device in ("auto", "cuda") and torch.cuda.device_count() > 1:
            what.device = f"cuda:{number % torch.cuda.device_count()}"

        def progress(doing: str, done: float, total: float) -> None:
            if doing == "replaying":
                connection.send(float(done))

        film = what.film
        count = -(-what.count // film.length) if film is not None else 0
        for part in tasks_of(connection):
            others = [n for n in range(count) if n not in part.pieces]
            connection.send(
                Done(
                    play_part(what, film, others, part.first, part.last, progress, connection.send)
                )
            )
