"""CUDA graphs of networks, on a card that is not there and repeats what was captured."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from livegan.generators import Checkpoint, Generator, MorphGenerator, load
from livegan.generators.networks.captured import CapturedNetwork
from tests.fake_card import FakeCard, fake_card, known_here
from tests.generators.originals import condition

SIZE = 128
X = condition(3, SIZE, SIZE)


@pytest.fixture
def card() -> Iterator[FakeCard]:
    with fake_card() as there:
        yield there


@pytest.fixture
def pair(models: Any) -> list[Checkpoint]:
    return [load(models / name / "model.safetensors") for name in ("city", "ocean")]


@pytest.mark.parametrize("norm", ["running", "frame"])
def test_a_graph_paints_what_the_network_paints(
    pair: list[Checkpoint], card: FakeCard, norm: str
) -> None:
    eager = Generator(pair[0], "cuda", "float32", norm).paint(X)
    played = Generator(pair[0], "cuda", "float32", norm)
    played.warm_up(SIZE)
    played.capture(SIZE, [played.norm])
    first, second = played.paint(X), played.paint(1 - X)
    assert card.replays == 2
    assert torch.equal(first.cpu(), eager.cpu())
    assert not torch.equal(first.cpu(), second.cpu())


def test_what_was_not_captured_paints_layer_by_layer(
    pair: list[Checkpoint], card: FakeCard
) -> None:
    """Another size or another norm, while it plays: nothing is captured then."""
    played = Generator(pair[0], "cuda", "float32", "running")
    played.capture(SIZE, ["running"])
    played.capture(SIZE, ["running"])
    assert card.captures == 1
    played.paint(X, size=256)
    played.paint(X, norm="frame")
    assert (card.captures, card.replays) == (1, 0)


class Looking(nn.Module):
    """A network that looks at what it is given."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if bool(x.sum() > 0) else -x


def test_a_network_that_looks_at_numbers_is_not_captured(card: FakeCard) -> None:
    with pytest.raises(RuntimeError, match="capturing"):
        CapturedNetwork(Looking(), torch.ones(1, 3, 4, 4).to("cuda"))
    assert card.capturing is None


def test_a_graph_that_cannot_be_made_is_done_without(
    pair: list[Checkpoint], card: FakeCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(CapturedNetwork, "__init__", full)
    played = Generator(pair[0], "cuda", "float32")
    played.capture(SIZE, [played.norm])
    assert not played.captured
    assert played.paint(X).shape == (3, SIZE, SIZE)


@pytest.mark.parametrize("norm", ["running", "frame"])
def test_a_morph_moves_its_weights_where_they_are(
    pair: list[Checkpoint], card: FakeCard, norm: str
) -> None:
    here = MorphGenerator(*pair, device="cpu", precision="float32", norm=norm)
    there = MorphGenerator(*pair, device="cuda", precision="float32", norm=norm)
    there.capture(SIZE, [there.norm])
    for amount in (0.0, 0.25, 1.0, 0.25, 0.0):
        wanted = here.paint(X, amount=amount)
        assert torch.equal(there.paint(X, amount=amount).cpu(), wanted), amount
    assert (card.captures, card.replays) == (1, 5)
    assert torch.equal(there.paint(X, amount=0.5, norm=norm).cpu(), here.paint(X, amount=0.5))


def test_two_that_paint_at_once_do_not_meet_in_the_memory_of_a_graph(
    pair: list[Checkpoint], card: FakeCard
) -> None:
    played = Generator(pair[0], "cuda", "float32")
    played.capture(SIZE, [played.norm])
    pictures = [X.to("cuda"), (1 - X).to("cuda")]
    wanted = [played.paint(x).cpu() for x in pictures]
    found: list[Any] = [[], []]

    def paint(index: int) -> None:
        with known_here():
            for _ in range(6):
                found[index].append(played.paint(pictures[index]))

    threads = [threading.Thread(target=paint, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(2):
        assert len(found[index]) == 6
        assert all(torch.equal(each.cpu(), wanted[index]) for each in found[index])
