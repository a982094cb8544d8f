"""What a patch is proven with: the plugins of the show as they are now, and where it is found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from livegan.engine.commit.script import Refusal, run
from livegan.graph.signals.reading import Reading
from livegan.patches.proof import PatchProver
from livegan.plugin import Now, registry
from livegan.plugin.loading.hot import Hot

TEXT = "from livegan.live import *\nshow(encode.waveform(hum()))\n"
PLUGIN = """import pyo
from livegan.plugin import hookimpl
def hum():
    {}
    return pyo.Sine(100)
@hookimpl
def register_patches(register):
    register(hum)
"""


def proven(prover: PatchProver, folder: Path) -> str:
    """What is wrong with the patch of the set, or nothing."""
    silence = SimpleNamespace(last=lambda seconds: np.zeros((441, 2), np.float32))
    script = run(folder / "set.py", TEXT)
    (patch,) = script.graph.patches
    try:
        return prover.prove(patch, script, folder, Reading(Now(), silence), 0)
    except Refusal as refusal:
        return refusal.reason


@pytest.fixture
def prover() -> Iterator[PatchProver]:
    made = PatchProver()
    before = registry.current()
    yield made
    registry.use(before)
    made.close()


def test_a_plugin_is_read_again_where_it_was_saved_or_its_package_is_elsewhere(
    tmp_path: Path, prover: PatchProver, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "hums.py").write_text(PLUGIN.format("pass"))
    hot = Hot(plugins)
    hot.renew()
    assert proven(prover, tmp_path) == ""
    (plugins / "hums.py").write_text(PLUGIN.format("raise ValueError('sore throat')"))
    hot.renew()
    assert "sore throat" in proven(prover, tmp_path)

    package = tmp_path / "elsewhere"
    package.mkdir()
    (package / "new_hums.py").write_text(PLUGIN.format("pass"))
    (plugins / "hums.py").write_text("from new_hums import *\n")
    monkeypatch.setattr(sys, "path", [str(package), *sys.path])
    hot.renew()
    assert proven(prover, tmp_path) == ""
