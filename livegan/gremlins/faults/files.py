"""Faults of files: the set's own, its folder, the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livegan.gremlins.fault import FRESH, Gremlin, engine, on_air, told
from livegan.gremlins.graft import at_top
from livegan.gremlins.show import Show

WAITS = told("waiting for", within=6.0)
AWAY = ".away"
ADDRESSES = shutil.ignore_patterns(".live")
"""Sockets of shows that play, which cannot be copied."""


def aside(path: Path) -> Path:
    """Where a file or folder is put while it is away."""
    return path.with_name(path.name + AWAY)


def taken(show: Show) -> None:
    """The set's file is moved elsewhere."""
    os.replace(show.copy.set, aside(show.copy.set))


def deleted(show: Show) -> None:
    """The set's file is deleted."""
    show.copy.set.unlink()


def folder_instead(show: Show) -> None:
    """A folder takes the place of the set's file."""
    deleted(show)
    show.copy.set.mkdir()


def unreadable(show: Show) -> None:
    """The set's file cannot be read, not even by root: it is a link to itself."""
    deleted(show)
    os.symlink(show.copy.set.name, show.copy.set)


def emptied(show: Show) -> None:
    """The set's file is empty, as after a save on a full disk."""
    show.copy.set.write_bytes(b"")


def not_text(show: Show) -> None:
    """The set's file holds bytes that are not text."""
    show.copy.set.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe\x00")


def folder_away(show: Show) -> None:
    """The folder of the set is gone, as a network drive is."""
    folder = show.copy.set.parent
    os.replace(folder, aside(folder))


def folder_back(show: Show) -> None:
    """The folder of the set is back."""
    folder = show.copy.set.parent
    os.replace(aside(folder), folder)


def folder_anew(show: Show) -> None:
    """The working folder is removed and made anew, as by a checkout, and then the engine dies."""
    folder = show.copy.folder
    shutil.copytree(folder, aside(folder), symlinks=True, ignore=ADDRESSES)
    shutil.rmtree(folder)
    os.replace(aside(folder), folder)
    show.signal(show.engine, signal.SIGKILL)


def put_back(show: Show) -> None:
    """The set's file is there again, with what it said."""
    path = show.copy.set
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    if aside(path).exists():
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        os.replace(aside(path), path)
    else:
        show.save(show.good)


def gone(name: str, strike: Callable[[Show], None], **more: Any) -> Gremlin:
    """The set's file is not there, as a fault."""
    more = {"mend": put_back, **more}
    return Gremlin(name, "files", strike, (WAITS,), edits=False, **more)


def another(show: Show, number: int) -> str:
    """The good set with a line more: another version of it."""
    return at_top(show.good or show.copy.text, f"gremlin_version = {number}")


def switched(link: Path, target: Path) -> None:
    """A link leads elsewhere from one moment to the next, as by ``ln -sfn``."""
    beside = aside(link)
    os.symlink(target, beside, target.is_dir())
    os.replace(beside, link)


def opened_by_a_link(show: Show) -> None:
    """The show's set is a link to a file beside it."""
    first = show.copy.set.with_name("gremlin-first.py")
    os.replace(show.copy.set, first)
    switched(show.copy.set, first)
    show.start()


def link_switched(show: Show) -> None:
    """The link leads to another file."""
    second = show.copy.set.with_name("gremlin-second.py")
    second.write_text(another(show, 2), encoding="utf-8")
    switched(show.copy.set, second)


def opened_in_a_linked_folder(show: Show) -> None:
    """The show's set lies in a folder that is a link."""
    link = show.copy.room / "linked"
    switched(link, show.copy.set.parent)
    show.copy.set = link / show.copy.set.name
    show.start()


def folder_switched(show: Show) -> None:
    """The link leads to another folder with another version of the set."""
    link = show.copy.set.parent
    second = show.copy.room / "second"
    shutil.copytree(link, second, symlinks=True, ignore=ADDRESSES)
    (second / show.copy.set.name).write_text(another(show, 2), encoding="utf-8")
    switched(link, second)


def later_saves_are_heard(show: Show) -> list[str]:
    """A save in place, and one that is moved into place, go on the air after the link was left."""
    wrong = []
    for number, save in ((3, show.copy.set.write_text), (4, show.save)):
        mark = show.mark()
        save(another(show, number))
        if show.answered(mark) != "on_air":
            wrong.append(f"save {number} is not on the air")
    return wrong


def linked(name: str, before: Callable[[Show], None], strike: Callable[[Show], None]) -> Gremlin:
    """A set that was opened by a link, as a fault; saving it anew replaces the link (sed -i)."""
    return Gremlin(
        name,
        "files",
        strike,
        (on_air(),),
        before=before,
        show=FRESH,
        needs=("posix",),
        also=later_saves_are_heard,
    )


def no_room(show: Show) -> None:
    """No file of the stage may grow any more, as on a full disk (Linux)."""
    import resource

    size = max(1, show.log.stat().st_size)
    resource.prlimit(show.stage, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    show.do(press=("s", "s"))  # a screenshot, which is what has no room


def room_again(show: Show) -> None:
    """Files may grow again."""
    import resource

    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(show.stage, resource.RLIMIT_FSIZE, unlimited)


def log_goes_on(show: Show) -> list[str]:
    """The log is written to again once there is room."""
    mark = show.mark()
    show.do(press=("s", "s"))
    if show.wait(lambda: show.since(mark), 10.0):
        return []
    return ["the log is not written to any more"]


FILES = (
    gone("the set's file is deleted", deleted),
    gone("the set's file is renamed", taken),
    gone("the set's file becomes a folder", folder_instead),
    gone("the set's file cannot be read", unreadable, needs=("posix",)),
    gone("the set's file is empty", emptied),
    gone("the set's file is not text", not_text),
    gone("the set's folder goes away", folder_away, mend=folder_back),
    Gremlin(
        "the working folder is made anew, and the engine killed",
        "files",
        folder_anew,
        (engine("recovery", within=15.0),),
        edits=False,
        needs=("linux",),
    ),
    linked("the link that the set was opened by is switched", opened_by_a_link, link_switched),
    linked("the link to the set's folder is switched", opened_in_a_linked_folder, folder_switched),
    Gremlin(
        "the disk of the log is full",
        "files",
        no_room,
        mend=room_again,
        then=(told("cannot be written", within=20.0),),
        edits=False,
        stands=3.0,
        needs=("linux",),
        also=log_goes_on,
    ),
)
