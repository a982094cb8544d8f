"""Pictures equal those of the original networks, read from files with their tensor names."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from livegan.generators import Generator, ModelError, load

from .originals import condition, resnet, resnet_state, unet, unet_state

NORMS = ["batch", "instance", "affine instance", "old instance", "none"]


def paint(path: Path, picture: torch.Tensor, norm: str, precision: str = "float32") -> torch.Tensor:
    """-1..1, as the network gives it."""
    generator = Generator(load(path), "cpu", precision, norm=norm)
    return generator.paint(picture) * 2 - 1


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("mode", ["frame", "running"])
@pytest.mark.parametrize(
    ("downs", "channels", "size"), [(5, 3, (32, 64)), (7, 1, (128, 128)), (8, 4, (256, 256))]
)
def test_a_unet_paints_what_the_original_paints(tmp_path, norm, mode, downs, channels, size):
    state = unet_state(downs, 4, channels, 3, norm)
    torch.save(state, tmp_path / "latest_net_G.pth")
    picture = condition(channels, *size)
    wanted = unet(state, picture[None] * 2 - 1, mode, norm)[0]
    assert wanted.std() > 0.05
    painted = paint(tmp_path / "latest_net_G.pth", picture, mode)
    assert torch.allclose(painted, wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("mode", ["frame", "running"])
@pytest.mark.parametrize(("blocks", "size"), [(6, (64, 64)), (9, (48, 100)), (2, (8, 12))])
def test_a_resnet_paints_what_the_original_paints(tmp_path, norm, mode, blocks, size):
    dropout = blocks == 6
    state = resnet_state(4, blocks, norm, dropout=dropout)
    torch.save(state, tmp_path / "latest_net_G.pth")
    picture = condition(3, *size)
    second = 6 if dropout else 5
    wanted = resnet(state, picture[None] * 2 - 1, mode, norm, blocks, second=second)[0]
    painted = paint(tmp_path / "latest_net_G.pth", picture, mode)
    assert torch.allclose(painted, wanted, rtol=0, atol=2e-5)


@pytest.mark.parametrize("norm", ["instance", "batch"])
@pytest.mark.parametrize(("halvings", "blocks"), [(3, 4), (4, 2)])
def test_pix2pixhd_paints_what_the_original_paints(tmp_path, norm, halvings, blocks):
    state = resnet_state(4, blocks, norm, halvings=halvings, bias=True, inputs=5)
    torch.save(state, tmp_path / "G.pth")
    assert load(tmp_path / "G.pth").architecture.name == "pix2pixHD global"
    picture = condition(5, 64, 96)
    for mode in ("frame", "running"):
        wanted = resnet(state, picture[None] * 2 - 1, mode, norm, blocks, halvings)[0]
        painted = paint(tmp_path / "G.pth", picture, mode)
        assert torch.allclose(painted, wanted, rtol=0, atol=2e-5)


def test_the_fast_precisions_paint_nearly_the_same(tmp_path):
    state = unet_state(6, 8, 3, 3, "batch")
    torch.save(state, tmp_path / "G.pth")
    picture = condition(3, 64, 64)
    for mode in ("frame", "running"):
        exact = paint(tmp_path / "G.pth", picture, mode)
        for precision in ("auto", "bfloat16"):
            error = (paint(tmp_path / "G.pth", picture, mode, precision) - exact).abs()
            assert error.mean() < 0.02


def test_frame_and_running_statistics_paint_different_pictures(tmp_path):
    torch.save(unet_state(5, 4, 3, 3, "batch"), tmp_path / "G.pth")
    picture = condition(3, 32, 32)
    frame, running = (paint(tmp_path / "G.pth", picture, mode) for mode in ("frame", "running"))
    assert (frame - running).abs().max() > 0.1


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {f"module.{key}": value for key, value in state.items()},
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"netG": state, "optimizer": {"lr": 0.1}},
        lambda state: {"model": {"generator": state}},
        lambda state: {"params": {k: v * 0 for k, v in state.items()}, "params_ema": state},
        lambda state: {f"netG.{k}": v for k, v in state.items()} | discriminator("netD."),
        lambda state: {k.replace("conv_block", "block"): v for k, v in state.items()},
        lambda state: {k.replace("conv_block.", ""): v for k, v in state.items()},
        lambda state: {k.replace("model.", "generator.layers."): v for k, v in state.items()},
        lambda state: {k: v for k, v in state.items() if not k.endswith("tracked")},
        lambda state: dict(reversed(state.items())),
    ],
)
def test_wrapped_and_renamed_checkpoints_paint_the_same(tmp_path, wrap):
    state = resnet_state(4, 3, "batch")
    torch.save(wrap(state), tmp_path / "G.pth")
    picture = condition(3, 32, 32)
    wanted = resnet(state, picture[None] * 2 - 1, "running", "batch", 3)[0]
    assert torch.allclose(paint(tmp_path / "G.pth", picture, "running"), wanted, atol=1e-5)


def discriminator(prefix: str) -> dict[str, torch.Tensor]:
    shapes = {"0": (8, 6, 4, 4), "2": (16, 8, 4, 4), "5": (1, 16, 4, 4)}
    return {f"{prefix}model.{i}.weight": torch.zeros(shape) for i, shape in shapes.items()}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_stored_precision_does_not_matter(tmp_path, dtype):
    state = {
        key: value.to(dtype) if value.is_floating_point() else value
        for key, value in unet_state(5, 4, 3, 3, "batch").items()
    }
    torch.save(state, tmp_path / "G.pth")
    wide = {key: value.float() for key, value in state.items()}
    picture = condition(3, 32, 32)
    wanted = unet(wide, picture[None] * 2 - 1, "running", "batch")[0]
    assert torch.allclose(paint(tmp_path / "G.pth", picture, "running"), wanted, atol=1e-5)


def test_two_generators_in_one_file_are_refused_by_name(tmp_path):
    state = resnet_state(4, 1, "instance")
    both = {f"{name}.{key}": value for name in ("AB", "BA") for key, value in state.items()}
    torch.save(both, tmp_path / "G.pth")
    with pytest.raises(ModelError, match=r"2 generators \(AB.model, BA.model\)"):
        load(tmp_path / "G.pth")
