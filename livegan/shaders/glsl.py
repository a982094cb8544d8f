"""The text of a shader in whatever dialect, as GLSL 3.30 with its lines in place.

Performers' shaders are written for GLSL 1.20, for OpenGL ES, or for newer versions.  macOS has no
way to run the first beside a modern context, so all of them become one dialect here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VERSION = """\
#version 330
#extension GL_ARB_shading_language_420pack : enable
#extension GL_ARB_gpu_shader5 : enable
"""
"""With these, integers become floats and unsigned ones as in files that desktop players take.
macOS has only the second: a function that returns an integer as a float is refused there."""
TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*|/\*.*\Z)"
    r"|(?P<directive>^[ \t]*\#[^\n\\]*(?:\\\n[^\n\\]*)*)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<number>\.?\d[\w.]*)"
    r"|(?P<other>\s+|.)",
    re.S | re.M,
)
RENAMED = {
    "texture2D": "texture",
    "texture2DRect": "texture",
    "texture2DLod": "textureLod",
    "texture2DLodEXT": "textureLod",
    "texture2DProj": "textureProj",
    "textureCube": "texture",
    "shadow2D": "texture",
    "gl_FragColor": "isf_FragColor",
    "vv_FragNormCoord": "isf_FragNormCoord",
    "vv_vertShaderInit": "isf_vertShaderInit",
    "vv_vertNorm": "isf_vertShaderInit",
}
"""Words of GLSL 1.20, OpenGL ES and old ISF files, and what they are today."""
RESERVED = frozenset(
    {"active", "buffer", "case", "centroid", "common", "default", "filter", "flat", "image2D"}
    | {"input", "layout", "noperspective", "output", "partition", "patch", "precise", "resource"}
    | {"sample", "shared", "smooth", "subroutine", "switch"}
)
"""What old shaders may call a variable, and newer versions of GLSL cannot."""
MODERN = re.compile(r"^\s*#\s*version\s+(\d+)", re.M)
LEGACY = re.compile(r"\b(gl_FragColor|gl_FragData|texture2D\w*|varying|attribute)\b")


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each piece: ``comment``, ``directive``, ``word``, ``number``, ``other``."""
    for found in TOKEN.finditer(text):
        yield str(found.lastgroup), found.group()


def words(text: str) -> list[str]:
    """The words of a text, comments left out."""
    found: list[str] = []
    for kind, each in tokens(text):
        if kind == "word":
            found.append(each)
        elif kind == "directive":
            found += re.findall(r"[A-Za-z_]\w*", each)
    return found


def bare(text: str) -> str:
    """A text without its comments; lines stay where they are."""
    return "".join(
        re.sub(r"[^\n]", " ", each) if kind == "comment" else each for kind, each in tokens(text)
    )


def plain_ascii(text: str) -> str:
    """A text as compilers of GLSL take it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("ascii", "replace").decode()


def is_legacy(text: str) -> bool:
    """Whether a shader is written for GLSL before 1.30, or for OpenGL ES 2."""
    version = MODERN.search(text)
    if version and int(version.group(1)) >= 130:
        return False
    return bool(LEGACY.search(bare(text))) or not re.search(r"\bout\s+vec4\b", bare(text))


def modern(text: str, *, vertex: bool = False, names: dict[str, str] | None = None) -> str:
    """The body of a shader for GLSL 3.30, without ``#version``; its lines stay where they are.

    ``names`` are further words to rename.
    """
    text = plain_ascii(text)
    renamed = {**RENAMED, **(names or {})} if is_legacy(text) else dict(names or {})
    if is_legacy(text):
        renamed["varying"] = "out" if vertex else "in"
        renamed["attribute"] = "in"
        renamed |= {word: f"{word}_" for word in RESERVED if word not in renamed}
    own = [each for kind, each in tokens(text) if kind != "comment"]
    if is_legacy(text) and "texture" in own and not re.search(r"\btexture\s*\(", bare(text)):
        renamed["texture"] = "texture_"
    pieces: list[str] = []
    for kind, each in tokens(text):
        if kind == "word":
            each = renamed.get(each, each)
        elif kind == "directive":
            each = _directive(each, renamed)
        pieces.append(each)
    return re.sub(r"\bgl_FragData\s*\[\s*0\s*\]", "isf_FragColor", "".join(pieces))


def _directive(text: str, renamed: dict[str, str]) -> str:
    """A line of the preprocessor; ``#version`` and ``#extension`` are livegan's to say."""
    if re.match(r"\s*#\s*(version|extension)\b", text):
        return "\n" * text.count("\n")
    return re.sub(r"[A-Za-z_]\w*", lambda found: renamed.get(found[0], found[0]), text)


def shown_line(log: str) -> tuple[int, int, str]:
    """(0 for the fragment or 1 for the vertex shader, line, message) of a compiler's first error.

    Known are the ways of Mesa, NVIDIA, and of AMD, Intel and Apple; line 0 is none.
    """
    ways = (
        r"^\s*(\d+):(\d+)\(\d+\):\s*error:?\s*(.*)",  # Mesa
        r"^\s*(\d+)\((\d+)\)\s*:\s*error\s*(?:\w+)?:?\s*(.*)",  # NVIDIA
        r"^\s*ERROR:\s*(\d+):(\d+):\s*(.*)",  # AMD, Intel, Apple
    )
    for line in log.splitlines():
        for way in ways:
            found = re.match(way, line, re.I)
            if found:
                return int(found[1]), int(found[2]), found[3].strip()
    lines = [x.strip() for x in log.splitlines() if x.strip() and not set(x.strip()) <= set("=-")]
    told = next((x for x in lines if "error" in x.lower()), lines[-1] if lines else "no reason")
    return 0, 0, re.sub(r"^\s*error:\s*", "", told)
