"""A denoiser repaints what it is given, and what cannot be painted is said in a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from livegan_diffusion import diffusion
from livegan_diffusion.schedule import Schedule
from patches import example, stripes

from livegan.generators import Card, Generator, ModelError, load
from livegan.plugin import registry
from livegan.testing import conformance

test_diffusion = conformance("livegan-diffusion", sample=stripes)


def read(path: Path, **options: object) -> Generator:
    found = diffusion(path.read_bytes(), path, Card(name="stripes", other={"diffusion": options}))
    assert found is not None
    return Generator(found)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stripes(tmp_path_factory.mktemp("models"))


def test_it_paints_in_the_colours_it_knows(path: Path) -> None:
    condition = torch.rand(3, 40, 48, generator=torch.Generator().manual_seed(0))
    painted = read(path, strength=0.6, steps=5).paint(condition)
    assert painted.shape == (3, 40, 48)
    known = torch.from_numpy(example()[:, 0, [0, 3]]) * 0.5 + 0.5
    apart = (painted[:, None] - known[:, :, None, None]).abs().amax(0).amin(0)
    assert float((apart < 0.1).float().mean()) > 0.9


def test_what_it_knows_it_leaves_as_it_is_and_without_strength_everything(path: Path) -> None:
    known = torch.from_numpy(np.tile(example(), (1, 2, 2))) * 0.5 + 0.5
    assert (read(path, strength=0.2).paint(known) - known).abs().mean() < 0.02
    other = torch.rand(3, 48, 48, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(read(path, strength=0.0).paint(other), other, atol=1e-6)


def test_the_same_condition_gives_the_same_picture(path: Path) -> None:
    condition = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(read(path).paint(condition), read(path).paint(condition))


def test_what_networks_predict_is_one_picture_said_in_two_ways(tmp_path: Path, path: Path) -> None:
    condition = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    said = read(stripes(tmp_path, "sample"), prediction_type="sample").paint(condition)
    assert torch.allclose(said, read(path).paint(condition), atol=1e-3)


@pytest.mark.parametrize("schedule", ["linear", "scaled_linear", "squaredcos_cap_v2"])
def test_noise_grows_with_time(schedule: str) -> None:
    made = Schedule(beta_schedule=schedule, strength=1.0, steps=5)
    kept = made.kept()
    assert kept.shape == (1000,) and (np.diff(kept) < 0).all() and 0 <= kept[-1] < kept[0] < 1
    assert made.times() == sorted(set(made.times()), reverse=True) and made.times()[0] == 999


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"strength": 2}, '"strength" of its card is 2.0; give 0.0 to 1.0'),
        ({"steps": "many"}, "\"steps\" of its card is 'many'; give a int"),
        ({"beta_schedule": "cosine"}, "there is linear, scaled_linear"),
    ],
)
def test_a_card_that_cannot_be_is_refused(
    options: dict[str, object], line: str, path: Path
) -> None:
    with pytest.raises(ModelError) as refused:
        read(path, **options)
    assert line in str(refused.value)


def test_livegan_finds_it_by_itself(path: Path) -> None:
    before = registry.current()
    try:
        registry.use(registry.Registry().load())
        assert "diffusion model" in str(load(path).foreign)
    finally:
        registry.use(before)
