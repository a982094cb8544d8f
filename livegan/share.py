"""Where the packaged sets, models and demo track are."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The packaged folder ``"sets"`` or ``"models"``: of the checkout, or of the wheel."""
    checkout = PACKAGE.parent / name
    if checkout.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    return PACKAGE / "share_data" / name


def gallery() -> Path:
    """Pictures of what livegan draws, as on the page of the gallery: of the checkout, or of the
    wheel."""
    checkout = PACKAGE.parent / "docs" / "gallery"
    if checkout.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    return PACKAGE / "share_data" / "gallery"


def demo_track() -> Path:
    """The bundled demo track (rendered by `livegan.demo.composer`, free of rights)."""
    return PACKAGE / "demo" / "demo.ogg"
