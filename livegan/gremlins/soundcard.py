"""A sound card that can be pulled out: a PulseAudio server of one's own with a null sink.

What is played into the sink is what an input device hears. The performer's own sound server and
devices are not touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SINK = "show"
PROGRAMS = ("pulseaudio", "pactl", "paplay")


class NullSink:
    """A server; `start` it. ``env`` is for processes that record from it, or play into it."""

    def __init__(self, folder: Path) -> None:
        """``folder``, which is there and has a folder ``pulse`` (0700), is the server's own."""
        self.folder = folder
        self.env = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_COOKIE": str(folder / "cookie"),
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
            "PULSE_SINK": SINK,
            "PULSE_SOURCE": f"{SINK}.monitor",
            # Without these a server of the desktop might be started, or the real cards opened.
            "PULSE_CLIENTCONFIG": str(folder / "client.conf"),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        (folder / "client.conf").write_text("autospawn = no\n")
        self._server: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the server, and wait until it answers. Raises RuntimeError with what it said."""
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    "pulseaudio",
                    "-n",
                    "--daemonize=no",
                    "--use-pid-file=no",
                    "--exit-idle-time=-1",
                    "--realtime=no",
                    "--high-priority=no",
                    "-L",
                    f"module-null-sink sink_name={SINK} rate=48000",
                    "-L",
                    f"module-native-protocol-unix socket={self.folder}/pulse/native",
                ],
                env={k: v for k, v in self.env.items() if k != "PULSE_SERVER"},
                stdout=log,
                stderr=log,
            )
        for _ in range(200):
            asked = subprocess.run(["pactl", "info"], env=self.env, capture_output=True)
            if asked.returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        """Kill the server, as a crash would."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def unplug(self) -> None:
        """The card is pulled out: the sink and what records from it are gone."""
        self._control("unload-module", "module-null-sink")

    def plug(self, rate: int = 48000, others: int = 0) -> None:
        """The card is back, at that rate, after so many others: under another index."""
        for number in range(others):
            self._control("load-module", "module-null-sink", f"sink_name=other{number}")
        self._control("load-module", "module-null-sink", f"sink_name={SINK}", f"rate={rate}")

    def play(self, path: str | Path) -> subprocess.Popen[bytes]:
        """Play a WAV file into the sink; the player ends with the file."""
        player = subprocess.Popen(
            ["paplay", "--latency-msec=200", str(path)], env=self.env, stderr=subprocess.DEVNULL
        )
        self._players.append(player)
        return player

    def close(self) -> None:
        """End players and server."""
        for player in self._players:
            player.kill()
            player.wait()
        self.kill()

    def _control(self, *words: str) -> None:
        subprocess.run(["pactl", *words], env=self.env, check=True, stdout=subprocess.DEVNULL)


def missing() -> str:
    """The program that a sound card needs and this machine has not; empty if it has all."""
    return next((program for program in PROGRAMS if shutil.which(program) is None), "")


@contextlib.contextmanager
def sound_card() -> Iterator[NullSink]:
    """A server that runs, and is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="livegan-pulse-") as name:
        folder = Path(name)
        (folder / "pulse").mkdir(mode=0o700)
        sink = NullSink(folder)
        try:
            sink.start()
            yield sink
        finally:
            sink.close()
