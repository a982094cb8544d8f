"""A show moves between sets: another one is proven beside what plays, and then followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan.engine.commit.saves import Saves
from livegan.engine.commit.scene_models import SceneModels, models_named
from livegan.engine.commit.watch import Watcher
from livegan.engine.program.build import Builder
from livegan.ipc.messages import Commit
from tests.engine.commit.test_saves import until
from tests.engine.playing import Show, make_models

LIVE = "from livegan.live import *\nsettings(swap='now', dissolve=0)\n"
DAY = f"{LIVE}show(encode.levels(listen()))\n"
NIGHT = f"{LIVE}show(encode.levels(listen()).hue(0.5))\n"


class Evening:
    """Two sets on disk, whose saves and scenes are taken by a thread as in an engine."""

    def __init__(self, folder: Path) -> None:
        self.show = Show(folder, DAY, size=32)
        self.day, self.night = self.show.path, folder / "sets" / "night.py"
        self.night.write_text(NIGHT)
        pipeline = self.show.pipeline
        watcher = Watcher(pipeline.inputs.watched, [self.day.parent])
        self.saves = Saves(pipeline, watcher, None, self.show.emit, pytest.fail)
        self.saves.start()
        self.saves.watch()
        self.plays("set.py", DAY)

    def plays(self, name: str, text: str) -> None:
        def on_air() -> bool:
            program = self.show.player.program
            return program is not None and (program.script.path.name, program.script.text) == (
                name,
                text,
            )

        self.until(on_air)

    def until(self, true: Callable[[], Any]) -> Any:
        def frames() -> None:
            if self.show.player.cued is not None or self.show.player.program is not None:
                self.show.play(0.04)

        return until(true, doing=frames)

    def commits(self, status: str) -> list[dict[str, Any]]:
        return [m for m in list(self.show.messages) if m.get("status") == status]

    def notes(self) -> list[str]:
        return [m["text"] for m in list(self.show.messages) if m["type"] == "note"]


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    made = Evening(tmp_path)
    yield made
    made.saves.stop()


def test_a_scene_plays_is_followed_and_is_undone_to_the_one_before(evening: Evening) -> None:
    evening.saves.turn_to(evening.night)
    evening.plays("night.py", NIGHT)
    assert evening.commits("on_air")[-1]["file"] == str(evening.night)
    assert evening.commits("on_air")[-1]["changed"] == []
    edited = NIGHT.replace("0.5", "0.6")
    evening.night.write_text(edited)
    evening.plays("night.py", edited)
    count = len(evening.show.messages)
    evening.day.write_text(DAY.replace("levels", "waveform"))  # of a scene that does not play
    evening.until(lambda: len(evening.saves.watcher._stamps) and evening.show.play(0.5))
    assert len(evening.commits("proposed")) == 3 and count
    evening.show.pipeline.undo()
    evening.plays("night.py", NIGHT)
    evening.show.pipeline.undo()
    evening.plays("set.py", DAY)
    until(lambda: evening.show.pipeline.path == evening.day)
    assert len(evening.commits("proposed")) == 3, "its file says something else by now: not taken"
    saved = DAY.replace("levels", "timeline")
    evening.day.write_text(saved)
    evening.plays("set.py", saved)


def test_a_save_at_the_moment_in_which_a_scene_is_undone_is_taken(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening.saves.turn_to(evening.night)
    evening.plays("night.py", NIGHT)
    inputs, saved = evening.show.pipeline.inputs, DAY.replace("levels", "timeline")
    stamps = inputs.stamps

    def save() -> dict[str, str]:
        if inputs.path == evening.day:
            monkeypatch.undo()
            evening.day.write_text(saved)
        return stamps()

    monkeypatch.setattr(inputs, "stamps", save)
    evening.show.pipeline.undo()
    evening.plays("set.py", saved)


def test_a_scene_that_is_refused_leaves_what_plays_and_its_saves(evening: Evening) -> None:
    evening.night.write_text(f"{LIVE}show(nothing)\n")
    evening.saves.turn_to(evening.night)
    refused = evening.until(lambda: evening.commits("refused"))[-1]
    assert refused["where"] == f"{evening.night}:3" and "nothing" in refused["reason"]
    evening.plays("set.py", DAY)
    until(lambda: evening.show.pipeline.path == evening.day)
    edited = DAY.replace("levels", "waveform")
    evening.day.write_text(edited)
    evening.plays("set.py", edited)
    evening.night.write_text(NIGHT)
    evening.saves.turn_to(evening.night)
    evening.plays("night.py", NIGHT)


def test_a_scene_that_is_gone_or_plays_already_is_answered_in_a_line(evening: Evening) -> None:
    evening.saves.turn_to(evening.day)
    evening.until(lambda: "set.py plays already" in evening.notes())
    evening.night.unlink()
    evening.saves.turn_to(evening.night)
    evening.until(lambda: "night.py cannot play: it is gone" in evening.notes())
    assert evening.show.pipeline.path == evening.day
    assert [m for m in evening.show.messages if m["type"] == "waiting"] == []


def test_an_engine_that_returns_plays_the_scene_that_was_on_the_air(tmp_path: Path) -> None:
    show = Show(tmp_path, DAY, size=32)
    night = tmp_path / "sets" / "night.py"
    night.write_text(NIGHT)
    saves = Saves(
        show.pipeline, Watcher(show.pipeline.inputs.watched, []), None, show.emit, pytest.fail
    )
    saves.start()
    resume = vars(Commit(status="on_air", file=str(night), version=7, source=NIGHT))
    saves.watch([resume])
    until(lambda: show.player.cued or show.player.program)
    show.play(0.04)
    assert show.player.program is not None
    assert (show.player.program.version, show.player.program.script.path) == (7, night)
    assert show.pipeline.path == night
    saves.stop()


def test_models_of_the_next_scenes_are_read_beforehand(tmp_path: Path) -> None:
    make_models(tmp_path / "models")
    sets = tmp_path / "sets"
    sets.mkdir()
    scenes = [sets / f"{name}.py" for name in "abc"]
    scenes[0].write_text(f'{LIVE}show(model("stone"))\n')
    scenes[1].write_text(f'{LIVE}show(model("water"))\nmodel("broken")\nmodel("nowhere")\n')
    scenes[2].write_text("half a (")
    models = SceneModels(scenes, Builder(tmp_path))
    assert models.load_next(scenes[0])
    assert [path.parent.name for path in models.held] == ["water"], "of the next scene first"
    while models.load_next(scenes[0]):
        pass
    assert [path.parent.name for path in models.held] == ["water", "stone"]


def test_the_models_of_a_set_are_found_without_running_it() -> None:
    text = (
        'raise SystemExit\na = model("x", wave)\nb = morph("y", "z", 0.5)\nmodel(name)\nmodel("x")'
    )
    assert models_named(text) == ["x", "y", "z"]
    assert models_named("model(") == []
