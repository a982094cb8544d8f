"""A show without pictures or sound, at a real address: what its clients are told is set by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from livegan.ipc.remote.address import open_address
from livegan.ipc.remote.schema import AskText, Command, FromShow, SetText, ShowState
from livegan.stage.remote.server import RemoteServer


class StandInShow:
    """Plays a set for its clients. Commands are done at once and kept in ``done``."""

    def __init__(self, working: Path, path: Path) -> None:
        self.done: list[Command] = []
        self.text = path.read_text("utf-8")
        self.state = ShowState(
            show=path.stem, set=str(path), version=1, engine="playing", fps=30.0, commit="on_air"
        )
        opened = open_address(working, path)
        self.server = RemoteServer(opened, self.seen, self.do, lambda kind, text: None)

    def seen(self, thumbs: bool, values: bool) -> ShowState:
        return self.state if values else replace(self.state, signals=(), nodes=())

    def do(self, command: Command) -> str | FromShow:
        if isinstance(command, AskText):
            return SetText(self.state.version, self.state.set, self.text)
        self.done.append(command)
        return type(command).__name__.lower()

    def shows(self, **fields: object) -> None:
        """From now on the state has these."""
        self.state = replace(self.state, **fields)  # type: ignore[arg-type]

    def close(self) -> None:
        self.server.stop()


def signal(line: int, name: str, value: float, role: str = "parameter") -> dict[str, object]:
    return {"file": "", "line": line, "name": name, "value": value, "role": role}


def node(line: int, ms: float) -> dict[str, object]:
    return {"file": "", "line": line, "name": "a", "kind": "model", "ms": ms}
