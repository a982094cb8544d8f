"""Recipe, order of pairs, disturbances, averages, norms, states."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from livegan.training.augmentation import cut, disturb, tiles
from livegan.training.batch import prepare
from livegan.training.layout import PairsError
from livegan.training.pairs import Ahead, Pairs, order
from livegan.training.recipe import Recipe
from livegan.training.report import sheet
from livegan.training.state import StateError, load, save
from livegan.training.step.architecture import ARCHITECTURES, generator_of
from livegan.training.step.average import Average
from livegan.training.step.norms import calibrate
from tests.training.tiny_pairs import data_set


def test_the_defaults_are_the_published_ones() -> None:
    recipe = Recipe()
    published = (recipe.lr, recipe.beta1, recipe.beta2, recipe.l1, recipe.batch, recipe.epochs)
    assert published == (2e-4, 0.5, 0.999, 100.0, 1, 200)
    assert (recipe.gan, recipe.arch, recipe.filters) == ("vanilla", "unet_256", 64)
    assert recipe.record() == {"arch": "unet_256"}


def test_the_learning_rate_stays_and_then_falls_to_nothing() -> None:
    recipe = Recipe(lr=1.0)
    assert [recipe.rate(done) for done in (0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.5, 0.0]


def test_every_epoch_sees_every_pair_once_in_an_order_of_its_own() -> None:
    steps = [order(10, step, 2, seed=4) for step in range(10)]
    first, second = [i for s in steps[:5] for i in s], [i for s in steps[5:] for i in s]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


def test_neighbours_are_seen_together_and_none_is_left_out() -> None:
    steps = [order(12, step, 4, seed=4, together=2) for step in range(3)]
    twos = [step[i : i + 2] for step in steps for i in (0, 2)]
    assert sorted(twos) == [[i, i + 1] for i in range(0, 12, 2)]
    assert {i for step in range(3) for i in order(11, step, 4, seed=4, together=2)} == set(
        range(11)
    )
    assert order(1, 0, 2, seed=4, together=2) == [0, 0]


def test_a_pair_is_condition_left_and_picture_right(tmp_path: Path) -> None:
    pairs = Pairs(data_set(tmp_path) / "train")
    condition, picture = pairs.batch([0, 1], torch.device("cpu"))
    assert condition.shape == picture.shape == (2, 3, 64, 64)
    assert condition.min() == -1 and condition.max() == 1
    bright = condition[:, 0] > 0
    torch.testing.assert_close(
        picture[:, 0][bright], torch.full_like(picture[:, 0][bright], 230 / 127.5 - 1)
    )


def test_pairs_that_do_not_fit_in_memory_are_read_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data_set(tmp_path) / "train"
    held = Pairs(folder)
    monkeypatch.setattr("livegan.training.pairs._free_memory", lambda: 1)
    read = Pairs(folder)
    for index in range(len(held)):
        np.testing.assert_array_equal(held[index], read[index])


def test_pairs_that_are_read_ahead_come_in_the_order_of_the_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.training.pairs._free_memory", lambda: 1)
    pairs = Pairs(data_set(tmp_path) / "train")
    assert not pairs.held
    ahead = Ahead(pairs, lambda step: order(len(pairs), step, 2, seed=4))
    try:
        for step in (0, 1, 2, 1, 2, 5):  # back to an earlier state, and on
            expected = pairs.read(order(len(pairs), step, 2, seed=4))
            np.testing.assert_array_equal(ahead.read(step), expected)
    finally:
        ahead.close()


def test_a_pair_that_is_damaged_is_told_when_its_step_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.training.pairs._free_memory", lambda: 1)
    folder = data_set(tmp_path) / "train"
    pairs = Pairs(folder)
    (folder / "003.png").write_bytes(b"no")
    ahead = Ahead(pairs, lambda step: [step])
    try:
        ahead.read(2)
        with pytest.raises(PairsError, match=r"003\.png: cannot be read"):
            ahead.read(3)
    finally:
        ahead.close()


def test_the_data_sets_of_several_encoders_are_named(tmp_path: Path) -> None:
    data_set(tmp_path / "pairs" / "timeline")
    data_set(tmp_path / "pairs" / "levels")
    with pytest.raises(PairsError, match=r"name one of the data sets in .*: levels, timeline"):
        Pairs(tmp_path / "pairs" / "train")


def test_what_is_no_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PairsError, match="holds no pairs"):
        Pairs(tmp_path / "none")
    (tmp_path / "a.png").write_bytes(b"no")
    with pytest.raises(PairsError, match=r"a\.png: cannot be read"):
        Pairs(tmp_path)


def test_a_recipe_without_disturbance_changes_nothing() -> None:
    condition = torch.rand(2, 3, 8, 8) * 2 - 1
    rng = torch.Generator().manual_seed(0)
    assert disturb(condition, Recipe(), rng) is condition


@pytest.mark.parametrize("name", ["noise", "gain", "mixture"])
def test_disturbances_stay_in_range_and_repeat(name: str) -> None:
    condition = torch.rand(4, 3, 8, 8) * 2 - 1
    recipe = Recipe(**{name: 0.4})
    one = disturb(condition, recipe, torch.Generator().manual_seed(1))
    two = disturb(condition, recipe, torch.Generator().manual_seed(1))
    assert torch.equal(one, two) and not torch.equal(one, condition)
    assert one.abs().max() <= 1 and one.shape == condition.shape


def test_neighbours_are_mixed_and_made_louder_alike() -> None:
    condition = torch.rand(2, 3, 8, 8).repeat_interleave(2, 0) * 2 - 1
    recipe = Recipe(change=1.0, batch=4, gain=0.4, mixture=0.4)
    first, second = (
        disturb(condition, recipe, torch.Generator().manual_seed(1)).view(2, 2, 3, 8, 8).unbind(1)
    )
    assert torch.equal(first, second) and not torch.equal(first, condition[::2])


def test_a_second_painting_is_of_the_same_sound_with_other_noise() -> None:
    pairs = np.random.default_rng(0).integers(0, 256, (4, 2, 16, 16, 3), np.uint8)

    def both(**choices: float) -> tuple[torch.Tensor, torch.Tensor]:
        recipe = Recipe(steady=1.0, batch=4, **choices)  # type: ignore[arg-type]
        batch = prepare(pairs, recipe, 0, 0, slice(0, 4), torch.device("cpu"))
        assert batch.again is not None
        return batch.given, batch.again

    assert torch.equal(*both(gain=0.5, mixture=0.5))
    given, again = both(gain=0.5, mixture=0.5, noise=0.1)
    assert 0 < (given - again).abs().mean() < 0.3


def test_comparing_changes_needs_twos() -> None:
    with pytest.raises(ValueError, match=r"change=2\.0: needs an even batch, not 3"):
        Recipe(change=2.0, batch=3)


def test_crops_see_every_part_of_a_picture_equally_often() -> None:
    row, column = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    pictures = torch.stack([row, column]).float().expand(4, 2, 64, 64)
    seen = torch.zeros(64, 64)
    for seed in range(20):
        rng = torch.Generator().manual_seed(seed)
        for crop in cut(pictures, tiles(pictures, 32, rng), 32):
            seen[crop[0].long(), crop[1].long()] += 1
    assert torch.equal(seen, torch.full_like(seen, 20))
    whole = cut(pictures, tiles(pictures, 128, torch.Generator()), 128)
    assert torch.equal(whole, pictures)


def test_a_tile_is_learned_through_as_a_slice_is() -> None:
    torch.manual_seed(0)
    pictures = torch.randn(3, 2, 16, 16, dtype=torch.float64, requires_grad=True)
    places = [(0, 8), (8, 0), (3, 5)]
    weights = torch.randn(3, 2, 8, 8, dtype=torch.float64)
    (expected,) = torch.autograd.grad(
        sum(
            (weights[i] * pictures[i, :, row : row + 8, column : column + 8]).sum()
            for i, (row, column) in enumerate(places)
        ),
        pictures,
    )
    (found,) = torch.autograd.grad((weights * cut(pictures, places, 8)).sum(), pictures)
    assert torch.equal(found, expected)


def test_the_average_follows_the_weights() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    average = Average(network, decay=0.9)
    nn.init.ones_(network.weight)
    expected = 0.0
    for count in range(50):
        keep = min(0.9, (1 + count) / (10 + count))
        expected = keep * expected + (1 - keep)
        average.update(network)
    assert average.network.weight.item() == pytest.approx(expected, rel=1e-5)


def test_calibrated_norms_have_the_statistics_of_the_data() -> None:
    network = nn.Sequential(nn.BatchNorm2d(3))
    batches = [torch.randn(4, 3, 8, 8) * 2 + 5 for _ in range(6)]
    calibrate(network, batches)
    norm = network[0]
    assert isinstance(norm, nn.BatchNorm2d) and norm.momentum == 0.1
    mean = torch.stack([batch.mean((0, 2, 3)) for batch in batches]).mean(0)
    torch.testing.assert_close(norm.running_mean, mean)


def test_a_damaged_state_is_refused_by_name(tmp_path: Path) -> None:
    save(tmp_path / "state.pt", {"a": torch.ones(2), "n": 3})
    assert load(tmp_path / "state.pt")["n"] == 3
    (tmp_path / "state.pt").write_bytes(b"broken")
    with pytest.raises(StateError, match=r"state\.pt: cannot be read .*; delete it"):
        load(tmp_path / "state.pt")
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]


def test_a_sheet_shows_columns_side_by_side(tmp_path: Path) -> None:
    from PIL import Image

    black, white = -torch.ones(3, 3, 8, 8), torch.ones(3, 3, 8, 8)
    sheet.write(tmp_path / "sheet.png", [black, white], across=2)
    pixels = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert pixels.shape == (16, 32, 3)
    assert pixels[0, 0, 0] == 0 and pixels[0, 8, 0] == 255 and pixels[15, 31, 0] == 0


def test_an_architecture_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'unet_256'"):
        generator_of("unet256", 256)
    assert {"small", "unet_256", "resnet_9blocks"} <= set(ARCHITECTURES)


@pytest.mark.parametrize(("side", "fold"), [(256, 2), (512, 4), (576, 2), (640, 4)])
def test_the_small_one_is_made_for_its_pairs(side: int, fold: int) -> None:
    network = generator_of("small", side)
    assert (network.places[0].map.shape[-1] * fold, network.stem[0].stride[0]) == (side, fold)  # type: ignore


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"hold": 2.0}, {"patch": 30}])
def test_a_recipe_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Recipe(**wrong)  # type: ignore[arg-type]
