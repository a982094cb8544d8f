"""Faders and knobs that speak Open Sound Control: ``osc("/1/fader1")`` is a number to play with."""

from __future__ import annotations

from collections.abc import Callable

from livegan.plugin import Now, hookimpl, param, static
from livegan_osc.receiver import receiver


class Osc:
    """The newest number that came to an OSC address, gliding there; its start value until then."""

    def __init__(
        self,
        *,
        address: str = static("/1/fader1", doc="what the control is called on the wire"),
        start: float = static(0.0, -1000, 1000, "the value before anything came"),
        port: int = static(9000, 1, 65535, "UDP port that is listened to"),
        host: str = static("127.0.0.1", doc='"0.0.0.0" listens to other machines, too'),
    ) -> None:
        self.address = address
        self.receiver = receiver(host, port)
        self.place = start
        self.time = 0.0

    def value(
        self,
        *,
        glide: float = param(0.05, 0.0, 10.0, "until two thirds of a move are made", unit="s"),
        now: Now,
    ) -> float:
        """Where the control is."""
        target = self.receiver.look().get(self.address, self.place)
        passed, self.time = now.time - self.time, now.time
        part = 1.0 if glide <= 0 or passed < 0 else 1 - 2.718281828 ** (-passed / glide)
        self.place += (target - self.place) * part
        return self.place


@hookimpl
def register_signals(register: Callable[..., object]) -> None:
    register(Osc, name="osc")
