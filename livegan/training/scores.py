"""How good a model is: near the truth, answering, steady, varied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from livegan.dataset.condition import Conditions, Drawing
from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX
from livegan.training.pairs import Pairs

AFTER = 0.1
"""Seconds in which a picture should have answered an onset."""
RISE = 0.25
"""How far the onset feature must jump within a hop to count as one."""


@dataclass(frozen=True)
class Truth:
    """Likeness to held-out pictures: ``l1`` 0..1 (0 is best), ``ssim`` up to 1 (best)."""

    l1: float
    ssim: float


@dataclass(frozen=True)
class Motion:
    """How pictures change over a sound; mean absolute differences of pixels, 0..1.

    ``flicker`` between neighbouring frames without an onset; ``response`` is how many times more
    that is in the 100 ms after an onset; ``variety`` between frames two seconds apart or more.
    """

    flicker: float
    response: float
    variety: float


def record(score: Truth | Motion) -> dict[str, float]:
    """For a card: rounded to what means something."""
    return {name: round(value, 4) for name, value in asdict(score).items()}


@torch.no_grad()
def against_truth(network: nn.Module, pairs: Pairs, most: int = 200) -> Truth:
    """Scores on at most ``most`` held-out pairs, evenly spread."""
    network.eval()
    count = min(most, len(pairs))
    distances, likenesses = [], []
    for place in range(count):
        condition, truth = pairs.batch([place * len(pairs) // count], torch.device("cpu"))
        painted = (network(condition).clamp(-1, 1) + 1) / 2
        truth = (truth + 1) / 2
        distances.append(float((painted - truth).abs().mean()))
        likenesses.append(float(ssim(painted, truth)))
    return Truth(float(np.mean(distances)), float(np.mean(likenesses)))


def ssim(one: Tensor, two: Tensor) -> Tensor:
    """Mean structural similarity of two (N, C, H, W) pictures of 0..1 (Wang et al. 2004).

    With the paper's constants: a Gaussian window of 11 pixels, sigma 1.5, K1 0.01, K2 0.03.
    """
    steps = torch.arange(11, dtype=one.dtype) - 5
    bell = torch.exp(-(steps**2) / (2 * 1.5**2))
    bell = bell / bell.sum()
    channels = one.shape[1]
    window = (bell[:, None] * bell[None, :]).expand(channels, 1, 11, 11).to(one.device)

    def blurred(x: Tensor) -> Tensor:
        return F.conv2d(x, window, groups=channels)

    mean_one, mean_two = blurred(one), blurred(two)
    var_one = blurred(one * one) - mean_one**2
    var_two = blurred(two * two) - mean_two**2
    both = blurred(one * two) - mean_one * mean_two
    c1, c2 = 0.01**2, 0.03**2
    top = (2 * mean_one * mean_two + c1) * (2 * both + c2)
    return (top / ((mean_one**2 + mean_two**2 + c1) * (var_one + var_two + c2))).mean()


def over_sound(
    network: nn.Module,
    drawing: Drawing,
    samples: npt.NDArray[np.float32],
    *,
    size: int = 256,
    start: float = 20.0,
    seconds: float = 12.0,
    fps: int = 25,
    apart: int = 12,
) -> Motion:
    """Paint a sound as a show would, and measure how the pictures change.

    Parameters
    ----------
    samples : (n, 2) float32 at 48 kHz.
    start, seconds, fps : the stretch that is painted frame by frame, for flicker and response.
    apart : pictures spread over the whole sound, for variety.
    """
    conditions = Conditions(samples, [drawing], size)
    paint = painter_of(network, conditions)
    end = min(start + seconds, conditions.end / RATE)
    first = max(0.0, end - seconds)
    times = [first + i / fps for i in range(int((end - first) * fps))]
    changes = []
    before = paint(times[0])
    for time in times[1:]:
        picture = paint(time)
        changes.append(float((picture - before).abs().mean()))
        before = picture
    near = _after_onsets(conditions.features[:, INDEX["onset"]], times[1:])
    change = np.array(changes)
    flicker = float(change[~near].mean()) if (~near).any() else 0.0
    response = float(change[near].mean()) / max(flicker, 1e-6) if near.any() else 1.0
    spread = [i * conditions.end / RATE / apart for i in range(1, apart)]
    pictures = [paint(time) for time in spread]
    differences = [
        float((a - b).abs().mean())
        for i, a in enumerate(pictures)
        for j, b in enumerate(pictures)
        if i < j and spread[j] - spread[i] >= 2
    ]
    return Motion(flicker, response, float(np.mean(differences)) if differences else 0.0)


def painter_of(network: nn.Module, conditions: Conditions) -> Callable[[float], Tensor]:
    """A function from seconds to the picture of that time, (3, H, W) of 0..1."""
    network.eval()

    @torch.no_grad()
    def paint(time: float) -> Tensor:
        drawn = torch.from_numpy(conditions.at(int(time * RATE) // HOP * HOP)[0])
        condition = drawn.permute(2, 0, 1)[None].float() / 127.5 - 1
        picture: Tensor = (network(condition)[0].float().clamp(-1, 1) + 1) / 2
        return picture

    return paint


def _after_onsets(onset: npt.NDArray[np.float32], times: list[float]) -> npt.NDArray[np.bool_]:
    """Which of ``times`` lie within 100 ms after an onset."""
    struck = (np.flatnonzero(np.diff(onset, prepend=np.float32(0)) > RISE) + 1) * HOP / RATE
    return np.array([bool(((struck <= t) & (t < struck + AFTER)).any()) for t in times], np.bool_)
