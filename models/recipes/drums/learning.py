"""Teach the drum network: what it is given, what it should say, and how it learns."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import torch
from drums.mixes import SECONDS, Mix, Studio
from numpy.lib.stride_tricks import sliding_window_view

from livegan.saving import replacing
from livegan.sound import HOP, RATE
from livegan.sound.hearing.bands import KIT_BANDS, LONG, kit_bands, powers
from livegan.sound.hearing.drum_memory import (
    CLASSES,
    FRAMES,
    HIGHEST,
    LOOK_AHEAD,
    LOWEST,
    SECOND,
    THIRD,
)
from livegan.sound.hearing.drums import DrumInput

FIRST, HIDDEN, LAST = 96, 64, 48
BATCH, PART = 16, 196
"""Mixes side by side, and hops of them that are learned from at once."""


def inputs(samples: np.ndarray) -> np.ndarray:
    """(hops, bands) network inputs of (n,) or (n, channels) samples, as a show computes them."""
    samples = samples.astype(np.float32).reshape(len(samples), -1)
    front, rows = DrumInput(), []
    padded = np.concatenate([np.zeros((LONG - HOP, samples.shape[1]), np.float32), samples])
    windows = sliding_window_view(padded, LONG, axis=0)[::HOP]  # (hops, channels, LONG)
    for start in range(0, len(windows), 1000):
        bands = kit_bands(*powers(windows[start : start + 1000]))
        rows += [front.step(row) for row in bands]
    return np.stack(rows)


def labels(mix: Mix, hops: int) -> np.ndarray:
    """(hops, classes) uint8: 1 where a stroke is to be reported, 2 where nobody cares."""
    result = np.zeros((hops, len(CLASSES)), np.uint8)
    for column, kind in enumerate(CLASSES):
        for value, times, around in ((2, mix.faint[kind], 2), (1, mix.times[kind], 1)):
            for moment in times:
                hop = int(moment * RATE) // HOP
                span = result[max(0, hop - around) : hop + around + (value == 1) + 1, column]
                span[span != 1] = 2
                if value == 1:
                    result[hop : hop + 2, column] = 1
    return result


def render(room: Studio, target: Path, shard: int, count: int) -> None:
    """Write one shard of mixes."""
    rows = []
    for i in range(count):
        mix = room.mix(np.random.default_rng([shard, i]))
        x = inputs(mix.samples)
        rows.append((x, labels(mix, len(x))))
    keep(target, rows)


def keep(target: Path, rows: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Write inputs and labels, in steps of 0.3 dB."""
    x, y = (np.stack(part) for part in zip(*rows, strict=True))
    x = np.round((x - LOWEST) * (255 / (HIGHEST - LOWEST))).astype(np.uint8)
    with replacing(target) as part, part.open("wb") as file:
        np.savez(file, x=x, y=y)


def overheard(tracks: list[np.ndarray], target: Path) -> None:
    """Write music without drums as one more shard, in pieces as long as mixes."""
    hops, rows = int(SECONDS * RATE) // HOP, []
    for track in tracks:
        x = inputs(np.asarray(track, np.float32) / 32768)
        y = np.zeros((len(x), len(CLASSES)), np.uint8)
        y[:, 2:] = 2  # there may be cymbals and timpani
        for start in range(0, len(x) - hops + 1, hops):
            rows.append((x[start : start + hops], y[start : start + hops]))
    keep(target, rows)


class Net(torch.nn.Module):
    """The network of `livegan.sound.hearing.drum_memory`, for whole stretches of time."""

    def __init__(self) -> None:
        super().__init__()
        conv = torch.nn.Conv1d
        self.first = conv(KIT_BANDS, FIRST, FRAMES)
        self.second = conv(FIRST, HIDDEN, len(SECOND), dilation=SECOND[0] // 2)
        self.third = conv(HIDDEN, HIDDEN, len(THIRD), dilation=THIRD[0] // 2)
        self.memory = torch.nn.GRU(HIDDEN, HIDDEN, batch_first=True)
        self.fourth = torch.nn.Linear(2 * HIDDEN, LAST)
        self.last = torch.nn.Linear(LAST, len(CLASSES))

    BEFORE = FRAMES - 1 + SECOND[0] + THIRD[0]
    """Frames before the first that is answered."""

    def forward(
        self, x: torch.Tensor, state: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, BEFORE + t, bands) → (n, t, classes) logits, and the memory's (1, n, HIDDEN)."""
        h = torch.relu(self.first(x.transpose(1, 2)))
        h = torch.relu(self.second(h))
        h = torch.relu(self.third(h)) + h[:, :, THIRD[0] :]
        h = h.transpose(1, 2)
        remembered, state = self.memory(h, state)
        return self.last(torch.relu(self.fourth(torch.cat([h, remembered], 2)))), state


def weights_of(net: Net) -> dict[str, np.ndarray]:
    """As `livegan.sound.hearing.drum_memory` wants them, half precision."""
    state = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    result = {}
    for layer in ("first", "second", "third"):
        # (out, in, frames) → (out, frames * in), the oldest frame first.
        weight = state[f"{layer}.weight"]
        result[f"{layer}_w"] = weight.transpose(0, 2, 1).reshape(len(weight), -1)
        result[f"{layer}_b"] = state[f"{layer}.bias"]
    for ours, theirs in (("new", "ih"), ("kept", "hh")):
        result[f"{ours}_w"] = state[f"memory.weight_{theirs}_l0"]
        result[f"{ours}_b"] = state[f"memory.bias_{theirs}_l0"]
    for layer in ("fourth", "last"):
        result[f"{layer}_w"] = state[f"{layer}.weight"]
        result[f"{layer}_b"] = state[f"{layer}.bias"]
    return {name: np.ascontiguousarray(value.astype(np.float16)) for name, value in result.items()}


class Practice:
    """All mixes, and ways to disturb them."""

    def __init__(self, x: np.ndarray, y: np.ndarray, seed: int) -> None:
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.drumless = torch.nonzero(~(self.y[:, :, :2] == 1).any(1).any(1))[:, 0]
        self.rng = torch.Generator().manual_seed(seed)

    def draw(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(count, hops, bands) inputs and their labels, disturbed."""
        rows = torch.randint(0, len(self.x), (count,), generator=self.rng)
        x = self.levels(rows)
        # Another band, one without kicks and snares, plays along below some of them.
        if len(self.drumless):
            others = torch.randint(0, len(self.drumless), (count,), generator=self.rng)
            below = 0.05 + 0.8 * torch.rand(count, 1, 1, generator=self.rng)
            below[torch.rand(count, generator=self.rng) < 0.5] = 9.0
            other = self.levels(self.drumless[others]) - below
            x = torch.logaddexp(x * LOG, other * LOG) / LOG
        knots = 0.2 * torch.randn(count, 1, 7, generator=self.rng)
        curve = torch.nn.functional.interpolate(knots, KIT_BANDS, mode="linear", align_corners=True)
        curve = curve + 0.1 * torch.randn(count, 1, KIT_BANDS, generator=self.rng)
        x = x + curve + 0.15 * torch.randn(count, 1, 1, generator=self.rng)
        floor = LOWEST + 1.3 * torch.rand(count, 1, 1, generator=self.rng)
        floor[torch.rand(count, generator=self.rng) < 0.65] = LOWEST
        return torch.maximum(x, floor).clamp(max=HIGHEST), self.y[rows]

    def levels(self, rows: torch.Tensor) -> torch.Tensor:
        """(n, hops, bands) inputs as they were rendered."""
        return self.x[rows].float() * ((HIGHEST - LOWEST) / 255) + LOWEST


LOG = 2 * float(np.log(10))
WEIGHT = torch.tensor([1.0, 1.0, 0.3, 0.3])


def loss_of(said: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Weighted cross-entropy; ``wanted`` belongs to the hops that are told now."""
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        said, (wanted == 1).float(), reduction="none"
    )
    return (loss * (wanted != 2) * WEIGHT).mean()


def train(work: Path, minutes: float, state: Path, seed: int = 0) -> Net:
    """Learn from the shards in ``work``, going on from ``state`` if a run was stopped.

    The memory's state at the end of one batch is its state at the start of the next: as in a
    show, music follows other music.
    """
    shards = [np.load(path) for path in sorted(work.glob("m*.npz"))]
    x, y = (np.concatenate([s[key] for s in shards]) for key in ("x", "y"))
    # What is said at frame n is whether hop n - LOOK_AHEAD began a stroke.
    y = np.roll(y, LOOK_AHEAD, axis=1)
    y[:, :LOOK_AHEAD] = 2
    order = np.random.default_rng(seed).permutation(len(x))
    x, y = x[order], y[order]
    kept = len(x) - max(16, len(x) // 25)
    torch.manual_seed(seed)
    net = Net()
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    spent, step = 0.0, 0
    if state.exists():
        known = torch.load(state, weights_only=True)
        net.load_state_dict(known["net"])
        optimiser.load_state_dict(known["optimiser"])
        spent, step = known["spent"], known["step"]
    practice = Practice(x[:kept], y[:kept], seed + step)
    check = Practice(x[kept:], y[kept:], seed)
    hops, memory, saved = x.shape[1], None, spent
    mean, begin = 0.0, time.monotonic() - spent
    while spent < 60 * minutes:
        batch, wanted = practice.draw(BATCH)
        for start in range(Net.BEFORE, hops - PART + 1, PART):
            share = spent / (60 * minutes)
            for group in optimiser.param_groups:
                fade = max(0.01, 0.5 * (1 + math.cos(math.pi * share)))
                group["lr"] = 2.5e-3 * min(1.0, (step + 1) / 200) * fade
            said, memory = net(batch[:, start - Net.BEFORE : start + PART], memory)
            memory = memory.detach()
            loss = loss_of(said, wanted[:, start : start + PART])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            step += 1
            mean += 0.02 * (float(loss.detach()) - mean)
        spent = time.monotonic() - begin
        if spent - saved > 60 or spent >= 60 * minutes:
            saved = spent
            with torch.no_grad():
                every = check.levels(torch.arange(len(check.x)))
                said, _ = net(every)
                value = float(loss_of(said, check.y[:, Net.BEFORE :]))
            print(f"{spent:5.0f} s step {step} loss {mean:.4f} check {value:.4f}", flush=True)
            with replacing(state) as part:
                known = {"net": net.state_dict(), "optimiser": optimiser.state_dict()}
                torch.save(known | {"spent": spent, "step": step}, part)
    return net
