"""Gamepads are heard, pulled and plugged in again: pygame's own events, and a fake joystick."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pygame
import pytest

from livegan.graph.signals.reading import Reading, read
from livegan.ipc.control_table import ControlTable
from livegan.live import gamepad
from livegan.plugin import Now
from livegan.stage.hands.gamepad_guest import Gamepads


class FakeJoystick:
    """The part of `pygame.joystick.JoystickType` that is used; each method is checked below."""

    made = 0

    def __init__(self, id: int) -> None:
        if id == 9:
            raise pygame.error("Invalid joystick device number")
        self.id, self.closed = id, False
        FakeJoystick.made += 1
        self.number = FakeJoystick.made

    def get_name(self) -> str:
        return "X/Box Pad"

    def get_instance_id(self) -> int:
        return self.number

    def quit(self) -> None:
        self.closed = True


def test_the_fake_has_the_methods_of_the_library() -> None:
    real: Any = pygame.joystick.JoystickType
    for name in ("get_name", "get_instance_id", "quit"):
        signature = inspect.signature(getattr(FakeJoystick, name))
        assert list(signature.parameters) == ["self"]
        assert f"{name}() ->" in getattr(real, name).__doc__


class Played:
    def __init__(self, table: ControlTable) -> None:
        FakeJoystick.made = 0
        self.table, self.notes = table, list[str]()
        names = {name: getattr(pygame, name) for name in dir(pygame) if name.startswith("JOY")}
        library = SimpleNamespace(
            **names, error=pygame.error, joystick=SimpleNamespace(Joystick=FakeJoystick)
        )
        self.pads = Gamepads(library, table.set, self.notes.append)

    def does(self, kind: int, time: float, **fields: Any) -> None:
        self.pads.take(pygame.event.Event(kind, **fields), time)

    def reads(self, signal: Any, time: float) -> float:
        now = Now(time=time, dt=0.04)
        return float(read(signal, Reading(now, controls=self.table.snapshot())))


@pytest.fixture
def played() -> Iterator[Played]:
    with ControlTable.create() as table:
        made = Played(table)
        made.does(pygame.JOYDEVICEADDED, 0.0, device_index=0)
        yield made


def test_sticks_and_buttons_are_signals(played: Played) -> None:
    assert played.reads(gamepad(axis=1, default=0.5), 0.0) == 0.5
    for value, wanted in ((1.0, 1.0), (-1.00003, -1.0), (0.05, 0.0), (0.55, 0.5), (-0.55, -0.5)):
        played.does(pygame.JOYAXISMOTION, 1.0, instance_id=1, axis=1, value=value)
        assert played.reads(gamepad(axis=1), 1.0) == pytest.approx(wanted)
    assert played.reads(gamepad(axis=1, name="x/box", dead=0), 1.0) == pytest.approx(-0.55)
    assert played.reads(gamepad(axis=1, name="play"), 1.0) == 0.0
    played.does(pygame.JOYBUTTONDOWN, 2.0, instance_id=1, button=3)
    assert played.reads(gamepad(button=3), 9.0) == 1.0 and played.reads(gamepad(button=0), 9.0) == 0
    played.does(pygame.JOYBUTTONUP, 10.0, instance_id=1, button=3)
    assert played.reads(gamepad(button=3), 10.02) == 1.0, "one that is over is seen in a frame"
    assert played.reads(gamepad(button=3), 10.1) == 0.0
    assert played.reads(gamepad(button=3, fall=1), 11.0) == pytest.approx(0.3679, abs=1e-3)


def test_one_that_is_pulled_lets_everything_go_and_is_opened_again(played: Played) -> None:
    played.does(pygame.JOYAXISMOTION, 1.0, instance_id=1, axis=0, value=1.0)
    played.does(pygame.JOYBUTTONDOWN, 1.0, instance_id=1, button=3)
    _, device = played.pads._open[1]
    played.does(pygame.JOYDEVICEREMOVED, 2.0, instance_id=1)
    assert device.closed and played.reads(gamepad(axis=0), 5.0) == 0.0
    assert played.reads(gamepad(button=3), 5.0) == 0.0
    played.does(pygame.JOYAXISMOTION, 3.0, instance_id=1, axis=0, value=1.0)  # came late
    assert played.reads(gamepad(axis=0), 5.0) == 0.0
    played.does(pygame.JOYDEVICEADDED, 6.0, device_index=0)
    played.does(pygame.JOYAXISMOTION, 6.0, instance_id=2, axis=0, value=-1.0)
    assert played.reads(gamepad(axis=0), 6.0) == -1.0
    played.does(pygame.JOYDEVICEADDED, 7.0, device_index=9)
    assert played.notes == [
        "gamepad: listening to X/Box Pad",
        "gamepad: X/Box Pad is gone; it is opened again when it returns",
        "gamepad: listening to X/Box Pad",
        "gamepad: one cannot be opened (Invalid joystick device number)",
    ]
