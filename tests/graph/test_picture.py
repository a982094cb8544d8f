"""Calls in a set: pictures, parameters, and what is said about a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from livegan.graph.graph import Graph, collecting, finish
from livegan.graph.picture import Picture
from livegan.graph.place import SetError
from livegan.graph.settings import swap_beats
from livegan.live import (
    encode,
    encoder,
    grid,
    listen,
    mix,
    mixer,
    model,
    param,
    prev,
    settings,
    show,
)
from livegan.live import switch as switch_pictures

sound = listen()


def graph_of(build: Any) -> Graph:
    with collecting() as graph:
        namespace: dict[str, Any] = {}
        build(namespace)
    return finish(graph, namespace)


def test_a_method_is_the_function_with_the_picture_first() -> None:
    wave = encode.waveform(sound)
    chained, called = wave.blend(wave, 0.3), mix(wave, wave, 0.3)
    assert chained.live == called.live == {"amount": 0.3}
    assert chained.operation.make is called.operation.make
    assert chained.inputs == called.inputs


def test_values_after_the_pictures_fill_parameters_in_order() -> None:
    wave = encode.waveform(sound)
    assert wave.shift(0.1, 0.2).live["y"] == 0.2
    assert grid(wave, wave, wave).inputs == (wave, wave, wave)
    assert grid([wave, wave]).inputs == (wave, wave)
    assert switch_pictures(wave, wave, beats=2).live["beats"] == 2


def test_a_picture_can_be_given_by_name() -> None:
    wave, scroll = encode.waveform(sound), encode.timeline(sound)
    mask = wave.mask(scroll, by=scroll)
    assert mask.inputs == (wave, scroll, scroll)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda w: w.blur(raduis=3), "did you mean 'radius'"),
        (lambda w: w.blur("much"), "blur: radius is a number, got the text 'much'"),
        (lambda w: w.blur(1000), "blur: radius goes from 0 to 128 px, got 1000"),
        (lambda w: w.blur(1, radius=2), "'radius' is given twice"),
        (lambda w: w.rotate(0.1, edge="round"), "edge is one of"),
        (lambda w: mix(sound, w), "needs a picture as 'picture', got the sound"),
        (lambda w: mix(w, sound.low), "needs a picture as 'other', got a signal"),
        (lambda w: encode.waveform(w), "draws sound, not a picture"),
        (lambda w: model(w), "needs the name of a model in quotes"),
        (lambda w: model("x", norm="batch"), "norm is one of 'card', 'frame', 'running'"),
        (lambda w: model("x", w, size=sound.low), "cannot follow a signal"),
        (lambda w: w.blurr(), "did you mean 'blur'"),
        (lambda w: grid(), "at least one picture"),
        (lambda w: show(sound), "show needs a picture"),
        (lambda w: show(w, spoot="x"), "did you mean 'spout'"),
        (lambda w: show(w, ndi=""), "ndi= takes a name in quotes"),
        (lambda w: show(w, ndi=1), "ndi= takes a name in quotes"),
        (lambda w: prev(3), "name of a picture in quotes"),
        (lambda w: settings(swap="soon"), '"now", "beat", "bar"'),
        (lambda w: bool(w), "switch"),
        (lambda w: list(w), "looped"),
    ],
)
def test_a_wrong_call_says_what_to_do(wrong: Any, said: str) -> None:
    with pytest.raises(SetError) as error:
        wrong(encode.waveform(sound))
    assert said in error.value.message
    assert error.value.place is not None and error.value.place.file == __file__


def test_names_are_variables_places_in_lists_and_owners() -> None:
    def build(ns: dict[str, Any]) -> None:
        ns["wave"] = wave = encode.waveform(sound)
        ns["slots"] = [model("x", wave), model("y", wave.blur(2))]
        show(grid(*ns["slots"]).invert())

    graph = graph_of(build)
    names = [n.name for n in graph.nodes]
    assert names == [
        "wave",
        "slots[0]",
        "slots[1].blur",
        "slots[1]",
        "show.grid",
        "show.invert",
    ]
    assert [n.title for n in graph.models] == ["x", "y"]


def test_what_only_prev_refers_to_is_drawn_as_well() -> None:
    def build(ns: dict[str, Any]) -> None:
        ns["a"] = model("x", prev("b"))
        ns["b"] = model("y", prev("a"))
        show(ns["a"])

    graph = graph_of(build)
    assert {n.name for n in graph.nodes if n.kind == "model"} == {"a", "b"}


def test_prev_of_an_unknown_picture_suggests_the_closest() -> None:
    def build(ns: dict[str, Any]) -> None:
        ns["nebula"] = encode.waveform(sound)
        show(mix(ns["nebula"], prev("nebulla")))

    with pytest.raises(SetError, match="did you mean 'nebula'"):
        graph_of(build)


def test_the_window_shows_the_last_plain_show() -> None:
    def build(ns: dict[str, Any]) -> None:
        ns["a"], ns["b"] = encode.waveform(sound), encode.levels(sound)
        show(ns["a"], spout="left")
        show(ns["b"])

    graph = graph_of(build)
    assert graph.window.name == "b"
    assert [(kind, name) for kind, name, _ in graph.extra] == [("spout", "left")]


def test_an_output_has_options_of_its_own() -> None:
    def build(ns: dict[str, Any]) -> None:
        ns["a"] = encode.waveform(sound)
        show(ns["a"], window="left", display=1, ndi="desk")

    graph = graph_of(build)
    assert [(kind, name) for kind, name, _ in graph.extra] == [("window", "left"), ("ndi", "desk")]
    assert graph.output_options == {("window", "left"): {"display": 1}, ("ndi", "desk"): {}}


def test_an_option_without_its_output_or_of_a_wrong_kind_is_refused() -> None:
    with pytest.raises(SetError, match="display= is an option of window="):
        graph_of(lambda ns: show(encode.waveform(sound), display=1))
    with pytest.raises(SetError, match=r"no output 'dispay'.*; display= is an option of window="):
        graph_of(lambda ns: show(encode.waveform(sound), window="left", dispay=1))
    with pytest.raises(SetError, match="display= takes a number or a text, got list"):
        graph_of(lambda ns: show(encode.waveform(sound), window="left", display=[1]))


def test_a_mixer_of_the_set_chains() -> None:
    def build(ns: dict[str, Any]) -> None:
        @mixer
        def glow(picture: Any, *, amount: float = param(0.5, 0, 1, "how much")) -> Any:
            """Glow."""
            return picture

        show(encode.waveform(sound).glow(0.25))

    assert graph_of(build).window.live == {"amount": 0.25}
    with pytest.raises(SetError):
        encode.waveform(sound).glow(0.25)


def test_a_leaf_without_defaults_is_refused_where_it_stands() -> None:
    with pytest.raises(SetError, match="needs a default param"):

        @encoder
        def bars(sound: Any, *, gain: float) -> Any:
            """Bars."""


def test_a_leaf_called_with_arrays_is_the_plain_function() -> None:
    import numpy as np

    @mixer
    def half(picture: Any) -> Any:
        """Half."""
        return picture / 2

    assert half(np.ones(3)).sum() == 1.5
    assert isinstance(half(encode.waveform(sound)), Picture)


@pytest.mark.parametrize(
    ("swap", "beats"),
    [
        ("now", 0),
        ("beat", 1),
        ("bar", 4),
        ("4 bars", 16),
        ("2 beats", 2),
        ("2", 8),
        ("0.5 bars", 2),
    ],
)
def test_a_swap_waits_for_its_grid(swap: str, beats: float) -> None:
    assert swap_beats(swap, 4) == beats


def test_arithmetic_with_pictures_names_the_mixers() -> None:
    with pytest.raises(SetError, match=r"a\.add\(b\)"):
        _ = encode.waveform(sound) + 0.5


def test_what_a_node_does_not_have_is_an_attribute_error_too() -> None:
    for node in (encode.waveform(sound), sound, sound.kick):
        assert not hasattr(node, "livegan_operation")


def test_a_part_of_a_named_picture_carries_its_name() -> None:
    a = mix(encode.waveform(sound).blur(2).hue(0.1).blur(3), encode.levels(sound))
    with collecting() as graph:
        show(a.invert())
    names = [node.name for node in finish(graph, {"a": a}).nodes]
    assert names == ["a.waveform", "a.blur", "a.hue", "a.blur.2", "a.levels", "a", "show.invert"]


def test_a_chain_may_be_longer_than_the_stack_of_python() -> None:
    picture = encode.waveform(sound)
    for _ in range(3000):
        picture = picture.invert()
    with collecting() as graph:
        show(picture)
    assert len(finish(graph, {}).nodes) == 3001


def test_several_pictures_are_shown_in_a_grid() -> None:
    wave = encode.waveform(sound)
    with pytest.raises(SetError, match=r"show\(grid\(a, b\)\)"):
        show([wave, wave])


def test_a_text_is_a_text() -> None:
    @mixer
    def write(picture: Any, *, words: str = param("hello", doc="what it says")) -> Any:
        return picture

    wave = encode.waveform(sound)
    assert write(wave, words="goodbye").live["words"] == "goodbye"
    for wrong, said in ((["a"], "list"), (5, "the number 5"), (None, "NoneType")):
        with pytest.raises(SetError, match=f"write: words is a text in quotes, got {said}"):
            write(wave, words=wrong)


def test_a_swap_can_be_a_number_of_bars() -> None:
    with collecting() as graph:
        settings(swap=4)
    assert graph.settings["swap"] == "4"
