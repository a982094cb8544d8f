"""Grafting: code put into a performer's set, whatever the set is, around what it shows."""

from __future__ import annotations

import ast

OWN = "gremlin"
"""What names in grafted code begin with."""

LEAF = """
from livegan.live import mixer as gremlin_mixer
gremlin_frames = [0]
@gremlin_mixer
def gremlin(picture):
    gremlin_frames[0] += 1
{body}
    return picture
"""

HEARING_LEAF = """
from livegan.live import listen as gremlin_listen, mixer as gremlin_mixer
from livegan.plugin import param as gremlin_param
gremlin_heard = gremlin_listen()
@gremlin_mixer
def gremlin(picture, *, level=gremlin_param(1.0, 0, 1)):
{body}
    return picture
"""


def at_top(text: str, code: str) -> str:
    """The set with lines of code before its last ``show``, run when the set is read."""
    lines = text.splitlines(keepends=True)
    shown = last_show(text)
    at = len(lines) if shown is None else shown.lineno - 1
    before = "".join(lines[:at])
    if before and not before.endswith("\n"):
        before += "\n"
    return before + code.strip("\n") + "\n" + "".join(lines[at:])


def in_leaf(text: str, body: str) -> str:
    """The set with a mixer around what it shows.

    ``body`` runs in every frame: it has ``picture`` (3, H, W), ``gremlin_frames[0]``, the count of
    frames from 1, and may return what is shown instead.
    """
    return around(text, LEAF.format(body=_indented(body)), "gremlin({})")


def in_hearing_leaf(text: str, body: str) -> str:
    """Likewise with ``level``, the loudness 0..1 that is heard, which is 0 in silence."""
    code = HEARING_LEAF.format(body=_indented(body))
    return around(text, code, "gremlin({}, level=gremlin_heard.level)")


def last_show(text: str) -> ast.Expr | None:
    """The statement at the top level that fills the window; None if there is none to be found."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    shows = [s for s in tree.body if isinstance(s, ast.Expr) and _is_show(s.value)]
    plain = [s for s in shows if isinstance(s.value, ast.Call) and not s.value.keywords]
    return plain[-1] if plain else shows[0] if shows else None


def _is_show(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call) or len(call.args) != 1:
        return False
    name = call.func
    return (isinstance(name, ast.Name) and name.id == "show") or (
        isinstance(name, ast.Attribute) and name.attr == "show"
    )


def around(text: str, code: str, call: str) -> str:
    """The set with ``code`` before it shows, and ``call`` around the picture, at its ``{}``."""
    shown = last_show(text)
    if shown is None:
        # A set that shows from within a loop or a function: a picture of our own comes after it.
        own = "from livegan.live import encode as gremlin_encode, listen as gremlin_hear\n"
        own += "from livegan.live import show as gremlin_show\n"
        picture = "gremlin_encode.waveform(gremlin_hear())"
        return f"{at_top(text, code)}{own}gremlin_show({call.format(picture)})\n"
    assert isinstance(shown.value, ast.Call)
    picture_at = shown.value.args[0]
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    begin = _offset(lines, picture_at.lineno, picture_at.col_offset)
    end = _offset(lines, picture_at.end_lineno or 1, picture_at.end_col_offset or 0)
    whole = b"".join(lines)
    wrapped = call.format(whole[begin:end].decode()).encode()
    return at_top((whole[:begin] + wrapped + whole[end:]).decode(), code)


def _offset(lines: list[bytes], line: int, column: int) -> int:
    """``ast`` counts lines from 1 and columns in bytes."""
    return sum(map(len, lines[: line - 1])) + column


def _indented(body: str) -> str:
    return "\n".join("    " + line for line in body.strip("\n").splitlines())
