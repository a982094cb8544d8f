"""``livegan perform``: the show."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.autopilot_option import AutopilotOption
from livegan.cli.console.autopilot_option import Piloted as Piloted
from livegan.cli.console.choosing import chosen_scenes, chosen_set, followed_models, set_of
from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.options import AudioOption, TempoOption, WithOption
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.show.rehearse import FlashGuardMode, guard_mode
from livegan.files import named
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.stage.fallback.ladder import Asked
    from livegan.stage.flash.flash_guard import Mode
    from livegan.stage.options import Journaling
    from livegan.stage.panel.panel_address import PanelAddress

FILM_SECONDS = 20.0


def window_of(text: str) -> tuple[int, int] | None:
    """``"1280x720"`` as (width, height); None if nothing is said."""
    if not text:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) > 15 and int(height) > 15):
        fail(f"--window {text}: write WIDTHxHEIGHT, such as 1280x720", 2)
    return int(width), int(height)


def rung_asked(text: str) -> Asked:
    """``--rung`` as the stage takes it."""
    from livegan.stage.fallback.ladder import ASKED

    found = [rung for rung in ASKED if rung == text]
    if not found:
        fail(f"--rung {text}: write held, drift or still", 2)
    return found[0]


def journal_of(text: str) -> Journaling:
    """``--journal`` as the stage takes it."""
    kept: dict[str, Journaling] = {"full": "full", "small": "small", "off": ""}
    if text not in kept:
        fail(f"--journal {text}: write full, small or off", 2)
    return kept[text]


def bytes_of(text: str, option: str) -> float:
    """``20GB`` or ``500 MB`` in bytes."""
    units = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}
    said = text.strip().lower()
    try:
        size = float(said[:-2]) * units[said[-2:]]
    except (KeyError, ValueError):
        size = -1.0
    if not 0 <= size < 1e15:
        fail(f"{option} {text}: write a size such as 20GB or 500MB", 2)
    return size


def osc_ports(texts: list[str]) -> tuple[tuple[str, int], ...]:
    """``--osc`` as the stage takes it."""
    from livegan.stage.hands.hands import osc_port

    try:
        return tuple(dict.fromkeys(osc_port(text) for text in texts))
    except ValueError as error:
        fail(str(error), 2)


def panel_of(wanted: bool, at: str) -> PanelAddress | None:
    """``--panel`` and ``--panel-at`` as the stage takes them."""
    from livegan.stage.panel.panel_address import PanelAddress

    try:
        return PanelAddress.read(at) if wanted or at else None
    except ValueError as error:
        fail(str(error), 2)


def perform(
    set: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SET|FOLDER]",
            help="The set, or a folder of sets to move between; sets/four.py if not given.",
        ),
    ] = None,
    scenes: Annotated[
        list[str] | None,
        typer.Option(metavar="SET|PATTERN", help='More sets to move between, such as "sets/*.py".'),
    ] = None,
    audio: AudioOption = None,
    output: Annotated[
        str,
        typer.Option(
            metavar="NAME[:CHANNELS]",
            help='Where patches with heard=True, and --monitor, are played: "USB Audio:3,4".',
        ),
    ] = "",
    monitor: Annotated[
        bool, typer.Option("--monitor", help="Play the sound that comes over a network aloud.")
    ] = False,
    osc: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[HOST:]PORT",
            help="Receive OSC on this port, from this machine; 0.0.0.0:PORT accepts others.",
        ),
    ] = None,
    panel: Annotated[
        bool, typer.Option("--panel", help="Serve a page with picture and controls, for phones.")
    ] = False,
    panel_at: Annotated[
        str,
        typer.Option(
            metavar="lan|[HOST:]PORT",
            help="Where the panel listens: lan lets phones in; only this machine if not given.",
        ),
    ] = "",
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures per second; the set's if not given.")
    ] = 0.0,
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    window: Annotated[
        str,
        typer.Option(
            metavar="WxH", help="Size of the window; the shape of the canvas if not given."
        ),
    ] = "",
    fullscreen: Annotated[bool, typer.Option(help="Fill the display.")] = False,
    display: Annotated[
        int | None,
        typer.Option(min=0, help="Number of the audience's display. `livegan devices` lists them."),
    ] = None,
    operator: Annotated[
        bool | None,
        typer.Option(help="A window for the operator and a clean one for the audience."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    seed: Annotated[int, typer.Option(help="Seed for everything random.")] = 0,
    bpm: TempoOption = None,
    audible: Annotated[bool, typer.Option(help="Play the sound of a file aloud.")] = True,
    loop: Annotated[bool, typer.Option(help="Repeat a sound file when it ends.")] = True,
    hud: Annotated[bool, typer.Option(help="Show the HUD from the start (key h).")] = True,
    code: Annotated[bool, typer.Option(help="Show the code from the start (key c).")] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILM", help="Record the show: .mp4, .mov or .mkv (key r)."),
    ] = None,
    journal: Annotated[
        str,
        typer.Option(
            metavar="full|small|off", help="Keep the show in shows/, to replay it; small: Opus."
        ),
    ] = "full",
    no_journal: Annotated[
        bool, typer.Option("--no-journal", help="Keep nothing but the log: --journal off.")
    ] = False,
    journal_limit: Annotated[
        str, typer.Option(metavar="SIZE", help="Room for all journals here, as in 20GB.")
    ] = "20GB",
    safe: Annotated[
        Path | None, typer.Option(metavar="SET", help="The safe set, which key p plays at once.")
    ] = None,
    rung: Annotated[
        str,
        typer.Option(metavar="held|drift|still", help="Start held, drifting or with the still."),
    ] = "",
    standby: Annotated[
        bool, typer.Option("--standby", help="Keep a second engine ready to take over.")
    ] = False,
    memory: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="GB",
            help="Replace an engine that takes more memory than this; 0 is no limit.",
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="End the show after this time, in seconds.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="The file of the show's log (JSON lines).")
    ] = None,
    flash_guard: FlashGuardMode = "on",
    autopilot: AutopilotOption = None,
    stand_in: WithOption = None,
    watch_model: Annotated[
        list[Path] | None,
        typer.Option(metavar="models/NAME", help="Play a model while it trains, from any folder."),
    ] = None,
) -> None:
    """Play a set. Edit and save its file: the change appears at the next bar.

    Without a display, livegan renders a film of the set instead, to the file of --record if that is
    given.
    """
    from livegan import share
    from livegan.cli.console.display import has_display

    followed = followed_models(watch_model or [])
    with clear_errors():
        if record is not None:
            from livegan.stage.record.recording import can_be_recorded

            can_be_recorded(record)
        if set is None and followed and not scenes:
            path = set_of(followed)
            found: tuple[Path, ...] = ()
        else:
            path, found = chosen_scenes(set, scenes or [])
    with clear_errors():
        from livegan.picture_sources.stand_in import stand_ins
        from livegan.sound.named_inputs import inputs_of

        played = stand_ins(stand_in or [])
        safe_set = share.folder("sets") / "safe.py" if safe is None else chosen_set(safe)
        own, inputs = inputs_of(audio or [])
    window_size = window_of(window)
    asked = rung_asked(rung)
    guard = guard_mode(flash_guard)
    ports = osc_ports(osc or [])
    panel_address = panel_of(panel, panel_at)
    kept = journal_of("off" if no_journal else journal)
    limit = bytes_of(journal_limit, "--journal-limit")
    if device not in ("auto", "cpu"):  # the engine would find out too late, and again and again
        from livegan.engine.program.device import choose_device

        with clear_errors():
            choose_device(device)
    instead = partial(
        film_instead,
        path,
        own,
        inputs,
        fps,
        size,
        device,
        seed,
        bpm,
        seconds,
        followed,
        guard,
        played,
        record,
        autopilot,
    )
    if not has_display():
        instead()
        return
    from livegan.stage.ending import leave
    from livegan.stage.options import Options
    from livegan.stage.record.summary import lines_of
    from livegan.stage.stage import Stage
    from livegan.stage.window import x11
    from livegan.stage.window.displays import NoWindow
    from livegan.stage.window.window import WindowLost

    for number, scene in enumerate(found, 1):
        typer.echo(f"scene {number}  {short(scene)}")
    options = Options(
        set=path,
        scenes=found,
        folder=Path.cwd(),
        audio=own,
        inputs=inputs,
        osc=ports,
        panel=panel_address,
        audible=audible,
        output=output,
        monitor=monitor,
        loop=loop,
        bpm=bpm,
        fps=fps,
        size=size,
        device=device,
        seed=seed,
        window=window_size,
        fullscreen=fullscreen,
        display=display,
        operator=operator,
        hud=hud,
        code=code,
        record=record,
        safe=safe_set,
        journal=kept,
        journal_limit=limit,
        rung=asked,
        seconds=seconds,
        log=log,
        autopilot=autopilot,
        followed=followed,
        stand_ins=played,
        flash_guard=guard,
        standby=standby,
        memory=memory,
    )
    with clear_errors():
        try:
            stage = Stage(options)
            status = stage.run()
            for line in lines_of(stage.report()):
                typer.echo(line)
            if x11.leaked():
                leave(status)
        except (NoWindow, WindowLost):  # the latter while it opened
            status = None
    if status is None:
        instead()
    elif status:
        raise typer.Exit(status)


def film_instead(
    path: Path,
    audio: str | None,
    inputs: dict[str, str],
    fps: float,
    size: Size,
    device: str,
    seed: int,
    bpm: float | None,
    seconds: float | None,
    followed: dict[str, Path],
    guard: Mode,
    stand_ins: dict[str, str],
    record: Path | None,
    autopilot: str | None,
) -> None:
    """There is no display: rehearse to a film, that of ``--record`` if it is given, and say so."""
    from livegan import share
    from livegan.cli.show.rehearse import summary, with_progress
    from livegan.rehearsal import Rehearsal
    from livegan.sound.inputs.devices import SourceError
    from livegan.sound.source import SUFFIXES
    from livegan.sound.sources import ADDRESS, parse_source, recorded

    def file_of(text: str) -> Path | None:
        if text == "silence":
            return None
        try:
            return recorded(text)
        except SourceError:
            if named(text).exists() or Path(text).suffix.lower() in SUFFIXES:
                raise
            if ADDRESS.match(text):
                parse_source(text)  # refuses an address that nothing here can open
            typer.echo(f"a rehearsal cannot listen to {text}; it uses the demo track")
            return share.demo_track()

    with clear_errors():
        sound = None if audio is None and inputs else file_of(audio or "demo")
        stems = {name: file for name, text in inputs.items() if (file := file_of(text))}
    out = record or Path("shows") / f"{path.stem}.mp4"
    heard = " + ".join(stems) or "silence" if sound is None else sound.name
    typer.echo(f"no display here: {path.name} is rehearsed to {short(out)} on {heard} instead")
    with clear_errors():
        what = Rehearsal(
            set=path,
            audio=sound,
            inputs=stems,
            seconds=seconds or FILM_SECONDS,
            fps=fps,
            size=size,
            seed=seed,
            bpm=bpm,
            device=device,
            out=out,
            followed=followed,
            stand_ins=stand_ins,
            flash_guard=guard,
            autopilot=autopilot,
        )
        result = with_progress(what)
    summary(result)
    typer.echo(f"written: {short(out)}; play it with any video player")
