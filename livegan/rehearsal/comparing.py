"""Two shows compared: what was played, and what was seen at the same moments."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from livegan.film import FilmError, FilmWriter, form_of
from livegan.journal.folder import Journal
from livegan.journal.lines import JournalError
from livegan.journal.made_with import kept_files
from livegan.journal.timeline import timeline
from livegan.rehearsal.replay_part import FilmSound, Replay
from livegan.rehearsal.thumbnails import seen_at

SAMPLES = 2.0
"""Pictures a second that are compared where no film is written."""


@dataclass
class Comparison:
    """What differs between shows A and B, in numbers."""

    pictures: int = 0
    equal: int = 0
    """Pictures with the same bits."""
    difference: float = 0.0
    """The mean of all pictures' mean differences, in steps of 256."""
    largest: float = 0.0
    largest_at: float | None = None
    """Where the mean difference of a picture is largest, and how large."""
    brightness: tuple[float, float] = (0.0, 0.0)
    """Means of A and B, 0..1."""
    motion: tuple[float, float] = (0.0, 0.0)
    """Mean change from one compared picture to the next, in steps of 256."""
    lines: list[str] = field(default_factory=list)
    """What else differs, in words."""


def compare(
    a: Journal,
    b: Journal,
    *,
    out: Path | None = None,
    codec: str = "",
    fps: float = 0.0,
    device: str = "auto",
    progress: Callable[[str, float, float], None] = lambda doing, done, total: None,
    note: Callable[[str], None] = lambda text: None,
) -> Comparison:
    """Compare two shows at the same moments of show time; ``out`` is a film of both side by side,
    with the sound of A.

    Raises
    ------
    JournalError
        If one has nothing to play.
    livegan.film.FilmError
        If the film cannot be written.
    """
    for journal in (a, b):
        if not journal.engines:
            raise JournalError(f"{journal.folder} has no frames: the show drew none")
    end = min(a.seconds, b.seconds)
    begins = max(int(j.engines[0].frames["position"][0]) for j in (a, b)) / 48_000
    if begins >= end:
        raise JournalError(f"{a.folder.name} and {b.folder.name} have no moment in common")
    rate = (fps or Replay(a).rate) if out is not None else SAMPLES
    count = max(1, int((end - begins) * rate))
    times = [begins + index / rate for index in range(count)]
    result = Comparison(lines=list(in_words(a, b)))
    seen = PictureSums(result)
    pairs = zip(
        times,
        seen_at(a, times, device=device, note=note),
        seen_at(b, times, device=device, note=note),
        strict=True,
    )
    if out is None:
        for index, (at, left, right) in enumerate(pairs):
            seen.look(at, left, right)
            progress("comparing", index + 1, count)
    else:
        form = form_of(out, codec)
        if form.files:
            raise FilmError(f"{out}: two shows side by side are written as a film, such as .mp4")
        sound = FilmSound(Replay(a, since=begins))
        with FilmWriter(out, rate, sound, form=form) as film:
            for index, (at, left, right) in enumerate(pairs):
                seen.look(at, left, right)
                film.write(side_by_side(left, right))
                progress("comparing", index + 1, count)
    seen.finish()
    return result


class PictureSums:
    """Adds up how pictures of two shows differ."""

    def __init__(self, result: Comparison) -> None:
        self._result = result
        self._sums = np.zeros((3, 2))
        self._before: list[Any] = [None, None]

    def look(self, at: float, left: Any, right: Any) -> None:
        """Take the pictures of one moment, (H, W, 3) uint8 or None."""
        result = self._result
        for side, pixels in enumerate((left, right)):
            if pixels is None:
                continue
            self._sums[0, side] += 1
            self._sums[1, side] += pixels.mean() / 255
            before, self._before[side] = self._before[side], pixels
            if before is not None and before.shape == pixels.shape:
                self._sums[2, side] += apart(before, pixels)
        if left is None or right is None:
            return
        result.pictures += 1
        differs = apart(left, fitted_to(right, left.shape))
        result.equal += left.shape == right.shape and not differs
        result.difference += differs
        if differs > result.largest:
            result.largest, result.largest_at = differs, round(at, 2)

    def finish(self) -> None:
        """Work out the means."""
        result = self._result
        result.difference /= max(1, result.pictures)
        counts = np.maximum(1, self._sums[0])
        bright, moved = self._sums[1] / counts, self._sums[2] / counts
        result.brightness = float(bright[0]), float(bright[1])
        result.motion = float(moved[0]), float(moved[1])


def apart(a: Any, b: Any) -> float:
    """The mean difference of two pictures of one size, in steps of 256."""
    return float(np.abs(a.astype(np.int16) - b).mean())


def fitted_to(pixels: Any, shape: tuple[int, ...]) -> Any:
    """A picture at the height and width of another."""
    from PIL import Image

    if pixels.shape == shape:
        return pixels
    size = (shape[1], shape[0])
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def side_by_side(left: Any, right: Any) -> Any:
    """Two pictures beside each other, as high as the first; black for one that is not there."""
    if left is None and right is None:
        return np.zeros((64, 128, 3), np.uint8)
    left = np.zeros_like(right) if left is None else left
    right = np.zeros_like(left) if right is None else right
    height = left.shape[0]
    wide = max(1, round(right.shape[1] * height / right.shape[0]))
    return np.concatenate([left, fitted_to(right, (height, wide, 3))], axis=1)


def in_words(a: Journal, b: Journal) -> Iterator[str]:
    """What differs in what was played, a line each."""
    left, right = timeline(a), timeline(b)
    for what, unit in (("seconds", "s"), ("frames", "frames")):
        if left[what] != right[what]:
            yield f"length: {left[what]} and {right[what]} {unit}"
    for what in ("programs", "refusals", "keys", "engines", "kicks"):
        if len(left[what]) != len(right[what]):
            yield f"{what}: {len(left[what])} and {len(right[what])}"
    texts = [each["programs"][-1]["text"] if each["programs"] else "" for each in (left, right)]
    if texts[0] != texts[1]:
        lines = list(difflib.ndiff(texts[0].splitlines(), texts[1].splitlines()))
        fewer, more = (sum(line.startswith(sign) for line in lines) for sign in ("- ", "+ "))
        yield f"the last version of the set: {fewer} lines of A are not in B, {more} of B not in A"
    for name in sorted({*left["controls"], *right["controls"]}):
        moves = [each["controls"].get(name, []) for each in (left, right)]
        if [value for _, value in moves[0]] != [value for _, value in moves[1]]:
            yield f"{name}: moved {len(moves[0])} and {len(moves[1])} times"
    yield from made_of(a, b)
    if left["levels"] != right["levels"]:
        yield "the sound differs"


def made_of(a: Journal, b: Journal) -> Iterator[str]:
    """Models that are others."""
    prints: list[dict[str, str]] = []
    for journal in (a, b):
        prints.append(
            {
                name: files[0].sha256
                for engine in journal.engines
                for said in engine.lines
                for name, files in kept_files(said, "models").items()
            }
        )
    for name in sorted({*prints[0], *prints[1]}):
        hashes = [each.get(name, "") for each in prints]
        if hashes[0] != hashes[1]:
            said = " and ".join(h[:12] or "none" for h in hashes)
            yield f"model {name!r}: sha256 {said}"
