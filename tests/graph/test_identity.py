"""After edits, what was left alone is what it was: sets of any make, edited in any way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.graph.graph import Graph, collecting, finish
from livegan.graph.matching import match

ENCODERS = ("waveform", "timeline", "levels", "levels_timeline")
EFFECTS = ("", ".blur(2)", ".invert()", ".hue(0.2).blur(1)")


@dataclass(frozen=True)
class Line:
    """``name = encode.encoder(sound)effect``."""

    name: str
    encoder: str
    effect: str

    def __str__(self) -> str:
        return (
            f"{self.name} = encode.{self.encoder}(sound)\n{self.name}_ = {self.name}{self.effect}"
        )


lines = st.lists(
    st.builds(Line, st.sampled_from("abcdef"), st.sampled_from(ENCODERS), st.sampled_from(EFFECTS)),
    min_size=1,
    max_size=6,
    unique_by=lambda line: line.name,
)


def graph_of(lines: list[Line]) -> Graph:
    shown = ", ".join(f"{line.name}_" for line in lines)
    text = "\n".join(
        ["from livegan.live import *", "sound = listen()", *map(str, lines), f"show(grid({shown}))"]
    )
    namespace: dict[str, Any] = {}
    with collecting() as graph:
        exec(compile(text, "set.py", "exec"), namespace)
    return finish(graph, namespace)


def kept(old: Graph, new: Graph) -> dict[str, str]:
    """New name -> name of the node that plays and is kept in its place."""
    plan = match(old.nodes, new.nodes)
    return {new.nodes[n].name: old.nodes[o].name for n, o in plan.kept.items()}


@settings(max_examples=40)
@given(lines)
def test_a_save_without_a_change_keeps_everything(lines: list[Line]) -> None:
    old, new = graph_of(lines), graph_of(lines)
    plan = match(old.nodes, new.nodes)
    assert plan.kept == {i: i for i in range(len(old.nodes))}
    assert not plan.built and not plan.retired


@settings(max_examples=40)
@given(lines, lines, st.randoms(use_true_random=False))
def test_what_keeps_its_name_and_its_encoder_stays_whatever_else_is_edited(
    before: list[Line], after: list[Line], random: Any
) -> None:
    # Lines of both: left alone, with another effect, moved, removed, written anew.
    edited = [*before[: len(before) // 2], *after]
    edited = list({line.name: line for line in edited}.values())
    random.shuffle(edited)
    stays = kept(graph_of(before), graph_of(edited))
    made = {line.name: line.encoder for line in before}
    for line in edited:
        if made.get(line.name) == line.encoder:
            assert stays[line.name] == line.name


@settings(max_examples=40)
@given(lines, st.permutations("uvwxyz"))
def test_what_is_renamed_stays_as_well(lines: list[Line], names: list[str]) -> None:
    fresh = dict(zip([line.name for line in lines], names, strict=False))
    renamed = [Line(fresh[line.name], line.encoder, line.effect) for line in lines]
    old, new = graph_of(lines), graph_of(renamed)
    plan = match(old.nodes, new.nodes)
    assert not plan.built and not plan.retired


@settings(max_examples=40)
@given(lines, lines)
def test_only_what_differs_is_built(before: list[Line], after: list[Line]) -> None:
    old, new = graph_of(before), graph_of(after)
    plan = match(old.nodes, new.nodes)
    for made in {node.build for node in new.nodes}:
        there = sum(node.build == made for node in old.nodes)
        wanted = sum(node.build == made for node in new.nodes)
        built = sum(new.nodes[i].build == made for i in plan.built)
        assert built == max(0, wanted - there)
