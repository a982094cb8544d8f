from __future__ import annotations

import threading

import pytest
import torch

from livegan.generators import Card, Generator, ModelError, load, save_checkpoint

from .conftest import small
from .originals import condition, unet_state


@pytest.fixture(scope="module")
def city(models):
    return load(models / "city" / "model.safetensors")


@pytest.fixture(scope="module")
def unet(tmp_path_factory):
    path = tmp_path_factory.mktemp("unet") / "G.pth"
    torch.save(unet_state(7, 4, 1, 1, "batch"), path)
    return load(path)


@pytest.mark.parametrize(
    "shape", [(3, 256, 256), (1, 128, 128), (4, 100, 300), (70, 90), (3, 1, 1)]
)
def test_a_condition_of_any_size_and_channels_is_painted_at_its_size(city, unet, shape):
    for checkpoint in (city, unet):
        picture = Generator(checkpoint, "cpu").paint(torch.rand(shape))
        assert picture.shape == (3, *shape[-2:])
        assert picture.dtype is torch.float32 and picture.is_contiguous()
        assert picture.min() >= 0 and picture.max() <= 1


def test_another_size_can_be_asked_for(city):
    generator = Generator(city, "cpu")
    assert generator.paint(torch.rand(3, 40, 40), size=256).shape == (3, 256, 256)
    assert generator.paint(torch.rand(3, 40, 40), size=(90, 200)).shape == (3, 90, 200)


def test_the_network_paints_at_the_nearest_size_it_can(city, unet):
    assert city.fit(250, 300) == (256, 320)
    assert city.fit(10, 10) == (128, 128)
    assert unet.fit(300, 200) == (256, 256)


def test_what_it_returns_is_an_ordinary_tensor(city):
    picture = Generator(city, "cpu").paint(torch.rand(3, 128, 128))
    assert not picture.is_inference()
    picture += 1


def test_painting_repeats_bit_for_bit(city):
    generator = Generator(city, "cpu")
    x = condition(3, 128, 128)
    assert torch.equal(generator.paint(x), generator.paint(x))


def test_painting_does_not_change_the_condition(city):
    x = condition(3, 128, 128)
    before = x.clone()
    Generator(city, "cpu", "float32").paint(x)
    assert torch.equal(x, before)


def test_two_threads_paint_what_one_paints(unet):
    generator = Generator(unet, "cpu", norm="frame")
    pictures = [condition(1, 128, 128, seed) for seed in range(4)]
    wanted = [generator.paint(x) for x in pictures]
    got: dict[int, list[torch.Tensor]] = {}

    def play(which: int) -> None:
        got[which] = [generator.paint(pictures[which]) for _ in range(5)]

    threads = [threading.Thread(target=play, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.equal(each, wanted[i]) for i in range(4) for each in got[i])


def test_norm_and_dropout_belong_to_a_picture(unet):
    generator = Generator(unet, "cpu", "float32", norm="frame")
    x = condition(1, 128, 128)
    frame = generator.paint(x)
    running = generator.paint(x, norm="running")
    dropped = generator.paint(x, dropout=True)
    assert not torch.allclose(frame, running, atol=1e-3)
    assert not torch.allclose(frame, dropped, atol=1e-3)
    assert torch.equal(generator.paint(x), frame)


def test_two_threads_paint_with_settings_of_their_own(unet):
    generator = Generator(unet, "cpu", norm="frame")
    x = condition(1, 128, 128)
    ways = [
        {"norm": norm, "dropout": dropout} for norm in ("frame", "running") for dropout in (0, 1)
    ]
    wanted = [Generator(unet, "cpu", **way).paint(x, seed=3) for way in ways]
    got: dict[int, list[torch.Tensor]] = {}

    def play(which: int) -> None:
        got[which] = [generator.paint(x, seed=3, **ways[which]) for _ in range(5)]

    threads = [threading.Thread(target=play, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.equal(each, wanted[i]) for i in range(4) for each in got[i])


def test_dropout_is_the_same_for_the_same_seed(unet):
    generator = Generator(unet, "cpu", dropout=True)
    x = condition(1, 128, 128)
    assert torch.equal(generator.paint(x, seed=5), generator.paint(x, seed=5))
    assert not torch.equal(generator.paint(x, seed=5), generator.paint(x, seed=6))


def test_the_norm_is_that_of_the_card_unless_asked(city, unet):
    assert Generator(city, "cpu").norm == "running"
    assert Generator(city, "cpu", norm="frame").norm == "frame"
    assert Generator(unet, "cpu").norm == "frame"
    with pytest.raises(ModelError, match="norm='batch'"):
        Generator(unet, "cpu", norm="batch")
    with pytest.raises(ModelError, match="norm='x'"):
        Generator(unet, "cpu").paint(condition(1, 64, 64), norm="x")


def test_not_a_number_stays_so_that_the_engine_sees_it(tmp_path):
    torch.save(small(0).state_dict(), tmp_path / "G.pth")
    fed = torch.full((3, 128, 128), float("nan"))
    picture = Generator(load(tmp_path / "G.pth"), "cpu").paint(fed)
    assert picture.isnan().all()


def test_one_channel_is_painted_grey(unet):
    picture = Generator(unet, "cpu").paint(condition(3, 128, 128))
    assert torch.equal(picture[0], picture[1]) and torch.equal(picture[0], picture[2])


def test_warming_up_paints_at_any_size(city):
    Generator(city, "cpu").warm_up(200)
    Generator(city, "cpu").warm_up((128, 256))


def test_a_wrong_card_is_said_when_it_is_played(tmp_path):
    path = save_checkpoint(tmp_path, small(0), Card(norm="bach"))
    with pytest.raises(ModelError, match="norm='bach'"):
        Generator(load(path), "cpu")


@pytest.mark.parametrize(
    ("device", "message"),
    [
        ("gpu", "there is no device 'gpu' here; there is: auto, .*cpu"),
        ("cuda:99", "there is no device 'cuda:99' here; there is: auto, .*cpu"),
    ],
)
def test_a_device_that_is_not_there_is_said(city, device, message):
    with pytest.raises(ModelError, match=message):
        Generator(city, device)
