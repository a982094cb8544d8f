"""``livegan rehearse``: a set without a stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.autopilot_option import AutopilotOption, Piloted, known_autopilot
from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.film_options import CodecOption, OutOption, check_film, written
from livegan.cli.console.options import RecordedOption, TempoOption, WithOption
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.console.terminal import plain, terminal, words
from livegan.cli.sets import SetPath
from livegan.files import named
from livegan.ipc.commit_text import playing
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.gremlins.evening import EveningPlan
    from livegan.gremlins.sheet import Sheet
    from livegan.ipc.recorded_controls import RecordedControls
    from livegan.rehearsal import Edit, Rehearsal, Result
    from livegan.stage.flash.flash_guard import Mode

FlashGuardMode = Annotated[
    str,
    typer.Option(metavar="on|strict|off", help="Limit flashes to what is safe for the audience."),
]


def guard_mode(text: str) -> Mode:
    """``--flash-guard`` as the guard takes it."""
    from livegan.stage.flash.flash_guard import MODES

    found = [mode for mode in MODES if mode == text]
    if not found:
        fail(f"--flash-guard {text}: write on, strict or off", 2)
    return found[0]


def edits_of(texts: list[str]) -> list[Edit]:
    """``["4=b.py", "8.5=c.py"]`` as edits."""
    from livegan.rehearsal import Edit

    edits = []
    for text in texts:
        seconds, sign, file = text.partition("=")
        try:
            at = float(seconds)
        except ValueError:
            sign = ""
        if not sign or not file:
            fail(f"--edit {text}: write SECONDS=FILE, such as 4.5=next.py", 2)
        path = named(file)
        if not path.is_file():
            fail(f"--edit {text}: there is no file {file}", 2)
        edits.append(Edit(at, path))
    return edits


def controls_of(
    knobs: list[str], take: Path | None, stand_ins: dict[str, str] | None = None
) -> RecordedControls:
    """``--knob`` and ``--controls``: what hands do in the rehearsal.

    Of ``--with``, takes in place of MIDI and OSC are taken out of ``stand_ins``.
    """
    from livegan.control_names import MIDI, OSC
    from livegan.ipc.recorded_controls import RecordedControls
    from livegan.take import TakeError, knob_curve, read_take

    try:
        curves = dict(knob_curve(text) for text in knobs)
        moves = read_take(named(str(take))) if take else {}
        for source, start in (("midi", MIDI), ("osc", f"{OSC}/")):
            file = (stand_ins or {}).pop(source, "")
            if file:
                own = {n: v for n, v in read_take(named(file)).items() if n.startswith(start)}
                if not own:
                    name = Path(file).name
                    fail(
                        f"--with {source}={name}: nothing in this take came by {source.upper()}", 2
                    )
                moves = {n: v for n, v in moves.items() if not n.startswith(start)} | own
        return RecordedControls(moves, curves)
    except TakeError as error:
        fail(str(error), 2)


def backends_of(text: str) -> tuple[str, dict[str, str]]:
    """``--backend``: what plays every slot, and what plays some by their names."""
    if not text.endswith(".json"):
        return text, {}
    import json

    try:
        said = json.loads(named(text).read_text(encoding="utf-8"))["backends"]
        return "torch", {str(slot): str(name) for slot, name in said.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        fail(f"--backend {text}: no report.json of a rehearsal that names its backends", 2)


class Rehearse(Piloted):
    """The command; ``--gremlins`` may be given without its number."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the usual seed after a ``--gremlins`` that nobody gave one."""
        given = list(args)
        for at, (word, after) in enumerate(zip(args, [*args[1:], ""], strict=False)):
            if word == "--gremlins" and not after.isdigit():
                given[at] = "--gremlins=0"
        return super().parse_args(ctx, given)


def rehearse(
    set: SetPath,
    audio: RecordedOption = None,
    start: Annotated[
        float, typer.Option(min=0, help="Where to begin in the sound, in seconds.")
    ] = 0.0,
    seconds: Annotated[
        float | None,
        typer.Option(min=0, help="How long to play, in seconds; the whole sound if not given."),
    ] = None,
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures per second; the set's if not given.")
    ] = 0.0,
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    seed: Annotated[int, typer.Option(help="Seed for everything random.")] = 0,
    bpm: TempoOption = None,
    edit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECONDS=FILE", help="Save FILE as the set at that second of the sound."
        ),
    ] = None,
    knob: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help='Turn a knob: "hue=0.3", or "hue=0:0,10:1" by second.'
        ),
    ] = None,
    controls: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Play the controls that a show recorded.")
    ] = None,
    out: OutOption = None,
    codec: CodecOption = "",
    frames: Annotated[Path | None, typer.Option(help="Write every picture as a PNG.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write report.json and report.png there.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    flash_guard: FlashGuardMode = "on",
    backend: Annotated[
        str,
        typer.Option(
            metavar="NAME|REPORT",
            help="What runs the networks: auto, exact, torch, ..., or the report.json of an "
            "earlier rehearsal, whose backends are used again.",
        ),
    ] = "auto",
    stand_in: WithOption = None,
    autopilot: AutopilotOption = None,
    like: Annotated[
        str,
        typer.Option(metavar="SHOW", help="Play the set with the sound and controls of a show."),
    ] = "",
    gremlins: Annotated[
        int | None,
        typer.Option(
            metavar="[SEED]", min=0, help="Inject every known fault into a real show of the set."
        ),
    ] = None,
    saves: Annotated[
        int, typer.Option(min=1, help="With --gremlins: number of broken saves in a row.")
    ] = 40,
    only: Annotated[
        str,
        typer.Option(
            metavar="WORDS", help="With --gremlins: only faults with this text in their name."
        ),
    ] = "",
    as_json: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", help="With --gremlins: write the gig sheet as JSON."
        ),
    ] = None,
) -> None:
    """Play a set with a recording, without a stage, and write a film or a report.

    The same set, sound and seed give the same pictures. A film that was interrupted is continued
    by the same command.

    With `--autopilot`, the autopilot plays: each of its moves is printed with its reason, and at
    the end the figures of the night. The set's file stays as it is; with `--report` the folder
    also gets `autopilot.jsonl` and `autopilot.py`, the set as it was at the end.

    With `--gremlins`, livegan plays a copy of the set on a real stage. It breaks saves, kills
    engines, unplugs devices and removes files, in an order that depends on the seed. At the end
    it prints a gig sheet: each fault, what the show did, and a verdict. The exit code is 1 if a
    fault failed or recovered too late.
    """
    from livegan.picture_sources.stand_in import stand_ins
    from livegan.rehearsal import Rehearsal
    from livegan.sound.named_inputs import inputs_of
    from livegan.sound.sources import recorded

    with clear_errors():
        own, named = inputs_of(audio or [])
        inputs = {name: recorded(text) for name, text in named.items()}
        sound = None if own is None and inputs else recorded(own or "demo")
    if like:
        from livegan.cli.show.rehearse_like import rehearse_like

        others = {"--audio": audio, "--edit": edit, "--controls": controls, "--knob": knob}
        more = {"--frames": frames, "--report": report, "--bpm": bpm, "--gremlins": gremlins}
        rest = {**others, **more, "--autopilot": autopilot}
        rehearse_like(like, set, out, codec, start, seconds, fps, size, device, stand_in, rest)
        return
    if gremlins is not None:
        from livegan.gremlins.evening import EveningPlan

        if sound is None or inputs:
            fail("--gremlins plays with one sound; give --audio one without a name", 2)
        theirs = {"--edit": edit, "--knob": knob, "--controls": controls}
        asked = {"--backend": backend != "auto", "--out": out, "--frames": frames}
        asked["--autopilot"] = autopilot is not None
        for name, value in {**theirs, **asked}.items():
            if value:
                fail(f"{name} cannot be used with --gremlins", 2)
        with clear_errors():
            plan = EveningPlan(
                set=set,
                working=Path.cwd(),
                music=sound,
                seed=gremlins,
                saves=saves,
                only=only,
                size=size,
                fps=fps,
                device=device,
            )
            sheet = with_gremlins(plan)
            if as_json is not None:
                sheet.write(as_json)
                typer.echo(f"written: {short(as_json)}")
        raise typer.Exit(0 if sheet.good else 1)
    check_film(out, codec)
    with clear_errors():
        known_autopilot(autopilot)
        instead = stand_ins(stand_in or [])
        hands = controls_of(knob or [], controls, instead)
        usual, of_slot = backends_of(backend)
        what = Rehearsal(
            set=set,
            audio=sound,
            inputs=inputs,
            start=start,
            seconds=seconds,
            fps=fps,
            size=size,
            seed=seed,
            bpm=bpm,
            edits=edits_of(edit or []),
            stand_ins=instead,
            controls=hands,
            out=out,
            codec=codec,
            frames=frames,
            report=report,
            device=device,
            backend=usual,
            backends=of_slot,
            flash_guard=guard_mode(flash_guard),
            autopilot=autopilot,
        )
        result = with_progress(what)
    summary(result)
    paths = [written(out, codec) if out is not None else None, frames, report]
    for path in paths:
        if path is not None:
            typer.echo(f"written: {short(path)}")


def with_gremlins(plan: EveningPlan) -> Sheet:
    """Play the evening; print each fault as it happens, and the gig sheet at the end."""
    from livegan.gremlins.evening import Evening
    from livegan.gremlins.sheet import print_table, sheet_of

    if not plan.faults():
        fail(f"--only {plan.only}: no fault has this text in its name", 2)
    console = terminal(errors=True)
    with console.status("starting a show") as status:

        def told(line: str, now: str) -> None:
            if line:
                console.print(line)
            status.update(plain(now))

        sheet = sheet_of(plan.set, plan.seed, Evening(plan, told).play())
    print_table(sheet)
    return sheet


def with_progress(what: Rehearsal) -> Result:
    """Rehearse with a progress bar; prints saves and faults as they happen."""
    from rich.progress import BarColumn, Progress, TimeRemainingColumn

    from livegan.rehearsal import rehearse as play

    console = terminal(errors=True)
    columns = (
        words("{task.fields[doing]}"),
        BarColumn(),
        words("{task.fields[count]}"),
        words("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=console)
    doing = f"rehearsing {what.set.name}"
    task = progress.add_task("", doing=doing, count="", rate="", total=None)
    began = False
    if console.is_terminal:
        progress.start()

    def told(message: dict[str, Any]) -> None:
        line = commit_line(message)
        if line:
            console.print(line)

    def listened(heard: float, start: float) -> None:
        progress.start()
        at, end = clock(heard), clock(start)
        progress.update(
            task, doing="reading the sound up to --start", count=f"{at} of {end}", completed=heard,
            total=start,
        )  # fmt: skip

    def done(count: int, total: int) -> None:
        nonlocal began
        if not began:  # the speed is that of the pictures alone
            progress.reset(task, total=total, doing=doing, count="", rate="")
            began = True
        progress.start()
        speed = progress.tasks[0].speed
        rate = f"{speed:.0f} fps" if speed else ""
        progress.update(task, completed=count, total=total, count=f"{count}/{total}", rate=rate)

    try:
        return play(what, progress=done, on_message=told, on_listen=listened)
    except BaseException:
        progress.live.transient = True  # what is left of the bar says nothing
        raise
    finally:
        if progress.live.is_started:
            progress.stop()


def clock(seconds: float) -> str:
    """Minutes and seconds, as a player shows them."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def commit_line(message: dict[str, Any]) -> str:
    """A message of the engine as a line for the terminal; empty where it says little."""
    if message["type"] == "note":
        return str(message["text"])
    if message["type"] != "commit" or message["id"] == 1:
        return ""
    name = Path(message["file"]).name
    if message["status"] == "refused":
        where = short(message["where"]) or name
        return f"{message['at']:7.2f} s  refused  {where}: {message['reason']}"
    if message["status"] == "on_air":
        return f"{message['on_air_at']:7.2f} s  on air   {playing(message)}"
    return ""


def summary(result: Result) -> None:
    """A few lines: how fast it was, what would be faster, and what went wrong."""
    report = result.report
    rate = report["frames"] / max(report["wall_s"], 1e-6)
    times = report["stage_ms"]
    parts = ", ".join(f"{name} {value['median']:.1f}" for name, value in times.items())
    typer.echo(
        f"{report['frames']} pictures of {report['picture'][1]}x{report['picture'][0]} in "
        f"{report['wall_s']:.1f} s ({rate:.1f} a second); median ms: {parts}"
    )
    reached = report["reach"]
    if reached["slow"]:
        typer.secho(f"a show plays {reached['line']}", fg="yellow")
        for line in reached["advice"]:
            typer.secho(f"  {line}", fg="yellow")
    for moment in report["flash_guard"]["moments"]:
        kinds = " and ".join(moment["kinds"]) or "general"
        typer.secho(
            f"flash guard: {moment['since']:.2f} to {moment['until']:.2f} s, {kinds} flashes on "
            f"{moment['area']:.0%} of the picture calmed",
            fg="yellow",
        )
    if "autopilot" in report:
        from livegan.autopilot.night import NightScore

        for line in NightScore(**report["autopilot"]).lines:
            typer.echo(line)
    for fault in report["faults"]:
        typer.secho(
            f"fault at {fault['at']:.2f} s: {short(fault['where'])}: {fault['reason']}", fg="red"
        )
