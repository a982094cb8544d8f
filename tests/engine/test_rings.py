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


def test_a_picture_that_is_too_large_is_made_smaller() -> None:
    large = torch.rand(3, 400, 800)
    assert fitted(large, 400 * 800) is large
    small = fitted(large, 10_000)
    _, height, width = small.shape
    assert 9_000 < height * width <= 10_000
    assert abs(width / height - 2) < 0.05


def drawing(*extra: tuple[str, str, int]) -> SimpleNamespace:
    """A program with these outputs, whose window shows picture 0."""
    return SimpleNamespace(extra=extra, window=0, size=(32, 32), output_options={})


def test_outputs_of_one_picture_share_a_ring_and_the_windows_is_the_stages() -> None:
    with PictureRing.create(64, 64) as pictures, PictureRing.create(64, 64) as thumbs:
        rings = Rings(pictures.name, thumbs.name)
        program = drawing(
            ("spout", "a", 0), ("spout", "b", 1), ("spout", "c", 1), ("spout", "d", 2)
        )
        a, b, c, d = (item["ring"] for item in rings.outputs(cast(Program, program)))
        assert a == pictures.name
        assert b == c and len({a, b, d}) == 3
        rings.close()
        for ring in (pictures, thumbs):
            ring.unlink()


def test_rings_of_outputs_that_are_gone_are_let_go_and_an_undo_finds_its_own() -> None:
    with PictureRing.create(64, 64) as pictures, PictureRing.create(64, 64) as thumbs:
        rings = Rings(pictures.name, thumbs.name)
        asked = [drawing(("spout", f"take {n}", 1)) for n in range(9)]
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
        program = drawing(("spout", "stage left", 1))

        def full(size: int, spare: int = 0) -> SharedMemory:
            raise NoRoom("there is no room")

        with monkeypatch.context() as here:
            here.setattr(picture_ring, "create_memory", full)
            assert rings.outputs(cast(Program, program)) == []
        assert notes == ["spout 'stage left' is not available: there is no room"]
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
