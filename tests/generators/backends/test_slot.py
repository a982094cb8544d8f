"""What plays a slot: another backend while it does, torch as soon as it does not."""

from __future__ import annotations

import threading

import pytest
import torch

from livegan.generators import Generator, ModelError
from livegan.generators.backends.backend import CannotPlay
from livegan.generators.backends.choices import BackendTable, Tried, remember
from livegan.generators.backends.names import own_torch
from livegan.generators.backends.slot import opened

SIZE = (128, 128)


def black(spec, variant):
    return lambda x: torch.full((1, 3, *x.shape[2:]), -1.0)


def test_a_backend_that_the_set_names_paints(offer, city, condition):
    offer("ink", black)
    generator = Generator(city, "cpu", backend="ink")
    assert generator.paint(condition).max() == 0
    assert generator.plays == "ink"


def test_one_that_raises_in_a_frame_is_replaced_by_torch_in_that_frame_with_one_line(
    offer, city, condition
):
    calls = []

    def failing(spec, variant):
        def run(x):
            calls.append(x)
            if len(calls) > 3:  # two warm it up
                raise RuntimeError("the driver is gone")
            return torch.full((1, 3, *x.shape[2:]), -1.0)

        return run

    offer("frail", failing)
    lines: list[str] = []
    generator = Generator(city, "cpu", backend="frail", note=lines.append)
    assert generator.paint(condition).max() == 0
    own = Generator(city, "cpu").paint(condition)
    for _ in range(3):
        assert torch.equal(generator.paint(condition), own)
    assert len(calls) == 4 and generator.plays == "torch"
    assert len(lines) == 1 and "frail failed and torch plays on" in lines[0]
    assert "the driver is gone" in lines[0]


@pytest.mark.parametrize(
    "opening",
    [
        lambda spec, variant: (_ for _ in ()).throw(CannotPlay("it is too deep")),
        lambda spec, variant: lambda x: torch.zeros(7),
        lambda spec, variant: None,
    ],
)
def test_one_that_cannot_play_a_network_leaves_it_to_torch_with_a_line(
    opening, offer, city, condition
):
    offer("shy", opening)
    lines: list[str] = []
    generator = Generator(city, "cpu", backend="shy", note=lines.append)
    assert torch.equal(generator.paint(condition), Generator(city, "cpu").paint(condition))
    assert len(lines) == 1 and lines[0].startswith("city: shy does not play it, torch does")


def test_dropout_and_exact_work_are_torch_s(offer, city, condition):
    offer("ink", black)
    generator = Generator(city, "cpu", backend="ink")
    assert generator.paint(condition, dropout=True, seed=4).max() > 0
    exact = Generator(city, "cpu", backend="exact")
    assert torch.equal(exact.paint(condition), Generator(city, "cpu", "float32").paint(condition))
    assert exact.plays == "exact"


def test_each_norm_and_size_is_opened_for_itself(offer, city, condition):
    works = []

    def noting(spec, variant):
        works.append((spec.norm, spec.size, spec.threads))
        return black(spec, variant)

    offer("ink", noting)
    generator = Generator(city, "cpu", backend="ink")
    for norm in ("running", "frame", "running"):
        for size in (128, 256):
            assert generator.paint(condition, size=size, norm=norm).shape == (3, size, size)
    assert [(norm, size[0]) for norm, size, _ in works] == [
        ("running", 128), ("running", 256), ("frame", 128), ("frame", 256),
    ]  # fmt: skip


def test_a_show_paints_with_torch_until_it_is_open_and_then_switches(offer, city, condition):
    may_open, is_open = threading.Event(), threading.Event()

    def slow(spec, variant):
        may_open.wait(20)
        is_open.set()
        return black(spec, variant)

    offer("slow", slow)
    generator = Generator(city, "cpu", backend="slow", waits=False)
    assert torch.equal(generator.paint(condition), Generator(city, "cpu").paint(condition))
    may_open.set()
    assert is_open.wait(20)
    assert generator.backend is not None
    generator.backend.prepare(("running", SIZE, torch.get_num_threads()))
    assert generator.paint(condition).max() == 0


def test_slots_of_one_network_share_what_is_open(offer, city):
    offer("ink", black)
    first, second = (Generator(city, "cpu", backend="ink") for _ in range(2))
    for generator in (first, second):
        generator.backend.prepare(("running", SIZE, 1))
    assert opened(city, "ink", ("running", SIZE, 1)) is first.backend.run_for("running", SIZE)
    assert first.backend.run_for("running", SIZE) is second.backend.run_for("running", SIZE)


def test_auto_is_what_was_measured_and_torch_before_that(offer, city, condition):
    offer("ink", black)
    generator = Generator(city, "cpu", backend="auto")
    own = Generator(city, "cpu").paint(condition)
    assert torch.equal(generator.paint(condition), own) and generator.plays == "torch"
    assert generator.backend.untried("running", SIZE)
    remember(
        city.digest,
        "running",
        SIZE,
        BackendTable([Tried(own_torch(), 1, 9.0), Tried("ink", 1, 2.0)]),
    )
    assert not generator.backend.untried("running", SIZE)
    generator.backend.renew()
    assert generator.paint(condition).max() == 0 and generator.plays == "ink"


def test_a_name_that_nobody_offers_is_answered_with_what_there_is(offer, city):
    offer("ink", black)
    with pytest.raises(ModelError, match=r"no backend 'inc'; there is: auto, exact, torch.*'ink'"):
        Generator(city, "cpu", backend="inc")
    with pytest.raises(ModelError, match="no backend 'ink-int4'"):
        Generator(city, "cpu", backend="ink-int4")


def test_what_is_not_installed_is_told_only_where_it_is_asked_for(offer, city, condition):
    offer("absent", missing="it needs absent: pip install absent")
    with pytest.raises(ModelError, match='backend="absent": it needs absent: pip install absent'):
        Generator(city, "cpu", backend="absent")
    lines: list[str] = []
    Generator(city, "cpu", backend="auto", note=lines.append).paint(condition)
    assert lines == []


def test_a_backend_and_a_precision_do_not_go_together(offer, city):
    offer("ink", black)
    with pytest.raises(ModelError, match="precision='bfloat16' is for torch"):
        Generator(city, "cpu", "bfloat16", backend="ink")
    with pytest.raises(ModelError, match="paints in float32; leave out precision"):
        Generator(city, "cpu", "bfloat16", backend="exact")
