"""A network in OpenVINO's format is read and paints; what is none is left alone or refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from graphs import write
from livegan_openvino import read

from livegan.generators import Card, Generator, ModelError
from livegan.testing import conformance

test_openvino = conformance("livegan-openvino", sample={"xml": write})


def painter(path: Path) -> Generator:
    found = read(path.read_bytes(), path, Card())
    assert found is not None
    return Generator(found, "cpu")


def test_it_paints_what_the_network_says(tmp_path: Path) -> None:
    condition = torch.rand(3, 64, 96)
    painted = painter(write(tmp_path)).paint(condition)
    assert torch.allclose(painted, 1 - condition, atol=1e-5)


def test_a_network_of_one_size_paints_at_it(tmp_path: Path) -> None:
    found = read((path := write(tmp_path, size=48)).read_bytes(), path, Card())
    assert found is not None and found.fit(100, 200) == (48, 48)
    assert painter(path).paint(torch.rand(3, 100, 200)).shape == (3, 100, 200)


def test_a_grey_picture_is_enough_for_one_channel(tmp_path: Path) -> None:
    painted = painter(write(tmp_path, channels=1)).paint(torch.full((3, 32, 32), 0.25))
    assert torch.allclose(painted, torch.full((3, 32, 32), 0.75), atol=1e-5)


def test_several_slots_paint_at_once(tmp_path: Path) -> None:
    paint = painter(write(tmp_path)).paint
    conditions = [torch.full((3, 64, 64), value / 8) for value in range(8)]
    with ThreadPoolExecutor(4) as pool:
        for condition, painted in zip(conditions, pool.map(paint, conditions), strict=True):
            assert torch.allclose(painted, 1 - condition, atol=1e-5)


@pytest.mark.parametrize("data", [b"<svg></svg>", b"<?xml version='1.0'?><html/>", b"", b"PK"])
def test_other_files_are_left_to_others(data: bytes, tmp_path: Path) -> None:
    assert read(data, tmp_path / "a.xml", Card()) is None


def test_weights_that_are_not_there_are_told(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.with_suffix(".bin").unlink()
    with pytest.raises(ModelError, match=r"its weights, negative\.bin, cannot be read"):
        read(path.read_bytes(), path, Card())
