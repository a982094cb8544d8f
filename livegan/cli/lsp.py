"""``livegan lsp``: what an editor starts."""

from __future__ import annotations

from typing import Annotated

import typer

from livegan.cli.console.failing import fail

NEEDED = "pip install 'livegan[lsp]'"


def lsp(
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Some editors add this; it changes nothing.")
    ] = False,
) -> None:
    """Serve an editor, which starts this command by itself: see docs/editors.md.

    Speaks the Language Server Protocol over standard input and output.
    """
    try:
        import pygls  # noqa: F401
    except ImportError:
        fail(f"livegan lsp needs pygls: {NEEDED}")
    from livegan.editor.server import main

    main()
