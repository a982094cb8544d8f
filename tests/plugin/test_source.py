"""Plugin files as they are on disk: any encoding, any name, with other files beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livegan.plugin import registry, source
from livegan.plugin.loading.hot import Hot
from livegan.plugin.loading.record import Problem
from livegan.plugin.registry import Registry
from tests.plugin.test_hot import default, plugin, tried


def problem(folder: Path) -> Problem:
    """The only one that there is."""
    (found,) = Registry().load(folder, installed=False).problems
    return found


LATIN = "# coding: latin-1\nSIZE = 'Größe'\n"


def save_latin(folder: Path, gain: float = 1.0) -> Path:
    """A plugin in Latin-1 that imports a helper."""
    text = plugin("rays", gain, more="from ._shared import WIDTH\nfrom . import _shared")
    file = folder / "rays.py"
    text = LATIN + text.replace(f"param({gain}", f"param(WIDTH * {gain} * (len(SIZE) == 5)")
    file.write_bytes(text.encode("latin-1"))
    return file


def test_the_helper_of_a_file_in_another_encoding_reloads_it(folder: Path) -> None:
    (folder / "_shared.py").write_text("WIDTH = 1.0\n")
    save_latin(folder)
    hot = Hot(folder)
    assert hot.begin() == [] and default("rays") == 1.0
    (folder / "_shared.py").write_text("WIDTH = 3.0\n")
    trial = tried(hot)
    assert [r.plugin.name for r in trial.records] == ["rays"] and default("rays") == 3.0


def test_a_file_in_another_encoding_is_recalled_as_it_was(folder: Path) -> None:
    (folder / "_shared.py").write_text("WIDTH = 1.0\n")
    file = save_latin(folder)
    (folder / "bom.py").write_bytes(b"\xef\xbb\xbf" + plugin("bom").encode())
    (folder / "crlf.py").write_bytes(plugin("crlf").replace("\n", "\r\n").encode())
    first = Hot(folder)
    first.begin()
    texts, digest = first.texts(), source.file_digest(file)
    assert set(texts) == {str(f) for f in folder.glob("*.py")}
    save_latin(folder, 2.0)
    registry.use(Registry().load(installed=False))
    again = Hot(folder)
    again.recall(texts)
    assert again.begin() == [] and default("rays") == 1.0
    assert sys.modules["livegan_plugins.rays"].SIZE == "Größe"
    assert sys.modules["livegan_plugins.rays"].livegan_digest == digest
    assert again.changed() == [str(file)]  # the others are what they were, to the byte


def test_a_file_that_was_empty_is_recalled_empty(folder: Path) -> None:
    file = folder / "nothing.py"
    file.write_text("raise ValueError\n")
    hot = Hot(folder)
    hot.recall({str(file): ""})
    assert hot.begin() == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_utf_16_is_refused_with_what_to_do(folder: Path, encoding: str) -> None:
    file = folder / "wide.py"
    file.write_bytes(plugin("wide").strip().encode(encoding))
    found = problem(folder)
    assert found.where == f"{file}:1"
    assert "UTF-16" in found.reason and found.reason.endswith("save it as UTF-8")


def test_a_helper_in_utf_16_is_named_by_its_own_line(folder: Path) -> None:
    (folder / "_wide.py").write_bytes("K = 1\n".encode("utf-16"))
    (folder / "rays.py").write_text(plugin("rays", more="from . import _wide"))
    found = problem(folder)
    assert found.where == f"{folder / '_wide.py'}:1"
    assert found.reason == "it is saved as UTF-16: save it as UTF-8"


def test_a_damaged_file_is_refused_at_its_line(folder: Path) -> None:
    file = folder / "rays.py"
    file.write_bytes(b"A = 1\nB = \0\0\0\n")
    found = problem(folder)
    assert found.where == f"{file}:2" and "null bytes" in found.reason


def test_a_name_with_a_dot_is_refused_with_a_better_one(folder: Path) -> None:
    file = folder / "a.b.py"
    file.write_text(plugin("dotted"))
    found = problem(folder)
    assert found.where == f"{file}:1"
    assert found.reason == "a plugin's file has no dot in its name: rename it a_b.py"
    file.rename(folder / "a_b.py")
    assert Registry().load(folder, installed=False).operation("encoder", "dotted")


def test_files_beside_a_plugin_are_found_as_resources(folder: Path) -> None:
    (folder / "gain.txt").write_text("2.5")
    more = (
        "import importlib.resources as r\n"
        "GAIN = float((r.files(__package__) / 'gain.txt').read_text())"
    )
    text = plugin("rays", more=more).replace("param(1.0", "param(GAIN")
    (folder / "rays.py").write_text(text)
    hot = Hot(folder)
    assert hot.begin() == [] and default("rays") == 2.5


def test_the_folder_runs_no_code_of_its_own(folder: Path) -> None:
    (folder / "__init__.py").write_text("raise ValueError\n")
    (folder / "rays.py").write_text(plugin("rays", more="from . import _shared"))
    (folder / "_shared.py").write_text("")
    assert Registry().load(folder, installed=False).problems == []


def test_what_is_unloaded_is_restored_where_it_was(folder: Path) -> None:
    (folder / "_shared.py").write_text("WIDTH = 1.0\n")
    (folder / "rays.py").write_text(plugin("rays", more="from . import _shared"))
    Registry().load(folder, installed=False)
    package, name = sys.modules[source.FOLDER], f"{source.FOLDER}._shared"
    gone = source.forget([name])
    assert list(gone) == [name] and not hasattr(package, "_shared")
    source.restore(gone)
    assert sys.modules[name] is gone[name] and package._shared is gone[name]


def test_a_package_that_goes_keeps_what_its_code_holds_on_to(folder: Path) -> None:
    kit = folder / "_kit"
    kit.mkdir()
    (kit / "__init__.py").write_text("from ._lens import lens\n")
    (kit / "_lens.py").write_text("def lens():\n    pass\n")
    (folder / "rays.py").write_text(plugin("rays", more="from . import _kit"))
    Registry().load(folder, installed=False)
    old = sys.modules[f"{source.FOLDER}._kit"]
    gone = source.forget(source.modules_of(f"{source.FOLDER}._kit"))
    assert len(gone) == 2 and hasattr(old, "_lens")  # it may say _kit._lens as it plays
    source.restore(gone)
    assert sys.modules[source.FOLDER]._kit is old
