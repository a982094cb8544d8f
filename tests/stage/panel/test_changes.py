"""A phone is sent what changed, and puts it together to the state of the show."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from livegan.stage.panel.changes import changes, for_phones

NUMBERS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2))


def knobs(**values: float) -> list[dict[str, Any]]:
    return [{"name": n, "value": v, "low": 0.0, "high": 1.0} for n, v in values.items()]


def test_a_knob_that_moves_is_a_number_and_not_the_whole_set() -> None:
    before = for_phones({"type": "state", "time": 1.0, "bpm": 120, "knobs": knobs(a=0.1, b=0.2)})
    after = for_phones({"type": "state", "time": 2.0, "bpm": 120, "knobs": knobs(a=0.1, b=0.3)})
    assert changes(before, after) == {"values": {"b": 0.3}}
    assert changes(after, after) == {}
    assert changes({}, after) == after


def test_a_field_that_only_a_later_show_has_goes_through() -> None:
    assert changes({}, for_phones({"type": "state", "scenes": ["a"]}))["scenes"] == ["a"]


@given(NUMBERS, NUMBERS)
def test_the_changes_lead_from_one_state_to_the_other(
    one: dict[str, int], other: dict[str, int]
) -> None:
    before, after = (for_phones({"knobs": knobs(**each)}) for each in (one, other))
    changed = changes(before, after)
    values = {**before["values"], **changed.pop("values", {})}
    seen = {**before, **changed}
    names = [row["name"] for row in seen["knobs"]]
    assert seen["knobs"] == after["knobs"]
    assert {name: values[name] for name in names} == after["values"]
