"""Running a plugin's code safely: if it fails, prints or hangs, nothing else is affected."""

from __future__ import annotations

import contextvars
import ctypes
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from livegan.plugin.source import plain

T = TypeVar("T")

PATIENCE_S = 0.5
"""How long code that is interrupted may take to leave, before it is given up."""
PACKAGE = str(Path(__file__).parent.parent)
STANDARD = str(Path(os.__file__).parent)
MOST_SAID = 1000
"""Characters of what an error says that are told: of more, the beginning and the end."""


class Late(BaseException):
    """Raised inside code that ran past its deadline; not an Exception, so `except` lets it by.

    ``place`` is the line where it was, ``file:line``.
    """

    def __init__(self, message: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def within(seconds: float, call: Callable[[], T]) -> T:
    """What ``call`` returns, or raises, in a thread of its own.

    Code that sleeps, or waits for something, cannot be interrupted: it is left behind.

    Raises
    ------
    Late
        If it takes longer than ``seconds``; with the line where it was.
    """
    done: list[T] = []
    failed: list[BaseException] = []
    context = contextvars.copy_context()

    def work() -> None:
        try:
            done.append(context.run(call))
        except BaseException as error:
            failed.append(error)

    folder = working_folder()
    thread = threading.Thread(target=work, name="plugin", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        place = place_of_thread(thread.ident or 0)
        for _ in range(int(PATIENCE_S / 0.1)):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Late)
            )
            thread.join(0.1)
            if not thread.is_alive():
                break
        done.clear()
        failed[:] = [Late(f"still running after {seconds:g} s", place)]
    if folder and working_folder() != folder:
        os.chdir(folder)
    if not failed:
        return done[0]
    error = failed[0]
    if isinstance(error, (KeyboardInterrupt, GeneratorExit)):  # nobody pressed a key in there
        told = RuntimeError(f"it raises {type(error).__name__}")
        raise told.with_traceback(error.__traceback__)
    raise error


def working_folder() -> str:
    """The current one; empty if it was removed."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def place_of_thread(ident: int) -> str:
    """file:line of the innermost line of a stranger's that a thread is at; empty if none."""
    frame = sys._current_frames().get(ident)
    while frame is not None:
        if is_strange(frame.f_code.co_filename):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def is_strange(file: str) -> bool:
    """True for a file that is neither livegan's nor Python's."""
    if file.startswith("<"):
        return False
    if file.startswith(STANDARD):
        return "site-packages" in file or "dist-packages" in file
    inside = file.startswith(PACKAGE + os.sep)
    return not inside


def place_of(error: BaseException, default: str, near: str = "") -> str:
    """file:line of the innermost line of a stranger's that an error came through.

    What the error itself says of its place counts more, then files whose path begins with
    ``near``: a plugin's line, not that of a library it calls.  ``default`` if nothing is known.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    place = attribute(error, "place")  # of a refusal of the language, of a declaration
    if place:
        return said(place)
    frames = traceback.extract_tb(error.__traceback__)
    strange = [f for f in reversed(frames) if is_strange(f.filename)]
    strange = [f for f in strange if "pluggy" not in Path(f.filename).parts]
    own = [f for f in strange if near and f.filename.startswith(near)]
    for frame in own or strange:
        return f"{frame.filename}:{frame.lineno}"
    return default


def attribute(error: BaseException, name: str) -> Any:
    """One that an error may have; None as well if it fails to tell."""
    try:
        return getattr(error, name, None)
    except BaseException:
        return None


def said(error: object, most: int = MOST_SAID) -> str:
    """What an error says; never raises, for its ``__str__`` is a stranger's code, too.

    It can be written anywhere: half characters, as in names of files, are escaped.
    """
    try:
        text = plain(str(error))
        if len(text) > most:
            text = f"{text[: most // 2]} ... {text[-most // 2 :]}"
        return text.encode(errors="backslashreplace").decode()
    except BaseException as wrong:
        return f"its __str__ raises {type(wrong).__name__}"


def reason_of(error: BaseException) -> str:
    """What went wrong, in one line."""
    message = attribute(error, "message")  # a refusal of the language says it in its own words
    if isinstance(message, str) and message:
        return " ".join(said(message).split())
    if isinstance(error, SystemExit):
        return "it calls exit()"
    if isinstance(error, SyntaxError):
        return f"syntax error: {error.msg}"
    return " ".join(f"{type(error).__name__}: {said(error)}".split()).rstrip(":")


class Deprecations:
    """What a plugin uses that livegan will remove: only its author sees this.

    A context; ``lines`` are ``file:line: text``, of the plugin's own files only.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._catch = warnings.catch_warnings(record=True)
        self._seen: list[Any] = []

    def __enter__(self) -> Deprecations:
        seen = self._catch.__enter__()
        assert seen is not None
        self._seen = seen
        for category in (DeprecationWarning, PendingDeprecationWarning):
            warnings.simplefilter("always", category)
        return self

    def __exit__(self, *error: Any) -> None:
        self._catch.__exit__(*error)
        for each in self._seen:
            if issubclass(each.category, (DeprecationWarning, PendingDeprecationWarning)):
                if is_strange(each.filename):
                    self.lines.append(f"{each.filename}:{each.lineno}: {each.message}")
            else:
                warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)

    def of(self, files: Callable[[str], bool]) -> tuple[str, ...]:
        """The lines about files for which ``files`` is true, each once."""
        return tuple(dict.fromkeys(x for x in self.lines if files(x.split(": ")[0])))
