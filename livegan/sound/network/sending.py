"""Sending sound to another machine: VBAN packets, or RTP and the SDP file that describes it."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.network.address import AddressError, VbanAddress, resolved
from livegan.sound.network.vban import SAMPLES, packed

Array = NDArray[np.float32]
Coding = Literal["opus", "pcm"]

DEFAULT_STREAM = "livegan"
RTP_PORT = 5004
"""The port of RTP that RFC 3551 registers."""
PAYLOAD = 97
"""The number of the payload in RTP; the SDP file says what it is."""
OPUS_BITS = 192_000
"""A second; music in stereo is transparent with it."""
PCM_SAMPLES = 240
"""Of a packet of RTP without compression: 5 ms, 960 bytes."""


class Sender(Protocol):
    """What takes sound, (n, 2) at 48 kHz, and sends it at once."""

    def send(self, block: Array) -> None: ...
    def close(self) -> None: ...


class VbanSender:
    """Sends VBAN packets of 256 samples, 16 bits, 48 kHz, stereo.

    `AddressError` if there is no such host.
    """

    def __init__(self, address: VbanAddress) -> None:
        if not address.host:
            raise AddressError("name the host to send to: vban://HOST/STREAM")
        family, self._to = resolved(address.host, address.port)
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.setblocking(False)
        self._name = address.stream or DEFAULT_STREAM
        self._count = 0
        self._rest: Array = np.zeros((0, 2), np.float32)

    def send(self, block: Array) -> None:
        """Send it; `OSError` if the network takes no packets."""
        self._rest = np.concatenate([self._rest, block])
        while len(self._rest) >= SAMPLES:
            part, self._rest = self._rest[:SAMPLES], self._rest[SAMPLES:]
            data = packed(self._name, self._count, RATE, part)
            self._count += 1
            # Nobody is there yet, or the network is full: sound does not wait.
            with suppress(BlockingIOError, ConnectionRefusedError):
                self._socket.sendto(data, self._to)

    def close(self) -> None:
        """Send no more."""
        self._socket.close()


@dataclass(frozen=True)
class RtpAddress:
    """``rtp://HOST:PORT``."""

    host: str
    port: int = RTP_PORT

    @classmethod
    def read(cls, text: str) -> RtpAddress:
        """Of an address; `AddressError`."""
        from urllib.parse import urlsplit

        example = "write rtp://HOST:5004"
        try:
            parts = urlsplit(text.strip())
            port = RTP_PORT if parts.port is None else parts.port
        except ValueError:
            raise AddressError(
                f"{text}: its port is no number from 1 to 65535; {example}"
            ) from None
        if not parts.hostname or parts.path not in ("", "/") or port % 2 or not port:
            what = "RTP takes even ports" if port % 2 else example
            raise AddressError(f"{text}: {what}")
        return cls(parts.hostname, port)


class RtpSender:
    """Sends RTP: Opus in packets of 20 ms (RFC 7587), or 16-bit PCM in packets of 5 ms (RFC 3551).

    `AddressError` if there is no such host.
    """

    def __init__(self, address: RtpAddress, coding: Coding = "opus") -> None:
        import av

        family, (host, _) = resolved(address.host, address.port)
        self.sdp = sdp_of(host, family == socket.AF_INET6, address.port, coding)
        """The text of the SDP file: who receives needs it."""
        to = f"[{host}]" if family == socket.AF_INET6 else host
        self._container: Any = av.open(
            f"rtp://{to}:{address.port}?pkt_size=1200",
            "w",
            format="rtp",
            options={"payload_type": str(PAYLOAD)},
        )
        self._stream: Any = self._container.add_stream(
            "libopus" if coding == "opus" else "pcm_s16be", rate=RATE, layout="stereo"
        )
        if coding == "opus":
            self._stream.bit_rate = OPUS_BITS
            self._stream.codec_context.options = {"application": "audio", "frame_duration": "20"}
        self._samples = RATE // 50 if coding == "opus" else PCM_SAMPLES
        self._rest: Array = np.zeros((0, 2), np.float32)
        self._at = 0

    def send(self, block: Array) -> None:
        """Send it; `OSError` if the network takes no packets."""
        import av

        self._rest = np.concatenate([self._rest, block])
        while len(self._rest) >= self._samples:
            part, self._rest = self._rest[: self._samples], self._rest[self._samples :]
            whole = np.rint(np.clip(part, -1.0, 1.0) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(whole.reshape(1, -1), "s16", "stereo")
            frame.sample_rate, frame.pts = RATE, self._at
            self._at += len(part)
            with suppress(ConnectionRefusedError):  # nobody is there yet
                self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Send no more."""
        import av

        with suppress(OSError, av.FFmpegError):
            self._container.close()


def sdp_of(host: str, six: bool, port: int, coding: Coding) -> str:
    """The SDP file (RFC 8866) of what `RtpSender` sends."""
    kind = "opus/48000/2" if coding == "opus" else "L16/48000/2"
    family = "IP6" if six else "IP4"
    more = f"a=fmtp:{PAYLOAD} sprop-stereo=1;stereo=1\r\n" if coding == "opus" else ""
    return (
        "v=0\r\n"
        f"o=- 0 0 IN {family} {host}\r\n"
        "s=livegan\r\n"
        f"c=IN {family} {host}\r\n"
        "t=0 0\r\n"
        f"m=audio {port} RTP/AVP {PAYLOAD}\r\n"
        f"a=rtpmap:{PAYLOAD} {kind}\r\n{more}"
    )
