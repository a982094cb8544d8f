"""A film into pairs is compared with ffmpeg, if there is one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from livegan.dataset import DataSetError
from livegan.dataset.benchmark import bench_film, timed
from livegan.size import Size
from tests.dataset.tiny_films import film


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
def test_both_are_timed_and_compared(tmp_path: Path) -> None:
    result = bench_film(film(tmp_path / "a.mkv"), "levels", Size.square(32), 1)
    ffmpeg, ours, ratio = result["tables"]["a film into pairs"]
    assert "ffmpeg" in ffmpeg["name"] and "levels" in ours["name"]
    assert ratio["s"] == pytest.approx(ours["s"] / ffmpeg["s"])


def test_a_missing_ffmpeg_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataSetError, match="ffmpeg is not installed"):
        bench_film(film(tmp_path / "a.mkv"), "levels", Size.square(32), 1)


def test_a_command_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"failed: .*no_such_module"):
        timed([sys.executable, "-m", "no_such_module"])
