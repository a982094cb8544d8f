"""A key that must work, whatever the engine does."""

from __future__ import annotations

from livegan.stage.control.pending import PATIENCE, Pending, resumption
from tests.stage.heard import on_air


def test_an_engine_that_obeys_is_left_alone() -> None:
    asking, insists = Pending("undo", 10.0).look("playing", 10.0 + PATIENCE / 2)
    assert not insists
    asking = asking.obeyed("safe").obeyed("undo")
    assert asking.look("playing", 99.0) == (asking, False)


def test_one_that_plays_and_does_not_obey_is_replaced_once() -> None:
    asking, insists = Pending("safe", 10.0).look("playing", 10.1 + PATIENCE)
    assert insists
    assert asking.look("playing", 99.0)[1] is False


def test_one_that_is_dead_or_hangs_is_not_waited_for() -> None:
    assert Pending("safe", 10.0).look("dead", 10.0)[1]
    assert Pending("undo", 10.0).look("stalled", 10.0)[1]


def test_one_that_is_coming_gets_the_same_patience_once_it_plays() -> None:
    asking, insists = Pending("safe", 10.0).look("returning", 25.0)
    assert not insists
    asking, insists = asking.look("playing", 25.0 + PATIENCE / 2)
    assert not insists
    assert asking.look("playing", 25.1 + PATIENCE)[1]


def test_it_returns_with_the_safe_set_or_from_it_with_what_played_before() -> None:
    good = [on_air("a"), on_air("b")]
    safe = resumption("safe", good, ())
    assert safe is not None and safe.safe and safe.version == 4
    assert resumption("safe", [*good, safe], ()) == good[1]
    assert resumption("undo", [*good, safe], ()) == good[1]
    assert resumption("undo", good, ()) == good[0]
    assert resumption("undo", good, ("a",)) is None
    assert resumption("undo", [], ()) is None
    assert resumption("safe", [], ()) is not None
