"""An error of a stranger's is asked with care: it may say nothing, fail, or say too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livegan.plugin.guard import MOST_SAID, place_of, reason_of, said
from livegan.plugin.registry import Registry

MUTE = """
class Mute(Exception):
    def __str__(self):
        raise {raised}
"""


class Mute(Exception):
    """It cannot say what is wrong."""

    def __str__(self) -> str:
        raise RuntimeError("no")


class Shy(Exception):
    """It fails when it is asked for anything that it has not."""

    def __getattr__(self, name: str) -> Any:
        raise OSError(name)


def test_an_error_that_cannot_be_said_is_named() -> None:
    assert said(Mute()) == "its __str__ raises RuntimeError"
    assert reason_of(Mute()) == "Mute: its __str__ raises RuntimeError"


def test_an_error_that_cannot_be_asked_is_told_by_its_kind_and_text() -> None:
    assert reason_of(Shy("hot")) == "Shy: hot"
    assert place_of(Shy(), "here") == "here"


def test_of_a_long_text_the_beginning_and_the_end_are_told() -> None:
    text = said(ValueError("begin" + "x" * 10**6 + "end"))
    assert len(text) < MOST_SAID + 10
    assert text.startswith("beginxxx") and text.endswith("xxxend")


def test_what_is_said_can_be_written_anywhere() -> None:
    assert said(OSError("no file 'gr\udcfcn'")) == r"no file 'gr\udcfcn'"
    assert said(ValueError("grün")) == "grün"


def test_an_error_that_says_nothing_is_told_by_its_kind() -> None:
    assert reason_of(AssertionError()) == "AssertionError"


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("RuntimeError('no')", "RuntimeError"),
        ("SystemExit", "SystemExit"),
        ("KeyboardInterrupt", "KeyboardInterrupt"),
        ("self", "Mute"),
    ],
)
def test_a_plugin_that_raises_such_an_error_costs_only_itself(
    tmp_path: Path, raised: str, told: str
) -> None:
    mute = MUTE.format(raised=raised)
    (tmp_path / "bad.py").write_text(f"{mute}raise Mute()\n")
    (tmp_path / "hook.py").write_text(
        f"from livegan.plugin import hookimpl\n{mute}\n\n"
        "@hookimpl\ndef register_mixers(register):\n    raise Mute()\n"
    )
    found = Registry().load(tmp_path, installed=False)
    bad, hook = found.plugins[-2:]
    assert (bad.state, hook.state) == ("refused", "refused")
    assert bad.where == f"{tmp_path / 'bad.py'}:5"
    assert hook.where == f"{tmp_path / 'hook.py'}:10"
    for plugin in (bad, hook):
        assert plugin.reason == f"Mute: its __str__ raises {told}"
