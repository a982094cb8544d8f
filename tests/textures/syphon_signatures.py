"""Read the signatures of syphon-python off its published wheel, on any machine.

    pip download syphon-python --platform macosx_12_0_universal2 --only-binary=:all: --no-deps
    python tests/textures/syphon_signatures.py syphon*.whl > tests/textures/syphon_signatures.json

The package is Python over Objective-C. Its sources are parsed and not imported, for that needs a
Mac. That a picture has its bottom row first is not in the wheel: OpenGL's servers write theirs so,
and the package's own example of a film publishes with ``is_flipped=True``.
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

MODULES = ("client", "server", "server_directory", "utils/numpy", "utils/raw")


def parameters(function: ast.FunctionDef) -> dict[str, Any]:
    """Names of the parameters, those that must be given, and those that only have a name."""
    arguments = function.args
    names = [a.arg for a in arguments.args]
    needed = names[: len(names) - len(arguments.defaults)]
    return {"names": names, "needed": needed, "by name": [a.arg for a in arguments.kwonlyargs]}


def of_class(node: ast.ClassDef) -> dict[str, Any]:
    """Methods, properties, what it inherits, and the attributes that ``__init__`` sets."""
    found: dict[str, Any] = {"bases": [ast.unparse(base) for base in node.bases]}
    found |= {"methods": {}, "properties": [], "attributes": []}
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            marks = [ast.unparse(mark) for mark in item.decorator_list]
            if "property" in marks:
                found["properties"].append(item.name)
            elif not any(mark.endswith(".setter") for mark in marks):
                found["methods"][item.name] = parameters(item)
        elif isinstance(item, ast.AnnAssign):  # a field of a data class
            found["attributes"].append(ast.unparse(item.target))
    for each in ast.walk(node):
        if (
            isinstance(each, ast.Attribute)
            and isinstance(each.ctx, ast.Store)
            and ast.unparse(each.value) == "self"
        ):
            found["attributes"].append(each.attr)
    found["attributes"] = sorted({a for a in found["attributes"] if not a.startswith("_")})
    return found


def read(wheel: Path) -> dict[str, Any]:
    """Everything that the tests know of a wheel."""
    found: dict[str, Any] = {"wheel": wheel.name, "classes": {}, "functions": {}}
    with zipfile.ZipFile(wheel) as archive:
        for module in MODULES:
            for node in ast.parse(archive.read(f"syphon/{module}.py")).body:
                if isinstance(node, ast.ClassDef) and "OpenGL" not in node.name:
                    found["classes"][node.name] = of_class(node)
                elif isinstance(node, ast.FunctionDef):
                    found["functions"][node.name] = parameters(node)
    return found


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1])), indent=1, sort_keys=True))
