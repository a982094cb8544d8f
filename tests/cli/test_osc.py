"""``livegan osc``: what a set can be reached by, and sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from livegan.cli import app

TEXT = """from livegan.live import *

hue = knob("hue", 30, 0, 360, "colour of the city")
hit = pad("hit")
tilt = osc("/phone/accxyz", arg=1)
send("/out/low", listen().low, 1, to="127.0.0.1:7000")
show(encode.levels(listen()).hue(hue / 360).mix(encode.waveform(listen()), hit * tilt))
"""


def asked(folder: Path, text: str, *more: str) -> str:
    file = folder / "mine.py"
    file.write_text(text)
    result = CliRunner().invoke(app, ["osc", str(file), *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_knobs_pads_and_osc_are_listed_with_their_ranges_and_what_is_sent(tmp_path: Path) -> None:
    printed = asked(tmp_path, TEXT)
    rows = [line.replace("│", " ").split() for line in printed.splitlines()]
    assert ["/knob/hue", "0.00", "360.00", "30.00", "colour", "of", "the", "city"] in rows
    assert ["/phone/accxyz", "2", "numbers"] in rows
    assert any(row[:1] == ["/pad/hit"] for row in rows)
    assert ["/out/low", "2", "127.0.0.1:7000"] in rows


def test_the_tree_is_that_of_oscquery(tmp_path: Path) -> None:
    tree: dict[str, Any] = json.loads(asked(tmp_path, TEXT, "--json"))
    contents = tree["CONTENTS"]
    hue = contents["knob"]["CONTENTS"]["hue"]
    assert hue["FULL_PATH"] == "/knob/hue" and hue["TYPE"] == "f" and hue["ACCESS"] == 2
    assert hue["RANGE"] == [{"MIN": 0.0, "MAX": 360.0}] and hue["VALUE"] == [30.0]
    assert contents["phone"]["CONTENTS"]["accxyz"]["TYPE"] == "ff"
    assert contents["out"]["CONTENTS"]["low"]["ACCESS"] == 1
    assert contents["knob"]["ACCESS"] == 0, "a place without a value"


def test_a_set_that_nobody_reaches_is_told_in_a_line(tmp_path: Path) -> None:
    text = "from livegan.live import *\nshow(encode.levels(listen()))\n"
    assert asked(tmp_path, text).strip().endswith("no osc(...) and no send(...)")
