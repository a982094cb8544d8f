"""The benchmark of inputs measures one, two and four, and bands."""

from __future__ import annotations

from livegan.benchmark.inputs import bench_inputs


def test_more_inputs_and_bands_have_a_row_each() -> None:
    tables = bench_inputs(0.02)["tables"]
    assert [row["analyses"] for row in tables["inputs"]] == [1, 3, 5]
    assert all(row["ms a hop"] > 0 for row in tables["inputs"])
    assert [row["name"] for row in tables["band"]] == ["1 band", "4 bands"]
