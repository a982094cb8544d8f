"""The pulse is read without asking who wrote it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from livegan.ipc.pulse import LANES, Beat, Pulse, Work


@pytest.fixture
def ends() -> Iterator[tuple[Pulse, Pulse]]:
    stage = Pulse.create()
    engine = Pulse.attach(stage.name)
    yield stage, engine
    engine.close()
    stage.close()


def test_beats_are_counted(ends: tuple[Pulse, Pulse]) -> None:
    stage, engine = ends
    assert stage.read() == Beat(0)
    for _ in range(3):
        engine.beat()
    assert stage.read().beats == 3


def test_a_frame_says_when_it_began(ends: tuple[Pulse, Pulse]) -> None:
    stage, engine = ends
    before = time.monotonic()
    engine.frame(True)
    since = stage.read().frame_since
    assert since is not None and before <= since <= time.monotonic()
    engine.frame(False)
    assert stage.read().frame_since is None


def test_each_thread_says_what_it_is_at(ends: tuple[Pulse, Pulse]) -> None:
    stage, engine = ends
    engine.work(0, "a.bars", "/shows/vier.py:12", 2.0)
    engine.work(LANES - 1, "loading städte", proving=True)
    first, second = stage.read().work
    assert (first.what, first.where, first.limit) == ("a.bars", "/shows/vier.py:12", 2.0)
    assert (second.what, second.where) == ("loading städte", "")
    assert (first.proving, second.proving) == (False, True)
    engine.work(0, "")
    assert [w.what for w in stage.read().work] == ["loading städte"]


def test_long_names_keep_the_end_of_the_place(ends: tuple[Pulse, Pulse]) -> None:
    stage, engine = ends
    engine.work(1, "x" * 1000, "/deep" * 1000 + "/set.py:7")
    (work,) = stage.read().work
    assert work.what == "x" * 120 and work.where.endswith("/set.py:7")


def test_code_of_a_set_is_suspected_before_livegans_own() -> None:
    own, leaf = Work("a", "s.py:1", 1.0), Work("bars", "s.py:2", 2.0, 2.0)
    assert Beat(1, None, (own, leaf)).suspect() == leaf
    assert Beat(1, None, (own,)).suspect() == own
    assert Beat(1).suspect() is None


def test_a_writer_that_died_half_way_is_still_read(ends: tuple[Pulse, Pulse]) -> None:
    stage, engine = ends
    engine.work(0, "bars", "s.py:2", 2.0)
    assert engine._buffer is not None
    engine._buffer[64] |= 1  # the sequence of the first lane, odd
    (work,) = stage.read().work
    assert work.what == "bars"


def test_it_is_gone_when_the_stage_closes_it() -> None:
    stage = Pulse.create()
    name = stage.name
    stage.close()
    stage.close()
    with pytest.raises(FileNotFoundError):
        Pulse.attach(name)
    assert stage.read() == Beat(0)


def test_the_thread_that_is_known_to_stand_still_is_suspected_before_all_others() -> None:
    leaf, top = Work("bars", "s.py:2", 1.0, 2.0, 7), Work("running the set", "s.py:1", 2.0, 5.0, 8)
    assert Beat(1, None, (leaf, top)).suspect(8) == top
    assert Beat(1, None, (leaf, top)).suspect(9) is None
