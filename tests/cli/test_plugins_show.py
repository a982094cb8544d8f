"""``livegan plugins show``: what a plugin offers, with a picture drawn from the demo track."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from livegan.cli import app
from livegan.cli.plugins.show import blocks

PLUGIN = '''
from livegan.plugin import hookimpl, param, static

def bars(sound, *, size, high=param(0.5, 0.1, 1, "how high", unit="heights"),
         look=param("plain", "", choices=("plain", "fancy")), count=static(8, 1, 64, "how many")):
    """Bars.

    As high as the sound is loud.
    """
    import numpy as np
    return np.tile(np.arange(size[1]) * count // size[1] % 2 * high, (size[0], 1))

def ramp(*, now, beats=param(4.0, 0.25, 64, "length")):
    """Rises, and begins again."""
    return now.beats / beats % 1.0

def broken(sound):
    """Fails."""
    raise RuntimeError("no ink")

@hookimpl
def register_encoders(register):
    register(bars)
    register(broken)

@hookimpl
def register_signals(register):
    register(ramp)
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mine.py").write_text(PLUGIN.replace('"", choices', "choices"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def show(arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["plugins", "show", *arguments.split()])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_a_shader_file_is_told_with_what_a_set_writes(tmp_path: Path) -> None:
    header = {
        "DESCRIPTION": "Melts.",
        "INPUTS": [
            {"NAME": "inputImage", "TYPE": "image"},
            {
                "NAME": "heat",
                "TYPE": "float",
                "DEFAULT": 0.5,
                "MIN": 0,
                "MAX": 2,
                "LABEL": "degrees",
            },
        ],
    }
    main = "void main() { gl_FragColor = vec4(heat); }"
    (tmp_path / "melt.fs").write_text(f"/*{json.dumps(header)}*/\n{main}")
    said = show("melt.fs")
    for text in ("ISF shader melt.fs", "Melts.", 'shader("melt.fs", inputImage)'):
        assert text in said
    (heat,) = (line for line in said.splitlines() if "│ heat " in line)
    for text in ("0.5", "0..2", "degrees", "takes a signal"):
        assert text in heat
    (data,) = json.loads(show("melt.fs --json"))
    assert data["parameters"][0]["high"] == 2 and data["pictures"] == ["inputImage"]
    (tmp_path / "bad.fs").write_text("/*{\n ]}*/" + main)
    assert "bad.fs:2: the header is no JSON" in show("bad.fs", 1)


def test_it_tells_origin_line_and_parameters() -> None:
    said = show("bars")
    for text in ("encoder bars", "As high as the sound is loud.", "encode.bars(sound)"):
        assert text in said
    assert "plugins/mine.py:4" in said
    (high,) = (line for line in said.splitlines() if "│ high " in line)
    for text in ("0.5", "0.1..1 heights", "how high", "takes a signal"):
        assert text in high
    (count,) = (line for line in said.splitlines() if "│ count " in line)
    assert "built anew" in count
    assert "plain, fancy" in said


def test_json_has_the_same(folder: Path) -> None:
    (data,) = json.loads(show("bars --json"))
    assert (data["kind"], data["package"], data["line"]) == (
        "encoder",
        "mine",
        "encode.bars(sound)",
    )
    rows: dict[str, Any] = {row["name"]: row for row in data["parameters"]}
    assert (rows["high"]["low"], rows["high"]["high"], rows["high"]["unit"]) == (0.1, 1, "heights")
    assert [name for name, row in rows.items() if row["rebuilds"]] == ["count"]
    assert rows["look"]["choices"] == ["plain", "fancy"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("livegan:blur", "a.blur()"),
        ("loudest", "loudest()"),
        ("demo", "livegan perform --audio demo"),
        ("spout", 'show(picture, spout="NAME")'),
        ("onnx", 'model("NAME"'),
        ("blend", "a.mix(b)"),
    ],
)
def test_whatever_a_set_or_the_command_line_names_is_shown(name: str, said: str) -> None:
    assert said in show(name)


def test_a_mistyped_name_is_answered_with_the_closest() -> None:
    assert "did you mean 'bars'?" in show("barz", code=1)


def test_pictures_are_drawn_as_a_show_would(folder: Path) -> None:
    show("bars --out bars.png --size 64")
    drawn = np.asarray(Image.open(folder / "bars.png"))
    assert drawn.shape == (64, 64, 3)
    assert set(np.unique(drawn)) == {0, 128}
    assert (drawn[:, 8:16] == 128).all() and (drawn[:, :8] == 0).all()

    show("ramp --out ramp.jpg --size 64")
    curve = np.asarray(Image.open(folder / "ramp.jpg")).astype(float).mean(2)
    rising = (np.diff((curve > 60).sum(0)) >= 0).mean()
    assert 0.7 < rising < 1  # a saw tooth: it rises nearly everywhere


def test_what_cannot_be_drawn_is_said_in_one_line(folder: Path) -> None:
    assert "no ink" in show("broken --out broken.png", code=1)
    assert "a source draws no picture" in show("demo --out demo.png", code=1)
    assert "name it bars.png" in show("bars --out bars.gif", code=1)
    assert not list(folder.glob("*.png"))


def test_the_preview_has_two_pixels_in_a_character() -> None:
    pixels = np.zeros((4, 3, 3), np.uint8)
    pixels[0, 0] = (255, 0, 0)
    pixels[1, 0] = (0, 0, 255)
    text = blocks(pixels)
    assert text.plain == "▀▀▀\n▀▀▀\n"
    style = text.spans[0].style
    assert style.color.get_truecolor() == (255, 0, 0)
    assert style.bgcolor.get_truecolor() == (0, 0, 255)
