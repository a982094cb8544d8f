"""The schedule depends on the seed alone, and has every fault once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from livegan.gremlins.catalogue import catalogue
from livegan.gremlins.fault import FRESH, ROWS, Gremlin, all_well
from livegan.gremlins.schedule import DEADLY, SHOWS, schedule, spread

FAULTS = catalogue(10, 0)


def order(seed: int) -> list[str]:
    return [turn.fault.name for turns in schedule(FAULTS, seed).values() for turn in turns]


def test_every_fault_comes_once() -> None:
    assert sorted(order(1)) == sorted(fault.name for fault in FAULTS)


def test_the_seed_alone_says_in_which_order() -> None:
    assert order(1) == order(1)
    assert order(1) != order(2)


def test_faults_that_end_engines_lie_apart() -> None:
    (turns, *_) = schedule(FAULTS, 5).values()
    deadly = [turn.fault.row in DEADLY for turn in turns]
    runs = sum(a and b for a, b in pairwise(deadly))
    assert runs <= max(0, 2 * sum(deadly) - len(deadly)) + 1


def test_few_are_spread_evenly_among_many() -> None:
    few, many = FAULTS[:2], FAULTS[2:8]
    places = [FAULTS.index(fault) < 2 for fault in spread(few, many)]
    assert places == [False, True, False, False, False, False, True, False] or sum(places) == 2
    assert not any(a and b for a, b in pairwise(places))
    assert spread([], many) == list(many) and spread(few, []) == list(few)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_says_what_must_be_seen_of_it(fault: Gremlin) -> None:
    assert fault.row in ROWS and fault.show in SHOWS
    silent = ("window", "clock")
    looked_at = fault.must or fault.then or fault.also is not all_well
    assert looked_at or fault.show == FRESH or fault.row in silent


def test_no_two_faults_have_one_name() -> None:
    found = [fault.name for fault in FAULTS]
    assert len(set(found)) == len(found)


def test_every_row_has_faults() -> None:
    assert {fault.row for fault in FAULTS} == set(ROWS)
