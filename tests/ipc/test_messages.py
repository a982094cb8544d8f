"""Messages are checked where they leave the pipe: what is wrong is said in a line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegan.ipc import messages
from livegan.ipc.messages import FROM_ENGINE, TO_ENGINE
from livegan.ipc.wire import BadMessage, decode, encode

KINDS = [(name, kind, kinds) for kinds in (FROM_ENGINE, TO_ENGINE) for name, kind in kinds.items()]
ROWS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3)
FINITE = st.floats(allow_nan=False)


def any_of(kind: type) -> st.SearchStrategy[Any]:
    """Any message of a kind."""
    st.register_type_strategy(float, FINITE)
    fields = {}
    for name, hint in get_type_hints(kind).items():
        found = st.from_type(hint)
        if hint == Mapping[str, str]:
            found = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)
        elif "Mapping" in str(hint):
            found = ROWS if "Sequence" not in str(hint) else st.lists(ROWS, max_size=3)
        fields[name] = found
    if kind is messages.Hello:
        fields["speaks"] = st.just(messages.VERSION)
    return st.builds(kind, **fields)


@given(st.data())
def test_every_message_comes_over_the_pipe_and_out_of_the_log_as_it_was_sent(data: Any) -> None:
    name, kind, kinds = data.draw(st.sampled_from(KINDS))
    sent = data.draw(any_of(kind))
    wire = encode(sent)
    assert wire["type"] == name
    assert decode(wire, kinds) == sent
    assert encode(decode(json.loads(json.dumps(wire)), kinds)) == json.loads(json.dumps(wire))


def test_types_of_both_directions_are_the_words_of_the_log() -> None:
    assert set(FROM_ENGINE) == {
        "hello", "alive", "ready", "poisoned", "commit", "fault", "slots", "outputs", "settings",
        "safe", "obeyed", "note", "waiting", "sources", "values", "patches",
    }  # fmt: skip
    assert set(TO_ENGINE) == {
        "undo", "safe", "swap_now", "solo", "thumbs", "source_rings", "keep", "take_over", "quit",
        "tell_values", "scene",
    }  # fmt: skip
    assert encode(messages.Waiting("set", "x")) == {"type": "waiting", "for": "set", "text": "x"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "a message has a type"),
        ([1, 2], "a message has a type"),
        ({}, "a message has a type"),
        ({"type": ["x"]}, r"there is no message \['x'\]"),
        ({"type": "undo"}, "there is no message 'undo'"),  # that is for the engine
        ({"type": "hello"}, "hello: pid is missing"),
        ({"type": "hello", "pid": True}, "hello: pid cannot be True"),
        ({"type": "hello", "pid": 1, "speaks": 2}, "speaks version 2 of the messages"),
        ({"type": "commit", "status": "lost"}, "commit: status cannot be 'lost'"),
        ({"type": "commit", "kept": "a"}, "commit: kept cannot be 'a'"),
        ({"type": "commit", "texts": {"a": 1}}, "commit: texts cannot be"),
        ({"type": "settings", "bpm": "fast"}, "settings: bpm cannot be 'fast'"),
        ({"type": "note", "text": "x", "colour": "red"}, "note: there is no field 'colour'"),
        ({"type": "note", "text": "x" * 10, "at": 1}, "note: there is no field 'at'"),
        ({"type": "fault", "node": "a", "where": "", "reason": 7, "at": 0.0}, "fault: reason"),
    ],
)
def test_what_is_no_message_is_refused_in_a_line(said: Any, why: str) -> None:
    with pytest.raises(BadMessage, match=why) as refused:
        decode(said, FROM_ENGINE)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 200


def test_a_message_is_frozen() -> None:
    note = messages.Note("x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        note.text = "y"  # type: ignore[misc]
