"""Looks: which texts of a set look alike, by what the window shows is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livegan.autopilot.code_parts import CallCode, CodePart
from livegan.autopilot.set_code import SetCode

APART = 0.4
"""Jaccard distance from which two structures count as different looks."""

Structure = frozenset[str]


def structure(score: SetCode) -> Structure:
    """What the picture in the window is made of: who calls what, of all that it depends on.

    Numbers do not count: a look is a structure, however far its knobs are turned.
    """
    values = {each.name: each.value for each in score.assigned}
    picture = score.shown.given[0] if score.shown is not None else None
    if picture is None:
        return frozenset()
    found: set[str] = set()
    waiting: list[tuple[str, CodePart]] = [("show", picture)]
    seen = {"show"}
    while waiting:
        owner, part = waiting.pop()
        found |= {f"{owner} {word}" for word in _words(score, part)}
        for name in sorted(part.names & values.keys()):
            found.add(f"{owner} {name}")
            if name not in seen:
                seen.add(name)
                waiting.append((name, values[name]))
    return frozenset(found)


def _words(score: SetCode, part: CodePart) -> Iterable[str]:
    for call in score.calls_in(part):
        if call.kind == "model" and call.given:
            yield f"model {_model(call)}"
        elif call.kind in ("encoder", "mixer", "show"):
            yield call.word


def _model(call: CallCode) -> str:
    return call.given[0].code


def distance(one: Structure, other: Structure) -> float:
    """Jaccard distance, 0 for equal structures and 1 for those with nothing in common."""
    union = len(one | other)
    return 1 - len(one & other) / union if union else 0.0


def clusters(structures: Sequence[Structure]) -> list[Structure]:
    """One structure of each look, in the order in which they came (leader clustering)."""
    leaders: list[Structure] = []
    for each in structures:
        if all(distance(each, leader) >= APART for leader in leaders):
            leaders.append(each)
    return leaders
