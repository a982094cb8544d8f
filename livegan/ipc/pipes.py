"""Messages with a body of bytes over the pipes of a child process: a head as JSON, then the bytes.

The standard library's connections pickle, and a process that runs a stranger's program must not be
able to send something that runs code here.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import IO, Any

PIPE = 1 << 20
"""Bytes that a pipe holds: what Linux gives without asking."""
Bytes = bytes | bytearray | memoryview


def widen(process: subprocess.Popen[bytes]) -> None:
    """Let a megabyte into each pipe at once, where the system can: a picture has three."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, and let go of its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # it still holds what nobody will read
                continue


def write(pipe: IO[bytes], head: dict[str, Any], *bodies: Bytes) -> None:
    """A message: the lengths of both parts, what it is as JSON, and its bytes."""
    text = json.dumps(head).encode()
    length = sum(len(body) for body in bodies)
    pipe.write(len(text).to_bytes(4, "little") + length.to_bytes(8, "little") + text)
    for body in bodies:
        pipe.write(body)
    pipe.flush()


def read(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """The next message.

    Raises
    ------
    EOFError
        If there is none to come.
    """
    sizes = whole(pipe, 12)
    head = json.loads(whole(pipe, int.from_bytes(sizes[:4], "little")))
    return head, whole(pipe, int.from_bytes(sizes[4:], "little"))


def whole(pipe: IO[bytes], size: int) -> bytes:
    """So many bytes."""
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
