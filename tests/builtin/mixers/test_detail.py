"""Blur, blocks, edges, brush strokes."""

from __future__ import annotations

import pytest
import torch

from ..playing import mixer, noise


def test_no_radius_is_no_blur() -> None:
    picture = noise()
    assert torch.equal(mixer("blur")(picture, radius=0.0), picture)


@pytest.mark.parametrize("radius", [0.5, 2.0, 4.0, 9.0, 30.0, 128.0])
def test_a_blur_keeps_even_pictures_and_mean_brightness(radius: float) -> None:
    even = torch.full((3, 61, 83), 0.3)
    assert torch.allclose(mixer("blur")(even, radius=radius), even, atol=1e-5)
    dot = torch.zeros(3, 256, 256)
    dot[:, 120:136, 120:136] = 1
    if radius < 64:  # wider, and it spills over the border
        assert float(mixer("blur")(dot, radius=radius).sum()) == pytest.approx(
            float(dot.sum()), rel=0.02
        )


@pytest.mark.parametrize("radius", [2.0, 4.0, 8.0, 16.0, 32.0])
def test_the_radius_is_the_standard_deviation_at_512_pixels(radius: float) -> None:
    for size in (256, 512):
        point = torch.zeros(3, size, size)
        point[:, size // 2, size // 2] = 1
        row = mixer("blur")(point, radius=radius)[0].sum(0)
        row = row / row.sum()
        place = torch.arange(size, dtype=torch.float32)
        middle = float((row * place).sum())
        deviation = float((row * (place - middle) ** 2).sum().sqrt())
        assert deviation == pytest.approx(radius * size / 512, rel=0.12)


def test_more_radius_is_less_detail() -> None:
    picture = noise(1, 64, 64)
    spread = [
        float(mixer("blur")(picture, radius=r).std()) for r in (0.0, 4.0, 8.0, 12.0, 20.0, 40.0)
    ]
    assert spread == sorted(spread, reverse=True)


def test_blocks_have_the_mean_of_what_they_cover() -> None:
    picture = noise(2, 64, 32)
    out = mixer("pixelate")(picture, cells=8.0)
    block = picture[:, :8, :8].mean((1, 2))
    assert torch.allclose(out[:, 3, 5], block, atol=1e-5)
    assert torch.equal(out[:, 0, 0], out[:, 7, 7])
    assert torch.allclose(mixer("pixelate")(picture, cells=512.0), picture, atol=1e-6)


def test_edges_are_where_brightness_changes() -> None:
    picture = torch.zeros(3, 20, 20)
    picture[:, :, 10:] = 1
    out = mixer("edges")(picture)
    assert float(out[:, :, 9:11].min()) == 1
    assert float(out[:, :, :8].max()) == 0
    assert float(out[:, :, 12:].max()) == 0


def test_paint_is_flat_and_keeps_borders_where_they_are() -> None:
    picture = torch.full((3, 128, 128), 0.2)
    picture[0, :, 64:] = 0.9
    noisy = (picture + 0.05 * (noise(3, 128, 128) - 0.5)).clamp(0, 1)
    calm = mixer("paint")(noisy, stroke=32.0, steps=64.0)
    assert float((calm - picture).abs().max()) < 0.04, "a border is as sharp as it was"
    assert float(calm[:, :, :60].std((1, 2)).max()) < 0.4 * float(noisy[:, :, :60].std())
    assert len(mixer("paint")(noisy, steps=4.0).unique()) <= 4


def test_a_stroke_is_as_wide_at_every_size() -> None:
    dot = torch.zeros(3, 512, 512)
    dot[:, 250:262, 250:262] = 1
    small = dot[:, ::2, ::2].contiguous()
    for stroke, stays in ((4.0, True), (24.0, False)):
        for picture in (dot, small):
            centre = mixer("paint")(picture, stroke=stroke)[0].max()
            assert (float(centre) > 0.5) is stays
