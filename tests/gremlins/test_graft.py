"""Code is grafted into any set, around what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan import share
from livegan.engine.commit.script import Refusal, run
from livegan.gremlins.graft import around, at_top, in_hearing_leaf, in_leaf, last_show

PLAIN = """from livegan.live import *
sound = listen()
a = encode.levels(sound)
show(a)
"""
SPREAD = """from livegan.live import *
show(encode.waveform(listen()))
show(  # what the audience sees: äöü
    grid(encode.levels(listen()),
         encode.waveform(listen())).blur(2)
)  # the end
x = 3
"""
LOOPED = """from livegan.live import *
for one in (encode.levels(listen()),):
    show(one)
"""


def names(text: str) -> list[str]:
    script = run(Path("/nowhere/set.py"), text)
    return [script.graph.window.operation.name if script.graph.window.operation else ""]


@pytest.mark.parametrize("text", [PLAIN, SPREAD, LOOPED], ids=["plain", "spread", "looped"])
@pytest.mark.parametrize("graft", [in_leaf, in_hearing_leaf])
def test_the_leaf_is_what_the_window_shows(text: str, graft: object) -> None:
    assert callable(graft)
    assert names(graft(text, "pass")) == ["gremlin"]


def test_what_was_shown_is_what_the_leaf_is_given() -> None:
    grafted = in_leaf(SPREAD, "pass")
    picture = run(Path("/nowhere/set.py"), grafted).graph.window.inputs[0]
    assert picture is not None and picture.operation is not None
    assert picture.operation.name == "blur"
    assert "# the end" in grafted and "äöü" in grafted


def test_code_at_the_top_runs_before_anything_is_shown() -> None:
    with pytest.raises(Refusal, match="gremlin") as refused:
        run(Path("/nowhere/set.py"), at_top(PLAIN, 'raise RuntimeError("gremlin")'))
    assert refused.value.place is not None and refused.value.place.line == 4


def test_a_text_that_is_no_python_is_appended_to() -> None:
    assert last_show("show((") is None
    assert at_top("a = (", "b = 1").splitlines() == ["a = (", "b = 1"]


@pytest.mark.parametrize("file", sorted(share.folder("sets").glob("*.py")), ids=lambda f: f.stem)
def test_the_packaged_sets_are_grafted(file: Path) -> None:
    text = around(file.read_text(encoding="utf-8"), "", "({}).hue(0.1)")
    window = run(file, text).graph.window
    assert window.operation is not None and window.operation.name == "hue"
