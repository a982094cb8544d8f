"""Whether this machine can paint shaders; a reason for users where it cannot."""

from __future__ import annotations

import functools

import pytest

from livegan.cli.doctor import shader_renderer
from livegan.shaders.shader import ShaderError


@functools.cache
def missing() -> str:
    """What is missing, empty if nothing is."""
    try:
        shader_renderer()
    except ShaderError as error:
        return error.reason
    return ""


def need_shaders() -> None:
    """Skip the test where no shader can be painted."""
    if missing():
        pytest.skip(missing())
