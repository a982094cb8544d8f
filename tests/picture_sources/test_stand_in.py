"""What ``--with`` says, and the file that is played in place of a live source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livegan.picture_sources.board import RingBoard
from livegan.picture_sources.clip import Clip
from livegan.picture_sources.played_file import PlayedFilm, open_played_file
from livegan.picture_sources.source import PictureSourceError, SourceName, Wanted
from livegan.picture_sources.stand_in import given_for, stand_ins, unused_stand_ins
from tests.picture_sources.films import value_of, write_film

CANVAS = Wanted(48, 64)
FACETIME = SourceName("camera", "FaceTime")


def test_each_word_is_a_source_and_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clip=1.mp4").touch()
    (tmp_path / "a.png").touch()
    monkeypatch.chdir(tmp_path)
    given = stand_ins(["camera:FaceTime=a.png", "film:b.mp4=test", " ndi_in = a.png "])
    picture = str(tmp_path / "a.png")
    assert given == {"camera:FaceTime": picture, "film:b.mp4": "test", "ndi_in": picture}


@pytest.mark.parametrize("word", ["camera", "camera=", "=clip.mp4"])
def test_a_word_of_another_form_is_refused(word: str) -> None:
    with pytest.raises(PictureSourceError, match=r"write SOURCE=FILE, such as camera=clip\.mp4"):
        stand_ins([word])


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(PictureSourceError, match=r"camera=no\.mp4: there is no file 'no\.mp4'"):
        stand_ins(["camera=no.mp4"])


def test_the_whole_name_comes_before_the_kind() -> None:
    given = {"camera": "all.mp4", "camera:FaceTime": "one.mp4"}
    assert given_for(FACETIME, given) == "one.mp4"
    assert given_for(SourceName("camera", "1"), given) == "all.mp4"
    assert given_for(SourceName("screen"), given) == ""


def test_one_for_no_source_of_the_set_is_told_once() -> None:
    said: list[str] = []
    board = RingBoard(said.append, given={"camra": "/a/clip.mp4", "camera": "/a/clip.mp4"})
    for _ in range(2):
        board.check_stand_ins([FACETIME, SourceName("film", "a.mp4")])
    has = "camera:FaceTime, film:a.mp4"
    assert said == [f"--with camra=clip.mp4: the set has no such source; its sources: {has}"]
    assert unused_stand_ins({"film:a.mp4": "test"}, [SourceName("film", "a.mp4")]) == []


def test_a_film_goes_round_by_the_clock_and_leaves_out_what_is_late(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 10)  # 25 a second: 0.4 s
    now = [100.0]
    played = PlayedFilm(
        Clip(film, CANVAS), lambda: now[0], lambda s: now.__setitem__(0, now[0] + s)
    )

    def seen() -> int:
        pixels = played.read()
        assert pixels is not None
        return round(float(pixels.mean()))

    assert [seen() for _ in range(12)] == pytest.approx(
        [value_of(i % 10) for i in range(12)], abs=3
    )
    assert now[0] == pytest.approx(100.0 + 11 / 25)
    now[0] = 101.34  # 1.34 s in: 3 rounds and 0.14 s
    assert seen() == pytest.approx(value_of(3), abs=3)
    played.close()


def test_a_picture_is_delivered_again_while_it_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.picture_sources.played_file.WAIT", 0.25)
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(tmp_path / "a.png")
    played = open_played_file(str(tmp_path / "a.png"), CANVAS)
    found = [played.read() for _ in range(4)]
    assert [pixels is not None for pixels in found] == [True, False, False, True]


def test_a_file_that_is_no_film_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film")
    with pytest.raises(PictureSourceError, match="not a film that can be opened"):
        open_played_file(str(tmp_path / "a.mp4"), CANVAS)
