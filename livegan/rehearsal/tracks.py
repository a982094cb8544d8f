"""A set rehearsed with many tracks, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from livegan.engine.commit.script import Refusal
from livegan.film import FilmError
from livegan.ipc.shares import Done, errors_sent, share_out, tasks_of, threads_each
from livegan.ipc.spawned import Begin, ShareProcess, spawned
from livegan.rehearsal.rehearsing import Rehearsal, rehearse
from livegan.sound.media import MediaError

TrackProgress = Callable[[str, int, int], None]
"""Called with the name of a track, its pictures that are drawn, and all of them."""


@dataclass(frozen=True)
class RehearsalTrack:
    """A sound file, and where its film and its report go."""

    audio: Path
    out: Path | None = None
    report: Path | None = None


@dataclass(frozen=True)
class TrackResult:
    """What became of a track."""

    audio: Path
    frames: int = 0
    faults: tuple[str, ...] = ()
    error: str = ""
    """Why there is nothing."""


def rehearse_tracks(
    what: Rehearsal,
    tracks: Sequence[RehearsalTrack],
    jobs: int = 1,
    *,
    progress: TrackProgress = lambda name, done, total: None,
    begin: Begin = spawned,
) -> list[TrackResult]:
    """``what`` with each of the tracks in place of its sound, in their order.

    ``jobs`` tracks at a time, each in a process that ``begin`` begins. A track that cannot be
    played, or that kills its process, costs only itself.
    """
    tried: set[int] = set()

    def lost(number: int, worker: ShareProcess) -> TrackResult | None:
        if worker.elsewhere and number not in tried:  # its machine may be gone: another plays it
            tried.add(number)
            return None
        return TrackResult(tracks[number].audio, error=f"its process died ({worker.ended()})")

    def told(number: int, message: tuple[int, int]) -> None:
        progress(tracks[number].audio.name, *message)

    jobs = max(1, min(jobs, len(tracks)))
    return share_out(tracks, serve, (what, jobs), jobs, lost=lost, told=told, begin=begin)


def serve(connection: Connection, number: int, what: Rehearsal, jobs: int) -> None:
    """What a process does: one track after the other."""
    import torch

    torch.set_num_threads(threads_each(jobs))
    with errors_sent(connection):
        for track in tasks_of(connection):
            own = replace(what, audio=track.audio, out=track.out, report=track.report)
            try:
                made = rehearse(own, progress=lambda *far: connection.send(far)).report
            except (Refusal, MediaError, FilmError) as error:
                connection.send(Done(TrackResult(track.audio, error=str(error))))
                continue
            faults = tuple(
                f"{fault['at']:.2f} s  {fault['node']}: {fault['reason']}"
                for fault in made["faults"]
            )
            connection.send(Done(TrackResult(track.audio, made["frames"], faults)))
