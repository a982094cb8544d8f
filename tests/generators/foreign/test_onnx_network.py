"""ONNX graphs of every convention paint what their networks paint."""

from __future__ import annotations

import builtins
import json
import sys
import threading

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from livegan.generators import Card, Generator, ModelError, load, save_checkpoint
from livegan.generators.export import export
from livegan.generators.foreign.onnx_session import Sessions

from ..conftest import small
from ..originals import condition
from .archives import FLOAT, IDENTITY, UINT8, node, number, written


def graph(path, *, channels: int = 3, size=("h", "w"), scale: float = 0.5):
    """An ONNX file of one 1x1 convolution that mixes all channels, then tanh."""
    weight = np.full((3, channels, 1, 1), scale / channels, np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "weight"], ["mixed"]),
        helper.make_node("Tanh", ["mixed"], ["y"]),
    ]
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "generator",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, channels, *size])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, *size])],
            [numpy_helper.from_array(weight, "weight")],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(model, str(path))
    return path


@pytest.mark.parametrize("channels", [1, 3])
def test_an_onnx_graph_paints(tmp_path, channels):
    checkpoint = load(graph(tmp_path / "G.onnx", channels=channels))
    assert (checkpoint.in_channels, checkpoint.out_channels) == (channels, 3)
    x = condition(channels, 40, 50)
    wanted = torch.tanh((x * 2 - 1).mean(0) * 0.5) / 2 + 0.5
    painted = Generator(checkpoint, "cpu", norm="frame").paint(x)
    assert torch.allclose(painted, wanted.expand(3, -1, -1), atol=1e-5)


def test_an_onnx_graph_of_one_size_paints_at_that_size_only(tmp_path):
    checkpoint = load(graph(tmp_path / "G.onnx", size=(64, 96)))
    assert checkpoint.fit(256, 256) == (64, 96)
    assert Generator(checkpoint, "cpu").paint(condition(3, 200, 200)).shape == (3, 200, 200)


def test_damaged_onnx_is_one_line(tmp_path):
    path = graph(tmp_path / "G.onnx")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ModelError, match=r"G.onnx: damaged, or not ONNX"):
        load(path)


def test_without_onnxruntime_the_extra_is_named(tmp_path, monkeypatch):
    path = graph(tmp_path / "G.onnx")
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "onnxruntime":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModelError, match=r"pip install 'livegan\[onnx\]'"):
        load(path)


TURN, BACK = {"perm": [0, 3, 1, 2]}, {"perm": [0, 2, 3, 1]}
LAST = (1, "h", "w", 3)
CONVENTIONS = {
    "channels last": {
        "nodes": [
            node("Transpose", "x", "a", **TURN),
            node("Conv", "a w", "b"),
            node("Transpose", "b", "y", **BACK),
        ],
        "shape": LAST,
    },
    "channels last, of sizes that do not say so": {
        "nodes": [
            node("Transpose", "x", "a", **TURN),
            node("Conv", "a w", "b"),
            node("Transpose", "b", "y", **BACK),
        ],
        "shape": ("n", "h", "w", "c"),
    },
    "bytes, channels last": {
        "nodes": [
            node("Cast", "x", "f", to=FLOAT),
            node("Transpose", "f", "a", **TURN),
            node("Conv", "a w", "b"),
            node("Transpose", "b", "c", **BACK),
            node("Cast", "c", "y", to=UINT8),
        ],
        "shape": LAST,
        "kind": UINT8,
    },
    "0..255, brought to -1..1 inside": {
        "nodes": [
            node("Div", "x k", "a"),
            node("Sub", "a one", "b"),
            node("Conv", "b w", "c"),
            node("Clip", "c minus one", "d"),
            node("Add", "d one", "e"),
            node("Mul", "e k", "y"),
        ],
        "stored": {"k": number(127.5), "one": number(1), "minus": number(-1)},
    },
    "0..1, brought to -1..1 inside": {
        "nodes": [
            node("Mul", "x two", "a"),
            node("Sub", "a one", "b"),
            node("Conv", "b w", "c"),
            node("Add", "c one", "d"),
            node("Div", "d two", "e"),
            node("Clip", "e zero one", "y"),
        ],
        "stored": {"two": number(2), "one": number(1), "zero": number(0)},
    },
    "0..1, by mean and deviation": {
        "nodes": [
            node("Sub", "x mean", "a"),
            node("Div", "a std", "b"),
            node("Conv", "b w", "c"),
            node("Mul", "c std", "d"),
            node("Add", "d mean", "e"),
            node("Clip", "e zero one", "y"),
        ],
        "stored": {
            "mean": np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1),
            "std": np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1),
            "zero": number(0),
            "one": number(1),
        },
    },
    "-1..1, brought to 0..1 inside": {
        "nodes": [
            node("Mul", "x half", "a"),
            node("Add", "a half", "b"),
            node("Conv", "b w", "c"),
            node("Sub", "c half", "d"),
            node("Div", "d half", "e"),
            node("Clip", "e minus one", "y"),
        ],
        "stored": {"half": number(0.5), "one": number(1), "minus": number(-1)},
    },
    "a batch of four": {"nodes": [node("Conv", "x w", "y")], "shape": (4, 3, 64, 64)},
    "float64": {
        "nodes": [node("Identity", "x", "y")],
        "kind": TensorProto.DOUBLE,
    },
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_convention_of_a_graph_is_read_off_it(tmp_path, name):
    """Each is the identity in its own convention, so it gives back its condition."""
    made = dict(CONVENTIONS[name])
    stored = {"w": IDENTITY, **made.pop("stored", {})}
    path = written(tmp_path / "G.onnx", made.pop("nodes"), stored=stored, **made)
    x = condition(3, 64, 64)
    painted = Generator(load(path), "cpu").paint(x)
    assert torch.allclose(painted, x, atol=0.003 if "bytes" in name else 1e-5)


def test_what_neither_graph_nor_card_says_is_refused_with_what_to_say(tmp_path):
    nodes = [node("Mul", "x hundred", "y")]
    path = written(tmp_path / "G.onnx", nodes, stored={"hundred": number(100)})
    with pytest.raises(ModelError, match=r'values of .*"condition_range": "0..255"'):
        load(path)
    said = {"condition_range": "-1..1", "picture_range": "0..255"}
    (tmp_path / "G.json").write_text(json.dumps(said))
    black = Generator(load(path), "cpu").paint(torch.full((3, 64, 64), 0.75))
    assert torch.allclose(black, torch.tensor(50 / 255), atol=1e-5)
    (tmp_path / "G.json").write_text(json.dumps({"condition_range": "0..100"}))
    with pytest.raises(ModelError, match=r'"condition_range" of its card is .*give one of -1..1'):
        load(path)


def test_of_two_inputs_the_card_says_which_the_condition_feeds(tmp_path):
    nodes = [node("Add", "x z", "y")]
    more = (helper.make_tensor_value_info("z", FLOAT, ["n", 3, 1, 1]),)
    path = written(tmp_path / "G.onnx", nodes, more=more)
    with pytest.raises(ModelError, match=r'its inputs are x .*z .*"condition_input": "x"'):
        load(path)
    (tmp_path / "G.json").write_text(json.dumps({"condition_input": "x"}))
    x = condition(3, 64, 64)
    assert torch.allclose(Generator(load(path), "cpu").paint(x), x, atol=1e-5)
    (tmp_path / "G.json").write_text(json.dumps({"condition_input": "q"}))
    with pytest.raises(ModelError, match="its inputs are x"):
        load(path)


def test_a_graph_that_paints_no_numbers_is_refused(tmp_path):
    nodes = [node("Sqrt", "x", "y")]
    with pytest.raises(ModelError, match="values that are no numbers"):
        load(written(tmp_path / "G.onnx", nodes))


def test_what_livegan_exports_plays_as_its_checkpoint_does(tmp_path):
    network = small(0)
    path = save_checkpoint(tmp_path / "a", network, Card(norm="running"), dtype=torch.float32)
    exported = load(export(load(path), tmp_path / "a.onnx", "onnx", norm="running"))
    x = condition(3, 128, 192)
    wanted = Generator(load(path), "cpu", "float32").paint(x)
    assert torch.allclose(Generator(exported, "cpu").paint(x), wanted, atol=1e-4)
    assert exported.foreign.convention.condition == (-1.0, 1.0)


def test_a_session_has_the_threads_of_the_slot_and_the_bits_are_the_same(tmp_path):
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((3, 3, 7, 7)).astype(np.float32)
    nodes = [node("Conv", "x w", "y", pads=[3, 3, 3, 3])]
    path = written(tmp_path / "G.onnx", nodes, stored={"w": weights})
    sessions = Sessions(path.read_bytes())
    before = torch.get_num_threads()
    x = rng.standard_normal((1, 3, 128, 128)).astype(np.float32)
    pictures = {}

    def play(threads: int) -> None:
        torch.set_num_threads(threads)
        while True:
            session = sessions.take()
            if session.get_session_options().intra_op_num_threads == threads:
                break
        pictures[threads] = session.run(None, {"x": x})[0]

    for threads in (1, 2):
        thread = threading.Thread(target=play, args=(threads,))
        thread.start()
        thread.join()
    assert torch.get_num_threads() == before
    torch.set_num_threads(before)  # what threads begin with that other tests start
    assert np.array_equal(pictures[1], pictures[2])


LOOP = helper.make_graph(
    [node("Identity", "c", "c2"), node("Identity", "v", "v2")],
    "body",
    [
        helper.make_tensor_value_info("i", TensorProto.INT64, []),
        helper.make_tensor_value_info("c", TensorProto.BOOL, []),
        helper.make_tensor_value_info("v", FLOAT, None),
    ],
    [
        helper.make_tensor_value_info("c2", TensorProto.BOOL, []),
        helper.make_tensor_value_info("v2", FLOAT, None),
    ],
)


def looping(path, times: int):
    nodes = [node("Loop", "n yes x", "y", body=LOOP)]
    return written(path, nodes, stored={"n": np.asarray(times), "yes": np.asarray(True)})


def test_a_graph_with_a_loop_needs_trust_and_runs_apart(tmp_path, monkeypatch):
    path = looping(tmp_path / "G.onnx", 3)
    with pytest.raises(ModelError, match=r"has a loop \(Loop\).*trust=True.*--trust"):
        load(path)
    x = condition(3, 64, 64)
    found = load(path, trust=True)
    assert torch.allclose(Generator(found, "cpu").paint(x), x, atol=1e-5)
    monkeypatch.setattr("livegan.generators.foreign.isolated.FIRST_S", 4.0)
    with pytest.raises(ModelError, match="no picture within 4 s and was ended"):
        load(looping(tmp_path / "H.onnx", 2**62), trust=True)


def test_operators_of_its_own_need_trust_and_what_brings_them(tmp_path):
    nodes = [node("NegPos", "x", "p q", domain="ai.onnx.contrib"), node("Add", "p q", "y")]
    path = written(tmp_path / "G.onnx", nodes, domains=("ai.onnx.contrib",))
    with pytest.raises(ModelError, match=r"operators of its own \(ai.onnx.contrib\).*trust=True"):
        load(path)
    if "onnxruntime_extensions" not in sys.modules:
        pytest.importorskip("onnxruntime_extensions", reason="onnxruntime-extensions is missing")
    x = condition(3, 64, 64)
    assert torch.allclose(Generator(load(path, trust=True), "cpu").paint(x), x, atol=1e-5)
