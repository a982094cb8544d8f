"""What the supervisor decides, told as stories on a clock of their own."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from livegan.ipc.wire import encode
from livegan.stage.supervision.actions import Announce, Kill, Start
from livegan.stage.supervision.events import EngineHeard, Gone, Insist, Tick
from livegan.stage.supervision.state import SupervisorState
from livegan.stage.supervision.supervisor import begin, step, woke
from tests.stage.heard import heard, on_air
from tests.stage.story import LIMITS, Story, starts


def test_it_starts_an_engine_that_resumes_nothing() -> None:
    story = Story()
    assert story.done == [Start(None, ())]
    assert story.state.phase == "starting"


def test_an_engine_that_speaks_is_left_alone() -> None:
    story = Story()
    story.plays()
    assert story.alive(600) == []
    assert story.state.phase == "playing"


def test_a_dead_engine_returns_at_once_with_the_last_good_set() -> None:
    story = Story()
    story.plays("one", 1)
    story.commit("two", 2)
    story.die()
    assert story.state.phase == "dead"
    (start,) = starts(story.wait(0.2))
    assert start.resume is not None and start.resume["digest"] == "two"
    assert story.state.phase == "returning"
    story.plays("two", 2)
    assert story.state.phase == "playing"
    assert [a.kind for a in story.done if isinstance(a, Announce)] == ["death", "recovery"]


def test_a_save_that_kills_while_it_is_proven_does_not_blame_what_plays() -> None:
    story = Story()
    story.plays("one")
    for _ in range(3):
        story.say("commit", id=2, status="proposed")
        story.die()
        story.wait(20)
        story.plays("one")
    assert story.state.blocked == ()
    assert story.state.resume is not None and story.state.resume.digest == "one"


def test_a_program_that_killed_twice_is_blocked_and_the_one_before_returns() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2)
    story.die()
    story.wait(1)
    story.plays("two")
    story.die()
    (start,) = starts(story.wait(5))
    assert start.blocked == ("two",)
    assert start.resume is not None and start.resume["digest"] == "one"
    assert "blocked" in [a.kind for a in story.done if isinstance(a, Announce)]


def test_a_program_that_kills_while_it_is_proven_is_blocked_even_alone() -> None:
    story = Story()
    for _ in range(2):
        story.say("hello")
        story.commit("bad", upto="proven")
        story.die()
        story.wait(5)
    assert story.state.blocked == ("bad",)
    assert story.state.resume is None


def test_a_program_that_is_saved_again_and_again_has_been_on_air_all_the_time() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2)
    for version in range(3, 40, 2):
        if version in (9, 21, 33):  # each some 24 seconds after the one before
            story.die()
            story.wait(1)
            story.plays("two", version)
        story.alive(4.0)
        story.commit("bad", version, upto="proven")
        story.say("commit", id=version, status="refused", digest="bad")
        story.commit("two", version + 1)
    assert story.state.total_deaths == 3 and story.state.blocked == ()


def test_deaths_from_outside_blame_a_program_only_when_they_do_not_end() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2)
    deaths = 0
    while not story.state.blocked:
        story.die("killed by SIGKILL", guilt="doubtful")
        deaths += 1
        story.wait(16)
        story.plays("one" if story.state.blocked else "two")
    assert deaths == 6 and story.state.blocked == ("two",)


def test_a_program_that_was_seen_not_to_come_back_is_blocked_at_once() -> None:
    story = Story()
    story.plays("one")
    story.say("commit", id=2, status="proposed", digest="two")
    story.die("it has not answered for 3 s", guilt="certain")
    assert story.state.blocked == ("two",)


def test_what_plays_is_blamed_for_what_it_does_while_a_save_is_proven() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2)
    for version in (3, 4):
        story.commit("mended", version, upto="proposed")
        story.say("commit", id=version, status="proven", digest="mended")
        story.die(proving=False)
        story.wait(5)
        story.plays("one" if story.state.blocked else "two")
    assert story.state.blocked == ("two",)
    story.commit("mended", 5)
    assert story.state.resume is not None and story.state.resume.digest == "mended"


def test_a_program_that_was_rolled_back_is_not_returned_to() -> None:
    story = Story()
    story.plays("one", 1)
    story.commit("two", 2)
    story.say("commit", id=2, status="refused", version=2, digest="two")
    story.die()
    (start,) = starts(story.wait(1))
    assert start.resume is not None and start.resume["digest"] == "one"
    assert story.state.deaths == {"one": 3}


def test_the_only_program_returns_however_often_it_dies() -> None:
    story = Story()
    for _ in range(5):
        story.plays("one")
        story.die()
        (start,) = starts(story.wait(16))
        assert start.resume is not None and start.blocked == ()


def test_deaths_long_after_a_program_went_on_air_do_not_add_up() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2)
    for _ in range(4):
        story.alive(30)
        story.die()
        story.wait(20)
        story.plays("two")
    assert story.state.blocked == ()


def test_waits_grow_and_end_at_the_longest_and_it_never_gives_up() -> None:
    story = Story()
    waits = []
    for _ in range(12):
        story.die("ended with status 1")
        died = story.now
        while not starts(story.wait(0.1)):
            pass
        waits.append(round(story.now - died, 1))
    assert waits[0] <= 0.1
    assert waits == sorted(waits)
    assert waits[1] < 1 and abs(waits[-1] - LIMITS.longest_backoff) < 0.3


def test_after_playing_well_the_next_return_is_at_once_again() -> None:
    story = Story()
    for _ in range(6):
        story.die()
        story.wait(20)
    story.plays()
    story.alive(LIMITS.settled + 1)
    story.die()
    assert starts(story.wait(0.2))


def test_the_last_words_of_an_engine_that_is_killed_change_nothing() -> None:
    story = Story()
    story.plays()
    story.wait(6)
    assert story.state.phase == "stalled"
    assert story.say("alive", frame=9) == []
    assert story.state.phase == "stalled"


def test_a_death_names_the_node_and_the_line() -> None:
    story = Story()
    story.plays("one", 4)
    (told,) = story.event(Gone("killed by SIGSEGV", "spikes", "/shows/four.py:12"))
    assert isinstance(told, Announce)
    assert told.text == (
        "the engine stopped (killed by SIGSEGV at spikes, four.py:12); "
        "restarting it now with version 4"
    )
    assert told.node == "spikes" and told.where == "/shows/four.py:12"


def test_a_superseded_save_is_not_to_blame() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2, upto="cued")
    story.commit("three", 3, upto="cued")
    story.say("commit", id=2, status="superseded", digest="two")
    assert story.state.suspect == "three" and not story.state.building


def test_what_may_be_returned_to_is_told_newest_first_and_last_what_is_blocked() -> None:
    story = Story()
    story.plays("one")
    story.commit("two", 2)
    story.commit("three", 3)
    for _ in range(2):
        story.die()
        (start,) = starts(story.wait(2))
        story.plays("three", 3) if not start.blocked else None
    assert start.resume is not None and start.resume["digest"] == "two"
    assert [m["digest"] for m in start.earlier] == ["one", "three", "three"]


messages = st.sampled_from(
    [
        heard("hello"),
        heard("alive", frame=1),
        heard("note", text="x"),
        *(
            heard("commit", id=n, status=status, digest=digest)
            for n in (1, 2)
            for status in ("proposed", "proven", "cued", "on_air", "refused")
            for digest in ("one", "two", "")
        ),
    ]
)
events = st.one_of(
    st.builds(EngineHeard, messages),
    st.just(Gone("x")),
    st.floats(0, 100).map(lambda seconds: ("wait", seconds)),
)


def test_an_engine_is_not_blamed_for_a_sleep_of_the_machine() -> None:
    state, _ = begin(0.0)
    for message in (heard("hello"), heard("alive", frame=3)):
        state, _ = step(state, EngineHeard(message), 1.0, LIMITS)
    assert state.phase == "playing"
    _, actions = step(state, Tick(), 61.0, LIMITS)
    assert any(isinstance(a, Kill) for a in actions)
    state, actions = step(woke(state, 61.0), Tick(), 61.0, LIMITS)
    assert not actions and state.phase == "playing"


@given(st.lists(events, max_size=60))
def test_whatever_happens_an_engine_plays_or_is_on_its_way(story: list[Any]) -> None:
    now, running = 0.0, True
    state, _ = begin(now)
    assert isinstance(state, SupervisorState)
    for item in story:
        if isinstance(item, tuple):
            now += item[1]
            item = Tick()
        if isinstance(item, Gone) and not running:
            continue
        state, actions = step(state, item, now, LIMITS)
        if isinstance(item, Gone):
            running = False
        for action in actions:
            if isinstance(action, Kill):
                state, more = step(state, Gone("killed"), now, LIMITS)
                assert not any(isinstance(a, Start) for a in more)
                running = False
            if isinstance(action, Start):
                assert not running, "two engines at once"
                running = True
                assert action.resume is None or action.resume["digest"] not in action.blocked
        assert running == (state.phase != "dead")
    for _ in range(2):
        now += LIMITS.longest_backoff + 1
        if state.phase == "dead":
            state, actions = step(state, Tick(), now, LIMITS)
            assert any(isinstance(a, Start) for a in actions)


def test_an_engine_that_does_not_obey_returns_with_what_was_asked_for() -> None:
    story = Story()
    story.commit("a")
    safe = on_air("safe", 9, safe=True)
    actions = story.event(Insist(safe, "the engine does not answer"))
    assert actions == [
        Announce("death", "the engine does not answer"),
        Kill("it did not obey a key"),
    ]
    story.event(Gone("it hung and was killed"))
    assert story.state.resume == safe
    (start,) = starts(story.wait(0.1))
    assert start.resume == encode(safe) and start.blocked == ()


def test_an_engine_that_is_away_comes_back_at_once_when_a_key_asks() -> None:
    story = Story()
    story.commit("a")
    story.event(Gone("killed"))
    story.wait(0.1)
    story.event(Gone("killed again"))
    before = on_air("b", 1)
    assert story.state.return_at > story.now + 0.2
    assert story.event(Insist(before, "asked")) == []
    (start,) = starts(story.wait(0.1))
    assert start.resume == encode(before) and start.blocked == story.state.blocked
