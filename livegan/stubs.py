"""What editors and type checkers read: the words of a set with the types of all that is installed.

A set's words are made while it runs, so an editor that only reads code knows few of them.
``livegan plugins stubs`` writes them down, plugins included, as ``typings/livegan/live.pyi`` of the
working folder: there Pyright and VS Code look by themselves, and mypy with ``mypy_path``.

It names every method of a picture and nothing else, so that a misspelt one is found: the mixers of
plugins, and those that the sets of the folder have written themselves, which are read off their
text without running it.
"""

from __future__ import annotations

import ast
import inspect
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from livegan import live, saving
from livegan.files import need_file
from livegan.graph.diffusion import DIFFUSION
from livegan.graph.settings import SETTINGS
from livegan.graph.signals.seen import SEEN
from livegan.graph.sound import FEATURES, SoundHandle
from livegan.graph.source import FILM, SHAPE, SLIDES
from livegan.plugin import registry
from livegan.plugin.catalogue import OF_A_SET, Offer
from livegan.plugin.declare import Input, Operation, Param
from livegan.plugin.words import ARGUMENTS, WORDS

PLACE = Path("typings", "livegan", "live.pyi")
"""Where the stub lies in a working folder."""
PYO = '''"""pyo has no types, and editors take those of its defaults: dur=1 would refuse 0.5."""

from typing import Any

def __getattr__(name: str) -> Any: ...
'''
BESIDE = '''\
"""Beside this file, `livegan.live` is described; the rest is where livegan is installed.

Without this file mypy would read the installed module instead.
"""

__version__: str
'''
"""What lies beside the stub, as ``__init__.pyi``."""
OF_SETS = ("*.py", "sets/*.py")
"""Where the sets of a working folder lie."""

HEAD = '''\
"""The words of a set, with all plugins that were installed when this was written.

Written by `livegan plugins stubs`: run it again when plugins come, go or change.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, overload

from livegan.graph.picture import Morph
from livegan.graph.signals.signal import Signal
from livegan.plugin.declare import param as param
from livegan.plugin.declare import static as static

Number: TypeAlias = float | Signal

'''

DECORATOR = '''\
@overload
def {name}(make: str, *, name: str | None = None) -> Callable[..., {gives}]: ...
@overload
def {name}(make: Callable[..., Any], *, name: str | None = None) -> Callable[..., {gives}]: ...
@overload
def {name}(
    make: None = None, *, name: str | None = None, live: bool = False{more}
) -> Callable[[Callable[..., Any]], Callable[..., {gives}]]:
    """{doc}"""
'''

SOURCES = '''\
class SourcePicture(Picture):
    """A picture from outside."""
    @property
    def alpha(self) -> Picture:
        """Its transparency as a grey picture, white where it is opaque."""
    @property
    def here(self) -> Signal:
        """1 while it delivers pictures, else 0."""
    @property
    def age(self) -> Signal:
        """Seconds since its newest picture."""
'''
SOURCE = ["argument: str | int = ''", "/", "*", "away: Picture | None = None"]
SOURCE += ["fit: Literal['cover', 'contain', 'stretch'] = 'cover'", "mirror: bool | Signal = False"]
SOURCE += ["turn: int = 0", "key: str | None = None"]
"""What a live source takes."""

SHADER: Sequence[str] = (
    "*pictures: Picture",
    "time: Number | None = None",
    "over: Picture | None = None",
    "size: int | str | tuple[int, int] = 0",
    "key: str | None = None",
    "**values: Any",
)
"""What ``shader(...)`` takes besides the file, which says the rest."""
ROWS: Mapping[str, Sequence[Param]] = {
    "settings": SETTINGS,
    "model": (*live.MODEL, *DIFFUSION),
    "film": FILM,
    "picture": SHAPE,
    "pictures": SLIDES,
}
"""Words whose options are declared as rows, which say what each option means."""

UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
"""Characters of a docstring that no file of Python's can have as they are."""
CLOCKS = ("bar", "bars", "beat", "beats", "time")


def live_stub(mixers: Mapping[str, str] | None = None) -> str:
    """`livegan.live` as a stub, with every operation of the registry in use.

    ``mixers`` are those that sets have written themselves: name → the file.
    """
    reg = registry.current()
    words: list[str] = live.__getattr__("__all__")
    parts = [HEAD, f"__all__ = {words!r}\n"]
    parts.append("class SoundHandle:")
    parts += [f'    {name}: Signal\n    """{doc}"""' for name, doc in FEATURES.items()]
    band = ["self", "low: float", "high: float"]
    parts.append(indented(function("band", band, "Signal", inspect.getdoc(SoundHandle.band) or "")))
    parts.append("class Picture:")
    for name in usable(reg.names("mixer")):
        if reg.operation("mixer", name).pictures:
            if name in SEEN:  # a signal, and with brackets a mixer
                both = definition(reg.operation("mixer", name), "__call__", method=True)
                parts.insert(2, f"class Seen_{name}(Signal):\n{indented(both)}")
            else:
                parts.append(indented(definition(reg.operation("mixer", name), name, method=True)))
    for name, doc in SEEN.items():
        gives = f"Seen_{name}" if name in reg.names("mixer") else "Signal"
        parts.append(indented(f"@property\n{function(name, ['self'], gives, doc)}"))
    for name, file in sorted((mixers or {}).items()):
        if name not in reg.names("mixer"):
            doc = f"A mixer of {file}."
            given = ["self", "*args: Any", "**kwargs: Any"]
            parts.append(indented(function(name, given, "Picture", doc)))
    given = ["self", "file: str", "/", *SHADER]
    doc = "This picture repainted by a shader file."
    parts.append(indented(function("shader", given, "Picture", doc)))
    parts.append(SOURCES)
    parts.append("class Encoders:")
    parts.append("    def __call__(self, name: str, /, *args: Any, **kwargs: Any) -> Picture: ...")
    for name in usable(reg.names("encoder")):
        parts.append(indented(definition(reg.operation("encoder", name), name, method=True)))
    parts.append("encode: Encoders")
    parts += [f"{name}: Signal" for name in CLOCKS]
    for name in sorted({*words} - {*CLOCKS, "encode", "param", "static"}):
        if name in WORDS:
            parts.append(word(name))
        elif name in reg.names("picture_source") and name not in reg.names("mixer"):
            parts.append(
                function(name, SOURCE, "SourcePicture", reg.offer("picture_source", name).summary)
            )
        elif name in reg.names("word"):
            parts.append(composed(name, reg.offer("word", name)))
        else:
            kind = next(k for k in OF_A_SET if name in reg.names(k))
            text = definition(reg.operation(kind, name), name)
            if name == "screen":  # a mixer, and a display of this machine
                text = (
                    f"@overload\n{text}\n@overload\n{function(name, SOURCE, 'SourcePicture', '')}"
                )
            parts.append(text)
    return "\n".join(parts) + "\n"


def write_stubs(folder: Path) -> Path:
    """Write the stub into a working folder; its path."""
    path = folder / PLACE
    saving.write_bytes(path, live_stub(mixers_in(folder)).encode("utf-8"))
    saving.write_bytes(path.with_name("__init__.pyi"), BESIDE.encode("utf-8"))
    saving.write_bytes(path.parents[1] / "pyo" / "__init__.pyi", PYO.encode("utf-8"))
    return path


def mixers_in(folder: Path) -> dict[str, str]:
    """The mixers that the sets of a working folder have written: name → file.

    The files are read and not run; one that Python cannot read has none.
    """
    found: dict[str, str] = {}
    for file in (file for pattern in OF_SETS for file in sorted(folder.glob(pattern))):
        try:
            need_file(file)
            tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                for name in chained(node):
                    found.setdefault(name, file.relative_to(folder).as_posix())
    return found


def chained(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    """The names by which a function or class can be chained, where it is made a mixer."""
    for mark in node.decorator_list:
        call = mark if isinstance(mark, ast.Call) else None
        word = call.func if call else mark
        if getattr(word, "id", getattr(word, "attr", "")) != "mixer":
            continue
        given = {k.arg: k.value for k in call.keywords} if call else {}
        named = given.get("name")
        names = [named.value] if isinstance(named, ast.Constant) else [node.name]
        also = given.get("aliases")
        if isinstance(also, (ast.Tuple, ast.List)):
            names += [each.value for each in also.elts if isinstance(each, ast.Constant)]
        yield from usable(name for name in names if isinstance(name, str))


def usable(names: Iterable[str]) -> list[str]:
    """The names that can be written after a dot."""
    return [n for n in names if n.isidentifier() and not keyword.iskeyword(n)]


def definition(operation: Operation, name: str, *, method: bool = False) -> str:
    """An operation as a function, or as a method of pictures or of ``encode``."""
    inputs = list(unlike(operation))
    if operation.kind == "mixer" and method:
        # The picture before the dot is the first.
        before = next(i for i in inputs if i.kind == "picture")
        inputs = [i for i in inputs if i is not before or i.many]
    if operation.kind != "mixer" or not operation.listens:
        return call_of(operation, name, inputs, method)
    # The sound may be left out, and all that follows moves up.
    silent = [i for i in inputs if i.kind != "sound"]
    calls = [call_of(operation, name, each, method) for each in (silent, inputs)]
    return "\n".join(f"@overload\n{call}" for call in calls)


def call_of(operation: Operation, name: str, inputs: Sequence[Input], method: bool) -> str:
    """An operation as a function of these inputs and of its parameters."""
    given = ["self"] if method else []
    for place, wanted in enumerate(inputs):
        kind = {"sound": "SoundHandle", "picture": "Picture", "number": "Number"}[wanted.kind]
        if wanted.many:
            given.append(f"*{wanted.name}: {kind} | Sequence[{kind}]")
        elif wanted.optional:
            given.append(f"{wanted.name}: {kind} | None = None")
        else:
            # What can be left out comes last, as Python has it.
            last = all(other.optional for other in inputs[place + 1 :])
            heard = kind == "SoundHandle" and operation.kind != "mixer"
            if operation.kind == "patch":  # the first of several may be left out
                heard = place == 0
            default = " = ..." if heard and last else ""
            given.append(f"{wanted.name}: {kind}{default}")
    if operation.kind == "encoder" and not operation.listens:
        given.append("sound: SoundHandle = ...")  # every encoder can be called with it
    given += [row(p) for p in operation.params]
    if operation.kind == "signal":
        return function(name, given, "Signal", doc_of(operation))
    if not any(g.startswith("*") for g in given):
        given.append("*")
    if operation.kind == "patch":
        given.append("heard: bool = False")
    given.append("key: str | None = None")
    gives = "SoundHandle" if operation.kind == "patch" else "Picture"
    return function(name, given, gives, doc_of(operation))


def unlike(operation: Operation) -> Iterator[Input]:
    """Its inputs, with other names where a picture, or Python, has an argument of that name."""
    names = {i.name for i in operation.inputs} | {p.name for p in operation.params}
    for wanted in operation.inputs:
        name = wanted.name
        while name in ARGUMENTS or (name != wanted.name and name in names):
            name += "_"
        yield replace(wanted, name=name)


def function(name: str, given: list[str], gives: str, doc: str) -> str:
    """The text of one function of the stub."""
    text = doc.replace("\\", "\\\\").replace('"""', "'''")
    text = UNWRITABLE.sub(lambda found: repr(found[0])[1:-1], text)
    end = "\n" if "\n" in text else " " * text.endswith('"')
    body = f'"""{text}{end}"""'
    return f"def {name}({', '.join(given)}) -> {gives}:\n{indented(body)}"


def row(param: Param) -> str:
    """A parameter with its type and default."""
    kinds = {"flag": "bool", "integer": "int", "number": "float", "text": "str"}
    kinds["size"] = "int | str | tuple[int, int]"
    number = "Number" if param.live else "float"
    kinds["colour"] = f"str | tuple[{number}, {number}, {number}]"
    kinds["vector"] = f"Sequence[{number}]"
    kinds["file"] = "str | None"
    if param.choices:
        kind = f"Literal[{', '.join(str.__repr__(c) for c in param.choices)}]"
    else:
        kind = kinds[param.type]
    if param.live and param.type not in ("colour", "vector"):
        kind = "Number" if kind == "float" else f"{kind} | Signal"
    default = param.default if param.type != "size" else 0
    shown = "..."
    for plain in (bool, int, float, str):  # of a class made from one, such as an enumeration's,
        if isinstance(default, plain):  # what it is as one
            shown = plain.__repr__(default)
            break
    return f"{param.name}: {kind} = {shown}"


def doc_of(operation: Operation) -> str:
    """The docstring of an operation, and a line for each parameter: range and meaning."""
    lines = [operation.doc.strip(), *meanings(operation.params)]
    if operation.origin.package != "livegan":
        lines += ["", f"From {operation.origin.package} {operation.origin.version}".rstrip()]
    return "\n".join(lines)


def meanings(params: Iterable[Param]) -> list[str]:
    """Parameters as editors read them in a docstring: a line each, after an empty one."""
    rows = [f":param {p.name}: {meaning(p)}" for p in params]
    return ["", *rows] if rows else []


def meaning(param: Param) -> str:
    """Range, unit and doc of a parameter, in a line."""
    span = ""
    if param.low is not None or param.high is not None:
        low = "" if param.low is None else f"{param.low:g}"
        high = "" if param.high is None else f"{param.high:g}"
        span = f"{low}..{high}"
    before = f"{span} {param.unit}".strip()
    after = param.doc + ("" if param.live else " (fixed when built)")
    return f"{before}: {after}" if before and after.strip() else before or after.strip()


def word(name: str) -> str:
    """A word of the language that is no operation."""
    made = getattr(live, name)
    rows = [replace(p, live=True) if name == "settings" else p for p in ROWS.get(name, ())]
    doc = "\n".join([inspect.getdoc(made) or "", *meanings(rows)])
    if name in ("encoder", "mixer", "signal", "patch"):
        more = ", aliases: tuple[str, ...] = ()" if name == "mixer" else ""
        gives = {"signal": "Signal", "patch": "SoundHandle"}.get(name, "Picture")
        return DECORATOR.format(name=name, gives=gives, more=more, doc=doc + "\n")
    if name == "show":
        outputs = [
            f"{n}: str | Literal[True] = ..." for n in usable(registry.current().names("output"))
        ]
        return function(name, ["picture: Picture", "*", *outputs], "None", doc)
    if name == "shader":
        return function(name, ["file: str", "/", *SHADER], "Picture", doc)
    if name in ("camera", "source"):
        return function(
            name, ["name: str", *SOURCE] if name == "source" else SOURCE, "SourcePicture", doc
        )
    signature = inspect.signature(made)
    given: list[str] = []
    for p in signature.parameters.values():
        kind = str(p.annotation)
        if kind == "Any" and signature.return_annotation != "Any":
            kind = "Number | None" if p.default is None else "Number"
        if name == "choose" and p.kind is p.VAR_POSITIONAL:
            kind = "Number | str"
        if p.kind is p.KEYWORD_ONLY and not any(g.startswith("*") for g in given):
            given.append("*")
        star = "*" if p.kind is p.VAR_POSITIONAL else ""
        default = "" if p.default is p.empty else f" = {p.default!r}"
        given.append(f"{star}{p.name}: {kind}{default}")
    return function(name, given, str(signature.return_annotation), doc)


def composed(name: str, offer: Offer) -> str:
    """A word of a plugin: a function that composes nodes."""
    doc = inspect.getdoc(offer.make) or offer.summary
    given: list[str] = []
    for p in inspect.signature(offer.make).parameters.values():
        if p.kind is p.KEYWORD_ONLY and not any(each.startswith("*") for each in given):
            given.append("*")
        star = "*" * (p.kind is p.VAR_POSITIONAL) + "**" * (p.kind is p.VAR_KEYWORD)
        default = "" if p.default is p.empty else " = ..."
        given.append(f"{star}{p.name}: Any{default}")
    return function(name, given, "Any", doc)


def indented(text: str) -> str:
    """Text one step to the right."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
