"""A show without an engine behind a real address, and the panel's server on a thread."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from websockets.sync.client import ClientConnection, connect

from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.remote.address import ShowAddress, open_address
from livegan.ipc.remote.schema import Command, HitPad, Hold, SetKnob, ShowState
from livegan.stage.panel.panel_guest import bound
from livegan.stage.panel.panel_server import PanelServer
from livegan.stage.panel.pictures import PhonePictures
from livegan.stage.remote.server import Declined, RemoteServer

TOKEN = "a-token-of-this-show-0"


def knob(name: str, value: float, low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    row = {"name": name, "value": value, "default": value, "low": low, "high": high}
    return {**row, "doc": f"what {name} does"}


class FakeShow:
    """Turns its knobs when it is asked to, and remembers everything else that it was asked."""

    def __init__(self, folder: Path) -> None:
        self.done: list[Command] = []
        self.now = ShowState(
            show="set",
            set="/home/ada/set.py",
            version=1,
            commit="on_air",
            engine="playing",
            picture="live",
            bpm=120.0,
            slots=[{"name": n, "model": "city", "condition": "levels"} for n in ("a", "b")],
            knobs=[knob("hue", 0.5), knob("tilt", 0.0, -1.0, 1.0)],
            pads=["kick"],
        )
        self.server = RemoteServer(
            open_address(folder, folder / "set.py"),
            self.state,
            self.at_once,
            lambda kind, text: None,
        )
        self.address: ShowAddress = self.server.address
        self._stop = threading.Event()
        self._frames = threading.Thread(target=self._play, daemon=True)
        self._frames.start()

    def state(self, thumbs: bool, values: bool) -> ShowState:
        now = replace(self.now, beats=time.monotonic())
        if not thumbs:
            return now
        return replace(now, slots=[{**slot, "picture": "AAAA"} for slot in now.slots])

    def at_once(self, command: Command) -> str | None:
        if isinstance(command, SetKnob):
            row = next(row for row in self.now.knobs if row["name"] == command.name)
            if not row["low"] <= command.value <= row["high"]:
                raise Declined("too far")
            self.turn(command.name, command.value)
        elif not isinstance(command, HitPad):
            return None
        self.done.append(command)
        return "done"

    def turn(self, name: str, value: float) -> None:
        """As MIDI would."""
        rows = [{**r, "value": value} if r["name"] == name else r for r in self.now.knobs]
        self.now = replace(self.now, knobs=rows)

    def _play(self) -> None:
        while not self._stop.wait(0.005):
            self.server.take(self._do)

    def _do(self, command: Command) -> str:
        self.done.append(command)
        if isinstance(command, Hold):
            self.now = replace(self.now, hold="held" if command.on else "")
        return "as you wish"

    def value(self, name: str) -> float:
        return float(next(row["value"] for row in self.now.knobs if row["name"] == name))

    def stop(self) -> None:
        self._stop.set()
        self._frames.join()
        self.server.stop()


class PanelHost:
    """The panel of a show, on a thread."""

    def __init__(self, show: FakeShow, port: int = 0) -> None:
        self.notes: list[str] = []
        self.looks = 0
        self.ring = PictureRing.create(64, 64)
        self.colour = 0
        made = bound("127.0.0.1", port)
        self.port: int = made.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/#{TOKEN}"
        self._loop = asyncio.new_event_loop()
        self.server = PanelServer(
            show.address, TOKEN, PhonePictures(self.ring), self._look, self.notes.append
        )
        self._task = self._loop.create_task(self.server.serve(made))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    def _look(self, count: int) -> None:
        self.looks = count

    def paint(self, grey: int) -> None:
        self.ring.write(np.full((48, 64, 3), grey, np.uint8))

    def join(self, token: str = TOKEN) -> Client:
        return Client(self.port, token)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.ring.close()
        self.ring.unlink()


class Client:
    """A phone, as the page is one."""

    def __init__(self, port: int, token: str = TOKEN) -> None:
        where = f"ws://127.0.0.1:{port}/show"
        self._stack = contextlib.ExitStack()
        connection = connect(where, compression=None, max_queue=None)
        self.socket: ClientConnection = self._stack.enter_context(connection)
        self.state: dict[str, Any] = {}
        self.answers: list[tuple[bool, str]] = []
        self.pictures: list[bytes] = []
        self.welcome: dict[str, Any] = {}
        self.say({"type": "enter", "token": token})

    def say(self, message: Any) -> None:
        self.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))

    def take(self) -> None:
        """The next message."""
        data = self.socket.recv(20)
        if isinstance(data, bytes):
            self.pictures.append(data)
            return
        said = json.loads(data)
        kind = said.pop("type")
        if kind == "state":
            values = {**self.state.get("values", {}), **said.pop("values", {})}
            self.state = {**self.state, **said, "values": values}
        elif kind == "answer":
            self.answers.append((said["done"], said["text"]))
        else:
            self.welcome = said

    def until(self, condition: Callable[[], Any]) -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end
            self.take()

    def leave(self) -> None:
        self._stack.close()
