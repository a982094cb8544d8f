"""A data set holds what the films show, and what a show would draw for their sound."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from livegan.dataset import DataSetError, Split, build, drawing
from livegan.dataset.condition import picture_bytes
from livegan.dataset.pairs import balanced
from livegan.plugin import declare
from livegan.size import Size
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.media import decode
from tests.dataset.tiny_films import clicks, film, shade

NO_SPLIT = Split(share=0)


def halves(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Condition and frame of a pair."""
    pixels = np.asarray(Image.open(path))
    side = pixels.shape[0]
    return pixels[:, :side], pixels[:, side:]


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """All pairs of a data set, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.png"))}


@pytest.mark.parametrize("name", ["waveform", "timeline", "levels", "levels_timeline"])
def test_conditions_are_those_of_a_show_bit_for_bit(tmp_path: Path, name: str) -> None:
    path = film(tmp_path / "a.mkv", seconds=3)
    result = build([path], [name], out=tmp_path / "out", size=64, rate=5, split=NO_SPLIT)
    assert result.ok and result.count("train") >= 10
    operation = drawing(name).operation
    hearing = Hearing(RecordedHistory.of(decode(path)))
    for pair in result.films[0].pairs:
        sound = hearing.at(pair["position"])
        values = {p.name: p.default for p in operation.params}
        shown = picture_bytes(operation.make(sound, size=(64, 64), **values), Size.square(64))
        condition, _ = halves(tmp_path / "out" / "train" / pair["file"])
        np.testing.assert_array_equal(condition, shown)
        assert pair["position"] % 480 == 0
        assert 0 <= pair["time"] * 48000 - pair["position"] < 480 + 1


@pytest.mark.parametrize(("fps", "late"), [(12, 0.0), (7, 1.37), (23, 61.3)])
def test_conditions_of_several_encoders_are_those_of_a_show_at_odd_rates(
    tmp_path: Path, fps: int, late: float
) -> None:
    path = film(tmp_path / "a.mkv", seconds=3, fps=fps, late=late)
    names = ["levels", "spectrum", "timeline:seconds=50"]
    how = {"size": 48, "rate": 3.3, "split": NO_SPLIT}
    result = build([path], names, out=tmp_path / "out", **how)  # type: ignore[arg-type]
    hearing = Hearing(RecordedHistory.of(decode(path)))
    pairs = result.films[0].pairs
    assert len(pairs) >= 8 and pairs[0]["time"] >= late
    for pair in pairs:
        sound = hearing.at(pair["position"])
        for found in map(drawing, names):
            shown = found.operation.make(sound, size=(48, 48), **found.values)
            condition, _ = halves(tmp_path / "out" / found.name / "train" / pair["file"])
            np.testing.assert_array_equal(condition, picture_bytes(shown, Size.square(48)))


def test_a_late_first_frame_is_paired_with_the_sound_of_its_time(tmp_path: Path) -> None:
    path = film(tmp_path / "late.mkv", seconds=2, fps=10, late=1.5)
    result = build([path], ["levels"], out=tmp_path / "out", size=32, rate=10, split=NO_SPLIT)
    times = [pair["time"] for pair in result.films[0].pairs]
    assert times[0] == pytest.approx(1.5, abs=0.002)
    for index, pair in enumerate(result.films[0].pairs):
        assert pair["time"] == pytest.approx(1.5 + index / 10, abs=0.002)
        _, frame = halves(tmp_path / "out" / "train" / pair["file"])
        assert abs(int(frame.mean()) - shade(index)) <= 2


def test_each_encoder_has_a_folder_of_its_own_in_one_pass(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv")
    both = build(
        [path],
        ["levels", "timeline:seconds=5"],
        out=tmp_path / "both",
        size=32,
        rate=5,
        split=NO_SPLIT,
    )
    build([path], ["timeline:seconds=5"], out=tmp_path / "one", size=32, rate=5, split=NO_SPLIT)
    names = [pair["file"] for pair in both.films[0].pairs]
    for name in names:
        left, frame = halves(tmp_path / "both" / "levels" / "train" / name)
        right, again = halves(tmp_path / "both" / "timeline" / "train" / name)
        assert not np.array_equal(left, right)
        np.testing.assert_array_equal(frame, again)
        alone = (tmp_path / "one" / "train" / name).read_bytes()
        assert alone == (tmp_path / "both" / "timeline" / "train" / name).read_bytes()
    manifest = json.loads((tmp_path / "both" / "manifest.json").read_text())
    assert [e["name"] for e in manifest["settings"]["encoders"]] == ["levels", "timeline"]
    assert manifest["settings"]["encoders"][1]["parameters"]["seconds"] == 5
    assert [row["file"] for row in manifest["films"][0]["pairs"]] == names


def test_no_neighbours_stand_on_both_sides(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", seconds=12, fps=4)
    split = Split(share=0.34, block=2, gap=0.5)
    result = build([path], ["levels"], out=tmp_path / "out", size=32, rate=4, split=split)
    report = result.films[0]
    assert report.count("train") and report.count("val")
    assert report.dropped["between train and val"] > 0
    times = {
        side: [p["time"] for p in report.pairs if p["side"] == side] for side in ("train", "val")
    }
    assert min(abs(a - b) for a in times["train"] for b in times["val"]) >= 0.5
    held = list((tmp_path / "out" / "val").glob("*.png"))
    assert len(held) == report.count("val")


def test_a_validation_film_is_held_out_as_a_whole(tmp_path: Path) -> None:
    one, two = film(tmp_path / "one.mkv"), film(tmp_path / "two.mkv")
    result = build(
        [one], ["levels"], val_films=[two], out=tmp_path / "out", size=32, rate=5, split=NO_SPLIT
    )
    assert [film.count("val") > 0 for film in result.films] == [False, True]


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_frames_fit_a_square(tmp_path: Path, fit: str) -> None:
    path = film(tmp_path / "wide.mkv", seconds=1, width=96, height=48)
    build([path], ["levels"], out=tmp_path / "out", size=32, rate=2, fit=fit, split=NO_SPLIT)  # type: ignore[arg-type]
    first = sorted((tmp_path / "out" / "train").glob("*.png"))[-1]
    _, frame = halves(first)
    assert frame.shape == (32, 32, 3)
    bars = frame[[0, -1]].max()
    assert (bars < 8) == (fit == "pad")


def test_black_and_still_frames_are_dropped_and_counted(tmp_path: Path) -> None:
    still = film(tmp_path / "still.mkv", seconds=2, still=True)
    black = film(tmp_path / "black.mkv", seconds=1, black=True)
    result = build([still, black], ["levels"], out=tmp_path / "o", size=32, rate=5, split=NO_SPLIT)
    assert result.films[0].count("train") == 1
    assert result.films[0].dropped["near-duplicate"] >= 7
    assert "no frame could be used (" in result.films[1].error
    assert "black: " in result.films[1].error


def test_what_is_no_film_is_refused_by_name_and_the_others_go_on(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    mute = film(tmp_path / "mute.mkv", with_sound=False)
    silent = film(tmp_path / "silent.mkv", sound=np.zeros((96000, 2), np.float32))
    good = film(tmp_path / "good.mkv")
    (tmp_path / "empty").mkdir()
    films = [text, tmp_path / "none.mp4", mute, silent, good, tmp_path / "empty"]
    result = build(films, ["levels"], out=tmp_path / "out", size=32, rate=5, split=NO_SPLIT)
    errors = [report.error for report in result.films]
    assert not result.ok
    assert "notes.mp4: not a film" in errors[0]
    assert "there is no such file" in errors[1]
    assert "no audio stream" in errors[2]
    assert "silent" in errors[3]
    assert not errors[4] and result.films[4].count("train") > 0
    assert "empty: is a folder, and no film is in it" in errors[5]
    assert all("\n" not in error for error in errors)


def test_a_film_cut_off_in_the_middle_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (10 * 48000, 2)).astype(np.float32)
    whole = film(tmp_path / "whole.avi", seconds=10, sound=noise)
    data = whole.read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(data[: len(data) // 2])
    report = build([cut], ["levels"], out=tmp_path / "o", size=32, rate=5, split=NO_SPLIT).films[0]
    assert report.error or report.note
    assert "cut.avi" in (report.error or report.note)


def test_an_interrupted_build_goes_on_to_the_same_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = [film(tmp_path / "one.mkv"), film(tmp_path / "two.mkv", seconds=3)]

    def run(out: Path, die_after: int = 10**9) -> None:
        calls = 0

        def progress(name: str, done: float, pairs: int) -> None:
            nonlocal calls
            calls += 1
            if calls > die_after:
                raise KeyboardInterrupt

        build(films, ["timeline"], out=out, size=32, rate=5, split=NO_SPLIT, progress=progress)

    run(tmp_path / "straight")
    for die_after in (3, 12):
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "broken", die_after)
    run(tmp_path / "broken")
    assert folder_bytes(tmp_path / "broken") == folder_bytes(tmp_path / "straight")
    names = ["manifest.json", "films/settings.json"]
    for name in names:
        straight = (tmp_path / "straight" / name).read_text()
        assert (tmp_path / "broken" / name).read_text() == straight
    assert [path.name for path in (tmp_path / "broken").rglob(".*")] == [".lock"]


def test_a_data_set_is_never_a_mixture(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv")
    build([path], ["levels"], out=tmp_path / "out", size=32, rate=5)
    with pytest.raises(DataSetError, match="made with other settings; choose another folder"):
        build([path], ["levels"], out=tmp_path / "out", size=64, rate=5)
    mark = tmp_path / "out" / "films" / "settings.json"
    older = json.loads(mark.read_text())
    del older["keep_titles"], older["audio_stream"]
    mark.write_text(json.dumps(older))
    build([path], ["levels"], out=tmp_path / "out", size=32, rate=5)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(DataSetError, match="not empty"):
        build([path], ["levels"], out=tmp_path / "mine", size=32)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ("timelin", "did you mean 'timeline'"),
        ("timeline:secnds=5", "did you mean 'seconds'"),
        ("timeline:seconds=long", "not a number"),
        ("timeline:seconds=5,oops", "not KEY=VALUE"),
    ],
)
def test_a_mistyped_encoder_is_refused_before_anything_is_made(
    tmp_path: Path, encoder: str, message: str
) -> None:
    with pytest.raises(DataSetError, match=message):
        build([], [encoder], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_encoder_that_fails_is_named_with_its_place(tmp_path: Path) -> None:
    def broken(sound):  # type: ignore[no-untyped-def]
        raise ZeroDivisionError("by zero")

    path = film(tmp_path / "a.mkv")
    result = build([path], [declare("encoder", broken)], out=tmp_path / "out", size=32, rate=5)
    assert "test_building.py" in result.films[0].error
    assert "encoder 'broken' failed: ZeroDivisionError: by zero" in result.films[0].error


def test_an_encoder_that_is_fed_hears_every_hop_once(tmp_path: Path) -> None:
    class Loudest:
        """The loudest sample so far."""

        def __init__(self) -> None:
            self.heard: list[np.ndarray] = []

        def feed(self, block: np.ndarray) -> None:
            self.heard.append(block)

        def draw(self, sound, *, size) -> np.ndarray:  # type: ignore[no-untyped-def]
            so_far = np.concatenate(self.heard)
            assert len(so_far) == sound.position
            np.testing.assert_array_equal(so_far[-480:], sound.last(0.01))
            return np.full(size, np.abs(so_far).max())

    path = film(tmp_path / "a.mkv", sound=clicks(2))
    result = build([path], [declare("encoder", Loudest)], out=tmp_path / "o", size=32, rate=5)
    assert not result.films[0].error


@pytest.mark.parametrize(("size", "shape"), [("64x32", (32, 64)), ((32, 64), (64, 32))])
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_pairs_have_any_shape(
    tmp_path: Path, size: object, shape: tuple[int, int], fit: str
) -> None:
    path = film(tmp_path / "a.mkv", seconds=1)
    how = {"size": size, "rate": 5, "fit": fit, "split": NO_SPLIT}
    result = build([path], ["levels"], out=tmp_path / "out", **how)  # type: ignore[arg-type]
    assert result.ok and result.count("train")
    hearing = Hearing(RecordedHistory.of(decode(path)))
    operation = drawing("levels").operation
    for pair in result.films[0].pairs:
        pixels = np.asarray(Image.open(tmp_path / "out" / "train" / pair["file"]))
        assert pixels.shape == (shape[0], 2 * shape[1], 3)
        shown = operation.make(hearing.at(pair["position"]), size=shape, gain=1.0)
        condition = picture_bytes(shown, Size(*shape))
        np.testing.assert_array_equal(pixels[:, : shape[1]], condition)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert Size.read(manifest["settings"]["size"]) == shape


def test_a_folder_of_films_is_a_list_of_films(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    (folder / "more").mkdir(parents=True)
    film(folder / "b.mkv", seconds=1)
    film(folder / "more" / "a.MKV", seconds=2)
    film(folder / ".hidden.mkv", seconds=3)
    (folder / "notes.txt").write_text("no film")
    result = build([folder], ["levels"], out=tmp_path / "o", size=32, rate=5, split=NO_SPLIT)
    assert [Path(report.film).name for report in result.films] == ["b.mkv", "a.MKV"] and result.ok


def test_frames_like_the_one_before_are_kept_when_asked_for(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", still=True)
    how = {"size": 32, "rate": 5, "split": NO_SPLIT}
    one = build([path], ["levels"], out=tmp_path / "one", **how)  # type: ignore[arg-type]
    all_ = build([path], ["levels"], out=tmp_path / "all", near=0.0, **how)  # type: ignore[arg-type]
    assert one.count("train") == 1 and all_.count("train") >= 8


def test_no_scene_has_more_pairs_than_asked_for(tmp_path: Path) -> None:
    rows = [{"file": f"{t}", "time": t / 10, "side": "train"} for t in range(100)]
    kept, beyond = balanced(rows, (1.0, 9.0), 4)
    assert [row["time"] for row in kept if row["time"] < 1] == [0.1, 0.3, 0.6, 0.8]
    assert [row["time"] for row in kept if 1 <= row["time"] < 9] == [2.0, 4.0, 6.0, 8.0]
    assert len(kept) == 12 and len(beyond) == 88
    path = film(tmp_path / "a.mkv", seconds=2)
    result = build(
        [path], ["levels"], out=tmp_path / "o", size=32, rate=10, split=NO_SPLIT, per_scene=4
    )
    files = {file.name for file in (tmp_path / "o" / "train").glob("*.png")}
    assert files == {pair["file"] for pair in result.films[0].pairs} and len(files) == 4
    assert result.films[0].dropped["more than 4 of a scene"] > 10


@pytest.mark.parametrize("seconds", [12, 40, 74])
def test_of_a_short_film_a_block_is_held_out_all_the_same(seconds: int) -> None:
    split = Split().of(seconds)
    sides = [split.side(index / 8) for index in range(8 * seconds)]
    held_out = [index / 8 for index, side in enumerate(sides) if side == "val"]
    assert 0.03 < len(held_out) / len(sides) < 0.11
    assert held_out[-1] - held_out[0] < split.block  # one block, and not its neighbours
    assert Split().of(200) == Split().of(0) == Split()
    assert Split(share=0).of(seconds) == Split(share=0)
