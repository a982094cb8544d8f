"""Recorded controls: what a rehearsal reads in place of the control table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livegan.ipc.control_table import Control, ControlTable
from livegan.ipc.recorded_controls import RecordedControls


def test_a_control_is_not_there_before_it_is_set() -> None:
    controls = RecordedControls({"fader": [(1.0, 0.5)], "pad": [(2.0, 1.0)]})
    assert dict(controls.snapshot(0.5)) == {}
    assert dict(controls.snapshot(1.0)) == {"fader": Control(0.5, 1.0, 1)}
    assert set(controls.snapshot(2.5)) == {"fader", "pad"}


def test_the_last_value_holds() -> None:
    controls = RecordedControls({"fader": [(3.0, 0.75), (1.0, 0.5)]})
    assert controls.snapshot(2.9)["fader"] == Control(0.5, 1.0, 1)
    assert controls.snapshot(1e6)["fader"] == Control(0.75, 3.0, 2)


TIMES = st.lists(st.integers(0, 50), min_size=1, max_size=20, unique=True)


@given(st.dictionaries(st.sampled_from("abc"), TIMES), st.integers(0, 60))
def test_what_is_recorded_reads_as_what_was_set_live(
    sets: dict[str, list[int]], until: int
) -> None:
    recorded = {name: [(float(t), t / 7) for t in times] for name, times in sets.items()}
    with ControlTable.create() as table:
        for time, name in sorted((t, n) for n, times in sets.items() for t in times):
            if time <= until:
                table.set(name, time / 7, time)
        assert dict(table.snapshot()) == dict(RecordedControls(recorded).snapshot(until))
