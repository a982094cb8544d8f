"""What is said when a show is over."""

from __future__ import annotations

from typing import Any

from livegan.stage.record.summary import columns, lines_of

REPORT: dict[str, Any] = {
    "seconds": 61.2,
    "presented": 3600.0,
    "pictures": 1800.0,
    "commits": 3,
    "refused": 1,
    "faults": 0,
    "engine_deaths": 1,
    "median_ms": 16.7,
    "p99_ms": 24.0,
    "longest_ms": 102.5,
    "rungs": {"live": 60.0, "held": 0.0, "drift": 0.0, "still": 1.2},
    "picture_median_ms": 33.4,
    "picture_p99_ms": 40.1,
    "picture_longest_ms": 212.0,
    "picture_intervals_ms": [(28, 36, 1799), (150, 250, 1)],
    "picture_age": {},
    "flash_guard": "on",
    "flash_guard_acted": 0,
    "flash_guard_seconds": 0.0,
}


def test_a_show_is_how_evenly_pictures_and_frames_came_and_what_else_was_shown() -> None:
    lines = lines_of(REPORT)
    assert lines[0] == (
        "the show ran for 61 s: 3600 frames on the screen, 1800 new pictures, 3 versions played, "
        "1 save refused, 0 faults, 1 engine crash"
    )
    assert "longest 212.0 ms" in lines[1]
    assert lines[2].split() == ["28", "to", "36", "ms", "█" * 30, "99.9%", "(1799)"]
    assert lines[3].split() == ["150", "to", "250", "ms", "·", "0.1%", "(1)"]
    assert lines[4].endswith("median 16.7 ms, 99 % within 24.0 ms, longest 102.5 ms")
    assert lines[5] == "without a live picture: still 1.2 s"
    assert len(lines) == 6


def test_a_show_without_a_picture_has_nothing_to_say_about_intervals() -> None:
    lines = lines_of({**REPORT, "pictures": 0, "presented": 1, "commits": 0})
    assert "0 new pictures, 0 versions played" in lines[0]
    assert not [line for line in lines if "between" in line]


def test_a_show_that_was_live_throughout_says_nothing_of_rungs() -> None:
    live = {"live": 61.2, "held": 0.0, "drift": 0.0, "still": 0.0}
    assert not [line for line in lines_of({**REPORT, "rungs": live}) if "without" in line]


def test_the_flash_guard_is_named_when_it_acted_or_was_off() -> None:
    acted = lines_of({**REPORT, "flash_guard_acted": 2, "flash_guard_seconds": 3.25})
    assert acted[-1] == "flash guard: acted 2 times, 3.2 s in all"
    assert lines_of({**REPORT, "flash_guard": "off"})[-1] == "flash guard: off"


def test_nothing_presented_has_no_columns() -> None:
    assert columns([]) == []
    assert columns([(1000, None, 4)]) == ["    over 1000 ms  " + "█" * 30 + " 100.0% (4)"]
