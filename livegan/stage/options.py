"""What a show is started with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from livegan.size import UNSAID, Size, Written
from livegan.stage.fallback.ladder import Asked
from livegan.stage.flash.flash_guard import Mode
from livegan.stage.panel.panel_address import PanelAddress
from livegan.stage.supervision.engine_process import ENGINE
from livegan.stage.supervision.health import Limits
from livegan.stage.supervision.memory_limit import room

Journaling = Literal["", "full", "small"]

STANDBY_ALIVE, STANDBY_FRAME = 3.0, 5.0
"""Seconds, as in `Limits`: to take over is quick."""
BEYOND = 1.1
"""Times what an engine may hold: what asks for more at once is refused."""


@dataclass(frozen=True)
class Options:
    """The options of `livegan perform`; each is explained where it is not plain."""

    set: Path
    scenes: tuple[Path, ...] = ()
    """All sets that the show moves between, ``set`` among them; none for a show of one."""
    folder: Path | None = None
    """The working folder, for plugins, models and shows; that of the process if None."""
    audio: str | None = None
    """``device:NAME``, a file, ``demo`` or ``silence``; None is the default input: see
    `livegan.sound.sources.parse_source`. With ``inputs`` None is their sum."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Named inputs: what ``audio`` takes, by name."""
    osc: tuple[tuple[str, int], ...] = ()
    """Hosts and ports on which OSC is received from the start: see `livegan.stage.hands.hands`."""
    panel: PanelAddress | None = None
    """Where the phone panel listens; None is without one."""
    audible: bool = True
    """Sound of a file is played through the output device."""
    output: str = ""
    """The sound output of patches that the room hears, a part of its name and channels, such as
    ``"USB Audio:3,4"``; empty is the default one."""
    monitor: bool = False
    """Sound that comes over a network is played through that output as well."""
    loop: bool = True
    """A file begins again at its end."""
    bpm: float | None = None
    """A fixed tempo; found in the sound if None."""
    fps: float = 0.0
    size: Written = UNSAID
    """Pictures a second, and the canvas; 0, or a size of no pixels, is what the set says."""
    device: str = "auto"
    seed: int = 0
    window: tuple[int, int] | None = None
    """Width and height of the window, in pixels; None takes the shape of what is shown."""
    fullscreen: bool = False
    display: int | None = None
    """Which display the audience sees, from 0; None is the second one if there are two."""
    operator: bool | None = None
    """The stage's window is the operator's, and the audience has another; None if there are two
    displays and no size of the window is given."""
    hud: bool = True
    code: bool = False
    record: Path | None = None
    """A film of what the audience sees, from the start; None waits for the key ``r``."""
    """Whether HUD and code are shown from the start."""
    flash_guard: Mode = "on"
    """Keeps flashes within what is safe for the audience: see `livegan.stage.flash.flash_guard`."""
    safe: Path | None = None
    """The set that a key puts on the air at once; none if None."""
    rung: Asked = ""
    """The rung to begin on, until a key leaves it: see `livegan.stage.fallback.ladder`."""
    standby: bool = False
    """A second engine is kept ready, and takes over when the first dies or hangs."""
    memory: float | None = None
    """GB (1e9 bytes) that an engine may hold before it is replaced; 0 is no limit, None is three
    quarters of the machine's."""
    seconds: float | None = None
    """Ends by itself after so long; None plays on."""
    log: Path | None = None
    """The show log; ``shows/DATE.jsonl`` of the working folder if None."""
    journal: Journaling = ""
    """What is kept of the show in ``shows/DATE/``: "full", "small" (sound as Opus), or nothing."""
    journal_limit: float = 20e9
    """Bytes that all journals of the working folder may take."""
    autopilot: str | None = None
    """The package whose moves the autopilot makes, empty for all; it plays from the start unless
    this is None. A key hands over either way."""
    followed: dict[str, Path] = field(default_factory=dict)
    """Models by name that are played from where a training writes them, there or not."""
    stand_ins: dict[str, str] = field(default_factory=dict)
    """Files by the source that they are played in place of: see `livegan.picture_sources.stand_in`.
    """
    engine: str = ENGINE
    """The engine's entry, ``module:function``."""
    limits: Limits = field(default_factory=Limits)
    largest: tuple[int, int] = (2160, 3840)
    """Height and width of the largest picture a set can show: any shape of so many pixels."""

    @property
    def supervision(self) -> Limits:
        """The limits of the engines. Where one stands by, less patience is needed."""
        limits = replace(self.limits, memory=room(self.memory, engines=1 + self.standby))
        if not self.standby:
            return limits
        return replace(
            limits,
            alive=min(limits.alive, STANDBY_ALIVE),
            frame=min(limits.frame, STANDBY_FRAME),
        )

    @property
    def working(self) -> Path:
        """The working folder, absolute."""
        return Path(os.path.abspath(self.folder or Path.cwd()))

    def of_engine(self, rings: Mapping[str, str], journal: Path | None = None) -> dict[str, Any]:
        """The options that an engine is started with; ``rings`` are the names of its rings."""
        return {
            "journal": str(journal) if journal is not None else None,
            "memory": round(BEYOND * self.supervision.memory),
            "set": str(self.set),
            "scenes": [str(scene) for scene in self.scenes],
            "folder": str(self.working),
            **rings,
            "fps": self.fps,
            "size": Size.read(self.size).plain,
            "device": self.device,
            "seed": self.seed,
            "safe": str(self.safe) if self.safe is not None else None,
            "stand_ins": dict(self.stand_ins),
            "followed": {name: str(path) for name, path in self.followed.items()},
        }
