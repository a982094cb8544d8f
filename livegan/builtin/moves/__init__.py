"""The built-in moves of the autopilot, registered like any plugin's."""

from __future__ import annotations

from livegan.builtin.moves import colours, conditions, effects, layout, numbers, scenes
from livegan.plugin import RegisterMove, hookimpl


@hookimpl
def register_moves(register: RegisterMove) -> None:
    """Offer the moves: name, how bold, when, and after how many bars each is taken back."""
    register(conditions.swap_conditions, bold=0.35, when=("section", "steady"))
    register(conditions.mix_conditions, bold=0.3, when=("section", "steady", "build"))
    register(conditions.another_encoder, bold=0.4, when=("section", "steady", "calm"))
    register(conditions.bend_condition, bold=0.45, when=("section", "build"), bars=32)
    register(conditions.feed_slot, bold=0.5, when=("section", "calm", "build"), bars=16)
    register(conditions.morph_slot, bold=0.4, when=("section", "steady", "calm"), bars=32)
    register(conditions.revive_slot, bold=0.3, when=("repair",))
    register(layout.full_picture, bold=0.6, when=("drop", "section", "calm"), bars=16)
    register(layout.two_pictures, bold=0.5, when=("section", "steady", "calm"), bars=32)
    register(layout.layer, bold=0.6, when=("section", "drop", "calm"), bars=32)
    register(layout.take_turns, bold=0.65, when=("drop", "section"), bars=16)
    register(layout.whole_grid, bold=0.4, when=("section", "drop", "repair"))
    register(effects.effect_on_slot, bold=0.4, when=("section", "steady", "drop"), bars=16)
    register(effects.trails, bold=0.55, when=("section", "calm", "silence"), bars=16)
    register(effects.pull, bold=0.5, when=("build",), bars=8)
    register(effects.soften, bold=0.25, when=("calm", "silence"), bars=16)
    register(colours.turn_colours, bold=0.25, when=("section", "steady", "silence"))
    register(colours.drift_colours, bold=0.2, when=("steady", "calm", "silence"), bars=32)
    register(colours.one_colour, bold=0.45, when=("section", "calm", "silence"), bars=16)
    register(numbers.turn_number, bold=0.15, when=("steady", "build", "calm", "silence"))
    register(numbers.change_span, bold=0.2, when=("steady", "section", "calm"))
    register(scenes.another_scene, bold=0.8, when=("section", "silence", "drop"))
