"""A still outlasts the show; what cannot be shown is not one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livegan.stage.still import LONGEST, keep_still, place_of, read_still


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
