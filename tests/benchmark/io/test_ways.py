"""The benchmark of ways in and out measures real ways, and says which it left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.benchmark.io.stand_ins import NAME, install
from livegan.benchmark.io.ways_in import camera_row, film_row, picture_row
from livegan.benchmark.io.ways_out import OPENS, out_row, record_row
from livegan.size import Size

SIZE = Size(128, 128)
SECONDS = 0.3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    install(tmp_path)
    return tmp_path


def test_a_picture_that_goes_out_is_seen_by_who_receives_it(folder: Path) -> None:
    ours = {"plugin": Path(NAME).stem, "entry": str(folder / "plugins" / NAME)}
    wanted = {"kind": "bench_looks", "name": "looks", **ours}
    row = out_row("plugin", wanted, None, SIZE, SECONDS, folder)
    assert row["name"] == "plugin" and "why" not in row
    assert 0 < row["median ms"] < 1000 * OPENS and row["lost %"] < 100


def test_a_picture_that_comes_in_is_seen_where_the_engine_takes_it(folder: Path) -> None:
    row = camera_row(SIZE, SECONDS, folder)
    assert "why" not in row and row["median ms"] >= 0 and row["lost %"] < 100


def test_films_pictures_and_recordings_are_measured(folder: Path) -> None:
    for row in (
        film_row(SIZE, SECONDS, folder),
        picture_row(SIZE, folder),
        record_row(SIZE, 2 * SECONDS, folder),
    ):
        assert row["median ms"] >= 0


def test_a_way_that_does_not_open_says_why(folder: Path) -> None:
    row = out_row("web", {"kind": "web", "name": "no address"}, None, SIZE, SECONDS, folder)
    assert "is no address" in row["why"]
