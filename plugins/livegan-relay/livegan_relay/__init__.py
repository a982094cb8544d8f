"""One package with four kinds of plugin: a source, a signal, an output and a command."""

from __future__ import annotations

from livegan.plugin import RegisterCommand, RegisterOffer, RegisterOperation, hookimpl
from livegan_relay.command import grains
from livegan_relay.granulator import open_grains
from livegan_relay.mjpeg import open_mjpeg
from livegan_relay.udp import Udp


@hookimpl
def register_sources(register: RegisterOffer) -> None:
    """Offer it as ``--audio grains:FILE``."""
    register(open_grains, "grains", "a sound file, taken apart into grains: grains:FILE")


@hookimpl
def register_signals(register: RegisterOperation) -> None:
    """Offer it as ``udp(port=9000)``."""
    register(Udp, "udp", live=True)


@hookimpl
def register_outputs(register: RegisterOffer) -> None:
    """Offer it as ``show(picture, mjpeg="8090")``."""
    register(open_mjpeg, "mjpeg", "the port of a page that shows the picture in any browser")


@hookimpl
def register_commands(register: RegisterCommand) -> None:
    """Offer it as ``livegan grains``."""
    register(grains)
