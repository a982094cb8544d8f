"""Training of generators on pairs of condition and picture (imports torch)."""

from livegan.training.agreement import TrainingError
from livegan.training.layout import PairsError
from livegan.training.loop import Trained, TrainingStep, train
from livegan.training.packing import pack
from livegan.training.pairs import Pairs
from livegan.training.presets import PRESETS, preset_of, recipe_of
from livegan.training.ranks import RanksError
from livegan.training.recipe import Recipe
from livegan.training.state import StateError
from livegan.training.step.architecture import ARCHITECTURES

__all__ = [
    "ARCHITECTURES",
    "PRESETS",
    "Pairs",
    "PairsError",
    "RanksError",
    "Recipe",
    "StateError",
    "Trained",
    "TrainingError",
    "TrainingStep",
    "pack",
    "preset_of",
    "recipe_of",
    "train",
]
