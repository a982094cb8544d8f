"""Receiving sound from an address, in the process of `livegan.sound.inputs.feeder`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.downmix import to_stereo
from livegan.sound.inputs.feeder import RETRY, FeedPipe
from livegan.sound.media import resampled
from livegan.sound.packets import floats

Array = NDArray[np.float32]

OPENING = 5.0
"""Seconds an address has to answer and to say what it sends."""

SILENT = 2.5
"""Seconds without a packet after which the sender counts as gone."""

AHEAD = 2.0
"""Seconds of sound that are taken ahead of the clock from a sender that is faster: a file, or
segments of seconds that come all at once."""

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
    """Receive sound from an address in any format of FFmpeg, until its sender is gone."""
    import av

    ended = ""
    scheme = wanted.partition("://")[0].lower()
    options = {**OPTIONS, "protocol_whitelist": f"{PROTOCOLS},{scheme}"}
    # A show does not wait for its sender.
    wire.say("waiting", reason=f"no sound has come from {wanted} yet")
    while not ended:
        try:
            with av.open(
                wanted, options=options, timeout=(OPENING, SILENT), metadata_errors="ignore"
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


def _send(wire: FeedPipe, wanted: str, container: Any) -> str:
    """Send what comes until no more does, and say why; nothing if there was no sound at all."""
    import av

    opened, ahead, last = False, 0.0, time.monotonic()
    try:
        for block in resampled(decoded(container)):
            if not opened:
                wire.say("open", name=wanted, rate=RATE)
                opened = True
            wire.sound(block)
            now = time.monotonic()
            ahead = max(0.0, ahead - (now - last)) + len(block) / RATE
            last = now
            if ahead > AHEAD:
                time.sleep(ahead - AHEAD)
    except (av.FFmpegError, OSError) as error:
        if not opened:
            raise
        why = reason(error)
    else:
        why = "it has ended" if opened else ""
    # What came ahead of the clock is heard before the sender counts as gone.
    time.sleep(max(0.0, ahead - (time.monotonic() - last)))
    return why


def reason(error: Exception) -> str:
    """Why nothing comes, in a few words."""
    import av

    if isinstance(error, av.error.ExitError):  # a time limit of `av.open` has passed
        return "nothing is sent"
    return getattr(error, "strerror", None) or str(error)


def decoded(container: Any) -> Iterator[tuple[int, Array]]:
    """Rate and stereo sound of what comes; packets that cannot be read are left out. It ends when
    none could be read for `SILENT` seconds."""
    import av

    stream = container.streams.best("audio")
    last = time.monotonic()
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            frames = []
        if not frames and time.monotonic() - last > SILENT:
            return
        for frame in frames:
            names = tuple(channel.name for channel in frame.layout.channels)
            yield frame.sample_rate, to_stereo(floats(frame), names)
            last = time.monotonic()  # who asked may have waited for the clock
