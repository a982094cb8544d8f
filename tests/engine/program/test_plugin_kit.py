"""What plugins can declare and say, played in a show: values of every type, state, notes, words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from livegan import live
from livegan.plugin import DeclarationError, declare, declared, param, registry, source, static
from livegan.stubs import live_stub
from tests.engine.playing import Show

PLUGIN = """
import logging
from livegan.plugin import declared, hookimpl, param, static
from livegan.live import encode, mix

log = logging.getLogger(__name__)


def paint(sound, *, size, rim=param("red", kind="colour", doc="of the rim"),
          centre=param((0.5, 0.25), 0, 1, "x and y"), words=param("hello", doc="what it says")):
    "A flat picture: red, x and y."
    import numpy as np
    assert isinstance(rim, tuple) and len(rim) == 3, rim
    return np.ones((*size, 1)) * np.array([rim[0], *centre])


def grain(picture, *, file=static(None, kind="file", doc="a text with a number")):
    "As bright as a file says."
    return picture * 0 + (float(file.read_text()) if file is not None else 0.125)


def dim(picture, *, strength=param(0.5, 0, 1, "how much", was=("amount", "gain"))):
    "Darker."
    return picture * strength


class Counter:
    "Counts its frames."

    def __init__(self):
        self.frames = 0

    def migrate(self, old):
        self.frames = old.frames

    def mix(self, picture, *, note):
        self.frames += 1
        note(f"frame {self.frames // 100}")
        log.warning("it counts %s", "up")
        return picture * 0 + self.frames / 64


def shade(picture, **values):
    "Made by code."
    return picture * values["speed"]


shade = declared(shade, {"speed": param(0.5, 0, 2, "how fast")}, name="shade")


def both(a, b, amount=0.5):
    "Two pictures, mixed, and darker."
    return mix(a, b, amount).dim(0.5)


@hookimpl
def register_encoders(register):
    register(paint)


@hookimpl
def register_mixers(register):
    register(grain)
    register(dim)
    register(Counter, "counter")
    register(shade)


@hookimpl
def register_words(register):
    register(both)
"""

HEAD = """
from livegan.live import *
settings(swap="now", dissolve=0)
sound = listen()
"""


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "kit.py").write_text(PLUGIN)
    show = Show(tmp_path, "", size=16)
    yield show
    show.player.close()
    source.forget(source.modules_of(source.FOLDER))


def shown(show: Show, line: str, frames: int = 1) -> list[float]:
    """Red, green and blue of the middle, after a save of one line."""
    commit = show.save(HEAD + line)
    assert commit is not None and commit.status == "cued", commit and commit.reason
    picture = show.play(0.04 * frames)[-1].picture
    assert show.faults == []
    return [round(float(value), 3) for value in picture[:, 8, 8]]


def refused(show: Show, line: str) -> str:
    commit = show.save(HEAD + line)
    assert commit is not None and commit.status == "refused"
    return commit.reason


def test_colours_and_vectors_are_words_numbers_or_signals(show: Show) -> None:
    assert shown(show, "show(encode.paint(sound))") == [1.0, 0.5, 0.25]
    line = 'show(encode.paint(sound, rim="#800000", centre=(0.75, 2 * lfo(shape="square"))))'
    assert shown(show, line)[:2] == [0.502, 0.75]
    line = "show(encode.paint(sound, rim=(0.25, 0, lfo(beats=8)), centre=[1, 0]))"
    assert shown(show, line) == [0.25, 1.0, 0.0]
    said = refused(show, 'show(encode.paint(sound, rim="sunset"))')
    assert said.startswith('paint: rim is a colour, "orange", "#ff8800" or three numbers, got')
    said = refused(show, "show(encode.paint(sound, centre=(1, 2, 3)))")
    assert said == "paint: centre is 2 numbers in brackets, got 3 of them"
    said = refused(show, "show(encode.paint(sound, centre=(1, 2)))")
    assert said == "paint: centre goes from 0 to 1, got 2"


def test_a_file_is_there_watched_and_given_as_a_path(show: Show) -> None:
    line = 'show(encode.paint(sound).grain(file="grain.txt"))'
    assert "grain: file: there is no file 'grain.txt' in " in refused(show, line)
    file = show.path.parent / "grain.txt"
    file.write_text("0.5")
    assert shown(show, f"{line} ") == [0.5, 0.5, 0.5]
    assert file in show.pipeline.inputs.watched()
    assert show.save() is None, "nothing has changed"
    file.write_text("0.75")
    commit = show.save()
    assert commit is not None and commit.built, "what reads it is made anew"
    assert float(show.play(0.04)[-1].picture[0, 8, 8]) == 0.75
    assert shown(show, "show(encode.paint(sound).grain())") == [0.125] * 3


def test_a_parameter_answers_to_its_former_names(show: Show) -> None:
    for name in ("strength", "amount", "gain"):
        assert shown(show, f"show(encode.paint(sound).dim({name}=0.25))")[0] == 0.25
    said = refused(show, "show(encode.paint(sound).dim(amount=1, strength=1))")
    assert said == "dim: 'amount' is the old name of 'strength'; give only one of them"


def test_a_class_that_is_edited_takes_over_what_it_knew(show: Show) -> None:
    line = "show(encode.paint(sound).counter())"
    before = shown(show, line, 8)[0]
    file = show.folder / "plugins" / "kit.py"
    file.write_text(PLUGIN.replace('"Counts its frames."', '"Counts on."'))
    after = shown(show, f"{line} ", 1)[0]
    assert after == round(before + 1 / 64, 3)
    file.write_text(PLUGIN.replace("self.frames = old.frames", "old.nothing"))
    commit = show.save()
    assert commit is not None and commit.status == "refused"
    assert "counter cannot take over its earlier state: AttributeError" in commit.reason
    assert commit.where == f"{show.path}:5"


def test_a_line_is_said_once_and_with_the_name_of_who_says_it(show: Show) -> None:
    shown(show, "c = encode.paint(sound).counter()\nshow(c)", 8)
    notes = [m["text"] for m in show.messages if m["type"] == "note"]
    assert notes.count("c: frame 0") == 1
    assert notes.count("plugin kit: it counts up") == 1
    logging.getLogger("somebody.else").warning("not a plugin's")
    assert not any("not a plugin's" in str(m) for m in show.messages)


def test_a_declaration_can_be_made_by_code(show: Show) -> None:
    assert shown(show, "show(encode.paint(sound).shade(speed=0.25))")[0] == 0.25
    assert "goes from 0 to 2" in refused(show, "show(encode.paint(sound).shade(speed=3))")


def test_a_word_composes_nodes_at_the_line_of_the_set(show: Show) -> None:
    assert shown(show, "a = encode.paint(sound)\nshow(both(a, a))") == [0.5, 0.25, 0.125]
    commit = show.save(HEAD + "show(both(1, 2))")
    assert commit is not None and commit.where == f"{show.path}:5"
    assert "both" in live.__getattr__("__all__")
    assert "def both(a: Any, b: Any, amount: Any = ...) -> Any:" in live_stub()
    assert [o.summary for o in registry.current().offered("word")] == [
        "Two pictures, mixed, and darker."
    ]


def odd_kind(sound: Any, *, a: Any = param(1.0, kind="font")) -> None: ...
def no_colour(sound: Any, *, a: Any = param("sunset", kind="colour")) -> None: ...
def live_file(sound: Any, *, a: Any = param(None, kind="file")) -> None: ...
def own_file(sound: Any, *, a: Any = static("a.png", kind="file")) -> None: ...
def odd_vector(sound: Any, *, a: Any = param((1, "b"))) -> None: ...
def far_vector(sound: Any, *, a: Any = param((1, 3), 0, 2)) -> None: ...
def odd_former(sound: Any, *, a: Any = param(1.0, was="not a name")) -> None: ...


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (odd_kind, "kind='font' is none"),
        (no_colour, "its default 'sunset' is no colour"),
        (live_file, r"a file is fixed when the node is built: write static"),
        (own_file, "its default 'a.png' is no None"),
        (odd_vector, "is no vector: write numbers"),
        (far_vector, r"its default \(1, 3\) is outside its range 0..2"),
        (odd_former, "are names that it had before"),
    ],
)
def test_what_is_declared_wrongly_is_refused(make: Any, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        declare("encoder", make)


def test_a_declaration_by_code_keeps_inputs_and_docstring() -> None:
    def shade(picture: Any, *, now: Any, **values: Any) -> None:
        """Light."""

    found = declare("mixer", declared(shade, {"a": param(0.5, 0, 1), "b": static(3)}, name="fog"))
    assert (found.name, found.summary) == ("fog", "Light.")
    assert [p.name for p in found.params] == ["a", "b"]
    assert [i.name for i in found.inputs] == ["picture"] and found.context == {"now"}
