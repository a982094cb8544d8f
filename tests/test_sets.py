"""Every set that comes with livegan plays, with the models that come with it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from livegan import share
from livegan.rehearsal import Rehearsal, rehearse
from tests.shaders.painters import need_shaders

SETS = sorted(share.folder("sets").glob("*.py"))


def test_the_sets_of_the_article_are_there() -> None:
    names = {p.stem for p in SETS}
    assert {"four", "crossfeed", "feedback", "leaves"} <= names
    assert len([n for n in names if n.startswith("experiment")]) == 4


@pytest.mark.parametrize("path", SETS, ids=lambda p: p.stem)
def test_a_set_rehearses_without_a_fault_and_moves(path: Path) -> None:
    if path.stem == "shaders":
        need_shaders()
    shown = []
    what = Rehearsal(set=path, audio=share.demo_track(), start=20, seconds=1.0, fps=8, size=128)
    result = rehearse(what, on_frame=lambda f, pixels: shown.append(pixels.astype(float)))
    assert result.faults == []
    assert all(p.std() > 8 for p in shown), "a picture is flat"
    assert np.mean([np.abs(a - b).mean() for a, b in pairwise(shown)]) > 0.2
