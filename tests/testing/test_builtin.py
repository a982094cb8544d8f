"""What comes with livegan passes every check that a stranger's plugin must pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from livegan.plugin.registry import KINDS, Registry
from livegan.testing import Examination
from livegan.testing.samples import Sample

from . import checkpoints
from .test_hostile import BY_THE_CLOCK

LOADED = Registry().load(installed=False)
THINGS = [f"{kind} {each.name}" for kind in KINDS for each in LOADED.all(kind)]
OFFERED = ["plugin", "source silence", "loader weights", "loader torchscript", "loader onnx"]
OFFERED += ["picture_source camera", "picture_source screen"]
OFFERED += ["move swap_conditions", "move layer", "move turn_number"]


@pytest.fixture(scope="module")
def examination() -> Iterator[Examination]:
    made = Examination("livegan", deadline_s=120)
    yield made
    made.close()


@pytest.mark.parametrize("thing", [*THINGS, *OFFERED])
def test_it_passes_every_check(thing: str, examination: Examination) -> None:
    rows = [r for r in examination.rows() if r["thing"] == thing and r["name"] not in BY_THE_CLOCK]
    assert rows
    made = [examination.outcome(thing, row["name"]) for row in rows]
    assert [each.line for each in made if each.status == "failed"] == []
    assert any(each.status == "passed" for each in made)


@pytest.mark.parametrize("write", [checkpoints.weights, checkpoints.torchscript, checkpoints.onnx])
def test_its_loaders_read_their_formats_and_refuse_what_is_damaged(write: Sample) -> None:
    name = getattr(write, "__name__", "")
    made = Examination(f"livegan:{name}", deadline_s=120, sample=write)
    outcomes = {check: made.outcome(f"loader {name}", check) for check in ("reads", "damage")}
    made.close()
    assert {each.status for each in outcomes.values()} == {"passed"}, outcomes
