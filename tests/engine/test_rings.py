"""What is handed over fits into its ring, and rings go when nothing asks for them."""

from __future__ import annotations

from multiprocessing.shared_memory import SharedMemory
from types import SimpleNamespace
from typing import cast

import pytest
import torch

from livegan.engine.program.program import Program
from livegan.engine.rings import SPARE, Rings, fitted
from livegan.ipc import picture_ring
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.shared_memory import NoRoom
from livegan.size import Size


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    large = torch.rand(3, 400, 800)
    assert fitted(large, 400 * 800) is large
    small = fitted(large, 10_000)
    _, height, width = small.shape
    assert 9_000 < height * width <= 10_000
    assert abs(width / height - 2) < 0.05


def test_rings_of_outputs_that_are_gone_are_let_go_and_an_undo_finds_its_own() -> None:
    with PictureRing.create(64, 64) as pictures, PictureRing.create(64, 64) as thumbs:
        rings = Rings(pictures.name, thumbs.name)
        asked = [
            SimpleNamespace(extra=(("spout", f"take {n}", 0),), size=Size.square(32))
            for n in range(9)
        ]
        names = [rings.outputs(cast(Program, program))[0]["ring"] for program in asked]
        assert rings.outputs(cast(Program, asked[7]))[0]["ring"] == names[7]
        there = [name for name in names if attachable(name)]
        assert there == names[-SPARE - 1 :]
        rings.close()
        assert not any(map(attachable, names))
        for ring in (pictures, thumbs):
            ring.unlink()


def test_an_output_for_which_there_is_no_memory_is_left_out_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notes: list[str] = []
    with PictureRing.create(64, 64) as pictures, PictureRing.create(64, 64) as thumbs:
        rings = Rings(pictures.name, thumbs.name, notes.append)
        program = SimpleNamespace(extra=(("spout", "stage left", 0),), size=Size.square(32))

        def full(size: int, spare: int = 0) -> SharedMemory:
            raise NoRoom("there is no room")

        with monkeypatch.context() as here:
            here.setattr(picture_ring, "create_memory", full)
            assert rings.outputs(cast(Program, program)) == []
        assert notes == ["spout 'stage left' is left out: there is no room"]
        assert len(rings.outputs(cast(Program, program))) == 1
        rings.close()
        for ring in (pictures, thumbs):
            ring.unlink()


def attachable(name: str) -> bool:
    try:
        PictureRing.attach(name).close()
    except FileNotFoundError:
        return False
    return True
