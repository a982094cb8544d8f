"""A show and its panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage.panel.fake_show import FakeShow, PanelHost


@pytest.fixture
def fake_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeShow]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = FakeShow(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def panel(fake_show: FakeShow) -> Iterator[PanelHost]:
    made = PanelHost(fake_show)
    yield made
    made.stop()
