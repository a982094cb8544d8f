"""Whether this machine can paint shaders; a reason for users where it cannot."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from livegan.shaders import painting
from livegan.shaders.plain import read_plain
from livegan.shaders.shader import ShaderError


@functools.cache
def missing() -> str:
    """What is missing, empty if nothing is."""
    painter = painting.take()
    try:
        painter.load(read_plain(Path("none.frag"), "void main() { gl_FragColor = vec4(1.0); }"))
    except ShaderError as error:
        return error.reason
    finally:
        painting.give_back(painter)
    return ""


def need_shaders() -> None:
    """Skip the test where no shader can be painted."""
    if missing():
        pytest.skip(missing())
