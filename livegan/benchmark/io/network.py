"""A network of its own for the measurement, and a second machine in it, where Linux allows that."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

ENTER = ["unshare", "--map-root-user", "--net"]
HERE, THERE = "10.77.0.1", "10.77.0.2"
"""The addresses of this machine and of the other one."""


def own_network() -> bool:
    """Whether this process may start one in a network of its own."""
    if sys.platform != "linux" or not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*ENTER, "true"], capture_output=True).returncode == 0


def bring_up() -> None:
    """Bring up the loopback of a new network, where ports are free again at once."""
    _ip("link", "set", "lo", "up")
    with contextlib.suppress(OSError):
        Path("/proc/sys/net/ipv4/tcp_max_tw_buckets").write_text("0")


class OtherMachine:
    """A network beside this one, joined by a cable: what runs there has ports of its own."""

    def __init__(self) -> None:
        """Raises OSError if Linux does not allow it."""
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        try:
            self._wait()
            _ip("link", "add", "bench0", "type", "veth", "peer", "name", "bench1")
            _ip("link", "set", "bench1", "netns", str(self._holder.pid))
            _ip("addr", "add", f"{HERE}/24", "dev", "bench0")
            _ip("link", "set", "bench0", "up")
            for words in (
                "link set lo up",
                f"addr add {THERE}/24 dev bench1",
                "link set bench1 up",
            ):
                subprocess.run([*self.enter, "ip", *words.split()], check=True)
        except subprocess.CalledProcessError as error:
            self.close()
            raise OSError(f"a second network cannot be made: {error}") from None

    def _wait(self) -> None:
        import time

        own = Path("/proc/self/ns/net").readlink()
        end = time.monotonic() + 5
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if Path(f"/proc/{self._holder.pid}/ns/net").readlink() != own:
                    return
            time.sleep(0.01)
        raise OSError("a second network did not come")

    @property
    def enter(self) -> list[str]:
        """What a command begins with that is to run there."""
        return ["nsenter", "--net", f"--target={self._holder.pid}"]

    def __enter__(self) -> OtherMachine:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()

    def close(self) -> None:
        """Take it away."""
        self._holder.kill()
        self._holder.wait()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
