"""How good a model is: near the truth, answering, steady, varied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from livegan.dataset.condition import Conditions, Drawing
from livegan.size import Written
from livegan.sound import HOP, RATE
from livegan.sound.features import INDEX
from livegan.training import places
from livegan.training.pairs import Pairs

Paint = Callable[[Tensor], Tensor]
"""A condition (1, 3, H, W) of -1..1 → a picture (1, 3, H, W) of -1..1: a network, or a slot."""

Samples = npt.NDArray[np.float32]

AFTER = 0.1
"""Seconds in which a picture should have answered an onset."""
RISE = 0.25
"""An onset is a hop in which the envelope of that name, 0..1, rises by more than this."""
LAYOUT = 64
"""Cells to a side in which the right sound is told from another."""
LEAST = 1e-4
"""A change this small, a fortieth of a step of 8 bits, is none: ratios are taken above it."""


@dataclass(frozen=True)
class Truth:
    """Likeness to held-out pictures: ``l1`` 0..1 (0 is best), ``ssim`` up to 1 (best).

    ``right_sound``: by which part the picture of the right sound is nearer to the film than that of
    another moment, half of the held-out pairs away: 1 if it is the film's, 0 if any would do.
    Measured in 64x64 cells.
    """

    l1: float
    ssim: float
    right_sound: float = 0.0


@dataclass(frozen=True)
class Motion:
    """How pictures change over a sound; mean absolute differences of pixels, 0..1.

    ``flicker`` between neighbouring frames without an onset; ``response`` is how many times more
    that is in the 100 ms after an onset, 1 where nothing answers; ``variety`` between frames two
    seconds apart or more.  ``structure`` and ``colour``: how differently moments four seconds apart
    are built and coloured; ``align`` how well motion and onsets fall together, and ``by_chance``
    what that would be with the onsets elsewhere (`livegan.training.places`).
    """

    flicker: float
    response: float
    variety: float
    structure: float = 0.0
    colour: float = 0.0
    align: float = 0.0
    by_chance: float = 0.0


def record(score: Truth | Motion) -> dict[str, float]:
    """For a card: rounded to what means something."""
    return {name: round(value, 4) for name, value in asdict(score).items()}


@torch.no_grad()
def against_truth(
    network: Paint, pairs: Pairs, most: int = 200, progress: Callable[[float], None] | None = None
) -> Truth:
    """Scores on at most ``most`` held-out pairs, evenly spread; ``progress`` is told the part that
    is done, 0..1."""
    _steady(network)
    count = min(most, len(pairs))
    distances, likenesses = [], []
    made: list[Tensor] = []
    true: list[Tensor] = []
    for place in range(count):
        condition, truth = pairs.batch([place * len(pairs) // count], torch.device("cpu"))
        painted = (network(condition).clamp(-1, 1) + 1) / 2
        truth = (truth + 1) / 2
        distances.append(float((painted - truth).abs().mean()))
        likenesses.append(float(ssim(painted, truth)))
        made.append(F.adaptive_avg_pool2d(painted, LAYOUT))
        true.append(F.adaptive_avg_pool2d(truth, LAYOUT))
        if progress is not None:
            progress((place + 1) / count)
    return Truth(float(np.mean(distances)), float(np.mean(likenesses)), right_sound(made, true))


def right_sound(made: Sequence[Tensor], true: Sequence[Tensor]) -> float:
    """See `Truth`; 0 with a single pair."""
    count = len(made)

    def distance(away: int) -> float:
        rows = [(made[(at + away) % count] - true[at]).abs().mean() for at in range(count)]
        return float(np.mean([float(row) for row in rows]))

    wrong = distance(count // 2)
    return 1 - distance(0) / wrong if count > 1 and wrong > LEAST else 0.0


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
    network: Paint,
    drawing: Drawing,
    sounds: Samples | Sequence[Samples],
    *,
    size: Written = 256,
    stretches: int = 3,
    seconds: float = 6.0,
    fps: float = 25.0,
    apart: int = 12,
    progress: Callable[[float], None] | None = None,
) -> Motion:
    """Paint sounds as a show would, and measure how the pictures change.

    Parameters
    ----------
    sounds : one, or several that count alike: (n, 2) float32 at 48 kHz.
    size : at which conditions are drawn and painted.
    stretches, seconds, fps : parts of each sound, evenly spread over it, that are painted frame
        by frame, for flicker and response.
    apart : pictures spread over the whole of each sound, for variety; structure and colour are
        those of its first minute.
    progress : told the part that is done, 0..1.
    """
    several = [sounds] if isinstance(sounds, np.ndarray) else list(sounds)
    how = (size, stretches, seconds, fps, apart)

    def told(index: int, done: float) -> None:
        if progress is not None:
            progress((index + done) / len(several))

    return together(
        [
            _over_one(network, drawing, samples, *how, partial(told, index))
            for index, samples in enumerate(several)
        ]
    )


def together(motions: Sequence[Motion]) -> Motion:
    """The mean of each number: sounds count alike, however long or restless they are."""
    means = np.mean([list(asdict(motion).values()) for motion in motions], axis=0)
    return Motion(*map(float, means))


def _over_one(
    network: Paint,
    drawing: Drawing,
    samples: Samples,
    size: Written,
    stretches: int,
    seconds: float,
    fps: float,
    apart: int,
    told: Callable[[float], None],
) -> Motion:
    conditions = Conditions(samples, [drawing], size)
    paint = painter_of(network, conditions)
    end = len(samples) // HOP * HOP / RATE
    parts = _stretches(end, stretches, seconds, fps)
    spread = [i * end / apart for i in range(1, apart)]
    earlier = {b: a for part in parts for a, b in pairwise(part)}
    stood = places.moments(end)
    kept = {*spread, *stood}
    changes: dict[float, float] = {}
    pictures: dict[float, Tensor] = {}
    # In the order of time, for encoders that are fed the sound.
    times = sorted({*kept, *(t for part in parts for t in part)})
    for number, time in enumerate(times):
        told(number / len(times))
        pictures[time] = paint(time)
        before = earlier.get(time)
        if before is not None:
            changes[time] = float((pictures[time] - pictures[before]).abs().mean())
            if before not in kept:
                del pictures[before]
    envelope = conditions.features[:, INDEX["onset"]].astype(np.float32)
    struck = onsets(envelope)
    near = _after(struck, sorted(earlier))
    change = np.array([changes[time] for time in sorted(earlier)])
    flicker = float(change[~near].mean()) if (~near).any() else 0.0
    response = 1.0
    if near.any() and (~near).any():
        response = (float(change[near].mean()) + LEAST) / (flicker + LEAST)
    told(1.0)
    differences = [
        float((pictures[a] - pictures[b]).abs().mean())
        for a in spread
        for b in spread
        if b - a >= 2
    ]
    aligned = np.mean([_aligned(part, changes, struck, fps) for part in parts], axis=0)
    return Motion(
        flicker,
        response,
        float(np.mean(differences)) if differences else 0.0,
        places.structure([pictures[time] for time in stood]),
        places.colour([pictures[time] for time in stood]),
        *map(float, aligned),
    )


def _aligned(
    part: list[float], changes: dict[float, float], struck: npt.NDArray[np.float64], fps: float
) -> tuple[float, float]:
    """AV-Align of a stretch of frames, and with its onsets elsewhere; 0 and 0 without onsets."""
    change = np.array([changes[time] for time in part[1:]])
    # The first frame that is painted at an onset or after it.
    frames = np.ceil((struck - part[0]) * fps - 1e-6) - 1
    frames = frames[(frames >= 0) & (frames < len(change))]
    if not len(frames):
        return 0.0, 0.0
    return places.av_align(change, frames), places.shuffled_align(change, frames)


def cross_fed(
    network: Paint,
    own: Drawing,
    other: Drawing,
    samples: Samples,
    *,
    size: Written = 256,
) -> float:
    """How differently built what is painted of another encoder's condition is, at the same
    moments, from what is painted of its own: `livegan.training.places.apart`."""
    rows = []
    for drawing in (own, other):
        conditions = Conditions(samples, [drawing], size)
        paint = painter_of(network, conditions)
        end = len(samples) // HOP * HOP / RATE
        rows.append([paint(time) for time in places.moments(end)])
    return places.apart(*rows)


def _stretches(end: float, count: int, seconds: float, fps: float) -> list[list[float]]:
    """Times of frames in ``count`` parts of a sound, evenly spread and not overlapping."""
    if end <= count * seconds:
        count, seconds = 1, min(seconds * count, end)
    gap = (end - count * seconds) / (count + 1)
    starts = [gap + i * (seconds + gap) for i in range(count)]
    return [[start + i / fps for i in range(int(seconds * fps))] for start in starts]


def painter_of(network: Paint, conditions: Conditions) -> Callable[[float], Tensor]:
    """A function from seconds to the picture of that time, (3, H, W) of 0..1."""
    _steady(network)

    @torch.no_grad()
    def paint(time: float) -> Tensor:
        drawn = torch.from_numpy(conditions.at(int(time * RATE) // HOP * HOP)[0])
        condition = drawn.permute(2, 0, 1)[None].float() / 127.5 - 1
        picture: Tensor = (network(condition)[0].float().clamp(-1, 1) + 1) / 2
        return picture

    return paint


def _steady(network: Paint) -> None:
    """A module as it plays: no dropout, norms of the training."""
    if isinstance(network, nn.Module):
        network.eval()


def onsets(envelope: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """When an attack is heard, in seconds: the hops in which the onset feature jumps.

    The envelope (hops,) rises within a hop and falls in about 150 ms, so each attack is one.
    """
    rises = np.diff(envelope, prepend=np.float32(0)) > RISE
    return (np.flatnonzero(rises) + 1) * HOP / RATE


def _after(struck: npt.NDArray[np.float64], times: list[float]) -> npt.NDArray[np.bool_]:
    """Which of ``times`` lie within 100 ms after an onset."""
    return np.array([bool(((struck <= t) & (t < struck + AFTER)).any()) for t in times], np.bool_)
