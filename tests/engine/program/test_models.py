"""A show follows its models: written anew, written late, half written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from livegan.engine.commit import watch
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.watch import Watcher
from livegan.engine.program import build
from livegan.engine.program.build import Builder
from livegan.engine.program.models import Models, state_of
from livegan.generators import Card, ModelError, save_checkpoint
from livegan.generators.card import write_card
from tests.engine.playing import SIZE, Show, weights

SET = """
from livegan.live import *
settings(bpm=120, swap="beat", dissolve=0.1)
a = model("mine")
b = model("stone")
show(grid(a, b))
"""


def train(folder: Path, weights_of: str, **card: Any) -> None:
    """What a training writes at a save."""
    given = {"name": "mine", "encoder": "levels", "size": SIZE, "norm": "running", **card}
    save_checkpoint(folder, weights(weights_of), Card.from_dict(given))


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """A show that follows a model that is not there yet."""
    show = Show(tmp_path, SET)
    place = tmp_path / "elsewhere" / "mine"
    builder = Builder(tmp_path, size=SIZE, followed={"mine": place})
    show.pipeline = Pipeline(show.path, tmp_path, builder, show.player, show.emit)
    return show


def picture(show: Show) -> torch.Tensor:
    """The quarter of the model that is followed, when nothing dissolves any more."""
    return show.play(0.6)[-1].picture[:, :SIZE, :SIZE].clone()


def notes(show: Show) -> list[str]:
    """What is told, but for the sizes of these small networks."""
    told = [m["text"] for m in show.messages if m["type"] == "note"]
    return [text for text in told if "cannot paint" not in text]


def test_a_model_plays_as_soon_as_it_is_written_and_each_time_anew(show: Show) -> None:
    place = show.folder / "elsewhere" / "mine"
    waiting = show.save()
    assert waiting is not None and waiting.status == "refused"
    assert waiting.reason == f"no model at {place} yet; it plays as soon as it is written"
    assert place in show.pipeline.inputs.watched()

    train(place, "water", steps=100, hours=0.1, scores={"l1": 0.25})
    first = show.save()
    assert first is not None and first.status == "cued"
    before = picture(show)
    assert show.save() is None and not show.pipeline.models_changed()

    train(place, "fire", steps=200, hours=0.2, scores={"l1": 0.125})
    assert show.pipeline.models_changed()
    second = show.save()
    assert second is not None and second.built == ["a"] and "b" in second.kept
    frames = show.play(0.6)
    assert len(frames) == 15 and frames[-1].version == second.version
    assert not torch.allclose(picture(show), before, atol=0.02)
    assert notes(show) == ["the file of mine has changed: 200 steps, 0.2 h, l1 0.1250"]
    assert show.faults == []


def test_a_model_that_is_written_while_it_is_proven_is_a_change(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = show.folder / "elsewhere" / "mine"
    train(place, "water")
    prove = build.probe

    def meanwhile(*given: Any) -> None:
        prove(*given)
        train(place, "fire")

    monkeypatch.setattr(build, "probe", meanwhile)
    show.save()
    monkeypatch.setattr(build, "probe", prove)
    assert show.pipeline.models_changed()
    again = show.save()
    assert again is not None and again.built == ["a"]


@pytest.mark.parametrize("broken", ["cut off", "other network", "empty"])
def test_a_broken_model_is_refused_in_one_line_and_the_old_one_plays_on(
    show: Show, broken: str
) -> None:
    place = show.folder / "elsewhere" / "mine"
    train(place, "water")
    show.save()
    before = picture(show)
    file = place / "model.safetensors"
    whole = file.read_bytes()
    if broken == "other network":
        import safetensors.torch

        file.write_bytes(safetensors.torch.save({"some.0.weight": torch.zeros(4, 4, 3, 3)}))
    else:
        file.write_bytes(whole[: len(whole) // 2] if broken == "cut off" else b"")
    commit = show.save()
    assert commit is not None and commit.status == "refused"
    assert str(file) in commit.reason and "\n" not in commit.reason
    assert commit.where.endswith("set.py:4")
    assert all(frame.version == 1 for frame in show.play(0.6))
    assert picture(show).std() > 0.01 and before.std() > 0.01

    train(place, "fire")
    mended = show.save()
    assert mended is not None and mended.status == "cued"


def test_a_card_that_comes_after_its_weights_is_a_change_too(show: Show) -> None:
    place = show.folder / "elsewhere" / "mine"
    save_checkpoint(place, weights("water"))
    commit = show.save()
    assert commit is not None and "has no encoder on its card" in commit.reason
    write_card(place / "model.json", Card(name="mine", encoder="levels", size=SIZE))
    commit = show.save()
    assert commit is not None and commit.status == "cued"


def test_a_followed_model_that_the_set_does_not_play_is_told_once(show: Show) -> None:
    text = SET.replace('model("mine")', 'model("water")')
    show.save(text)
    show.play(0.6)
    show.save(text + "\n# later\n")
    show.play(0.6)
    line = "the set plays no model 'mine'; write model(\"mine\") where it should play"
    assert notes(show) == [line]


def test_a_followed_place_goes_before_the_folders(tmp_path: Path) -> None:
    train(tmp_path / "models" / "mine", "water")
    train(tmp_path / "new" / "mine", "fire")
    folders = [tmp_path / "models"]
    assert Models(folders).find("mine").parent == tmp_path / "models" / "mine"
    followed = Models(folders, {"mine": tmp_path / "new" / "mine"})
    assert followed.find("mine").parent == tmp_path / "new" / "mine"
    with pytest.raises(ModelError, match="yet; it plays as soon as"):
        Models(folders, {"mine": tmp_path / "none"}).find("mine")


def test_how_far_a_training_is() -> None:
    card = Card.from_dict({"steps": 1200, "hours": 0.5, "scores": {"l1": 0.1}})
    assert state_of(card) == "1200 steps, 0.5 h, l1 0.1000"
    assert state_of(Card()) == ""


class Clock:
    """Time that passes when somebody sleeps; ``then`` is done at each sleep, with its number."""

    def __init__(self, then: Callable[[int], None]) -> None:
        self.now, self.sleeps, self.then = 0.0, 0, then

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.sleeps += 1
        self.then(self.sleeps)


def test_a_model_that_is_copied_in_pieces_is_waited_for_but_not_by_a_save_of_the_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, model = tmp_path / "set.py", tmp_path / "model.safetensors"
    main.write_text("a = 1\n")
    model.write_bytes(b"x")

    def copy(sleep: int) -> None:
        if sleep <= 30:
            model.write_bytes(b"x" * 1000 * sleep)

    clock = Clock(copy)
    watcher = Watcher(lambda: [main, model], [])
    monkeypatch.setattr(watch, "time", clock)
    watcher.settle(main)
    assert model.stat().st_size == 30_000 and 30 < clock.sleeps < 60

    def save(sleep: int) -> None:
        model.write_bytes(b"y" * 1000 * sleep)
        if sleep == 5:
            main.write_text("a = 22\n")

    clock.sleeps, clock.then = 0, save
    watcher.settle(main)
    assert clock.sleeps == 5 and watcher.changed.is_set()
    watcher.stop()
