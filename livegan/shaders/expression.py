"""Sizes of buffers in the header of an ISF file: ``"floor($WIDTH/4.0)"``."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: math.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "floor": math.floor,
    "log": math.log,
    "max": max,
    "min": min,
    "mod": math.fmod,
    "pow": math.pow,
    "round": round,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
}
NAME = re.compile(r"\$(\w+)")


class Expression:
    """Arithmetic with ``$WIDTH``, ``$HEIGHT`` and the inputs of a shader.

    Raises
    ------
    ValueError
        If it is something else, or names what ``known`` does not have.
    """

    def __init__(self, text: str, known: Iterable[str] | None = None) -> None:
        self.text = text
        names = list(known) if known is not None else None
        try:
            tree = ast.parse(NAME.sub(r"\1", text).strip().replace("^", "**"), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ValueError(f"{text!r} is no size; write for example floor($WIDTH/4.0)") from None
        self._tree = tree.body
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", "")
                if called not in FUNCTIONS or node.keywords:
                    raise ValueError(f"{text!r}: sizes are made with {', '.join(FUNCTIONS)}")
            elif isinstance(node, ast.Name):
                if names is not None and node.id not in (*names, *FUNCTIONS):
                    there = ", ".join(f"${name}" for name in names)
                    raise ValueError(f"{text!r} names {node.id!r}; there are {there}")
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
                    raise ValueError(f"{text!r} is no size")
            elif not isinstance(
                node, (ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context)
            ) or (isinstance(node, (ast.operator, ast.unaryop)) and type(node) not in OPERATORS):
                raise ValueError(f"{text!r} is no size; write for example floor($WIDTH/4.0)")

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def value(self, names: Mapping[str, float]) -> float:
        """The number; 1 where there is none, as for a division by zero."""
        try:
            found = float(_value(self._tree, names))
        except (ArithmeticError, ValueError, TypeError, KeyError):
            return 1.0
        return found if math.isfinite(found) else 1.0


def _value(node: ast.expr, names: Mapping[str, float]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_value(node.left, names), _value(node.right, names))
    if isinstance(node, ast.UnaryOp):
        return OPERATORS[type(node.op)](_value(node.operand, names))
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return FUNCTIONS[node.func.id](*(_value(each, names) for each in node.args))
