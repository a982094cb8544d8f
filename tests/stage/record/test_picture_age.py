"""The age of pictures, and the parts that it is made of."""

from __future__ import annotations

from livegan.ipc.picture_ring import UNTIMED, DrawingTimes
from livegan.stage.record.picture_age import PARTS, WHOLE, PictureAges, age_line


def test_an_age_is_the_sum_of_its_parts_and_the_line_names_the_longest() -> None:
    ages = PictureAges()
    ages.presented(DrawingTimes(10.0, 10.001, 10.011, 10.071), 10.073, 10.089)
    report = ages.report()
    parts = [report[part]["median_ms"] for part in PARTS]
    assert parts == [1.0, 10.0, 60.0, 2.0, 16.0] and report[WHOLE]["p95_ms"] == 89.0
    assert age_line(report) == (
        "sound to screen: median 89 ms, 95 % within 89 ms (drawing 60 ms, to the screen 16 ms, "
        "wait for the frame 10 ms)"
    )


def test_the_95th_percentile_is_that_of_the_slow_pictures() -> None:
    ages = PictureAges()
    for number in range(100):
        drawn = 1.3 if number % 10 == 0 else 1.02
        ages.presented(DrawingTimes(1.0, 1.0, 1.0, drawn), drawn, drawn)
    assert ages.report()["drawing"] == {"median_ms": 20.0, "p95_ms": 300.0}


def test_a_picture_whose_times_nobody_took_is_left_out() -> None:
    ages = PictureAges()
    ages.presented(UNTIMED, 3.0, 4.0)
    assert ages.report() == {} and age_line({}) == ""
