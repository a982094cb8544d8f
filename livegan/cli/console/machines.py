"""Where the processes of a command run: on this machine, or on those of a Ray cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import fail
from livegan.ipc.spawned import Begin, spawned

RayOption = Annotated[
    str,
    typer.Option(
        "--ray",
        metavar="auto|ADDRESS",
        help="Share the work with the machines of a Ray cluster.",
    ),
]


@contextlib.contextmanager
def machines(ray: str, jobs: int, shared: Iterable[Path]) -> Iterator[tuple[int, Begin]]:
    """How many processes work at once, and what begins them; ``jobs`` 0 leaves it to the cluster.

    ``shared`` are files and folders that each machine must find under the same path.
    """
    if not ray:
        yield max(1, jobs), spawned
        return
    from livegan.ipc.cluster import Cluster, ClusterError

    try:
        with Cluster(ray, jobs, [Path.cwd(), *shared]) as cluster:
            yield cluster.jobs, cluster.begin
    except ClusterError as error:
        fail(str(error))
