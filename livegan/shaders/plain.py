"""Fragment shaders without a header: Shadertoy's ``mainImage``, and GLSL with uniforms of its own.

A uniform that livegan knows by name is set by it; a sampler is a picture or the sound; any other is
a parameter.  ``uniform float amount = 0.5; // 0..1 how much`` says default, range and meaning.
"""

from __future__ import annotations

import re
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from typing import Any

from livegan.plugin.parameter import Param
from livegan.shaders import glsl
from livegan.shaders.isf import OWN_WORDS
from livegan.shaders.shader import PictureInput, Shader, ShaderError, ShaderValue, SoundInput

CLOCKS = {
    "delta": ("delta", "u_delta", "iTimeDelta", "timeDelta", "TIMEDELTA"),
    "frame": ("frame", "u_frame", "iFrame", "FRAMEINDEX"),
    "size": ("resolution", "u_resolution", "iResolution", "RENDERSIZE", "renderSize"),
    "date": ("date", "u_date", "iDate", "DATE"),
    "time": ("time", "u_time", "iTime", "iGlobalTime", "TIME"),
}
"""Names by which the shaders of the field ask for what a player sets."""
SOUNDS = {"waveform": "waveform", "spectrum": "spectrum", "fft": "spectrum"}
"""Samplers that are fed from the sound."""
UNIFORM = re.compile(
    r"\buniform\s+(?:(?:lowp|mediump|highp)\s+)?(?P<type>\w+)\s+(?P<rest>[^;{]+);"
    r"(?P<more>[ \t]*//[^\n]*)?"
)
NAMED = re.compile(
    r"(?P<name>[A-Za-z_]\w*)\s*(?P<array>\[[^\]]*\])?\s*(?:=\s*(?P<default>.+))?$", re.S
)
SPAN = re.compile(r"(-?\d*\.?\d+)\s*\.\.\s*(-?\d*\.?\d+)\s*(.*)", re.S)
NUMBER = re.compile(r"-?\d+\.?\d*(?:[eE]-?\d+)?|-?\.\d+")
SIZES = {"vec2": 2, "vec3": 3, "vec4": 4}
VERTEX = (
    glsl.VERSION
    + """\
in vec2 isf_position;
{outs}
void main() {{
    gl_Position = vec4(isf_position, 0.0, 1.0);
{sets}
}}
"""
)
TOY = (
    glsl.VERSION
    + """\
uniform float iTime; uniform float iTimeDelta; uniform int iFrame; uniform vec3 iResolution;
uniform vec4 iDate; uniform vec4 iMouse; uniform vec3 iChannelResolution[4];
uniform sampler2D iChannel0; uniform sampler2D iChannel1;
uniform sampler2D iChannel2; uniform sampler2D iChannel3;
#define iGlobalTime iTime
#define iSampleRate 48000.0
#define iFrameRate (1.0 / max(iTimeDelta, 1e-4))
#define iChannelTime float[4](iTime, iTime, iTime, iTime)
in vec2 isf_FragNormCoord;
out vec4 isf_FragColor;
#line 1 0
"""
)
TOY_MAIN = """
void main() {
    vec4 colour = vec4(0.0, 0.0, 0.0, 1.0);
    mainImage(colour, gl_FragCoord.xy);
    isf_FragColor = vec4(colour.rgb, 1.0);
}
"""
TOY_CLOCKS = {
    "iTime": "time",
    "iTimeDelta": "delta",
    "iFrame": "frame",
    "iResolution": "size3",
    "iDate": "date",
    "iChannelResolution": "channels",
}


def is_toy(text: str) -> bool:
    """Whether it is a shader for Shadertoy."""
    body = glsl.bare(text)
    return bool(re.search(r"\bvoid\s+mainImage\s*\(", body)) and not re.search(
        r"\bvoid\s+main\s*\(", body
    )


def read_toy(path: Path, text: str) -> Shader:
    """A shader for Shadertoy: ``iChannel0`` and on are pictures, or the sound by name."""
    used = set(glsl.words(text))
    channels = tuple(
        PictureInput(name, name) for name in (f"iChannel{n}" for n in range(4)) if name in used
    )
    shader = read_uniforms(path, text)
    samplers = [p.name for p in shader.pictures]
    if samplers:
        line = line_of(text, rf"\b{samplers[0]}\b")
        raise ShaderError(
            f"with mainImage, pictures are called iChannel0 to iChannel3, not {samplers[0]!r}",
            path,
            line,
        )
    doc = "where the mouse is, and where it was pressed last"
    row = Param((0.0,) * 4, doc=doc, unit="px", name="iMouse")
    mouse = ShaderValue("vector", "iMouse", row)
    values = shader.values + ((mouse,) if "iMouse" in used else ())
    return Shader(
        path=path,
        dialect="Shadertoy",
        fragment=TOY + glsl.modern(text) + TOY_MAIN,
        vertex=VERTEX.format(
            outs="out vec2 isf_FragNormCoord;", sets=coordinate("isf_FragNormCoord")
        ),
        values=values,
        pictures=channels,
        clocks=TOY_CLOCKS,
    )


def read_plain(path: Path, text: str) -> Shader:
    """A fragment shader with uniforms of its own.

    Raises
    ------
    ShaderError
        If a uniform is of a kind that a set cannot give, with its line.
    """
    read = read_uniforms(path, text)
    body = glsl.modern(text)
    bare = glsl.bare(body)
    before = glsl.VERSION
    version = glsl.MODERN.search(text)
    if version and int(version.group(1)) > 330 and "es" not in version.group(0):
        before = f"#version {version.group(1)}\n"
    if not re.search(r"\bout\s+vec4\b", bare) or "isf_FragColor" in glsl.words(body):
        before += "out vec4 isf_FragColor;\n"
    ins = re.findall(r"\bin\s+(?:(?:lowp|mediump|highp)\s+)?vec2\s+(\w+)\s*;", bare)
    outs = "".join(f"out vec2 {name}; " for name in ins)
    return Shader(
        path=path,
        dialect="GLSL",
        fragment=f"{before}#line 1 0\n{body}\n",
        vertex=VERTEX.format(outs=outs, sets="".join(map(coordinate, ins))),
        values=read.values,
        pictures=read.pictures,
        sounds=read.sounds,
        clocks=read.clocks,
    )


def coordinate(name: str) -> str:
    """What sets a coordinate, 0..1 from the lower left, in the vertex shader."""
    return f"    {name} = isf_position * 0.5 + 0.5;\n"


def read_uniforms(path: Path, text: str) -> Shader:
    """What the uniforms of a shader say; its texts are left out."""
    values: list[ShaderValue] = []
    pictures: list[PictureInput] = []
    sounds: list[SoundInput] = []
    clocks: dict[str, str] = {}
    known = {name: clock for clock, names in CLOCKS.items() for name in names}
    commented = _block_comments_blanked(text)
    for found in UNIFORM.finditer(commented):
        line = commented.count("\n", 0, found.start()) + 1
        kind = found["type"]
        for part in split(found["rest"]):
            one = NAMED.match(part.strip())
            if one is None:
                raise ShaderError(f"the uniform {part.strip()!r} cannot be read", path, line)
            name = one["name"]
            if kind == "sampler2D":
                if name in SOUNDS:
                    way = SOUNDS[name]
                    sounds.append(SoundInput(name, name, way))  # type: ignore[arg-type]
                else:
                    pictures.append(PictureInput(played(name), name))
            elif name in known and kind in ("float", "int", "vec2", "vec3", "vec4"):
                clock = known[name]
                clocks[name] = "size3" if clock == "size" and kind == "vec3" else clock
            elif one["array"] or kind not in ("float", "int", "uint", "bool", *SIZES):
                raise ShaderError(
                    f"the uniform {name!r} is a {kind}{one['array'] or ''}; a set can give "
                    "float, int, bool, vec2, vec3, vec4 and sampler2D",
                    path,
                    line,
                )
            else:
                values.append(value_of(kind, name, one["default"], found["more"]))
    return Shader(path, "GLSL", "", "", values=tuple(values), pictures=tuple(pictures),
                  sounds=tuple(sounds), clocks=clocks)  # fmt: skip


def value_of(kind: str, name: str, default: str | None, more: str | None) -> ShaderValue:
    """A uniform that a set can give."""
    doc = (more or "").strip().lstrip("/").strip()
    low = high = None
    span = SPAN.match(doc)
    if span:
        low, high = sorted((float(span[1]), float(span[2])))
        doc = span[3].strip()
    said = re.sub(r"\bvec\d\b", "", default or "")
    numbers = [float(each) for each in NUMBER.findall(said)]
    if kind == "bool":
        return ShaderValue(
            "bool", name, Param((default or "").strip() == "true", doc=doc, name=played(name))
        )
    if kind in SIZES:
        count = SIZES[kind]
        parts = (
            (numbers * count)[:count] if len(numbers) == 1 else (numbers + [0.0] * count)[:count]
        )
        if numbers:
            low = min(low, *parts) if low is not None else None
            high = max(high, *parts) if high is not None else None
        elif low is not None:
            parts = [max(low, 0.0)] * count
        return ShaderValue("vector", name, Param(tuple(parts), low, high, doc, name=played(name)))
    number = numbers[0] if numbers else (low if low is not None else 0.0)
    low = min(low, number) if low is not None else None
    high = max(high, number) if high is not None else None
    return ShaderValue(
        "float" if kind == "float" else "long",
        name,
        Param(number, low, high, doc, name=played(name)),
    )


def played(name: str) -> str:
    """The name by which a set gives a uniform."""
    return f"{name}_" if name in OWN_WORDS or iskeyword(name) else name


def split(text: str) -> list[str]:
    """The names of one declaration, at commas outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def line_of(text: str, pattern: str) -> int:
    """The first line that has a pattern, 1 if none has."""
    found = re.search(pattern, text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _block_comments_blanked(text: str) -> str:
    return "".join(
        re.sub(r"[^\n]", " ", each)
        if kind == "comment" and (each.startswith("/*") or re.match(r"//\s*uniform\b", each))
        else each
        for kind, each in glsl.tokens(text)
    )


def with_sound(shader: Shader, name: str) -> Shader:
    """The shader with one of its samplers fed from the sound.

    Raises
    ------
    KeyError
        If it has no sampler of that name.
    """
    if any(each.name == name for each in shader.sounds):
        return shader
    found = next((each for each in shader.pictures if each.name == name), None)
    if found is None:
        raise KeyError(name)
    kind: Any = "shadertoy" if shader.dialect == "Shadertoy" else "spectrum"
    return replace(
        shader,
        pictures=tuple(each for each in shader.pictures if each is not found),
        sounds=(*shader.sounds, SoundInput(name, found.glsl, kind)),
    )
