"""Two networks that learn from each other: one paints, one judges; and what a step does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from livegan.generators.errors import ModelError
from livegan.size import Size
from livegan.training.augmentation import cut
from livegan.training.batch import Batch
from livegan.training.ranks import Ranks
from livegan.training.recipe import Recipe
from livegan.training.step import losses
from livegan.training.step.adam import adam, step_in_backward, take_up
from livegan.training.step.architecture import begin_from, generator_of
from livegan.training.step.average import Average
from livegan.training.step.discriminator import PatchGAN, initialise
from livegan.training.step.norms import freeze, share


class Learner:
    """The painter (generator), the critic (discriminator), their optimisers, the average.

    For pairs of ``size``.  Weights are drawn from the recipe's seed, or taken from the
    checkpoint ``start``.

    Raises
    ------
    ModelError, ValueError
        If ``start`` or the architecture cannot be used.
    """

    def __init__(
        self, recipe: Recipe, ranks: Ranks, size: Size | int, start: Path | None = None
    ) -> None:
        self.recipe, self.ranks = recipe, ranks
        self.mixed = _mixed_precision(recipe, ranks.device)
        torch.manual_seed(recipe.seed)
        self.painter = generator_of(recipe.arch, size)
        if start is not None:
            self.painter = begin_from(self.painter, start)
        self.critic = PatchGAN(recipe.filters)
        initialise(self.critic)
        for network in (self.painter, self.critic):
            network.to(ranks.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
            network.train()
        self.average = Average(self.painter, recipe.ema)
        if ranks.world > 1:
            share(self.painter)
            share(self.critic)
        betas = (recipe.beta1, recipe.beta2)
        self.painter_steps = adam(self.painter, recipe.lr, betas)
        self.critic_steps = adam(self.critic, recipe.lr, betas)
        # Many small steps cost nothing beside a backward pass on a CPU, and much on a GPU.
        self._steps_in_backward = (
            not recipe.clip and ranks.world == 1 and ranks.device.type == "cpu"
        )
        if self._steps_in_backward:
            step_in_backward(self.painter, self.painter_steps)
        self._paint = ranks.wrap(self.painter)
        self._judge = ranks.wrap(self.critic, "features")
        self.norm = torch.zeros(())
        """Of the painter's gradient in the last step, before it was clipped; 0 if it is not."""

    def step(self, batch: Batch, done: float) -> dict[str, Tensor]:
        """One step of both, when ``done`` of the training, 0..1, is over; its losses by name.

        In the order of pix2pix: paint, teach the critic, teach the painter by the taught critic.
        """
        recipe, critic, mixed = self.recipe, self.critic, self.mixed
        self.painter_steps.param_groups[0]["lr"] = recipe.rate(done)
        self.critic_steps.param_groups[0]["lr"] = recipe.rate(done) * recipe.critic_rate

        with mixed():
            painted = self._paint(batch.given)
        truth = batch.truth
        painted = painted.to(truth.dtype)
        views = [batch.given, truth, painted]
        if batch.places is not None:
            views = [cut(view, batch.places, recipe.patch) for view in views]
        shown, true, made = views
        real, fake = torch.cat([shown, true], 1), torch.cat([shown, made], 1)

        critic.requires_grad_(True)
        with mixed():
            on_fake = self._judge.features(fake.detach())
            on_real = self._judge.features(real)
        loss_critic = losses.discriminator_loss(
            on_real[-1].to(truth), on_fake[-1].to(truth), recipe.gan
        )
        self.ranks.backward(loss_critic)
        self.critic_steps.step()
        self.critic_steps.zero_grad()

        critic.requires_grad_(False)
        with mixed():
            judged = critic.features(fake)
        fooled = losses.adversarial(judged[-1].to(truth), True, recipe.gan)
        near = losses.pyramid(painted, truth, recipe.levels)
        loss_painter = recipe.adversarial * fooled + recipe.l1 * near
        if recipe.matching:
            # Truth was judged a moment earlier, before the critic's step: it saves a pass.
            loss_painter = loss_painter + recipe.matching * losses.feature_matching(on_real, judged)
        if recipe.change:
            moved = losses.moving(painted, truth, recipe.levels)
            loss_painter = loss_painter + recipe.change * moved
        if batch.again is not None:
            with mixed():
                again = self._paint(batch.again)
            change = (again.to(truth) - painted).abs().mean()
            loss_painter = loss_painter + recipe.steady * change
        self.ranks.backward(loss_painter)
        if recipe.clip:
            weights = self.painter.parameters()
            self.norm = nn.utils.clip_grad_norm_(weights, recipe.clip, foreach=True)
        if not self._steps_in_backward:
            self.painter_steps.step()
            self.painter_steps.zero_grad()  # they are freed: the next pass needs the memory
        self.average.update(self.painter)
        return {"critic": loss_critic, "fooled": fooled, "near": near, "painter": loss_painter}

    def settle(self) -> None:
        """From here on the painter's norms use their running statistics."""
        freeze(self.painter)

    def finite(self) -> bool:
        """Whether every number of the state is finite; a pass over all of it, so once a save."""
        return all(bool(tensor.isfinite().all()) for tensor in _tensors(self.state_dict()))

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {name: part.state_dict() for name, part in self._parts().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """As it was.

        Raises
        ------
        ModelError
            If it began from a model, and this one did not.
        """
        if state["painter"].keys() != self.painter.state_dict().keys():
            raise ModelError(
                "this training began from a model whose norms are others; give the same --start"
            )
        for name, part in self._parts().items():
            if isinstance(part, torch.optim.Adam):
                take_up(part, state[name])
            else:
                part.load_state_dict(state[name])
        self.painter.train()

    def _parts(self) -> dict[str, Any]:
        names = ("painter", "critic", "average", "painter_steps", "critic_steps")
        return {name: getattr(self, name) for name in names}


def _tensors(state: object) -> Iterator[Tensor]:
    """The tensors of a state, however deep."""
    if isinstance(state, Tensor):
        yield state
    elif isinstance(state, dict):
        for part in state.values():
            yield from _tensors(part)


def _mixed_precision(recipe: Recipe, device: torch.device) -> Callable[[], torch.autocast]:
    """Autocast to bfloat16 where that was asked for, or where the device multiplies it faster."""
    if recipe.precision == "auto":
        if device.type == "cpu":
            fast = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        else:
            fast = device.type == "cuda" and torch.cuda.is_bf16_supported(False)
    else:
        fast = recipe.precision == "bfloat16"
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=fast)
