"""Training learns, and a killed training ends like one that was not."""

from __future__ import annotations

import contextlib
import json
import math
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from livegan.generators import ModelError
from livegan.generators.checkpoint import read_checkpoint, save_checkpoint
from livegan.generators.networks.resnet import Resnet
from livegan.generators.networks.unet import Unet
from livegan.lock import HeldError
from livegan.training import PairsError
from livegan.training.loop import TrainingError, TrainingStep, train
from livegan.training.packing import pack
from livegan.training.recipe import Recipe
from livegan.training.state import load, save
from livegan.training.step import losses
from livegan.training.step.architecture import ARCHITECTURES
from tests.training.tiny_pairs import data_set

THOROUGH = Recipe(
    arch="small",
    steps=8,
    batch=2,
    filters=8,
    patch=32,
    levels=2,
    matching=1.0,
    steady=1.0,
    noise=0.1,
    gain=0.2,
    mixture=0.3,
    sizes=(64, 128),
    settle=0.5,
    clip=10.0,
)


def losses_of(
    data: Path, work: Path, recipe: Recipe, die_at: int | None = None
) -> list[TrainingStep]:
    seen: list[TrainingStep] = []

    def progress(step: TrainingStep) -> None:
        seen.append(step)
        if step.number == die_at:
            raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        train(data, work, recipe, save_every=0.0, progress=progress)
    return seen


def dropping(side: int) -> nn.Module:
    """A U-Net that is small but has dropout, so that chance must be taken up again as well."""
    return Unet(3, 3, [8] * 6, nn.BatchNorm2d, bias=False)


@pytest.mark.parametrize("arch", ["small", "dropping"])
@pytest.mark.parametrize("die_at", [3, 6])
def test_killed_and_started_again_the_losses_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arch: str, die_at: int
) -> None:
    monkeypatch.setitem(ARCHITECTURES, "dropping", dropping)
    data = data_set(tmp_path / "data")
    recipe = Recipe(**{**vars(THOROUGH), "arch": arch})
    straight = losses_of(data, tmp_path / "straight", recipe)
    before = losses_of(data, tmp_path / "killed", recipe, die_at)
    after = losses_of(data, tmp_path / "killed", recipe)
    resumed = [s.losses for s in before if s.number < after[0].number] + [s.losses for s in after]
    assert after[0].number <= die_at + 1
    assert resumed == [step.losses for step in straight]
    one, two = (load(tmp_path / name / "state.pt") for name in ("straight", "killed"))
    for part in ("painter", "critic"):
        for name, tensor in one[part].items():
            assert torch.equal(tensor, two[part][name]), name
    for name, tensor in one["average"]["network"].items():
        assert torch.equal(tensor, two["average"]["network"][name]), name


def test_it_learns_what_is_in_the_pairs(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", count=12)
    recipe = Recipe(arch="small", steps=120, batch=4, filters=8, lr=1e-3, ema=0.9)
    early = train(data, tmp_path / "early", Recipe(**{**vars(recipe), "steps": 2}))
    late = train(data, tmp_path / "late", recipe)
    assert early.val_l1 is not None and late.val_l1 is not None
    assert late.val_l1 < 0.4 * early.val_l1
    assert (tmp_path / "late" / "sheet.png").is_file()


def test_numbers_that_are_not_finite_send_it_back_to_the_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_set(tmp_path / "data")
    recipe = Recipe(arch="small", steps=6, batch=2, filters=8)
    real = losses.adversarial
    calls = 0

    def sometimes(logits: torch.Tensor, *rest: object) -> torch.Tensor:
        nonlocal calls
        calls += 1
        spoiled = real(logits, *rest)  # type: ignore[arg-type]
        return spoiled * math.nan if calls == 9 else spoiled

    monkeypatch.setattr(losses, "adversarial", sometimes)
    steps: list[TrainingStep] = []
    trained = train(data, tmp_path / "work", recipe, save_every=0.0, progress=steps.append)
    assert trained.steps == 6
    assert all(math.isfinite(v) for step in steps for v in step.losses.values())
    assert all(p.isfinite().all() for p in trained.network.parameters())


PAINTER = 3
"""Each step asks three times for the adversarial loss; the last is the painter's."""


@pytest.mark.parametrize(("step", "every"), [(2, 0.0), (3, 180.0)])
@pytest.mark.parametrize("clip", [0.0, 10.0])
@pytest.mark.parametrize("size", [math.nan, 1e30])
def test_a_gradient_that_is_not_finite_where_the_loss_is_never_reaches_a_save(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    every: float,
    clip: float,
    size: float,
) -> None:
    """The largest leaves finite weights: it is Adam's squares that overflow."""
    data = data_set(tmp_path / "data")
    recipe = Recipe(arch="small", steps=3, batch=2, filters=8, clip=clip)
    real = losses.adversarial
    calls = 0

    def sometimes(logits: torch.Tensor, *rest: object) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == PAINTER * step:
            logits.register_hook(lambda g: g * size)  # type: ignore[no-untyped-call]
        return real(logits, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(losses, "adversarial", sometimes)
    trained = train(data, tmp_path / "work", recipe, save_every=every)
    assert calls > PAINTER * 3 and trained.steps == 3
    state = load(tmp_path / "work" / "state.pt")
    assert state["retries"] == 1
    for moments in state["painter_steps"]["state"].values():
        assert all(moment.isfinite().all() for moment in moments.values())
    assert all(weight.isfinite().all() for weight in state["painter"].values())


def test_it_gives_up_when_it_never_gets_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_set(tmp_path / "data")
    monkeypatch.setattr(losses, "adversarial", lambda logits, *rest: logits.sum() * float("nan"))
    with pytest.raises(TrainingError, match="not finite at step 0, 5 times over"):
        train(data, tmp_path / "work", Recipe(arch="small", steps=3, batch=2, filters=8))


def test_a_folder_is_one_training(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data")
    recipe = Recipe(arch="small", steps=1, batch=2, filters=8)
    train(data, tmp_path / "work", recipe)
    with pytest.raises(TrainingError, match="another recipe"):
        train(data, tmp_path / "work", Recipe(arch="small", steps=1, batch=2, filters=16))
    longer = train(data, tmp_path / "work", Recipe(arch="small", steps=2, batch=2, filters=8))
    assert longer.steps == 2


def test_a_second_training_in_a_folder_is_refused_and_the_first_one_goes_on(
    tmp_path: Path,
) -> None:
    data, work = data_set(tmp_path / "data"), tmp_path / "work"
    recipe = Recipe(arch="small", steps=3, batch=2, filters=8)
    alone = train(data, tmp_path / "alone", recipe)
    refused: list[int] = []

    def meanwhile(step: TrainingStep) -> None:
        before = (work / "state.pt").read_bytes()
        said = f"work is being trained by process {os.getpid()}; wait for it, end it, or"
        with pytest.raises(HeldError, match=said):
            train(data, work, recipe)
        assert (work / "state.pt").read_bytes() == before
        refused.append(step.number)

    trained = train(data, work, recipe, progress=meanwhile)
    assert refused == [1, 2, 3]
    for name, weight in alone.network.state_dict().items():
        assert torch.equal(weight, trained.network.state_dict()[name]), name
    assert train(data, work, recipe).steps == 3


def test_a_held_out_pair_that_is_damaged_is_named(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data")
    (data / "val" / "000.png").write_bytes(b"")
    recipe = Recipe(arch="small", steps=1, batch=2, filters=8)
    with pytest.raises(PairsError, match=r"val/000\.png: cannot be read as a picture"):
        train(data, tmp_path / "work", recipe)
    for picture in (data / "val").iterdir():
        picture.unlink()
    assert train(data, tmp_path / "work", recipe).val_l1 is None


def test_pairs_of_another_size_are_refused(tmp_path: Path) -> None:
    recipe = Recipe(arch="small", steps=1, batch=2, filters=8)
    train(data_set(tmp_path / "data"), tmp_path / "work", recipe)
    with pytest.raises(TrainingError, match="holds a training on pairs of 64 pixels"):
        train(data_set(tmp_path / "larger", size=128), tmp_path / "work", recipe)
    with pytest.raises(TrainingError, match="pairs of 96 pixels; small paints sizes that are"):
        train(data_set(tmp_path / "odd", size=96), tmp_path / "other", recipe)


def test_a_state_of_before_plain_adam_and_without_a_size_is_taken_up(tmp_path: Path) -> None:
    data, work = data_set(tmp_path / "data"), tmp_path / "work"
    recipe = Recipe(arch="small", steps=2, batch=2, filters=8)
    train(data, work, recipe)
    state = load(work / "state.pt")
    del state["size"]
    for name in ("painter_steps", "critic_steps"):
        for group in state[name]["param_groups"]:
            group["fused"] = None
    save(work / "state.pt", state)
    assert train(data, work, Recipe(**{**vars(recipe), "steps": 4})).steps == 4


def test_each_save_hands_over_what_there_is(tmp_path: Path) -> None:
    saved: list[int] = []
    recipe = Recipe(arch="small", steps=3, batch=2, filters=8)
    train(
        data_set(tmp_path / "data"), tmp_path / "work", recipe,
        save_every=0.0, saved=lambda trained: saved.append(trained.steps),
    )  # fmt: skip
    assert saved == [1, 2, 3]


def test_the_average_is_what_is_handed_out_and_it_paints_as_a_show_does(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data")
    trained = train(data, tmp_path / "work", Recipe(arch="small", steps=3, batch=2, filters=8))
    assert not any(m.training for m in trained.network.modules())
    norms = [m for m in trained.network.modules() if isinstance(m, nn.BatchNorm2d)]
    assert all(m.running_mean is not None and m.running_mean.isfinite().all() for m in norms)


def test_it_can_begin_from_a_model(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data")
    recipe = Recipe(arch="small", steps=1, batch=2, filters=8)
    first = train(data, tmp_path / "first", recipe)
    save_checkpoint(tmp_path / "model", first.network)
    nothing = Recipe(arch="small", steps=1, batch=2, filters=8, lr=0.0)
    second = train(data, tmp_path / "second", nothing, start=tmp_path / "model")
    for name, weight in first.network.named_parameters():
        torch.testing.assert_close(second.network.get_parameter(name), weight, atol=1e-3, rtol=1e-3)
    with pytest.raises(ModelError, match=r"another architecture.*give --arch small"):
        other = Recipe(arch="unet_128", steps=1, batch=2, filters=8)
        train(data, tmp_path / "third", other, start=tmp_path / "model/model.safetensors")


def test_it_can_begin_from_a_network_with_other_norms_and_be_taken_up_again(tmp_path: Path) -> None:
    """CycleGAN's are instance norms."""
    data = data_set(tmp_path / "data")
    torch.manual_seed(0)
    network = Resnet(3, 3, 64, nn.InstanceNorm2d, bias=True, blocks=6)
    torch.save(network.state_dict(), tmp_path / "latest_net_G.pth")
    recipe = Recipe(arch="resnet_6blocks", steps=1, batch=2, filters=8, lr=0.0)
    start = tmp_path / "latest_net_G.pth"
    first = train(data, tmp_path / "work", recipe, start=start)
    for name, weight in network.named_parameters():
        torch.testing.assert_close(first.network.get_parameter(name), weight, atol=1e-6, rtol=1e-6)
    longer = replace(recipe, steps=2, lr=1e-4)
    with pytest.raises(TrainingError, match="another recipe"):
        train(data, tmp_path / "work", longer, start=start)
    with pytest.raises(ModelError, match="give the same --start"):
        train(data, tmp_path / "work", replace(recipe, steps=2))
    assert train(data, tmp_path / "work", replace(recipe, steps=2), start=start).steps == 2


def test_it_learns_from_pairs_of_another_shape_and_says_so_on_its_card(tmp_path: Path) -> None:
    for side in ("train", "val"):
        (tmp_path / "data" / side).mkdir(parents=True)
        for index in range(3):
            pixels = np.full((64, 256, 3), 40 * index, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / side / f"{index}.png")
    manifest = {"settings": {"size": "128x64", "encoders": [{"name": "levels"}]}, "films": []}
    with pytest.raises(PairsError, match="256 x 64; a pair is twice as wide as high"):
        train(tmp_path / "data", tmp_path / "work", Recipe(arch="small", steps=1))
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest))
    recipe = replace(THOROUGH, steps=2, sizes=(64, 128))
    trained = train(tmp_path / "data", tmp_path / "work", recipe)
    assert trained.size == (64, 128)
    weights = pack(trained, tmp_path / "data", tmp_path / "wide")
    assert json.loads((tmp_path / "wide" / "model.json").read_text())["size"] == "128x64"
    checkpoint = read_checkpoint(weights)
    assert checkpoint.card.size == checkpoint.own_size == (64, 128)
    with Image.open(tmp_path / "wide" / "sample.jpg") as sample:
        assert sample.size == (3 * 128, 2 * 64)


def test_pairs_drawn_by_another_encoder_do_not_take_a_training_over(tmp_path: Path) -> None:
    recipe = Recipe(arch="small", steps=1, batch=2, filters=8)
    data = {name: data_set(tmp_path / name) for name in ("levels", "timeline", "unknown")}
    for name in ("levels", "timeline"):
        made = {"encoders": [{"name": name, "parameters": {"seconds": 5}, "sha256": "1"}]}
        text = json.dumps({"settings": made, "films": []})
        (data[name] / "manifest.json").write_text(text)
    train(data["levels"], tmp_path / "work", recipe)
    before = load(tmp_path / "work" / "state.pt")["step"]
    with pytest.raises(TrainingError, match=r"drawn by levels:seconds=5, and those of "):
        train(data["timeline"], tmp_path / "work", recipe)
    with pytest.raises(TrainingError, match=r"--start begins it from a finished model"):
        train(data["unknown"], tmp_path / "work", recipe)
    assert load(tmp_path / "work" / "state.pt")["step"] == before
    train(data["levels"], tmp_path / "work", Recipe(**{**vars(recipe), "steps": 2}))


def test_the_other_direction_is_another_recipe(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data")
    recipe = Recipe(arch="small", steps=1, batch=2, filters=8)
    train(data, tmp_path / "work", recipe)
    with pytest.raises(TrainingError, match="with another recipe"):
        train(data, tmp_path / "work", Recipe(**{**vars(recipe), "direction": "BtoA"}))


def test_pictures_of_one_cell_need_a_batch_of_two(tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", count=9)  # the last batch that norms see would be of one
    recipe = Recipe(arch="small", steps=1, batch=1, filters=8)
    with pytest.raises(TrainingError, match=r"too small for a batch of 1; give --batch 2"):
        train(data, tmp_path / "work", recipe)
    assert not (tmp_path / "work" / "state.pt").exists()
    train(data, tmp_path / "work", Recipe(**{**vars(recipe), "batch": 2}))
    alone = data_set(tmp_path / "alone", count=1, val=0)
    train(alone, tmp_path / "other", Recipe(**{**vars(recipe), "batch": 2}))


def test_the_first_saves_come_early_and_their_pauses_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    def clock() -> float:
        return now

    def stepped(step: TrainingStep) -> None:
        nonlocal now
        now += 10.0

    monkeypatch.setattr("livegan.training.loop.time", SimpleNamespace(monotonic=clock))
    saves: list[int] = []
    recipe = Recipe(arch="small", steps=40, batch=2, filters=8)
    train(
        data_set(tmp_path / "data"), tmp_path / "work", recipe, save_every=100.0, progress=stepped,
        saved=lambda trained: saves.append(trained.steps),
    )  # fmt: skip
    assert saves == [5, 12, 23, 34]  # after more than 30, 60, 100 and 100 seconds


def test_a_page_follows_the_training(tmp_path: Path) -> None:
    work = tmp_path / "mine <b>.training"
    recipe = Recipe(arch="small", steps=3, batch=2, filters=8)
    data = data_set(tmp_path / "data")
    left: list[float] = []
    train(data, work, recipe, save_every=0.0, progress=lambda step: left.append(step.remaining))
    page = (work / "training.html").read_text(encoding="utf-8")
    assert "mine &lt;b&gt;" in page and "<b>" not in page
    assert "step 3" in page and "finished" in page and "http-equiv" not in page
    assert page.count("<polyline") == 5  # four losses and the held-out distance
    assert page.count("data:image/jpeg") == 2 + 3  # condition, truth, a row for each save
    with Image.open(work / "samples" / "held-out.webp") as film:
        assert film.n_frames == 2 and film.width == 2 * film.height, "painted beside the truth"
    assert page.count("data:image/webp") == 1
    assert "6 pairs to train on, 2 held out" in page
    assert left[-1] == 0 and all(seconds >= 0 for seconds in left)
    calls = iter([False, False, True])
    more = Recipe(**{**vars(recipe), "steps": 9})
    train(data, work, more, save_every=0.0, stop=lambda: next(calls))
    page = (work / "training.html").read_text(encoding="utf-8")
    assert "interrupted; run the same command to continue" in page
