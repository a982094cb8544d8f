"""Declarations: what a signature says, and what it may not say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from livegan.plugin import DeclarationError, Param, declare, param, static


def test_a_function_declares_its_inputs_parameters_and_context() -> None:
    def glow(picture, mask=None, *more, now, amount=param(0.5, 0, 1, "how much", unit="px")):
        """Bright parts shine.

        Only those.
        """

    found = declare("mixer", glow)
    assert [(i.name, i.optional, i.many) for i in found.inputs] == [
        ("picture", False, False),
        ("mask", True, False),
        ("more", True, True),
    ]
    assert found.params == (Param(0.5, 0, 1, "how much", "px", name="amount"),)
    assert found.context == {"now"}
    assert found.summary == "Bright parts shine."
    assert not found.stateful
    assert found.origin.file == __file__


def test_a_class_is_built_with_what_is_static_and_called_with_what_is_live() -> None:
    class Echo:
        def __init__(self, *, taps=static(3, 1, 8)):
            self.taps = taps

        def mix(self, picture, *, fade=param(0.5, 0, 1)):
            return picture

    found = declare("mixer", Echo, name="echo", aliases=("trail",))
    assert found.stateful and not found.feeds
    assert [(p.name, p.live, p.type) for p in found.params] == [
        ("taps", False, "integer"),
        ("fade", True, "number"),
    ]
    assert found.param("fade") is found.params[1]
    assert found.param("fada") is None


def test_an_encoder_with_feed_is_handed_every_hop() -> None:
    class Follower:
        def feed(self, block):
            pass

        def draw(self, sound):
            pass

    assert declare("encoder", Follower).feeds


def bare(sound, *, sharp):
    pass


def anything(sound, **more):
    pass


def two(sound, other):
    pass


def nothing(*, now):
    pass


class Undrawn:
    pass


class LateStatic:
    def mix(self, picture, *, taps=static(3)):
        pass


class EarlyParam:
    def __init__(self, *, fade=param(0.5)):
        pass

    def mix(self, picture):
        pass


@pytest.mark.parametrize(
    ("kind", "make", "message"),
    [
        ("encoder", bare, "argument 'sharp' needs a default param"),
        ("encoder", anything, "arguments cannot be declared; name each one"),
        ("encoder", two, "an encoder takes one input"),
        ("mixer", nothing, "a mixer takes at least one picture"),
        ("encoder", Undrawn, "the class has no method 'draw'"),
        ("mixer", LateStatic, "argument 'taps': static.. belongs to __init__"),
        ("mixer", EarlyParam, "argument 'fade': static.. belongs to __init__"),
    ],
)
def test_what_cannot_be_played_is_refused_where_it_was_written(
    kind: Any, make: Callable[..., Any], message: str
) -> None:
    with pytest.raises(DeclarationError, match=message) as refused:
        declare(kind, make)
    assert repr(make.__name__) in str(refused.value)
    if make is not Undrawn:
        assert str(refused.value).startswith(f"{__file__}:")


def test_a_value_is_held_inside_its_range() -> None:
    amount = Param(0.5, 0.0, 1.0)
    assert [amount.limit(v) for v in (-1.0, 0.25, 2.0)] == [0.0, 0.25, 1.0]
    assert amount.limit(math.nan) == 0.5
    assert Param(1.0, low=0.0).limit(1e9) == 1e9


def test_the_type_of_a_parameter_is_read_off_its_default() -> None:
    assert Param("a", choices=("a", "b")).type == "choice"
    assert Param(True).type == "flag"
    assert Param(3).type == "number"
    assert Param(3, live=False).type == "integer"
    assert Param("card").type == "text"
