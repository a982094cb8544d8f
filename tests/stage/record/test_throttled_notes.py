"""What has a new line at every picture gives a few, and then one from time to time."""

from __future__ import annotations

from livegan.stage.record.throttled_notes import EVERY, FEW, KNOWN, ThrottledNotes


class Told:
    """ThrottledNotes that are told at a time that is set."""

    def __init__(self, *, once: bool = False) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.notes = ThrottledNotes(self.lines.append, once=once, clock=lambda: self.now)


def test_a_few_are_told_at_once_and_then_one_from_time_to_time() -> None:
    told = Told()
    for picture in range(60 * 60):
        told.now = 100 + picture / 60
        told.notes(f"ValueError: {picture}")
    assert told.lines[:FEW] == [f"ValueError: {n}" for n in range(FEW)]
    assert len(told.lines) == FEW + int(60 / EVERY) - 1
    told.now += FEW * EVERY
    told.lines.clear()
    for number in range(2 * FEW):
        told.notes(f"later {number}")
    assert told.lines == [f"later {n}" for n in range(FEW)], "a calm one has its few again"


def test_one_that_floods_takes_nothing_from_another() -> None:
    told = Told()
    for number in range(100):
        told.notes(f"one {number}", "one")
    told.notes("the other", "other")
    assert told.lines == [*(f"one {n}" for n in range(FEW)), "the other"]


def test_once_is_once_whoever_says_it_and_another_may_be_said_again() -> None:
    told = Told(once=True)
    for name in ("one", "two", "one"):
        told.notes("there is none", name)
    assert told.lines == ["there is none"]
    told = Told()
    told.notes("connected")
    told.notes("connected")
    assert told.lines == ["connected"] * 2


def test_what_was_left_out_is_not_known_as_told() -> None:
    told = Told(once=True)
    for number in range(FEW):
        told.notes(f"{number}")
    told.notes("it stays off")
    assert "it stays off" not in told.lines
    told.now += EVERY
    told.notes("it stays off")
    assert told.lines[-1] == "it stays off"


def test_what_is_remembered_does_not_grow() -> None:
    told = Told(once=True)
    for number in range(10 * KNOWN):
        told.notes(f"{number}", f"output {number}")
        told.now += EVERY
    assert len(told.lines) == 10 * KNOWN
    assert len(told.notes._told) == KNOWN
    assert len(told.notes._due) <= FEW
