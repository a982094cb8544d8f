"""The benchmark of the panel turns a knob and waits for its picture."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from livegan.benchmark import panel as module
from livegan.benchmark.panel import PanelBenchError, bench_panel
from tests.stage.panel.fake_show import TOKEN, FakeShow, PanelHost, knob


@contextlib.contextmanager
def played(folder: Path, *, paints: bool) -> Iterator[tuple[int, str]]:
    """A panel whose picture is as light as its knob says, a moment later; or never."""
    show = FakeShow(folder)
    show.now = replace(show.now, knobs=[knob("light", -1.0, -1.0, 1.0)], fps=50.0)
    panel = PanelHost(show)
    over = threading.Event()

    def paint() -> None:
        while not over.wait(0.02):
            panel.paint(255 if paints and show.value("light") > 0 else 0)

    painting = threading.Thread(target=paint)
    painting.start()
    try:
        yield panel.port, TOKEN
    finally:
        over.set()
        painting.join()
        panel.stop()
        show.stop()


def test_the_time_to_the_picture_is_measured_in_ms_and_in_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_show", lambda: played(tmp_path, paints=True))
    result = bench_panel(10)
    (row,) = result["tables"]["panel"]
    assert 0 < row["median ms"] <= row["p99 ms"] and row["fps of the show"] == 50.0
    assert row["frames"] == pytest.approx(row["median ms"] / 20, abs=0.1)
    assert "10 moves" in result["machine"]


def test_a_picture_that_never_changes_ends_it_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWERS", 0.5)
    monkeypatch.setattr(module, "_show", lambda: played(tmp_path, paints=False))
    with pytest.raises(PanelBenchError, match="did not answer in time"):
        bench_panel(10)
