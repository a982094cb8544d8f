"""Teach the drum detector: `python tools/drums/train.py SOUNDS WORK` (see shared.py, mixes.py).

Renders practice mixes into WORK (kept between runs), trains on them for some minutes on one core,
chooses thresholds on mixes of its own, and writes livegan/sound/hearing/drums.npz.
"""

from __future__ import annotations

import argparse
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from mixes import Mix, Studio
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import lfilter
from shared import HELD_OUT, kits, pools

from livegan.sound import HOP
from livegan.sound.hearing.bands import LONG, drum_bands, powers
from livegan.sound.hearing.drums import CLASSES, CONTEXT, LOOK_AHEAD, SEEN, Averages, DrumInput

TARGET = Path(__file__).parents[2] / "livegan" / "sound" / "hearing" / "drums.npz"
# Drums to learn from; the band plays on FONTS.
KITS = (
    "FluidR3_GM.sf2",
    "TimGM6mb.sf2",
    "sf_GMbank.sf2",
    "Red_Zeppelin_4_LV2.sf2",
    "Black_Pearl_4_LV2.sf2",
)
FONTS = {False: ("FluidR3_GM.sf2", "TimGM6mb.sf2"), True: ("MuseScore_General_Full.sf3",)}


def inputs(samples: np.ndarray) -> np.ndarray:
    """(hops, bands) network inputs of mono samples, as `drums.py` computes them."""
    padded = np.concatenate([np.zeros(LONG - HOP, np.float32), samples.astype(np.float32)])
    windows = sliding_window_view(padded, LONG)[::HOP]
    bands = drum_bands(*powers(windows[:, None, :]))
    front = DrumInput()
    return np.stack([front.step(row) for row in bands])


def averages(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The running averages of :class:`livegan.sound.hearing.drums.Averages` after every frame."""
    rise = np.maximum(np.diff(x, axis=0, prepend=np.full((1, x.shape[1]), -3.0, np.float32)), 0)
    keep_level, keep_rise = Averages.KEEP
    level, _ = lfilter(
        [1 - keep_level],
        [1, -keep_level],
        x,
        axis=0,
        zi=np.full((1, x.shape[1]), -3.0 * keep_level),
    )
    return level, lfilter([5 * (1 - keep_rise)], [1, -keep_rise], rise, axis=0)


def labels(mix: Mix, hops: int) -> np.ndarray:
    """(hops, classes) uint8: 1 where a stroke is to be reported, 2 where nobody cares."""
    result = np.zeros((hops, len(CLASSES)), np.uint8)
    for column, kind in enumerate(CLASSES):
        for value, times in ((2, mix.faint[kind]), (1, mix.times[kind])):
            for moment in times:
                hop = int(moment * 48000) // HOP
                around = (
                    (hop - 1, hop + 2) if value == 1 else (hop - 2, hop - 1, hop, hop + 1, hop + 2)
                )
                for near in around:
                    if 0 <= near < hops and result[near, column] != 1:
                        result[near, column] = 2
                if value == 1:
                    result[hop : hop + 2, column] = 1
    return result


def studio(folder: Path, held_out: bool) -> Studio:
    """The studio of the training mixes, or of the test's: other kits, songs and SoundFonts."""
    fonts = [next(folder.rglob(name)) for name in FONTS[held_out]]
    songs = [path for i, path in enumerate(sorted((folder / "midi").glob("*.mid")))]
    songs = [path for i, path in enumerate(songs) if (i % 4 == 0) == held_out]
    strokes = pools(folder, held_out, HELD_OUT)
    if not held_out:
        for kind, more in kits([next(folder.rglob(name)) for name in KITS]).items():
            strokes[kind] += more
    return Studio(strokes, fonts, songs)


def render(job: tuple[Path, Path, int, int]) -> None:
    """Write one shard of mixes."""
    folder, work, shard, count = job
    target = work / f"mixes{shard:03}.npz"
    if target.exists():
        return
    room = studio(folder, False)
    rows = []
    for i in range(count):
        mix = room.mix(np.random.default_rng([shard, i]))
        x = inputs(mix.samples)
        rows.append((x.astype(np.float16), labels(mix, len(x))))
    x, y = (np.stack(part) for part in zip(*rows, strict=True))
    part = target.with_suffix(".part.npz")
    np.savez(part, x=x, y=y)
    part.replace(target)


class Net(torch.nn.Module):
    """Frames side by side with the running averages, two hidden layers."""

    def __init__(self, sizes: tuple[int, int] = (96, 40)) -> None:
        super().__init__()
        self.first = torch.nn.Linear(SEEN, sizes[0])
        self.second = torch.nn.Linear(sizes[0], sizes[1])
        self.last = torch.nn.Linear(sizes[1], len(CLASSES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.relu(self.second(torch.relu(self.first(x)))))


class Practice:
    """All frames of all mixes, drawn at random, more often where something is struck."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.mixes, self.hops, self.bands = x.shape
        self.x = torch.from_numpy(x).reshape(-1, self.bands)
        levels, rises = zip(*(averages(mix.astype(np.float32)) for mix in x), strict=True)
        self.levels = torch.from_numpy(np.concatenate(levels).astype(np.float16))
        self.rises = torch.from_numpy(np.concatenate(rises).astype(np.float16))
        self.y = torch.from_numpy(y).reshape(-1, y.shape[2])
        # What is decided at frame n is whether hop n - LOOK_AHEAD began a stroke.
        self.y = torch.roll(self.y, LOOK_AHEAD, 0)
        hop = torch.arange(len(self.x)) % self.hops
        usable = (hop > 50) & (hop < self.hops - LOOK_AHEAD - 1)
        rise = np.maximum(np.diff(x.astype(np.float32), axis=1, prepend=x[:, :1]), 0).mean(axis=2)
        moving = torch.from_numpy(rise.reshape(-1) > np.quantile(rise[::20], 0.6))
        moving |= (self.y == 1).any(1)
        for _ in range(4):
            moving |= torch.roll(moving, 1, 0)
        self.busy = torch.nonzero(usable & moving)[:, 0]
        self.calm = torch.nonzero(usable & ~moving)[:, 0]
        knots = torch.randn(4096, 1, 6) * 0.2
        curves = torch.nn.functional.interpolate(
            knots, self.bands, mode="linear", align_corners=True
        )
        # Another equaliser and loudness for every epoch of every mix, from a drawer of 4096.
        self.curves = curves[:, 0] + torch.randn(4096, 1) * 0.1

    def draw(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Network inputs and labels of random frames, disturbed."""
        calm = count // 8
        rows = torch.cat(
            [
                self.busy[torch.randint(0, len(self.busy), (count - calm,))],
                self.calm[torch.randint(0, len(self.calm), (calm,))],
            ]
        )
        curve = self.curves[torch.randint(0, 4096, (count,))]
        floor = torch.where(
            torch.rand(count, 1) < 0.35, -3.0 + 1.2 * torch.rand(count, 1), torch.tensor(-3.0)
        )
        return self.rows(rows, curve, floor), self.y[rows]

    def rows(
        self,
        rows: torch.Tensor,
        curve: torch.Tensor | None = None,
        floor: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """(n, SEEN) network inputs of frames by number."""
        frames = self.x[rows[:, None] + torch.arange(1 - CONTEXT, 1)].float()
        level, rise = self.levels[rows].float(), self.rises[rows].float()
        if curve is not None and floor is not None:
            frames = torch.maximum(frames + curve[:, None], floor[:, None]).clamp(max=0.75)
            level = torch.maximum(level + curve, floor).clamp(max=0.75)
        return torch.cat([frames.flatten(1), level, rise], 1)


def thickened(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """The same mixes with another band, one without kicks and snares, playing along below them."""
    rng = np.random.default_rng(seed)
    alone = np.nonzero(~(y[:, :, :2] == 1).any(axis=(1, 2)))[0]
    result = np.empty_like(x)
    for i in range(len(x)):
        other = x[rng.choice(alone)].astype(np.float32) - rng.uniform(0.2, 0.8)
        result[i] = np.log10(10.0 ** (2 * x[i].astype(np.float32)) + 10.0 ** (2 * other)) / 2
    return np.clip(result, -3.0, 0.75)


def train(work: Path, minutes: float, seed: int = 0, start: Path | None = None) -> Net:
    """Minimise weighted cross-entropy until the time is over, from ``start`` on if given."""
    torch.manual_seed(seed)
    shards = [np.load(path) for path in sorted(work.glob("mixes???.npz"))]
    x = np.concatenate([s["x"] for s in shards])
    y = np.concatenate([s["y"] for s in shards])
    kept = len(x) - max(8, len(x) // 20)
    check = Practice(x[kept:], y[kept:])
    x, y = x[:kept], y[:kept]
    practice = Practice(np.concatenate([x, thickened(x, y, seed)]), np.concatenate([y, y]))
    check_rows = check.busy[:: max(1, len(check.busy) // 20000)]
    check_x, check_y = check.rows(check_rows), check.y[check_rows]
    net = Net()
    if start is not None:
        with np.load(start) as weights, torch.no_grad():
            for name in ("first", "second", "last"):
                layer = getattr(net, name)
                layer.weight.copy_(torch.from_numpy(weights[f"{name}_w"].T.astype(np.float32)))
                layer.bias.copy_(torch.from_numpy(weights[f"{name}_b"].astype(np.float32)))
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=2e-3)
    weight = torch.tensor([1.0, 0.8, 0.4, 0.3])

    def loss_of(seen: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            net(seen), (wanted == 1).float(), reduction="none"
        )
        return (loss * (wanted != 2) * weight).mean()

    begin, step = time.monotonic(), 0
    while (used := (time.monotonic() - begin) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1.0, step / 100) * max(0.01, 0.5 * (1 + np.cos(np.pi * used)))
        loss = loss_of(*practice.draw(2048))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 250 == 0:
            with torch.no_grad():
                value = float(loss_of(check_x, check_y))
            print(f"{used:5.0%} step {step} loss {float(loss):.4f} check {value:.4f}", flush=True)
    return net


def write(net: Net, target: Path) -> None:
    """The weights, half precision, transposed for `x @ w`."""
    state = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    names = {}
    for layer in ("first", "second", "last"):
        names[f"{layer}_w"] = state[f"{layer}.weight"].T
        names[f"{layer}_b"] = state[f"{layer}.bias"]
    part = target.with_suffix(".part.npz")
    np.savez_compressed(part, **{name: value.astype(np.float16) for name, value in names.items()})
    part.replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sounds", type=Path, help="folder with the unpacked packages")
    parser.add_argument("work", type=Path, help="folder for rendered mixes")
    parser.add_argument("--shards", type=int, default=24, help="of 100 mixes of 12 s")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--render-only", action="store_true")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    jobs = [(given.sounds, given.work, shard, 100) for shard in range(given.shards)]
    with get_context("spawn").Pool(given.processes) as pool:
        for done, _ in enumerate(pool.imap_unordered(render, jobs), 1):
            print(f"{done} of {len(jobs)} shards", file=sys.stderr, flush=True)
    if not given.render_only:
        # Batches this small gain nothing from a second thread.
        torch.set_num_threads(1)
        write(train(given.work, given.minutes, start=given.start), given.out)


if __name__ == "__main__":
    main()
