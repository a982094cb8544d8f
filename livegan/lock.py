"""Folders that one process at a time works in."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

LOCK, HOLDER = ".lock", ".lock-holder"
"""Files in a folder: the one that is locked, which stays, and the number of who holds it."""

UNABLE = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What file systems answer that know no locks, such as some on a network."""


class HeldError(Exception):
    """A folder that another process works in; one line: which, who, what to do."""


@contextlib.contextmanager
def held(folder: Path, doing: str) -> Iterator[None]:
    """Keep others out of ``folder``, which is made if it is not there, until the block ends.

    The system lets go of it with the process, however that ends: a killed one leaves nothing to
    be cleared away.  On a file system that knows no locks nobody is kept out.

    Parameters
    ----------
    doing : what is done to the folder, as ``"trained"``: it "is being trained by process 7".

    Raises
    ------
    HeldError
        If another holds it, in this process or another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    holder = folder / HOLDER
    locked = True
    try:
        lock.acquire()
    except Timeout:
        with contextlib.suppress(OSError, ValueError):
            who = f"process {int(holder.read_text(encoding='ascii'))}"
            raise HeldError(_refusal(folder, doing, who)) from None
        raise HeldError(_refusal(folder, doing, "another process")) from None
    except OSError as error:
        if error.errno not in UNABLE:
            raise
        locked = False
    try:
        if locked:
            holder.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        if locked:
            holder.unlink(missing_ok=True)
            lock.release()


def _refusal(folder: Path, doing: str, who: str) -> str:
    return f"{folder} is being {doing} by {who}; wait for it, end it, or give another --out"
