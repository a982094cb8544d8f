"""Run tests in a network of their own, where Linux allows it: all ports are free there.

``python -m tests.namespace FILE::TEST`` is what `run_alone` starts, inside.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

INSIDE = "LIVEGAN_TESTS_ALONE"
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
ENTER = ["unshare", "--map-root-user", "--net"]


@lru_cache
def allowed() -> bool:
    """Whether this process may have a network of its own."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    return subprocess.run([*ENTER, "true"], capture_output=True).returncode == 0


def run_alone(file: Path, test: str, timeout: float) -> None:
    """Run one test of a file that pytest does not collect, in a network of its own, else here."""
    enter = ENTER if allowed() else []
    done = subprocess.run(
        [*enter, sys.executable, "-m", "tests.namespace", f"{file}::{test}"],
        env={**os.environ, INSIDE: "1" if enter else ""},
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    skipped = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    if skipped and done.returncode == 0:
        pytest.skip(skipped[0])
    assert done.returncode == 0, done.stdout + done.stderr


def bring_up() -> None:
    """Bring up the loopback of a new network, where ports are free again at once."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SET_FLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))
    with contextlib.suppress(OSError):
        Path("/proc/sys/net/ipv4/tcp_max_tw_buckets").write_text("0")


if __name__ == "__main__":
    if os.environ.get(INSIDE):
        bring_up()
    raise SystemExit(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *sys.argv[1:]]))
