"""A film in pieces: what is written stays if its maker is interrupted, and pieces may be made at
once.

The film is the same however its pieces came to be: they are of fixed length, and each is encoded
by itself.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from filelock import FileLock, Timeout

from livegan.files import location
from livegan.film.form import CODECS, FilmError, Form, form_of, with_codec
from livegan.film.frames import FrameFiles
from livegan.film.writer import FilmWriter
from livegan.lock import UNABLE
from livegan.saving import STEM, write_bytes
from livegan.sound import RATE

SECONDS = 10.0
"""The length of a piece."""
WHAT = "film.json"
"""What the pieces of a folder are of."""


class PiecedFilm:
    """A film of ``total`` pictures, or of as many as come; ``path`` and ``codec`` say its form.

    ``what`` is all that the pictures depend on: pieces that are there of the same are kept. They
    lie in a hidden folder beside the film until that is whole. Pictures are (H, W, 3) uint8, or
    uint16 if ``form.deep``.
    """

    def __init__(self, path: Path, fps: float, what: dict[str, Any], codec: str = "") -> None:
        self.path, self.fps = path, fps
        self.form = form_of(path, codec)
        self.rate = Fraction(fps).limit_denominator(100_000)
        self.length = max(1, round(SECONDS * fps))
        """Pictures in a piece."""
        self.folder = path.with_name(f".{path.stem[:STEM]}{path.suffix}.pieces")
        self.what = {"fps": fps, "codec": codec, **what}
        self._files = FrameFiles(path, self.form) if self.form.files else None
        self._piece_form = piece_form(self.form)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from the same film. `FilmError` if one writes it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder.with_suffix(".lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise FilmError(
                f"{self.path} is being written by another process; wait for it, or write another"
            ) from None
        except OSError as error:
            if error.errno not in UNABLE:
                raise FilmError(
                    f"{self.path}: a film cannot be written there: {error.strerror}"
                ) from None
        try:
            yield
        finally:
            lock.release()
            with contextlib.suppress(OSError):
                Path(lock.lock_file).unlink(missing_ok=True)
                if not any(p.stem.isdecimal() for p in self.folder.iterdir()):
                    self.remove()  # there is nothing to continue

    def begin(self) -> list[int]:
        """Keep pieces of the same film, and remove those of another; the numbers of those kept.

        `FilmError` if nothing can be written there.
        """
        said = json.dumps(self.what, sort_keys=True, default=str)
        place = self.folder / WHAT
        try:
            if place.is_file() and place.read_text(encoding="utf-8") == said:
                kept = sorted(int(p.stem) for p in self.folder.iterdir() if p.stem.isdecimal())
                return [number for number in kept if self._is_whole(number)]
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            write_bytes(place, said.encode())
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise FilmError(f"{self.path}: a film cannot be written there: {why}") from None
        return []

    def _is_whole(self, number: int) -> bool:
        if self._files is None:
            return True
        count = int(self.piece(number).read_text(encoding="ascii"))
        first = number * self.length
        return all(self._files.place(index).is_file() for index in range(first, first + count))

    def piece(self, number: int) -> Path:
        """Where a piece lies; of a form with a file for each picture, how many are in it."""
        return self.folder / f"{number:06d}{'.txt' if self._files else self._suffix}"

    @property
    def _suffix(self) -> str:
        return ".mov" if self.form.joins else ".mkv"

    @contextlib.contextmanager
    def writing(self, number: int) -> Iterator[Callable[[Any], None]]:
        """A function that writes the next picture of a piece; whole when the block ends well."""
        if self._files is None:
            with FilmWriter(self.piece(number), self.fps, form=self._piece_form) as writer:
                yield writer.write
            return
        count, files = 0, self._files

        def write(pixels: Any) -> None:
            nonlocal count
            files.write(number * self.length + count, pixels)
            count += 1

        yield write
        write_bytes(self.piece(number), str(count).encode())

    def join(self, sound: Callable[[int, int], Any] | None, count: int) -> None:
        """Make the film of its pieces, of ``count`` pictures together, with its sound.

        `FilmError` if it cannot be written; the pieces stay then.
        """
        pieces = [self.piece(number) for number in range(-(-count // self.length))]
        missing = next((piece for piece in pieces if not piece.is_file()), None)
        if missing is not None:
            raise FilmError(f"{self.path}: its piece {missing} is gone; run the command again")
        if self._files is not None:
            if sound is not None:
                self._files.write_sound(sound, int(count / self.rate * RATE))
        else:
            with FilmWriter(self.path, self.fps, sound, form=self.form) as writer:
                for piece in pieces:
                    if self.form.joins:
                        writer.copy(piece)
                        continue
                    for pixels in pictures_of(piece, self.form.deep):
                        writer.write(pixels)
        self.remove()

    def remove(self) -> None:
        """Remove the pieces."""
        shutil.rmtree(self.folder, ignore_errors=True)


class PieceSink:
    """Takes the pictures of a film in order and writes those of the pieces that are not there."""

    def __init__(self, film: PiecedFilm, kept: list[int]) -> None:
        self._film, self._kept = film, set(kept)
        self._stack = contextlib.ExitStack()
        self._open: int | None = None
        self._write: Callable[[Any], None] = lambda pixels: None
        self.deep = film.form.deep
        """Whether pictures may be uint16."""

    def wants(self, index: int) -> bool:
        """Whether a picture belongs to a piece that is not there yet."""
        return index // self._film.length not in self._kept

    def write(self, index: int, pixels: Any) -> None:
        """Take a picture; None for one that is not wanted."""
        number = index // self._film.length
        if number != self._open:
            self.end()
            if self.wants(index):
                self._write = self._stack.enter_context(self._film.writing(number))
                self._open = number
        if self._open is not None:
            self._write(pixels)

    def end(self) -> None:
        """The piece that is written is whole."""
        self._open = None
        self._stack.close()

    def __enter__(self) -> PieceSink:
        return self

    def __exit__(self, *error: Any) -> None:
        if error[0] is None and self._open is not None:  # not whole, so it must not stay
            unfinished = FilmError(f"{self._film.path} is not finished")
            error = (FilmError, unfinished, None)
        self._stack.__exit__(*error)


def piece_form(form: Form) -> Form:
    """How pieces of a film are written: as the film is, or without loss if those cannot be
    joined."""
    if form.joins:
        return replace(form, container="mov", audio="", wrap={})
    lossless = with_codec(Form("matroska"), CODECS["ffv1"])
    return replace(lossless, pixels="rgb48le" if form.deep else "bgr0", audio="")


def pictures_of(piece: Path, deep: bool) -> Iterator[Any]:
    """The pictures of a piece without loss: (H, W, 3) uint8, or uint16 if ``deep``."""
    with av.open(location(piece)) as source:
        for frame in source.decode(video=0):
            yield frame.to_ndarray(format="rgb48le" if deep else "rgb24")
