"""The benchmark starts a process that listens, and floods it."""

from __future__ import annotations

import pytest

from livegan.benchmark.controls import listeners
from livegan.benchmark.controls.listeners import listener_rows


def test_a_listener_that_is_flooded_works_more_than_an_idle_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listeners, "SETTLES", 0.0)
    (row,) = listener_rows(0.3, None)
    assert row["name"] == "OSC" and row["messages a second"] > 1000
    assert 0 <= row["idle %"] <= row["in the flood %"] <= 110
