"""Modules beside a set are the set's own, whatever else has their names."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from livegan.engine.commit import beside
from livegan.engine.commit.script import Refusal, Script, run
from tests.engine.playing import Show

HEAD = "from livegan.live import *\n"
SHOWN = "show(encode.waveform(listen()).blur({}))\n"


def written(folder: Path, text: str, **files: str) -> Script:
    """Run a set that lies in ``folder`` beside ``files``: module (dots for folders) → text."""
    for name, said in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(said)
    path = folder / "set.py"
    path.write_text(HEAD + text)
    return run(path, HEAD + text)


def blur(script: Script) -> object:
    return next(n for n in script.graph.nodes if n.title == "blur").live["radius"]


def test_a_module_beside_the_set_may_have_the_name_of_a_standard_one(tmp_path: Path) -> None:
    files = {"random.py": "def pick(): return 3\n"}
    script = written(tmp_path, "import random\n" + SHOWN.format("random.pick()"), **files)
    assert blur(script) == 3
    assert hasattr(random, "uniform") and sys.modules["random"] is random


def test_what_lies_beside_the_set_stays_hidden_from_everything_else(tmp_path: Path) -> None:
    written(tmp_path, "import zz_shades\n" + SHOWN.format(1), **{"zz_shades.py": "V = 1\n"})
    with pytest.raises(ModuleNotFoundError):
        __import__("zz_shades")


def test_a_helper_finds_its_neighbours_and_still_has_the_standard_library(tmp_path: Path) -> None:
    files = {"shades.py": "import json\nfrom tones import T\nV = json.loads(str(T))\n"}
    script = written(
        tmp_path,
        "from shades import V\n" + SHOWN.format("V"),
        **files,
        **{"tones.py": "T = 4\n"},
    )
    assert blur(script) == 4


def test_folders_are_packages_with_and_without_an_init(tmp_path: Path) -> None:
    files = {
        "plain/v.py": "V = 2\n",
        "whole/__init__.py": "",
        "whole/w.py": "from plain import v\n",
    }
    text = "from plain.v import V\nimport plain.v\nimport whole.w as w\nfrom whole import w as x\n"
    script = written(tmp_path, text + SHOWN.format("V + plain.v.V + w.v.V + x.v.V"), **files)
    assert blur(script) == 8


def test_an_installed_package_goes_before_a_folder_without_an_init(tmp_path: Path) -> None:
    (tmp_path / "json").mkdir()
    script = written(tmp_path, "import json\n" + SHOWN.format("json.loads('5')"))
    assert blur(script) == 5


def test_nothing_beside_a_set_takes_the_place_of_livegan(tmp_path: Path) -> None:
    assert blur(written(tmp_path, SHOWN.format(6), **{"livegan.py": "1 / 0\n"})) == 6


def test_two_folders_may_have_a_module_of_one_name(tmp_path: Path) -> None:
    for value, name in enumerate(("one", "two"), 1):
        (tmp_path / name).mkdir()
        text = "from shades import V\n" + SHOWN.format("V")
        script = written(tmp_path / name, text, **{"shades.py": f"V = {value}\n"})
        assert blur(script) == value


def test_a_set_that_is_a_link_finds_what_lies_beside_the_file_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "shades.py").write_text("V = 7\n")
    text = HEAD + "from shades import V\n" + SHOWN.format("V")
    (tmp_path / "far" / "set.py").write_text(text)
    link = tmp_path / "set.py"
    try:
        link.symlink_to(tmp_path / "far" / "set.py")
    except OSError:
        pytest.skip("this system does not let its users make links")
    assert blur(run(link, text)) == 7


def test_errors_call_a_module_as_the_set_does(tmp_path: Path) -> None:
    files = {"shades.py": "V = 1\n"}
    with pytest.raises(Refusal, match=r": the module shades has no 'W'"):
        written(tmp_path, "import shades\nshades.W\n", **files)
    with pytest.raises(Refusal, match="cannot import name 'W' from 'shades'"):
        written(tmp_path, "from shades import W\n")
    (tmp_path / "tones").mkdir()
    with pytest.raises(Refusal, match=r"there is no module 'tones\.low' beside") as refused:
        written(tmp_path, "import tones.low\n")
    assert refused.value.files == {tmp_path / "tones" / "low.py"}


LEAF = """
@mixer
def dim(picture):
    import leafh
    return picture * leafh.K
settings(swap="now", dissolve=0)
show(dim(encode.waveform(listen())))
"""


def test_a_module_that_a_leaf_imports_is_found_watched_and_read_anew(tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    helper = tmp_path / "sets" / "leafh.py"
    helper.write_text("K = 1.0\n")
    show = Show(tmp_path, HEAD + LEAF, size=32)
    commit = show.save()
    assert commit is not None and commit.status == "cued", commit.reason
    bright = show.play()[-1].picture.max()
    assert helper in show.pipeline.inputs.watched()
    helper.write_text("K = 1 / 0\n")
    refused = show.save()
    assert refused is not None and refused.status == "refused"
    assert show.play()[-1].picture.max() == pytest.approx(float(bright), abs=0.05)
    assert show.faults == [], "what plays keeps the module that it has"
    helper.write_text("K = 0.25\n")
    mended = show.save()
    assert mended is not None and mended.status == "cued", mended.reason
    assert show.play()[-1].picture.max() < 0.5 * float(bright)
    show.player.close()


def test_a_name_is_plain_again_in_whatever_is_told(tmp_path: Path) -> None:
    package = beside.package_of([tmp_path])
    from livegan.plugin.source import plain

    assert plain(f"module '{package}.shades.deep' is broken") == "module 'shades.deep' is broken"
    assert plain("nothing of ours") == "nothing of ours"
