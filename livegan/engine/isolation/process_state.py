"""What belongs to the whole process, and that a set leaves as it is: livegan restores it.

A set that replaces a function of numpy, or changes the working folder, would change what plays
besides it, and what plays after it.
"""

from __future__ import annotations

import contextlib
import gc
import operator
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from livegan.engine.isolation.deadline import interrupt
from livegan.engine.isolation.own_thread import ObjectThread
from livegan.graph.place import Place

ROOTS = ("numpy", "livegan")
"""Packages whose loaded public modules are compared."""
MODULES = (
    *("builtins", "contextlib", "math", "os", "os.path", "pathlib", "queue", "random", "sys"),
    *("threading", "time"),
    *("torch", "torch.fft", "torch.linalg", "torch.nn", "torch.nn.functional"),
)
OWN = ("livegan.live", "livegan.plugin.loading.hot", "livegan.testing")
"""Not compared: what changes as sets and plugins are loaded."""
OF_A_THREAD = ("trace function", "profile function")
"""What each thread has of its own."""
ABSENT = object()


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
    """Standard input, output and error."""
    return sys.stdin, sys.stdout, sys.stderr


def put_streams(value: tuple[Any, ...]) -> None:
    sys.stdin, sys.stdout, sys.stderr = value


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
        self._namespaces = [
            (name, owner, dict(vars(owner))) for name, owner in namespaces().items()
        ]
        self._states = [(name, read, put, read()) for name, (read, put) in states().items()]
        self._thread = threading.get_ident()

    def put_back(self) -> tuple[list[str], list[str]]:
        """What had been changed: functions of modules and classes by name, the rest in words."""
        functions = []
        for name, owner, before in self._namespaces:
            for attribute, value in changes(name, owner, before).items():
                put(owner, attribute, value)
                functions.append(f"{name}.{attribute}")
        others = []
        for name, read, restore, value in self._states:
            if name in OF_A_THREAD and threading.get_ident() != self._thread:
                continue
            try:
                same = read() == value
            except OSError:  # the working folder was removed
                same = False
            if not same:
                with contextlib.suppress(OSError):
                    restore(value)
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


def namespaces() -> dict[str, ModuleType | type]:
    """These modules, and the classes that are defined in them or below them, by their names."""
    modules = looked_at()
    found: dict[str, ModuleType | type] = dict(modules)
    named: set[type] = set()
    for module in sorted(modules, key=len):
        for name, value in list(vars(modules[module]).items()):
            if not isinstance(value, type) or value in named:
                continue
            if f"{value.__module__}.".startswith(f"{module}."):
                named.add(value)
                found[f"{module}.{name}"] = value
    return found


def changes(space: str, owner: ModuleType | type, before: dict[str, Any]) -> dict[str, Any]:
    """Attributes of a module or class that others call and that have changed, and what they were;
    `ABSENT` for one that did not exist.

    Numbers may change as a program runs. A new attribute does no harm where it hides nothing.
    """
    now = dict(vars(owner))
    # By identity: what a set put there may compare as it likes.
    if len(now) == len(before) and all(map(operator.is_, now.values(), before.values())):
        return {}
    found = {}
    for name, was in before.items():
        value = now.get(name, ABSENT)
        if value is not was and called(was) and not torchs_own(space, value):
            found[name] = was
    if isinstance(owner, type):
        for name, value in now.items():
            if name in before or not called(value) or torchs_own(space, value):
                continue
            if name[:2] == "__" or any(name in vars(base) for base in owner.__mro__[1:]):
                found[name] = ABSENT
    return found


def called(value: Any) -> bool:
    """Whether it is a function, a class, a method, a property or the like."""
    return callable(value) or hasattr(type(value), "__get__")


def put(owner: ModuleType | type, name: str, value: Any) -> None:
    """Set an attribute, past what a class or its own class does on that; ABSENT removes it."""
    if not isinstance(owner, type):
        setattr(owner, name, value)
    elif value is ABSENT:
        type.__delattr__(owner, name)
    else:
        type.__setattr__(owner, name, value)


def torchs_own(name: str, value: Any) -> bool:
    """Whether torch itself put that there: it wraps functions when a part is first used."""
    own = str(getattr(getattr(value, "fget", value), "__module__", ""))
    return name.partition(".")[0] == "torch" and own.partition(".")[0] == "torch"


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
