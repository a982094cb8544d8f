"""Read the signatures of SpoutGL's sender off a published Windows wheel, on any machine.

    pip download SpoutGL --platform win_amd64 --python-version 3.11 --only-binary=:all: --no-deps
    python tests/stage/spout_signatures.py spoutgl-*.whl > tests/stage/spout_signatures.json

The extension module was made with pybind11 and its methods are those of the C++ class, which it
imports from Spout.dll under names that spell their parameters (Microsoft's mangling). Python's
names are the same with a small first letter; a method counts if the module holds that string too.
Names of parameters are not in the wheel, nor is the order of width and height, nor the meaning of
the flags: these follow the comments of Spout's public headers.
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
    "_N": "bool",
    "H": "int",
    "I": "int",
    "J": "int",
    "K": "int",
}
RETURNS = {"X": "None", "_N": "bool", "H": "int", "J": "int", "I": "int"}
METHOD = re.compile(rb"\?(\w+)@SpoutSenderQEAA(_N|[XHJI])(\w+?)@?Z\0")


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
        if len(name) > 1:
            pointers.append(TYPES[name])
        code = code[len(name) :]
    return found


def signatures(module: bytes) -> dict[str, dict[str, object]]:
    """Methods of SpoutSender by Python name: types of the parameters and of the result."""
    methods: dict[str, dict[str, object]] = {}
    for match in METHOD.finditer(module):
        name, result, code = (part.decode() for part in match.groups())
        python = name[0].lower() + name[1:]
        types = parameters(code)
        if types is not None and python.encode() + b"\0" in module:
            methods[python] = {"parameters": types, "returns": RETURNS[result]}
    return methods


def main(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".pyd"))
        module = archive.read(name)
    have = {n: n.encode() + b"\0" in module for n in ("SpoutSender", "enums", "GL_RGBA")}
    found = {"wheel": wheel.name, "names": have, "SpoutSender": signatures(module)}
    print(json.dumps(found, indent=2, sort_keys=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
