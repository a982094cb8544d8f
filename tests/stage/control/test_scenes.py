"""Scenes are found by number, name or path; each keeps its knobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.ipc.messages import PlayScene, Solo
from livegan.stage.control.scenes import SceneKnobs, cue_scene, find_scene, scene_of
from livegan.stage.control.switches import Switches

SCENES = ("/gig/day.py", "/gig/night.py", "/other/night.py")


@pytest.mark.parametrize(
    ("text", "path"),
    [("1", SCENES[0]), ("day", SCENES[0]), ("day.py", SCENES[0]), ("3", SCENES[2])],
)
def test_a_scene_has_a_number_and_a_name(text: str, path: str) -> None:
    assert find_scene(text, SCENES) == path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dya", "there is no scene 'dya'.*day"),
        ("4", "there is no scene '4'"),
        ("night", "2 scenes are called 'night'; give the number of one"),
        ("/gone/set.py", "there is no set /gone/set.py"),
    ],
)
def test_a_name_that_is_no_scene_is_answered_in_a_line(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        find_scene(text, SCENES)


def test_a_controller_plays_a_scene_unless_it_plays_already() -> None:
    sent, notes = list[PlayScene](), list[str]()
    for text in ("1", "2", "9"):
        cue_scene(text, SCENES, SCENES[0], sent.append, notes.append)
    assert sent == [PlayScene(SCENES[1])]
    (note,) = notes
    assert note.startswith("there is no scene '9'")


def test_any_set_can_be_named_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "new.py").touch()
    assert find_scene(str(tmp_path / "new.py"), SCENES) == str(tmp_path / "new.py")


def test_the_hud_names_the_scene_of_a_show_with_several() -> None:
    assert scene_of(SCENES[1], SCENES) == "2 night"
    assert scene_of(SCENES[1], SCENES[1:2]) == scene_of("/safe.py", SCENES) == ""


def test_number_keys_play_scenes_where_there_are_several_and_else_solo_slots() -> None:
    _, orders = Switches(slots=4, scenes=SCENES).press("number", "2", 0.0)
    assert orders == (PlayScene(SCENES[1]),)
    switches, orders = Switches(slots=4, scenes=SCENES).press("number", "7", 0.0)
    assert orders == () and switches.hint is not None
    assert switches.hint.text == "there is no scene 7: the show has 3"
    for action, pressed in (("number", "2"), ("solo", "F6")):
        _, orders = Switches(slots=4).press(action, pressed, 0.0)
        assert orders == (Solo(1),)


@pytest.fixture
def controls() -> Iterator[ControlTable]:
    with ControlTable.create() as made:
        yield made


def test_a_scene_keeps_its_knobs_and_a_new_one_begins_with_its_own(controls: ControlTable) -> None:
    knobs = SceneKnobs(controls)
    day = [{"name": "hue", "default": 0.3}, {"name": "size", "default": 1.0}]
    night = [{"name": "hue", "default": 0.8}]
    knobs.hear("day", day, 1.0)
    controls.set("knob/hue", 0.5, 2.0)
    controls.set("knob/other", 0.1, 2.0)
    knobs.hear("day", day[:1], 2.5)
    knobs.hear("night", night, 3.0)
    assert controls.snapshot()["knob/hue"][:2] == (0.8, 3.0)
    controls.set("knob/hue", 0.9, 4.0)
    knobs.hear("day", day, 5.0)
    assert controls.snapshot()["knob/hue"].value == 0.5
    assert "knob/size" not in controls.snapshot(), "nobody turned it: it has its default"
    knobs.hear("night", night, 6.0)
    assert controls.snapshot()["knob/hue"].value == 0.9
    assert controls.snapshot()["knob/other"].value == 0.1


def test_a_show_of_one_set_says_how_another_is_played() -> None:
    with pytest.raises(ValueError, match=r"there is no scene 'four'; .* give the file of another"):
        find_scene("four", ())
