"""``prev()`` in an arrangement does not make the picture grow from frame to frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.playing import Show

SET = """
from livegan.live import *
settings(swap="now", dissolve=0)
a = encode.waveform(listen())
{body}
"""


@pytest.mark.parametrize(
    ("body", "side"),
    [
        ("show(grid(a, a, a, prev()))", 128),
        ("show(grid(a, prev().scale(0.9).blur(1), prev(), a))", 128),
        ("g = grid(a, a, a, prev('g'))\nshow(g)", 128),
        ("g = grid(a, prev('m'), a, a)\nm = prev('g').mix(a)\nshow(g)", 128),
        ("show(grid(a, a, a, a).mix(prev(), 0.5))", 128),
        ("show(prev().mix(a))", 64),
    ],
)
def test_a_picture_fed_back_keeps_its_size(tmp_path: Path, body: str, side: int) -> None:
    show = Show(tmp_path, SET.format(body=body))
    commit = show.save()
    assert commit is not None and commit.status == "cued", commit.reason
    sizes = {tuple(frame.picture.shape) for frame in show.play(0.4)}
    assert sizes == {(3, side, side)}
