"""A second engine that is kept ready, told as stories."""

from __future__ import annotations

from livegan.ipc.messages import Keep, TakeOver
from livegan.stage.supervision.actions import Announce
from livegan.stage.supervision.events import StandbyGone, StandbyHeard
from livegan.stage.supervision.standby import Warm
from tests.stage.heard import heard
from tests.stage.story import Story, starts


def with_standby() -> Story:
    """A show that plays "one", and a standby that has it ready."""
    story = Story(standby=True)
    story.plays("one")
    (warm,) = [a for a in story.alive(4) if isinstance(a, Warm)]
    assert warm.resume is not None and warm.resume["digest"] == "one"
    (told,) = story.event(StandbyHeard(heard("ready", version=1)))
    assert told == Announce("standby", "the standby is ready with version 1")
    return story


def test_a_standby_takes_over_when_the_engine_dies_and_another_is_made_ready() -> None:
    story = with_standby()
    story.die()
    (take,) = story.wait(0.1)
    assert isinstance(take, TakeOver) and take.resume is not None
    assert take.resume["digest"] == "one"
    assert story.state.phase == "returning" and not story.state.standby.there
    story.plays("one")
    assert [a for a in story.alive(2) if isinstance(a, Warm)] == []
    assert [a for a in story.alive(4) if isinstance(a, Warm)] != []


def test_a_standby_is_told_of_a_program_only_when_that_has_played_for_a_while() -> None:
    story = with_standby()
    story.commit("two", 2)
    assert [a for a in story.alive(3.5) if isinstance(a, Keep)] == []
    kept = [a for a in story.alive(30) if isinstance(a, Keep)]
    assert [k.resume["digest"] for k in kept] == ["two"]


def test_a_program_that_kills_twice_is_not_what_the_standby_takes_over_with() -> None:
    story = with_standby()
    story.commit("two", 2)
    story.die()
    story.wait(0.1)
    story.plays("two", 2)
    story.die()
    (start,) = starts(story.wait(5))
    assert start.blocked == ("two",)
    assert start.resume is not None and start.resume["digest"] == "one"


def test_a_standby_that_cannot_play_says_why() -> None:
    story = with_standby()
    refused = heard("commit", status="refused", reason="it does not fit into memory")
    (told,) = story.event(StandbyHeard(refused))
    assert told == Announce(
        "standby", "the standby engine cannot play this set: it does not fit into memory"
    )


def test_a_standby_that_dies_is_told_and_returns_later_each_time() -> None:
    story = with_standby()
    pauses = []
    for _ in range(3):
        story.event(StandbyGone("killed by SIGKILL"))
        died = story.now
        while not [a for a in story.alive(0.2) if isinstance(a, Warm)]:
            pass
        pauses.append(story.now - died)
    assert pauses == sorted(pauses) and pauses[-1] > 2 * pauses[0]
    assert story.state.phase == "playing" and story.state.total_deaths == 0
