"""Words that no plugin can take are those that livegan has."""

from __future__ import annotations

import pytest

from livegan.cli import app
from livegan.cli.commands import names_of
from livegan.graph.picture import Picture
from livegan.plugin.words import COMMANDS, PARTS_OF_A_PICTURE, holder


def test_they_are_all_there_is() -> None:
    assert {*COMMANDS} - {"help"} == names_of(app)
    parts = {*dir(Picture("prev", "prev"))}
    assert {name for name in parts if not name.startswith("_")} == {*PARTS_OF_A_PICTURE}


@pytest.mark.parametrize(
    ("kind", "name", "whose"),
    [
        ("signal", "show", "a word of the set language"),
        ("mixer", "key", "a part of every picture"),
        ("signal", "key", ""),
        ("command", "plugins", "a command of livegan"),
        ("output", "picture", "what show is given first"),
        ("encoder", "show", ""),
    ],
)
def test_whose_a_name_is(kind: str, name: str, whose: str) -> None:
    assert holder(kind, name) == whose
