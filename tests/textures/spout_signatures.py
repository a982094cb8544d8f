"""Read the signatures of SpoutGL off a published Windows wheel, on any machine.

    pip download SpoutGL --platform win_amd64 --python-version 3.11 --only-binary=:all: --no-deps
    python tests/textures/spout_signatures.py spoutgl-*.whl > tests/textures/spout_signatures.json

The extension module was made with pybind11 and its methods are those of the C++ classes, which it
imports from Spout.dll under names that spell their parameters (Microsoft's mangling). Python's
names are the same with a small first letter; a method counts if the module holds that string too.
Names of parameters are not in the wheel, nor is the order of width and height, nor the meaning of
the flags: these follow the comments of Spout's public headers, and what a receiver does in which
order follows its public source (Spout.cpp, ReceiveImage and ReceiveSenderData).
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

# Parameters as Microsoft's compiler writes them, and what pybind11 takes for them.
TYPES = {
    "PEBD": "str",  # const char*
    "PEBE": "buffer",  # const unsigned char*; the binding takes a Python buffer
    "PEAE": "buffer to write",  # unsigned char*; a Python buffer or None
    "_N": "bool",
    "H": "int",
    "I": "int",
    "J": "int",
    "K": "int",
}
RETURNS = {"X": "None", "_N": "bool", "H": "int", "J": "int", "I": "int", "K": "int"}
CLASSES = ("SpoutSender", "SpoutReceiver")
TEXTS = rb"\?AV\?\$vector@V\?\$basic_string@[^\0]*?@2@@std@@"  # std::vector<std::string>
METHOD = rb"\?(\w+)@%s@@QEAA(_N|[XHJIK]|" + TEXTS + rb")(\w+?)@?Z\0"


def parameters(code: str) -> list[str] | None:
    """The types of a mangled parameter list; None for what Python cannot pass."""
    found: list[str] = []
    pointers: list[str] = []
    while code:
        if code == "X" and not found:
            return []
        if code[0].isdigit():  # the n-th longer type again
            if int(code[0]) >= len(pointers):
                return None
            found.append(pointers[int(code[0])])
            code = code[1:]
            continue
        name = next((t for t in TYPES if code.startswith(t)), None)
        if name is None:
            return None
        found.append(TYPES[name])
        if len(name) > 2:
            pointers.append(TYPES[name])
        code = code[len(name) :]
    return found


def signatures(module: bytes, kind: str) -> dict[str, dict[str, object]]:
    """Methods of a class by Python name: types of the parameters and of the result. Of several
    with one name, the last that Python can pass."""
    methods: dict[str, dict[str, object]] = {}
    for match in re.finditer(METHOD % kind.encode(), module):
        name, result, code = (part.decode() for part in match.groups())
        python = name[0].lower() + name[1:]
        types = parameters(code)
        if types is not None and python.encode() + b"\0" in module:
            methods[python] = {"parameters": types, "returns": RETURNS.get(result, "list of str")}
    return methods


def read(wheel: Path) -> dict[str, object]:
    """Everything that the tests know of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".pyd"))
        module = archive.read(name)
    have = {n: n.encode() + b"\0" in module for n in (*CLASSES, "enums", "GL_RGBA")}
    found: dict[str, object] = {"wheel": wheel.name, "names": have}
    return found | {kind: signatures(module, kind) for kind in CLASSES}


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1])), indent=2, sort_keys=True))
