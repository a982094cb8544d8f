"""Sizes in the header of an ISF file are arithmetic, and nothing else."""

from __future__ import annotations

import pytest

from livegan.shaders.expression import Expression

NAMES = {"WIDTH": 1280.0, "HEIGHT": 720.0, "quality": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("floor($WIDTH/3.0)", 426),
        ("max(8.0,floor($WIDTH*$quality))", 640),
        ("$HEIGHT", 720),
        ("512", 512),
        ("2^3 + -1", 7),
        ("$WIDTH / ($HEIGHT - 720)", 1),
        ("9^9^9", 1),
    ],
)
def test_a_size_is_worked_out(text: str, value: float) -> None:
    assert Expression(text, NAMES).value(NAMES) == value


@pytest.mark.parametrize(
    "text", ["__import__('os')", "$WIDTH.real", "open('a')", "[1]", "$a if 1 else 2", "1 +", "'a'"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="size"):
        Expression(text, NAMES)


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'WIDHT'; there are \$WIDTH, \$HEIGHT, \$quality"):
        Expression("$WIDHT", NAMES)
