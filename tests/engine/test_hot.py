"""Plugins that are saved while their nodes play: proven, swapped at the bar, or put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan.plugin import registry, source
from livegan.plugin.loading.finder import FINDER
from livegan.plugin.registry import Registry
from tests.engine.playing import Show
from tests.plugin.test_hot import make_package

PLUGIN = """
from livegan.plugin import hookimpl, param, static
from ._tone import TONE


class Flat:
    '''One tone, and how many frames it has played.'''

    def __init__(self):
        self.frames = 0

    def draw(self, sound, *, size):
        import numpy as np

        self.frames += 1
        {fails}
        return np.full(size, TONE * {gain}, np.float32)


class Count:
    '''Counts frames, and says when it is closed.'''

    made, closed = 0, 0

    def __init__(self, *, start=static(0, 0, 10)):
        Count.made += 1
        self.at = start

    def value(self):
        self.at += 1
        return self.at / 1000

    def close(self):
        Count.closed += 1


@hookimpl
def register_encoders(register):
    register(Flat, name="flat")


@hookimpl
def register_signals(register):
    register(Count, name="count")
"""
OTHER = """
from livegan.live import *


@mixer
class Tally:
    '''Counts frames.'''

    def __init__(self):
        self.frames = 0

    def mix(self, picture):
        self.frames += 1
        return picture
"""
SET = """
from livegan.live import *

settings(swap="beat", dissolve=0)
a = encode.flat(listen())
b = Tally(encode.levels(listen()))
show(add(a, b.brightness(-1)))
"""


class Plugins:
    """The plugins of a show, to save."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "plugins"
        self.folder.mkdir()
        self.tone("0.5")
        self.flat()
        (self.folder / "tally.py").write_text(OTHER)

    def flat(self, gain: str = "1.0", fails: str = "pass") -> None:
        text = PLUGIN.format(gain=gain, fails=fails)
        (self.folder / "flat.py").write_text(text)

    def tone(self, value: str) -> None:
        (self.folder / "_tone.py").write_text(f"TONE = {value}\n")


@pytest.fixture
def show(tmp_path: Path) -> Iterator[tuple[Show, Plugins]]:
    registry.use(Registry().load(installed=False))
    plugins = Plugins(tmp_path)
    show = Show(tmp_path, SET, size=16)
    first = show.save()
    assert first is not None and first.status == "cued", first.reason
    show.play(0.6)
    yield show, plugins
    show.player.close()
    source.forget(source.modules_of(source.FOLDER))


def tone(show: Show, seconds: float = 0.6) -> float:
    """What hangs on the wall after a while: a plain grey."""
    return round(float(show.play(seconds)[-1].picture.mean()), 3)


def instance(show: Show, name: str) -> Any:
    program = show.player.program
    assert program is not None
    return next(s.instance for s in program.steps if s.name == name)


def on_air(show: Show) -> list[dict[str, Any]]:
    return [m for m in show.messages if m.get("status") == "on_air"]


def test_an_edit_goes_on_the_air_and_only_its_nodes_are_made_anew(
    show: tuple[Show, Plugins],
) -> None:
    stage, plugins = show
    flat, tally = instance(stage, "a"), instance(stage, "b")
    frames = tally.object.frames
    plugins.flat(gain="0.5")
    commit = stage.save()
    assert commit is not None and commit.status == "cued", commit.reason
    assert (commit.built, commit.plugins) == (["a"], ["flat"])
    assert tone(stage) == 0.25
    assert instance(stage, "a") is not flat
    assert instance(stage, "b") is tally and tally.object.frames > frames
    assert stage.save() is None


def test_a_helper_of_a_plugin_is_edited(show: tuple[Show, Plugins]) -> None:
    stage, plugins = show
    plugins.tone("0.75")
    commit = stage.save()
    assert commit is not None and commit.built == ["a"], commit.reason
    assert tone(stage) == 0.75


def test_what_cannot_draw_is_refused_at_its_line_and_sets_go_on_with_the_old_code(
    show: tuple[Show, Plugins],
) -> None:
    stage, plugins = show
    flat = instance(stage, "a")
    plugins.flat(fails="1 / 0")
    commit = stage.save()
    assert commit is not None and commit.status == "refused"
    assert commit.reason == "a: ZeroDivisionError: division by zero (plugin flat)"
    assert commit.where == f"{plugins.folder / 'flat.py'}:16"
    assert tone(stage) == 0.5 and instance(stage, "a") is flat
    assert stage.save() is None
    edit = stage.save(SET.replace("brightness(-1)", "brightness(-0.9)"))
    assert edit is not None and edit.status == "cued", edit.reason
    assert "a" in edit.kept and edit.plugins == []
    stage.play(0.6)
    assert instance(stage, "a") is flat
    plugins.flat(gain="0.5")
    mended = stage.save()
    assert mended is not None and mended.built == ["a"], mended.reason


MUTE = """
class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no")
"""


def test_what_fails_with_an_error_that_cannot_be_said_is_refused_like_any_other(
    show: tuple[Show, Plugins],
) -> None:
    stage, plugins = show
    flat, said = instance(stage, "a"), "Mute: its __str__ raises RuntimeError"
    plain = (plugins.folder / "flat.py").read_text()

    def refused(fails: str, beside: str = "") -> str:
        text = plain.replace(beside, f"{beside}\n        {fails}") if beside else plain + fails
        (plugins.folder / "flat.py").write_text(text + MUTE)
        commit = stage.save(SET.replace("brightness(-1)", "brightness(count())") + f"# {beside}")
        assert commit is not None
        told = [m["reason"] for m in stage.messages if m.get("status") == "refused"]
        return str(told[-1])

    assert refused("raise Mute()", "self.frames = 0") == f"flat cannot be built: {said}"
    assert refused("raise Mute()", "size):") == f"a: {said} (plugin flat)"
    assert refused("raise Mute()", "Count.made += 1") == (
        "the signal 'count' cannot be built: its __str__ raises RuntimeError"
    )
    assert refused(f"{MUTE}raise Mute()") == f"plugin flat: {said}"
    stage.save(f"{SET}{MUTE}raise Mute()")
    assert stage.messages[-1]["reason"] == said
    stage.play(0.6)
    assert instance(stage, "a") is flat and stage.faults == []


def test_a_set_saved_with_a_broken_plugin_goes_on_the_air_without_it(
    show: tuple[Show, Plugins],
) -> None:
    stage, plugins = show
    flat = instance(stage, "a")
    plugins.flat(gain="oops")
    commit = stage.save(SET.replace("brightness(-1)", "brightness(-0.8)"))
    assert commit is not None and commit.status == "cued", commit.reason
    refused = [m for m in stage.messages if m.get("status") == "refused"]
    assert "nothing is called 'oops' (plugin flat)" in refused[0]["reason"]
    stage.play(0.6)
    assert instance(stage, "a") is flat


def test_a_plugin_that_does_not_load_says_whose_and_where(show: tuple[Show, Plugins]) -> None:
    stage, plugins = show
    (plugins.folder / "flat.py").write_text("import nothing_of_that_name\n")
    commit = stage.save()
    assert commit is not None and commit.status == "refused"
    assert commit.reason.startswith("plugin flat: ModuleNotFoundError: No module named 'nothing")
    assert commit.where == f"{plugins.folder / 'flat.py'}:1"
    assert tone(stage) == 0.5


def test_one_that_fails_soon_after_its_swap_is_taken_back(show: tuple[Show, Plugins]) -> None:
    stage, plugins = show
    flat = instance(stage, "a")
    plugins.flat(gain="0.9", fails="assert self.frames < 6")
    assert stage.save() is not None
    stage.play(2.0)
    assert stage.faults and "AssertionError" in stage.faults[0]["reason"]
    assert instance(stage, "a") is flat and tone(stage) == 0.5
    # The old code is what the next edit of the set is made with, too.
    edit = stage.save(SET.replace("brightness(-1)", "brightness(-0.9)"))
    assert edit is not None and edit.status == "cued" and "a" in edit.kept, edit.reason


def test_a_signal_is_set_up_once_kept_and_closed_when_nothing_can_use_it(
    show: tuple[Show, Plugins],
) -> None:
    stage, _ = show
    made: Any = registry.current().operation("signal", "count").make
    text = SET.replace("a = encode.flat(listen())", "a = encode.flat(listen()).brightness(count())")
    stage.save(text)
    stage.play(0.6)
    assert (made.made, made.closed) == (1, 0)
    assert stage.player.program is not None
    (held,) = stage.player.program.objects.values()
    before = held.object.at
    stage.save(text.replace("brightness(-1)", "brightness(-0.9)"))
    assert held.object.at == before  # proving did not call what plays
    stage.play(0.6)
    assert made.made == 1 and held.object.at > before
    stage.save(text.replace("count()", "count(start=3)"))
    stage.play(0.6)
    assert (made.made, made.closed) == (2, 0)  # undo could bring it back
    del held
    for number in range(12):
        stage.save(f"{SET}settings(seed={number})\n")
        stage.play(0.6)
    for _ in range(200):
        if made.closed == 2:
            break
        stage.play()
    assert made.closed == 2


def test_a_package_that_is_worked_on_is_edited_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_package(tmp_path)
    package = tmp_path / "src" / "livegan_prism"
    text = (package / "plugin.py").read_text()
    body = "    import numpy as np\n    return np.full((16, 16), optics.Lens().power / 4)\n"
    (package / "plugin.py").write_text(text.replace('    """A picture."""\n', body))
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "src")
    registry.use(Registry().load())
    try:
        stage = Show(
            tmp_path,
            "from livegan.live import *\nrequire('livegan-prism>=0.2')\n"
            "settings(swap='beat', dissolve=0)\nshow(encode.prism(listen()))\n",
            size=16,
        )
        first = stage.save()
        assert first is not None and first.status == "cued", first.reason
        assert tone(stage) == 0.25
        optics = package / "optics.py"
        optics.write_text(optics.read_text().replace("1.0", "2.0"))
        commit = stage.save()
        assert commit is not None and commit.status == "cued", commit.reason
        assert commit.plugins == ["livegan-prism"] and commit.built
        assert tone(stage) == 0.5
        optics.write_text(optics.read_text().replace("float = 2.0", "float = 'two'"))
        commit = stage.save()
        assert commit is not None and commit.status == "refused"
        assert commit.where == f"{package / 'plugin.py'}:7"
        assert tone(stage) == 0.5
    finally:
        source.forget(source.modules_of("livegan_prism"))
        FINDER.tops.discard("livegan_prism")
