"""What a machine has for gremlins, and what its processes hold."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from livegan.gremlins import soundcard

SHARED = Path("/dev/shm")


def lacking(need: str, env: Mapping[str, str]) -> str:
    """Why a fault that needs this cannot be had here; empty if it can.

    ``env`` is that of the show.
    """
    if need == "posix":
        return "" if os.name == "posix" else "signals, links and pipes as on Linux and macOS"
    if need == "linux":
        return "" if sys.platform == "linux" else "Linux"
    if need == "x11":
        if not env.get("DISPLAY") or env.get("SDL_VIDEODRIVER", "x11") != "x11":
            return "a display of X11"
        return "" if shutil.which("xdotool") else "xdotool"
    if need in ("Xvfb", "icewm"):
        return "" if sys.platform == "linux" and shutil.which(need) else need
    if need == "namespaces":
        asked = [
            "unshare",
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "tmpfs",
            str(SHARED),
        ]
        can = sys.platform == "linux" and shutil.which("unshare")
        done = can and subprocess.run(asked, capture_output=True).returncode == 0
        return "" if done else "the right to make namespaces (unshare)"
    if need == "sound":
        missing = soundcard.missing()
        return f"{missing} (PulseAudio)" if missing else ""
    if need == "pyo":
        return "" if importlib.util.find_spec("pyo") else "pyo: pip install 'livegan[pyo]'"
    if need == "sparse":
        return "" if sys.platform != "darwin" else "files with holes"
    raise ValueError(f"nothing is called {need!r}")


def children(pid: int) -> list[int]:
    """The processes that descend from one."""
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def lives(pid: int) -> bool:
    """Whether a process runs: one that has ended and waits for its parent does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def command(pid: int) -> str:
    """What a process was started with, in one line; empty if it is gone."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def shared_memory(pid: int) -> set[str]:
    """The names of the shared memory that a process has mapped (Linux)."""
    if not SHARED.is_dir():
        return set()
    try:
        paths = [Path(part.path) for part in psutil.Process(pid).memory_maps()]
    except psutil.Error:
        return set()
    return {path.name for path in paths if path.parent == SHARED}


def still_there(names: set[str]) -> set[str]:
    """Those of them that the machine still holds."""
    return {name for name in names if (SHARED / name).exists()}


@dataclass(frozen=True)
class Holding:
    """What a process holds."""

    memory: int
    """Resident bytes."""
    handles: int
    """Open files, sockets and pipes; on Windows all handles."""
    threads: int


def holding(pid: int) -> Holding | None:
    """What a process holds now; None if it is gone."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            handles = process.num_handles() if os.name == "nt" else process.num_fds()
            return Holding(process.memory_info().rss, handles, process.num_threads())
    except psutil.Error:
        return None
