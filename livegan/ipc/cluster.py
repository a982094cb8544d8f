"""Processes on many machines, that Ray (https://docs.ray.io) starts.

Ray only starts them, and says when a machine is gone. They connect back to this one and talk over
that connection, as processes of this machine talk over a pipe.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, ClassVar

from livegan import __version__
from livegan.ipc.spawned import NoPlace

INSTALL = 'pip install "livegan[ray]"'
STARTS_S = 120.0
"""Seconds in which a machine answers."""
ANSWERS_S = 10.0
"""Seconds in which the head takes a connection."""
ROOM_S = 60.0
"""Seconds that a process beside others may take to begin; other programs may use the machines."""
CORES_EACH = 2
"""Cores of a process, if nobody says how many processes there are to be."""


class ClusterError(Exception):
    """Why the machines cannot be used; one line."""


class RemoteProcess:
    """A process on another machine."""

    elsewhere: ClassVar[bool] = True

    def __init__(self, ray: Any, reference: Any) -> None:
        self._ray, self._reference = ray, reference

    @property
    def over(self) -> bool:
        """Whether it has ended, or its machine has."""
        return bool(self._ray.wait([self._reference], timeout=0)[0])

    def ended(self) -> str:
        """What Ray says of it."""
        try:
            self._ray.get(self._reference, timeout=10)
        except Exception as error:
            return str(error).strip().splitlines()[0]
        return "it ended"


class Cluster:
    """The machines that Ray has joined.

    Parameters
    ----------
    address : of Ray's head (``"10.0.0.5:6379"``), or ``"auto"`` for the one that runs on this
        machine; if none does, this machine alone.
    jobs : processes that work at once; 0 is one for each graphics card, or for two cores where
        there is none.
    shared : files and folders that each machine must find under the same path.

    Raises
    ------
    ClusterError
        If Ray is not installed or not found, or a machine has another livegan or lacks a file.
    """

    def __init__(self, address: str, jobs: int = 0, shared: Iterable[Path] = ()) -> None:
        try:
            import ray
        except ImportError:
            raise ClusterError(f"--ray needs Ray: {INSTALL}") from None
        self._ray: Any = ray
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
        where = None if address == "auto" else address
        try:
            if where is not None:
                _answers(where)
            ray.init(address=where, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError) as error:
            raise ClusterError(
                f"--ray {address}: {str(error).splitlines()[0]}; start it with `ray start --head`"
            ) from None
        self._key = secrets.token_bytes(32)
        self._begun: list[RemoteProcess] = []
        has = self._ray.cluster_resources()
        cores, cards = int(has.get("CPU", 1)), int(has.get("GPU", 0))
        self.jobs = jobs or cards or max(1, cores // CORES_EACH)
        self.each = {"num_cpus": max(1, cores // self.jobs)}
        if cards:
            self.each["num_gpus"] = min(1.0, cards / self.jobs)  # type: ignore[assignment]
        try:
            self._check(list(shared))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave it; machines and other programs' work stay."""
        self._ray.shutdown()

    def _check(self, shared: list[Path]) -> None:
        """Each machine has this livegan, and finds the files."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        paths = [str(path.absolute()) for path in shared]
        ask = self._ray.remote(lacks)
        asked = []
        for node in self._ray.nodes():
            if node["Alive"]:
                there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                how = ask.options(num_cpus=0, max_retries=0, scheduling_strategy=there)
                asked.append((node["NodeManagerAddress"], how.remote(__version__, paths)))
        for machine, reference in asked:
            try:
                lacking = self._ray.get(reference, timeout=STARTS_S)
            except Exception as error:
                lacking = f"it does not answer: {str(error).strip().splitlines()[-1]}"
            if lacking:
                raise ClusterError(f"the machine {machine} cannot help: {lacking}")

    @contextlib.contextmanager
    def begin(
        self, serve: Callable[..., None], *arguments: Any
    ) -> Iterator[tuple[RemoteProcess, Connection]]:
        """A process on one of the machines: see `livegan.ipc.spawned.Begin`."""
        working = sum(not process.over for process in self._begun)
        if working and working >= self._places():
            raise NoPlace
        with Listener((_own_address(self._ray), 0), authkey=self._key) as listener:
            work = self._ray.remote(serve_from).options(**self.each, max_retries=0)
            threads = self.each["num_cpus"]
            given = self._ray.put((serve, arguments))
            reference = work.remote(listener.address, self._key, threads, given)
            process = RemoteProcess(self._ray, reference)
            connection = self._accepted(listener, process, ROOM_S if working else math.inf)
        if connection is None:
            self._ray.cancel(reference, force=True)
            raise NoPlace
        self._begun.append(process)
        try:
            yield process, connection
        finally:
            connection.close()
            with contextlib.suppress(Exception):  # its machine may be gone
                self._ray.cancel(reference, force=True)

    def _places(self) -> int:
        """Processes for which the machines have room, if nobody else uses them."""
        places = 0.0
        for node in self._ray.nodes():
            has = node["Resources"] if node["Alive"] else {}
            room = has.get("CPU", 0.0) // self.each["num_cpus"]
            if "num_gpus" in self.each:
                room = min(room, has.get("GPU", 0.0) // self.each["num_gpus"])
            places += room
        return int(places)

    def _accepted(
        self, listener: Listener, process: RemoteProcess, patience_s: float
    ) -> Connection | None:
        """Its connection, as soon as a machine has room for it; None if that takes too long."""
        came: list[Connection] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                came.append(listener.accept())

        waits = threading.Thread(target=accept, daemon=True)
        waits.start()
        end = time.monotonic() + patience_s
        while waits.is_alive() and time.monotonic() < end:
            waits.join(0.1)
            if not came and process.over:
                raise ClusterError(f"a process did not start: {process.ended()}")
        return came[0] if came else None


def serve_from(address: Any, key: bytes, threads: int, given: tuple[Any, Any]) -> None:
    """On the other machine: connect, and do what is asked."""
    from livegan.ipc.shares import THREADS

    os.environ[THREADS] = str(threads)
    serve, arguments = given
    with Client(address, authkey=key) as connection:
        serve(connection, *arguments)


def lacks(version: str, paths: list[str]) -> str:
    """On another machine: why it cannot help; empty if it can."""
    import livegan

    if livegan.__version__ != version:
        return f"it has livegan {livegan.__version__}, and this one {version}"
    for path in paths:
        if not Path(path).exists():
            return f"it has no {path}; share the folder, under the same path on each machine"
    return ""


def _answers(address: str) -> None:
    """Raises OSError or ValueError if nobody listens there: Ray itself tries for minutes."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        raise ValueError("write HOST:PORT, as `ray start --head` prints it")
    socket.create_connection((host.strip("[]"), int(port)), ANSWERS_S).close()


def _own_address(ray: Any) -> str:
    """Where other machines reach this one."""
    found: str = ray.util.get_node_ip_address()
    return found
