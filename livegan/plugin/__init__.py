"""What a plugin needs: markers for hooks, declarations of parameters, the moment of a frame."""

from livegan.plugin.declare import (
    CONTEXT,
    DeclarationError,
    Input,
    Operation,
    Origin,
    Param,
    declare,
    param,
    static,
)
from livegan.plugin.hookspecs import hookimpl
from livegan.plugin.now import Now

__all__ = [
    "CONTEXT",
    "DeclarationError",
    "Input",
    "Now",
    "Operation",
    "Origin",
    "Param",
    "declare",
    "hookimpl",
    "param",
    "static",
]
