"""Folders in the layout of diffusers, with tiny random weights: made once, for all tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

WIDTH = 16
"""Numbers of a token."""


def made(folder: Path) -> Path:
    """``sd``, ``controlnet`` and ``sd3`` in a folder, and the tensors of a prompt for ``sd3``."""
    pytest.importorskip("diffusers", reason="needs pip install 'livegan[diffusers]'")
    from livegan.generators.diffusion.loading import library, silent

    diffusers = library()
    with silent():
        _stable_diffusion(diffusers, folder)
        _stable_diffusion_3(diffusers, folder)
    return folder


def unet_options() -> dict[str, Any]:
    return {
        "in_channels": 4,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "block_out_channels": (8, 16),
        "layers_per_block": 1,
        "cross_attention_dim": WIDTH,
        "attention_head_dim": 4,
        "norm_num_groups": 4,
    }


def tiny_vae(diffusers: Any) -> Any:
    levels = {f"{way}_block_out_channels": (8, 8, 8, 8) for way in ("encoder", "decoder")} | {
        f"num_{way}_blocks": (1, 1, 1, 1) for way in ("encoder", "decoder")
    }
    made = diffusers.AutoencoderTiny(**levels)
    made.decoder.layers[-1].weight.data *= 100  # else all it paints is black
    return made


def _stable_diffusion(diffusers: Any, folder: Path) -> None:
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    words = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*words, *(f"{word}</w>" for word in words), "<|startoftext|>", "<|endoftext|>"]
    files = folder / "vocab.json", folder / "merges.txt"
    files[0].write_text(json.dumps({word: i for i, word in enumerate(words)}))
    files[1].write_text("#version: 0.2\n")
    count = len(words)
    text = CLIPTextConfig(
        vocab_size=count,
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=16,
        bos_token_id=count - 2,
        eos_token_id=count - 1,
        pad_token_id=count - 1,
    )
    pipe = diffusers.StableDiffusionPipeline(
        vae=diffusers.AutoencoderKL(
            block_out_channels=(8, 8),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            norm_num_groups=4,
            latent_channels=4,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=CLIPTokenizer(str(files[0]), str(files[1]), model_max_length=16),
        unet=diffusers.UNet2DConditionModel(
            sample_size=16,
            out_channels=4,
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            **unet_options(),
        ),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_schedule="scaled_linear",
            beta_start=0.00085,
            beta_end=0.012,
            timestep_spacing="trailing",
            steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "sd")
    control = diffusers.ControlNetModel(
        conditioning_embedding_out_channels=(8, 8), **unet_options()
    )
    embedding = control.controlnet_cond_embedding.conv_out
    for each in (*control.controlnet_down_blocks, control.controlnet_mid_block, embedding):
        torch.nn.init.normal_(each.weight)  # they begin as zeros, which change nothing
    control.save_pretrained(folder / "controlnet")


def _stable_diffusion_3(diffusers: Any, folder: Path) -> None:
    """A transformer, without any text encoder."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    pipe = diffusers.StableDiffusion3Pipeline(
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
        vae=tiny_vae(diffusers),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        **dict.fromkeys(
            f"{part}{number}"
            for part in ("text_encoder", "tokenizer")
            for number in ("", "_2", "_3")
        ),
    )
    pipe.save_pretrained(folder / "sd3")
    tensors = {
        "prompt_embeds": torch.randn(1, 5, WIDTH),
        "pooled_prompt_embeds": torch.randn(1, WIDTH),
    }
    save_file(tensors, folder / "sd3" / "embeddings.safetensors")
