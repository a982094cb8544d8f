"""Saves that a performer would rather not have made: a set cut short, or with a slip in it."""

from __future__ import annotations

import io
import random
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SLIPS = (
    "",
    ")",
    "(",
    "'",
    '"',
    ":",
    ",",
    "\0",
    "\x0c",
    "é",
    "\t",
    "  ",
    "=",
    "None",
    "-1",
    "1e400",
)
"""What a slip of the hand leaves behind."""

NUMBERS = ("0", "-1", "1e9", "-1e9", "1e-9", "float('nan')", "float('inf')", "'four'", "None", "()")


@dataclass(frozen=True)
class Save:
    """A text, and what was done to it in a few words."""

    does: str
    text: str


def broken(text: str, rng: random.Random) -> Iterator[Save]:
    """Endless saves of a set, each with one thing wrong with it, most of them not playable.

    By turns cut at a place of its own and with a slip in one of its tokens.
    """
    while True:
        yield cut(text, rng)
        yield rng.choice(KINDS)(text, rng)


def cut(text: str, rng: random.Random) -> Save:
    """The beginning of a set: a save that stopped half way."""
    length = rng.randrange(max(1, len(text)))
    return Save(f"cut after {length} letters", text[:length])


def typed_over(text: str, rng: random.Random) -> Save:
    """One letter replaced by a slip of the hand."""
    at = rng.randrange(max(1, len(text)))
    slip = rng.choice(SLIPS)
    return Save(f"{slip!r} in place of letter {at}", text[:at] + slip + text[at + 1 :])


def token_changed(text: str, rng: random.Random) -> Save:
    """One token lost, doubled, put in place of another, or mistyped."""
    tokens = tokens_of(text)
    if not tokens:
        return typed_over(text, rng)
    begin, end, kind = rng.choice(tokens)
    token = text[begin:end]
    if kind == tokenize.NUMBER and rng.random() < 0.7:
        new = rng.choice(NUMBERS)
    elif kind == tokenize.NAME and rng.random() < 0.4:
        at = rng.randrange(len(token))
        new = token[:at] + token[at + 1 :] or "_"
    elif rng.random() < 0.5:
        other = rng.choice(tokens)
        new = text[other[0] : other[1]]
    else:
        new = rng.choice(("", token + token, token + " " + token))
    return Save(f"{new!r} in place of {token!r}", text[:begin] + new + text[end:])


def line_changed(text: str, rng: random.Random) -> Save:
    """One line lost, doubled, moved or indented."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return typed_over(text, rng)
    at = rng.randrange(len(lines))
    what = rng.choice(("lost", "doubled", "moved", "indented"))
    line = lines.pop(at)
    if what == "doubled":
        lines[at:at] = [line, line]
    elif what == "moved":
        lines.insert(rng.randrange(len(lines) + 1), line)
    elif what == "indented":
        lines.insert(at, "   " + line)
    return Save(f"line {at + 1} {what}", "".join(lines))


KINDS: tuple[Callable[[str, random.Random], Save], ...] = (token_changed, typed_over, line_changed)


def tokens_of(text: str) -> list[tuple[int, int, int]]:
    """(begin, end, kind) of names, numbers, operators and strings, by place in the text."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    wanted = (tokenize.NAME, tokenize.NUMBER, tokenize.OP, tokenize.STRING)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in wanted:
                begin = starts[token.start[0] - 1] + token.start[1]
                end = starts[token.end[0] - 1] + token.end[1]
                found.append((begin, end, token.type))
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    return found
