"""The messages between the stage and its engine: one frozen dataclass each, checked at both ends.

On the pipe a message is a plain dict with ``type``, as in the show log: `livegan.ipc.wire` makes
and checks it. Both ends are of one livegan; ``hello`` says by number which messages an engine
speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

VERSION = 1
"""Of the messages: raised when one of them changes its meaning."""

Status = Literal["proposed", "proven", "cued", "on_air", "refused", "superseded"]
Row = Mapping[str, Any]


# Engine → stage ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hello:
    """An engine is there."""

    pid: int
    device: str = ""
    precision: str = ""
    speaks: int = VERSION


@dataclass(frozen=True)
class Alive:
    """The interpreter runs: frames so far, frames a second, and what is being built or proven."""

    frame: int = 0
    fps: float = 0.0
    node: str = ""
    pace: str = ""
    """What is done to hold the rate, or that it is too low; empty if neither."""


@dataclass(frozen=True)
class Ready:
    """Of a standby: the number of the program that it would play."""

    version: int | None


@dataclass(frozen=True)
class Poisoned:
    """The GPU's context is lost; the process ends."""

    reason: str


@dataclass
class Commit:
    """A save on its way to the air. Times are seconds of show time; places are ``file:line``.

    The pipeline changes the one that it has; each message is a copy.
    """

    id: int = 0
    at: float = 0.0
    file: str = ""
    status: Status = "proposed"
    reason: str = ""
    where: str = ""
    kept: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    version: int = 0
    digest: str = ""
    source: str = ""
    """The text; before it is on the air no more of it than can be shown."""
    changed: list[int] = field(default_factory=list)
    """Numbers of the lines that are new or changed, from 1."""
    on_air_at: float | None = None
    proven_ms: float | None = None
    plugins: list[str] = field(default_factory=list)
    """Names of the plugins that were reloaded for it."""
    sources: list[str] = field(default_factory=list)
    """Sources, ``package:name``, whose code or files are others by now."""
    texts: dict[str, str] = field(default_factory=dict)
    """Of what is on the air: what the plugin files said that it is made of, by path."""
    safe: bool = False
    """It is the safe set."""


@dataclass(frozen=True)
class Fault:
    """A node failed on the air."""

    node: str
    where: str
    reason: str
    at: float


@dataclass(frozen=True)
class Slots:
    """What the thumb ring shows, left to right: ``name``, ``model``, ``condition``."""

    slots: Sequence[Row]


@dataclass(frozen=True)
class OutputsOnAir:
    """The extra pictures of a set: ``name``, ``kind``, ``ring``, and which plugin shows them."""

    outputs: Sequence[Row]


@dataclass(frozen=True)
class Sources:
    """The live picture sources that are to be open, each (kind, argument), and the canvas in
    pixels. With ``only`` no others are on the air."""

    names: Sequence[Sequence[str]]
    height: int
    width: int
    only: bool


@dataclass(frozen=True)
class Patches:
    """The patches of a set, a row each: ``key``, ``where``, ``audible`` and ``code`` (of one of a
    plugin). With ``only`` the set is on the air, and no others are played; without, those that do
    not play yet are started beside what plays."""

    patches: Sequence[Row]
    set: str
    """The file, and what it says."""
    text: str
    digest: str
    """Of the save: what the set imports counts as well."""
    seed: int
    beats_per_bar: int
    only: bool


@dataclass(frozen=True)
class Settings:
    """What the set on the air says of the music: its tempo, None to follow it, and its bars; and
    which controls it listens to, by their names in the control table; of its knobs also ``name``,
    ``default``, ``low``, ``high`` and ``doc``."""

    bpm: float | None
    beats_per_bar: int = 4
    controls: Sequence[str] = ()
    knobs: Sequence[Row] = ()
    tempo: str = ""
    """What leads the beat where that is no number: a word of `livegan.plugin.tempo_wish`."""
    lookahead: float = 0.0
    """Milliseconds by which the beat is ahead."""
    sends: Sequence[Row] = ()
    """What it sends: ``key``, ``count`` and ``by`` ("osc" or "midi") of each; for OSC ``address``,
    ``host`` and ``port``; for MIDI ``kind``, ``number``, ``channel``, ``port`` and ``light``."""
    inputs: Sequence[str] = ()
    """The named inputs that it listens to."""
    autopilot: Row = field(default_factory=dict)
    """How the autopilot is to play: see `livegan.plugin.autopilot_wish`."""
    change: float = 16.0
    """The least time between two of its moves, in beats."""
    swap: float = 4.0
    """The grid of beats that a save waits for; 0 for none."""


@dataclass(frozen=True)
class LineValues:
    """What signals and nodes of a program were worth in its newest frame, a row each, told while
    somebody asks with `TellValues`.

    ``signals``: ``file``, ``line``, ``name``, ``value``, and ``role``: ``parameter`` of a node in
    that line, ``value`` that is used elsewhere, or ``part`` of another expression in that line.
    ``nodes``: ``file``, ``line``, ``name``, ``kind``, and ``ms`` that it
    took to draw. ``file`` is empty for the set itself.
    """

    version: int
    signals: Sequence[Row]
    nodes: Sequence[Row]


@dataclass(frozen=True)
class SafeSetReady:
    """Whether a safe set was proven, or why not."""

    ready: bool
    file: str
    reason: str = ""


@dataclass(frozen=True)
class Obeyed:
    """What a key asked for is done."""

    order: Literal["undo", "safe"]


@dataclass(frozen=True)
class Note:
    """One line for the HUD, the log and the terminal."""

    text: str


@dataclass(frozen=True)
class Waiting:
    """What the show goes on without, in a line that stays until it comes again, empty."""

    what: str = field(metadata={"wire": "for"})
    text: str = ""


# Of the stage itself -----------------------------------------------------------------------------


@dataclass(frozen=True)
class EngineNews:
    """What became of the engine: ``kind`` is "phase", "death", "recovery", "blocked" or
    "standby", ``phase`` the supervisor's."""

    kind: str
    phase: str
    text: str = ""
    pid: int | None = None
    how: str = ""
    """Of a death: how it ended."""
    node: str = ""
    where: str = ""
    """What it was at."""
    gap_s: float | None = None
    """Of a recovery: for how long there was no engine."""


@dataclass(frozen=True)
class PrintedLines:
    """What code of a set printed, shortened."""

    lines: Sequence[str]


# Stage → engine ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Undo:
    """Bring the program before this one back; answered by `Obeyed`."""


@dataclass(frozen=True)
class Safe:
    """Put the safe set on the air, or take it off; answered by `Obeyed`."""


@dataclass(frozen=True)
class SwapNow:
    """Do not wait for the beat: what is cued goes on the air with the next frame."""


@dataclass(frozen=True)
class PlayScene:
    """Take another set to the air, as if it were saved: its absolute path."""

    file: str


@dataclass(frozen=True)
class Solo:
    """Show one slot alone, from 0; None shows all."""

    slot: int | None


@dataclass(frozen=True)
class Thumbs:
    """Whether the strip of thumbnails is to be drawn."""

    on: bool


@dataclass(frozen=True)
class TellValues:
    """Somebody follows the values of signals and nodes: send `LineValues` for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class SourceRings:
    """The picture rings of all live sources that are open, by source."""

    rings: Mapping[str, str]


@dataclass(frozen=True)
class Keep:
    """To a standby: make the program of this on_air message ready."""

    resume: Row


@dataclass(frozen=True)
class TakeOver:
    """To a standby: play, and what to return to if that is refused."""

    resume: Row | None
    earlier: Sequence[Row] = ()
    blocked: Sequence[str] = ()


@dataclass(frozen=True)
class Quit:
    """End."""


FromEngine = (
    Hello | Alive | Ready | Poisoned | Commit | Fault | Slots | OutputsOnAir | Sources
    | Patches | Settings | LineValues | SafeSetReady | Obeyed | Note | Waiting
)  # fmt: skip
FromStage = EngineNews | PrintedLines
EngineMessage = FromEngine | FromStage
"""What the stage hears of its engine."""
ToEngine = (
    Undo | Safe | SwapNow | PlayScene | Solo | Thumbs | TellValues | SourceRings | Keep | TakeOver
    | Quit
)  # fmt: skip
Message = EngineMessage | ToEngine

NAMES: dict[type, str] = {
    OutputsOnAir: "outputs",
    SafeSetReady: "safe",
    EngineNews: "engine",
    PrintedLines: "printed",
    TakeOver: "take_over",
    SourceRings: "source_rings",
    SwapNow: "swap_now",
    TellValues: "tell_values",
    LineValues: "values",
    PlayScene: "scene",
}
"""What a message is called on the pipe, where that is not the name of its class."""


def _by_name(kinds: Any) -> dict[str, type]:
    return {NAMES.get(kind, kind.__name__.lower()): kind for kind in get_args(kinds)}


FROM_ENGINE = _by_name(FromEngine)
"""What an engine says, by ``type``."""
FROM_STAGE = _by_name(FromStage)
"""What the stage says of its engine, in the show log."""
TO_ENGINE = _by_name(ToEngine)
"""Messages to an engine, by ``type``."""
TYPES = {
    kind: name for kinds in (FROM_ENGINE, FROM_STAGE, TO_ENGINE) for name, kind in kinds.items()
}
"""What each message is called on the pipe."""
