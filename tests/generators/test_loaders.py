"""Formats that plugins read: found by name, asked before a file is given up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import safetensors.torch
import torch

from livegan.generators import Card, Checkpoint, Generator, ModelError, available, find, load
from livegan.plugin import registry
from livegan.plugin.catalogue import Offer


class Plain:
    """A network that gives back what it is given."""

    in_channels = out_channels = 3

    def fit(self, height: int, width: int) -> tuple[int, int]:
        return height, width

    def run(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def to(self, device: torch.device) -> None: ...


def plain(data: bytes, path: Path, card: Card) -> Checkpoint | None:
    """Files that say so, and safetensors with one tensor called plain."""
    if data.startswith(b"damaged"):
        raise ModelError("a damaged plain file; copy it again")
    if not data.startswith(b"plain") and b'"plain"' not in data[:200]:
        return None
    return Checkpoint(
        architecture=None, tensors={}, card=card, digest="0", path=path, foreign=Plain()
    )


@pytest.fixture(autouse=True)
def loader() -> Iterator[None]:
    before = registry.current()
    mine = registry.Registry().load(installed=False)
    mine.full["loader", "other", "plain"] = Offer("loader", "plain", plain, "plain files", "other")
    registry.use(mine)
    yield
    registry.use(before)


def test_a_file_named_for_a_plugins_format_is_found_and_read(tmp_path: Path) -> None:
    (tmp_path / "sky.plain").write_bytes(b"plain")
    (tmp_path / "sea").mkdir()
    (tmp_path / "sea" / "model.plain").write_bytes(b"plain")
    (tmp_path / "sea" / "model.json").write_text(json.dumps({"encoder": "levels"}))
    assert [name for name, _ in available([tmp_path])] == ["sea", "sky"]
    assert load(find("sky", [tmp_path])).in_channels == 3
    assert load(find("sea", [tmp_path])).card.encoder == "levels"


def test_a_plugin_is_asked_for_tensors_that_livegan_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    safetensors.torch.save_file({"plain": torch.zeros(2)}, path)
    assert isinstance(load(path).foreign, Plain)


def test_the_first_refusal_stays_where_every_plugin_declines(tmp_path: Path) -> None:
    path = tmp_path / "b.safetensors"
    safetensors.torch.save_file({"other": torch.zeros(2)}, path)
    with pytest.raises(ModelError) as with_plugin:
        load(path)
    del registry.current().full["loader", "other", "plain"]
    with pytest.raises(ModelError) as without:
        load(path)
    assert str(with_plugin.value) == str(without.value)


def test_what_a_plugin_says_of_its_own_format_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.plain").write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"c\.plain: a damaged plain file"):
        load(tmp_path / "c.plain")


def test_a_format_of_no_plugin_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "d.fancy").write_bytes(b"plain")
    with pytest.raises(ModelError, match="no model 'd'"):
        find("d", [tmp_path])


class Buffered(Plain):
    """It paints into one buffer, and lets others in meanwhile."""

    def __init__(self) -> None:
        self.buffer = torch.zeros(1, 3, 8, 8)

    def run(self, x: torch.Tensor) -> torch.Tensor:
        self.buffer.copy_(x)
        time.sleep(0.005)
        return self.buffer


def test_two_slots_that_play_one_checkpoint_get_each_its_own_picture() -> None:
    shared = Checkpoint(architecture=None, tensors={}, card=Card(), digest="0", foreign=Buffered())
    slots = [Generator(shared, "cpu") for _ in range(3)]
    conditions = [torch.full((3, 8, 8), value) for value in (0.0, 0.5, 1.0)]
    with ThreadPoolExecutor(3) as pool:
        for _ in range(10):
            painted = pool.map(lambda slot, picture: slot.paint(picture), slots, conditions)
            for picture, condition in zip(painted, conditions, strict=True):
                assert torch.allclose(picture, condition)
