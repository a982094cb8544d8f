"""Matching: what of a new set is what already plays."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from livegan.graph.matching import match


@dataclass(frozen=True)
class Node:
    name: str
    build: str


NODES = st.lists(st.builds(Node, st.sampled_from("abc"), st.sampled_from("xyz")), max_size=8)


@given(NODES)
def test_a_set_matches_itself_in_place(nodes: list[Node]) -> None:
    plan = match(nodes, nodes)
    assert plan.kept == {i: i for i in range(len(nodes))}
    assert plan.built == () and plan.retired == ()


@given(NODES, NODES)
def test_every_node_is_kept_built_or_retired_exactly_once(old: list[Node], new: list[Node]) -> None:
    plan = match(old, new)
    assert sorted([*plan.kept, *plan.built]) == list(range(len(new)))
    assert sorted([*plan.kept.values(), *plan.retired]) == list(range(len(old)))
    assert all(old[o].build == new[n].build for n, o in plan.kept.items())


@given(NODES, st.randoms())
def test_order_never_matters_for_named_nodes(nodes: list[Node], random: object) -> None:
    unique = list(dict.fromkeys(nodes))
    shuffled = unique[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    plan = match(unique, shuffled)
    assert all(unique[o] == shuffled[n] for n, o in plan.kept.items())
    assert plan.built == ()


@given(NODES, NODES)
def test_nothing_is_built_that_could_have_been_kept(old: list[Node], new: list[Node]) -> None:
    plan = match(old, new)
    left = [old[i].build for i in plan.retired]
    assert not any(new[i].build in left for i in plan.built)


def test_a_name_wins_over_the_order() -> None:
    plan = match([Node("a", "x"), Node("b", "x")], [Node("b", "x"), Node("c", "x")])
    assert plan.kept == {0: 1, 1: 0}


def test_what_is_built_from_something_else_is_another_node() -> None:
    plan = match([Node("a", "x")], [Node("a", "y")])
    assert plan.built == (0,) and plan.retired == (0,)
