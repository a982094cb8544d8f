"""What holds for every built-in mixer, read off the declarations."""

from __future__ import annotations

import builtins
import subprocess
import sys
from itertools import product
from typing import Any

import pytest
import torch

from livegan.plugin import Now, Param

from ..playing import MIXERS, Player, mixer, noise

NOW = Now(time=7.3, dt=1 / 24, frame=175, beats=13.7)


def pictures(name: str, height: int, width: int) -> list[torch.Tensor]:
    """As many pictures as the mixer takes, or three."""
    inputs = MIXERS[name].inputs
    count = 3 if inputs[0].many else len(inputs)
    return [noise(seed, height, width) for seed in range(count)]


def ends(row: Param) -> list[Any]:
    """Values at both ends of a parameter and its default; far values where it is open."""
    if row.choices:
        return list(row.choices)
    if row.type == "flag":
        return [False, True]
    low = -3.3 if row.low is None else row.low
    high = 3.3 if row.high is None else row.high
    if row.type == "integer":
        return [row.default, int(low), int(high)]
    return [row.default, low, high]


@pytest.mark.parametrize("name", MIXERS)
def test_pictures_stay_pictures_at_all_ends_of_all_parameters(name: str) -> None:
    rows = [row for row in MIXERS[name].params if row.live]
    for values in product(*(ends(row) for row in rows[:4])):
        play = mixer(name)
        named = {row.name: value for row, value in zip(rows, values, strict=False)}
        given = pictures(name, 9, 14)
        for _ in range(2):  # what remembers is called again
            out = play(*given, now=NOW, **named)
            assert out.dtype == torch.float32
            assert out.shape[0] == 3
            assert bool(torch.isfinite(out).all()), named
            assert float(out.min()) >= 0, named
            assert float(out.max()) <= 1 + 1e-6, named


@pytest.mark.parametrize("name", MIXERS)
@pytest.mark.parametrize("row", range(8))
def test_each_parameter_alone_may_go_to_its_ends(name: str, row: int) -> None:
    rows = MIXERS[name].params
    if row >= len(rows) or not rows[row].live:
        return
    for value in ends(rows[row]):
        out = mixer(name)(*pictures(name, 21, 13), now=NOW, **{rows[row].name: value})
        assert bool(torch.isfinite(out).all())
        assert 0 <= float(out.min()) <= float(out.max()) <= 1 + 1e-6


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (2, 3), (37, 53), (64, 31)])
@pytest.mark.parametrize("name", [n for n in MIXERS if n != "grid"])
def test_the_size_is_that_of_the_inputs(name: str, size: tuple[int, int]) -> None:
    assert mixer(name)(*pictures(name, *size), now=NOW).shape == (3, *size)


@pytest.mark.parametrize("name", MIXERS)
def test_inputs_are_left_as_they_were(name: str) -> None:
    given = pictures(name, 16, 20)
    kept = [picture.clone() for picture in given]
    play = mixer(name)
    play(*given, now=NOW)
    play(*given, now=NOW)
    for before, after in zip(kept, given, strict=True):
        assert torch.equal(before, after)


@pytest.mark.parametrize("name", MIXERS)
def test_the_same_is_mixed_from_the_same(name: str) -> None:
    first, second = (Player(MIXERS[name], (0, 0)) for _ in range(2))
    given = pictures(name, 16, 20)
    for _ in range(3):
        assert torch.equal(first(*given, now=NOW), second(*given, now=NOW))


@pytest.mark.parametrize("name", MIXERS)
def test_it_is_documented_in_full(name: str) -> None:
    operation = MIXERS[name]
    assert operation.summary.endswith((".", ":")) or operation.summary
    for row in operation.params:
        assert row.doc, row.name


def test_no_name_hides_a_builtin_of_python() -> None:
    assert not [name for name in MIXERS if hasattr(builtins, name)]


def test_names_and_aliases_are_all_different() -> None:
    names = [n for operation in MIXERS.values() for n in (operation.name, *operation.aliases)]
    assert len(names) == len(set(names))


def test_importing_the_builtin_plugins_does_not_import_torch() -> None:
    program = (
        "import sys, livegan.builtin.mixers, livegan.builtin.encoders, livegan.builtin.pictures; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
