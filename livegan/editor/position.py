"""What is at a place in the text of a set, also while it is typed and no Python.

Lines and columns count from 0, columns in characters. Nothing here runs code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from livegan.editor.quoted import quoted
from livegan.editor.vocabulary import Vocabulary, Word, words_of_set

MOST_BACK = 4000
"""Characters before the cursor that are looked at."""
NAME = re.compile(r"[^\W\d]\w*")
TAKES_WORDS = re.compile(r"^\s*(from\s+livegan\.live\s+import|import\s+livegan\.live)\b", re.M)
OPENING, CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class TypedCall:
    """A call around the cursor that is not closed yet."""

    function: str
    """What is called: a name, or an expression with a dot."""
    given: tuple[str, ...] = ()
    """Names of the parameters that are given already."""
    place: int = 0
    """How many values stand before the cursor."""
    named: str = ""
    """The parameter whose value is typed, if it is named."""


@dataclass(frozen=True)
class Cursor:
    """What is typed at a place."""

    word: str = ""
    """The letters of the name before the cursor."""
    receiver: str | None = None
    """The expression before the dot; None if there is no dot."""
    call: TypedCall | None = None
    text: str | None = None
    """What stands in the quotes that the cursor is in; None outside of quotes."""


@dataclass(frozen=True)
class SetSource:
    """The text of a set or of a module beside it, and what can be read off it."""

    text: str
    file: str = ""
    tree: ast.Module | None = None
    """None if it is no Python at the moment."""
    words: tuple[Word, ...] = ()
    names: Mapping[str, ast.expr] = field(default_factory=dict)
    """What is assigned, the last by name."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where each name is defined, from 1."""
    quoted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The names that it gives in quotes, by kind."""

    @classmethod
    def read(cls, text: str, file: str = "", before: SetSource | None = None) -> SetSource:
        """Read a text; where it is no Python, what was known ``before`` is kept."""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            if before is not None:
                known = before.words, before.names, before.lines, before.quoted
                return cls(text, file, None, *known)
            return cls(text, file)
        names: dict[str, ast.expr] = {}
        lines: dict[str, int] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        names[target.id] = node.value
                        lines[target.id] = node.lineno
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                lines[node.name] = node.lineno
        own = tuple(words_of_set(tree, file))
        return cls(text, file, tree, own, names, lines, quoted(tree))

    @property
    def has_words(self) -> bool:
        """Whether it takes the words of the language."""
        return TAKES_WORDS.search(self.text) is not None

    def before(self, line: int, column: int) -> str:
        """The text before a place, as far back as a call may reach."""
        lines = self.text.splitlines()[: line + 1]
        if line < len(lines):
            lines[line] = lines[line][:column]
        return "\n".join(lines)[-MOST_BACK:]

    def is_silent(self, line: int, column: int) -> bool:
        """Whether quotes were closed right before a place, or it is in a comment: there nothing is
        to be completed."""
        before = self.before(line, column)
        return before[-1:] in ("'", '"') or in_comment(before.rpartition("\n")[2])

    def cursor(self, line: int, column: int) -> Cursor:
        """What is typed at a place."""
        return cursor_at(self.before(line, column))

    def name_at(self, line: int, column: int) -> tuple[str, str | None, int, int] | None:
        """The name at a place: itself, the expression before its dot, and its columns."""
        lines = self.text.splitlines()
        if line >= len(lines):
            return None
        for found in NAME.finditer(lines[line]):
            if found.start() <= column <= found.end():
                cursor = self.cursor(line, found.end())
                if cursor.text is not None:
                    return None
                return found[0], cursor.receiver, found.start(), found.end()
        return None

    def text_at(self, line: int, column: int) -> tuple[str, TypedCall] | None:
        """The text in quotes at a place, and the call that it is given to."""
        lines = self.text.splitlines()
        if line >= len(lines):
            return None
        for found in re.finditer(r"(['\"])((?:(?!\1).)*)\1", lines[line]):
            if found.start() <= column <= found.end():
                cursor = self.cursor(line, found.start())
                return (found[2], cursor.call) if cursor.call else None
        return None

    # Types ---------------------------------------------------------------------------------------

    def class_of(self, expression: str, words: Vocabulary) -> str:
        """The class of an expression: one of `livegan.editor.vocabulary.OWNERS`, or empty."""
        try:
            parsed = ast.parse(f"({expression})", mode="eval").body  # it may have several lines
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ""
        return Classes(self.names, words).of(parsed)

    def word_of(self, function: str, words: Vocabulary) -> Word | None:
        """The word that a call means: ``grid``, or ``wave.blur``."""
        receiver, _, name = function.rpartition(".")
        if not receiver:
            return words.word(name)
        return words.word(name, self.class_of(receiver, words) or "-")


class Classes:
    """Finds the classes of expressions, each name once."""

    def __init__(self, names: Mapping[str, ast.expr], words: Vocabulary) -> None:
        self._names, self._words = names, words
        self._known: dict[str, str] = {}

    def of(self, node: ast.expr) -> str:
        """The class of the value of an expression; empty if it is not known."""
        try:
            return self._of(node)
        except RecursionError:
            return ""

    def _of(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            if node.id in self._names:
                if node.id not in self._known:
                    self._known[node.id] = ""  # where it is made from itself
                    self._known[node.id] = self._of(self._names[node.id])
                return self._known[node.id]
            return self._value(self._words.word(node.id))
        if isinstance(node, ast.Attribute):
            return self._value(self._words.word(node.attr, self._of(node.value) or "-"))
        if isinstance(node, ast.Call):
            return self._called(node.func)
        if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Compare)):
            parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
            return "Signal" if any(map(self._of, parts)) else ""
        return ""

    def _value(self, word: Word | None) -> str:
        return word.gives if word and not word.call else ""

    def _called(self, function: ast.expr) -> str:
        word = None
        if isinstance(function, ast.Name):
            word = self._words.word(function.id)
            if word is not None and word.gives == "Encoders":
                return "Picture"
        elif isinstance(function, ast.Attribute):
            word = self._words.word(function.attr, self._of(function.value) or "-")
        elif isinstance(function, ast.Call):  # mixer("package:name")(a)
            name = getattr(function.func, "id", "")
            gives = {"mixer": "Picture", "encoder": "Picture", "signal": "Signal"}
            return {**gives, "patch": "SoundHandle"}.get(name, "")
        return word.gives if word and word.call else ""


def cursor_at(before: str) -> Cursor:
    """What is typed at the end of a text that is cut off there."""
    text = open_quote(before.rsplit("\n", 1)[-1])
    call = call_around(before)
    if text is not None:
        return Cursor(call=call, text=text)
    word = NAME.findall(before)[-1] if re.search(r"[^\W\d]\w*$", before) else ""
    rest = before[: len(before) - len(word)]
    receiver = receiver_before(rest) if rest.rstrip(" \t").endswith(".") else None
    return Cursor(word, receiver, call)


@dataclass(frozen=True)
class ScannedCode:
    """What of a text is code, and what its end is in."""

    letters: tuple[tuple[int, str], ...] = ()
    """Places and letters outside of quotes and comments."""
    quote: int | None = None
    """Where the text begins whose quotes are still open; None if none are."""
    comment: bool = False

    @classmethod
    def read(cls, text: str) -> ScannedCode:
        """Go through a text, which may be cut off anywhere."""
        letters: list[tuple[int, str]] = []
        quote, begun, index, comment = "", 0, 0, False
        while index < len(text):
            letter = text[index]
            if comment:
                comment = letter != "\n"
            elif quote and letter == "\\":
                index += 1
            elif quote and text.startswith(quote, index):
                index += len(quote) - 1
                quote = ""
            elif quote:
                if letter == "\n" and len(quote) == 1:
                    quote = ""
            elif letter in "'\"":
                quote = letter * 3 if text.startswith(letter * 3, index) else letter
                index += len(quote) - 1
                begun = index + 1
            elif letter == "#":
                comment = True
            else:
                letters.append((index, letter))
            index += 1
        return cls(tuple(letters), begun if quote else None, comment)

    def brackets(self) -> tuple[list[int], dict[int, int]]:
        """Where brackets are still open, from the outer to the inner; and where those that are
        closed were opened, by the place that closes them."""
        still: list[int] = []
        pairs: dict[int, int] = {}
        for index, letter in self.letters:
            if letter in OPENING:
                still.append(index)
            elif letter in CLOSING and still:
                pairs[index] = still.pop()
        return still, pairs


def open_quote(line: str) -> str | None:
    """What stands in quotes that a line opens and does not close."""
    at = ScannedCode.read(line).quote
    return None if at is None else line[at:]


def in_comment(line: str) -> bool:
    """Whether the end of a line is in a comment."""
    return ScannedCode.read(line).comment


def call_around(text: str) -> TypedCall | None:
    """The innermost call that is not closed at the end of the text."""
    open_at = open_call(text)
    if open_at is None:
        return None
    function = receiver_before(text[:open_at] + ".")
    if not function or not re.fullmatch(r"[^\W\d].*", function, re.S):
        return None
    if re.search(r"\b(def|class)\s+\w+$", text[:open_at]):
        return None
    parts = split_arguments(text[open_at + 1 :])
    given = tuple(m[1] for part in parts[:-1] if (m := re.match(r"\s*(\w+)\s*=(?!=)", part)))
    last = re.match(r"\s*(\w+)\s*=(?!=)", parts[-1])
    return TypedCall(function, given, len(parts) - 1 - len(given), last[1] if last else "")


def open_call(text: str) -> int | None:
    """Where the innermost parenthesis is that is open at the end of a text."""
    still, _ = ScannedCode.read(text).brackets()
    calls = [at for at in still if text[at] == "("]
    return calls[-1] if calls else None


def split_arguments(text: str) -> list[str]:
    """The arguments in the rest of a call, by the commas between them."""
    parts, depth, begun = [], 0, 0
    for index, letter in ScannedCode.read(text).letters:
        depth += (letter in OPENING) - (letter in CLOSING)
        if letter == "," and depth == 0:
            parts.append(text[begun:index])
            begun = index + 1
    return [*parts, text[begun:]]


def receiver_before(text: str) -> str:
    """The expression that ends before the dot at the end of a text: ``a.blur(4)``."""
    end = text.rstrip(" \t")
    end = end.removesuffix(".").rstrip()
    index, (_, pairs) = len(end), ScannedCode.read(end).brackets()
    while index > 0:
        letter = end[index - 1]
        if letter in CLOSING:
            if index - 1 not in pairs:
                break
            index = pairs[index - 1]
        elif (
            letter.isalnum()
            or letter in "_."
            or (letter in " \t\n" and re.match(r"\s*\.", end[index:]))
        ):
            index -= 1
        else:
            break
    return end[index:].strip()
