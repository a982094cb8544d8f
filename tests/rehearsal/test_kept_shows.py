"""What is made of shows that were kept: pages, exports, comparisons, other sets."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from livegan.cli import app
from livegan.journal.folder import Journal
from livegan.journal.show_page import picture_times, sprite_of
from livegan.journal.timeline import changed_lines, timeline
from livegan.rehearsal.comparing import compare, side_by_side
from livegan.rehearsal.replay_part import Replay
from livegan.rehearsal.replaying import replay
from livegan.rehearsal.thumbnails import thumbnails
from tests.rehearsal.test_replaying import SET, ShowOnDisk


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShowOnDisk]:
    show = ShowOnDisk(tmp_path_factory.mktemp("kept"))
    show.show.save()
    show.play(6)
    show.show.save("show(")
    show.show.save(SET.replace("0.97", "0.5") + "# </script>\n")
    show.play(10, step=4800)
    show.end()
    yield show


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(app, list(words))


def test_the_line_of_time_has_what_happened(kept: ShowOnDisk) -> None:
    found = timeline(Journal(kept.journal))
    assert [each["version"] for each in found["programs"]] == [1, 2]
    first, second = found["programs"]
    assert first["changed"] == [] and len(second["changed"]) == 2
    assert 2.0 < first["at"] < second["at"] < found["seconds"]
    (refusal,) = found["refusals"]
    assert "never closed" in refusal["reason"] and refusal["at"] > first["at"]
    assert [value for _, value in found["controls"]["hue"]] == [0.2, 0.7]
    assert found["frames"] == 16 and len(found["engines"]) == 1
    kicks = [t for t in found["kicks"] if t > 1.5]
    assert np.allclose(np.asarray(kicks) % 0.5, 0.02, atol=0.06)  # 120 a minute
    assert max(high for _, _, high in found["levels"]) > 0
    assert sum(count for _, count in found["rates"]) == 16
    json.dumps(found)


def test_lines_that_are_new_are_known() -> None:
    assert changed_lines("", "a\nb") == []
    assert changed_lines("a\nb\nc", "a\nx\nc\nd") == [1, 3]


def test_the_page_is_one_file_with_pictures_and_harmless_texts(
    kept: ShowOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(kept.folder, monkeypatch, "shows", "one", "--page")
    assert done.exit_code == 0 and "written: shows/one/show.html" in done.output
    html = (kept.journal / "show.html").read_text()
    said = html.split('<script id="data" type="application/json">')[1].split("</script>")[0]
    data = json.loads(said)
    assert data["programs"][1]["text"].endswith("# </script>\n")
    assert len(data["pictures"]["times"]) == 8
    assert data["pictures"]["sprite"].startswith("data:image/jpeg;base64,")
    assert "http" not in html.replace("http://www.w3.org", "")
    (kept.journal / "show.html").unlink()


def test_small_pictures_are_those_of_the_show(kept: ShowOnDisk) -> None:
    journal = Journal(kept.journal)
    shown: list[tuple[float, Any]] = []
    replay(Replay(journal), on_frame=lambda seconds, pixels: shown.append((seconds, pixels)))
    times = picture_times(journal.seconds, shown[0][0])
    high = shown[0][1].shape[0]
    for at, picture in zip(times, thumbnails(journal, times, high), strict=True):
        seen = [pixels for seconds, pixels in shown if seconds <= at][-1]
        assert np.array_equal(np.asarray(picture), seen)
    assert thumbnails(journal, [0.5], 64) == [None]
    assert sprite_of([]) == {"times": [], "sprite": ""}


def test_an_exported_show_is_replayed_where_nothing_else_is(
    kept: ShowOnDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(kept.folder, monkeypatch, "shows", "one", "--export", str(tmp_path / "one.zip"))
    assert done.exit_code == 0, done.output
    elsewhere = tmp_path / "elsewhere"
    with zipfile.ZipFile(tmp_path / "one.zip") as file:
        assert "models/stone/model.safetensors" in file.namelist()
        file.extractall(elsewhere)
    hidden = kept.folder.with_name("hidden")
    kept.folder.rename(hidden)
    try:
        notes: list[str] = []
        done = replay(Replay(Journal(elsewhere / "shows" / "one")), note=notes.append)
        assert done.frames == done.equal == 16
        assert f"models are looked for in {elsewhere}" in notes[0]
    finally:
        hidden.rename(kept.folder)


def test_shows_are_compared_in_numbers_and_as_a_film(kept: ShowOnDisk, tmp_path: Path) -> None:
    other = kept.folder / "shows" / "two"
    shutil.copytree(kept.journal, other)
    a = Journal(kept.journal)
    try:
        same = compare(a, Journal(other))
        assert same.pictures == same.equal > 1 and same.lines == []
        for path in other.glob("*.jsonl"):
            text = path.read_text()
            lines = [json.loads(line) for line in text.splitlines()]
            lines = [s for s in lines if s["what"] != "controls" and s.get("version") != 2]
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        film = tmp_path / "both.mp4"
        found = compare(a, Journal(other), out=film, fps=5)
        assert found.equal < found.pictures and found.largest > 0
        assert found.largest_at is not None and found.motion[0] > 0
        assert found.lines[1:] == ["hue: moved 2 and 0 times", "other: moved 1 and 0 times"]
        assert found.lines[0].startswith("the last version of the set: ")
        with av.open(str(film)) as file:
            (video,) = file.streams.video
            assert video.width == 2 * video.height and file.streams.audio
    finally:
        shutil.rmtree(other)
    assert side_by_side(None, np.zeros((64, 32, 3), np.uint8)).shape == (64, 64, 3)


def test_another_set_is_played_with_the_sound_and_hands_of_a_show(
    kept: ShowOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = kept.folder / "other.py"
    other.write_text(
        'from livegan.live import *\nshow(encode.levels(listen()).hue(knob("hue", 0.2, 0, 1)))\n'
    )
    shown: list[Any] = []
    monkeypatch.chdir(kept.folder)
    what = Replay(Journal(kept.journal), set=other)
    done = replay(what, on_frame=lambda seconds, pixels: shown.append(pixels))
    assert done.frames == 16 and done.faults == []
    assert any(not np.array_equal(shown[0], later) for later in shown)
    other.write_text("from livegan.live import *\nshow(encode.levles(listen()))\n")
    done = run(kept.folder, monkeypatch, "rehearse", "other.py", "--like", "one")
    assert done.exit_code == 1 and "levels" in done.output and "other.py" not in done.stdout
    done = run(kept.folder, monkeypatch, "rehearse", "other.py", "--like", "one", "--bpm", "99")
    assert "--bpm cannot be used with --like" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shows", "--page"), "--page: name the show"),
        (("shows", "one", "--out", "a.html"), "give --page"),
        (("shows", "one", "--export", "one.tar"), "ends with .zip"),
        (("shows", "models", "--delete"), "is not the journal of a show: it is not deleted"),
        (("shows", "nine", "--page"), "there is no such show"),
        (("replay", "one", "--codec", "prores"), "give --out"),
        (("replay", "one", "--out", "a.mp4", "--codec", "dnxhr"), "have no such codec"),
        (("replay", "one", "--out", "a.doc"), "no film can be written as .doc"),
        (("replay", "one", "--model", "stone"), "write NAME=FILE"),
        (("replay", "one", "--model", "stone=nowhere"), "nowhere"),
        (("replay", "one", "--from", "99:00"), "there is nothing from"),
        (("replay", "one", "--flash-guard", "no"), "write on, strict or off"),
        (("diff", "one", "nine"), "there is no such show"),
        (("diff", "one", "one", "--out", "a.png"), "side by side are written as a film"),
    ],
)
def test_wrong_input_is_told_in_a_line(
    kept: ShowOnDisk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    done = run(kept.folder, monkeypatch, *words)
    assert done.exit_code in (1, 2) and said in done.output
    assert len(done.output.strip().splitlines()) <= 2 and "Traceback" not in done.output
    assert (kept.folder / "models" / "stone").is_dir()


def test_a_show_that_plays_is_not_deleted_and_another_is(
    kept: ShowOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = kept.folder / "shows" / "gone"
    shutil.copytree(kept.journal, copy)
    monkeypatch.setattr("livegan.cli.show.shows.plays_now", lambda place: True)
    done = run(kept.folder, monkeypatch, "shows", "gone", "--delete")
    assert "gone is still playing" in done.output and copy.is_dir()
    monkeypatch.undo()
    done = run(kept.folder, monkeypatch, "shows", "gone", "--delete")
    assert done.exit_code == 0 and not copy.exists()
