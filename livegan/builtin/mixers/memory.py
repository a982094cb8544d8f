"""Mixers that remember: what was, mixed with what is."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from livegan.builtin.mixers.sampling import EDGES, affine_sample
from livegan.plugin import Now, param

if TYPE_CHECKING:
    from torch import Tensor

STEP = 1 / 30
"""Seconds that amounts a frame are meant for; at other rates they are converted."""
CELLS = 32
"""Rows of cells that changes are measured in, and columns in a square picture."""


class Feedback:
    """Trails: the picture over its previous output, which is zoomed, turned, moved and dimmed.

    The previous output is its own last picture, or ``previous``, such as ``prev("a")``.
    """

    def __init__(self) -> None:
        self.last: Tensor | None = None

    def mix(
        self,
        picture: Tensor,
        previous: Tensor | None = None,
        *,
        amount: float = param(0.85, 0.0, 1.0, "how much of the previous frame to keep"),
        zoom: float = param(1.02, 0.25, 4.0, "zoom by this factor every thirtieth of a second"),
        turn: float = param(0.0, -0.5, 0.5, "every thirtieth of a second", unit="turns"),
        x: float = param(0.0, -0.5, 0.5, "to the right, in widths, every thirtieth of a second"),
        y: float = param(0.0, -0.5, 0.5, "down, in heights, every thirtieth of a second"),
        decay: float = param(0.0, 0.0, 1.0, "how much darker every thirtieth of a second"),
        over: str = param(
            "mix", doc="how to combine the two", choices=("mix", "lighten", "screen", "difference")
        ),
        edge: str = param("mirror", doc="what to show outside the picture", choices=EDGES),
        now: Now,
    ) -> Tensor:
        """The picture with its trail."""
        before = self.last if previous is None else previous
        if before is None or before.shape != picture.shape:
            before = picture
        else:
            before = unless_spoiled(before, picture)
        steps = now.dt / STEP if now.dt > 0 else 1.0
        if (zoom, turn, x, y) != (1.0, 0.0, 0.0, 0.0):
            before = affine_sample(
                before, zoom=zoom**steps, turn=turn * steps, move=(x * steps, y * steps), edge=edge
            )
        kept, light = amount**steps, (1 - decay) ** steps
        if over == "mix":
            out = (picture * (1 - kept)).add_(before, alpha=kept * light)
        else:
            before = before * (kept * light)
            if over == "lighten":
                out = picture.maximum(before)
            elif over == "screen":
                out = picture.addcmul(before, 1 - picture)
            else:
                out = (picture - before).abs_()
        self.last = out.clamp_(0, 1)
        return self.last


class Smooth:
    """Slow motion of colours: each pixel follows the picture slowly."""

    def __init__(self) -> None:
        self.last: Tensor | None = None

    def mix(
        self,
        picture: Tensor,
        *,
        seconds: float = param(0.3, 0.0, 30.0, "time until two thirds of a change show", unit="s"),
        now: Now,
    ) -> Tensor:
        """The picture, behind by about ``seconds``."""
        last = self.last
        if last is None or last.shape != picture.shape or seconds <= 0:
            self.last = picture.clone()
        else:
            last = unless_spoiled(last, picture)
            self.last = last.lerp(picture, 1 - exp(-now.dt / seconds))
        return self.last


class Deflicker:
    """Reduce flicker: average small changes over time, and let large changes pass at once.

    Motion-adaptive temporal averaging, as in noise reduction for television (Dennis 1980).  The
    change from the last output is averaged, with its sign, in square cells.  Grain and texture
    cancel out there; light and moving shapes do not.  Before a model, it steadies the condition.
    """

    def __init__(self) -> None:
        self.last: Tensor | None = None

    def mix(
        self,
        picture: Tensor,
        *,
        seconds: float = param(
            0.3, 0.0, 30.0, "time until two thirds of the smallest changes show", unit="s"
        ),
        threshold: float = param(
            0.1, 0.0, 1.0, "smallest change of brightness that passes at once"
        ),
        now: Now,
    ) -> Tensor:
        """The picture, steadied."""
        import torch.nn.functional as F

        last = self.last
        if last is None or last.shape != picture.shape or seconds <= 0 or threshold <= 0:
            self.last = picture.clone()
            return self.last
        change = picture - last
        means = cells(change)
        # What is not a number is the engine's to judge, and must not stay here.
        spoiled = not_finite(means)
        if spoiled is True:
            self.last = picture.clone()
            return self.last
        # Never quite none, so that a large change passes even if no time does.
        passed = max(now.dt, 1e-3)
        calm = (1 - means.abs_().amax(0, keepdim=True) / threshold).clamp_(0, 1)
        kept = calm.pow_(passed / STEP) * exp(-passed / seconds)
        shape = (picture.shape[1], picture.shape[2])
        kept = F.interpolate(kept[None], shape, mode="bilinear", align_corners=False)[0]
        steadied = picture.addcmul(change, kept, value=-1).clamp_(0, 1)
        self.last = steadied if spoiled is False else picture.where(spoiled, steadied)
        return self.last


def unless_spoiled(picture: Tensor, instead: Tensor) -> Tensor:
    """A picture that is remembered, or another if it is not a number somewhere: it would be so for
    ever."""
    spoiled = not_finite(picture)
    if isinstance(spoiled, bool):
        return instead if spoiled else picture
    return instead.where(spoiled, picture)


def not_finite(picture: Tensor) -> bool | Tensor:
    """Whether something in it is not a number. A graphics card, which works on its own, is not
    asked: it is a tensor there."""
    from livegan.generators.device import works_alone  # torch, which a set does without

    found = picture.sum().isfinite().logical_not()
    return found if works_alone(picture.device) else bool(found)


def cells(picture: Tensor) -> Tensor:
    """(3, rows, columns): the mean of each cell of a picture."""
    import torch.nn.functional as F

    _, height, width = picture.shape
    rows = min(CELLS, height)
    columns = min(max(round(rows * width / height), 1), width)
    if height % rows or width % columns:
        return F.adaptive_avg_pool2d(picture[None], (rows, columns))[0]
    # By rows, then by columns, which is several times as fast.
    strips = picture.reshape(3, rows, -1, width).sum(2)
    sums = strips.reshape(3, rows, columns, -1).sum(3)
    return sums * (rows * columns / (height * width))
