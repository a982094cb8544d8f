"""Keys that are pressed while a real save is built, proven and cued are never lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livegan.engine.commit.pipeline import Attempt
from livegan.ipc.messages import Commit
from tests.engine.commit.test_safe_set import Performance

TEXT = """
from livegan.live import *
settings(bpm=120, swap="{swap}", dissolve=0, size=32)
sound = listen()
levels_{number} = encode.levels(sound)
blurred_{number} = encode.waveform(sound).blur(2)
show(model("stone", levels_{number}).blend(blurred_{number}, 0.5))
"""


class Pressed(Performance):
    """A show whose keys are pressed at a chosen step of the next save."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.numbers = itertools.count(1)
        self.waiting: dict[int, str] = {}
        self.steps = 0
        busy = self.pipeline._busy

        def step(attempt: Attempt, *args: Any) -> None:
            key = self.waiting.pop(self.steps, "")
            self.steps += 1
            self.press(key)
            busy(attempt, *args)

        self.pipeline._busy = step  # type: ignore[method-assign]

    def press(self, key: str) -> None:
        if key == "undo":
            self.pipeline.undo()
        elif key == "safe":
            self.safe.switch()

    def take(self, swap: str, keys: dict[int, str]) -> Commit:
        """Save something new, with keys pressed at these steps, those that are left after it."""
        self.waiting, self.steps = dict(keys), 0
        text = TEXT.format(swap=swap, number=next(self.numbers))
        commit = self.save(text)
        assert commit is not None
        late, self.waiting = self.waiting, {}
        for key in late.values():
            self.press(key)
        return commit


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pressed]:
    show = Pressed(tmp_path_factory.mktemp("show"))
    show.save()
    show.play(0.2)
    show.safe.prove()
    yield show
    show.player.close()


@given(
    swap=st.sampled_from(["now", "bar"]),
    at=st.integers(0, 6),
    key=st.sampled_from(["undo", "safe"]),
)
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_a_key_counts_at_every_step_of_a_save(show: Pressed, swap: str, at: int, key: str) -> None:
    if show.history.position > 18 * 48000:
        show.history.position = 2 * 48000
    before = show.player.program
    assert before is not None
    if before.safe:
        show.press("safe")
    before = show.player.program
    assert before is not None and not before.safe
    commit = show.take(swap, {at: key})
    frames = show.play(2.4)  # longer than a bar
    after = show.player.program
    assert after is not None and commit.status == "superseded"
    assert {f.version for f in frames} == {after.version}
    if key == "undo":
        assert after is before
    else:
        assert after.safe
    # The same text counts again once it is saved.
    beside = show.path.with_suffix(".new")
    beside.write_text(show.path.read_text())
    beside.replace(show.path)
    again = show.save()
    assert again is not None and again.status == "cued", again.reason
    show.play(2.4)
    assert again.status == "on_air"


def test_what_was_overtaken_is_not_gone_on_with(show: Pressed) -> None:
    busy, steps = show.pipeline._busy, []

    def overtaking(attempt: Attempt, what: str, *args: Any) -> None:
        steps.append(what)
        if len(steps) == 2:
            assert show.pipeline.overtake(attempt.text) is False
            assert show.pipeline.overtake("another text") is True
        busy(attempt, what, *args)

    show.pipeline._busy = overtaking  # type: ignore[method-assign]
    try:
        commit = show.take("now", {})
    finally:
        show.pipeline._busy = busy  # type: ignore[method-assign]
    assert commit.status == "superseded" and "newer save" in commit.reason
    assert len(steps) == 2
