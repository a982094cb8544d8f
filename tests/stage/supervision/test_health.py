"""When an engine is taken to be ill, told as stories."""

from __future__ import annotations

from livegan.ipc.pulse import Work
from livegan.stage.supervision.actions import Kill
from livegan.stage.supervision.events import Tick
from livegan.stage.supervision.health import EngineSigns, Limits, patience
from tests.stage.story import LIMITS, Story, kills


def test_silence_beyond_the_deadline_is_ended_by_a_kill() -> None:
    story = Story()
    story.plays()
    assert story.wait(4.9) == []
    (kill,) = story.wait(0.3)
    assert kill == Kill("it has not answered for 5 s")
    assert story.state.phase == "stalled"
    assert story.wait(60) == []  # once


def test_a_start_and_a_build_may_take_longer() -> None:
    story = Story()
    assert story.wait(50) == []
    story.plays()
    story.say("commit", id=2, status="proposed")
    assert patience(story.state, LIMITS) == LIMITS.building
    assert story.wait(25) == []
    story.say("commit", id=2, status="refused")
    assert kills(story.wait(6))


def test_a_beat_of_the_pulse_is_as_good_as_a_message() -> None:
    story = Story()
    story.plays()
    for beats in range(200):
        story.now += 0.1
        assert story.event(Tick(EngineSigns(beats=beats))) == []
    assert kills(story.see(6, beats=200)) == ["it has not answered for 5 s"]


def test_an_engine_that_is_stopped_is_replaced_at_once() -> None:
    story = Story()
    story.plays()
    assert story.see(0.2, stopped=True) == []
    assert story.see(0.5) == []  # it was a debugger's moment
    assert kills(story.see(0.6, stopped=True)) == ["it was stopped"]


def test_an_engine_that_takes_more_memory_than_it_may_is_replaced() -> None:
    story = Story()
    story.limits = Limits(memory=2_000_000_000)
    story.plays()
    assert story.see(1, memory=1_999_999_999) == []
    assert kills(story.see(0.1, memory=2_300_000_000)) == [
        "it took 2.3 GB of memory; --memory allows 2.0 GB"
    ]


def test_a_frame_that_does_not_end_is_found_while_the_interpreter_runs() -> None:
    story = Story()
    story.plays()
    began = story.now
    killed: list[str] = []
    for beats in range(100):
        story.now += 0.1
        killed += kills(story.event(Tick(EngineSigns(beats=beats, frame_since=began))))
    assert killed == ["one frame took more than 8 s"]


def test_code_of_a_set_is_given_no_time_to_build() -> None:
    story = Story()
    story.plays()
    story.say("commit", id=2, status="proposed", digest="two")
    loading, leaf = Work("loading a", "set.py:3", 0.0), Work("spikes", "set.py:9", 0.0, 2.0)
    assert patience(story.state, LIMITS, EngineSigns(work=loading)) == LIMITS.building
    assert patience(story.state, LIMITS, EngineSigns(work=leaf)) == LIMITS.alive


def test_code_of_a_set_that_holds_the_interpreter_past_its_deadline_is_not_waited_for() -> None:
    story = Story()
    story.plays()
    work = Work("running the set", "s.py:1", story.now, 2.0)
    assert story.see(2.9, beats=3, work=work) == []
    assert kills(story.see(0.3, beats=3, work=work)) == ["it has not answered for 3 s"]


def test_while_the_interpreter_runs_a_deadline_is_left_to_the_engine() -> None:
    story = Story()
    story.plays()
    work = Work("running the set", "s.py:1", story.now, 2.0)
    for beats in range(45):
        assert story.see(0.1, beats=beats, work=work) == []
