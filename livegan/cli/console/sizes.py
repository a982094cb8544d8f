"""``--size``: a number for a square, or width and height."""

from __future__ import annotations

from typing import Any

import typer

from livegan.size import Size

CANVAS = "Size of the canvas in pixels, such as 512 or 1280x720; the set's if not given."


def size_option(help: str, **more: Any) -> Any:
    """The option ``--size``, read into a `Size`; `UNSAID` as its default shows nothing."""
    return typer.Option(
        "--size", parser=asked, metavar="PX|WxH", help=help, show_default=False, **more
    )


def asked(text: Any) -> Size:
    """A size as it was typed.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    try:
        return Size.read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
