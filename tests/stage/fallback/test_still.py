"""A still outlasts the show; what cannot be shown is not one."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from livegan.stage.fallback.drift import KEPT
from livegan.stage.fallback.fallbacks import Fallbacks
from livegan.stage.fallback.still import (
    EVERY,
    FIRST,
    LONGEST,
    Still,
    keep_still,
    place_of,
    read_still,
)


def test_a_still_is_kept_for_each_set_and_read_by_the_next_show(tmp_path: Path) -> None:
    place = place_of(tmp_path, Path("/elsewhere/four.py"))
    assert read_still(place) is None
    picture = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    keep_still(place, picture)
    read = read_still(place)
    assert read is not None and (read == picture).all()
    assert place_of(tmp_path, Path("five.py")) != place


def test_a_large_one_is_made_smaller(tmp_path: Path) -> None:
    keep_still(tmp_path / "a.png", np.full((100, 4000, 3), 90, np.uint8))
    read = read_still(tmp_path / "a.png")
    assert read is not None and read.shape == (32, LONGEST, 3)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    assert read_still(tmp_path / "a.png") is None
    assert read_still(tmp_path) is None


def test_a_black_one_is_none(tmp_path: Path) -> None:
    keep_still(tmp_path / "a.png", np.zeros((40, 40, 3), np.uint8))
    assert read_still(tmp_path / "a.png") is None


class Keeping:
    """A still that is kept while pictures come, and what was told."""

    def __init__(self, path: Path) -> None:
        self.jobs: list[Callable[[], None]] = []
        self.notes: list[str] = []
        self.path, self.rungs = path, Fallbacks()
        self.still = Still(path, self.rungs, self.jobs.append, self.notes.append)

    def look(self, now: float, light: int) -> int:
        """A picture comes, and it is looked whether to keep one: how often that was done."""
        picture = np.zeros((40, 40, 3), np.uint8)
        picture[:20] = light
        self.rungs.album.take(picture, now)
        before = len(self.jobs)
        self.still.look(now)
        for job in self.jobs[before:]:
            job()
        return len(self.jobs)


def test_one_is_kept_soon_after_the_first_picture_and_from_time_to_time(tmp_path: Path) -> None:
    show = Keeping(tmp_path / "a.png")
    assert show.look(50, 100) == 0, "nothing before the first picture of the engine"
    show.still.begin(100)
    assert show.look(99 + FIRST, 100) == 0
    assert show.look(100 + FIRST, 100) == 1
    assert show.look(99 + FIRST + EVERY, 200) == 1
    assert show.look(100 + FIRST + EVERY, 200) == 2
    read = read_still(show.path)
    assert read is not None and read.max() == 200, "the best of the last ones"
    assert show.rungs.still is not None and (show.rungs.still == read).all()


def test_nothing_piles_up_while_the_disk_does_not_answer(tmp_path: Path) -> None:
    show = Keeping(tmp_path / "a.png")
    waiting: list[Callable[[], None]] = []
    still = Still(show.path, show.rungs, waiting.append, show.notes.append)
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[:20] = 100
    show.rungs.album.take(picture, 0.0)
    seen = weakref.ref(picture)
    del picture
    still.begin(0)
    for minute in range(60):
        still.look(FIRST + minute * EVERY)
    still.keep()
    assert len(waiting) == 1
    for second in range(1, KEPT + 1):
        newer = np.zeros((40, 40, 3), np.uint8)
        newer[:20] = 200
        show.rungs.album.take(newer, float(second))
    assert seen() is None, "what waits holds no picture"
    waiting.pop()()
    read = read_still(show.path)
    assert read is not None and read.max() == 200, "it is chosen when there is time to"
    still.look(FIRST + 60 * EVERY)
    assert len(waiting) == 1, "and the next one is kept"


def test_where_none_can_be_kept_it_is_told_once_and_the_show_has_one_nevertheless(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    show = Keeping(tmp_path / "file" / "a.png")
    show.still.begin(0)
    assert show.look(FIRST, 100) == 1
    assert show.look(FIRST + EVERY, 100) == 1
    assert len(show.notes) == 1 and "the still for the next show was not saved" in show.notes[0]
    assert show.rungs.still is not None
