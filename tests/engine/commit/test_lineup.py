"""The lineup: what the performer did last counts, at whatever step a save is on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.engine.commit import lineup
from livegan.engine.commit.lineup import (
    Failed,
    Forget,
    FrameBegins,
    Hurry,
    KeyPressed,
    Lineup,
    Numbered,
    Overtaken,
    Proposed,
    Proven,
    Refused,
    SafeProven,
    lost,
    step,
)
from livegan.engine.commit.script import Refusal
from livegan.ipc.messages import Note


@dataclass(frozen=True)
class Program:
    """As much of a program as the lineup asks for."""

    name: str
    version: int = 0
    safe: bool = False
    swap: str = "bar"

    def setting(self, name: str, default: Any) -> Any:
        return {"swap": self.swap}.get(name, default)


WHY = Refusal("it does not draw")
SAFE = Program("safe set", safe=True)


@dataclass
class Desk:
    """Takes events, and remembers all that was told."""

    now: Lineup = field(default_factory=Lineup)
    told: list[Any] = field(default_factory=list)
    retired: list[Any] = field(default_factory=list)
    count: int = 0

    def happen(self, event: Any) -> list[Any]:
        before = self.now
        self.now, actions = step(before, event)
        self.retired += lost(before, self.now)
        self.told += actions
        return actions

    def save(self, name: str, *, swap: str = "bar", beats: float = 0.5) -> int:
        """Propose and prove."""
        number = self.propose()
        self.happen(Proven(number, Program(name, swap=swap), beats))  # type: ignore[arg-type]
        return number

    def propose(self) -> int:
        self.count += 1
        self.happen(Proposed(self.count))
        return self.count

    def play(self, name: str) -> None:
        """A save goes on the air."""
        self.save(name, swap="now")
        self.happen(FrameBegins(1.0, 1.0))
        assert self.on_air == name

    @property
    def on_air(self) -> str:
        return getattr(self.now.on_air, "name", "")

    def status(self, commit: int) -> list[str]:
        """Where a commit has been, and where it ended."""
        found = []
        for action in self.told:
            if getattr(action, "commit", None) == commit:
                if isinstance(action, lineup.TellCued):
                    found.append("cued")
                elif isinstance(action, lineup.TellRefused):
                    found.append("refused")
                else:
                    found.append(action.status)
        return found


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.play("first")
    return desk


def test_a_save_goes_on_the_air_at_its_bar(desk: Desk) -> None:
    number = desk.save("second", beats=1.5)
    for beats in (1.6, 2.0, 3.9):
        desk.happen(FrameBegins(beats))
        assert desk.on_air == "first"
    desk.happen(FrameBegins(4.0, 2.0))
    assert desk.on_air == "second" and desk.now.on_air is not None
    assert desk.now.on_air.version == 2
    assert desk.told[-1] == lineup.TellStatus(number, "on_air", at=2.0)
    assert [p.name for p in desk.now.earlier] == ["first"]  # type: ignore[attr-defined]


def test_a_count_of_beats_that_was_put_back_leaves_nothing_waiting_for_minutes(desk: Desk) -> None:
    desk.save("second", beats=1000.5)
    desk.happen(FrameBegins(3.0))
    assert desk.on_air == "first"
    desk.happen(FrameBegins(4.0))
    assert desk.on_air == "second"


def test_a_newer_save_takes_the_place_of_one_that_is_being_proven(desk: Desk) -> None:
    heavy = desk.propose()
    newest = desk.save("light", swap="now")
    desk.happen(FrameBegins(1.1))
    assert desk.on_air == "light"
    assert desk.happen(Proven(heavy, Program("heavy", swap="now"))) == []  # type: ignore[arg-type]
    desk.happen(FrameBegins(1.2))
    assert desk.on_air == "light"
    assert desk.status(heavy) == ["proposed", "superseded"]
    assert desk.status(newest) == ["proposed", "cued", "on_air"]


def test_a_newer_save_that_says_what_plays_leaves_it_playing(desk: Desk) -> None:
    heavy = desk.propose()
    desk.happen(Overtaken(heavy))
    desk.happen(Proven(heavy, Program("heavy", swap="now")))  # type: ignore[arg-type]
    desk.happen(FrameBegins(9.0))
    assert desk.on_air == "first"
    assert desk.status(heavy) == ["proposed", "superseded"]


def test_what_waits_for_its_bar_goes_on_the_air_while_the_next_is_proven(desk: Desk) -> None:
    cued = desk.save("cued")
    desk.propose()
    desk.happen(FrameBegins(4.0))
    assert desk.on_air == "cued" and desk.status(cued)[-1] == "on_air"


def test_undo_leads_back_step_by_step(desk: Desk) -> None:
    desk.play("second")
    desk.play("third")
    for wanted in ("second", "first", "first"):
        desk.happen(KeyPressed("undo"))
        assert desk.on_air == wanted
    assert desk.told[-1] == Note("nothing to undo: this is the first version")
    assert [p.name for p in desk.retired] == ["third", "second"]


def test_a_refused_save_changes_nothing(desk: Desk) -> None:
    before = desk.now
    number = desk.propose()
    desk.happen(Refused(number, WHY))
    assert desk.now == before
    assert desk.status(number) == ["proposed", "refused"]
    assert desk.happen(Refused(number, WHY)) == []


def test_a_program_that_fails_gives_way_to_the_one_before(desk: Desk) -> None:
    desk.play("second")
    bad = desk.now.on_air
    assert bad is not None
    desk.happen(Failed(bad, WHY))
    assert desk.on_air == "first"
    assert isinstance(desk.told[-1], lineup.TellRolledBack)
    assert desk.happen(Failed(bad, WHY)) == []  # it is gone already
    assert desk.now.on_air is not None
    assert desk.happen(Failed(desk.now.on_air, WHY)) == []  # and there is nothing before this


def test_the_safe_set_is_called_before_it_is_proven_and_comes_when_it_is(desk: Desk) -> None:
    desk.happen(KeyPressed("safe"))
    assert desk.on_air == "first"
    under_way = desk.propose()
    desk.happen(SafeProven(SAFE))  # type: ignore[arg-type]
    assert desk.on_air == "safe set"
    assert desk.status(under_way)[-1] == "superseded"


def test_a_safe_set_that_cannot_be_proven_says_so(desk: Desk) -> None:
    desk.happen(KeyPressed("safe"))
    desk.happen(SafeProven(None))
    desk.happen(KeyPressed("safe"))
    assert desk.told[-2:] == [Note("the safe set is not ready")] * 2
    assert desk.on_air == "first"


def test_the_safe_set_is_taken_off_although_a_save_waits_for_its_bar(desk: Desk) -> None:
    desk.happen(SafeProven(SAFE))  # type: ignore[arg-type]
    desk.happen(KeyPressed("safe"))
    desk.save("second", beats=1.5)
    desk.happen(KeyPressed("safe"))
    assert desk.on_air == "first"
    desk.happen(FrameBegins(4.0))
    assert desk.on_air == "second"


def test_the_next_save_is_compared_with_the_set_and_not_with_the_safe_set(desk: Desk) -> None:
    desk.happen(SafeProven(SAFE))  # type: ignore[arg-type]
    desk.happen(KeyPressed("safe"))
    assert desk.on_air == "safe set"
    assert getattr(desk.now.newest, "name", "") == "first"
    desk.happen(Forget())
    assert desk.on_air == ""
    assert getattr(desk.now.newest, "name", "") == "first"


def test_a_program_that_comes_back_keeps_its_number() -> None:
    desk = Desk()
    desk.happen(Numbered(7))
    desk.save("seventh")
    desk.happen(Hurry())
    desk.happen(FrameBegins(0.1))
    assert desk.now.on_air is not None and desk.now.on_air.version == 7


# A performer presses keys at any step of any save ------------------------------------------------

EVENTS = st.sampled_from(
    ["propose", "prove", "prove late", "refuse", "undo", "safe", "frame", "bar", "fail", "overtake"]
)


@given(st.lists(EVENTS, max_size=60), st.sampled_from(["early", "late", "never"]))
@settings(max_examples=400)
def test_a_panic_key_is_never_lost_whatever_is_on_its_way(events: list[str], safe: str) -> None:
    desk = Desk()
    desk.play("first")
    if safe == "early":
        desk.happen(SafeProven(SAFE))  # type: ignore[arg-type]
    beats, ever = 1.0, [1]
    for number, what in enumerate(events):
        before = desk.now
        if what == "propose":
            ever.append(desk.propose())
        elif what == "prove" and before.proving is not None:
            desk.happen(Proven(before.proving, Program(f"save {number}"), beats))  # type: ignore[arg-type]
        elif what == "prove late":  # one that was given up, undone or overtaken comes back
            old = next((c for c in ever if c != before.proving), None)
            if old is not None:
                assert desk.happen(Proven(old, Program("stale"), beats)) == []  # type: ignore[arg-type]
        elif what == "refuse" and before.proving is not None:
            desk.happen(Refused(before.proving, WHY))
        elif what == "overtake" and before.proving is not None:
            desk.happen(Overtaken(before.proving))
        elif what == "fail" and before.on_air is not None:
            desk.happen(Failed(before.on_air, WHY))
        elif what == "frame":
            beats += 0.1
            desk.happen(FrameBegins(beats, beats / 2))
        elif what == "bar":
            beats += 4.0
            desk.happen(FrameBegins(beats, beats / 2))
            assert desk.now.cued is None
        elif what == "undo":
            desk.happen(KeyPressed("undo"))
            # Nothing that was on its way comes; what plays goes on, or the one before is back.
            assert desk.now.proving is None and desk.now.cued is None
            if before.proving is not None or before.cued is not None:
                assert desk.now.on_air is before.on_air
            elif before.earlier:
                assert desk.now.on_air is before.earlier[-1]
        elif what == "safe":
            asked = before.on_air
            desk.happen(KeyPressed("safe"))
            if asked is not None and asked.safe:
                assert desk.now.on_air is before.earlier[-1]
            elif safe == "early":
                assert desk.on_air == "safe set"
                assert desk.now.proving is None and desk.now.cued is None
            elif safe == "late":
                desk.happen(SafeProven(SAFE))  # type: ignore[arg-type]
                safe = "early"
                assert desk.on_air == "safe set"
                assert desk.now.proving is None and desk.now.cued is None
            else:
                assert desk.now.on_air is asked
        # Whatever happened:
        assert "stale" not in [getattr(p, "name", "") for p in desk.now.programs]
        assert not any(p.safe for p in desk.now.earlier)
        assert len(desk.now.earlier) <= lineup.KEPT_PROGRAMS
        assert desk.now.on_air is not None
        assert desk.now.versions >= before.versions
    versions = [a.program.version for a in desk.told if isinstance(a, lineup.TellCued)]
    assert versions == sorted(set(versions))
    under_way = {desk.now.proving, desk.now.cued.commit if desk.now.cued else None}
    for commit in ever:
        told = desk.status(commit)
        ends = [s for s in told if s in ("on_air", "refused", "superseded")]
        assert len(ends) == (0 if commit in under_way else 1), told
    assert not any(any(p is q for q in desk.now.programs) for p in desk.retired)
