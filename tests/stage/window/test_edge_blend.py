"""Two projectors whose pictures overlap light the wall as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livegan.stage.window.canvas import levelled
from livegan.stage.window.edge_blend import shares
from livegan.stage.window.trim import EDGES, Trim, TrimError, load, read_trim, save
from livegan.stage.window.trim_edit import TrimEdit
from livegan.stage.window.warp import warp_of

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@pytest.mark.parametrize("gamma", (1.0, 2.2, 3.0))
def test_across_an_overlap_the_light_adds_up_to_that_of_one(gamma: float) -> None:
    left = shares(Trim(blend_right=0.25, blend_gamma=gamma), (80, 4)) ** gamma
    right = shares(Trim(blend_left=0.25, blend_gamma=gamma), (80, 4)) ** gamma
    assert np.allclose(left[:, 60:] + right[:, :20], 1.0)
    assert (left[:, :60] == 1).all() and (right[:, 20:] == 1).all()


def test_a_picture_is_dark_at_a_blended_edge_and_as_it_was_elsewhere() -> None:
    white = np.full((40, 40, 3), 255, np.uint8)
    seen = levelled(white, Trim(blend_bottom=0.5))
    assert (seen[:20] == 255).all() and seen[-1].max() < 40
    assert (np.diff(seen[20:, 7, 0].astype(int)) <= 0).all()
    assert levelled(white, Trim(blend_gamma=1.0)) is white, "nothing is done where nothing blends"


@pytest.mark.parametrize("rotation", (0, 90, 180, 270))
@pytest.mark.parametrize("flip", ("none", "horizontal", "vertical", "both"))
@pytest.mark.parametrize("edge", EDGES)
def test_the_edge_is_that_of_the_wall_whichever_way_the_picture_is_turned(
    rotation: int, flip: str, edge: str
) -> None:
    trim = Trim(rotation=rotation, flip=flip, **{f"blend_{edge}": 0.4})
    size = (30, 20)
    window = (20, 30) if rotation in (90, 270) else size
    index = warp_of(trim, size, window).index(size)
    picture = np.append(shares(trim, size).reshape(-1), 0.0)
    seen = picture[index]
    row, column = seen[window[1] // 2], seen[:, window[0] // 2]
    near = {"left": row[0], "right": row[-1], "top": column[0], "bottom": column[-1]}
    assert near.pop(edge) < 0.3
    assert min(near.values()) == 1.0


def test_two_windows_show_parts_that_overlap_and_add_up_to_the_whole() -> None:
    wall = np.random.default_rng(1).integers(0, 256, (30, 110, 3), np.uint8)
    left = Trim(part=(0, 0, 60 / 110, 1), blend_right=1 / 6, blend_gamma=1)
    right = Trim(part=(50 / 110, 0, 1, 1), blend_left=1 / 6, blend_gamma=1)
    seen = np.zeros(wall.shape, int)
    seen[:, :60] += levelled(wall, left)
    seen[:, 50:] += levelled(wall, right)
    assert np.abs(seen - wall).max() <= 2
    assert levelled(wall, Trim(part=(0.999, 0.999, 1, 1))).shape == (1, 1, 3)


@pytest.mark.parametrize(
    "part", [(0.5, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1), "all", (0, float("nan"), 1, 1)]
)
def test_a_part_that_is_none_is_refused(part: object) -> None:
    with pytest.raises(TrimError, match="part is "):
        read_trim({"part": part})


def test_keys_choose_an_edge_and_widen_its_overlap_and_it_is_kept(tmp_path: Path) -> None:
    edit = TrimEdit.begin(Trim(), WHOLE)
    for name, shift in (("e", False), ("e", False), ("l", True), ("l", False), ("o", False)):
        after = edit.press(name, shift, (200, 100))
        assert after is not None
        edit = after
    assert edit.edge == "right" and edit.trim.blend_right == 0.06
    assert edit.trim.blend_gamma == 2.4
    edit = replace(edit, trim=replace(edit.trim, part=(0.0, 0.0, 0.55, 1.0)))
    save(tmp_path / "four.outputs.toml", "left", edit.trim)
    assert load(tmp_path / "four.outputs.toml", "left") == edit.trim
    gammas = []
    for _ in range(12):
        after = edit.press("o", False, (200, 100))
        assert after is not None
        edit = after
        gammas.append(edit.trim.blend_gamma)
    assert min(gammas) == 1.0 and max(gammas) == 3.0
    with pytest.raises(TrimError, match=r"blend_left is 0 to 0\.5, not 0\.7"):
        Trim(blend_left=0.7)
