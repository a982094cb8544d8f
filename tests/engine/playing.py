"""A show without a stage for tests: a folder, small models with random weights, recorded sound."""

from __future__ import annotations

import functools
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.program.build import Builder
from livegan.engine.program.hearings import GivenSounds
from livegan.engine.program.player import Frame, NoControls, Player
from livegan.engine.program.program import Program
from livegan.generators import Card, save_checkpoint
from livegan.generators.networks.small import SmallGenerator
from livegan.ipc.messages import Commit, Fault, FromEngine
from livegan.ipc.wire import encode
from livegan.rehearsal import follow
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.history import History, RecordedHistory
from livegan.sound.soundtrack import Playhead
from livegan.stage.control.tempo_choice import TempoChoice

SIZE = 64
MODELS = ("stone", "water", "fire")


SET = """
from livegan.live import *
import {modules}
settings(swap="now", dissolve=0)

{top}

@encoder
def bars(sound, *, size):
    {leaf}
    return skyline(sound.peaks(size[1], 4.0), size)

show(bars(listen()))
"""


def one_leaf(top: str = "pass", leaf: str = "pass", *, modules: str = "os") -> str:
    """A set with a line at its top level, and one in its leaf."""
    return SET.format(top=top, leaf=leaf, modules=modules)


@functools.cache
def sound(seconds: float = 24.0) -> tuple[Any, Any]:
    """(samples, features) of a plain beat at 120 bpm with a melody over it."""
    n = int(seconds * 48000)
    t = np.arange(n) / 48000
    beat = t % 0.5
    kick = np.sin(2 * np.pi * (50 * beat + 8 * (1 - np.exp(-beat * 30)))) * np.exp(-beat * 12)
    tone = 0.2 * np.sin(2 * np.pi * 440 * 2 ** (np.floor(t * 2) % 5 / 12) * t)
    hiss = np.random.default_rng(1).normal(0, 0.05, n) * np.exp(-(t % 0.25) * 40)
    mono = (0.7 * kick + tone + hiss).astype(np.float32)
    samples = np.stack([mono, np.roll(mono, 24)], axis=1)
    return samples, Analyzer().feed(samples)


@functools.cache
def weights(name: str) -> Any:
    """The same random weights for a name, every time."""
    torch.manual_seed(MODELS.index(name))
    return SmallGenerator(width=8, side=128, fold=2).eval()


def make_models(folder: Path) -> None:
    """Small checkpoints with random weights, and a damaged one."""
    for name in MODELS:
        card = Card(name=name, encoder="levels", size=SIZE, norm="running")
        save_checkpoint(folder / name, weights(name), card)
    whole = (folder / "stone" / "model.safetensors").read_bytes()
    (folder / "broken.safetensors").write_bytes(whole[: len(whole) // 2])


class Show:
    """A set in a folder of its own, played on a virtual clock at 25 pictures a second."""

    def __init__(self, folder: Path, text: str, *, size: int = SIZE, device: str = "cpu") -> None:
        self.folder = folder
        (folder / "sets").mkdir(parents=True, exist_ok=True)
        make_models(folder / "models")
        self.path = folder / "sets" / "set.py"
        self.path.write_text(text, encoding="utf-8")
        samples, features = sound()
        self.history = Playhead(RecordedHistory(samples, features))
        self.history.position = 2 * 48000
        self.messages: list[dict[str, Any]] = []
        self.faults: list[dict[str, Any]] = []
        self.sounds: dict[str, History] = {}
        """What the show hears besides its own sound, by key."""
        given = GivenSounds(self.sounds)
        self.player = Player(
            self.history,
            fps=25,
            device=torch.device(device),
            on_fault=self.failed,
            sounds=given,
        )
        builder = Builder(folder, size=size, device=device)
        self._tempo, self._followed = TempoChoice(), 0
        self.pipeline = Pipeline(self.path, folder, builder, self.player, self.emit)

    def emit(self, message: FromEngine) -> None:
        """Keep a message as it is sent and written."""
        self.messages.append(encode(message))

    def failed(self, fault: Fault) -> None:
        """Keep what failed on the air."""
        self.faults.append(asdict(fault))

    def save(self, text: str | None = None) -> Commit | None:
        """Save a text (or what the file says by now) and propose it."""
        if text is not None:
            self.path.write_text(text, encoding="utf-8")
        commit = self.pipeline.propose(self.path.read_text(encoding="utf-8"))
        if self.player.program is None and self.player.cued is not None:
            self._follow(self.player.cued.program)
        return commit

    def _follow(self, program: Program | None) -> None:
        """Let the tempo of the set on the air lead, as a stage does."""
        if program is not None and program.version != self._followed:
            self._followed = program.version
            self._tempo = follow(self._tempo, program, self.history, self.emit, NoControls())

    def play(self, seconds: float = 0.04) -> list[Frame]:
        """Play on; every frame shown."""
        frames = []
        for _ in range(round(seconds * 25)):
            self.history.position += 1920
            frame = self.player.frame(self.history.position)
            assert frame is not None
            self._follow(self.player.program)
            frames.append(frame)
        return frames
