"""Plugins that are edited while they play: what is loaded anew, and what is put back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan.plugin import registry, source
from livegan.plugin.catalogue import UnknownName
from livegan.plugin.loading.finder import FINDER
from livegan.plugin.loading.hot import Hot, Trial
from livegan.plugin.registry import Registry

PLUGIN = '''
from livegan.plugin import hookimpl, param
{more}

def {name}(sound, *, gain=param({gain}, 0, 4)):
    """A picture."""

@hookimpl
def register_encoders(register):
    register({name})
'''


def plugin(name: str, gain: float = 1.0, more: str = "") -> str:
    return PLUGIN.format(name=name, gain=gain, more=more)


def default(name: str) -> Any:
    return registry.current().operation("encoder", name).params[0].default


def tried(hot: Hot) -> Trial:
    trial = hot.trial()
    assert trial is not None
    return trial


def test_a_saved_file_is_used_on_trial_and_stays_when_it_is_accepted(folder: Path) -> None:
    (folder / "rays.py").write_text(plugin("rays"))
    hot = Hot(folder)
    assert hot.begin() == [] and default("rays") == 1.0
    assert hot.trial() is None
    (folder / "rays.py").write_text(plugin("rays", 2.0))
    trial = tried(hot)
    assert [r.plugin.name for r in trial.records] == ["rays"]
    assert trial.problems == [] and default("rays") == 2.0
    trial.accept()
    assert trial.current and hot.trial() is None


def test_what_is_refused_stays_out_until_it_is_saved_again(folder: Path) -> None:
    (folder / "rays.py").write_text(plugin("rays"))
    hot = Hot(folder)
    hot.begin()
    old = sys.modules["livegan_plugins.rays"]
    (folder / "rays.py").write_text(plugin("rays", 2.0))
    tried(hot).refuse()
    assert default("rays") == 1.0
    assert sys.modules["livegan_plugins.rays"] is old
    assert hot.changed() == []
    (folder / "rays.py").write_text(plugin("rays", 3.0))
    tried(hot).accept()
    assert default("rays") == 3.0


def test_what_is_withdrawn_is_tried_again(folder: Path) -> None:
    (folder / "rays.py").write_text(plugin("rays"))
    hot = Hot(folder)
    hot.begin()
    (folder / "rays.py").write_text(plugin("rays", 2.0))
    tried(hot).withdraw()
    assert default("rays") == 1.0
    tried(hot).accept()
    assert default("rays") == 2.0


def test_the_others_keep_their_modules(folder: Path) -> None:
    for name in ("rays", "dots"):
        (folder / f"{name}.py").write_text(plugin(name))
    hot = Hot(folder)
    hot.begin()
    dots = sys.modules["livegan_plugins.dots"]
    (folder / "rays.py").write_text(plugin("rays", 2.0))
    tried(hot).accept()
    assert sys.modules["livegan_plugins.dots"] is dots


def test_a_helper_that_is_saved_reloads_all_who_import_it(folder: Path) -> None:
    (folder / "_shared.py").write_text("WIDTH = 1.0\n")
    for name in ("rays", "dots"):
        text = plugin(name, more="from ._shared import WIDTH").replace("param(1.0", "param(WIDTH")
        (folder / f"{name}.py").write_text(text)
    (folder / "alone.py").write_text(plugin("alone"))
    hot = Hot(folder)
    assert hot.begin() == [] and default("dots") == 1.0
    (folder / "_shared.py").write_text("WIDTH = 3.0\n")
    trial = tried(hot)
    assert sorted(r.plugin.name for r in trial.records) == ["dots", "rays"]
    assert default("rays") == default("dots") == 3.0
    trial.refuse()
    assert default("rays") == default("dots") == 1.0
    assert sys.modules["livegan_plugins._shared"].WIDTH == 1.0


IMPORTS = {
    "from . import _shared": "_shared.WIDTH",
    "from ._shared import WIDTH": "WIDTH",
    "from livegan_plugins import _shared": "_shared.WIDTH",
    "import livegan_plugins._shared as shared": "shared.WIDTH",
    "import livegan_plugins._shared": "livegan_plugins._shared.WIDTH",
}


@pytest.mark.parametrize("style", IMPORTS)
def test_a_helper_is_reloaded_and_put_back_however_it_is_imported(folder: Path, style: str) -> None:
    (folder / "_shared.py").write_text("WIDTH = 1.0\n")
    text = plugin("rays", more=style).replace("param(1.0", f"param({IMPORTS[style]}")
    (folder / "rays.py").write_text(text)
    hot = Hot(folder)
    assert hot.begin() == [] and default("rays") == 1.0
    for width in (2.0, 2.5):
        (folder / "_shared.py").write_text(f"WIDTH = {width}\n")
        tried(hot).accept()
        assert default("rays") == width
    (folder / "rays.py").write_text(f"{text}# edited\n")
    tried(hot).accept()
    assert default("rays") == 2.5
    package, old = sys.modules["livegan_plugins"], sys.modules["livegan_plugins._shared"]
    (folder / "_shared.py").write_text("WIDTH = 3.0\n")
    trial = tried(hot)
    assert default("rays") == 3.0 and package._shared is not old
    trial.refuse()
    assert default("rays") == 2.5
    assert package._shared is sys.modules["livegan_plugins._shared"] is old
    (folder / "_shared.py").write_text("WIDTH = 3.5\n")
    tried(hot).accept()
    assert default("rays") == 3.5


def test_a_helper_that_does_not_load_leaves_the_one_from_before(folder: Path) -> None:
    (folder / "_shared.py").write_text("WIDTH = 1.0\n")
    text = plugin("rays", more="from . import _shared")
    (folder / "rays.py").write_text(text.replace("param(1.0", "param(_shared.WIDTH"))
    hot = Hot(folder)
    hot.begin()
    old = sys.modules["livegan_plugins._shared"]
    (folder / "_shared.py").write_text("1 / 0\n")
    trial = tried(hot)
    assert "division by zero" in trial.problems[0].reason
    trial.refuse()
    assert sys.modules["livegan_plugins"]._shared is old and default("rays") == 1.0
    (folder / "_shared.py").write_text("WIDTH = 2.0\n")
    tried(hot).accept()
    assert default("rays") == 2.0


def test_a_helper_of_a_helper_reloads_all_who_hold_on_to_it(folder: Path) -> None:
    (folder / "_inner.py").write_text("WIDTH = 1.0\n")
    (folder / "_outer.py").write_text("from . import _inner\nWIDTH = _inner.WIDTH\n")
    for name, helper in (("dots", "_inner"), ("rays", "_outer")):  # dots is loaded first
        text = plugin(name, more=f"from . import {helper}")
        (folder / f"{name}.py").write_text(text.replace("param(1.0", f"param({helper}.WIDTH"))
    hot = Hot(folder)
    assert hot.begin() == []
    (folder / "_inner.py").write_text("WIDTH = 2.0\n")
    trial = tried(hot)
    assert (default("dots"), default("rays")) == (2.0, 2.0)
    trial.refuse()
    assert (default("dots"), default("rays")) == (1.0, 1.0)
    assert sys.modules["livegan_plugins._outer"].WIDTH == 1.0
    assert sys.modules["livegan_plugins"]._inner.WIDTH == 1.0
    (folder / "_inner.py").write_text("WIDTH = 3.0\n")
    tried(hot).accept()
    outer = sys.modules["livegan_plugins._outer"]
    (folder / "rays.py").write_text((folder / "rays.py").read_text() + "# edited\n")
    tried(hot).accept()
    assert sys.modules["livegan_plugins._outer"] is outer  # what did not change stays


def test_a_broken_save_is_a_problem_with_its_line(folder: Path) -> None:
    (folder / "rays.py").write_text(plugin("rays"))
    hot = Hot(folder)
    hot.begin()
    (folder / "rays.py").write_text(plugin("rays").replace("param(", "parm("))
    trial = tried(hot)
    (problem,) = trial.problems
    assert problem.reason == "NameError: name 'parm' is not defined"
    assert problem.where == f"{folder / 'rays.py'}:5"
    trial.refuse()
    assert default("rays") == 1.0


def test_files_come_and_go(folder: Path) -> None:
    hot = Hot(folder)
    hot.begin()
    (folder / "rays.py").write_text(plugin("rays"))
    tried(hot).accept()
    assert default("rays") == 1.0
    (folder / "rays.py").unlink()
    tried(hot).refuse()  # as when the set still names it
    assert default("rays") == 1.0 and hot.changed() == []
    (folder / "dots.py").write_text(plugin("dots"))
    tried(hot).accept()
    assert default("rays") == default("dots") == 1.0
    (folder / "rays.py").write_text(plugin("rays", 2.0))
    tried(hot).accept()
    (folder / "rays.py").unlink()
    tried(hot).accept()
    with pytest.raises(UnknownName):
        default("rays")


def test_a_name_that_another_file_has_is_a_problem(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(plugin(name))
    hot = Hot(folder)
    hot.begin()
    (folder / "two.py").write_text(plugin("one"))
    trial = tried(hot)
    assert "two plugins claim the encoder 'one'" in trial.problems[0].reason
    trial.refuse()
    assert default("one") == default("two") == 1.0


def test_what_played_is_recalled_whatever_the_files_say(folder: Path) -> None:
    (folder / "rays.py").write_text(plugin("rays"))
    first = Hot(folder)
    first.begin()
    texts = first.texts()
    assert texts == {str(folder / "rays.py"): plugin("rays")}
    (folder / "rays.py").write_text("1 / 0\n")
    registry.use(Registry().load(installed=False))
    again = Hot(folder)
    again.recall(texts)
    assert again.begin() == [] and default("rays") == 1.0
    before = again.stamp(trying=False)
    assert again.stamp() != before
    assert "division by zero" in tried(again).problems[0].reason


def make_package(root: Path, gain: float = 1.0) -> None:
    """An editable package of three modules, as pip installs one: a path, and its metadata."""
    package = root / "src" / "livegan_prism"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    (package / "optics.py").write_text(
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Lens:\n"
        f"    power: float = {gain}\n"
    )
    text = plugin("prism", more="from livegan_prism import optics").replace(
        f"param({1.0}", "param(optics.Lens().power"
    )
    (package / "plugin.py").write_text(text)
    info = root / "site" / "livegan_prism-0.3.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: livegan-prism\nVersion: 0.3\n")
    (info / "entry_points.txt").write_text("[livegan]\nprism = livegan_prism.plugin\n")
    told = {"url": f"file://{root}", "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(told))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    make_package(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "src")
    registry.use(Registry().load())
    yield tmp_path / "src" / "livegan_prism"
    source.forget(source.modules_of("livegan_prism"))
    FINDER.tops.discard("livegan_prism")


def test_an_editable_package_is_reloaded_with_all_its_modules(package: Path) -> None:
    hot = Hot(package.parent / "plugins")
    assert hot.begin() == []
    (found,) = [p for p in registry.current().plugins if p.name == "livegan-prism"]
    assert (found.version, found.origin, found.state) == ("0.3", "editable", "loaded")
    assert package / "optics.py" in hot.files()
    old = sys.modules["livegan_prism.optics"]
    optics = (package / "optics.py").read_text()
    (package / "optics.py").write_text(optics.replace("1.0", "2.5"))
    trial = tried(hot)
    assert default("livegan-prism:prism") == default("prism") == 2.5
    assert sys.modules["livegan_prism.optics"] is not old
    trial.refuse()
    assert default("prism") == 1.0
    assert sys.modules["livegan_prism.optics"] is old


def test_a_package_is_recalled_too(package: Path) -> None:
    hot = Hot(package.parent / "plugins")
    hot.begin()
    texts = hot.texts()
    assert str(package / "optics.py") in texts
    (package / "optics.py").write_text("1 / 0\n")
    tried(hot).withdraw()
    hot.recall(texts)
    assert default("prism") == 1.0 and hot.registry.problems == []
    registry.use(Registry().load(installed=False))
    source.forget(source.modules_of("livegan_prism"))
    registry.use(Registry().load())  # as a new engine does, before it is told
    again = Hot(package.parent / "plugins")
    again.recall(texts)
    assert again.begin() == [] and default("prism") == 1.0
    assert tried(again).problems


def test_a_package_that_broke_is_mended_by_any_of_its_files(package: Path) -> None:
    hot = Hot(package.parent / "plugins")
    hot.begin()
    text = (package / "plugin.py").read_text()
    (package / "plugin.py").write_text("from livegan_prism import colour\n" + text)
    trial = tried(hot)
    assert "colour" in trial.problems[0].reason
    assert trial.problems[0].where == f"{package / 'plugin.py'}:1"
    trial.refuse()
    assert default("prism") == 1.0
    (package / "colour.py").write_text("")
    tried(hot).accept()


GLOW = """
from pathlib import Path
from livegan.plugin import hookimpl

SHADER = Path(__file__).with_name("glow.glsl").read_text()

def glow(picture):
    "A picture."

def plain(picture):
    "Another."

def open_wall(name):
    return SHADER

def open_door(name):
    return 1

@hookimpl
def register_mixers(register):
    register(glow, files=("glow.glsl",))
    register(plain)

@hookimpl
def register_outputs(register):
    register(open_wall, "wall", "a wall", files=["glow.glsl"])
    register(open_door, "door", "a door")
"""


def test_a_file_that_a_plugin_declares_is_watched_as_its_code_is(folder: Path) -> None:
    (folder / "glow.glsl").write_text("one")
    (folder / "glow.py").write_text(GLOW)
    hot = Hot(folder)
    assert hot.begin() == []
    current = registry.current()
    before = {n: current.operation("mixer", n).stamp for n in ("glow", "plain")}
    offers = {n: current.offer("output", n).stamp for n in ("wall", "door")}
    assert folder / "glow.glsl" in hot.files()
    (folder / "glow.glsl").write_text("two")
    assert hot.saved() == [folder / "glow.glsl"]
    tried(hot).accept()
    current = registry.current()
    assert current.operation("mixer", "glow").stamp != before["glow"]
    assert current.operation("mixer", "plain").stamp == before["plain"] == ""
    assert current.offer("output", "wall").make("") == "two", "its module was read again"
    assert current.offer("output", "wall").stamp != offers["wall"]
    assert current.offer("output", "door").stamp == offers["door"]
    assert hot.trial() is None


def test_what_does_not_use_a_function_that_was_edited_keeps_its_stamp(folder: Path) -> None:
    (folder / "glow.glsl").write_text("one")
    (folder / "glow.py").write_text(GLOW)
    hot = Hot(folder)
    hot.begin()
    before = registry.current()
    (folder / "glow.py").write_text(GLOW.replace("return 1", "return 2"))
    tried(hot).accept()
    after = registry.current()
    assert after.offer("output", "wall").stamp == before.offer("output", "wall").stamp
    assert after.offer("output", "door").stamp != before.offer("output", "door").stamp


def test_a_file_that_is_declared_and_not_there_is_told(folder: Path) -> None:
    (folder / "glow.py").write_text(GLOW.replace("SHADER =", "SHADER = None and"))
    hot = Hot(folder)
    (line,) = hot.begin()
    assert f"files: there is no {folder / 'glow.glsl'}" in line
    assert line.startswith(f"{folder / 'glow.py'}:7: plugin glow")
