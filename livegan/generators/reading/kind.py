"""Which format a file has, by its content; and what a file is that is no checkpoint."""

from __future__ import annotations

import struct

NOT_WEIGHTS = (
    (
        b"version https://git-lfs",
        "a pointer of Git LFS, not the file it points to; run git lfs pull where it came from",
    ),
    (b"<!doctype html", "a saved web page; download the file itself, not the page about it"),
    (b"<html", "a saved web page; download the file itself, not the page about it"),
    (b"\x1f\x8b", "packed by gzip; unpack it (gunzip, or tar -xzf) and use what is inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and use the file inside"),
    (b"Rar!", "a RAR archive; unpack it and use the file inside"),
    (
        b"\x89HDF\r\n\x1a\n",
        "a file of HDF5 (Keras, TensorFlow); export it as ONNX (python -m tf2onnx.convert)",
    ),
    (b"GGUF", "a language model (GGUF), not a generator of pictures"),
    (b"\x89PNG", "a picture (PNG), not a checkpoint"),
    (b"\xff\xd8\xff", "a picture (JPEG), not a checkpoint"),
)
"""How a file begins, without regard to case, that people save under a checkpoint's name."""


def kind_of(data: bytes) -> str:
    """``"safetensors"``, ``"torch"``, ``"torchscript"``, ``"onnx"`` or ``""``, by content.

    A zip that names TorchScript's constants anywhere is taken for TorchScript, however it is
    built: a reader of zips that disagrees with another's cannot be used to get code past this.
    """
    if data[:4] == b"PK\x03\x04":
        return "torchscript" if b"constants.pkl" in data else "torch"
    if len(data) > 9 and struct.unpack("<Q", data[:8])[0] <= 100_000_000 and data[8:9] == b"{":
        return "safetensors"
    if data[:1] == b"\x80":
        return "torch"
    if data[:1] == b"\x08" and b"graph" in data[:4096] + data[-4096:]:
        return "onnx"
    return ""


def mistaken(data: bytes) -> str:
    """What a file is that is no checkpoint, and what to do, in a line; empty if it may be one."""
    begins = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((what for magic, what in NOT_WEIGHTS if begins.startswith(magic.lower())), "")
