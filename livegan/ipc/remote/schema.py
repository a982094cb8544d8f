"""The messages between a show and its clients: one frozen dataclass each, checked at both ends.

On the wire a message is a line of JSON, an object with ``type``. ``docs/remote.md`` lists them for
people who write clients; a test holds that page to this module.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from livegan.ipc.messages import Row, Safe, Solo, SwapNow, Undo
from livegan.ipc.wire import BadMessage, decode

VERSION = 1
"""Of these messages: raised when one of them changes its meaning."""
LONGEST_LINE = 4096
"""Bytes of a line that a client sends."""
LONGEST_NUMBER = 300
"""Digits of a whole number."""
FASTEST, SLOWEST = 0.05, 3600.0
"""Seconds between two states, at least and at most."""


# Client → show -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Enter:
    """The first line of a client: the token of the show, from its address file."""

    token: str
    speaks: int = VERSION


@dataclass(frozen=True)
class Follow:
    """Send the state now, and again every so many seconds; 0 sends it once and ends a stream."""

    every: float = 0.0
    thumbs: bool = False
    """Each slot has its picture, too. The engine draws them for as long as somebody asks."""
    values: bool = False
    """With the values of signals and the times of nodes, by line."""


@dataclass(frozen=True)
class AskText:
    """Send the text on the air, answered by `SetText`."""


@dataclass(frozen=True)
class SetKnob:
    """Turn a knob of the set, in the knob's own range."""

    name: str
    value: float


@dataclass(frozen=True)
class HitPad:
    """Strike a pad of the set, 0..1."""

    name: str
    strength: float = 1.0


@dataclass(frozen=True)
class LearnControl:
    """Let the next control that moves move a knob or pad of the set from now on; with ``forget``,
    let none that was learnt for it do so. Without a name, stop waiting for one."""

    name: str = ""
    forget: bool = False


@dataclass(frozen=True)
class Hold:
    """Hold the picture, or let it go on; None is the other of both, as the key does."""

    on: bool | None = None


@dataclass(frozen=True)
class FadeToBlack:
    """Fade to black, or back; None is the other of both, as the key does."""

    on: bool | None = None


@dataclass(frozen=True)
class RecordFilm:
    """Start to record picture and sound, or stop; None is the other of both, as the key does."""

    on: bool | None = None


@dataclass(frozen=True)
class SaveScreenshot:
    """Save the picture to the folder ``shows/``."""


@dataclass(frozen=True)
class ListenTo:
    """Listen to another sound: what ``--audio`` takes, also ``NAME=SOURCE`` for a named input, old
    or new. ``sum`` is that of all named inputs."""

    source: str


@dataclass(frozen=True)
class PlayOn:
    """Play what the room hears (patches, ``--monitor``) through another sound output: a part of its
    name, and channels, as ``--output`` takes it. Empty is the default one."""

    output: str = ""


@dataclass(frozen=True)
class ShowOn:
    """Show the audience's window on another display: its number, or a part of its name."""

    display: str


@dataclass(frozen=True)
class PlaySet:
    """Play another set at the next bar: number or name of a scene, or the whole path of a set."""

    name: str


@dataclass(frozen=True)
class SetTempo:
    """Fix the tempo, in beats a minute, or let something lead it: "music", "tap", "midi" or "link".
    Without either, the set decides."""

    bpm: float | None = None
    follow: str = ""


@dataclass(frozen=True)
class TapTempo:
    """Tap the tempo."""


Command = (
    Enter | Follow | SetKnob | HitPad | LearnControl | Hold | FadeToBlack | RecordFilm
    | SaveScreenshot | ListenTo | PlayOn | ShowOn | PlaySet | SetTempo | TapTempo | AskText
    | Undo | Safe | SwapNow | Solo
)  # fmt: skip
"""What a client can ask for."""


# Show → client -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Welcome:
    """The first line of a show, before it knows who is there: its name and its livegan."""

    show: str
    livegan: str
    speaks: int = VERSION


@dataclass(frozen=True)
class Answer:
    """To each command, in their order: whether it was done, and a line for the performer."""

    done: bool
    text: str = ""
    id: int = 0
    """That of the command, if it had one."""


@dataclass(frozen=True)
class ShowState:
    """How the show stands. Times are in seconds, meters and age as in the HUD."""

    show: str = ""
    """The name of the show, as in its address file."""
    set: str = ""
    """The file of the set."""
    scenes: Sequence[str] = ()
    """The files of all sets that the show moves between; ``set`` is one of them."""
    time: float = 0.0
    """Show time: seconds of sound that were heard."""
    engine: str = ""
    """Of the supervisor: starting, playing, stalled, dead, returning."""
    device: str = ""
    """On which the networks run."""
    fps: float = 0.0
    """Pictures a second of the engine."""
    pace: str = ""
    """How the engine holds the set's rate, or that this machine is too slow for it."""
    screen_fps: float = 0.0
    """Frames a second on the window."""
    age_ms: float | None = None
    """From the newest sound in the picture to the newest that was heard."""
    version: int | None = None
    """Of the program on the air, counted from 1."""
    on_air_at: float | None = None
    """Show time at which it came on the air."""
    safe: bool = False
    """The safe set is on the air."""
    commit: str = ""
    """The newest save: proposed, proven, cued, on_air, refused or superseded."""
    refusal: str = ""
    """Why the newest save was refused, or what failed on the air; empty if all is well."""
    refused_at: str = ""
    """Where, ``file:line`` with the whole path; empty where no line is to blame."""
    waiting: str = ""
    """What is waited for before the first picture."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """What the show goes on without: sound, inputs, set or log, and why."""
    notes: Sequence[str] = ()
    """Lines that are on the HUD at the moment."""
    picture: str = ""
    """The rung of the ladder: live, or what is shown instead, and why."""
    flash_guard: str = ""
    hold: str = ""
    """What the performer holds the picture on: held, drift or still; empty is live."""
    blackout: bool = False
    solo: int | None = None
    """The slot that is seen alone, from 0."""
    recording: bool = False
    sound: str = ""
    """The name of the sound source."""
    inputs: Sequence[Row] = ()
    """The named inputs: ``name``, ``source``, ``level`` (its peak, 0..1 from -48 to 0 dB), and
    whether its source is ``here``."""
    meters: Mapping[str, float] = field(default_factory=dict)
    """level, low, mid, high and kick, 0..1."""
    bpm: float = 0.0
    tempo: str = ""
    """What leads the beat: music, tap, number, midi or link."""
    clock: str = ""
    """Whose clock that is (of midi and link), or that it is lost."""
    beats: float = 0.0
    """The count of beats with its fraction."""
    beats_per_bar: int = 4
    slots: Sequence[Row] = ()
    """Where models play: ``name``, ``model``, ``condition``; for who asked for thumbnails also
    ``picture``, a small JPEG in base64."""
    knobs: Sequence[Row] = ()
    """Of the set on the air: ``name``, ``value``, ``default``, ``low``, ``high``, ``doc``."""
    pads: Sequence[str] = ()
    """Of the set on the air."""
    signals: Sequence[Row] = ()
    """See `livegan.ipc.messages.LineValues`; only if the client asked for values, 200 at most."""
    nodes: Sequence[Row] = ()
    """Likewise."""
    learning: str = ""
    """The knob or pad that waits for a control to be moved."""
    learnt: str = ""
    """What became of the last one that waited."""


@dataclass(frozen=True)
class SetText:
    """The text on the air: of the file ``set``, or of the safe set."""

    version: int | None
    set: str
    text: str


FromShow = Welcome | Answer | ShowState | SetText

TYPES: dict[type, str] = {
    Enter: "enter",
    Follow: "state",
    SetKnob: "knob",
    HitPad: "pad",
    LearnControl: "learn",
    Hold: "hold",
    FadeToBlack: "blackout",
    RecordFilm: "record",
    SaveScreenshot: "screenshot",
    ListenTo: "audio",
    PlayOn: "output",
    ShowOn: "display",
    PlaySet: "set",
    SetTempo: "tempo",
    TapTempo: "tap",
    AskText: "text",
    Undo: "undo",
    Safe: "safe",
    SwapNow: "now",
    Solo: "solo",
    Welcome: "welcome",
    Answer: "answer",
    ShowState: "state",
    SetText: "set_text",
}
"""What a message is called on the wire."""
COMMANDS: dict[str, type] = {TYPES[kind]: kind for kind in get_args(Command)}
"""What a client sends, by ``type``."""
FROM_SHOW: dict[str, type] = {TYPES[kind]: kind for kind in get_args(FromShow)}
"""What a show sends, by ``type``."""


def line_of(message: Command | FromShow, number: int = 0) -> bytes:
    """As it is sent: a line of JSON. ``number`` is the ``id`` of a command."""
    said: dict[str, Any] = {"type": TYPES[type(message)], **_fields(message)}
    if number:
        said["id"] = number
    return json.dumps(said).encode() + b"\n"


def _fields(message: Any) -> dict[str, Any]:
    return {f.name: getattr(message, f.name) for f in dataclasses.fields(message)}


def read_command(line: bytes) -> tuple[Command, int]:
    """The command in a line of a client, and its ``id``.

    Raises BadMessage if it is none; NotJson, a kind of it, if it is not even an object of JSON.
    """
    said = _object(line)
    number = said.pop("id", 0)
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadMessage("id is a whole number")
    command: Command = decode(said, COMMANDS)
    return command, number


def read_answer(line: bytes) -> FromShow:
    """The message in a line of a show, without the fields that only a later livegan has.

    Raises BadMessage if it is none.
    """
    said = _object(line)
    kind = next((kind for name, kind in FROM_SHOW.items() if name == said.get("type")), None)
    if kind is not None:
        known = {"type", *(f.name for f in dataclasses.fields(kind))}
        said = {name: value for name, value in said.items() if name in known}
    found: FromShow = decode(said, FROM_SHOW)
    return found


def _whole(digits: str) -> float:
    """A whole number; one that no float can hold is infinite, as 1e400 is."""
    return int(digits) if len(digits) < LONGEST_NUMBER else float(digits)


class NotJson(BadMessage):
    """A line that is no object of JSON: whoever sends it does not speak these messages."""


def _object(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line, parse_int=_whole)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotJson('not a message: a line is an object of JSON, such as {"type": "undo"}')
    return said
