"""The discriminator is the published 70x70 PatchGAN."""

from __future__ import annotations

import torch
from torch import nn

from livegan.training.step.discriminator import PatchGAN, initialise


def test_it_has_the_published_layers() -> None:
    convs = [m for m in PatchGAN().modules() if isinstance(m, nn.Conv2d)]
    assert [(c.in_channels, c.out_channels) for c in convs] == [
        (6, 64), (64, 128), (128, 256), (256, 512), (512, 1),
    ]  # fmt: skip
    assert [c.stride[0] for c in convs] == [2, 2, 2, 1, 1]
    assert all(c.kernel_size == (4, 4) and c.padding == (1, 1) for c in convs)
    assert [c.bias is not None for c in convs] == [True, False, False, False, True]
    # 2,768,705 is what the pix2pix project prints for its basic discriminator of six channels.
    assert sum(p.numel() for p in PatchGAN().parameters()) == 2_768_705


def test_one_answer_depends_on_a_patch_of_seventy_pixels() -> None:
    critic = PatchGAN(8).eval()
    pair = torch.zeros(1, 6, 256, 256, requires_grad=True)
    answers = critic(pair)
    assert answers.shape == (1, 1, 30, 30)
    answers[0, 0, 15, 15].backward()
    assert pair.grad is not None
    touched = pair.grad.abs().sum((0, 1)) > 0
    assert touched.any(0).sum() == 70 and touched.any(1).sum() == 70


def test_weights_begin_as_published() -> None:
    torch.manual_seed(0)
    critic = PatchGAN()
    initialise(critic)
    conv = critic.layers[2][0]
    assert abs(conv.weight.std().item() - 0.02) < 5e-4
    norm = critic.layers[2][1]
    assert abs(norm.weight.mean().item() - 1) < 0.01 and norm.bias.abs().sum() == 0
