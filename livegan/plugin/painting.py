"""What a diffusion model paints with, as rows of data: of a set's words, and of a model's card."""

from __future__ import annotations

from collections.abc import Mapping

from livegan.plugin.parameter import Param

PAINTING: Mapping[str, Param] = {
    row.name: row
    for row in (
        Param(
            0.5,
            0.0,
            1.0,
            "how much noise is put on the condition: 0 keeps it, 1 forgets it",
            name="strength",
        ),
        Param(4, 1, 50, "how often the network runs for a picture, rounded down", name="steps"),
        Param(
            1.0,
            1.0,
            20.0,
            "how strictly it follows the prompt; above 1 each step takes twice as long",
            name="guidance",
        ),
        Param(0, 0, 2**31 - 1, "which noise, rounded down; a new one for each number", name="seed"),
        Param(0.0, 0.0, 1.0, "from the first prompt to the last", name="prompt_mix"),
        Param(
            1.0,
            0.0,
            2.0,
            "how strictly the ControlNet follows its picture",
            name="structure_amount",
        ),
        Param(
            0.0,
            0.0,
            30.0,
            "time until two thirds of a change show: the latents before are blended in",
            unit="s",
            name="steady",
        ),
    )
}
"""Values that change from frame to frame; a set leaves out what the model's card decides."""
