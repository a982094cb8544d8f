"""The words of the set language as data: what an editor completes and explains.

They are read off the stub that `livegan.stubs` writes, so that both say the same, and off the text
of a set for what the set defines itself. Nothing here runs code of plugins or sets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

OWNERS = ("Picture", "SourcePicture", "Signal", "SoundHandle", "Encoders")
"""Classes of the stub whose attributes are words after a dot."""
ABOVE = {"SourcePicture": "Picture"}
MEANING = re.compile(r"^:param (\w+): ?(.*)$", re.M)
SEEN_AS = "Seen_"
"""Classes of the stub that are called so are signals, and mixers when they are called."""
LEAVES = ("encoder", "mixer", "signal", "patch")


@dataclass(frozen=True)
class WordParam:
    """A parameter: how it is written, and what it means, with range and unit."""

    name: str
    text: str
    """As in a signature: ``amount: Number = 0.5``."""
    meaning: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    named: bool = True
    """Whether it can be given by name."""


@dataclass(frozen=True)
class Word:
    """A function, method or value of the language."""

    name: str
    owner: str = ""
    """The class whose attribute it is; empty for what stands alone."""
    gives: str = ""
    """The class of its value, or of what a call returns."""
    call: bool = True
    doc: str = ""
    params: tuple[WordParam, ...] = ()
    package: str = ""
    """The plugin that it comes from, with its version; empty for livegan's own."""
    file: str = ""
    line: int = 0
    picture: str = ""
    """A small picture of what it draws."""

    @property
    def label(self) -> str:
        """The signature, or name and class of a value."""
        if not self.call:
            return f"{self.name}: {self.gives}"
        return f"{self.name}({', '.join(p.text for p in self.params)})"

    @property
    def summary(self) -> str:
        """The first line of what it does."""
        return self.doc.strip().partition("\n")[0]


@dataclass(frozen=True)
class ModelName:
    """A model that a set can name, and what its card says."""

    name: str
    file: str
    title: str = ""
    encoder: str = ""
    size: str = ""
    licence: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """All words, and the models beside a set."""

    words: tuple[Word, ...] = ()
    models: tuple[ModelName, ...] = ()
    _by: dict[tuple[str, str], Word] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by.update({(word.owner, word.name): word for word in self.words})

    def word(self, name: str, owner: str = "") -> Word | None:
        """A word; of a class also what it inherits."""
        found = self._by.get((owner, name))
        return found or (self.word(name, ABOVE[owner]) if owner in ABOVE else None)

    def of(self, owner: str = "") -> list[Word]:
        """The words of an owner, inherited ones last."""
        own = [word for word in self.words if word.owner == owner]
        names = {word.name for word in own}
        above = self.of(ABOVE[owner]) if owner in ABOVE else []
        return own + [word for word in above if word.name not in names]

    def plus(self, words: Iterable[Word]) -> Vocabulary:
        """With words of a set, which hide those of the same name."""
        own = {(word.owner, word.name): word for word in words}
        rest = [word for word in self.words if (word.owner, word.name) not in own]
        return replace(self, words=(*own.values(), *rest), _by={})

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "words": [asdict(word) for word in self.words],
            "models": [asdict(model) for model in self.models],
        }

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Vocabulary:
        """From `plain`."""
        words = []
        for row in said["words"]:
            params = (WordParam(**{**p, "choices": tuple(p["choices"])}) for p in row["params"])
            words.append(Word(**{**row, "params": tuple(params)}))
        return cls(tuple(words), tuple(ModelName(**row) for row in said["models"]))


# Reading the stub --------------------------------------------------------------------------------


def words_of_stub(text: str) -> list[Word]:
    """The words in a stub of ``livegan.live``."""
    return list(_words(ast.parse(text).body, ""))


def words_of_class(text: str, names: Iterable[str]) -> list[Word]:
    """The methods of these names in the source of a class."""
    (made,) = ast.parse(text).body
    assert isinstance(made, ast.ClassDef)
    wanted = {*names}
    return [word for word in _words(made.body, made.name) if word.name in wanted]


def _words(body: list[ast.stmt], owner: str) -> Iterator[Word]:
    functions: dict[str, Word] = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef) and node.name in OWNERS:
            yield from _words(node.body, node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith(SEEN_AS):
            # A signal that is a mixer, too: what is explained is the mixer.
            (call,) = (each for each in node.body if isinstance(each, ast.FunctionDef))
            name = node.name.removeprefix(SEEN_AS)
            yield replace(_function(call, "Picture", True), name=name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            gives, doc = ast.unparse(node.annotation), _text_of(after)
            if gives != "TypeAlias":
                yield Word(node.target.id, owner, gives, False, doc)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            called = not any(getattr(d, "id", "") == "property" for d in node.decorator_list)
            word = _function(node, owner, called)
            if word.gives.startswith(SEEN_AS):
                continue
            if node.name not in functions or not functions[node.name].doc:
                functions[node.name] = word  # of overloads the first that is explained
    yield from functions.values()


def _text_of(node: ast.stmt | None) -> str:
    value = node.value if isinstance(node, ast.Expr) else None
    found = value.value if isinstance(value, ast.Constant) else ""
    return found if isinstance(found, str) else ""


def _function(node: ast.FunctionDef, owner: str, called: bool) -> Word:
    said = ast.get_docstring(node) or ""
    doc = MEANING.sub("", said).strip()
    meanings = dict(MEANING.findall(said))
    params = tuple(p for p in _params(node.args, meanings) if p.name != "self")
    gives = ast.unparse(node.returns) if node.returns else ""
    return Word(node.name, owner, gives, called, doc, params)


def _params(args: ast.arguments, meanings: Mapping[str, str]) -> Iterator[WordParam]:
    plain = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    for arg, default in zip(plain, defaults, strict=True):
        yield _param(arg, default, meanings, named=arg not in args.posonlyargs)
    if args.vararg:
        text = f"*{ast.unparse(args.vararg)}"
        yield WordParam(args.vararg.arg, text, meanings.get(args.vararg.arg, ""), named=False)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _param(arg, default, meanings)
    if args.kwarg:
        yield WordParam(args.kwarg.arg, f"**{ast.unparse(args.kwarg)}", named=False)


def _param(
    arg: ast.arg, default: ast.expr | None, meanings: Mapping[str, str], named: bool = True
) -> WordParam:
    text, shown = ast.unparse(arg), "" if default is None else ast.unparse(default)
    joined = f"{text} = {shown}" if arg.annotation else f"{text}={shown}"
    return WordParam(
        arg.arg,
        joined if shown else text,
        meanings.get(arg.arg, ""),
        "" if shown == "..." else shown,
        _choices(arg.annotation),
        named,
    )


def _choices(annotation: ast.expr | None) -> tuple[str, ...]:
    """The texts of a ``Literal[...]``."""
    for node in ast.walk(annotation) if annotation else ():
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            values = [part.value for part in parts if isinstance(part, ast.Constant)]
            return tuple(value for value in values if isinstance(value, str))
    return ()


# Reading a set -----------------------------------------------------------------------------------


def words_of_set(tree: ast.Module, file: str) -> list[Word]:
    """The encoders, mixers and signals that a set or a module beside it defines."""
    found = []
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        kind = next((k for mark in node.decorator_list if (k := _leaf(mark)) in LEAVES), "")
        if kind:
            gives = {"signal": "Signal", "patch": "SoundHandle"}.get(kind, "Picture")
            word = Word(node.name, "", gives, True, ast.get_docstring(node) or "")
            word = replace(word, params=tuple(_own_params(node)), file=file, line=node.lineno)
            found.append(word)
            if kind == "mixer":
                found.append(replace(word, owner="Picture", params=word.params[1:]))
    return found


def _leaf(mark: ast.expr) -> str:
    word = mark.func if isinstance(mark, ast.Call) else mark
    return str(getattr(word, "id", getattr(word, "attr", "")))


def _own_params(node: ast.FunctionDef | ast.ClassDef) -> Iterator[WordParam]:
    """The parameters of a leaf, without what livegan hands over itself."""
    called = [node] if isinstance(node, ast.FunctionDef) else node.body
    for each in called:
        if isinstance(each, ast.FunctionDef) and each.name in (node.name, "draw", "mix", "value"):
            args = each.args
            inputs = [a for a in (*args.posonlyargs, *args.args) if a.arg != "self"]
            yield from (WordParam(a.arg, a.arg, named=False) for a in inputs)
            for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
                if isinstance(default, ast.Call) and default.args:
                    first = ast.unparse(default.args[0])
                    yield WordParam(arg.arg, f"{arg.arg}={first}", _row(default), first)


def _row(call: ast.Call) -> str:
    """Range and meaning of ``param(4.0, 1, 16, "exponent")``."""
    names = ("default", "low", "high", "doc", "unit")
    given = dict(zip(names, map(ast.unparse, call.args), strict=False))
    given |= {k.arg: ast.unparse(k.value) for k in call.keywords if k.arg}
    span = f"{given.get('low', '')}..{given.get('high', '')}" if "low" in given else ""
    unit, doc = (given.get(name, "").strip("'\"") for name in ("unit", "doc"))
    before = f"{span} {unit}".strip()
    return f"{before}: {doc}" if before and doc else before or doc
