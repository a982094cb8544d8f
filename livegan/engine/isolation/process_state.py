"""What belongs to the whole process, and that a set leaves as it is: put back after each save.

A set that takes a function of numpy's away, or the working folder, would change what plays besides
it, and what plays after it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from livegan.engine.isolation.class_state import ClassState, torchs_own
from livegan.engine.isolation.deadline import interrupt
from livegan.engine.isolation.own_thread import ObjectThread
from livegan.graph.place import Place

ROOTS = ("numpy", "livegan")
"""Packages whose loaded modules are looked at, private ones aside."""
MODULES = (
    *("builtins", "contextlib", "math", "os", "os.path", "pathlib", "queue", "random", "sys"),
    *("threading", "time"),
    *("torch", "torch.fft", "torch.linalg", "torch.nn", "torch.nn.functional"),
)
OWN = ("livegan.live", "livegan.plugin.loading.hot", "livegan.testing")
"""Not looked at: what changes as sets and plugins are loaded."""
REFUSES = "livegan_refuses"
"""Attribute of the functions that stand in for exits while a save is proven."""
STANDS_FOR = "livegan_stands_for"
"""Attribute of the empty input that stands in for another while a save is run: the other."""
OF_A_THREAD = ("trace function", "profile function")
"""What each thread has of its own."""


def states() -> dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]:
    """What is read and put back, by what it is called."""
    found: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "working folder": (os.getcwd, os.chdir),
        "recursion limit": (sys.getrecursionlimit, sys.setrecursionlimit),
        "switch interval": (sys.getswitchinterval, sys.setswitchinterval),
        "garbage collection": (gc.isenabled, lambda on: (gc.enable if on else gc.disable)()),
        "standard streams": (streams, put_streams),
        "trace function": (tracing, put_tracing),
        "profile function": (profiling, put_profiling),
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        found["torch.set_default_dtype"] = torch.get_default_dtype, torch.set_default_dtype
        found["torch.set_default_device"] = torch.get_default_device, torch.set_default_device
    return found


def streams() -> tuple[Any, ...]:
    # While another thread proves a save, `nobody` stands in for who types: no doing of the set's.
    return who_types(), sys.stdout, sys.stderr


def put_streams(value: tuple[Any, ...]) -> None:
    sys.stdin, sys.stdout, sys.stderr = value


def who_types() -> Any:
    """The standard input, or the one that `nobody` stands in for."""
    return getattr(sys.stdin, STANDS_FOR, sys.stdin)


def tracing() -> tuple[Any, ...]:
    """What Python calls for each line of this thread, and of threads that start."""
    return sys.gettrace(), threading.gettrace()


def put_tracing(value: tuple[Any, ...]) -> None:
    sys.settrace(value[0])
    threading.settrace(value[1])


def profiling() -> tuple[Any, ...]:
    """What Python calls for each call in this thread, and in threads that start."""
    return sys.getprofile(), threading.getprofile()


def put_profiling(value: tuple[Any, ...]) -> None:
    sys.setprofile(value[0])
    threading.setprofile(value[1])


class ProcessState:
    """What was there when this was made; `put_back` restores it and says what was changed."""

    def __init__(self) -> None:
        modules = looked_at()
        self._functions = {name: (vars(m), functions_of(m)) for name, m in modules.items()}
        self._classes = ClassState(modules)
        self._states = {name: (read(), put) for name, (read, put) in states().items()}
        self._reads = {name: read for name, (read, _) in states().items()}
        self._thread = threading.get_ident()

    def put_back(self) -> tuple[list[str], list[str]]:
        """What had been changed: functions of modules and classes by name, the rest in words."""
        functions, others = [], []
        for module, (now, before) in self._functions.items():
            for name, value in before.items():
                found = now.get(name)
                if found is value or torchs_own(module, found):
                    continue
                # The refusing exits of a save that another thread proves are no doing of the set's.
                if not any(stands_in(each) for each in (found, value)):
                    now[name] = value
                    functions.append(f"{module}.{name}")
        functions += self._classes.put_back()
        for name, (value, put) in self._states.items():
            if name in OF_A_THREAD and threading.get_ident() != self._thread:
                continue
            try:
                same = self._reads[name]() == value
            except OSError:  # the working folder was removed
                same = False
            if not same:
                with contextlib.suppress(OSError):
                    put(value)
                    others.append(f"the {name}")
        return functions, others


def looked_at() -> dict[str, ModuleType]:
    """The modules, of those that are loaded, whose functions others rely on."""
    found = {}
    for name, module in list(sys.modules.items()):
        public = "._" not in name and not name.startswith(OWN)
        wanted = name in MODULES or (public and name.partition(".")[0] in ROOTS)
        if wanted and isinstance(module, ModuleType):
            found[name] = module
    return found


def functions_of(module: ModuleType) -> dict[str, Any]:
    """Functions and classes of a module; other values may change as a program runs."""
    return {k: v for k, v in list(vars(module).items()) if callable(v)}


def where_changed(function: str, texts: Mapping[str, str]) -> Place | None:
    """The line that gives a function of a module another value, in what files say by their paths;
    else the first that names it."""
    short = re.escape(function.rpartition(".")[2])
    changes = rf"\.{short}\s*=(?!=)|\bdel\b.*\.{short}\b|[\"']{short}[\"']"
    for pattern in (changes, rf"\b{short}\b"):
        for file, text in texts.items():
            for number, line in enumerate(text.splitlines(), 1):
                if re.search(pattern, line):
                    return Place(file, number)
    return None


# Ending the process -------------------------------------------------------------------------------


def stands_in(function: Any) -> bool:
    """Whether a function is one of those that refuse to end the process."""
    return isinstance(function, FunctionType) and REFUSES in vars(function)


_refusing: set[object] = set()
_refusing_lock = threading.Lock()
_real_exits: dict[str, Callable[..., None]] = {}


@contextlib.contextmanager
def exits_refused() -> Iterator[None]:
    """Inside, ``os._exit`` and ``os.abort`` raise SystemExit, as ``sys.exit`` does, and a set that
    calls them is refused; processes that were forked end as ever.

    A thread that was given up inside may come back while another is in here: the functions are
    put back when the last one leaves.
    """
    token, pid = object(), os.getpid()

    def refusing(name: str) -> Callable[..., None]:
        def leave(*status: int) -> None:
            if os.getpid() != pid:
                _real_exits[name](*status)
            raise SystemExit(f"os.{name}")

        setattr(leave, REFUSES, True)
        return leave

    with _refusing_lock:
        for name in ("_exit", "abort"):
            if not stands_in(getattr(os, name)):
                _real_exits[name] = getattr(os, name)
                setattr(os, name, refusing(name))
        _refusing.add(token)
    try:
        yield
    finally:
        with _refusing_lock:
            _refusing.remove(token)
            if not _refusing:
                for name, function in _real_exits.items():
                    setattr(os, name, function)


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Inside, ``input()`` finds nobody who answers, and raises EOFError at once."""
    before = who_types()
    with open(os.devnull, encoding="utf-8") as empty:
        setattr(empty, STANDS_FOR, before)
        sys.stdin = empty
        try:
            yield
        finally:
            # A thread that was given up may come back while another is in here.
            if sys.stdin is empty:
                sys.stdin = before


def somebody() -> None:
    """Put back who types, for a thread that was given up inside `nobody`."""
    sys.stdin = who_types()


# Threads ------------------------------------------------------------------------------------------


def threads_in(files: set[str]) -> dict[int, str]:
    """Threads that run code of these files: ident → name.

    Without this one, the main one, and those of livegan's objects.
    """
    own = {threading.get_ident(), threading.main_thread().ident}
    frames = sys._current_frames()
    # Its own frame would hold itself, and with it all that a save is made of, until a collection.
    del frames[threading.get_ident()]
    found = {}
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        if thread.ident is None or thread.ident in own or isinstance(thread, ObjectThread):
            continue
        while frame is not None and frame.f_code.co_filename not in files:
            frame = frame.f_back
        if frame is not None:
            found[thread.ident] = thread.name
    return found


def end_threads(idents: dict[int, str]) -> None:
    """Interrupt threads; one that sleeps ends when it wakes."""
    for ident in idents:
        interrupt(ident, SystemExit)


def files_of(path: Path, helpers: Any = ()) -> set[str]:
    """The files of a set: itself and its helper modules."""
    return {str(path), *(str(helper) for helper in helpers)}
