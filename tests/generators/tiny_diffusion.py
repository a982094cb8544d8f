"""Folders in the layout of diffusers, with tiny random weights."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

WIDTH = 16
"""Numbers of a token."""

UNET = {
    "in_channels": 4,
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "cross_attention_dim": WIDTH,
    "attention_head_dim": 4,
    "norm_num_groups": 4,
}
EULER = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
"""How Stable Diffusion was trained."""


@functools.cache
def tiny_models() -> Path:
    """A folder with ``sd`` (with a text encoder), ``lcm``, ``sdxl`` and ``sd3`` (with stored
    embeddings, ``sd3`` with a tiny VAE), and the ControlNet ``controlnet``."""
    pytest.importorskip("diffusers", reason="needs pip install 'livegan[diffusers]'")
    from livegan.generators.diffusion.loading import library, silent

    diffusers = library()
    folder = Path(tempfile.mkdtemp(prefix="livegan-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    torch.manual_seed(0)
    with silent():
        for make in (_sd, _lcm, _sdxl, _sd3, _controlnet):
            make(diffusers, folder)
    return folder


def _unet(diffusers: Any, **more: Any) -> Any:
    blocks = ("UpBlock2D", "CrossAttnUpBlock2D")
    return diffusers.UNet2DConditionModel(
        sample_size=16, out_channels=4, up_block_types=blocks, **UNET, **more
    )


def _vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=4,
        latent_channels=4,
    )


def _tiny_vae(diffusers: Any) -> Any:
    sides = ("encoder", "decoder")
    made = diffusers.AutoencoderTiny(
        **{f"{side}_block_out_channels": (8, 8, 8, 8) for side in sides},
        **{f"num_{side}_blocks": (1, 1, 1, 1) for side in sides},
    )
    made.decoder.layers[-1].weight.data *= 100  # else all it paints is black
    return made


def _sd(diffusers: Any, folder: Path) -> None:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{each}</w>" for each in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(json.dumps({word: i for i, word in enumerate(words)}))
    merges.write_text("#version: 0.2\n")
    text = CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=16,
        bos_token_id=len(words) - 2,
        eos_token_id=len(words) - 1,
        pad_token_id=len(words) - 1,
    )
    diffusers.StableDiffusionPipeline(
        vae=_vae(diffusers),
        text_encoder=CLIPTextModel(text),
        tokenizer=CLIPTokenizer(str(vocabulary), str(merges), model_max_length=16),
        unet=_unet(diffusers),
        scheduler=diffusers.EulerDiscreteScheduler(
            timestep_spacing="trailing", steps_offset=1, **EULER
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder / "sd")


def _lcm(diffusers: Any, folder: Path) -> None:
    diffusers.LatentConsistencyModelPipeline(
        vae=_vae(diffusers),
        unet=_unet(diffusers, time_cond_proj_dim=8),
        scheduler=diffusers.LCMScheduler(**EULER),
        requires_safety_checker=False,
        **_absent("text_encoder", "tokenizer", "safety_checker", "feature_extractor"),
    ).save_pretrained(folder / "lcm")
    _store(folder / "lcm", pooled=False)


def _sdxl(diffusers: Any, folder: Path) -> None:
    diffusers.StableDiffusionXLPipeline(
        vae=_vae(diffusers),
        unet=_unet(
            diffusers,
            addition_embed_type="text_time",
            addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=6 * 4 + WIDTH,
        ),
        scheduler=diffusers.EulerDiscreteScheduler(
            timestep_spacing="trailing", steps_offset=1, **EULER
        ),
        **_absent("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"),
    ).save_pretrained(folder / "sdxl")
    _store(folder / "sdxl", pooled=True)


def _sd3(diffusers: Any, folder: Path) -> None:
    diffusers.StableDiffusion3Pipeline(
        transformer=diffusers.SD3Transformer2DModel(
            sample_size=8,
            patch_size=2,
            in_channels=4,
            out_channels=4,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=2,
            joint_attention_dim=WIDTH,
            caption_projection_dim=WIDTH,
            pooled_projection_dim=WIDTH,
            pos_embed_max_size=8,
        ),
        vae=_tiny_vae(diffusers),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        **_absent("text_encoder", "text_encoder_2", "text_encoder_3"),
        **_absent("tokenizer", "tokenizer_2", "tokenizer_3"),
    ).save_pretrained(folder / "sd3")
    _store(folder / "sd3", pooled=True)


def _controlnet(diffusers: Any, folder: Path) -> None:
    control = diffusers.ControlNetModel(conditioning_embedding_out_channels=(8, 8), **UNET)
    embedding = control.controlnet_cond_embedding.conv_out
    for each in (*control.controlnet_down_blocks, control.controlnet_mid_block, embedding):
        torch.nn.init.normal_(each.weight)  # they begin as zeros, which change nothing
    control.save_pretrained(folder / "controlnet")


def _absent(*parts: str) -> dict[str, None]:
    return dict.fromkeys(parts)


def _store(folder: Path, *, pooled: bool) -> None:
    tensors = {"prompt_embeds": torch.randn(1, 5, WIDTH)}
    if pooled:
        tensors["pooled_prompt_embeds"] = torch.randn(1, WIDTH)
    save_file(tensors, folder / "embeddings.safetensors")
