"""``livegan tell``: asks a show that plays in this folder for something, or shows its state."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import fail, short
from livegan.cli.console.state_text import line_of, lines_of

if TYPE_CHECKING:
    from livegan.ipc.remote.client import ShowClient
    from livegan.ipc.remote.schema import Command, ShowState

tell = typer.Typer(
    name="tell",
    help="Control the show that plays in this folder from another terminal, or show its state.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
NUMBERS = {"ignore_unknown_options": True}
"""A value below 0 begins with a dash, as options do."""
Switch = Annotated[str, typer.Argument(metavar="[on|off]", help="The other of both if not given.")]
REFUSED = re.compile(r"the sound stays |there is no input |the input '.*' stays ")
"""Lines with which a show says that it cannot listen to something."""
OPENING_S = 5.0
"""Seconds that `audio` waits to learn whether the show could open a sound."""


@tell.callback()
def which(
    context: typer.Context,
    show: Annotated[
        str, typer.Option(metavar="NAME", help="Which show, if several play in the folder.")
    ] = "",
    folder: Annotated[
        Path | None, typer.Option(help="The folder of the show; this folder if not given.")
    ] = None,
) -> None:
    """Control the show that plays in this folder from another terminal, or show its state."""
    context.obj = (folder or Path.cwd(), show)


@tell.command(context_settings=NUMBERS)
def knob(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of the knob in the set.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="In the range of the knob.")],
) -> None:
    """Turn a knob of the set."""
    from livegan.ipc.remote.schema import SetKnob

    ask(context, SetKnob(name, number(value, f"knob {name} {value}: write a number, such as 0.4")))


@tell.command(context_settings=NUMBERS)
def pad(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of the pad in the set.")],
    strength: Annotated[
        str, typer.Argument(metavar="[STRENGTH]", help="How hard, above 0 and up to 1.")
    ] = "1",
) -> None:
    """Hit a pad of the set."""
    from livegan.ipc.remote.schema import HitPad

    how = f"pad {name} {strength}: write a number above 0 and up to 1, such as 0.8"
    ask(context, HitPad(name, number(strength, how)))


@tell.command()
def learn(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of a knob or pad in the set.")],
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget the controls that were learnt for it.")
    ] = False,
) -> None:
    """Let the next MIDI or OSC control that moves move a knob or pad from now on."""
    from livegan.ipc.remote.schema import LearnControl

    if not name:
        fail("learn: write the name of a knob or pad of the set", 2)
    with connected(context) as show:
        typer.echo(show.ask(LearnControl(name, forget)))
        if forget:
            return
        try:
            for found in show.states(0.1):
                if found.learning != name:
                    typer.echo(found.learnt)
                    raise typer.Exit(found.learnt.startswith("nothing"))
        except KeyboardInterrupt:
            pass
    with connected(context) as show:  # the other connection streams
        typer.echo(show.ask(LearnControl()))


@tell.command()
def hold(context: typer.Context, on: Switch = "") -> None:
    """Hold the picture, or let it go on (key space)."""
    from livegan.ipc.remote.schema import Hold

    ask(context, Hold(wanted("hold", on)))


@tell.command()
def blackout(context: typer.Context, on: Switch = "") -> None:
    """Fade to black, or back (key b)."""
    from livegan.ipc.remote.schema import FadeToBlack

    ask(context, FadeToBlack(wanted("blackout", on)))


@tell.command()
def undo(context: typer.Context) -> None:
    """Play the previous version (key u)."""
    from livegan.ipc.messages import Undo

    ask(context, Undo())


@tell.command()
def safe(context: typer.Context) -> None:
    """Play the safe set at once, or leave it (key p)."""
    from livegan.ipc.messages import Safe

    ask(context, Safe())


@tell.command()
def now(context: typer.Context) -> None:
    """Put the newest save on the air at once, without waiting for the bar."""
    from livegan.ipc.messages import SwapNow

    ask(context, SwapNow())


@tell.command()
def solo(
    context: typer.Context,
    slot: Annotated[str, typer.Argument(metavar="SLOT|all", help="Number of the slot, from 1.")],
) -> None:
    """Show one slot alone (keys F5 to F8), or all slots (key 0)."""
    from livegan.ipc.messages import Solo

    if slot != "all" and not (slot.isascii() and slot.isdigit() and len(slot) < 4):
        fail(f"solo {slot}: write the number of a slot, from 1, or all", 2)
    ask(context, Solo(None if slot == "all" else int(slot) - 1))


@tell.command()
def audio(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(metavar="[INPUT=]NAME|FILE|demo|silence", help="As --audio takes it."),
    ],
) -> None:
    """Listen to another sound; drums=NAME is for the input drums. sum: all named inputs."""
    from livegan.ipc.remote.schema import ListenTo
    from livegan.sound.named_inputs import input_of

    name, source = input_of(source)
    file = Path(source)
    wanted = os.path.abspath(file) if file.is_file() else source
    with connected(context) as show:
        before = show.state()
        answer = show.ask(ListenTo(f"{name}={wanted}" if name else wanted))
        until = time.monotonic() + OPENING_S
        for found in show.states(0.1):
            refused = [n for n in found.notes if n not in before.notes and REFUSED.match(n)]
            if refused:
                fail(refused[-1])
            new = [each for each in heard(found) if each not in heard(before)]
            if new:
                typer.echo(f"the show listens to {', '.join(new)}")
                return
            if time.monotonic() > until:
                break
        typer.echo(answer)


@tell.command()
def output(
    context: typer.Context,
    device: Annotated[
        str, typer.Argument(metavar="[NAME[:CHANNELS]]", help="As --output takes it.")
    ] = "",
) -> None:
    """Play patches and --monitor through another sound output; without a name, the default one."""
    from livegan.ipc.remote.schema import PlayOn

    ask(context, PlayOn(device))


@tell.command()
def display(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NUMBER|NAME", help="`livegan devices` lists displays.")
    ],
) -> None:
    """Show the audience's window on another display."""
    from livegan.ipc.remote.schema import ShowOn

    ask(context, ShowOn(name))


def heard(state: ShowState) -> list[str]:
    """What a show listens to."""
    return [state.sound, *(f"{row['name']}={row['source']}" for row in state.inputs)]


@tell.command(name="set")
def set_(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Number or name of a scene, or the file of a set.")],
) -> None:
    """Play another set at the next bar (keys 1 to 9)."""
    from livegan.ipc.remote.schema import PlaySet

    file = Path(name)
    ask(context, PlaySet(os.path.abspath(file) if file.is_file() else name))


@tell.command()
def record(context: typer.Context, on: Switch = "") -> None:
    """Start to record picture and sound, or stop (key r)."""
    from livegan.ipc.remote.schema import RecordFilm

    ask(context, RecordFilm(wanted("record", on)))


@tell.command()
def screenshot(context: typer.Context) -> None:
    """Save the picture to the folder shows/ (key s)."""
    from livegan.ipc.remote.schema import SaveScreenshot

    ask(context, SaveScreenshot())


@tell.command()
def tempo(
    context: typer.Context,
    bpm: Annotated[
        str,
        typer.Argument(
            metavar="BPM|music|tap|midi|link|set",
            help="Beats per minute, or what leads the tempo; set: as the set says.",
        ),
    ],
) -> None:
    """Fix the tempo, or choose what leads it."""
    from livegan.ipc.remote.schema import SetTempo
    from livegan.plugin.tempo_wish import WORDS

    if bpm == "set":
        ask(context, SetTempo())
    elif bpm in WORDS:
        ask(context, SetTempo(follow=bpm))
    else:
        words = ", ".join(WORDS)
        how = f"tempo {bpm}: write beats per minute, such as 128, or {words} or set"
        ask(context, SetTempo(number(bpm, how)))


@tell.command()
def tap(context: typer.Context) -> None:
    """Tap the tempo (key t)."""
    from livegan.ipc.remote.schema import TapTempo

    ask(context, TapTempo())


@tell.command()
def state(
    context: typer.Context,
    follow: Annotated[
        bool, typer.Option("--follow", help="Print it again and again, until the show ends.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.05, help="Seconds between two of them, with --follow.")
    ] = 1.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: one line of JSON each time.")
    ] = False,
) -> None:
    """Show how the show stands: picture, set, sound, knobs."""
    with connected(context) as show:
        if not follow:
            found = show.state()
            write([json.dumps(asdict(found))] if as_json else lines_of(found))
            return
        for found in show.states(every):
            write([json.dumps(asdict(found)) if as_json else line_of(found)])


@tell.command()
def shows(context: typer.Context) -> None:
    """List the shows that play in this folder."""
    from livegan.ipc.remote.address import shows_in

    folder, _ = context.obj
    found = shows_in(folder)
    if not found:
        fail(nothing_plays(folder))
    width = max(len(address.show) for address in found)
    write([f"{a.show:<{width}}  {short(a.set)}  process {a.pid}" for a in found])


# Asking ------------------------------------------------------------------------------------------


def ask(context: typer.Context, command: Command) -> None:
    """Have a show do something, and print what it answers."""
    with connected(context) as show:
        answer = show.ask(command)
        if answer:
            typer.echo(answer)


@contextlib.contextmanager
def connected(context: typer.Context) -> Iterator[ShowClient]:
    """A connection to the show that is meant; ends with one line if there is none."""
    from livegan.ipc.remote.address import shows_in
    from livegan.ipc.remote.client import RemoteError, ShowClient

    folder, name = context.obj
    found = shows_in(folder)
    meant = [address for address in found if name in ("", address.show)]
    names = ", ".join(address.show for address in found)
    if not found:
        fail(nothing_plays(folder))
    if not meant:
        fail(f"no show {name!r} plays here; there is: {names}")
    if len(meant) > 1:
        which_one = f"livegan tell --show {meant[0].show} ..."
        fail(f"{len(meant)} shows play here: {names}; say which one: {which_one}")
    try:
        with ShowClient(meant[0]) as show:
            yield show
    except RemoteError as error:
        fail(str(error))


def nothing_plays(folder: Path) -> str:
    """Why nothing can be told."""
    here = "this folder" if folder == Path.cwd() else short(folder)
    return f"no show plays in {here}; start one there with `livegan perform`"


def number(text: str, how: str) -> float:
    """A finite number that was typed; ends with ``how`` if it is none."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        fail(how, 2)
    return found


def wanted(what: str, on: str) -> bool | None:
    """A switch as it is sent; ends with one line if it is none."""
    if on not in ("", "on", "off"):
        fail(f"{what} {on}: write on or off, or neither for the other of both", 2)
    return None if not on else on == "on"


def write(lines: list[str]) -> None:
    """Print lines at once; whoever reads them may have had enough."""
    try:
        for line in lines:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
