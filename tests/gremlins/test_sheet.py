"""The gig sheet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from livegan.gremlins.judging import Outcome
from livegan.gremlins.sheet import Sheet, cells, line_of, markdown, print_table

PASSED = Outcome("a slip", "saves", "pass", "refused set.py:3: a | b", 120, 0.03, 0.05, 1.5, "held")
LATE = Outcome("a kill", "deaths", "late", "gone", 60, 0.1, 9.0, 9.5, late=("no new picture",))
FAILED = Outcome("a loop", "hangs", "fail", why=("not seen: a refusal",))
LEFT = Outcome("a device", "sound", "not done", why=("needs PulseAudio",))


def test_what_was_late_or_failed_is_not_good_and_what_was_not_done_is_no_fault() -> None:
    assert Sheet("set.py", 1, (PASSED, LEFT)).good
    assert not Sheet("set.py", 1, (PASSED, LATE)).good
    assert not Sheet("set.py", 1, (PASSED, FAILED)).good


def test_it_closes_with_a_count() -> None:
    closing = Sheet("set.py", 1, (PASSED, LATE, FAILED, LEFT)).closing
    assert closing.startswith("set.py, seed 1: 1 of 3 faults")
    assert "1 too late" in closing and "1 failed" in closing and "1 not done" in closing


def test_a_row_has_a_cell_for_every_heading() -> None:
    assert len({len(cells(outcome)) for outcome in (PASSED, LATE, FAILED, LEFT)}) == 1
    assert cells(FAILED)[-1] == "not seen: a refusal"
    assert line_of(LEFT) == "not done  a device: needs PulseAudio"
    assert "new picture after 9.00 s" in line_of(LATE)


def test_it_is_written_whole_and_read_into_a_page(tmp_path: Path) -> None:
    Sheet("set.py", 4, (PASSED, LATE)).write(tmp_path / "sheet.json")
    data = json.loads((tmp_path / "sheet.json").read_text())
    assert data["seed"] == 4 and data["good"] is False and data["machine"] and data["date"]
    page = markdown(data)
    assert "| a slip | pass | 120 | 0.03 s | 0.05 s | held | refused set.py:3: a \\| b |" in page
    assert "**broken sets are saved**" in page
    assert {line.replace("\\|", "").count("|") for line in page.splitlines()} == {8}


@pytest.mark.parametrize("columns", ["80", "200"])
def test_it_fits_terminals(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    print_table(Sheet("set.py", 1, (PASSED, LATE, FAILED, LEFT)))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= int(columns)
    assert ("not seen: a refusal" in said and "must be" in said) or columns == "80"
