"""Address patterns of OSC: ``/fader[1-4]``, ``/*/volume``, ``/{left,right}/?``.

Matched without regular expressions: a pattern comes from the network, and must not cost more than
its length times that of the address.
"""

from __future__ import annotations

WILD = frozenset("*?[{")
MOST_WAYS = 64
"""Ways to read the braces of one pattern; one with more matches nothing."""


def is_pattern(address: str) -> bool:
    """Whether an address stands for several."""
    return not WILD.isdisjoint(address)


def matches(pattern: str, address: str) -> bool:
    """Whether a pattern means an address; ``*`` and ``?`` stay within a part."""
    parts, wanted = address.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(_part, wanted, parts))


def _part(pattern: str, text: str) -> bool:
    return any(_glob(way, text) for way in _ways(pattern))


def _ways(pattern: str) -> list[str]:
    """The pattern without braces: one for each choice."""
    ways = [pattern]
    while any("{" in way for way in ways):
        choices: list[str] = []
        for way in ways:
            before, brace, rest = way.partition("{")
            inside, end, after = rest.partition("}")
            if not brace:
                choices.append(way)
            elif end:
                choices += [before + choice + after for choice in inside.split(",")]
        if len(choices) > MOST_WAYS:
            return []
        ways = choices
    return ways


def _tokens(pattern: str) -> list[str] | None:
    """Single characters, ``*``, ``?``, and whole brackets; None if a bracket is not closed."""
    tokens: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] != "[":
            tokens.append(pattern[at])
            at += 1
            continue
        end = pattern.find("]", at + 1)
        if end < 0:
            return None
        tokens.append(pattern[at : end + 1])
        at = end + 1
    return tokens


def _one(token: str, character: str) -> bool:
    if token[0] != "[":
        return token in ("?", character)
    inside = token[1:-1]
    negated = inside.startswith("!")
    inside = inside[negated:]
    found, at = False, 0
    while at < len(inside):
        if at + 2 < len(inside) and inside[at + 1] == "-":
            found |= inside[at] <= character <= inside[at + 2]
            at += 3
        else:
            found |= inside[at] == character
            at += 1
    return found != negated


def _glob(pattern: str, text: str) -> bool:
    """Match with one place to return to: the last star (a classic; linear but for that)."""
    tokens = _tokens(pattern)
    if tokens is None:
        return False
    at = token = 0
    star, mark = -1, 0
    while at < len(text):
        if token < len(tokens) and tokens[token] == "*":
            star, mark = token, at
            token += 1
        elif token < len(tokens) and _one(tokens[token], text[at]):
            at, token = at + 1, token + 1
        elif star >= 0:
            mark += 1
            at, token = mark, star + 1
        else:
            return False
    return all(rest == "*" for rest in tokens[token:])
