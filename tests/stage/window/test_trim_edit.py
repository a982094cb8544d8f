"""Fitting a window by hand, with keys and with the mouse."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from livegan.stage.window.trim import Trim, load
from livegan.stage.window.trim_edit import HELP, TrimEdit
from livegan.stage.window.trimming import MOUSE_DOWN, MOUSE_MOVES, MOUSE_UP, Trimming

SIZE = (200, 100)
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def pressed(edit: TrimEdit, *names: str, shift: bool = False) -> TrimEdit:
    for name in names:
        after = edit.press(name, shift, SIZE)
        assert after is not None, name
        edit = after
    return edit


def test_arrows_move_the_chosen_corner_by_pixels_and_shift_by_ten() -> None:
    edit = pressed(TrimEdit.begin(Trim(), WHOLE), "tab", "left", "down")
    assert edit.trim.corners[1] == pytest.approx((1 - 1 / 200, 1 / 100))
    assert edit.trim.corners[0] == (0.0, 0.0)
    edit = pressed(edit, "left", shift=True)
    assert edit.trim.corners[1] == pytest.approx((1 - 11 / 200, 1 / 100))


def test_a_corner_is_not_dragged_across_the_others() -> None:
    edit = TrimEdit.begin(Trim(), WHOLE).grab(2, 2, SIZE)
    good = edit.drag(100, 20, SIZE)
    assert good.trim.corners[0] == (0.5, 0.2)
    assert good.drag(195, 99, SIZE) == good


def test_the_mouse_takes_the_nearest_point_and_lets_it_go() -> None:
    edit = TrimEdit.begin(Trim(), WHOLE).grab(195, 95, SIZE)
    assert edit.at == 2 and edit.drags
    edit = edit.drag(180, 80, SIZE).drop()
    assert edit.trim.corners[2] == (0.9, 0.8)
    assert edit.drag(10, 10, SIZE) == edit


def test_a_mask_begins_around_the_mouse_gains_points_and_loses_them() -> None:
    edit = pressed(TrimEdit.begin(Trim(), WHOLE), "k").grab(100, 50, SIZE)
    assert len(edit.trim.mask) == 4
    edit = edit.drop().grab(100, 90, SIZE)
    assert len(edit.trim.mask) == 5 and edit.trim.mask[edit.at] == (0.5, 0.9)
    edit = pressed(edit, "backspace", "backspace")
    assert len(edit.trim.mask) == 3
    assert pressed(edit, "backspace").trim.mask == ()


def test_levels_stay_within_their_range() -> None:
    edit = pressed(TrimEdit.begin(Trim(), WHOLE), *["s"] * 40, *["z"] * 40, *["n"] * 40)
    assert (edit.trim.brightness, edit.trim.gamma, edit.trim.contrast) == (0.5, 0.4, 0.25)


def test_each_key_of_the_help_means_something_and_panic_keys_stay_the_shows() -> None:
    edit = TrimEdit.begin(Trim(), WHOLE)
    named = [key for keys, _ in HELP for key in keys.split(", ")]
    for name in set(named) - {"arrows", "enter", "esc"}:
        assert edit.press(name, False, SIZE) is not None, name
    for name in ("space", "d", "b", "u", "p", "q"):
        assert edit.press(name, False, SIZE) is None


@pytest.fixture
def trimming(tmp_path: Path) -> Trimming:
    trimming = Trimming(tmp_path / "four.py", "main", lambda line: None)
    trimming.look(0)
    trimming.begin((100, 100), SIZE)
    return trimming


def mouse(kind: int, x: int = 0, y: int = 0) -> Any:
    return SimpleNamespace(type=kind, pos=(x, y), button=1)


def test_enter_keeps_it_in_the_file_beside_the_set(tmp_path: Path, trimming: Trimming) -> None:
    trimming.mouse(mouse(MOUSE_DOWN, 50, 0), SIZE)
    trimming.mouse(mouse(MOUSE_MOVES, 20, 10), SIZE)
    trimming.mouse(mouse(MOUSE_UP), SIZE)
    assert trimming.press("return", False, SIZE) and trimming.edit is None
    kept = load(tmp_path / "four.outputs.toml", "main")
    assert kept.corners == ((0.1, 0.1), (0.75, 0.0), (0.75, 1.0), (0.25, 1.0))
    assert trimming.trim == kept


def test_escape_leaves_all_as_it_was(tmp_path: Path, trimming: Trimming) -> None:
    trimming.press("r", False, SIZE)
    assert trimming.trim.rotation == 90
    trimming.press("escape", False, SIZE)
    assert trimming.trim == Trim() and not (tmp_path / "four.outputs.toml").exists()
    assert not trimming.press("r", False, SIZE)


def test_an_edited_file_is_read_while_the_show_plays(tmp_path: Path) -> None:
    told: list[str] = []
    trimming = Trimming(tmp_path / "four.py", "main", told.append)
    file = tmp_path / "four.outputs.toml"
    file.write_text("[main]\nrotation = 180\n")
    trimming.look(0)
    assert trimming.trim.rotation == 180
    file.write_text("[main]\nrotation = 7\n")
    trimming.look(1)
    assert trimming.trim.rotation == 180  # stays
    assert len(told) == 1 and "four.outputs.toml, [main]: rotation is one of" in told[0]
    file.unlink()
    trimming.look(2)
    assert trimming.trim == Trim()


def test_a_file_that_cannot_be_written_costs_the_file_only(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "four.outputs.toml").write_text("[broken")
    trimming = Trimming(tmp_path / "four.py", "main", told.append)
    trimming.begin((10, 10), SIZE)
    trimming.press("r", False, SIZE)
    trimming.press("return", False, SIZE)
    assert trimming.trim.rotation == 90 and "not overwritten" in told[-1]
    assert (tmp_path / "four.outputs.toml").read_text() == "[broken"


def test_the_grid_is_shown_in_place_of_the_picture_until_g(trimming: Trimming) -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    grid = trimming.instead(picture, SIZE)
    assert grid.shape == (100, 200, 3) and grid.max() == 255
    trimming.press("g", False, SIZE)
    assert trimming.instead(picture, SIZE) is picture
