"""The control table: what was set is read whole, whatever becomes of the writers."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegan.ipc.control_table import LANES, NAME, ROWS, Control, ControlTable, ControlTableFull


@pytest.fixture
def table() -> Iterator[ControlTable]:
    with ControlTable.create() as table:
        yield table


@contextlib.contextmanager
def attached(address: str) -> Iterator[ControlTable]:
    table = ControlTable.attach(address)
    try:
        yield table
    finally:
        table.close()


def test_a_new_table_is_empty(table: ControlTable) -> None:
    assert len(table.snapshot()) == 0
    assert table.names() == ()
    assert table.get("fader") is None
    assert table.serial == 0


def test_what_is_set_here_is_read_where_it_is_attached(table: ControlTable) -> None:
    with attached(table.name) as reader:
        table.set("fader", 0.25, 1.5)
        assert reader.get("fader") == Control(0.25, 1.5, 1)
        table.set("fader", 0.5, 2.0)
        assert reader.get("fader") == Control(0.5, 2.0, 2)
        assert reader.names() == ("fader",)
        assert reader.serial == table.serial == 2


def test_a_snapshot_never_changes(table: ControlTable) -> None:
    table.set("fader", 1.0, 1.0)
    before = table.snapshot()
    table.set("fader", 2.0, 2.0)
    table.set("pad", 3.0, 2.0)
    assert dict(before) == {"fader": Control(1.0, 1.0, 1)}
    assert dict(table.snapshot()) == {"fader": Control(2.0, 2.0, 2), "pad": Control(3.0, 2.0, 1)}


def test_a_snapshot_is_the_same_object_until_something_is_set(table: ControlTable) -> None:
    table.set("fader", 1.0, 1.0)
    first = table.snapshot()
    assert table.snapshot() is first
    table.set("fader", 1.0, 1.1)
    assert table.snapshot() is not first


def test_names_are_added_while_others_read(table: ControlTable) -> None:
    with attached(table.name) as reader, attached(table.lane("midi")) as midi:
        for number in range(200):
            (table, midi)[number % 2].set(f"cc {number}", number, 0.0)
            assert len(reader.snapshot()) == number + 1
        assert [reader.snapshot()[f"cc {n}"].value for n in range(200)] == list(range(200))


def test_a_writer_that_uses_up_its_names_is_refused_and_others_are_not(table: ControlTable) -> None:
    with attached(table.lane("osc")) as osc, attached(table.lane("midi")) as midi:
        for number in range(ROWS):
            osc.set(f"/layer/{number}", number, 0.0)
        with pytest.raises(ControlTableFull, match=f"all {ROWS} names .* '/one/more' is left out"):
            osc.set("/one/more", 1.0, 0.0)
        osc.set("/layer/0", 7.0, 1.0)
        midi.set("cc 1", 0.5, 1.0)
        found = table.snapshot()
    assert len(found) == ROWS + 1
    assert found["/layer/0"].value == 7.0
    assert found["cc 1"].value == 0.5


def test_there_are_only_so_many_writers(table: ControlTable) -> None:
    addresses = {table.lane(f"guest {number}") for number in range(LANES - 1)}
    assert len(addresses) == LANES - 1
    with pytest.raises(ControlTableFull, match=f"{LANES} writers already: 'one more' cannot write"):
        table.lane("one more")
    assert table.lane("guest 0") in addresses


@pytest.mark.parametrize("name", ["", "x" * (NAME + 1), "ä" * (NAME // 2 + 1), "a\0b"])
def test_a_name_that_does_not_fit_is_refused(table: ControlTable, name: str) -> None:
    with pytest.raises(ValueError, match="a control's name has 1 to"):
        table.set(name, 1.0, 0.0)
    assert table.names() == ()


@pytest.mark.parametrize(
    ("value", "at"), [(float("nan"), 0.0), (float("inf"), 0.0), (0.0, float("nan"))]
)
def test_what_is_no_number_is_refused(table: ControlTable, value: float, at: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        table.set("fader", value, at)


def test_one_end_that_was_given_no_lane_only_reads(table: ControlTable) -> None:
    with attached(table.name) as reader:
        with pytest.raises(ValueError, match="only reads"):
            reader.set("fader", 1.0, 0.0)
        with pytest.raises(ValueError, match="where the control table was made"):
            reader.lane("midi")


def test_of_two_writers_of_one_name_what_was_set_last_counts(table: ControlTable) -> None:
    with attached(table.lane("panel")) as panel, attached(table.name) as reader:
        table.set("fader", 1.0, 1.0)
        panel.set("fader", 2.0, 2.0)
        assert reader.snapshot()["fader"].value == 2.0
        table.set("fader", 3.0, 3.0)
        assert reader.snapshot()["fader"].value == 3.0
        assert reader.names() == ("fader",)


def test_a_writer_that_returns_goes_on_with_its_names(table: ControlTable) -> None:
    with attached(table.lane("midi")) as first:
        first.set("cc 1", 1.0, 1.0)
        first.set("cc 2", 2.0, 1.0)
    with attached(table.lane("midi")) as second:
        second.set("cc 2", 3.0, 2.0)
        second.set("cc 3", 4.0, 2.0)
    assert dict(table.snapshot()) == {
        "cc 1": Control(1.0, 1.0, 1),
        "cc 2": Control(3.0, 2.0, 2),
        "cc 3": Control(4.0, 2.0, 1),
    }


@pytest.mark.parametrize("sets", [1, 2, 3])
def test_a_value_that_was_half_written_when_its_writer_died_is_not_read(
    table: ControlTable, sets: int
) -> None:
    midi = ControlTable.attach(table.lane("midi"))
    for number in range(sets):
        midi.set("cc 1", number, number)
    # What `set` does up to its middle:
    midi._sequences[ROWS, (sets + 1) % 2] = 2 * (sets + 1) - 1
    midi._values[ROWS, (sets + 1) % 2] = 1e9
    midi.close()
    with attached(table.name) as engine:
        assert engine.get("cc 1") == Control(sets - 1, sets - 1, sets)
    with attached(table.lane("midi")) as again:
        again.set("cc 1", 0.5, 9.0)
    assert table.get("cc 1") == Control(0.5, 9.0, sets + 1)


def test_where_a_value_is_written_at_every_look_the_one_before_stands(table: ControlTable) -> None:
    table.set("fader", 1.0, 1.0)
    table.set("pad", 1.0, 1.0)
    table.snapshot()
    table.set("pad", 2.0, 2.0)
    table._sequences[0] = 3, 5  # both halves of "fader"
    assert table.snapshot()["fader"] == Control(1.0, 1.0, 1)
    assert table.snapshot()["pad"] == Control(2.0, 2.0, 2)


def test_threads_of_one_writer_set_controls_side_by_side(table: ControlTable) -> None:
    def work(which: int) -> None:
        for number in range(300):
            table.set(f"knob {which}.{number % 20}", number, number)

    threads = [threading.Thread(target=work, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table.serial == 1200
    found = table.snapshot()
    assert len(found) == 80
    assert all(found[f"knob {w}.19"] == Control(299.0, 299.0, 15) for w in range(4))


def test_memory_that_is_too_small_is_no_control_table() -> None:
    from livegan.ipc.shared_memory import create_memory, remove_memory

    memory = create_memory(64)
    try:
        with pytest.raises(ValueError, match="not a control table"):
            ControlTable.attach(memory.name)
    finally:
        memory.close()
        remove_memory(memory.name)


def test_a_table_that_is_gone_cannot_be_attached() -> None:
    with ControlTable.create() as table:
        name = table.name
    with pytest.raises(FileNotFoundError):
        ControlTable.attach(name)


def test_code_of_a_set_that_writes_over_the_table_costs_its_values_only(
    table: ControlTable,
) -> None:
    table.set("fader", 1.0, 1.0)
    for array in (table._lanes, table._sequences, table._values, table._names):
        array.view(np.uint8)[...] = 0xFF
    with attached(table.name) as engine:
        engine.snapshot()
        for number in range(2):
            table.set("fader", 2.0 + number, 2.0)
        table.set("pad", 4.0, 2.0)
        assert engine.get("pad") == Control(4.0, 2.0, 1)


NAMES = st.sampled_from(["a", "b", "c", "/osc/é", "x" * NAME])
SETS = st.tuples(st.just("set"), st.integers(0, 2), NAMES, st.floats(-1e6, 1e6))
READS = st.tuples(st.just("read"), st.integers(0, 2), st.just(""), st.just(0.0))
RETURNS = st.tuples(st.just("return"), st.integers(0, 2), st.just(""), st.just(0.0))


@given(st.lists(st.one_of(SETS, READS, RETURNS), max_size=40))
@settings(max_examples=60)
def test_every_reader_sees_what_was_set_last_whoever_comes_and_goes(
    steps: list[tuple[str, int, str, float]],
) -> None:
    """Against a dictionary: three writers, of which each may end and return at any time."""
    with ControlTable.create() as owner, contextlib.ExitStack() as stack:
        reader = stack.enter_context(attached(owner.name))
        addresses = [owner.lane(f"guest {number}") for number in range(3)]
        writers = [ControlTable.attach(address) for address in addresses]
        counts: dict[tuple[int, str], int] = {}
        expected: dict[str, Control] = {}
        for at, (what, who, name, value) in enumerate(steps):
            if what == "set":
                writers[who].set(name, value, at)
                counts[who, name] = counts.get((who, name), 0) + 1
                expected[name] = Control(value, at, counts[who, name])
            elif what == "return":
                writers[who].close()
                writers[who] = ControlTable.attach(addresses[who])
            assert dict(reader.snapshot()) == expected
        with attached(owner.name) as late:
            assert dict(late.snapshot()) == expected
        for writer in writers:
            writer.close()


def _write_without_end(address: str) -> None:
    table = ControlTable.attach(address)
    number = 0.0
    while True:
        number += 1.0
        for name in ("a", "b", "c"):
            # Value and time belong together: a torn pair would show.
            table.set(name, number, -number)


def test_a_writer_that_is_killed_again_and_again_leaves_whole_values(table: ControlTable) -> None:
    spawn = multiprocessing.get_context("spawn")
    address = table.lane("guest")
    serial = looks = 0
    with attached(table.name) as reader:
        for _ in range(3):
            process = spawn.Process(target=_write_without_end, args=(address,), daemon=True)
            process.start()
            until = time.monotonic() + 20.0
            begun = serial
            while serial < begun + 50 and time.monotonic() < until:
                for control in reader.snapshot().values():
                    assert control.value == -control.time
                found = reader.get("a")
                assert found is None or found.serial >= serial
                serial = found.serial if found is not None else 0
                looks += 1
            assert serial >= begun + 50
            process.kill()
            process.join()
            process.close()
            with attached(table.name) as fresh:
                assert {c.value == -c.time for c in fresh.snapshot().values()} == {True}
    assert looks > 3
