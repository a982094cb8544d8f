"""An output: a page that shows the newest picture in any browser, as a stream of JPEGs."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

QUALITY = 80
WAIT_S = 1.0
"""How long a viewer waits for a picture before it looks whether the output was closed."""


class Mjpeg:
    """The newest picture, sent to all who look at ``http://HOST:PORT/``."""

    def __init__(self, host: str, port: int) -> None:
        self.jpeg = b""
        self.serial = 0
        self.open = True
        self.changed = threading.Condition()
        self.server = Server((host, port), Viewer)
        self.server.output = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        """The port that it listens to."""
        return int(self.server.server_address[1])

    def send(self, pixels: NDArray[np.uint8]) -> None:
        """Take a (H, W, 3) picture: it is the newest from now on."""
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "JPEG", quality=QUALITY)
        with self.changed:
            self.jpeg, self.serial = data.getvalue(), self.serial + 1
            self.changed.notify_all()

    def next(self, serial: int) -> tuple[int, bytes]:
        """The newest picture once it is another than ``serial``; empty if none came in a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.serial != serial or not self.open, WAIT_S)
            return (self.serial, self.jpeg) if self.serial != serial else (serial, b"")

    def close(self) -> None:
        """Let the viewers go, and the port."""
        with self.changed:
            self.open = False
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()  # and wait for its threads
        self.thread.join()


class Server(ThreadingHTTPServer):
    """Knows the output whose pictures it sends."""

    output: Mjpeg
    daemon_threads = False
    allow_reuse_address = True


class Viewer(BaseHTTPRequestHandler):
    """One browser that looks."""

    timeout = 5  # seconds that a browser may keep us waiting

    def do_GET(self) -> None:
        """Send pictures until the browser goes, or the output is closed."""
        output = self.server.output  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        serial = 0
        try:
            while output.open:
                serial, jpeg = output.next(serial)
                if jpeg:
                    head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal belongs to the show."""


def open_mjpeg(name: str, *, folder: Path = Path()) -> Mjpeg:
    """The output that ``show(picture, mjpeg="8090")`` or ``mjpeg="0.0.0.0:8090"`` means.

    Raises
    ------
    RuntimeError
        If there is no such port to be had, in one line.
    """
    host, _, port = name.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise RuntimeError(f"mjpeg: {name!r} is no port; write a number such as 8090")
    try:
        return Mjpeg(host or "127.0.0.1", int(port))
    except OSError as error:
        raise RuntimeError(f"mjpeg: port {name}: {error.strerror or error}") from None
