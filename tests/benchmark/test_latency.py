"""The tables of `livegan bench latency`."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.benchmark.latency import LatencyBenchError, bench_latency, tables_of
from livegan.ipc.picture_ring import DrawingTimes
from livegan.size import UNSAID
from livegan.stage.record.picture_age import PictureAges


@pytest.mark.parametrize(("shown", "judged"), [(10.080, "within 50 ms"), (10.100, "above 50 ms")])
def test_the_goal_is_fifty_milliseconds_and_a_frame(shown: float, judged: str) -> None:
    ages = PictureAges()
    ages.presented(DrawingTimes(10.0, 10.001, 10.002, 10.042), 10.043, shown)
    report = {"picture_age": ages.report(), "picture_median_ms": 40.0, "canvas": "surface"}
    result = tables_of(report, "four.py")
    (rows,) = result["tables"].values()
    assert rows[2] == {"name": "drawing", "median ms": 40.0, "95 % within ms": 40.0}
    assert f"{judged} and one frame (90 ms)" in result["notes"][0]


def test_a_set_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(LatencyBenchError, match=r"there is no set .*nothing.py"):
        bench_latency(UNSAID, 5.0, tmp_path / "nothing.py")
