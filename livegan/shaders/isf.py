"""ISF files: a fragment shader whose first comment says in JSON what it is given and how it paints.

The format is described at https://docs.isf.video/ref_json.html.  Versions 1 and 2 are read, and
what files in the wild get wrong and every player lets by.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from typing import Any

from livegan.plugin.parameter import Param
from livegan.shaders import glsl
from livegan.shaders.expression import Expression
from livegan.shaders.shader import (
    Imported,
    Pass,
    PictureInput,
    Shader,
    ShaderError,
    ShaderValue,
    SoundInput,
)

OWN_WORDS = frozenset({"file", "key", "over", "size", "time"})
"""What ``shader(...)`` takes itself: an input of such a name gets an underscore."""
MOST_COLUMNS = 4096
"""Of a sampler that is fed from the sound."""

VARIABLES = {
    "TIME": "time",
    "TIMEDELTA": "delta",
    "FRAMEINDEX": "frame",
    "RENDERSIZE": "size",
    "PASSINDEX": "pass",
    "DATE": "date",
}
PRELUDE = (
    glsl.VERSION
    + """\
uniform float TIME; uniform float TIMEDELTA; uniform int FRAMEINDEX; uniform vec2 RENDERSIZE;
uniform int PASSINDEX; uniform vec4 DATE;
#define IMG_SIZE(i) vec2(textureSize(i, 0))
#define IMG_NORM_PIXEL(i, c) texture(i, c)
#define IMG_PIXEL(i, c) texture(i, (c) / IMG_SIZE(i))
#define IMG_THIS_PIXEL(i) texture(i, isf_FragNormCoord)
#define IMG_THIS_NORM_PIXEL(i) texture(i, isf_FragNormCoord)
"""
)
FRAGMENT = "in vec2 isf_FragNormCoord;\nout vec4 isf_FragColor;\n"
VERTEX = """\
in vec2 isf_position;
out vec2 isf_FragNormCoord;
void isf_vertShaderInit() {
    gl_Position = vec4(isf_position, 0.0, 1.0);
    isf_FragNormCoord = isf_position * 0.5 + 0.5;
}
"""
PLAIN_VERTEX = "void main() { isf_vertShaderInit(); }\n"
UNIFORMS = {
    "float": "float",
    "bool": "bool",
    "event": "bool",
    "long": "int",
    "color": "vec4",
    "point2D": "vec2",
}


def header_of(text: str) -> re.Match[str] | None:
    """The first comment of a shader, if it is the header of an ISF file."""
    return re.match(r"\s*(?://[^\n]*\n\s*)*/\*(\s*\{.*?)\*/", text, re.S)


def read_isf(path: Path, text: str, vertex: tuple[Path, str] | None) -> Shader:
    """An ISF file.

    Raises
    ------
    ShaderError
        If its header cannot be read; with the line.
    """
    header = Header(path, text)
    rows = header.listed("INPUTS")
    body = text
    legacy = glsl.is_legacy(text)
    values: list[ShaderValue] = []
    pictures: list[PictureInput] = []
    sounds: list[SoundInput] = []
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for row in rows:
        said = str(row.get("NAME") or "").strip()
        if not said:
            raise header.wrong("an input has no NAME", '"INPUTS"')
        word = re.sub(r"\W", "_", said, flags=re.A)
        word = f"_{word}" if word[0].isdigit() else word
        uniform = f"{word}_" if legacy and word in glsl.RESERVED else word
        if uniform != said:
            renamed[said] = uniform
        name = f"{word}_" if word in OWN_WORDS or iskeyword(word) else word
        if name in taken:
            raise header.wrong(f"two inputs are called {said!r}", f'"{said}"')
        taken.add(name)
        kind = str(row.get("TYPE") or "")
        if kind == "image":
            pictures.append(PictureInput(name, uniform))
        elif kind in ("audio", "audioFFT"):
            columns = header.number(row.get("MAX"), 512.0, said)
            wide = int(min(max(columns, 1), MOST_COLUMNS))
            way: Any = "waveform" if kind == "audio" else "spectrum"
            sounds.append(SoundInput(name, uniform, way, wide))
        elif kind in UNIFORMS:
            values.append(header.value(kind, name, uniform, row, said))
        else:
            known = ", ".join([*UNIFORMS, "image", "audio", "audioFFT"])
            raise header.wrong(
                f"the input {said!r} is of the type {kind!r}; there are {known}", f'"{said}"'
            )
    code = text + (vertex[1] if vertex else "")
    values = [in_pixels(each, code) for each in values]
    passes = header.passes([v.glsl for v in values if v.kind not in ("color", "point2D")])
    imported = header.imported()
    targets = list(dict.fromkeys(each.target for each in passes if each.target))
    samplers = [p.glsl for p in pictures] + [s.glsl for s in sounds]
    samplers += [i.glsl for i in imported] + targets
    declared = "".join(f"uniform {UNIFORMS[v.kind]} {v.glsl}; " for v in values)
    declared += "".join(f"uniform sampler2D {each}; " for each in dict.fromkeys(samplers))
    declared += "\n" + "".join(
        f"#define _{p.glsl}_imgRect vec4(vec2(0.0), IMG_SIZE({p.glsl}))\n" for p in pictures
    )  # what some files say in place of IMG_SIZE
    before = PRELUDE + declared
    if vertex is None:
        vertex_text = before + VERTEX + PLAIN_VERTEX
    else:
        written = glsl.modern(vertex[1], vertex=True, names=renamed)
        vertex_text = f"{before}{VERTEX}#line 1 1\n{written}\n"
    return Shader(
        path=path,
        dialect="ISF",
        fragment=f"{before}{FRAGMENT}#line 1 0\n{glsl.modern(body, names=renamed)}\n",
        vertex=vertex_text,
        doc=" ".join(str(header.json.get("DESCRIPTION") or "").split()),
        values=tuple(values),
        pictures=tuple(pictures),
        sounds=tuple(sounds),
        imported=imported,
        passes=passes,
        vertex_path=vertex[0] if vertex else None,
        clocks=VARIABLES,
    )


def in_pixels(value: ShaderValue, code: str) -> ShaderValue:
    """A point without a range that the shader divides by ``RENDERSIZE`` is in pixels there."""
    divided = rf"\b{value.glsl}\b(\.[xy]+)?\s*/\s*RENDERSIZE\b"
    ranged = value.param.low is not None or value.param.high is not None
    if value.kind != "point2D" or ranged or max(value.param.default) > 1:
        return value
    if not re.search(divided, code):
        return value
    return replace(value, pixels=True, param=replace(value.param, low=0.0, high=1.0))


class Header:
    """The JSON of an ISF file, and where in the file it stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        found = header_of(text)
        assert found is not None
        self.first = text.count("\n", 0, found.start(1)) + 1
        """The line of the file at which the JSON begins."""
        self.source = found.group(1)
        self.json: dict[str, Any] = {}
        try:
            self.json = json.loads(self.source, strict=False)
        except json.JSONDecodeError as error:
            loose = re.sub(r",(\s*[\]}])", r"\1", self.source)
            try:
                self.json = json.loads(loose, strict=False)
            except json.JSONDecodeError:
                line = self.first + error.lineno - 1
                reason = f"the header is no JSON: {error.msg}"
                raise ShaderError(reason, path, line) from None
        except RecursionError:
            raise ShaderError("the header is nested too deeply", path, self.first) from None

    def wrong(self, reason: str, near: str = "") -> ShaderError:
        """An error at the line where the header says ``near``."""
        at = self.source.find(near) if near else 0
        return ShaderError(reason, self.path, self.first + self.source.count("\n", 0, max(0, at)))

    def listed(self, key: str) -> list[dict[str, Any]]:
        """A list of objects of the header, their keys in capitals."""
        found = self.json.get(key) or []
        if isinstance(found, Mapping):  # version 1: by name
            found = [
                {"NAME": name, **(row if isinstance(row, Mapping) else {"PATH": row})}
                for name, row in found.items()
            ]
        if isinstance(found, list) and key == "PERSISTENT_BUFFERS":
            found = [{"NAME": each} if isinstance(each, str) else each for each in found]
        if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
            raise self.wrong(f"{key} is a list of objects in braces", f'"{key}"')
        return [{str(k).upper(): v for k, v in row.items()} for row in found]

    def number(self, value: Any, default: float, said: str) -> float:
        """A number of the header."""
        if value is None:
            return default
        try:
            found = float(value)
        except (TypeError, ValueError):
            raise self.wrong(f"{said}: {value!r} is no number", f'"{said}"') from None
        if not math.isfinite(found):
            raise self.wrong(f"{said}: {value!r} is no number", f'"{said}"')
        return found

    def numbers(self, value: Any, count: int, default: float, said: str) -> tuple[float, ...]:
        """So many numbers of the header; one stands for all, missing ones are ``default``."""
        given = list(value) if isinstance(value, list) else [value] * count
        given = (given + [default] * count)[:count]
        return tuple(self.number(each, default, said) for each in given)

    def value(
        self, kind: Any, name: str, uniform: str, row: Mapping[str, Any], said: str
    ) -> ShaderValue:
        """An input that is no picture and no sound."""
        label = " ".join(str(row.get("LABEL") or "").split())
        doc = label if label and label != said else ""
        if kind in ("bool", "event"):
            flag = kind == "bool" and truth(row.get("DEFAULT"))
            doc = doc or ("goes off when it rises above 0.5" if kind == "event" else "")
            return ShaderValue(kind, uniform, Param(flag, doc=doc, name=name))
        if kind == "long":
            return self.choice(name, uniform, row, said, doc)
        if kind == "color":
            colour = self.numbers(row.get("DEFAULT", [1.0, 1.0, 1.0, 1.0]), 4, 1.0, said)
            colour = tuple(min(max(part, 0.0), 1.0) for part in colour)
            param = Param(colour, 0.0, 1.0, doc, "red, green, blue, opacity", name=name)
            return ShaderValue("color", uniform, param)
        if kind == "point2D":
            point = self.numbers(row.get("DEFAULT"), 2, 0.0, said)
            bottom, top = None, None
            if row.get("MIN") is not None:
                bottom = min(*self.numbers(row["MIN"], 2, 0.0, said), *point)
            if row.get("MAX") is not None:
                top = max(*self.numbers(row["MAX"], 2, 0.0, said), *point)
            return ShaderValue(
                "point2D", uniform, Param(point, bottom, top, doc, "x, y", name=name)
            )
        low = self.number(row["MIN"], 0.0, said) if row.get("MIN") is not None else None
        high = self.number(row["MAX"], 1.0, said) if row.get("MAX") is not None else None
        if low is not None and high is not None and low > high:
            low, high = high, low
        default = self.number(row.get("DEFAULT"), low if low is not None else 0.0, said)
        low = min(low, default) if low is not None else None
        high = max(high, default) if high is not None else None
        return ShaderValue("float", uniform, Param(default, low, high, doc, name=name))

    def choice(
        self, name: str, uniform: str, row: Mapping[str, Any], said: str, doc: str
    ) -> ShaderValue:
        """A ``long``: one of several numbers, which may have names."""
        given = row.get("VALUES")
        listed = given if isinstance(given, list) else []
        numbers = tuple(int(self.number(each, 0, said)) for each in listed)
        labels = row.get("LABELS")
        names = tuple(map(str, labels))[: len(numbers)] if isinstance(labels, list) else ()
        default = int(self.number(row.get("DEFAULT"), numbers[0] if numbers else 0, said))
        ends = [*numbers, default]
        for end in ("MIN", "MAX"):
            if row.get(end) is not None:
                ends.append(int(self.number(row[end], 0, said)))
        known = numbers or (row.get("MIN") is not None and row.get("MAX") is not None)
        low, high = (float(min(ends)), float(max(ends))) if known else (None, None)
        if names:
            pairs = ", ".join(f"{n} {text}" for n, text in zip(numbers, names, strict=False))
            doc = f"{doc}: {pairs}" if doc else pairs
        param = Param(float(default), low, high, doc, name=name)
        return ShaderValue("long", uniform, param, numbers, names)

    def passes(self, known: Iterable[str]) -> tuple[Pass, ...]:
        """The passes; of version 1, with what it says of its buffers elsewhere."""
        names = ["WIDTH", "HEIGHT", *known]
        buffers = {str(row.get("NAME")): row for row in self.listed("PERSISTENT_BUFFERS")}
        found: list[Pass] = []
        for row in self.listed("PASSES"):
            target = str(row.get("TARGET") or "").strip()
            if target and not re.fullmatch(r"[A-Za-z_]\w*", target, re.A):
                raise self.wrong(f"a buffer cannot be called {target!r}", f'"{target}"')
            whole = {**buffers.get(target, {}), **row}
            width, height = (self.side(whole, side, names) for side in ("WIDTH", "HEIGHT"))
            lasting = truth(whole.get("PERSISTENT")) or target in buffers
            floats = truth(whole.get("FLOAT"))
            found.append(Pass(target, width, height, lasting and bool(target), floats))
        for name in buffers:
            if name not in [each.target for each in found]:
                raise self.wrong(f"no pass draws into the buffer {name!r}", f'"{name}"')
        return tuple(found) or (Pass(),)

    def side(self, row: Mapping[str, Any], side: str, names: list[str]) -> Expression | None:
        """The width or height of a pass, None if it says none."""
        text = str(row.get(side) or "").strip()
        try:
            return Expression(text, names) if text else None
        except ValueError as error:
            raise self.wrong(f"{side} of a pass: {error}", text) from None

    def imported(self) -> tuple[Imported, ...]:
        """The picture files that it uses."""
        found: list[Imported] = []
        for row in self.listed("IMPORTED"):
            name, said = str(row.get("NAME") or ""), row.get("PATH")
            if not isinstance(said, str) or not re.fullmatch(r"[A-Za-z_]\w*", name, re.A):
                raise self.wrong(
                    "IMPORTED has one picture file under each name; cube maps are not read",
                    '"IMPORTED"',
                )
            path = self.path.parent / said
            if not path.is_file():
                raise self.wrong(f"there is no picture file {said!r} beside it", f'"{said}"')
            found.append(Imported(name, path))
        return tuple(found)


def truth(value: Any) -> bool:
    """Whether the header says yes: ``true``, 1, ``"1"``."""
    if isinstance(value, str):
        return value.strip().lower() in ("1", "true", "yes")
    return bool(value)
