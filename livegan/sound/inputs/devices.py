"""The machine's sound devices, by name."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from livegan.plugin.closest import closest
from livegan.sound.clock import Lull

Kind = Literal["input", "output"]

# Where a device is offered several times (Windows does), the way that is quickest and gives whole
# names comes first.
HOSTS = ("Windows WASAPI", "Core Audio", "ALSA", "JACK Audio Connection Kit", "ASIO")
LAST_HOSTS = ("Windows DirectSound", "MME", "Windows WDM-KS", "OSS")

STALLED = 2.5
"""Seconds without a call from a device after which it counts as gone; most say so at once, and an
idle one may need a second or two to begin."""

CLIPPED = 27
"""Letters of the shortest name that may be one that was cut off: 31, less what numbers take."""

_portaudio = threading.RLock()
_streams: set[int] = set()


class SourceError(Exception):
    """A source that cannot be opened: which, why, and what to do, in one line."""


class SourceAway(SourceError):
    """A source that may be there later: the show begins without it and looks for it."""


class UnknownDevice(SourceError):
    """No device is called so."""


@dataclass(frozen=True)
class Device:
    """One input or output, as data for `livegan devices`."""

    name: str
    kind: Kind
    channels: int
    rate: float
    latency: float
    """Seconds, as the device claims at its lowest setting."""
    host: str
    default: bool
    index: int


def portaudio() -> Any:
    """The sounddevice module; `SourceError` in one line if PortAudio is not there."""
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        fix = (
            "install it: apt install libportaudio2"
            if sys.platform.startswith("linux")
            else "reinstall it: pip install --force-reinstall sounddevice"
        )
        raise SourceError(f"sound devices need PortAudio ({error}); {fix}") from None
    return sounddevice


def list_devices(kind: Kind | None = None) -> list[Device]:
    """Inputs and outputs (or one kind), the default first; `SourceError` without PortAudio."""
    sd = portaudio()
    found = []
    with _portaudio:
        hosts = [host["name"] for host in sd.query_hostapis()]
        defaults = {"input": _default(sd, 0), "output": _default(sd, 1)}
        rows = list(sd.query_devices())
    for one in ("input", "output"):
        if kind not in (None, one):
            continue
        for row in rows:
            if row[f"max_{one}_channels"] > 0:
                found.append(
                    Device(
                        name=row["name"],
                        kind=one,
                        channels=row[f"max_{one}_channels"],
                        rate=row["default_samplerate"],
                        latency=row[f"default_low_{one}_latency"],
                        host=hosts[row["hostapi"]],
                        default=row["index"] == defaults[one],
                        index=row["index"],
                    )
                )
    return sorted(found, key=lambda device: (device.kind, not device.default, _rank(device)))


def find_device(name: str | None, kind: Kind, devices: list[Device] | None = None) -> Device:
    """The device of that name, or the default one if None.

    An exact name wins over a part of one, and that over one that the system has cut off, there or
    in ``name``; upper and lower case are the same. ``devices`` is what is searched, by default
    those of the machine.
    `SourceError` lists what there is.
    """
    devices = list_devices(kind) if devices is None else [d for d in devices if d.kind == kind]
    if name is None:
        for device in devices:
            if device.default:
                return device
        raise UnknownDevice(f"there is no default sound {kind}; {_choice(devices, kind)}")
    wanted = name.strip().casefold()
    exact = [device for device in devices if device.name.casefold() == wanted]
    part = [device for device in devices if wanted and wanted in device.name.casefold()]
    clipped = [d for d in devices if clips(d.name, name.strip()) or clips(name.strip(), d.name)]
    for device in exact or part or clipped:
        return device
    near = closest(wanted, [device.name for device in devices])
    hint = f"did you mean {near!r}? " if near else ""
    raise UnknownDevice(f"no sound {kind} is called {name!r}; {hint}{_choice(devices, kind)}")


def find_again(name: str, kind: Kind, devices: list[Device] | None = None) -> Device:
    """The device that was called ``name`` when it was open, whatever its number is by now.

    Systems number what is plugged in: ``"USB Audio (hw:1,0)"`` comes back as ``"USB Audio
    (hw:2,0)"``, ``"Line (USB Audio)"`` as ``"Line (2- USB Audio)"``. `UnknownDevice` until then.
    """
    devices = list_devices(kind) if devices is None else [d for d in devices if d.kind == kind]
    for same in (str.casefold, unnumbered):
        for device in devices:
            if same(device.name) == same(name):
                return device
    for device in devices:
        if clips(device.name, name) or clips(name, device.name):
            return device
    raise UnknownDevice(f"sound {kind} {name!r} is not there; {_choice(devices, kind)}")


def clips(short: str, whole: str) -> bool:
    """Whether a name is the beginning of another: Windows' MME cuts names after 31 characters."""
    if short.endswith(")"):  # a whole name does
        return False
    short, whole = unnumbered(short).rstrip(), unnumbered(whole)
    return len(short) >= CLIPPED and whole.startswith(short) and short != whole


def channels_of(text: str) -> tuple[str, tuple[int, ...]]:
    """The name of a device, and its channels, counted from 1: ``"USB Audio:3,4"``; none are all.

    >>> channels_of("USB Audio:3,4"), channels_of("USB Audio (hw:1,0)")
    (('USB Audio', (3, 4)), ('USB Audio (hw:1,0)', ()))
    """
    found = re.fullmatch(r"(.*):\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*", text)
    if found is None:
        return text, ()
    return found[1].strip(), tuple(int(number) for number in found[2].split(","))


def unnumbered(name: str) -> str:
    """The name of a device without what says where it is plugged in."""
    return re.sub(r"\s*\(hw:\d+,(\d+)\)$", r" \1", re.sub(r"\((\d+)- ", "(", name)).casefold()


def refresh() -> None:
    """Look for devices again: PortAudio sees new ones only when it starts.

    Does nothing while a stream is open, because restarting PortAudio would end it.
    """
    sd = portaudio()
    with _portaudio:
        if not _streams:
            with suppress(sd.PortAudioError):
                sd._terminate()
            with suppress(sd.PortAudioError):
                sd._initialize()


class SoundStream:
    """An open sounddevice stream that can be asked whether its device is still there."""

    def __init__(self, open_stream: Callable[[Any], Any]) -> None:
        sd = portaudio()
        with _portaudio:
            self._stream = open_stream(sd)
            _streams.add(id(self))
            self._lull = Lull(time.monotonic())
            try:
                self._stream.start()
            except sd.PortAudioError:
                self._close()
                raise
        self.latency: float = self._stream.latency
        """Seconds, as PortAudio says."""

    def touch(self) -> None:
        """For the callback: the device is alive."""
        self._lull.heard(time.monotonic())

    @property
    def alive(self) -> bool:
        """Whether the device called lately and the stream still runs."""
        if self._lull.seconds(time.monotonic()) > STALLED:
            return False
        try:
            return bool(self._stream.active)
        except Exception:
            return False

    def close(self) -> None:
        """End the stream; a device that is gone may not answer, and is waited for only briefly."""
        closing = threading.Thread(target=self._close, name="close sound device", daemon=True)
        closing.start()
        closing.join(3.0)

    def _close(self) -> None:
        with _portaudio:
            with suppress(Exception):
                self._stream.abort(ignore_errors=True)
            with suppress(Exception):
                self._stream.close(ignore_errors=True)
            _streams.discard(id(self))


def _default(sd: Any, place: int) -> int:
    # sounddevice's own default is of the first host; the ranking below prefers another.
    index = int(sd.default.device[place])
    hosts = {host["name"]: host for host in sd.query_hostapis()}
    side = "default_input_device" if place == 0 else "default_output_device"
    for name in HOSTS:
        if name in hosts and hosts[name][side] >= 0:
            return int(hosts[name][side])
    return index


def _rank(device: Device) -> int:
    if device.host in LAST_HOSTS:
        return len(HOSTS) + 1 + LAST_HOSTS.index(device.host)
    return HOSTS.index(device.host) if device.host in HOSTS else len(HOSTS)


def _choice(devices: list[Device], kind: Kind) -> str:
    names = list(dict.fromkeys(device.name for device in devices))
    if not names:
        return f"this machine has no sound {kind} (see `livegan devices`)"
    return f"there is {', '.join(repr(name) for name in names)}"
