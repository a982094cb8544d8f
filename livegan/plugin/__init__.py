"""What a plugin imports: ``hookimpl``, ``param``, ``static``, ``Now`` and types."""

from livegan.plugin.declare import (
    CONTEXT,
    DeclarationError,
    Input,
    Operation,
    Origin,
    Param,
    declare,
    declared,
    param,
    static,
)
from livegan.plugin.hookspecs import (
    RegisterCommand,
    RegisterMove,
    RegisterOffer,
    RegisterOperation,
    hookimpl,
)
from livegan.plugin.now import Now

__all__ = [
    "CONTEXT",
    "DeclarationError",
    "Input",
    "Now",
    "Operation",
    "Origin",
    "Param",
    "RegisterCommand",
    "RegisterMove",
    "RegisterOffer",
    "RegisterOperation",
    "declare",
    "declared",
    "hookimpl",
    "param",
    "static",
]
