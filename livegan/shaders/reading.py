"""Reading a shader file of any dialect."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from livegan.plugin.source import file_digest
from livegan.shaders import glsl
from livegan.shaders.isf import header_of, read_isf
from livegan.shaders.plain import is_toy, read_plain, read_toy
from livegan.shaders.shader import LARGEST, Shader, ShaderError

VERTEX_SUFFIXES = (".vs", ".vert")


def read_shader(path: Path) -> Shader:
    """The shader in a file, with the vertex shader and pictures that lie beside it.

    Raises
    ------
    ShaderError
        If it is none, or its header cannot be read; with the line.
    """
    vertex = next((p for p in map(path.with_suffix, VERTEX_SUFFIXES) if p.is_file()), None)
    stamp = file_digest(path) + (file_digest(vertex) if vertex else "")
    return _read(path, vertex, stamp)


@functools.lru_cache(maxsize=64)
def _read(path: Path, vertex: Path | None, stamp: str) -> Shader:
    text = text_of(path)
    if header_of(text):
        return read_isf(path, text, (vertex, text_of(vertex)) if vertex else None)
    if is_toy(text):
        return read_toy(path, text)
    if not re.search(r"\bvoid\s+main\s*\(", glsl.bare(text)):
        reason = "there is no main() or mainImage() in it, so it is no fragment shader"
        raise ShaderError(reason, path)
    return read_plain(path, text)


def text_of(path: Path) -> str:
    """The text of a shader file.

    Raises
    ------
    ShaderError
        If it cannot be read, or is far too large for a shader.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ShaderError("it is larger than a megabyte, so it is no shader", path)
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise ShaderError(f"it cannot be read ({error.strerror or error})", path) from None
    if "\0" in text:
        raise ShaderError("it is no text, so it is no shader", path)
    return text.replace("\r\n", "\n").replace("\r", "\n")
