"""``livegan send``: the sound of this machine to one that plays a show."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.interrupting import Interrupt

if TYPE_CHECKING:
    from livegan.sound.inputs.heard_input import HeardInput
    from livegan.sound.network.sending import Coding, Sender

POLL = 0.005
"""Seconds between two looks at the source."""
TOLD = 5.0
"""Seconds between two lines about what cannot be sent."""
QUIET = 3.0
"""Seconds of silence after which the sender is told so, once."""


def send(
    to: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="vban://HOST/STREAM, or rtp://HOST:5004."),
    ],
    audio: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE|demo",
            help='What to send: part of an input\'s name, such as "USB Audio:1,2", a file, or '
            "demo; the default input if not given.",
        ),
    ] = None,
    coding: Annotated[
        str, typer.Option(metavar="opus|pcm", help="For rtp: how the sound is written.")
    ] = "opus",
    sdp: Annotated[
        Path, typer.Option(metavar="FILE", help="For rtp: the file for who receives.")
    ] = Path("livegan.sdp"),
    seconds: Annotated[
        float, typer.Option(min=0, help="How long to send; until Ctrl-C if not given.")
    ] = 0.0,
) -> None:
    """Send sound to a machine that plays a show, from an input, a file or the demo track.

    Prints what to run there. VBAN is uncompressed, 1.6 Mbit a second; rtp with Opus takes 0.2.
    """
    from livegan.sound.inputs.heard_input import HeardInput
    from livegan.sound.sources import parse_source

    with clear_errors():
        source = parse_source(audio, audible=False)
        sender, there = opened(to, coding, sdp)
        heard = HeardInput(source, typer.echo)
    typer.echo(f"sends {heard.line.source.name} to {to}; Ctrl-C ends it")
    typer.echo(there)
    try:
        with Interrupt() as interrupt:
            _send(heard, sender, seconds or float("inf"), interrupt)
    finally:
        heard.line.close()
        sender.close()


def opened(to: str, coding: str, sdp: Path) -> tuple[Sender, str]:
    """What sends to an address, and a line that says what to run there."""
    from livegan.saving import write_bytes
    from livegan.sound.network.address import AddressError, VbanAddress
    from livegan.sound.network.sending import DEFAULT_STREAM, RtpAddress, RtpSender, VbanSender

    scheme = to.partition("://")[0].lower()
    try:
        if scheme == "vban":
            address = VbanAddress.read(to)
            port = "" if address.port == 6980 else f":{address.port}"
            at = f"vban://{port}/{address.stream or DEFAULT_STREAM}"
            return VbanSender(address), f'there, run: livegan perform --audio "{at}"'
        if scheme == "rtp":
            sender = RtpSender(RtpAddress.read(to), coding_of(coding))
            write_bytes(sdp, sender.sdp.encode())
            there = f"give {short(sdp)} to who receives; there, run: livegan perform --audio "
            return sender, there + sdp.name
    except AddressError as error:
        fail(str(error), 2)
    return fail(f"{to}: write vban://HOST/STREAM or rtp://HOST:5004", 2)


def coding_of(text: str) -> Coding:
    """``--coding``."""
    if text == "opus":
        return "opus"
    if text == "pcm":
        return "pcm"
    return fail(f"--coding {text}: write opus or pcm", 2)


def _send(heard: HeardInput, sender: Sender, seconds: float, interrupt: Interrupt) -> None:
    import numpy as np

    from livegan.sound import RATE

    heard.join(0)
    begun = time.monotonic()
    told, quiet, loud = -TOLD, 0.0, False
    while not interrupt.asked() and (now := time.monotonic() - begun) < seconds:
        heard.hear(round(now * RATE))
        block = heard.take(len(heard.held))
        if len(block):
            loud = loud or bool(np.abs(block).max() > 1e-4)
            quiet += len(block) / RATE
            try:
                sender.send(block)
            except OSError as error:
                if now - told >= TOLD:
                    told = now
                    typer.echo(f"nothing can be sent now ({error.strerror or error}); it goes on")
        if not loud and quiet > QUIET:
            loud = True
            typer.echo("what is sent is silent: is the right input chosen, and turned up?")
        time.sleep(POLL)
