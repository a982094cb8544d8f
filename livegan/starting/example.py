"""The picture in the README of a new package: what its plugin does, drawn by itself."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PIL import Image

from livegan import portrait
from livegan.plugin import registry
from livegan.portrait import Pixels, SetLine, first_picture, save_picture
from livegan.sound import RATE
from livegan.starting import UNSEEN, PackageTemplate

SIZE = 512
SCROLL = SetLine("encode.timeline(sound)", "encoder")


def add_example(start: PackageTemplate, folder: Path) -> None:
    """Draw ``picture.jpg`` of a package that was just written, and a model's sample for its tests.

    The package is not installed yet; a plugin file that imports it stands in for that.
    """
    if start.kind in UNSEEN:
        return
    with tempfile.TemporaryDirectory() as name, importable(folder / "src", start.module):
        work = Path(name)
        (work / "plugins").mkdir()
        (work / "plugins" / "new.py").write_text(f"from {start.module} import *\n", "utf-8")
        before = registry.current()
        registry.use(registry.Registry().load(work / "plugins", installed=False))
        try:
            save_picture(folder / "picture.jpg", picture(start, folder, work))
        finally:
            registry.use(before)


@contextlib.contextmanager
def importable(source: Path, package: str) -> Iterator[None]:
    """Let a package be imported that is not installed; it is forgotten afterwards."""
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(source.resolve()))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(source.resolve()))
        sys.dont_write_bytecode = written
        for name in [n for n in sys.modules if n.partition(".")[0] == package]:
            del sys.modules[name]


def picture(start: PackageTemplate, folder: Path, work: Path) -> Pixels:
    """(SIZE, SIZE, 3) uint8: what the plugin does, by its kind."""
    kind = start.kind
    if kind == "encoder" or kind == "mixer" or kind == "signal" or kind == "patch":
        line = portrait.line_of(registry.current().operation(kind, start.name))
        return portrait.draw([line], work, size=SIZE)[0]
    if kind == "model":
        sample = folder / "tests" / f"sample.{start.dashed}"
        importlib.import_module(f"{start.module}.network").write(sample)
        (work / "models").mkdir()
        shutil.copyfile(sample, work / "models" / sample.name)
        line = SetLine('model("sample", encode.timeline(sound))', "encoder")
        return portrait.draw([line], work, size=SIZE)[0]
    made: Any = importlib.import_module(start.module)
    if kind == "source":
        source = made.open_plucked("")
        source.open(print)
        samples = source.pull(round((portrait.AT_S + 1) * RATE))
        soundfile.write(work / "sound.wav", samples, RATE, subtype="FLOAT")
        return portrait.draw([SCROLL], work, size=SIZE, audio=work / "sound.wav")[0]
    if kind == "picture-source":
        return first_picture(registry.current().offer("picture_source", start.name), SIZE)
    output = made.open_latest("now.png", folder=work)
    output.send(portrait.draw([SCROLL], work, size=SIZE)[0], time=portrait.AT_S)
    output.close()
    return np.asarray(Image.open(work / "now.png"))
