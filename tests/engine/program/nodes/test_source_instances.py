"""Pictures from outside are nodes of a set: films, files, and what stands in for cameras."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from livegan.engine.commit.script import Refusal
from livegan.rehearsal import Rehearsal, rehearse
from tests.picture_sources.films import value_of, write_film

HEAD = "from livegan.live import *\nsettings(size=64, dissolve=0)\n"


def played(
    folder: Path, text: str, *, fps: float = 25, seconds: float = 1.0, **more: Any
) -> tuple[list[Any], list[str]]:
    """The pictures of a rehearsal of a set, and what was said."""
    (folder / "set.py").write_text(HEAD + text, encoding="utf-8")
    shown: list[Any] = []
    said: list[str] = []
    what = Rehearsal(
        set=folder / "set.py", seconds=seconds, fps=fps, folder=folder, flash_guard="off", **more
    )
    result = rehearse(
        what,
        on_frame=lambda frame, pixels: shown.append(pixels.copy()),
        on_message=lambda m: said.append(str(m.get("text", ""))),
    )
    assert result.faults == []
    return shown, said


def levels(shown: list[Any]) -> list[int]:
    return [round(float(p.mean())) for p in shown]


def test_a_film_plays_by_the_clock_of_the_show(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", 60)
    shown, _ = played(tmp_path, 'show(film("a.mp4"))')
    assert levels(shown) == pytest.approx([value_of(i) for i in range(25)], abs=3)


def test_a_film_plays_backwards_and_at_another_speed(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", 50)
    shown, _ = played(tmp_path, 'show(film("a.mp4", speed=-2))', seconds=0.4)
    expected = [value_of(0)] + [value_of(50 - 2 * i) for i in range(1, 10)]
    assert levels(shown) == pytest.approx(expected, abs=3)


def test_a_signal_scrubs_through_a_film(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", 50)
    shown, _ = played(tmp_path, 'show(film("a.mp4", position=0.5 + 0 * beat))', seconds=0.2)
    assert levels(shown) == pytest.approx([value_of(25)] * 5, abs=3)


def test_the_same_film_twice_is_the_same_to_the_bit(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", 60)
    text = 'show(film("a.mp4", speed=1 + lfo(seconds=1), loop="to and fro"))'
    first, second = (played(tmp_path, text)[0] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_signal_chooses_between_films(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        write_film(tmp_path / name, 25, pts=list(range(25)))
    text = 'settings(bpm=120)\nshow(film(choose("a.mp4", "b.mp4", beats=1, order="cycle")))'
    shown, _ = played(tmp_path, text)
    assert levels(shown)[13] == pytest.approx(value_of(0), abs=3)  # the second begins then


def test_a_film_that_is_not_there_is_told_and_a_pattern_is_seen(tmp_path: Path) -> None:
    write_film(tmp_path / "night.mp4", 5)
    shown, said = played(tmp_path, 'show(film("nihgt.mp4"))', seconds=0.5)
    assert any("no file 'nihgt.mp4'" in t and "'night.mp4'" in t for t in said)
    assert shown[0].std() > 20


def test_a_camera_shows_its_stand_in(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 60)
    text = 'show(camera("FaceTime"))'
    shown, _ = played(tmp_path, text, stand_ins={"camera:FaceTime": str(film)})
    assert levels(shown) == pytest.approx([value_of(i) for i in range(25)], abs=3)


def test_a_camera_without_one_shows_a_moving_pattern_and_a_line(tmp_path: Path) -> None:
    shown, said = played(tmp_path, "show(camera())", seconds=1.0, fps=5)
    assert all(np.abs(a.astype(int) - b).mean() > 0.5 for a, b in pairwise(shown))
    assert sum("test pattern stands in" in text for text in said) == 1


def test_a_picture_is_upright_and_its_transparency_is_a_mask(tmp_path: Path) -> None:
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[:, :32] = (255, 0, 0, 255)
    Image.fromarray(rgba).save(tmp_path / "logo.png")
    shown, _ = played(tmp_path, 'show(picture("logo.png").alpha)', seconds=0.1)
    assert shown[0][:, :30].min() > 250
    assert shown[0][:, 34:].max() < 5


def test_the_transparency_of_a_live_source_is_a_mask_as_well(tmp_path: Path) -> None:
    rgba = np.full((64, 64, 4), 200, np.uint8)
    rgba[:, :32, 3], rgba[:, 32:, 3] = 255, 0
    Image.fromarray(rgba).save(tmp_path / "sent.png")
    text = 'desk = ndi_in("Desk")\nshow(desk.mask(desk.alpha))'
    shown, _ = played(tmp_path, text, seconds=0.1, stand_ins={"ndi_in": str(tmp_path / "sent.png")})
    assert np.abs(shown[0][:, :30].astype(int) - 200).max() <= 2
    assert shown[0][:, 34:].max() < 5


@pytest.mark.parametrize(("fit", "corner"), [("cover", 200), ("contain", 0), ("stretch", 200)])
def test_a_picture_of_another_shape_fits_as_it_is_told(
    tmp_path: Path, fit: str, corner: int
) -> None:
    Image.new("RGB", (128, 64), (200, 200, 200)).save(tmp_path / "wide.png")
    shown, _ = played(tmp_path, f'show(picture("wide.png", fit="{fit}"))', seconds=0.1)
    assert shown[0][0, 0, 0] == pytest.approx(corner, abs=1)


def test_a_picture_is_turned_and_mirrored(tmp_path: Path) -> None:
    half = np.zeros((64, 64, 3), np.uint8)
    half[:32] = 255  # bright above
    Image.fromarray(half).save(tmp_path / "a.png")
    turned, _ = played(tmp_path, 'show(picture("a.png", turn=90))', seconds=0.1)
    assert turned[0][:, 40:].min() > 250  # bright at the right
    both, _ = played(tmp_path, 'show(picture("a.png", turn=90, mirror=True))', seconds=0.1)
    assert both[0][:, :20].min() > 250


def test_a_folder_of_pictures_is_a_slide_show(tmp_path: Path) -> None:
    (tmp_path / "stills").mkdir()
    for index, name in enumerate(("b.png", "a.png")):
        Image.new("RGB", (64, 64), (100 * index + 50,) * 3).save(tmp_path / "stills" / name)
    text = 'settings(bpm=120)\nshow(pictures("stills", beats=1))'
    shown, _ = played(tmp_path, text, fps=10)
    assert levels(shown)[:5] == [150] * 5
    assert levels(shown)[5:10] == [50] * 5


def test_a_source_is_fed_to_models_and_mixers_like_any_picture(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", 10)
    shown, _ = played(tmp_path, 'show(film("a.mp4").blend(camera(), 0.5).hue(0.2))', seconds=0.2)
    assert shown[0].std() > 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("show(film(3))", "film needs the name of a file in quotes"),
        ('show(film("a.mp4", loop="sideways"))', "loop is True, False"),
        ('show(film("a.mp4", sped=2))', "'speed'"),
        ('show(picture("a.png", turn=45))', "turn is 0, 90, 180 or 270"),
        ('show(camera("x", away=3))', "away= takes a picture"),
        ('show(source("kamera"))', "'camera'"),
    ],
)
def test_a_mistake_is_refused_in_a_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Refusal) as error:
        played(tmp_path, text)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('film("clips/nihct.mp4")', "there is no file 'clips/nihct.mp4'; did you mean "
         "'clips/nächt.mp4'?"),
        ('film("clips/cut.mp4")', "cut.mp4: it is cut off, so it has no index; wait until"),
        ('film("clips/empty.mp4")', "empty.mp4: it is empty; copy it again"),
        ('film("clips")', "'clips' is a folder; name a file in it, such as film(\"clips/cut"),
        ('picture("stills")', "'stills' is a folder; write pictures(\"stills\") for all 2"),
        ('picture("clips/cut.mp4")', "cut.mp4: is a film; write film(\"cut.mp4\")"),
        ('pictures("stills/b.png")', "'stills/b.png' is a file; write picture(\"stills/b.png\")"),
        ('pictures("stil")', "there is no folder 'stil'; did you mean 'stills'?"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_shown_is_told_with_what_to_write(
    files: Path, line: str, said: str
) -> None:
    _, told = played(files, f"show({line})", seconds=0.04)
    assert [text for text in told if said in text], told


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name in ("clips", "stills"):
        (folder / name).mkdir()
    write_film(folder / "clips" / "nächt.mp4", 5)
    whole = (folder / "clips" / "nächt.mp4").read_bytes()
    (folder / "clips" / "cut.mp4").write_bytes(whole[: len(whole) // 3])
    (folder / "clips" / "empty.mp4").touch()
    (folder / "stills" / "a.png").write_bytes(b"no picture")
    Image.new("L", (8, 8), 200).save(folder / "stills" / "b.png")
    return folder


def test_a_damaged_picture_of_a_folder_is_passed_over(files: Path) -> None:
    shown, _ = played(files, 'show(pictures("stills"))', seconds=0.08)
    assert levels(shown) == pytest.approx([200, 200], abs=2)


def test_a_name_is_found_in_either_unicode_form(files: Path) -> None:
    shown, told = played(files, 'show(film("clips/na\u0308cht.mp4"))', seconds=0.04)
    assert levels(shown) == pytest.approx([value_of(0)], abs=3), told
