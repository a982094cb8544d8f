"""Where sound comes from: a device, a file, the demo track, silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from livegan.files import named
from livegan.sound import RATE
from livegan.sound.inputs.devices import SourceError as SourceError
from livegan.sound.inputs.devices import list_devices
from livegan.sound.source import SUFFIXES
from livegan.sound.source import Array as Array
from livegan.sound.source import Note as Note
from livegan.sound.source import Source as Source

if TYPE_CHECKING:
    from livegan.sound.inputs.desk import Desk


class Silence:
    """No sound at all, for as long as one likes."""

    name = "silence"
    rate = RATE

    def open(self, note: Note) -> None:
        """Nothing to open."""

    def pull(self, frames: int) -> Array:
        """(frames, 2) zeros."""
        return np.zeros((max(0, frames), 2), np.float32)

    def close(self) -> None:
        """Nothing to close."""


def open_device(argument: str) -> Source:
    """Sound input by name, or the default input if the name is empty; waited for if need be."""
    from livegan.sound.inputs.capture import Capture

    return Capture(argument or None)


def open_network(argument: str) -> Source:
    """Sound that is sent to, or can be fetched from, an address."""
    from livegan.sound.inputs.capture import Capture

    argument, delay = _delayed(argument)
    found = ADDRESS.match(argument)
    if found and found[1].lower() == "vban":
        return open_vban(argument.partition("://")[2], delay)
    if found and found[1].lower() not in ADDRESSES and not known(found[1].lower()):
        can = ", ".join(f"{scheme}://" for scheme in ADDRESSES)
        reason = f"the FFmpeg in this Python's av package has no {found[1].lower()}"
        raise SourceError(f"--audio {argument}: {reason}; send it by one of {can}")
    return Capture(argument, kind="network", delay=delay)


def open_vban(argument: str, delay: float | None = None) -> Source:
    """A VBAN stream that is sent to this machine: ``[FROM][:PORT][/STREAM]``."""
    from livegan.sound.inputs.capture import Capture
    from livegan.sound.network.address import AddressError, VbanAddress

    argument, own = _delayed(argument)
    address = f"vban://{argument.removeprefix('//')}"
    try:
        VbanAddress.read(address)
    except AddressError as error:
        raise SourceError(f"--audio {error}") from None
    return Capture(address, kind="vban", delay=own if delay is None else delay)


def open_sdp(argument: str) -> Source:
    """What is sent by RTP as an SDP file describes it."""
    from livegan.sound.inputs.capture import Capture

    argument, delay = _delayed(argument)
    path = named(Path(argument).expanduser())
    if not path.is_file():
        raise SourceError(
            f"--audio {argument}: there is no such file; `livegan send` writes one for who receives"
        )
    return Capture(str(path), kind="network", delay=delay)


def _delayed(argument: str) -> tuple[str, float | None]:
    """An address without its ``delay=``, and that in seconds."""
    from livegan.sound.network.address import AddressError, split_delay

    try:
        return split_delay(argument)
    except AddressError as error:
        raise SourceError(f"--audio {error}") from None


def known(scheme: str) -> bool:
    """Whether the FFmpeg that is installed can open addresses that begin so."""
    import av

    try:
        av.open(f"{scheme}://127.0.0.1:9", timeout=0.5).close()
    except av.error.ProtocolNotFoundError:
        return False
    except (av.FFmpegError, OSError, ValueError):
        pass  # nobody sends there, which is no matter
    return True


def open_ndi(argument: str) -> Source:
    """The sound of an NDI sender, by part of its name; waited for, also when it went."""
    from importlib.util import find_spec

    from livegan.sound.inputs.capture import Capture

    if find_spec("cyndilib") is None:
        from livegan.builtin.outputs.ndi import MISSING

        raise SourceError(f"--audio ndi: {MISSING}")
    argument, delay = _delayed(argument)
    return Capture(argument.strip() or None, kind="ndi", delay=delay)


def open_file(argument: str, loop: bool = True, audible: bool = True) -> Source:
    """A media file; heard through the default output if ``audible``."""
    from livegan.sound.inputs.playback import Playback

    return Playback(named(Path(argument).expanduser()), loop=loop, audible=audible)


def open_demo(argument: str = "", loop: bool = True, audible: bool = True) -> Source:
    """The bundled demo track."""
    from livegan.share import demo_track
    from livegan.sound.inputs.playback import Playback

    _takes_nothing("demo", argument)
    return Playback(demo_track(), loop=loop, audible=audible, name="demo")


def open_silence(argument: str = "") -> Source:
    """Silence."""
    _takes_nothing("silence", argument)
    return Silence()


def _takes_nothing(name: str, argument: str) -> None:
    if argument:
        raise SourceError(f"--audio {name}:{argument}: {name} takes nothing more; write {name}")


ADDRESSES = ("http", "https", "udp", "tcp", "rtp", "rtsp", "rtmp")
"""What an address can begin with in every FFmpeg: ``udp://...``."""

ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
"""What the beginning of an address looks like."""

SOURCES: dict[str, tuple[Callable[[str], Source], str]] = {
    "device": (open_device, "a sound input by name: device:NAME, or the default: device"),
    "file": (open_file, "a sound file or film, looped and audible: file:PATH"),
    "network": (open_network, "a stream by its address: udp://..., http://..., rtsp://..."),
    "vban": (open_vban, "a VBAN stream to this machine: vban://FROM/STREAM, or all: vban"),
    "ndi": (open_ndi, "the sound of an NDI sender, by part of its name: ndi:Resolume"),
    "demo": (open_demo, "the bundled track, looped and audible"),
    "silence": (open_silence, "no sound"),
}
"""The built-in sources, as they are registered: name, (factory, summary)."""


def parse_source(
    text: str | None = None,
    *,
    loop: bool = True,
    audible: bool = True,
    more: Mapping[str, Callable[[str], Source]] | None = None,
    desk: Desk | None = None,
) -> Source:
    """The source that a performer means; it is not open yet.

    ``text`` is ``NAME`` or ``NAME:ARGUMENT`` of `SOURCES` or of ``more`` (those of plugins), the
    path of a file, that of an SDP file, a network address, or else (a part of) the name of an input
    device. None is the default input, or the demo track if the machine has no input. ``loop`` and
    ``audible`` are for files. A name after ``device:`` is waited for; one without that nothing has
    is refused. With a ``desk``, inputs of one device share it.
    """
    from livegan.sound.inputs.capture import Capture

    device = open_device if desk is None else desk.source
    if text is None:
        try:
            return device("") if list_devices("input") else open_demo("", loop, audible)
        except SourceError:
            return open_demo("", loop, audible)
    text = text.strip()
    if Path(text.partition("?")[0]).suffix.lower() == ".sdp":
        return open_sdp(text)
    if named(Path(text).expanduser()).is_file():
        return open_file(text, loop, audible)
    name, _, argument = text.partition(":")
    if more and name in more:
        return more[name](argument)
    if name == "file":
        return open_file(argument, loop, audible)
    if name == "demo":
        return open_demo(argument, loop, audible)
    if name == "device":
        return device(argument)
    if name in SOURCES:
        return SOURCES[name][0](argument)
    if ADDRESS.match(text):
        return open_network(text)
    # What looks like a path is one that was mistyped: the file's error has the closest names.
    if "/" in text or "\\" in text or Path(text).suffix.lower() in SUFFIXES:
        return open_file(text, loop, audible)
    return Capture(text, patient=False) if desk is None else desk.source(text, patient=False)


def recorded(text: str, option: str = "--audio ") -> Path:
    """The file that a rehearsal hears, which has no clock to listen by: a path, or ``demo``.

    `SourceError` says what it takes, and which files there are; ``option`` is where it was given.
    """
    from livegan.share import demo_track
    from livegan.sound.media import MediaError, check

    if text == "demo":
        return demo_track()
    path = named(Path(text).expanduser())
    if not path.exists():
        path = named(Path(text.removeprefix("file:")).expanduser())
    takes = "it takes a sound file, a film or demo"
    kind = text.partition(":")[0].lower()
    if not path.exists() and (kind in SOURCES or ADDRESS.match(text)):
        raise SourceError(f"{option}{text}: only `livegan perform` can listen to that; {takes}")
    try:
        check(path)
    except MediaError as error:
        raise SourceError(f"{option}{error}; {takes}") from None
    return path
