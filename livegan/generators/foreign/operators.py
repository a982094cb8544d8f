"""Which operators a TorchScript archive calls: those that reach outside it are refused."""

from __future__ import annotations

import io
import re
import zipfile

from livegan.generators.errors import ModelError

OUTSIDE = (
    "save",
    "from_file",
    "rpc_async",
    "rpc_sync",
    "rpc_remote",
    "to_here",
)
"""Operators of torch's own that write files, map them into memory, or call other machines."""

NAMESPACES = (
    "aten",
    "prim",
    "prims",
    "quantized",
    "_quantized",
    "quantization",
    "onednn",
    "mkldnn",
    "mkldnn_prepacked",
    "mkl",
    "sparse",
)
"""Where the operators of networks are; all others are of communication, debugging or plugins."""

CLASSES = ("quantized", "sparse", "rnn")
"""Where the C++ classes of networks are."""

CALLED = re.compile(
    rf"(?<!def )\b({'|'.join(OUTSIDE)})\s*\(|\btorch\s*\.\s*({'|'.join(OUTSIDE)})\b"
)
BARE = re.compile(r"(?<![\w.])(torch|ops)\b(?!\s*\.\s*[A-Za-z_])")
NAMESPACE = re.compile(r"(?<![\w.])ops\s*\.\s*(\w+)")
CLASS = re.compile(rb"torch\.classes\.(\w+)")
PYTHON_OPERATOR = re.compile(r"\^\w|\bPythonOp\b")


def checked(data: bytes) -> bytes:
    """A TorchScript archive, packed anew of what was looked at and nothing else.

    Operators are looked for in the text that torch compiles, token by token, so that a text which
    would read otherwise to another parser hides none.

    Raises
    ------
    ModelError
        If it is damaged, or calls an operator that reaches outside; names it.
    """
    whole = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(whole, "w") as packed:
            for name in dict.fromkeys(archive.namelist()):
                content = archive.read(name)
                check(name, content)
                packed.writestr(zipfile.ZipInfo(name), content)
    except ModelError:
        raise
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise ModelError(f"a damaged TorchScript archive ({error}); export it again") from error
    return whole.getvalue()


def check(name: str, content: bytes) -> None:
    """Refuse a member of an archive that reaches outside."""
    if name.endswith(".pkl") or "/code/" in name:
        for kind in CLASS.findall(content):
            if kind.decode() not in CLASSES:
                raise outside(f"the class torch.classes.{kind.decode()}")
    if "/code/" not in name or name.endswith(".debug_pkl"):
        return
    text = content.decode("utf-8", "replace")
    found = CALLED.search(text)
    if found:
        raise outside(found.group(1) or found.group(2))
    if BARE.search(text) or PYTHON_OPERATOR.search(text):
        raise outside("torch's operators by another name")
    for namespace in NAMESPACE.findall(text):
        if namespace not in NAMESPACES:
            raise outside(f"ops.{namespace}")


def outside(what: str) -> ModelError:
    return ModelError(
        f"its program uses {what}, which reaches outside the network (files, other machines, "
        "native code): it is not run, trusted or not; export the network without that"
    )
