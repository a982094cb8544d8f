"""A show played again from its journal: the same frames of the same programs.

At the size that was shown, on the same kind of device, each picture has the same bits; a
fingerprint in the journal tells whether it has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livegan.film.pieces import PiecedFilm
from livegan.ipc.spawned import Begin, spawned
from livegan.journal.lines import JournalError
from livegan.rehearsal.materials import other_versions
from livegan.rehearsal.replay_jobs import play_at_once
from livegan.rehearsal.replay_part import (
    FilmSound,
    Note,
    Progress,
    Replay,
    Replayed,
    play_part,
)


def replay(
    what: Replay,
    *,
    progress: Progress = lambda doing, done, total: None,
    note: Note = lambda text: None,
    on_frame: Callable[[float, Any], None] | None = None,
    begin: Begin = spawned,
) -> Replayed:
    """Play a show again. ``on_frame`` is called with the show time and the pixels of each frame.

    A film that was interrupted is continued. ``begin`` begins the processes of ``what.jobs``, here
    or on other machines (`livegan.ipc.cluster`).

    Raises
    ------
    JournalError
        If the journal cannot be read, or nothing in it can be played.
    livegan.film.FilmError
        If the film cannot be written.
    """
    engines = what.journal.engines
    for line in what.journal.trouble:
        note(line)
    if not engines:
        raise JournalError(f"{what.journal.folder} has no frames: the show drew none")
    if what.since >= what.end:
        raise JournalError(
            f"there is nothing from {what.since:g} s: the show ends at {what.end:.1f} s"
        )
    others = list(other_versions(what.journal.show))
    if others:
        note(f"the show was played with {', '.join(others)}: pictures may differ in their bits")
    film = what.film
    if film is None:
        result = play_all(what, None, [], progress, note, on_frame, begin)
    else:
        with film.alone():
            kept = film.begin()
            if kept:
                pieces = -(-what.count // film.length)
                note(f"continued: {len(kept)} of {pieces} pieces of the film are there already")
            result = play_all(what, film, kept, progress, note, on_frame, begin)
            if result.frames or kept:
                progress("joining", what.count, what.count)
                film.join(FilmSound(what), what.count)
    if not result.frames and not (film and kept):
        raise JournalError(
            f"nothing of {what.journal.folder.name} can be played again: "
            f"{result.refused or 'its texts were not kept'}"
        )
    return result


def play_all(
    what: Replay,
    film: PiecedFilm | None,
    kept: list[int],
    progress: Progress,
    note: Note,
    on_frame: Callable[[float, Any], None] | None,
    begin: Begin,
) -> Replayed:
    """Play the parts of a film that are not there yet; the whole if there is no film."""
    if what.jobs > 1 or begin is not spawned:
        return play_at_once(what, film, kept, progress, note, begin)
    count = what.count
    missing = [n for n in range(-(-count // film.length)) if n not in kept] if film else [0]
    if not missing:
        return Replayed()
    first = missing[0] * film.length if film else 0
    for draw_all in (False, True):
        done = play_part(what, film, kept, first, count, progress, note, on_frame, draw_all)
        if not done.unsure:
            break
        kept = kept if film is None else []
    return done
