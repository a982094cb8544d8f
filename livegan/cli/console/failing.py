"""Ending with one clear line."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import typer


def fail(message: str, code: int = 1) -> NoReturn:
    """Print one line to stderr and end with ``code``."""
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(code)


def short(path: str | Path) -> str:
    """A path as it is typed: relative where it lies below the working folder."""
    text = str(path)
    here = os.getcwd() + os.sep
    return text.removeprefix(here)


def typed(path: str | Path) -> str:
    """A path as a part of a command that can be typed: quoted where it needs to be."""
    text = short(path)
    return subprocess.list2cmdline([text]) if sys.platform == "win32" else shlex.quote(text)


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the errors that livegan raises on purpose into one line and exit code 1."""
    try:
        yield
    except Exception as error:
        if not (isinstance(error, OSError) or type(error).__module__.startswith("livegan.")):
            raise
        if isinstance(error, OSError) and error.filename and error.strerror:
            fail(f"{short(str(error.filename))}: {error.strerror}")
        # Outside a set there is no line to name, so only the message is left to tell.
        fail(short(str(getattr(error, "message", error))))
