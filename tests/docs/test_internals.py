"""The page for people who work on livegan names modules that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "internals.md").read_text(encoding="utf-8")
PARTS = {p.stem for p in (ROOT / "livegan").iterdir() if p.is_dir() or p.suffix == ".py"}
JOURNEYS = PAGE.split("## Four journeys")[1].split("## What a set says")[0]
DOTTED = re.compile(r"(?<![\w./])(?:livegan\.)?([a-z_]+(?:\.[A-Za-z_]+)+)")


def named(text: str) -> set[str]:
    """Dotted names that begin with a part of livegan."""
    return {name for name in DOTTED.findall(text) if name.split(".")[0] in PARTS}


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    place = ROOT / "livegan"
    for step in name.split("."):
        if (place / step).is_dir():
            place /= step
        elif (file := place / f"{step}.py").is_file():
            place = file
        else:
            file = place if place.is_file() else place / "__init__.py"
            return bool(re.search(rf"\b{step}\b", file.read_text(encoding="utf-8")))
    return True


def test_the_four_journeys_name_their_modules() -> None:
    assert JOURNEYS.count("### ") == 4
    assert len(named(JOURNEYS)) > 20


@pytest.mark.parametrize(
    "name", sorted(named(JOURNEYS) | set(re.findall(r"`livegan\.([a-z_.A-Z]+)", PAGE)))
)
def test_what_it_names_is_there(name: str) -> None:
    assert is_there(name.rstrip(".")), name
