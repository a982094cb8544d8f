"""The menu of what comes in and goes out, chosen with a few keys while the show plays."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from livegan.ipc.remote.schema import Command, ListenTo, PlayOn, ShowOn

PATIENCE_S = 15.0
"""Seconds that a driver may take to name its devices."""
MOST = 9
"""Devices of a kind that are listed: more do not fit."""
LIST = "import sys; sys.path[:] = sys.argv[1:]; from livegan.stage.control.menu import main; main()"
Names = dict[str, list[str]]
"""Of sound devices: by "input" and "output"."""


@dataclass(frozen=True)
class MenuChoice:
    """One thing to choose: what it is called, and what is asked of the show."""

    kind: str
    text: str
    command: Command
    chosen: bool = False
    """It is what the show has now."""


@dataclass(frozen=True)
class Menu:
    """What there is to choose from, and where the performer is. Immutable."""

    choices: tuple[MenuChoice, ...] = ()
    at: int = 0
    waiting: str = ""
    """What is looked for."""

    def press(self, name: str) -> tuple[Menu | None, Command | None]:
        """The menu after a key, None once it is over, and what was chosen."""
        if name in ("escape", "o"):
            return None, None
        if name in ("return", "keypad enter") and self.choices:
            return None, self.choices[self.at].command
        step = {"up": -1, "down": 1}.get(name, 0)
        if step and self.choices:
            return replace(self, at=(self.at + step) % len(self.choices)), None
        return self, None

    def with_choices(self, choices: Sequence[MenuChoice]) -> Menu:
        """With other choices; the performer stays where they are."""
        kept = choices.index(self.choices[self.at]) if self._in(choices) else 0
        return Menu(tuple(choices), kept)

    def _in(self, choices: Sequence[MenuChoice]) -> bool:
        return bool(self.choices) and self.choices[self.at] in choices


def choices_of(
    sounds: Names, displays: Sequence[str], heard: str, inputs: Sequence[str] = ()
) -> list[MenuChoice]:
    """Everything that can be chosen.

    ``heard`` is the name of the sound that is heard, ``inputs`` the named inputs of the show, and
    ``displays`` the names of the displays, in their order.
    """
    found = [
        MenuChoice("sound input", name, ListenTo(f"device:{name}"), name == heard)
        for name in sounds.get("input", [])[:MOST]
    ]
    if inputs:
        found.append(MenuChoice("sound input", "sum of the named inputs", ListenTo("sum")))
    found.append(MenuChoice("sound input", "demo track", ListenTo("demo"), heard == "demo"))
    outputs = sounds.get("output", [])[:MOST]
    found += [MenuChoice("sound output", name, PlayOn(name)) for name in outputs]
    if len(displays) > 1:
        found += [
            MenuChoice("display", f"{number} {name}".strip(), ShowOn(str(number)))
            for number, name in enumerate(displays[:MOST])
        ]
    return found


def sound_devices() -> Names:
    """The names of sound inputs and outputs as they are at this moment.

    A process of its own asks: PortAudio sees new devices only when it starts, and a driver may
    hang. Without an answer there are none.
    """
    command = [sys.executable, "-c", LIST, *sys.path]
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S)
        names: Names = json.loads(done.stdout.decode().splitlines()[-1])
        return names
    return {}


def main() -> None:
    """Print the names as JSON."""
    from livegan.sound.inputs.devices import SourceError, list_devices

    names: Names = {"input": [], "output": []}
    with contextlib.suppress(SourceError):
        for device in list_devices():
            names[device.kind].append(device.name)
    print(json.dumps({kind: list(dict.fromkeys(found)) for kind, found in names.items()}))
