"""Declarations: what a signature says, and what it may not say."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
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


def test_any_class_that_takes_the_sound_can_be_fed_with_parameters_of_its_own() -> None:
    class Envelope:
        def feed(self, block, *, attack=param(0.01, 0.001, 1, "how fast", unit="s")):
            pass

        def value(self, sound, *, gain=param(1.0, 0, 4, "how much")):
            return gain

        def mix(self, picture, sound, *, gain=param(1.0, 0, 4, "how much")):
            return picture

    for kind in ("signal", "mixer"):
        found = declare(kind, Envelope)  # type: ignore[arg-type]
        assert found.feeds and found.fed == {"attack"}
        assert [p.name for p in found.params] == ["gain", "attack"]

    class Pump:
        def feed(self, block):
            """Of its own: it takes no sound."""

        def mix(self, picture):
            return picture

    assert not declare("mixer", Pump).feeds


def kinds(kind: Any, make: Callable[..., Any]) -> list[str]:
    return [each.kind for each in declare(kind, make).inputs]


def test_the_input_called_sound_is_the_sound_and_the_others_are_pictures() -> None:
    def trace(sound, picture, mask=None, *more):
        pass

    def swapped(picture, sound):
        pass

    def named_otherwise(heard, other=None):
        pass

    def alone(*, now):
        pass

    def pump(sound, amount=1.0):
        pass

    assert kinds("encoder", trace) == ["sound", "picture", "picture", "picture"]
    assert kinds("encoder", swapped) == ["picture", "sound"]
    assert kinds("encoder", named_otherwise) == ["sound", "picture"]
    assert kinds("mixer", swapped) == ["picture", "sound"]
    assert kinds("signal", pump) == ["sound", "number"]
    assert kinds("encoder", alone) == kinds("mixer", alone) == kinds("signal", alone) == []
    assert declare("mixer", swapped).listens and not declare("mixer", alone).listens


def test_the_arguments_of_a_call_stand_where_the_signature_has_them() -> None:
    def both(picture, sound, mask=None, *more):
        pass

    found = declare("mixer", both)
    assert found.arguments("s", ["a", None, "c", "d"]) == ["a", "s", None, "c", "d"]
    assert found.arguments("s", ["a"]) == ["a", "s", None]


def bare(sound, *, sharp):
    pass


def anything(sound, **more):
    pass


def draws_a_picture(picture, *, now):
    pass


def mixes_the_sound(sound, *, now):
    pass


def many_sounds(*sounds):
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


class EarlySize:
    def __init__(self, *, size, cells=static(3)):
        pass

    def draw(self, sound):
        pass


class Twice:
    def __init__(self, *, cells=static(3)):
        pass

    def draw(self, sound, *, cells=param(3.0)):
        pass


class LikeItsInput:
    def __init__(self, *, sound=static(3)):
        pass

    def draw(self, sound):
        pass


TEXT: Any = "abc"
NUMBER: Any = 3


def wordless(sound, *, g=param(1.0, 0, 2, NUMBER)):
    pass


def unitless(sound, *, g=param(1.0, 0, 2, "gain", unit=NUMBER)):
    pass


def one_text(sound, *, look=param("a", choices=TEXT)):
    pass


def beyond(sound, *, g=param(10**400)):
    pass


def keyed(sound, *, key=param(1.0, 0, 2)):
    pass


def selfish(picture, *, self=param(1.0, 0, 2)):
    pass


def slashed(sound, g=param(1.0), /):
    pass


def undecorated(*args, **kwargs):
    pass


def plain_default(picture, amount=0.5):
    pass


def plain_second(sound, seconds=4.0):
    pass


async def later(sound):
    pass


def piecemeal(picture):
    yield picture


class LaterClass:
    async def mix(self, picture):
        pass


class StillFeed:
    def feed(self, block, *, gain=static(1.0, 0, 2)):
        pass

    def draw(self, sound):
        pass


class TwiceFed:
    def feed(self, block, *, gain=param(1.0, 0, 2)):
        pass

    def draw(self, sound, *, gain=param(1.0, 0, 2)):
        pass


class DeafFeed:
    def feed(self, block):
        pass

    def draw(self, *, now):
        pass


class BlocklessFeed:
    def feed(self):
        pass

    def draw(self, sound):
        pass


class LaterFeed:
    async def feed(self, block):
        pass

    def draw(self, sound):
        pass


@pytest.mark.parametrize(
    ("kind", "make", "message"),
    [
        ("mixer", plain_default, r"argument 'amount': an input .* amount=param\(0.5, doc="),
        ("encoder", plain_second, r"argument 'seconds': .* seconds=param\(4.0, doc="),
        ("encoder", later, "later is async, so nothing in it is run: write def"),
        ("mixer", piecemeal, "piecemeal has a yield, so nothing in it is run"),
        ("mixer", LaterClass, "mix is async"),
        ("encoder", StillFeed, r"argument 'gain' of feed: static\(\) belongs to __init__"),
        ("encoder", TwiceFed, "argument 'gain' is in feed and in draw"),
        ("encoder", DeafFeed, "feed is given the sound, so draw takes it too"),
        ("encoder", BlocklessFeed, "feed takes one block of sound and its parameters"),
        ("encoder", LaterFeed, "feed is async"),
        ("encoder", EarlySize, "'size' belongs to draw, not to __init__"),
        ("encoder", Twice, "argument 'cells' is in __init__ and in draw"),
        ("encoder", LikeItsInput, "argument 'sound' is in __init__ and in draw"),
        ("encoder", wordless, "argument 'g': its doc is 3; write a text"),
        ("encoder", unitless, "argument 'g': its unit is 3; write a text"),
        ("encoder", one_text, r"argument 'look': choices='abc' .* write choices=\('abc',\)"),
        ("encoder", beyond, "argument 'g': its default is 1000"),
        ("encoder", keyed, "argument 'key': every picture can be given a key"),
        ("mixer", selfish, "argument 'self': Python gives that name"),
        ("encoder", slashed, "argument 'g': it is given by its name"),
        ("encoder", undecorated, r"lacks @functools.wraps\(function\)"),
        ("encoder", max, "its arguments cannot be read"),
        ("encoder", bare, "argument 'sharp' needs a default param"),
        ("encoder", anything, "arguments cannot be declared; name each one"),
        ("encoder", draws_a_picture, "what draws pictures alone is a mixer"),
        ("encoder", many_sounds, r"one sound: def name\(sound, \*pictures\)"),
        ("mixer", mixes_the_sound, "what draws the sound alone is an encoder"),
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
    if make not in (Undrawn, max):
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


HALF, NONE, ONE = np.float32(0.5), np.float64(0.0), np.float32(1.0)
THREE, FIRST = np.int64(3), np.int32(1)


def test_numbers_of_other_libraries_are_taken_as_pythons_own() -> None:
    def dots(
        sound,
        *,
        gain=param(HALF, NONE, ONE),
        count=static(THREE, FIRST, Fraction(9, 2)),
        smooth=param(np.True_),
    ):
        pass

    found = declare("encoder", dots).params
    values = [(p.default, p.low, p.high) for p in found]
    assert values == [(0.5, 0.0, 1.0), (3, 1, 4.5), (True, None, None)]
    assert {type(v) for row in values for v in row} == {float, int, bool, type(None)}
    assert [p.type for p in found] == ["number", "integer", "flag"]


def test_an_input_and_an_argument_of_a_signal_may_be_called_key() -> None:
    def chroma(picture, key):
        pass

    def control(*, key=param(1.0)):
        pass

    assert [i.name for i in declare("mixer", chroma).inputs] == ["picture", "key"]
    assert [p.name for p in declare("signal", control).params] == ["key"]


def test_what_init_has_a_default_for_is_not_asked_of_the_frame() -> None:
    class Still:
        def __init__(self, *, size=(8, 8)):
            pass

        def draw(self, sound):
            pass

    assert declare("encoder", Still).context == frozenset()


def test_names_are_a_list_of_what_a_set_can_write() -> None:
    def veil(picture):
        pass

    with pytest.raises(DeclarationError, match=r"write aliases=\('shroud',\)"):
        declare("mixer", veil, aliases="shroud")
    assert declare("mixer", veil, aliases=["shroud"]).aliases == ("shroud",)
    with pytest.raises(DeclarationError, match="give it one with name="):
        declare("mixer", lambda picture: picture)
    with pytest.raises(DeclarationError, match="'__init__' cannot be written in a set"):
        declare("mixer", veil, name="__init__")


def test_an_instance_is_no_class() -> None:
    class Ring:
        def draw(self, sound):
            pass

        def __repr__(self):
            raise RuntimeError

    made: Any = Ring()
    with pytest.raises(DeclarationError, match=r"register the class.*: register\(Ring\)"):
        declare("encoder", made)


def test_only_what_an_author_wrote_is_a_docstring() -> None:
    def ring(sound, *, gain=param(1.0)):
        """A ring."""

    @dataclass
    class Echo:
        taps: Any = static(3)

        def mix(self, picture):
            pass

    bare = functools.partial(ring)
    told = functools.partial(ring)
    told.__doc__ = "A ring of light."
    assert declare("encoder", bare, name="bare").doc == "A ring."
    assert declare("encoder", told, name="told").doc == "A ring of light."
    assert declare("encoder", bare, name="bare").origin.file == __file__
    assert declare("mixer", Echo).doc == ""
    Echo.__doc__ = "Echo(es), in glass and light."
    assert declare("mixer", Echo).doc == Echo.__doc__
