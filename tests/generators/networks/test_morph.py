from __future__ import annotations

import gc
import threading
import weakref

import pytest
import torch

from livegan.generators import Generator, ModelError, MorphGenerator, load, save_checkpoint
from livegan.generators.networks.morph import morph
from tests.generators.conftest import small
from tests.generators.originals import condition, resnet_state


@pytest.fixture(scope="module")
def pair(models):
    return tuple(load(models / name / "model.safetensors") for name in ("city", "ocean"))


X = condition(3, 128, 128)


@pytest.mark.parametrize("norm", ["running", "frame"])
@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_the_ends_are_the_two_checkpoints(pair, norm, precision):
    live = MorphGenerator(*pair, device="cpu", norm=norm, precision=precision)
    for amount, end in enumerate(pair):
        assert torch.equal(
            live.paint(X, amount=amount), Generator(end, "cpu", precision, norm).paint(X)
        )


@pytest.mark.parametrize("norm", ["running", "frame"])
def test_between_them_it_is_the_checkpoint_between(pair, norm):
    live = MorphGenerator(*pair, amount=0.25, device="cpu", norm=norm)
    between = morph(*pair, 0.25)
    assert torch.equal(live.paint(X), Generator(between, "cpu", norm=norm).paint(X))
    key = "stem.1.running_var"
    mean = 0.75 * pair[0].tensors[key] + 0.25 * pair[1].tensors[key]
    assert torch.allclose(between.tensors[key], mean)


def test_a_small_change_costs_nothing_and_a_larger_one_shows(pair):
    live = MorphGenerator(*pair, amount=0.5, device="cpu")
    network = live.network
    assert live.prepared("running", False, 0.5005) is network
    assert not torch.equal(live.paint(X, amount=0.6), live.paint(X))
    assert live.network is network


def test_only_the_networks_of_what_plays_and_of_what_is_proven_are_kept(pair):
    live = MorphGenerator(*pair, device="cpu")
    held = [weakref.ref(live.prepared("running", False, step / 8)) for step in range(8)]
    gc.collect()
    assert [each() is not None for each in held] == [False] * 6 + [True] * 2


@pytest.mark.parametrize(("amount", "limited"), [(-1, 0), (2, 1), (float("nan"), 0)])
def test_the_amount_is_held_between_the_ends(pair, amount, limited):
    live = MorphGenerator(*pair, amount=amount, device="cpu")
    assert live.amount == limited


def test_the_ends_are_never_changed(pair):
    before = [{k: v.clone() for k, v in end.tensors.items()} for end in pair]
    live = MorphGenerator(*pair, device="cpu")
    for step in range(5):
        live.paint(X, amount=step / 5)
    for end, kept in zip(pair, before, strict=True):
        assert all(torch.equal(end.tensors[key], kept[key]) for key in kept)


def test_one_plays_while_another_is_proven(pair):
    live = MorphGenerator(*pair, device="cpu")
    wanted = live.paint(X, amount=0.2)
    pictures = []
    painter = threading.Thread(
        target=lambda: pictures.extend(live.paint(X, amount=0.2) for _ in range(8))
    )
    painter.start()
    for step in range(20):
        live.paint(X, amount=step / 20, norm="frame")
    painter.join()
    assert len(pictures) == 8 and all(torch.equal(p, wanted) for p in pictures)


def test_dropout_and_norm_belong_to_a_picture(pair):
    live = MorphGenerator(*pair, amount=0.5, device="cpu", norm="running")
    running = live.paint(X)
    assert not torch.allclose(live.paint(X, norm="frame", dropout=True), running, atol=1e-3)
    assert torch.equal(live.paint(X), running)
    live.warm_up(128)
    assert torch.equal(live.paint(X), running)


def test_two_architectures_do_not_mix_and_the_difference_is_named(pair, tmp_path):
    wide = load(save_checkpoint(tmp_path / "wide", small(0, width=16)))
    with pytest.raises(ModelError, match=r"differ in width: 8 and 16; .*blend"):
        morph(pair[0], wide, 0.5)
    torch.save(resnet_state(4, 2, "batch"), tmp_path / "r.pth")
    with pytest.raises(ModelError, match="family: small and resnet"):
        MorphGenerator(pair[0], load(tmp_path / "r.pth"), device="cpu")
