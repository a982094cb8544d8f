"""The names that can stand in quotes: inputs of a show, knobs, devices, addresses, files.

They are known from the set itself, from the sets and the mapping file beside it, from the show that
plays it, and from this machine. Nothing here runs code.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from livegan.ipc.remote.schema import ShowState

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KINDS: Mapping[tuple[str, str], str] = {
    ("listen", "name"): "sound input",
    ("knob", "name"): "knob",
    ("pad", "name"): "pad",
    ("midi", "port"): "MIDI",
    ("gamepad", "name"): "gamepad",
    ("osc", "address"): "OSC address",
    ("send", "address"): "sent address",
    ("send", "to"): "receiver",
    ("camera", "argument"): "camera",
    ("ndi_in", "argument"): "NDI sender",
    ("spout_in", "argument"): "Spout sender",
    ("syphon_in", "argument"): "Syphon server",
    ("film", "path"): "film",
    ("picture", "path"): "picture file",
    ("pictures", "folder"): "folder",
    ("shader", "file"): "shader file",
}
"""Of a call and its parameter: what is named there."""
FIRST = {function: param for function, param in KINDS if (function, param) != ("send", "to")}
"""By call: the parameter that can be given without its name, as the first."""
DEVICES = ("MIDI", "camera", "NDI sender", "Spout sender", "Syphon server")
"""Kinds of which this machine can have some."""
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "film": (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif"),
    "picture file": (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif"),
    "shader file": (".fs", ".frag", ".glsl", ".isf"),
}
MOST_BESIDE = 100
"""Sets beside a set that are read."""
MOST_FILES, DEEPEST = 200, 2
"""Files and folders that are offered, and how deep below the set they are."""
Names = dict[str, str]
"""Name → where it is known from."""


@dataclass(frozen=True)
class QuotedNames:
    """What is known beside a set, and where from."""

    file: str = ""
    state: ShowState | None = None
    """Of the show that plays it."""
    devices: Mapping[str, list[str]] = field(default_factory=dict)
    """Of this machine, by kind."""

    def of(self, kind: str, own: Mapping[str, tuple[str, ...]]) -> Names:
        """The names of a kind; ``own`` are those that the set itself has, by kind."""
        found: Names = {}
        for where, names in self._known(kind):
            for name in names:
                found.setdefault(name, where)
        for name in own.get(kind, ()):
            found.setdefault(name, "in this set")
        return found

    def _known(self, kind: str) -> Iterator[tuple[str, list[str]]]:
        if self.state is not None:
            shown = {
                "sound input": [str(row["name"]) for row in self.state.inputs],
                "knob": [str(row["name"]) for row in self.state.knobs],
                "pad": list(self.state.pads),
            }
            yield "of the show", shown.get(kind, [])
        yield "of this machine", list(self.devices.get(kind, ()))
        if not self.file:
            return
        path = Path(self.file)
        if kind in ENDINGS or kind == "folder":
            yield "beside the set", files_below(path.parent, kind)
            return
        mapping = path.with_name(f"{path.stem}.controls.toml")
        yield f"in {mapping.name}", in_mapping(mapping, kind)
        for other in beside(path):
            yield f"in {other.name}", list(quoted_in(other).get(kind, ()))


def quoted(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """The names that a set gives in quotes, by kind."""
    found: dict[str, dict[str, None]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        function = node.func.id
        given = [(each.arg or "", each.value) for each in node.keywords]
        given += [(FIRST.get(function, ""), each) for each in node.args[:1]]
        for param, value in given:
            kind = KINDS.get((function, param))
            if kind and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.setdefault(kind, {})[value.value] = None
    return {kind: tuple(filter(None, names)) for kind, names in found.items()}


def beside(path: Path) -> list[Path]:
    """The other sets in the folder of a set."""
    try:
        return [file for file in sorted(path.parent.glob("*.py"))[:MOST_BESIDE] if file != path]
    except OSError:
        return []


def quoted_in(file: Path) -> Mapping[str, tuple[str, ...]]:
    """The names in the file of a set; none where it cannot be read."""
    try:
        return _quoted_in(file, file.stat().st_mtime_ns)
    except OSError:
        return {}


@functools.lru_cache(maxsize=2 * MOST_BESIDE)
def _quoted_in(file: Path, changed: int) -> Mapping[str, tuple[str, ...]]:
    try:
        text = file.read_text("utf-8-sig")
        return quoted(ast.parse(text)) if "livegan.live" in text else {}
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def in_mapping(file: Path, kind: str) -> list[str]:
    """The names in a mapping file; none where it cannot be read."""
    keys = {"knob": "knob", "pad": "pad", "MIDI": "port", "OSC address": "osc"}
    if kind not in keys:
        return []
    try:
        rows = tomllib.loads(file.read_text("utf-8-sig")).get("map", [])
    except (OSError, ValueError, RecursionError):
        return []
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    names = [row.get(keys[kind]) for row in rows]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def files_below(folder: Path, kind: str) -> list[str]:
    """Files of a kind, or folders, as a set beside them names them."""
    found: list[str] = []

    def look(inner: Path, deep: int) -> None:
        try:
            entries = sorted(inner.iterdir())
        except OSError:
            return
        for entry in entries:
            if len(found) >= MOST_FILES or entry.name.startswith((".", "__")):
                continue
            name = entry.relative_to(folder).as_posix()
            if entry.is_dir():
                if kind == "folder":
                    found.append(name)
                if deep < DEEPEST:
                    look(entry, deep + 1)
            elif entry.suffix.lower() in ENDINGS.get(kind, ()):
                found.append(name)

    look(folder, 0)
    return found
