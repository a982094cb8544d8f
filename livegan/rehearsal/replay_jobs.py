"""A replay by several processes at once, each of which plays a part of the show."""

from __future__ import annotations

import contextlib
import signal
import sys
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from livegan.film.pieces import PiecedFilm
from livegan.ipc.spawned import cores, ended, spawned
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
    what: Replay, film: PiecedFilm | None, kept: list[int], progress: Progress, note: Note
) -> Replayed:
    """Play all that is not in ``kept``, by ``what.jobs`` processes.

    Raises
    ------
    JournalError
        If a part's process died again and again.
    """
    length = film.length if film is not None else max(1, -(-what.count // what.jobs))
    pieces = range(-(-what.count // length))
    waiting = parts_of(what.count, length, [n for n in pieces if n not in kept], what.jobs)
    total = sum(part.last - part.first for part in waiting)
    result, done = Replayed(), dict.fromkeys(waiting, 0.0)
    deaths: dict[ReplayPart, int] = {}
    told: set[str] = set()
    unsure: list[ReplayPart] = []
    given = {**vars(what), "journal": what.journal.folder}
    with contextlib.ExitStack() as stack:
        at: dict[Connection, tuple[ReplayPart, BaseProcess]] = {}
        while waiting or at:
            while waiting and len(at) < what.jobs:
                part = waiting.pop(0)
                process, connection = stack.enter_context(spawned(serve, given, part, len(at)))
                at[connection] = part, process
            for ready in wait(list(at)):
                assert isinstance(ready, Connection)
                part, process = at[ready]
                try:
                    message = ready.recv()
                except (EOFError, OSError):
                    del at[ready]
                    deaths[part] = deaths.get(part, 0) + 1
                    if deaths[part] == ATTEMPTS:
                        raise JournalError(
                            f"the process of pictures {part.first} to {part.last} died "
                            f"{ATTEMPTS} times ({ended(process)}); use fewer --jobs"
                        ) from None
                    waiting.append(part)
                    continue
                if isinstance(message, BaseException):
                    raise message
                if isinstance(message, str):
                    if message not in told:
                        told.add(message)
                        note(message)
                elif isinstance(message, Replayed):
                    del at[ready]
                    if message.unsure:
                        unsure.append(part)
                    else:
                        result.add(message)
                        done[part] = part.last - part.first
                else:
                    done[part] = float(message)
                progress("replaying", sum(done.values()), total)
    for part in sorted(unsure, key=lambda part: part.first):
        others = [n for n in pieces if n not in part.pieces]
        again = play_part(what, film, others, part.first, part.last, progress, note, draw_all=True)
        result.add(replace(again, unsure=False))
    return result


def serve(connection: Connection, given: dict[str, Any], part: ReplayPart, number: int) -> None:
    """What a process does: it plays its part and sends how far it is, lines, and the result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; who started us ends us
    import torch

    what = Replay(**{**given, "journal": Journal(given["journal"])})
    torch.set_num_threads(max(1, cores() // what.jobs))
    if what.device in ("auto", "cuda") and torch.cuda.device_count() > 1:
        what.device = f"cuda:{number % torch.cuda.device_count()}"

    def progress(doing: str, done: float, total: float) -> None:
        if doing == "replaying":
            connection.send(done)

    try:
        film = what.film
        count = -(-what.count // film.length) if film is not None else 0
        others = [n for n in range(count) if n not in part.pieces]
        connection.send(
            play_part(what, film, others, part.first, part.last, progress, connection.send)
        )
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        with contextlib.suppress(OSError):
            connection.send(error)
