"""Recipes by name."""

from __future__ import annotations

import pytest

from livegan.training.presets import PRESETS, preset_of, recipe_of
from livegan.training.recipe import Recipe
from livegan.training.step.architecture import ARCHITECTURES


def test_the_published_preset_is_the_recipe_as_it_comes() -> None:
    assert recipe_of("published") == Recipe()


def test_small_networks_are_trained_as_our_own_were() -> None:
    assert {arch: preset_of(arch) for arch in ARCHITECTURES}["small"] == "live"
    assert preset_of("unet_256") == "published"
    assert recipe_of("live").arch == "small"


def test_what_is_chosen_goes_before_the_preset_and_what_is_not_does_not() -> None:
    recipe = recipe_of("live", arch="unet_128", batch=None, hours=2.0)
    assert (recipe.arch, recipe.batch, recipe.hours) == ("unet_128", PRESETS["live"]["batch"], 2.0)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="no preset 'life'; there are published, live"):
        recipe_of("life")
