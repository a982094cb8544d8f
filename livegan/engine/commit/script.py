"""Running a set: text → graph, under a deadline, with every failure told in one line."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from livegan import live
from livegan.engine.commit import beside
from livegan.engine.commit.guesses import (
    hidden_words,
    names_at,
    unfit_call,
    unknown_attribute,
    unknown_name,
)
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.deadline import Overrun, pressed
from livegan.engine.isolation.gpu_errors import check_context, first_line, is_full
from livegan.engine.isolation.process_state import end_threads, files_of, threads_in
from livegan.engine.isolation.unattended import unattended
from livegan.files import NotAFile, need_file, printable
from livegan.graph.graph import Graph, collecting, finish
from livegan.graph.place import Place, SetError, SetNote
from livegan.graph.signals import reading
from livegan.patches.pyo_library import NoPyo, load_pyo
from livegan.plugin.guard import said
from livegan.plugin.source import is_own, plain

DEADLINE_S = 2.0


class Refusal(Exception):
    """Why a save does not go on the air: the reason, and where in the set."""

    def __init__(self, reason: str, place: Place | None = None) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.place = place
        self.files: set[Path] = set()
        """Files beside the set that it missed: the save is tried again when they appear."""


@dataclass(frozen=True)
class Script:
    """A set that has run: its text and its graph."""

    path: Path
    text: str
    graph: Graph
    took_ms: float = 0.0
    notes: tuple[SetNote, ...] = ()
    """What is not wrong and may not be meant."""


def run(path: Path, text: str, deadline_s: float = DEADLINE_S) -> Script:
    """Run the text of a set and return what it declared.

    Raises
    ------
    Refusal
        For anything that goes wrong, with the line of the set.
    """
    if "pyo" in text:  # to load it takes longer than a set may, on a machine that is busy
        with contextlib.suppress(NoPyo):
            load_pyo()
    began = time.perf_counter()
    module = ModuleType("livegan_set")
    module.__file__ = str(path)
    sys.modules["livegan_set"] = module
    beside.forget_changed(path)
    module.__dict__["__builtins__"] = beside.builtins_of(beside.package_of(beside.folders_of(path)))
    others = threads_in(files_of(path, beside.loaded(path)))
    try:
        running = activity.at("running the set", Place(str(path), 1), deadline_s)
        with collecting() as graph, unattended(), running:
            exec(compiled(path, text), module.__dict__)
        finish(graph, module.__dict__)
        left = threads_in(files_of(path, beside.loaded(path)))
        left = {ident: name for ident, name in left.items() if ident not in others}
        if left:
            end_threads(left)
            raise Refusal(
                f"a set cannot keep the thread {next(iter(left.values()))!r} running; "
                "move that work into a plugin"
            )
    except BaseException as error:
        if pressed(error):
            raise
        check_context(error)
        refusal = refusal_of(error, path, deadline_s, module.__dict__, text)
        if refusal.place is None:
            refusal = Refusal(refusal.reason, Place(str(path), max(1, len(text.splitlines()))))
        raise refusal from None
    took = (time.perf_counter() - began) * 1000
    notes = (*graph.notes, *hidden_words(module.__dict__, text, path))
    return Script(path, text, graph, took, notes)


def text_of(path: Path) -> str:
    """The text of a set, without the byte-order mark that some editors write.

    Raises
    ------
    Refusal
        If it cannot be read.
    """
    try:
        need_file(path)
        return path.read_text(encoding="utf-8-sig")
    except NotAFile as error:
        raise Refusal(str(error)) from None
    except UnicodeDecodeError:
        raise Refusal("the set is not UTF-8 text: save it as that", Place(str(path), 1)) from None
    except OSError as error:
        reason = f"the set cannot be read: {error.strerror}"
        raise Refusal(reason, Place(str(path), 1)) from None


def compiled(path: Path, text: str) -> CodeType:
    """The text as code.

    Raises
    ------
    Refusal
        If it is not Python, with the line.
    """
    try:
        return compile(text, str(path), "exec", dont_inherit=True)
    except UnicodeEncodeError:  # Python cannot tell a mistake in a file whose name is no text
        return compiled(Path(printable(path)), printable(text))
    except SyntaxError as error:
        line = error.lineno or 1
        raise Refusal(f"syntax error: {error.msg}", Place(str(path), line)) from None
    except ValueError as error:  # a null byte
        raise Refusal(f"not a Python file: {error}", Place(str(path), 1)) from None
    except (RecursionError, MemoryError, OverflowError):
        longest = max(enumerate(text.splitlines(), 1), key=lambda line: len(line[1]))
        reason = "this is nested too deeply for Python; split it into several steps"
        raise Refusal(reason, Place(str(path), longest[0])) from None


def refusal_of(
    error: BaseException,
    path: Path,
    limit_s: float,
    namespace: dict[str, Any] | None = None,
    text: str = "",
) -> Refusal:
    """Any failure of a set's code as one line: what happened, where in the set, what to do.

    ``namespace`` is that of a set that did not run to its end, ``text`` what the set says.
    """
    place = place_in(error, path)
    if isinstance(error, Refusal):
        return error
    if isinstance(error, SetError):
        return Refusal(error.message, error.place or place)
    if isinstance(error, Overrun):
        what = "an endless loop?" if namespace is not None else "it would freeze the picture"
        return Refusal(f"still running after {limit_s:g} s: {what}", place)
    if isinstance(error, SystemExit):
        return Refusal("a set cannot call exit(); remove the call", place)
    if isinstance(error, SyntaxError):
        place = Place(error.filename or str(path), error.lineno or 1)
        return Refusal(f"syntax error: {error.msg}", place)
    if isinstance(error, NameError) and getattr(error, "name", None):
        lines, number = text.splitlines(), place.line if place else 0
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        own = names_at(error.__traceback__, place.file if place else str(path))
        return Refusal(unknown_name(str(error.name), own, line), place)
    if isinstance(error, RecursionError):
        files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
        if files.count(reading.__file__) > len(files) / 2:
            what = "a number is calculated from too many signals in a row; add them up in groups"
            return Refusal(f"{what} of 100 at most", place)
        return Refusal("it calls itself endlessly", place)
    if is_full(error):
        return Refusal(f"out of memory ({first_line(error)})", place)
    if isinstance(error, EOFError):
        return Refusal(
            "a set cannot use input(), because nobody answers during a show; remove it", place
        )
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = plain(error.name)
        reason = f"there is no module {name!r} beside the set, and none is installed"
        refusal = Refusal(reason, place)
        refusal.files.add(path.parent / (name.replace(".", "/") + ".py"))
        return refusal
    if isinstance(error, ImportError) and error.name == "livegan.live":
        try:
            getattr(live, said(error).split("'")[1])
        except AttributeError as missing:
            return Refusal(str(missing), place)
    if type(error).__module__.startswith("livegan."):  # its message is livegan's own
        return Refusal(" ".join(said(error).split()), place)
    if isinstance(error, AttributeError):
        reason = unknown_attribute(error)
        if reason:
            return Refusal(reason, place)
    if isinstance(error, TypeError):
        reason = unfit_call(error)
        if reason:
            return Refusal(reason, place)
    lines = said(error).strip().splitlines()
    detail = f": {lines[0]}" if lines else ""
    return Refusal(f"{type(error).__name__}{detail}", place)


def place_in(error: BaseException, path: Path) -> Place | None:
    """The innermost line of the set that an error came through, else of a file beside it, else of
    a plugin that is edited live."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if frame.filename == str(path) and frame.lineno is not None:
            return Place(frame.filename, frame.lineno)
    for frame in reversed(frames):
        if path.parent in Path(frame.filename).parents and frame.lineno is not None:
            return Place(frame.filename, frame.lineno)
    walked = [(f.f_globals.get("__name__"), f.f_code.co_filename, line) for f, line in
              traceback.walk_tb(error.__traceback__)]  # fmt: skip
    for name, file, line in reversed(walked):
        if is_own(name):
            return Place(file, line)
    return None


def place_at(frame: FrameType, path: Path) -> Place | None:
    """The innermost line of the set that a thread is at, else of a file beside it."""
    lines = [(f.filename, f.lineno) for f in traceback.extract_stack(frame)]
    mine = [line for line in reversed(lines) if line[0] == str(path)]
    near = [line for line in reversed(lines) if path.parent in Path(line[0]).parents]
    places = [Place(file, line or 1) for file, line in (*mine, *near)]
    return places[0] if places else None
