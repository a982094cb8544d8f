"""Imports point one way: what each part of livegan may import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "livegan"

FORBIDDEN = {
    "operation": {
        "ipc",
        "graph",
        "engine",
        "sound",
        "generators",
        "stage",
        "builtin",
        "dataset",
        "cli",
        "live",
        "rehearsal",
    },
    "plugin": {
        "operation",
        "ipc",
        "graph",
        "engine",
        "sound",
        "generators",
        "stage",
        "builtin",
        "cli",
        "live",
    },
    "shaders": {
        "graph",
        "engine",
        "sound",
        "generators",
        "stage",
        "builtin",
        "cli",
        "live",
    },
    "graph": {"ipc", "engine", "sound", "generators", "stage", "builtin", "cli", "live"},
    "sound": {"engine", "graph", "generators", "stage", "cli", "live"},
    "generators": {"engine", "graph", "stage", "sound", "cli", "live"},
    "ipc": {
        "engine",
        "graph",
        "generators",
        "stage",
        "builtin",
        "cli",
        "live",
        "rehearsal",
        "plugin",
    },
    "stage": {"engine", "graph", "generators", "cli", "live", "rehearsal"},
    "builtin": {"engine", "graph", "stage", "cli", "live", "rehearsal"},
    "engine": {"cli", "rehearsal"},
    "autopilot": {
        "ipc",
        "graph",
        "engine",
        "generators",
        "stage",
        "builtin",
        "dataset",
        "training",
        "cli",
        "live",
        "rehearsal",
    },
    "dataset": {"engine", "graph", "generators", "stage", "training", "cli", "live", "rehearsal"},
    "gremlins": {"engine", "graph", "generators", "training", "cli", "live", "rehearsal"},
    "testing": {"cli", "stage"},
    "tuning": {"engine", "graph", "stage", "cli", "live", "rehearsal"},
    "training": {"engine", "graph", "stage", "cli", "live", "rehearsal"},
}
"""Part → parts that it must not import."""

ALLOWED = {("builtin/outputs", "stage")}
"""(module, part) that are let by: outputs run on the stage and speak its words."""


def imported(file: Path) -> set[str]:
    """The parts of livegan that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("livegan.")}
    return found


@pytest.mark.parametrize("part", FORBIDDEN)
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    wrong = []
    for file in sorted((ROOT / part).rglob("*.py")):
        module = str(file.relative_to(ROOT).with_suffix(""))
        for other in imported(file) & FORBIDDEN[part]:
            if not any(module.startswith(m) and other == o for m, o in ALLOWED):
                wrong.append(f"{module} imports {other}")
    assert wrong == []


def arrows() -> dict[str, set[str]]:
    """Module → modules of livegan that it imports when it is imported, not inside functions."""
    files = {
        ".".join(("livegan", *f.relative_to(ROOT).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): f
        for f in ROOT.rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for name, file in files.items():
        found[name] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                whole = [f"{node.module}.{alias.name}" for alias in node.names]
                named = [w if w in files else node.module for w in whole]
            else:
                continue
            found[name] |= {n for n in named if n in files and n != name}
    return found


def circles(of: dict[str, set[str]]) -> list[list[str]]:
    """Modules that import each other, directly or through others (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(of[name]):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            circle = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for name in of:
        if name not in order:
            visit(name)
    return found


def test_no_modules_import_each_other() -> None:
    assert circles(arrows()) == []


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def modules_after(code: str) -> set[str]:
    """Which modules a fresh Python has loaded after running ``code``."""
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_a_set_is_read_without_torch() -> None:
    loaded = modules_after("from livegan.live import *\nshow(encode.waveform(listen()).blur(2))")
    assert "torch" not in loaded
    assert "livegan.engine" not in loaded


def test_the_stage_loads_neither_torch_nor_the_engine() -> None:
    loaded = modules_after("import livegan.stage.stage, livegan.stage.outputs.outputs")
    assert not {"torch", "livegan.engine", "livegan.graph", "livegan.generators"} & loaded


def test_the_help_loads_nothing_heavy() -> None:
    loaded = modules_after("import livegan.cli")
    assert not {"torch", "numpy", "pygame", "av", "scipy", "matplotlib"} & loaded


def test_what_python_3_10_lacks_has_a_stand_in() -> None:
    """`tomllib` came with 3.11; before, ``tomli`` is installed in its place."""
    unguarded = [
        str(file.relative_to(ROOT))
        for file in ROOT.rglob("*.py")
        if "\nimport tomllib" in file.read_text(encoding="utf-8")
    ]
    assert unguarded == []


SAME_NAME = {"Note": "plugins import `livegan.sound.sources.Note`, a function that takes a line"}
"""Public class → why several modules may have one of that name."""


def classes() -> dict[str, set[str]]:
    """Public class, or name of a type, → modules that define it."""
    found: dict[str, set[str]] = {}
    types: dict[str, set[str]] = {}
    for file in sorted(ROOT.rglob("*.py")):
        module = str(file.relative_to(ROOT).with_suffix(""))
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(module)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                types.setdefault(node.targets[0].id, set()).add(module)
    return {name: modules | types.get(name, set()) for name, modules in found.items()}


def test_a_name_of_a_class_stands_for_one_thing() -> None:
    several = {name: sorted(modules) for name, modules in classes().items() if len(modules) > 1}
    assert {name: m for name, m in several.items() if name not in SAME_NAME} == {}
    assert SAME_NAME.keys() <= several.keys(), "an exception that is not needed any more"
