"""A show without a stage on a device: the demo track, and a set as a text."""

from __future__ import annotations

from pathlib import Path

import torch

from livegan import share
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.program.build import Builder
from livegan.engine.program.player import Frame, Player
from livegan.engine.program.program import Program
from livegan.sound import HOP, RATE
from livegan.sound.history import RecordedHistory
from livegan.sound.media import decode
from livegan.sound.soundtrack import Playhead

HEARD_S = 40
FIRST_S = 15
"""Seconds of the track that were heard before the first frame."""
FPS = 30


class DeviceShow:
    """Plays a set frame by frame, as fast as it is asked to.

    Raises
    ------
    RuntimeError
        If the set is refused; says why.
    """

    def __init__(self, text: str, folder: Path, device: torch.device, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "set.py"
        path.write_text(text, encoding="utf-8")
        self.history = Playhead(RecordedHistory.of(decode(share.demo_track())[: HEARD_S * RATE]))
        self.history.position = FIRST_S * RATE
        self.player = Player(self.history, fps=FPS, device=device)
        builder = Builder(folder, size=size, device=device)
        pipeline = Pipeline(path, folder, builder, self.player, lambda message: None)
        commit = pipeline.propose(text)
        if commit is None or commit.status == "refused" or self.player.cued is None:
            raise RuntimeError(commit.reason if commit else "the set cannot be read")
        self.program: Program = self.player.cued.program
        self.faults: list[str] = []
        self.player.on_fault = lambda fault: self.faults.append(f"{fault.node}: {fault.reason}")

    def frame(self, number: int) -> Frame:
        """The frame of a number, a thirtieth of a second after the one before."""
        position = FIRST_S * RATE + round(number % (20 * FPS) / FPS * RATE)
        self.history.position = position // HOP * HOP
        frame = self.player.frame(self.history.position)
        assert frame is not None
        return frame

    def close(self) -> None:
        """End its threads."""
        self.player.close()
