"""Plugin files of the working folder that claim one name, and how a set gets at each."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.engine.program.nodes.source_instances import live_sources
from livegan.plugin import registry
from tests.engine.playing import Show

PLUGIN = """
from livegan.live import *

@mixer
def rays(picture, *, amount=param(0.5, 0, 1, "how bright")):
    return picture * amount * {gain}
"""
SET = """
from livegan.live import *

show({call})
"""


def show_with(folder: Path, call: str) -> Show:
    (folder / "plugins").mkdir(parents=True)
    for name, gain in (("one", 1.0), ("two", 0.5)):
        (folder / "plugins" / f"{name}.py").write_text(PLUGIN.format(gain=gain))
    return Show(folder, SET.format(call=call))


@pytest.mark.parametrize(
    "call", ["rays(encode.levels(listen()))", "encode.levels(listen()).rays()"]
)
def test_a_name_of_two_plugins_is_refused_with_both(tmp_path: Path, call: str) -> None:
    commit = show_with(tmp_path, call).save()
    assert commit is not None and commit.status == "refused"
    assert "two plugins claim the mixer 'rays': one (" in commit.reason
    assert 'write mixer("two:rays")(picture)' in commit.reason
    assert commit.where.endswith("set.py:4")


def test_the_full_name_says_whose(tmp_path: Path) -> None:
    pictures = []
    for name in ("one", "two"):
        show = show_with(tmp_path / name, f'mixer("{name}:rays")(encode.waveform(listen()))')
        commit = show.save()
        assert commit is not None and commit.status == "cued", commit.reason
        pictures.append(show.play()[0].picture)
    assert float(pictures[0].mean()) == pytest.approx(2 * float(pictures[1].mean()), rel=1e-3)


SOURCES = """
from livegan.plugin import hookimpl


def open_it(argument, wanted): ...


def swirl(picture):
    return picture


@hookimpl
def register_picture_sources(register):
    for name in ("blur", "film", "swirl", "window"):
        register(open_it, name, "a source")


@hookimpl
def register_mixers(register):
    register(swirl)
"""


def test_a_picture_source_gives_way_to_words_of_a_set_and_keeps_its_full_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "outside.py").write_text(SOURCES)
    show = Show(tmp_path, SET.format(call='source("outside:blur", "a").blur().swirl()'))
    commit = show.save()
    assert commit is not None and commit.status == "cued", commit.reason
    cued = show.player.cued
    assert cued is not None
    assert list(map(str, live_sources(cued.program.graph.nodes))) == ["outside:blur:a"]
    loaded = registry.current()
    assert loaded.names("picture_source") == [
        "camera",
        "ndi_in",
        "screen",
        "spout_in",
        "syphon_in",
        "texture_in",
        "window",
    ]
    told = {problem.reason for problem in loaded.problems}
    own = "the picture source 'film' is livegan's own; this one is "
    assert f'{own}source("outside:film")' in told
    assert any(
        reason.startswith("the word 'swirl' is the mixer of outside (")
        and reason.endswith('already; rename it, or write source("outside:swirl")')
        for reason in told
    )
    assert any("the word 'blur' is the mixer of livegan (" in reason for reason in told)
