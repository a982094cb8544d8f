"""Where a show is found: a file for each, which only its user can read.

The file lies in ``shows/.live`` of the working folder, ``NAME.json``: the name of the show, its
process, where it listens, and a token. It listens on a Unix socket beside the file; where there can
be none (Windows, a path that is too long, a disk that knows none), on a port of this machine's own
loopback. Where files in the working folder cannot be private, as on a memory stick, the file lies
in the user's cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import socket
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from livegan.ipc.fitting import fits

LIVE = Path("shows", ".live")
LONGEST_STEM = 40
HERE = re.compile(r"unix:.+|127\.0\.0\.1:[0-9]{1,5}", re.S)
"""Where a show can listen: never on the network."""
TOKEN_FILE, TOKEN = "panel.token", re.compile(r"[A-Za-z0-9_-]{20,64}")
"""Of the phone panel; the token of the address itself is another in each show."""
MOST = 100
"""Shows of one name in a folder."""
PROBE = 1.0
"""Seconds that a show has to accept a client before its file counts as left behind."""


@dataclass(frozen=True)
class ShowAddress:
    """Where a show listens, and the token that it asks for."""

    show: str
    set: str
    pid: int
    where: str
    """``unix:PATH``, or ``127.0.0.1:PORT``."""
    token: str

    def connect(self, seconds: float) -> socket.socket:
        """A connection to it. Raises OSError if nobody is there."""
        path = self.where.removeprefix("unix:")
        if path != self.where:
            made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            target: str | tuple[str, int] = path
        else:
            host, _, port = self.where.rpartition(":")
            made, target = socket.socket(socket.AF_INET, socket.SOCK_STREAM), (host, int(port))
        try:
            made.settimeout(seconds)
            made.connect(target)
        except BaseException:
            made.close()
            raise
        return made


class OpenAddress:
    """An address of this show: its socket, and the file that says where it is."""

    def __init__(self, address: ShowAddress, made: socket.socket, file: Path) -> None:
        """Use `open_address`."""
        self.address, self.socket, self._file = address, made, file

    def close(self) -> None:
        """Close the socket, and remove both files."""
        self.socket.close()
        self._file.unlink(missing_ok=True)
        path = self.address.where.removeprefix("unix:")
        if path != self.address.where:
            Path(path).unlink(missing_ok=True)


def open_address(working: Path, set: Path) -> OpenAddress:
    """Listen as a show in this working folder. Raises OSError if that cannot be done anywhere."""
    failed: OSError | None = None
    near, cache = places(working)
    for folder in (near, cache):
        try:
            return _open_in(folder, set, folder is cache)
        except OSError as error:
            failed = error
    assert failed is not None
    raise failed


def places(working: Path) -> tuple[Path, Path]:
    """The folders in which addresses of shows in a working folder may lie."""
    import platformdirs

    cache = platformdirs.user_cache_path("livegan", appauthor=False)
    name = hashlib.sha256(os.path.realpath(working).encode(errors="surrogateescape")).hexdigest()
    return working / LIVE, cache / "live" / name[:16]


def kept_token(working: Path) -> str:
    """A token that stays the same for all shows of a working folder, so that who was let in once
    finds back after a restart. A new one each time where no file can be kept from others."""
    near, cache = places(working)
    for folder in (near, cache):
        file = folder / TOKEN_FILE
        with contextlib.suppress(OSError, ValueError):
            _make_private(folder, folder is cache)
            with contextlib.suppress(FileExistsError):
                handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                with os.fdopen(handle, "w", encoding="ascii") as written:
                    written.write(secrets.token_urlsafe(16))
            status, token = file.stat(), file.read_text(encoding="ascii")
            mine = own(status) and (sys.platform == "win32" or not _others(status))
            if mine and TOKEN.fullmatch(token):
                return token
    return secrets.token_urlsafe(16)


def shows_in(working: Path) -> list[ShowAddress]:
    """The shows that play in a working folder, by name."""
    found = []
    for file in _files(working):
        address = read_address(file)
        if address is not None and is_alive(address):
            found.append(address)
    return sorted(found, key=lambda address: address.show)


def read_address(file: Path) -> ShowAddress | None:
    """The address in a file; None if there is none, or another user has written it."""
    try:
        if not own(file.stat()):
            return None
        said = json.loads(file.read_text(encoding="utf-8"))
        address = ShowAddress(**said)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    texts = (address.show, address.set, address.where, address.token)
    if not fits(texts, list[str]) or not fits(address.pid, int):
        return None
    return address if HERE.fullmatch(address.where) else None


def is_alive(address: ShowAddress) -> bool:
    """Whether somebody listens there."""
    try:
        address.connect(PROBE).close()
    except (OSError, ValueError):
        return False
    return True


def own(status: os.stat_result) -> bool:
    """Whether a file is this user's, where the system knows such a thing."""
    return sys.platform == "win32" or status.st_uid == os.geteuid()


def _files(working: Path) -> Iterator[Path]:
    for folder in places(working):
        with contextlib.suppress(OSError):
            yield from sorted(folder.glob("*.json"))


def _make_private(folder: Path, in_cache: bool) -> None:
    """Make a folder that only its user can read. Raises OSError where that cannot be."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(OSError):
        folder.chmod(0o700)  # one that was copied from elsewhere
    status = folder.stat()
    # Windows says the same mode of every file; there the user's cache folder is private.
    private = in_cache if sys.platform == "win32" else own(status) and not _others(status)
    if not private:
        raise PermissionError(f"files in {folder} cannot be kept from others")


def _open_in(folder: Path, set: Path, in_cache: bool) -> OpenAddress:
    _make_private(folder, in_cache)
    _sweep(folder)
    file, handle = _named(folder, set.stem[:LONGEST_STEM] or "show")
    made: socket.socket | None = None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            if sys.platform != "win32" and _others(os.fstat(written.fileno())):
                raise PermissionError(f"files in {folder} cannot be kept from others")
            made, where = _listen(folder, file)
            token = secrets.token_urlsafe(24)
            address = ShowAddress(file.stem, str(set), os.getpid(), where, token)
            json.dump(asdict(address), written, indent=1)
    except BaseException:
        file.unlink(missing_ok=True)
        if made is not None:
            made.close()
        raise
    return OpenAddress(address, made, file)


def _others(status: os.stat_result) -> bool:
    """Whether other users may do anything with it."""
    return bool(stat.S_IMODE(status.st_mode) & 0o077)


def _named(folder: Path, stem: str) -> tuple[Path, int]:
    """A file for a show of this name, made and open; a second show has ``NAME-2``."""
    for number in range(1, MOST + 1):
        file = folder / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
        with contextlib.suppress(FileExistsError):
            return file, os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    raise FileExistsError(f"{folder} has {MOST} shows that are called {stem}")


def _listen(folder: Path, file: Path) -> tuple[socket.socket, str]:
    """A socket that listens, and where: beside the file, or else on the loopback."""
    path = file.with_suffix(".sock")
    if hasattr(socket, "AF_UNIX"):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)  # of a show that was killed: the name is ours by now
            made.bind(str(path))
            made.listen()
        except OSError:
            made.close()
        else:
            return made, f"unix:{path}"
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.bind(("127.0.0.1", 0))
        made.listen()
    except OSError:
        made.close()
        raise
    return made, f"127.0.0.1:{made.getsockname()[1]}"


def _sweep(folder: Path) -> None:
    """Remove the files of shows that were killed."""
    for file in folder.glob("*.json"):
        address = read_address(file)
        if address is not None and not is_alive(address):
            file.unlink(missing_ok=True)
            file.with_suffix(".sock").unlink(missing_ok=True)
