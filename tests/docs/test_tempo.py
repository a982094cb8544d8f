"""The page about tempo: its commands run, and its take holds the clock of a show."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livegan.cli import app

PAGE = (Path(__file__).parents[2] / "docs" / "tempo.md").read_text("utf-8")
SET = re.search(r"^```python\n(.*?tempo=\"link\".*?)^```", PAGE, re.S | re.M)
TAKE = re.findall(r"^    (\{\"time.+\})$", PAGE, re.M)
TOLD = re.findall(r"^livegan (tell tempo .+)$", PAGE, re.M)
REHEARSED = re.findall(r"^livegan (rehearse .+)$", PAGE, re.M)


@pytest.mark.parametrize("command", TOLD)
def test_every_tempo_of_the_page_can_be_told(command: str, tmp_path: Path) -> None:
    words = shlex.split(command)
    done = CliRunner().invoke(app, [words[0], "--folder", str(tmp_path), *words[1:]])
    assert "no show plays in" in done.output, "it is understood, and nothing is there to be told"


def test_a_word_that_is_no_tempo_is_answered_in_a_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["tell", "--folder", str(tmp_path), "tempo", "lonk"])
    assert done.exit_code == 2
    assert "write beats per minute, such as 128, or music, tap, midi, link or set" in done.output


def test_a_rehearsal_with_the_take_of_the_page_says_that_it_has_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SET is not None and len(TAKE) == 2 and len(REHEARSED) == 1
    monkeypatch.chdir(tmp_path)
    Path("beats.py").write_text(SET[1])
    Path("take.jsonl").write_text("\n".join(TAKE) + "\n")
    words = shlex.split(REHEARSED[0].replace("--seconds 4", "--seconds 0.1"))
    for given, said in ((words, "it uses that of the take"), (words[:2], "it uses bpm=124")):
        short = ["--size", "64", "--seconds", "0.1"]
        done = CliRunner().invoke(app, [*given, *short])
        assert done.exit_code == 0, done.output
        assert said in " ".join(done.output.split())
    assert Path("beats.mp4").stat().st_size > 0
