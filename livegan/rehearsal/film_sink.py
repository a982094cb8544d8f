"""The film of a rehearsal, in pieces: one that was interrupted is continued."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from livegan import __version__
from livegan.engine.program.picture_bytes import as_words
from livegan.engine.program.player import TRIAL_S, Player
from livegan.film.pieces import PiecedFilm, PieceSink
from livegan.journal.engine_record import digest
from livegan.journal.made_with import versions
from livegan.saving import save_png
from livegan.size import Size
from livegan.sound import RATE

AHEAD_S = 5.0
"""Seconds that the flash guard has seen before the first picture of a piece."""
SOUND = "sound.f32"
"""The sound so far, beside the pieces: (n, 2) float32."""


class Unsure(Exception):
    """Pictures that were passed by would have mattered: all are to be drawn."""


class FilmSink:
    """Takes pictures in order, and the sound that is heard with them."""

    def __init__(
        self, film: PiecedFilm, pieces: PieceSink, sound: Callable[[int, int], Any]
    ) -> None:
        self.film, self._pieces, self._sound = film, pieces, sound
        self._place = film.folder / SOUND
        self._file = self._place.open("wb")
        self._heard = self.count = 0

    def wants(self, index: int) -> bool:
        """Whether a picture belongs to a piece that is not there yet."""
        return self._pieces.wants(index)

    def needs(self, index: int, fps: float, player: Player, edits: Sequence[Any]) -> bool:
        """Whether a picture must be drawn: it is to be written, or one soon after it, or another
        program dissolves from it."""
        ahead = index + round(AHEAD_S * fps)
        if self.wants(index) or self.wants(ahead) or player.cued is not None:
            return True
        settled = player.now.time - player.since > TRIAL_S
        saved = bool(edits) and edits[0][0].at <= player.now.time + 2 / fps
        return saved or not settled

    def begins(self, index: int) -> bool:
        """Whether this is the first picture to be written after some that are there."""
        return index > 0 and self.wants(index) and not self.wants(index - 1)

    def write(self, index: int, pixels: Any) -> None:
        """Take a picture; None where it is not wanted."""
        self._pieces.write(index, pixels)
        self.count = index + 1
        until = int(self.count / self.film.rate * RATE)
        self._file.write(np.ascontiguousarray(self._sound(self._heard, until)).data)
        self._heard = until

    def join(self) -> None:
        """Make the film of the pieces."""
        self._pieces.end()
        self._file.close()
        with self._place.open("rb") as heard:

            def sound(start: int, stop: int) -> Any:
                heard.seek(8 * start)
                data = heard.read(8 * (stop - start))
                return np.frombuffer(data, np.float32).reshape(-1, 2)

            self.film.join(sound, self.count)

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()


@contextlib.contextmanager
def sinks(
    film: PiecedFilm | None, frames: Path | None, sound: Callable[[int, int], Any], told: Any
) -> Iterator[tuple[FilmSink | None, Callable[[int, Any], None]]]:
    """The film, if there is one, and where pictures go: to it, to a folder, to both or neither.

    ``told`` receives a line if a film is continued. The film is whole when the block ends well.
    """
    with contextlib.ExitStack() as stack:
        sink: FilmSink | None = None
        if film is not None:
            stack.enter_context(film.alone())
            kept = film.begin()
            if kept:
                told(f"continued: {len(kept)} pieces of the film are there already")
            pieces = stack.enter_context(PieceSink(film, kept))
            sink = FilmSink(film, pieces, sound)
            stack.callback(sink.close)
        if frames is not None:
            frames.mkdir(parents=True, exist_ok=True)

        def write(index: int, pixels: Any) -> None:
            if sink is not None:
                sink.write(index, pixels)
            if frames is not None:
                save_png(frames / f"{index:06d}.png", as_bytes_of(pixels))

        yield sink, write
        if sink is not None and sink.count:
            sink.join()


def as_bytes_of(pixels: Any) -> Any:
    """(H, W, 3) uint8 of a picture that may be uint16."""
    return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)


def deepened(pixels: Any, guarded: Any, picture: Any) -> Any:
    """A picture of more than 8 bits, (H, W, 3) uint16: as it was drawn if the flash guard left it
    as it was."""
    if guarded is pixels:
        return as_words(picture)
    return guarded.astype(np.uint16) * np.uint16(257)


def film_of(
    what: Any, made: str, edits: Sequence[tuple[Any, str]], device: tuple[str, str]
) -> dict[str, Any]:
    """All that the pictures of a `Rehearsal` depend on; ``made`` is the fingerprint of its set."""
    files = [*filter(None, [what.audio]), *what.inputs.values()]
    stamps = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files if f.is_file()]
    controls = what.controls
    return {
        "set": digest(made.encode(errors="surrogateescape")),
        "edits": [(edit.at, digest(text.encode(errors="surrogateescape"))) for edit, text in edits],
        "sound": [str(what.audio), stamps, what.start, what.seconds, what.bpm],
        "size": Size.read(what.size).plain,
        "seed": what.seed,
        "device": device,
        "flash_guard": what.flash_guard,
        "controls": [repr(getattr(controls, "values", "")), repr(getattr(controls, "curves", ""))],
        "with": what.stand_ins,
        "versions": {"livegan": __version__, **versions()},
    }
