"""Which operators of TorchScript reach outside a network."""

from __future__ import annotations

import io
import warnings
import zipfile

import pytest
import torch

from livegan.generators import ModelError
from livegan.generators.foreign.operators import NAMESPACES, OUTSIDE, check, checked

from ..conftest import small
from ..originals import unet_state
from .archives import traced

HARMLESS = [
    "return torch.conv2d(x, w, None, [1, 1])",
    "self.save = x",
    "def save(self, x: Tensor) -> Tensor:",
    "_0 = ops.quantized.conv2d(x, self.packed, 1., 0)",
    "_1 = ops.prim.NumToTensor(n)",
    "_2 = __torch__.torch.nn.modules.conv.Conv2d",
    "x = self.torch_layer(x)",
]
REACHING = [
    ('torch.save(x, "f")', "save"),
    ('torch . from_file("f", True, 4)', "from_file"),
    ('torch\n.from_file("f", True, 4)', "from_file"),
    ('ops.aten.save(x, "f")', "save"),
    ('_0 = torch.save\n_0(x, "f")', "save"),
    ('_0 = torch\n_0.other(x, "f")', "by another name"),
    ('getattr(torch, "sa" "ve")', "by another name"),
    ("_0 = ops\n_0.c10d.barrier()", "by another name"),
    ("ops.c10d.barrier()", "ops.c10d"),
    ('ops.rpc.rpc_sync("w", f)', "rpc_sync"),
    ("ops # comment\n.mine.call()", "by another name"),
    ("return ^Function(1)(x)", "by another name"),
    ("a: __torch__.torch.classes.aoti.AOTIModelRunner", "class torch.classes.aoti"),
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_networks_do_is_let_through(text):
    check("G/code/__torch__.py", text.encode())


@pytest.mark.parametrize(("text", "named"), REACHING)
def test_what_reaches_outside_is_named(text, named):
    with pytest.raises(ModelError, match=f"uses .*{named}.*not run, trusted or not"):
        check("G/code/__torch__.py", text.encode())


def test_an_object_of_native_code_is_named():
    with pytest.raises(ModelError, match=r"class torch\.classes\.aoti"):
        check("G/data.pkl", b"c__torch__.torch.classes.aoti\nRunner\n")


def test_no_operator_of_this_torch_takes_a_file_and_is_not_known():
    """A new torch may bring one."""
    for schema in torch._C._jit_get_all_schemas():
        namespace, _, name = schema.name.partition("::")
        if namespace in NAMESPACES and name not in OUTSIDE:
            words = {word for each in schema.arguments for word in each.name.lower().split("_")}
            assert not words & {"filename", "file", "url", "host", "address"}, schema.name


def test_a_network_that_was_looked_at_is_the_same(tmp_path):
    data = traced(small(0), tmp_path / "G.pt").read_bytes()
    x = torch.rand(1, 3, 128, 128)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        one, other = (torch.jit.load(io.BytesIO(each)) for each in (data, checked(data)))
        assert torch.equal(one(x), other(x))


def test_only_what_was_looked_at_is_packed_anew(tmp_path):
    """A zip with two contents of one name, or something behind its end, is none any more."""
    data = traced(small(0), tmp_path / "G.pt").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    out = checked(data + b"PK\x03\x04 something behind")
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.namelist() == names
    assert b"something behind" not in out


def test_a_zip_that_is_no_archive_is_one_line():
    stored = io.BytesIO()
    torch.save(unet_state(5, 4, 3, 3, "batch"), stored)
    with pytest.raises(ModelError, match="a damaged TorchScript archive"):
        checked(stored.getvalue()[:500])
