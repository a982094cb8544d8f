"""Shaders without a header: uniforms with defaults and ranges, and Shadertoy's mainImage."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.shaders.reading import read_shader
from livegan.shaders.shader import Shader, ShaderError


def read(folder: Path, text: str) -> Shader:
    (folder / "a.frag").write_text(text)
    return read_shader(folder / "a.frag")


def test_a_uniform_is_a_clock_a_picture_the_sound_or_a_parameter(tmp_path: Path) -> None:
    shader = read(
        tmp_path,
        "uniform float time; uniform vec3 u_resolution;\n"
        "uniform float amount = 0.5; // 0..2 how much\n"
        "uniform vec3 tint = vec3(1.0, 0.25, 0), other; // 0..1\n"
        "uniform int count = 3;\nuniform bool on = true;\n"
        "uniform sampler2D picture, spectrum;\n// uniform float gone;\n"
        "void main() { gl_FragColor = vec4(amount); }\n",
    )
    rows = {p.name: p for p in shader.params}
    assert shader.clocks == {"time": "time", "u_resolution": "size3"}
    assert (rows["amount"].default, rows["amount"].low, rows["amount"].high) == (0.5, 0, 2)
    assert rows["amount"].doc == "how much"
    assert rows["tint"].default == (1.0, 0.25, 0.0)
    assert rows["count"].default == 3 and rows["on"].default is True
    assert "gone" not in rows
    assert [p.name for p in shader.pictures] == ["picture"]
    assert [s.name for s in shader.sounds] == ["spectrum"]


def test_a_uniform_that_no_set_can_give_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ShaderError, match="'turn' is a mat4") as error:
        read(tmp_path, "\nuniform mat4 turn;\nvoid main() {}\n")
    assert error.value.line == 2


def test_shadertoy_has_the_channels_that_it_names(tmp_path: Path) -> None:
    text = "void mainImage(out vec4 c, in vec2 p) { c = texture(iChannel1, p / iResolution.xy); }"
    shader = read(tmp_path, text)
    assert shader.dialect == "Shadertoy"
    assert [p.name for p in shader.pictures] == ["iChannel1"]
