"""What is chosen of what was measured, and what becomes of it when files are damaged."""

from __future__ import annotations

import json

import pytest

from livegan.generators.backends.choices import (
    BackendTable,
    Tried,
    choice_file,
    machine,
    recall,
    remember,
)

SIZE = (128, 256)


def of(**ms: float | None) -> BackendTable:
    return BackendTable([Tried(name.replace("_", "-"), 1, value) for name, value in ms.items()])


@pytest.mark.parametrize(
    ("measured", "chosen"),
    [
        (of(torch_float32=10.0, openvino=9.0, openvino_int8=4.0), "openvino-int8"),
        (of(torch_float32=10.0, openvino=9.6), "torch-float32"),
        (of(torch_float32=10.0, torch_bf16=4.1, openvino=4.0), "torch-bf16"),
        (of(torch_float32=10.0, openvino=None), "torch-float32"),
        (of(openvino=3.0), "openvino"),
        (of(), ""),
    ],
)
def test_the_fastest_is_chosen_or_torch_if_it_is_as_fast_to_five_per_cent(measured, chosen):
    assert measured.chosen(1) == chosen


def test_what_is_not_near_enough_is_not_chosen_and_threads_are_apart():
    rows = [Tried("torch-float32", 1, 10.0), Tried("quick", 1, 1.0, 30.0, 0.9, "not near enough")]
    rows += [Tried("torch-float32", 2, 6.0), Tried("other", 2, 2.0)]
    measured = BackendTable(rows)
    assert [measured.chosen(count) for count in (1, 2, 4)] == ["torch-float32", "other", ""]


def test_what_was_measured_is_remembered_for_this_network_size_and_machine(monkeypatch):
    measured = BackendTable([Tried("openvino", 1, 3.25, 99.0, 1.0)], {"odd": "it needs odd"})
    remember("a" * 64, "running", SIZE, measured)
    assert recall("a" * 64, "running", SIZE) == measured
    assert recall("b" * 64, "running", SIZE) is None
    assert recall("a" * 64, "frame", SIZE) is None
    assert recall("a" * 64, "running", (256, 128)) is None
    machine.cache_clear()
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "other")
    assert recall("a" * 64, "running", SIZE) is None
    machine.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"rows": 3, "left_out": {}}',
        '{"rows": [{"name": "torch"}], "left_out": {}}',
        json.dumps({"rows": [{**vars(Tried("x", 1)), "ms": -1}], "left_out": {}}),
        json.dumps({"rows": [{**vars(Tried("x", 1)), "ms": "fast"}], "left_out": {}}),
        json.dumps({"rows": [{**vars(Tried("x", 1)), "name": 7}], "left_out": {}}),
    ],
)
def test_a_damaged_file_is_as_if_nothing_was_measured(text):
    file = remember("c" * 64, "running", SIZE, of(openvino=1.0))
    assert file == choice_file("c" * 64, "running", SIZE)
    file.write_text(text)
    assert recall("c" * 64, "running", SIZE) is None
