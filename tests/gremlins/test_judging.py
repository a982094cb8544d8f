"""Judging what a show did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from livegan.gremlins.fault import Gremlin, engine, refused
from livegan.gremlins.judging import judge, seen, shown_wrong
from livegan.gremlins.show import ShowLine
from livegan.gremlins.witness import ShownGlance

GLANCE = ShownGlance(0.0, 6, 0.017, 0.01, 3, 0.034, 0.02, 200, 0.0, 0.05, 0.0, "live")
FAULT = Gremlin("a slip", "saves", lambda show: None, (refused(within=5.0),))
REFUSED = {"type": "commit", "status": "refused", "where": "/x/set.py:3", "reason": "gremlin"}


def glances(count: int = 20, **more: Any) -> list[ShownGlance]:
    """Two seconds of a show that runs well, from second 100 on."""
    plain = [replace(GLANCE, at=100 + i / 10, heard=50 + i / 10) for i in range(count)]
    return [*plain[:-1], replace(plain[-1], **more)]


def judged(
    fault: Gremlin, said: list[ShowLine], seen_of: list[ShownGlance], *more: Any, **most: Any
) -> Any:
    """Judge a show whose other output shows what its window shows."""
    return judge(fault, said, seen_of, seen_of, *more, **most)


def lines(*messages: dict[str, Any], at: float = 101.0) -> list[ShowLine]:
    return [ShowLine(at, message) for message in messages]


def verdict(*given: Any, **more: Any) -> str:
    return str(judged(*given, **more).verdict)


def test_a_show_that_does_what_it_must_passes() -> None:
    outcome = judged(FAULT, lines(REFUSED), glances(), 100.0, 101.5)
    assert outcome.verdict == "pass" and outcome.why == ()
    assert outcome.said == "refused set.py:3: gremlin"
    assert outcome.presented == 120 and outcome.seconds == 1.5
    assert (outcome.longest, outcome.back) == (0.017, 0.034)


def test_a_refusal_without_a_line_of_the_set_is_none() -> None:
    outcome = judged(FAULT, lines({**REFUSED, "where": ""}), glances(), 100.0, 101.5)
    assert outcome.verdict == "fail" and "not seen: a refusal" in outcome.why[0]


def test_what_comes_after_its_time_is_late() -> None:
    outcome = judged(FAULT, lines(REFUSED, at=109.0), glances(), 100.0, 109.5)
    assert outcome.verdict == "late" and "after 9.0 s" in outcome.late[0]


def test_a_window_without_frames_is_late_and_one_without_any_has_failed() -> None:
    slow = judged(FAULT, lines(REFUSED), glances(longest=2.0), 100.0, 101.0)
    assert slow.verdict == "late" and "no frame for 2.00 s" in slow.late
    open_end = judged(FAULT, lines(REFUSED), glances(open=3.0), 100.0, 101.0)
    assert open_end.longest == 3.0
    none = [replace(GLANCE, at=100.0, presented=0)]
    assert "no frame was presented" in judged(FAULT, lines(REFUSED), none, 100.0, 101.0).why


def test_an_engine_that_takes_too_long_is_late() -> None:
    outcome = judged(FAULT, lines(REFUSED), glances(pictures_longest=9.0), 100.0, 101.0)
    assert outcome.late[0] == "no new picture for 9.0 s"


def test_a_show_that_never_was_as_before_has_failed() -> None:
    assert verdict(FAULT, lines(REFUSED), glances(), 100.0, None) == "fail"


def test_black_fails_unless_the_set_is_black_by_itself() -> None:
    black = glances(brightest=3)
    assert judged(FAULT, lines(REFUSED), black, 100.0, 101.0).why[0] == "the picture was black"
    assert verdict(FAULT, lines(REFUSED), black, 100.0, 101.0, dark_before=True) == "pass"
    assert verdict(replace(FAULT, dark=True), lines(REFUSED), black, 100.0, 101.0) == "pass"


def test_a_burst_of_frames_and_time_that_goes_back_are_wrong() -> None:
    assert "a burst" in shown_wrong(glances(presented=40), dark=False)[0]
    assert "went back" in shown_wrong(glances(heard=3.0), dark=False)[0]
    assert shown_wrong(glances(), dark=False) == []


def test_all_of_what_must_be_seen_is_looked_for() -> None:
    fault = replace(FAULT, must=(engine("death", "SIGKILL"), engine("recovery")))
    death = {"type": "engine", "kind": "death", "text": "the engine stopped (killed by SIGKILL)"}
    back = {"type": "engine", "kind": "recovery", "text": "the engine is back"}
    assert verdict(fault, lines(death), glances(), 100.0, 101.0) == "fail"
    assert verdict(fault, lines(back, death), glances(), 100.0, 101.0) == "pass"
    assert [one.after for one in seen(fault.must, lines(death), 100.5)] == [0.5, None]


def test_what_must_be_seen_after_mending_counts_as_well() -> None:
    fault = replace(FAULT, then=(engine("recovery"),))
    assert (
        "not seen: the engine's recovery"
        in judged(fault, lines(REFUSED), glances(), 100.0, 101.0).why
    )


def test_the_lowest_rung_is_told() -> None:
    outcome = judged(FAULT, lines(REFUSED), glances(rung="drift"), 100.0, 101.0)
    assert outcome.rung == "drift"
    assert judged(FAULT, lines(REFUSED), glances(), 100.0, 101.0).rung == "live"


def test_another_output_is_judged_like_the_window() -> None:
    def verdict_of(**beside: Any) -> tuple[str, ...]:
        outcome = judge(FAULT, lines(REFUSED), glances(), glances(**beside), 100.0, 101.0)
        assert outcome.verdict in ("pass", "late" if outcome.late else "fail")
        return (*outcome.why, *outcome.late)

    assert verdict_of() == ()
    assert verdict_of(brightest=0) == ("on another output: the picture was black",)
    assert verdict_of(open=3.0) == ("on another output: no frame for 3.00 s",)
    assert verdict_of(pictures_open=9.0) == ("on another output: no new picture for 9.0 s",)
    assert "not on the same rung" in verdict_of(rung="drift")[0]
    stopped = [replace(GLANCE, at=100.0, presented=0)]
    outcome = judge(FAULT, lines(REFUSED), glances(), stopped, 100.0, 101.0)
    assert outcome.why == ("on another output: no frame was presented",)


def test_where_the_window_may_be_lost_only_the_other_output_is_judged() -> None:
    fault = replace(FAULT, window=False)
    lost = glances(open=9.0, pictures_open=9.0, rung="still")
    assert judge(fault, lines(REFUSED), lost, glances(), 100.0, 101.0).verdict == "pass"
    assert judge(fault, lines(REFUSED), glances(), lost, 100.0, 101.0).verdict == "late"
