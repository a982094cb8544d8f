"""A data set's folder holds what its manifest lists, and each film on one side."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from livegan.dataset import DataSet, DataSetError, Split, build
from livegan.dataset.building import _tasks
from livegan.lock import HeldError, held
from tests.dataset.tiny_films import film

NO_SPLIT = Split(share=0)


def made(out: Path, *films: Path, val: tuple[Path, ...] = (), jobs: int = 1) -> DataSet:
    """A small data set, all of whose pictures are of its manifest."""
    result = build(
        films, ["waveform"], val_films=val, out=out, size=16, rate=5, split=NO_SPLIT, jobs=jobs
    )
    manifest = json.loads((out / "manifest.json").read_text())
    for side in ("train", "val"):
        rows = [row for film in manifest["films"] for row in film["pairs"] if row["side"] == side]
        files = sorted(row["file"] for row in rows)
        assert files == sorted(path.name for path in (out / side).glob("*.png"))
        assert len(files) == result.count(side)
    return result


def shas(result: DataSet, side: str) -> set[str]:
    """Which films have pairs on a side."""
    return {film.sha256 for film in result.films if film.count(side)}  # type: ignore[arg-type]


def test_a_film_that_is_held_out_later_is_no_longer_trained_on(tmp_path: Path) -> None:
    one, two = film(tmp_path / "one.mkv"), film(tmp_path / "two.mkv")
    first = made(tmp_path / "o", one, two)
    assert first.count("train") and not first.count("val")
    second = made(tmp_path / "o", one, val=(two,))
    assert second.count("train") + second.count("val") == first.count("train")
    assert not shas(second, "train") & shas(second, "val")
    assert any("two.mkv: was not held out before" in note for note in second.notes)
    back = made(tmp_path / "o", one, two)
    assert back.count("train") == first.count("train") and not back.count("val")


def test_a_film_by_two_names_is_taken_once_and_held_out_if_either_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "a.mkv")
    monkeypatch.chdir(tmp_path)
    made_ = made(tmp_path / "o", Path("a.mkv"), val=(path,))
    assert made_.count("val") and not made_.count("train") and len(made_.films) == 1
    (tmp_path / "link.mkv").symlink_to(path)
    shutil.copy(path, tmp_path / "copy.mkv")
    names = [Path("a.mkv"), Path("copy.mkv"), Path("link.mkv")]
    tasks, notes = _tasks(names[:2], names[2:])
    assert [(task.path, task.held_out) for task in tasks] == [(Path("a.mkv"), True)]
    assert notes == ["copy.mkv: is the same film as a.mkv, which is held out; taken once"]
    copied = made(tmp_path / "p", Path("a.mkv"), val=(Path("copy.mkv"),))
    assert copied.count("val") and not copied.count("train")


def test_a_film_that_was_moved_and_renamed_is_the_same(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv")
    first = made(tmp_path / "o", path)
    (tmp_path / "films").mkdir()
    moved = path.rename(tmp_path / "films" / "b.mkv")
    second = made(tmp_path / "o", moved)
    assert second.films[0].film == str(moved)
    assert second.films[0].pairs == first.films[0].pairs


def test_a_film_that_has_changed_takes_the_place_of_what_it_was(tmp_path: Path) -> None:
    path, other = film(tmp_path / "a.mkv"), film(tmp_path / "b.mkv")
    made(tmp_path / "o", path, other)
    film(path, seconds=1)
    changed = made(tmp_path / "o", val=(path,))
    assert [Path(film.film).name for film in changed.films] == ["a.mkv", "b.mkv"]
    assert any("a.mkv: was another film before" in note for note in changed.notes)
    assert changed.films[0].count("val") and not changed.films[0].count("train")


def test_a_film_of_the_same_name_in_another_place_is_another_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        film(Path("a.mkv"))
        both = made(tmp_path / "o", Path("a.mkv"))
    assert len(shas(both, "train")) == 2 and not both.notes


def test_films_are_added_one_command_after_the_other(tmp_path: Path) -> None:
    one, two = film(tmp_path / "one.mkv"), film(tmp_path / "two.mkv")
    made(tmp_path / "o", one)
    both = made(tmp_path / "o", two)
    assert [Path(film.film).name for film in both.films] == ["two.mkv", "one.mkv"]
    assert "of an earlier command" in both.films[1].note and len(shas(both, "train")) == 2
    with (tmp_path / "o" / "contact.jpg").open("rb"):
        pass


def test_what_a_killed_run_left_of_a_film_that_is_dropped_is_removed(tmp_path: Path) -> None:
    one, two = film(tmp_path / "one.mkv"), film(tmp_path / "two.mkv")

    def killed(name: str, done: float, pairs: int) -> None:
        if name == "two.mkv" and pairs == 3:
            raise KeyboardInterrupt

    how = {"out": tmp_path / "o", "size": 16, "rate": 5, "split": NO_SPLIT}
    with pytest.raises(KeyboardInterrupt):
        build([one, two], ["waveform"], progress=killed, **how)  # type: ignore[arg-type]
    assert list((tmp_path / "o" / "train").glob("two-*"))
    (tmp_path / "o" / "train" / "mine.png").write_bytes(b"a picture of the maker's own")
    left = build([one], ["waveform"], **how)  # type: ignore[arg-type]
    assert not list((tmp_path / "o" / "train").glob("two-*"))
    assert (tmp_path / "o" / "train" / "mine.png").exists()
    assert any("3 pictures that are no film's" in note for note in left.notes)
    assert any("train: 1 files in it are no pairs" in note for note in left.notes)


def test_pictures_that_were_deleted_by_hand_stay_away_and_are_counted(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv")
    first = made(tmp_path / "o", path)
    files = [row["file"] for row in first.films[0].pairs]
    kept = (tmp_path / "o" / "train" / files[0]).read_bytes()
    for file in files[::2]:
        (tmp_path / "o" / "train" / file).unlink()
    second = made(tmp_path / "o", path)
    assert second.count("train") == len(files) - len(files[::2])
    assert second.films[0].dropped["removed by hand"] == len(files[::2])
    (tmp_path / "o" / "train" / files[0]).write_bytes(kept)  # out of the bin again
    assert made(tmp_path / "o", path).count("train") == second.count("train") + 1


def test_a_picture_deleted_of_one_encoder_alone_is_a_gap_on_the_sheet(tmp_path: Path) -> None:
    how = {"out": tmp_path / "o", "size": 16, "rate": 2, "split": NO_SPLIT}
    path = film(tmp_path / "a.mkv")
    encoders = ["waveform", "spectrum"]
    first = build([path], encoders, **how)  # type: ignore[arg-type]
    for file in (tmp_path / "o" / "spectrum" / "train").iterdir():
        file.unlink()
    second = build([path], encoders, **how)  # type: ignore[arg-type]
    assert second.count("train") == first.count("train")


def test_a_film_with_a_very_long_name_is_cut_like_any_other(tmp_path: Path) -> None:
    long = film(tmp_path / "a.mkv").rename(tmp_path / ("長" * 76 + ".mkv"))
    good = film(tmp_path / "good.mkv")
    result = made(tmp_path / "o", long, good, tmp_path / ("x" * 300 + ".mkv"))
    assert [bool(film.error) for film in result.films] == [False, False, True]
    assert "cannot be read (File name too long)" in result.films[2].error
    assert result.films[0].pairs[0]["file"].startswith("長" * 33 + "-")


def test_a_data_set_is_written_by_one_process_at_a_time(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv")
    with (
        held(tmp_path / "o", "written"),
        pytest.raises(HeldError, match="o is being written by process"),
    ):
        made(tmp_path / "o", path)
    made(tmp_path / "o", path)


def test_a_folder_of_something_else_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    path = film(tmp_path / "films" / "a.mkv")
    with pytest.raises(DataSetError, match="no data set"):
        made(tmp_path, path)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.mkv", "films"]


@pytest.mark.parametrize("rate", [math.nan, math.inf, 0.0, -1.0])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: float) -> None:
    with pytest.raises(DataSetError, match="rate"):
        build([], ["waveform"], out=tmp_path / "o", rate=rate)
    assert not (tmp_path / "o").exists()
