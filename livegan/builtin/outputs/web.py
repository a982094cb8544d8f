"""Pictures for a browser: an address that shows the newest picture as moving JPEGs, or as HLS.

``/live`` is a page, ``/live.mjpg`` the stream itself (multipart/x-mixed-replace, for OBS, VLC and
``<img>``), ``/live.jpg`` the newest picture. ``/live/hls.m3u8`` is H.264 with the sound.
"""

from __future__ import annotations

import errno
import html
import io
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from livegan.builtin.outputs import hls
from livegan.builtin.outputs.streaming import heard
from livegan.stage.record.live_film import ShowSound

LOOPBACK = "127.0.0.1"
PORT = 8090
"""The port if the set names none: always the same, so that an address in OBS stays right."""
HANDOVER = 5.0
"""Seconds to wait for a port that is taken: an edited set's output before this one may have it."""
MOST = 16
"""Viewers at once; more are refused, so that a forgotten browser farm takes no cores."""
PATIENCE = 5.0
"""Seconds that one write to a viewer may take; one that stops reading is let go after that."""
QUALITY = 85
BOUNDARY = "livegan-picture"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>html,body{{margin:0;height:100%;background:#000;overflow:hidden}}
img{{width:100%;height:100%;object-fit:contain}}</style>
<img alt="" src="{stream}">
<script>
const picture = document.querySelector("img");
picture.onerror = () => setTimeout(() => {{ picture.src = "{stream}?" + Date.now(); }}, 1000);
</script>
</html>
"""
ADDRESS = re.compile(
    r"(?:http://)?(?P<host>\[[0-9a-fA-F:]+\]|[^/:\s\[\]]+)?(?::(?P<port>\d+))?(?P<path>/[^\s?#]*)?"
)


def parsed(text: str) -> tuple[str, int, str]:
    """Host, port and path of ``"HOST:PORT/PATH"``; each part may be missing.

    Raises
    ------
    RuntimeError
        In one line, for a text that is no address.
    """
    found = ADDRESS.fullmatch(text.strip())
    port = int(found["port"] or PORT) if found else 0
    if found is None or not 0 < port < 65536:
        raise RuntimeError(f'web={text!r} is no address: write "/live" or "0.0.0.0:8080/live"')
    host, path = found["host"], found["path"]
    if host and path is None and not found["port"] and re.fullmatch(r"[\w-]+", host):
        host, path = None, f"/{host}"  # web="live": a path without its slash
    return (host or LOOPBACK).strip("[]"), port, (path or "/live").rstrip("/")


class NewestPicture:
    """The newest picture as a JPEG. It is encoded when the first viewer asks for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._encoding = threading.Lock()
        self._pixels: NDArray[np.uint8] | None = None
        self._serial = 0
        self._jpeg: tuple[int, bytes] = (0, b"")
        self.over = False

    def put(self, pixels: NDArray[np.uint8]) -> None:
        """Keep a copy of a (H, W, 3) picture, in place of the one before."""
        with self._changed:
            self._pixels = pixels.copy()
            self._serial += 1
            self._changed.notify_all()

    def end(self) -> None:
        """Wake all viewers for the last time."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def pixels(self, after: int, timeout: float) -> tuple[int, NDArray[np.uint8]] | None:
        """A picture newer than ``after`` and its number, waiting for it; None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: self.over or self._serial > after, timeout)
            if self.over or self._serial <= after or self._pixels is None:
                return None
            return self._serial, self._pixels

    def get(self, after: int, timeout: float) -> tuple[int, bytes] | None:
        """Likewise, as a JPEG."""
        if self.pixels(after, timeout) is None:
            return None
        with self._encoding:
            with self._changed:
                pixels, serial = self._pixels, self._serial
            if self._jpeg[0] != serial and pixels is not None:
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
                self._jpeg = serial, file.getvalue()
            return self._jpeg


class Server(ThreadingHTTPServer):
    """Serves one picture to some viewers, each on a thread of its own."""

    daemon_threads = True
    block_on_close = False
    # Windows would share a port that another program uses; elsewhere this lets us have our own
    # port again at once.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")

    def __init__(
        self, host: str, port: int, path: str, sound: ShowSound, note: Callable[[str], None]
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Viewer)
        self.path, self.newest = path, NewestPicture()
        self.hls = hls.HlsFiles(self.newest.pixels, sound, note)
        self.seats = threading.BoundedSemaphore(MOST)
        self.loopback = host in (LOOPBACK, "localhost", "::1")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a viewer that goes away is no error."""


class Viewer(BaseHTTPRequestHandler):
    """One request of a viewer."""

    server: Server
    server_version, sys_version = "livegan", ""
    timeout = PATIENCE

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the performer has other things to read."""

    def do_GET(self) -> None:
        """The page, the stream, the newest picture or a file of HLS."""
        path = self.path.partition("?")[0]
        own = self.server.path
        folder, _, name = path.rpartition("/")
        if self.server.loopback and not self._asked_here():
            self.send_error(403, "this address is for programs of this machine")
        elif path == f"{own}.mjpg":
            self._seated(self._stream)
        elif path == f"{own}.jpg":
            self._seated(self._still)
        elif folder == own and hls.is_file(name):
            self._seated(lambda: self._hls(name))
        elif path in (own, f"{own}/", "/"):
            title = html.escape(own.lstrip("/") or "livegan")
            page = PAGE.format(title=title, stream=html.escape(f"{own}.mjpg"))
            self._send("text/html; charset=utf-8", page.encode())
        else:
            self.send_error(404, f"the picture is at {own}")

    def _asked_here(self) -> bool:
        """Whether the address was typed as one of this machine, not as a foreign site's name."""
        host = self.headers.get("Host", "localhost").lower()
        if host.partition(":")[0] == "localhost":
            return True
        plain = re.sub(r":\d+$", "", host).strip("[]")
        try:
            return ipaddress.ip_address(plain).is_loopback
        except ValueError:
            return False

    def _seated(self, serve: Callable[[], None]) -> None:
        if not self.server.seats.acquire(blocking=False):
            self.send_error(503, f"there are {MOST} viewers already")
            return
        try:
            serve()
        finally:
            self.server.seats.release()

    def _send(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _still(self) -> None:
        found = self.server.newest.get(0, PATIENCE)
        if found is None:
            self.send_error(503, "there is no picture yet")
        else:
            self._send("image/jpeg", found[1])

    def _hls(self, name: str) -> None:
        found = self.server.hls.read(name)
        if found is None:
            self.send_error(404, f"there is no {name} now")
        else:
            self._send(hls.kind_of(name), found)

    def _stream(self) -> None:
        """Each picture when it comes; those that come while the viewer reads are left out."""
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        serial = 0
        while not self.server.newest.over:
            found = self.server.newest.get(serial, PATIENCE)
            if found is None:
                continue
            serial, jpeg = found
            about = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            self.wfile.write(f"--{BOUNDARY}\r\n{about}".encode() + jpeg + b"\r\n")


class WebOutput:
    """A server on a thread. Sending a picture never waits for a viewer."""

    def __init__(self, server: Server) -> None:
        self._server = server
        serve = server.serve_forever
        threading.Thread(target=serve, args=(0.1,), name="web output", daemon=True).start()

    @property
    def address(self) -> str:
        """Where the page is, as a browser of this machine calls it."""
        host, port = self._server.server_address[:2]
        host = LOOPBACK if host in ("0.0.0.0", "::") else str(host)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{self._server.path or '/'}"

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Keep a (H, W, 3) uint8 picture for those who look."""
        self._server.newest.put(pixels)

    def close(self) -> None:
        """Stop serving. Viewers see the end of the stream."""
        self._server.newest.end()
        self._server.hls.close()
        self._server.shutdown()
        self._server.server_close()


def open_web(name: str, *, note: Callable[[str], None], sound: str = "") -> WebOutput:
    """A server for ``"HOST:PORT/PATH"``: by default for this machine only, on port 8090.

    ``sound`` is the name of the show's sound ring.

    Raises
    ------
    RuntimeError
        In one line, for a text that is no address and for a port that is taken.
    """
    host, port, path = parsed(name)
    end = time.monotonic() + HANDOVER
    while True:
        try:
            server = Server(host, port, path, heard(sound), note)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                why = error.strerror or str(error)
                raise RuntimeError(
                    f"web={name!r}: {host}:{port} cannot be used ({why}); "
                    + instead(error.errno, port, path)
                ) from None
        time.sleep(0.1)
    output = WebOutput(server)
    others = "" if server.loopback else " and from other machines of the network"
    note(f"open {output.address} in a browser or in OBS{others}")
    return output


def instead(fault: int | None, port: int, path: str) -> str:
    """What to write where a port cannot be had, or the host is none of this machine."""
    if fault in (errno.EADDRINUSE, errno.EACCES):
        other = port + 1 if 1024 <= port < 65535 else PORT
        return f'name another port, such as web=":{other}{path}"'
    return (
        f'write web=":{port}{path}" for this machine, web="0.0.0.0:{port}{path}" for others as well'
    )
