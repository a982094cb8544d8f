"""Rehearsal: a show without a stage, on a virtual clock; the same input gives the same frames."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import statistics
import time
from array import array
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from livegan import __version__
from livegan.engine.commit.pipeline import Pipeline
from livegan.engine.commit.script import Refusal, text_of
from livegan.engine.isolation.deadline import last_resort
from livegan.engine.isolation.gpu_errors import ContextLost
from livegan.engine.isolation.unattended import unattended
from livegan.engine.program.build import Builder
from livegan.engine.program.device import choose_device, describe_device
from livegan.engine.program.hearings import GivenSounds
from livegan.engine.program.nodes.slot_building import SlotBackends, playing_backends
from livegan.engine.program.nodes.source_instances import sources_named
from livegan.engine.program.player import Controls, Frame, NoControls, Player, as_bytes
from livegan.engine.program.program import GROUPS, Program
from livegan.engine.program.reach import reach
from livegan.engine.program.thumbs import strip
from livegan.film import form_of
from livegan.film.pieces import PiecedFilm
from livegan.graph.place import Place
from livegan.ipc.messages import Commit, FromEngine
from livegan.ipc.wire import encode
from livegan.picture_sources.board import StandIns
from livegan.picture_sources.stand_in import unused_stand_ins
from livegan.plugin.tempo_wish import TempoWish
from livegan.rehearsal.autopilot import RehearsedAutopilot
from livegan.rehearsal.film_sink import Unsure, deepened, film_of, sinks
from livegan.rehearsal.held_pictures import HeldPictures
from livegan.rehearsal.patches import RehearsedPatches
from livegan.rehearsal.report import as_paced, stage_ms
from livegan.rehearsal.sends import RehearsedSends
from livegan.rehearsal.sound import RehearsalSound
from livegan.rehearsal.tempo import follow
from livegan.size import UNSAID, Written
from livegan.sound import HOP, RATE
from livegan.sound.named_inputs import missing_line
from livegan.sound.soundtrack import Playhead
from livegan.stage.control.tempo_choice import TempoChoice
from livegan.stage.flash.flash_guard import FlashGuard, GuardMoment, Mode
from livegan.take import unknown_knobs

STILLS = 12
"""Pictures in a report."""
HELD_S = 60.0
"""A call that holds the interpreter for so long, and that no deadline could end, is the end."""


@dataclass(frozen=True)
class Edit:
    """A save during the rehearsal: at ``at`` seconds the set's text becomes that of ``file``."""

    at: float
    file: Path


@dataclass
class Rehearsal:
    """What to rehearse.  ``seconds`` None plays to the end of the sound; times in seconds."""

    set: Path
    audio: Path | None = None
    inputs: dict[str, Path] = field(default_factory=dict)
    """Recordings of named inputs, on the same timeline; without ``audio`` the show hears their
    sum."""
    same_input: bool = False
    """Inputs that are not given hear the show's own sound: a check draws everything on sound."""
    start: float = 0.0
    seconds: float | None = None
    fps: float = 0.0
    size: Written = UNSAID
    seed: int = 0
    bpm: float | None = None
    """Fixes the tempo; None follows the music."""
    edits: list[Edit] = field(default_factory=list)
    out: Path | None = None
    codec: str = ""
    frames: Path | None = None
    report: Path | None = None
    device: str = "auto"
    folder: Path = field(default_factory=Path.cwd)
    followed: dict[str, Path] = field(default_factory=dict)
    flash_guard: Mode = "on"
    controls: Controls = field(default_factory=NoControls)
    """What knobs and pads are set to, by time: see `livegan.ipc.recorded_controls`."""
    backend: str = "auto"
    """What plays slots of which the set says nothing; ``auto`` is what was measured before here."""
    backends: dict[str, str] = field(default_factory=dict)
    """Others by slot, such as a report's, so that it repeats wherever they are installed."""
    stand_ins: dict[str, str] = field(default_factory=dict)
    """Files in place of cameras and other live sources, by the name of the source."""
    autopilot: str | None = None
    """The package whose moves the autopilot makes, empty for all; None plays without it."""


@dataclass
class Result:
    """What a rehearsal showed: the content of ``report.json``."""

    report: dict[str, Any]

    @property
    def faults(self) -> list[dict[str, Any]]:
        return list(self.report["faults"])


def rehearse(
    what: Rehearsal,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    on_message: Callable[[dict[str, Any]], None] = lambda message: None,
    on_frame: Callable[[Frame, Any], None] | None = None,
    on_listen: Callable[[float, float], None] = lambda heard, start: None,
) -> Result:
    """Play a set against recorded sound, as fast as the machine can, and report.

    The sound is read as it is needed, so a recording may last for hours. ``progress`` is called
    with the pictures drawn and those expected; ``on_listen``, while the sound before ``start`` is
    heard, with the seconds heard and ``start``.

    Raises
    ------
    Refusal
        If the set as it is at the start cannot be played; nothing is written then.
    livegan.sound.media.MediaError
        If the sound cannot be read.
    livegan.film.FilmError
        If a film cannot be written as ``out`` is called, or there.
    """
    with last_resort(HELD_S), unattended():
        try:
            try:
                return _rehearse(what, progress, on_message, on_frame, on_listen)
            except Unsure:
                return _rehearse(what, progress, on_message, on_frame, on_listen, passing=False)
        except ContextLost as error:
            raise Refusal(f"the GPU's context is lost: {error}; run it again") from None


def _rehearse(
    what: Rehearsal,
    progress: Callable[[int, int], None],
    on_message: Callable[[dict[str, Any]], None],
    on_frame: Callable[[Frame, Any], None] | None,
    on_listen: Callable[[float, float], None],
    passing: bool = True,
) -> Result:
    """Rehearse once. With ``passing``, pictures of a film that are there are passed by.

    Raises Unsure if what comes after them is not known to be the same then.
    """
    began = time.perf_counter()
    if what.out is not None:
        form_of(what.out, what.codec)
    sound = RehearsalSound(what.audio, what.start, what.seconds, what.bpm, what.inputs)
    history = Playhead(sound.track)
    faults: list[dict[str, Any]] = []
    commits: dict[int, dict[str, Any]] = {}

    autopilot: RehearsedAutopilot | None = None

    def emit(message: FromEngine) -> None:
        said = encode(message)
        if isinstance(message, Commit):
            commits[message.id] = said
            if autopilot is not None:
                autopilot.told(message)
        on_message(said)

    given_sounds = GivenSounds(sound.inputs, sound.track if what.same_input else None)
    patches = RehearsedPatches(
        history, what.controls, lambda fault: faults.append(asdict(fault)), given_sounds
    )
    patches.seed = what.seed
    device = choose_device(what.device)
    backends = SlotBackends(what.backend, what.backends)
    builder = Builder(
        what.folder, size=what.size, device=device, followed=what.followed, backends=backends
    )
    player = Player(
        history,
        seed=what.seed,
        device=device,
        on_fault=lambda fault: faults.append(asdict(fault)),
        limit_s=10.0,
        controls=what.controls,
        sounds=patches,
        sources=StandIns(what.stand_ins, lambda text: on_message({"type": "note", "text": text})),
    )
    path = Path(os.path.abspath(what.set))
    pipeline = Pipeline(path, what.folder, builder, player, emit)
    first_text = text = text_of(path)
    edits = [(edit, text_of(edit.file)) for edit in sorted(what.edits, key=lambda e: e.at)]
    note = sound.begin(on_listen)
    if note:
        on_message({"type": "note", "text": note})
    history.position = int(what.start * RATE) // HOP * HOP
    first = pipeline.propose(text)
    assert first is not None
    if first.status == "refused":
        player.close()
        raise Refusal(first.reason, Place.read(first.where))
    assert player.cued is not None
    program = player.cued.program
    for text in unknown_knobs(what.controls, program.graph.controls):
        on_message({"type": "note", "text": text})
    for text in unused_stand_ins(what.stand_ins, sources_named(program.graph.nodes)):
        on_message({"type": "note", "text": text})
    said: set[str] = set()

    def tell_missing(playing: Program) -> None:
        wanted, remedy = playing.graph.inputs, "--audio {}=FILE"
        line = missing_line(wanted, list(what.inputs), remedy)
        if line and not what.same_input and line not in said:
            said.add(line)
            on_message({"type": "note", "text": line})

    tell_missing(program)
    if what.autopilot is not None:
        autopilot = RehearsedAutopilot(
            what.autopilot, what.seed, pipeline, player, history, first_text, emit
        )
    given = TempoChoice(TempoWish("number", what.bpm) if what.bpm else None)
    tempo = follow(given, program, history, emit, what.controls)
    version = program.version
    fps = what.fps or float(program.setting("fps", 0.0)) or 30.0
    player.fps = fps
    expected = sound.expected(fps)
    spent = {group: array("d") for group in GROUPS}
    took = array("d")
    curves: list[Any] = []
    digests: list[str] = []
    whole = hashlib.sha256()
    stills: list[tuple[float, Any]] = []
    shape: tuple[int, ...] = ()
    moments: list[GuardMoment] = []
    sent = RehearsedSends(what.report is not None)
    guard = FlashGuard(what.flash_guard, moments.append)
    first_sample = int(what.start * RATE)

    def play_on(position: int) -> None:
        sound.track.hear(position + 2 * HOP)
        history.position = max(history.position, position // HOP * HOP)
        patches.hear(position, dict(player.seeing.values))

    def room(start: int, stop: int) -> Any:
        sound.track.hear(first_sample + stop + 2 * HOP)
        return patches.room(first_sample + start, first_sample + stop)

    film = None
    if what.out is not None:
        made = pipeline.inputs.fingerprint(first_text, pipeline.inputs.stamps())
        film = PiecedFilm(
            what.out, fps, film_of(what, made, edits, describe_device(device)), what.codec
        )
    passes = passing and what.report is None and what.frames is None and on_frame is None
    passes = passes and autopilot is None  # it looks at every picture

    def note_line(line: str) -> None:
        on_message({"type": "note", "text": line})

    with contextlib.closing(player), sinks(film, what.frames, room, note_line) as (filmed, sink):
        held = HeldPictures(sink, first_sample, fps, lambda: patches.position, play_on)
        patches.use(program, history.position)
        for index in itertools.count():
            if not sound.lasts(index, fps):
                break
            seconds = what.start + index / fps
            before = history.hops
            history.position = round(seconds * RATE) // HOP * HOP
            while edits and edits[0][0].at <= seconds + 1e-9:
                edit, saved = edits.pop(0)
                pipeline.propose(saved, file=edit.file, at=max(edit.at, what.start))
                if autopilot is not None:
                    autopilot.saved(saved)
            if autopilot is not None:
                autopilot.hear(seconds)
            started = time.perf_counter()
            patches.hear(history.position, dict(player.seeing.values))
            if passes and filmed is not None and not filmed.needs(index, fps, player, edits):
                player.pass_by(history.position)
                held(index, None)
                progress(index + 1, max(index + 1, expected))
                continue
            frame = player.frame(history.position)
            assert frame is not None and player.program is not None
            patches.use(player.program, history.position)
            if frame.version != version and player.program is not None:
                version = frame.version
                tempo = follow(tempo, player.program, history, emit, what.controls)
                tell_missing(player.program)
            tick = time.perf_counter()
            drawn = as_bytes(frame.picture)
            if filmed is not None and filmed.begins(index) and (guard.acts or player.unsure):
                raise Unsure
            pixels = guard(drawn, seconds)
            content = pixels.tobytes()
            done = time.perf_counter()
            player.spent["output"] += done - tick
            took.append(done - started)
            shape = pixels.shape
            for group, costs in spent.items():
                costs.append(player.spent.get(group, 0.0))
            digests.append(hashlib.sha256(content).hexdigest())
            whole.update(content)
            if what.report is not None:
                curves.append(history.features(before, history.hops).astype(np.float32))
                if index * STILLS >= len(stills) * expected and len(stills) < STILLS:
                    stills.append((seconds, pixels))
            sent.take(frame.sent, seconds)
            if autopilot is not None:
                autopilot.see(seconds, pixels, player.program)
            if on_frame is not None:
                on_frame(frame, pixels)
            if film is not None and film.form.deep:
                pixels = deepened(drawn, pixels, frame.picture)
            held(index, pixels)
            progress(index + 1, max(index + 1, expected))
        held.finish()
    total = len(took)
    guard.finish()
    name, precision = describe_device(device)
    last = player.program or program
    reached = reach(last, statistics.median(took), fps, player.paint_threads.threads)
    report = {
        "livegan": __version__,
        "set": str(what.set),
        "audio": str(what.audio) if what.audio else None,
        "inputs": {name: str(file) for name, file in what.inputs.items()},
        "start": what.start,
        "seconds": sound.seconds,
        "frames": total,
        "fps": fps,
        "size": program.size.plain,
        "picture": list(shape[:2]),
        "seed": what.seed,
        "device": name,
        "precision": precision,
        "backends": playing_backends(player.program or program),
        "wall_s": round(time.perf_counter() - began, 3),
        "digest": whole.hexdigest(),
        "sound_digest": patches.digest,
        "frame_digests": digests,
        "stage_ms": {group: stage_ms(costs) for group, costs in spent.items()},
        "frame_ms": stage_ms(took),
        "reach": {
            "rate": round(reached.rate, 1),
            "slow": reached.slow,
            "line": reached.line,
            "advice": list(reached.advice),
        },
        "intervals_ms": as_paced(took, 1 / fps).histogram(),
        "flash_guard": {
            "mode": what.flash_guard,
            "seconds": round(guard.seconds, 3),
            "moments": [
                {
                    "since": round(moment.since, 3),
                    "until": round(moment.until, 3),
                    "area": round(moment.area, 3),
                    "kinds": list(moment.kinds),
                }
                for moment in moments
            ],
        },
        "commits": [
            {k: v for k, v in c.items() if k not in ("type", "source")} for c in commits.values()
        ],
        "faults": faults,
        "sends": sent.counts,
    }
    if autopilot is not None:
        report["autopilot"] = autopilot.score(total / fps).row
    if what.report is not None:
        from livegan.rehearsal.report import write_report

        slots = strip(player.program) if player.program is not None else None
        write_report(what.report, report, stills, np.concatenate(curves), spent, slots)
        sent.write(what.report / "sends.jsonl")
        if autopilot is not None:
            autopilot.write(what.report)
    return Result(report)
