"""Receiving sound from an address, in the process of `livegan.sound.inputs.feeder`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs.feeder import RETRY, FeedPipe
from livegan.sound.network.lateness import LEARN
from livegan.sound.network.media_clock import MediaClock
from livegan.sound.network.packet import Packet
from livegan.sound.packets import floats

Array = NDArray[np.float32]

OPENING = 5.0
"""Seconds an address has to answer and to say what it sends."""

SILENT = 2.5
"""Seconds without a packet after which the sender counts as gone."""

AHEAD = 10.0
"""Seconds of sound that come at once from a server which is live. What goes on to come faster than
it is played is a file, which is played from its beginning."""

READ_AHEAD = 2.0
"""Seconds of a file that are read ahead of the clock."""

SEGMENTED = ("hls", "dash")
"""Formats that come in pieces of seconds: played as files are, for a piece cannot be skipped."""

PROTOCOLS = "http,https,tls,tcp,udp,rtp,rtsp,rtmp,crypto"
"""What a playlist may name; so no file of this machine."""

FORMATS = (
    "mpegts,hls,dash,rtp,rtsp,sdp,mp3,aac,loas,ac3,eac3,ogg,flac,wav,w64,aiff,au,caf,"
    "matroska,webm,mov,mp4,flv,nut,asf"
)
"""What is sent over networks. Rubbish before a stream can make it pass for something else, which
plays as noise for ever (MPEG-TS for MPEG-PS); so that is refused, and the sender asked anew."""

OPTIONS = {
    "protocol_whitelist": PROTOCOLS,
    "format_whitelist": FORMATS,
    "fflags": "nobuffer+discardcorrupt",
    # Enough to know what is sent, without seconds of waiting.
    "probesize": "200000",
    "analyzeduration": "1000000",
}


def receive(wire: FeedPipe, wanted: str, found: str | None) -> None:
    """Receive sound from an address in any format of FFmpeg, until its sender is gone.

    ``wanted`` is an address, or the path of an SDP file.
    """
    import av

    ended = ""
    address, options = opening(wanted)
    # A show does not wait for its sender.
    wire.say("waiting", reason=f"no sound has come from {wanted} yet")
    while not ended:
        try:
            with av.open(
                address, options=options, timeout=(OPENING, SILENT), metadata_errors="ignore"
            ) as container:
                if container.streams.best("audio") is None:
                    raise ValueError("there is no sound in it")
                ended = _send(wire, wanted, container)
            why = "nothing in it can be decoded"
        except (av.FFmpegError, OSError, ValueError) as error:
            why = reason(error)
        if not ended:
            wire.say("waiting", reason=f"no sound comes from {wanted} ({why})")
            time.sleep(RETRY)
    wire.say("gone", reason=f"no more sound comes from {wanted} ({ended})")


def opening(wanted: str) -> tuple[str, dict[str, str]]:
    """What FFmpeg opens for an address, and how.

    ``rtmp://0.0.0.0:1935/live/show?listen`` waits for who sends there, as ``tcp://...?listen``.
    """
    scheme = wanted.partition("://")[0].lower() if "://" in wanted else "file"
    options = {**OPTIONS, "protocol_whitelist": f"{PROTOCOLS},{scheme}"}
    address, _, query = wanted.partition("?")
    asked = query.split("&")
    if scheme == "rtmp" and asked[0] in ("listen", "listen=1"):
        options["listen"] = "1"
        wanted = "?".join(part for part in (address, "&".join(asked[1:])) if part)
    return wanted, options


def _send(wire: FeedPipe, wanted: str, container: Any) -> str:
    """Send what comes until no more does, and say why; nothing if there was no sound at all."""
    import av

    clock = SenderClock(
        paced=bool(container.duration) or container.format.name.split(",")[0] in SEGMENTED
    )
    opened = False
    try:
        for packet in decoded(container):
            if not opened:
                wire.say("open", name=wanted, rate=RATE)  # the buffer's
                opened = True
            clock.wait(packet, time.monotonic())
            wire.packet(clock.stamped(packet))
    except (av.FFmpegError, OSError) as error:
        if not opened:
            raise
        why = reason(error)
    else:
        why = "it has ended" if opened else ""
    # What came ahead of the clock is heard before the sender counts as gone.
    if opened:
        time.sleep(LEARN + max(0.0, min(clock.ahead(time.monotonic()), AHEAD)))
    return why


class SenderClock:
    """When packets count as having come: when they did, or, of a file, when they are to be played.

    A server may send a file as fast as it is read. Whoever plays it must not take that for a line
    on which all is late but the newest.
    """

    def __init__(self, paced: bool) -> None:
        self._paced = paced
        self._begun = self._taken = 0.0
        self._late = 0.0
        self._started = False

    def ahead(self, now: float) -> float:
        """Seconds of sound that came and are not to be played yet."""
        return self._begun + self._taken - now if self._started else 0.0

    def wait(self, packet: Packet, now: float) -> None:
        """Do not read a file faster than it is played."""
        if not self._started:
            self._begun, self._started = packet.arrived, True
        self._taken += len(packet.block) / packet.rate
        lead = self._begun + self._taken - now
        if not self._paced and lead > AHEAD:
            self._paced = True
        if self._paced and lead > READ_AHEAD:
            time.sleep(min(1.0, lead - READ_AHEAD))

    def stamped(self, packet: Packet) -> Packet:
        """The packet with the time at which it counts as having come."""
        if not self._paced:
            return packet
        due = self._begun + self._taken - len(packet.block) / packet.rate + self._late
        if packet.arrived > due:
            self._late += packet.arrived - due
        return replace(packet, arrived=max(due, packet.arrived))


def reason(error: Exception) -> str:
    """Why nothing comes, in a few words."""
    import av

    if isinstance(error, av.error.ExitError):  # a time limit of `av.open` has passed
        return "nothing is sent"
    return getattr(error, "strerror", None) or str(error)


def decoded(container: Any) -> Iterator[Packet]:
    """The packets that come; those that cannot be read are left out. It ends when none could be
    read for `SILENT` seconds."""
    import av

    stream = container.streams.best("audio")
    last, clock = time.monotonic(), MediaClock()
    for packet in container.demux(stream):
        arrived = time.monotonic()
        try:
            frames = packet.decode()
        except av.FFmpegError:
            frames = []
        if not frames and arrived - last > SILENT:
            return
        for frame in frames:
            names = tuple(channel.name for channel in frame.layout.channels)
            block = to_stereo(floats(frame), names)
            place = clock.place(frame.pts, frame.time_base, frame.sample_rate, len(block))
            if place is not None:
                yield Packet(block, place[0], frame.sample_rate, arrived, place[1])
            last = time.monotonic()  # who asked may have waited for the clock
