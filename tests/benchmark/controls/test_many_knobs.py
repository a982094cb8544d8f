"""The benchmark times frames with many knobs against frames without."""

from __future__ import annotations

import pytest

from livegan.benchmark.controls import many_knobs
from livegan.benchmark.controls.many_knobs import KNOBS, READ, knob_rows
from livegan.graph.graph import collecting
from livegan.live import knob


def test_frames_without_knobs_are_what_the_others_are_compared_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(many_knobs, "LEAST", 8)
    rows = knob_rows(0.01)
    assert [row["name"] for row in rows] == [
        "no knobs", f"{KNOBS} knobs, at rest", f"{KNOBS} knobs, all turned",
    ]  # fmt: skip
    assert rows[0]["ratio"] == 1.0 and all(row["ms"] > 0 for row in rows)


def test_the_set_of_the_benchmark_has_so_many_knobs() -> None:
    with collecting() as graph:
        eval(READ, {"knob": knob})
    assert len(graph.knobs) == KNOBS
