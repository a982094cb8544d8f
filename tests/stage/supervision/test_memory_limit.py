"""How much memory an engine may hold, if nobody says so."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from livegan.stage.options import Options
from livegan.stage.supervision import memory_limit as rooms
from livegan.stage.supervision.memory_limit import room


def test_what_is_given_holds_and_zero_is_no_limit() -> None:
    assert room(1.5) == 1_500_000_000
    assert room(0, engines=2) == 0


def test_it_is_a_share_of_the_machine_or_of_the_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = psutil.virtual_memory().total
    limit, none = tmp_path / "memory.max", tmp_path / "no limit"
    none.write_text("max\n")
    monkeypatch.setattr(rooms, "CGROUPS", (str(none), str(tmp_path / "missing")))
    assert room(None) == int(0.75 * total)
    limit.write_text("1000000\n")
    monkeypatch.setattr(rooms, "CGROUPS", (str(none), str(limit)))
    assert room(None, engines=2) == 375_000


def test_where_one_stands_by_there_is_less_patience_and_half_the_room() -> None:
    alone, two = Options(Path("s.py")), Options(Path("s.py"), standby=True)
    assert two.supervision.alive < alone.supervision.alive
    assert two.supervision.memory == alone.supervision.memory // 2
