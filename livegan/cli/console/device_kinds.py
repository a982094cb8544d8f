"""The kinds of device that ``livegan devices --watch`` looks for, and how each is found."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from livegan.cli.console.display import display_lines, has_display
from livegan.cli.console.watching import DeviceKind, Unwatchable

SLOW = 2.0
"""Seconds between looks that take the system long."""
SYPHON_TURN = 0.05
"""Seconds that the run loop turns for Syphon at each look."""


def device_kinds() -> list[DeviceKind]:
    """All that this system can have."""
    return [
        DeviceKind("camera", camera_names),
        DeviceKind("display", display_names, SLOW, main=True),
        DeviceKind("sound input", lambda: sound_names("input"), SLOW),
        DeviceKind("sound output", lambda: sound_names("output", again=False), SLOW),
        # Here no other thread prints: what the library prints meanwhile is kept from the terminal.
        DeviceKind("MIDI", MidiPorts().names, main=True),
        DeviceKind("NDI sender", NdiSenders().names),
        *textures(),
    ]


def camera_names() -> list[str]:
    """Cameras, by the system's own names."""
    from livegan.picture_sources.camera import cameras

    return [camera.name for camera in cameras()]


def display_names() -> list[str]:
    """Displays, with number, size and name."""
    if not has_display():
        raise Unwatchable("this machine has no screen")
    lines = [line for line in display_lines() if line.startswith("display ")]
    return [line.removeprefix("display ") for line in lines]


def sound_names(kind: Any, again: bool = True) -> list[str]:
    """Sound devices; with ``again`` PortAudio is started anew, for it sees new ones only then.

    A device that several of the system's interfaces offer counts once, by its whole name.
    """
    from livegan.sound.inputs.devices import SourceError, clips, list_devices, refresh

    try:
        if again:
            refresh()
        names = {device.name for device in list_devices(kind)}
    except SourceError as error:
        raise Unwatchable(str(error)) from None
    return [name for name in names if not any(clips(name, other) for other in names)]


class MidiPorts:
    """MIDI inputs of the first of the system's interfaces that has any."""

    def __init__(self) -> None:
        self._scanners: dict[int, Any] = {}

    def names(self) -> list[str]:
        """Those that are there."""
        from livegan.stage.hands.midi_guest import CLIENT, silence
        from livegan.stage.hands.midi_message import is_own

        try:
            library = importlib.import_module("rtmidi")
        except ImportError:
            raise Unwatchable('pip install "livegan[midi]" (python-rtmidi is missing)') from None
        why = "it has no way to MIDI"
        found: list[str] | None = None
        for system in library.get_compiled_api():
            try:
                with silence():
                    if system not in self._scanners:
                        self._scanners[system] = library.MidiIn(system, CLIENT)
                    ports = self._scanners[system].get_ports()
            except Exception as error:  # those of the library have no class in common
                self._scanners.pop(system, None)
                why = str(error)
                continue
            found = [name for name in ports if not is_own(name)]
            if found:
                break
        if found is None:
            raise Unwatchable(f"this machine has none ({why})")
        return found


class NdiSenders:
    """NDI senders of the local network; the finder stays open."""

    def __init__(self) -> None:
        self._finder: Any = None

    def names(self) -> list[str]:
        """Those that are there."""
        from livegan.picture_sources.ndi import need_cyndilib

        _available(need_cyndilib)
        if self._finder is None:
            from cyndilib.finder import Finder

            self._finder = Finder()
            self._finder.open()
        self._finder.update_sources()
        return list(self._finder.get_source_names())


class SyphonServers:
    """Syphon servers of this Mac; the directory stays open."""

    def __init__(self) -> None:
        self._directory: Any = None

    def names(self) -> list[str]:
        """Those that are there."""
        from livegan.picture_sources.syphon import syphon_library, title

        library = _available(syphon_library)
        if self._directory is None:
            self._directory = library.SyphonServerDirectory()
            self._directory.run_loop_interval = SYPHON_TURN
        self._directory.update_run_loop()
        return [title(server) for server in self._directory.servers]


def textures() -> list[DeviceKind]:
    """Textures that other programs share, on the systems that have them."""
    import sys

    from livegan.picture_sources.spout import spout_senders

    kinds = {
        "win32": DeviceKind("Spout sender", lambda: _available(spout_senders)),
        "darwin": DeviceKind("Syphon server", SyphonServers().names, main=True),
    }
    return [kinds[sys.platform]] if sys.platform in kinds else []


def _available(call: Callable[[], Any]) -> Any:
    """What it returns; `Unwatchable` with what to do where this machine lacks it."""
    from livegan.picture_sources.source import PictureSourceError

    try:
        return call()
    except PictureSourceError as error:
        raise Unwatchable(str(error)) from None
