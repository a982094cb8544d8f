"""The header of an ISF file says what a set can give to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from livegan.shaders.reading import read_shader
from livegan.shaders.shader import Shader, ShaderError

MAIN = "void main() { gl_FragColor = vec4(1.0); }\n"


def read(
    folder: Path, header: dict[str, Any] | str, body: str = MAIN, name: str = "a b.fs"
) -> Shader:
    text = header if isinstance(header, str) else json.dumps(header, indent=1)
    (folder / name).write_text(f"/*{text}*/\n{body}")
    return read_shader(folder / name)


def test_every_kind_of_input_becomes_a_parameter_with_its_range(tmp_path: Path) -> None:
    shader = read(
        tmp_path,
        {
            "INPUTS": [
                {"NAME": "level", "TYPE": "float", "DEFAULT": 2, "MIN": 0, "MAX": 1,
                 "LABEL": "how much"},
                {"NAME": "on", "TYPE": "bool", "DEFAULT": 1},
                {"NAME": "hit", "TYPE": "event"},
                {"NAME": "mode", "TYPE": "long", "VALUES": [0, 2], "LABELS": ["Add", "Burn"],
                 "DEFAULT": 2},
                {"NAME": "tint", "TYPE": "color", "DEFAULT": [1, 0.5, 0]},
                {"NAME": "spot", "TYPE": "point2D", "DEFAULT": [0.5, 0.5],
                 "MIN": [0, 0], "MAX": [1, 2]},
                {"NAME": "inputImage", "TYPE": "image"},
                {"NAME": "lambda", "TYPE": "float"},
                {"NAME": "time", "TYPE": "float"},
                {"NAME": "wave", "TYPE": "audio", "MAX": 64},
                {"NAME": "fft", "TYPE": "audioFFT"},
            ]
        },
    )  # fmt: skip
    rows = {p.name: p for p in shader.params}
    assert (rows["level"].default, rows["level"].low, rows["level"].high) == (2, 0, 2)
    assert rows["level"].doc == "how much"
    assert rows["on"].default is True
    assert rows["mode"].doc == "0 Add, 2 Burn"
    assert rows["tint"].default == (1, 0.5, 0, 1)
    assert (rows["spot"].low, rows["spot"].high) == (0, 2)
    assert {"lambda_", "time_"} <= set(rows)  # words of Python and of shader() itself
    assert [p.name for p in shader.pictures] == ["inputImage"]
    assert [(s.name, s.kind, s.columns) for s in shader.sounds] == [
        ("wave", "waveform", 64),
        ("fft", "spectrum", 512),
    ]


def test_version_1_names_its_buffers_apart(tmp_path: Path) -> None:
    header = {
        "PERSISTENT_BUFFERS": {"old": {"WIDTH": "$WIDTH/2", "FLOAT": True}},
        "PASSES": [{"TARGET": "old"}, {}],
    }
    first, last = read(tmp_path, header).passes
    assert (first.target, first.persistent, first.floats) == ("old", True, True)
    assert first.width is not None and first.width.value({"WIDTH": 8.0, "HEIGHT": 2.0}) == 4
    assert (last.target, last.persistent) == ("", False)


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ('{\n "INPUTS": [\n  {"NAME": "a" "TYPE": "float"}\n ]}', 3, "no JSON"),
        ('{\n "INPUTS": [\n  {"NAME": "a", "TYPE": "flaot"}\n ]}', 3,
         "type 'flaot'; there are float"),
        ('{\n "INPUTS": [\n  {"TYPE": "float"}\n ]}', 2, "no NAME"),
        ('{\n\n "PASSES": [{"TARGET": "b", "WIDTH": "$WIDHT"}]}', 3, "'WIDHT'"),
        ('{\n "IMPORTED": {"a": {"PATH": "gone.png"}}}', 2, "no picture file 'gone.png'"),
        ('{\n\n "INPUTS": 4}', 3, "a list"),
    ],
)  # fmt: skip
def test_a_wrong_header_is_told_with_its_line(
    tmp_path: Path, header: str, line: int, told: str
) -> None:
    with pytest.raises(ShaderError, match=r"a b\.fs") as error:
        read(tmp_path, header)
    assert error.value.line == line
    assert told in error.value.reason


def test_trailing_commas_are_let_by(tmp_path: Path) -> None:
    assert read(tmp_path, '{"INPUTS": [{"NAME": "a", "TYPE": "float",},],}').params[0].name == "a"


def test_a_file_that_is_no_shader_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.fs").write_text("hello")
    with pytest.raises(ShaderError, match="no main"):
        read_shader(tmp_path / "a.fs")
