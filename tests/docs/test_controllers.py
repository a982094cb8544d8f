"""The page about controllers: every command on it runs."""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livegan import share
from livegan.cli import app
from livegan.cli.show.perform import osc_ports
from livegan.stage.hands.mapping.route import KEYS, read_mapping

PAGE = (Path(__file__).parent.parent.parent / "docs" / "controllers.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(.*?)\n(.*?)^```", PAGE, re.S | re.M)
TYPED = "\n".join(text for language, text in BLOCKS if not language)
COMMANDS = re.findall(r"^livegan (.+)$", TYPED, re.M)
TAKE = re.findall(r'`(\{"time".+?\})`', PAGE)


def test_the_page_has_its_commands() -> None:
    kinds = [c.split()[0] for c in COMMANDS]
    assert kinds == ["tell", "perform", "perform", "osc", *["rehearse"] * 4]
    assert len(TAKE) == 1


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("rehearse")])
def test_a_rehearsal_of_the_page_writes_its_film(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(share.folder("sets"), "sets")
    wheel = TAKE[0].replace("knob/warmth", "midi/keys/1/cc 1")
    Path("take.jsonl").write_text(f"{TAKE[0]}\n{wheel}\n")
    words = shlex.split(command.replace("--seconds 4", "--seconds 0.2"))
    done = CliRunner().invoke(app, [*words, "--size", "64"])
    assert done.exit_code == 0, done.output
    assert Path(words[-1]).stat().st_size > 0


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("perform")])
def test_a_show_of_the_page_takes_its_ports(command: str) -> None:
    words = shlex.split(command)
    ports = [after for word, after in pairwise(words) if word == "--osc"]
    assert len(osc_ports(ports)) == len(ports) > 0


def test_the_mapping_of_the_page_can_be_read_and_lists_every_key() -> None:
    (text,) = [text for language, text in BLOCKS if language == "toml"]
    names = re.findall(r'(?:knob|pad)\("(\w+)"', (share.folder("sets") / "hands.py").read_text())
    assert {route.name for route in read_mapping(text)} <= set(names)
    table = PAGE.split("| key | meaning |", 1)[1].split("\n\n", 1)[0]
    listed = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| ([^|]+) \|", table, re.M)))
    assert sorted(listed) == sorted(KEYS)


def test_a_take_or_knob_that_cannot_be_read_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(share.folder("sets") / "hands.py", "hands.py")
    Path("take.jsonl").write_text("move it\n\n")
    Path("knobs.jsonl").write_text(TAKE[0] + "\n")
    for words, said in (
        (["--controls", "take.jsonl"], "take.jsonl:1: not a move"),
        (["--controls", "none.jsonl"], "none.jsonl"),
        (["--with", "midi=knobs.jsonl"], "--with midi=knobs.jsonl: nothing in this take came by"),
        (["--with", "osc=take.jsonl"], "take.jsonl:1: not a move"),
        (["--knob", "warmth"], "--knob warmth: write NAME=VALUE"),
    ):
        done = CliRunner().invoke(app, ["rehearse", "hands.py", *words])
        assert done.exit_code != 0 and said in done.output, done.output
        assert len(done.output.strip().splitlines()) == 1, done.output
