"""Shaders of every dialect become GLSL 3.30, with their lines in place."""

from __future__ import annotations

import pytest

from livegan.shaders.glsl import modern, shown_line


def test_an_old_shader_speaks_the_new_dialect_and_keeps_its_lines() -> None:
    old = (
        "#version 120\nvarying vec2 sample; // varying é\nvoid main() {\n"
        " gl_FragColor = texture2D(t, sample);\n}"
    )
    new = modern(old)
    assert new.splitlines()[1].startswith("in vec2 sample_;")
    assert "isf_FragColor = texture(t, sample_);" in new
    assert new.count("\n") == old.count("\n")
    assert "#version" not in new


def test_a_new_shader_is_left_as_it_is() -> None:
    new = "out vec4 colour;\nvoid main() { float sample_rate = 1.0; colour = vec4(sample_rate); }"
    assert modern(new) == new


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (
            "fragment_shader\n===\n0:12(5): error: `x' undeclared\n0:13(1): error: b",
            (0, 12, "`x' undeclared"),
        ),
        ('1(7) : error C1008: undefined variable "x"', (1, 7, 'undefined variable "x"')),
        (
            "ERROR: 0:31: Use of undeclared identifier 'x'",
            (0, 31, "Use of undeclared identifier 'x'"),
        ),
        (
            "error: varying `c' not written by the vertex shader",
            (0, 0, "varying `c' not written by the vertex shader"),
        ),
    ],
)
def test_the_line_of_an_error_is_read_in_the_ways_of_the_drivers(
    log: str, told: tuple[int, int, str]
) -> None:
    assert shown_line(log) == told
