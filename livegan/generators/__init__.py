"""Generators: checkpoints, what network they are, and painting with them."""

from .architecture import Architecture
from .cache import load
from .card import Card, read_card
from .checkpoint import Checkpoint, save_checkpoint
from .errors import ModelError
from .finding import available, clash, find
from .morph import MorphGenerator, morph
from .runner import Generator

__all__ = [
    "Architecture",
    "Card",
    "Checkpoint",
    "Generator",
    "ModelError",
    "MorphGenerator",
    "available",
    "clash",
    "find",
    "load",
    "morph",
    "read_card",
    "save_checkpoint",
]
