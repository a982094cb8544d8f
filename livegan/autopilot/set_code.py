"""The text of a set, as moves read and edit it: formatting and comments stay as they are.

Moves see statements of the set itself, not those inside functions, loops and conditions: what a
performer has programmed there is not played with.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from livegan.autopilot.code_parts import Assigned, CallCode, CodePart, SetWords, SlotCode

KEEP = re.compile(r"#\s*keep\b", re.I)
"""The comment of a line that the autopilot never touches."""
HOLE = "it__"
SOURCES = ("film", "picture", "pictures", "camera", "screen", "source", "shader", "prev")
"""SetWords of the language that give pictures."""


@dataclass(frozen=True)
class SetCode:
    """A set as it is written. Immutable: every edit gives another.

    Raises `ValueError` when it is read, in one line, if the text is no Python.
    """

    text: str
    words: SetWords = field(default_factory=SetWords)
    said: str = ""
    """What the edits that led here do, in a few words."""
    scene: str = ""
    """The file of another set that is to play instead."""

    # Reading -------------------------------------------------------------------------------------

    @cached_property
    def assigned(self) -> tuple[Assigned, ...]:
        """Lines ``name = expression``, in order."""
        found = []
        for small in self._statements():
            if isinstance(small, cst.Assign) and len(small.targets) == 1:
                target = small.targets[0].target
                if isinstance(target, cst.Name):
                    found.append(Assigned(target.value, self._expression(small.value)))
        return tuple(found)

    @cached_property
    def calls(self) -> tuple[CallCode, ...]:
        """Every call, outer ones first."""
        return tuple(self._calls())

    @cached_property
    def slots(self) -> tuple[SlotCode, ...]:
        """The slots, in the order of the text."""
        owners = {id(each.value.node): each.name for each in self.assigned}
        found = []
        for call in self.calls:
            if call.kind == "model" and call.given:
                first = call.given[0].node
                plain = isinstance(first, cst.SimpleString)
                model = str(first.evaluated_value) if plain else ""  # type: ignore[attr-defined]
                name = owners.get(id(call.node), "") or self._holder(call)
                found.append(SlotCode(name, call, model))
        return tuple(found)

    @cached_property
    def conditions(self) -> tuple[Assigned, ...]:
        """Variables that are pictures of sound: what an encoder draws, and what is made of it."""
        slots, found = {slot.name for slot in self.slots}, []
        for each in self.assigned:
            if each.name not in slots and any(
                call.kind == "encoder" for call in self.calls_in(each.value)
            ):
                found.append(each)
        return tuple(found)

    @cached_property
    def shown(self) -> CallCode | None:
        """The last ``show(...)`` with a picture."""
        shows = [call for call in self.calls if call.kind == "show" and call.given]
        return shows[-1] if shows else None

    @property
    def picture(self) -> CodePart | None:
        """What the window shows, if the autopilot may change it."""
        shown = self.shown
        return None if shown is None or shown.given[0].kept else shown.given[0]

    @cached_property
    def sound(self) -> str:
        """The variable of ``listen()``; empty if there is none."""
        for each in self.assigned:
            node = each.value.node
            if isinstance(node, cst.Call) and each.value.code.startswith("listen("):
                return each.name
        return ""

    def signal(self, feature: str, otherwise: str = "0.5") -> str:
        """Code of a feature of the sound, such as ``sound.low``."""
        return f"{self.sound}.{feature}" if self.sound else otherwise

    def can_stand(self, code: str, at: CodePart) -> bool:
        """Whether code can stand at a place: the variables in it are assigned above."""
        used = set(re.findall(r"[A-Za-z_]\w*", code))
        lines = {each.name: each.value.line for each in reversed(self.assigned)}
        return all(lines[name] < at.line for name in used if name in lines)

    @property
    def parts(self) -> list[str]:
        """The variables that what is shown can be made of: those of slots, in order; in a set with
        fewer than two, those that it is made of."""
        picture = self.picture
        names = list(dict.fromkeys(slot.name for slot in self.slots if slot.name))
        if len(names) < 2 and picture is not None:
            used = [each.name for each in self.assigned if each.name in picture.names]
            names = list(dict.fromkeys([*names, *(n for n in used if n in self._pictures)]))
        return [n for n in names if picture is None or self.can_stand(n, picture)]

    @cached_property
    def _pictures(self) -> set[str]:
        """Variables that are pictures, as far as can be seen."""
        found: set[str] = set()
        for each in self.assigned:
            node: Any = each.value.node
            while isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                if isinstance(node.func.value, cst.Name) and node.func.value.value == "encode":
                    break
                node = node.func.value
            if isinstance(node, cst.Call):
                call = self._call(node)
                known = call.kind in ("encoder", "mixer", "model") or call.word in SOURCES
                if (known and not isinstance(node.func, cst.Attribute)) or call.kind == "encoder":
                    found.add(each.name)
            elif isinstance(node, cst.Name) and node.value in found:
                found.add(each.name)
        return found

    def fresh(self, name: str) -> str:
        """A name like this one that the set does not use yet."""
        used = set(re.findall(r"[A-Za-z_]\w*", self.text))
        return next(n for n in (name, *(f"{name}{i}" for i in range(2, 1000))) if n not in used)

    # Editing -------------------------------------------------------------------------------------

    def saying(self, text: str) -> SetCode:
        """With words for what was done."""
        return replace(self, said=text)

    def turning_to(self, scene: str) -> SetCode:
        """No edit: another scene is to play."""
        return replace(self, scene=scene)

    def replaced(self, *edits: tuple[CodePart, str]) -> SetCode:
        """With other code in place of parts that do not lie in each other."""
        return self._with({id(part.node): _parsed(code) for part, code in edits})

    def wrapped(self, part: CodePart, code: str) -> SetCode:
        """With ``code`` in place of a part, and the part in place of ``{}`` in it, as it was."""
        wrapper = _parsed(code.replace("{}", HOLE))
        inner: Any = part.node
        if not isinstance(inner, (cst.Name, cst.Call, cst.Attribute, cst.SimpleString)):
            inner = part.node.with_changes(
                lpar=[*part.node.lpar, cst.LeftParen()], rpar=[*part.node.rpar, cst.RightParen()]
            )
        filled = wrapper.visit(_Fill(inner))
        return self._with({id(part.node): filled})

    def with_argument(self, call: CallCode, name: str, code: str) -> SetCode:
        """With an argument by name, in place of the one that was given or after the others."""
        if name in call.named:
            return self.replaced((call.named[name], code))
        node = cst.ensure_type(call.node, cst.Call)
        added = cst.Arg(
            _parsed(code),
            keyword=cst.Name(name),
            equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        )
        args = [*node.args]
        if args and isinstance(args[-1].comma, cst.MaybeSentinel):
            after = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            args[-1] = args[-1].with_changes(comma=after)
        return self._with({id(node): node.with_changes(args=[*args, added])})

    def inserted(self, before: CodePart, line: str) -> SetCode:
        """With one more line above the statement that a part lies in."""
        body: list[Any] = []
        new: Any = cst.ensure_type(cst.parse_statement(line), cst.SimpleStatementLine)
        for statement in self._module.body:
            if isinstance(statement, cst.SimpleStatementLine) and _lies_in(statement, before.node):
                blank = []
                leading = [*statement.leading_lines]
                while leading and leading[0].comment is None:
                    blank.append(leading.pop(0))
                body += [
                    new.with_changes(leading_lines=blank),
                    statement.with_changes(leading_lines=leading),
                ]
            else:
                body.append(statement)
        return replace(self, text=self._module.with_changes(body=body).code)

    def _with(self, others: Mapping[int, Any]) -> SetCode:
        """With other nodes in place of some, by the id of what was there."""
        module = cst.ensure_type(self._module.visit(_Exchange(others)), cst.Module)
        return replace(self, text=module.code)

    # What is read of it --------------------------------------------------------------------------

    @cached_property
    def _read(self) -> tuple[cst.Module, Mapping[Any, Any]]:
        try:
            parsed = cst.parse_module(self.text)
        except cst.ParserSyntaxError as error:
            raise ValueError(f"line {error.raw_line}: {error.message.splitlines()[0]}") from None
        wrapper = MetadataWrapper(parsed, unsafe_skip_copy=True)
        return wrapper.module, wrapper.resolve(PositionProvider)

    @property
    def _module(self) -> cst.Module:
        return self._read[0]

    @cached_property
    def _kept(self) -> set[int]:
        return set(kept_lines(self.text))

    def _statements(self) -> Iterator[cst.BaseSmallStatement]:
        for statement in self._module.body:
            if isinstance(statement, cst.SimpleStatementLine):
                yield from statement.body

    def _expression(self, node: cst.BaseExpression) -> CodePart:
        return CodePart(node, self._module.code_for_node(node), *self._lines(node))

    def _lines(self, node: cst.CSTNode) -> tuple[int, int, bool]:
        place = self._read[1][node]
        first, last = place.start.line, place.end.line
        return first, last, not self._kept.isdisjoint(range(first, last + 1))

    def _calls(self) -> Iterator[CallCode]:
        for small in self._statements():
            if isinstance(small, (cst.Assign, cst.Expr)):
                yield from self._calls_in(small.value)

    def _calls_in(self, node: cst.CSTNode) -> Iterator[CallCode]:
        if isinstance(node, (cst.Lambda, cst.GeneratorExp, cst.ListComp, cst.DictComp)):
            return
        if isinstance(node, cst.Call):
            yield self._call(node)
        for child in node.children:
            yield from self._calls_in(child)

    def calls_in(self, part: CodePart) -> Iterator[CallCode]:
        """The calls in a part, outer ones first."""
        return self._calls_in(part.node)

    def _holder(self, call: CallCode) -> str:
        """The variable in whose expression a call lies."""
        for each in self.assigned:
            if _lies_in(each.value.node, call.node):
                return each.name
        return ""

    def _call(self, node: cst.Call) -> CallCode:
        of: CodePart | None = None
        word, kind = "", ""
        if isinstance(node.func, cst.Name):
            word = node.func.value
            kind = word if word in ("model", "show") else ""
        elif isinstance(node.func, cst.Attribute):
            word = node.func.attr.value
            before = node.func.value
            if isinstance(before, cst.Name) and before.value == "encode":
                kind = "encoder"
            else:
                of = self._expression(before)
        if not kind and word in self.words.mixers:
            kind = "mixer"
        given = [a for a in node.args if a.keyword is None and not a.star]
        named = {a.keyword.value: self._expression(a.value) for a in node.args if a.keyword}
        return CallCode(
            node,
            self._module.code_for_node(node),
            *self._lines(node),
            word=word,
            kind=kind,
            of=of,
            given=tuple(self._expression(a.value) for a in given),
            named=named,
        )


class _Exchange(cst.CSTTransformer):
    """Puts other nodes in place of some."""

    def __init__(self, others: Mapping[int, Any]) -> None:
        super().__init__()
        self._others = others

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        return self._others.get(id(original_node), updated_node)


class _Fill(cst.CSTTransformer):
    """Puts an expression in place of the hole."""

    def __init__(self, inner: cst.BaseExpression) -> None:
        super().__init__()
        self._inner = inner

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self._inner if original_node.value == HOLE else updated_node


def kept_lines(text: str) -> dict[int, str]:
    """The lines that are marked ``# keep``, by their numbers from 1."""
    lines = text.splitlines()
    found = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and KEEP.match(token.string):
                found[token.start[0]] = lines[token.start[0] - 1]
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    return found


def _parsed(code: str) -> cst.BaseExpression:
    try:
        return cst.parse_expression(code)
    except cst.ParserSyntaxError as error:
        raise ValueError(f"{code!r} is no expression: {error.message}") from None


def _lies_in(outer: cst.CSTNode, node: cst.CSTNode) -> bool:
    return outer is node or any(_lies_in(child, node) for child in outer.children)
