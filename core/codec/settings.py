"""What a compression run is asked to do. The same object is preset, form, command line and report."""

from __future__ import annotations

from dataclasses import dataclass

from core.codec.baseline_sets import BASELINES
from core.jobs.settings import setting

PRESET_SECONDS = {"draft": 15.0, "balanced": 60.0, "studio": 300.0}
"""Training time that each preset is meant to take on two CPU cores for a 1K set."""
PRESET_STEPS = {"draft": 10000, "balanced": 40000, "studio": 200000}
"""Training steps of each preset when no time budget is given, so that a run repeats to the byte."""


@dataclass(frozen=True)
class CompressSettings:
    """One of ``match``, ``target_psnr`` with ``target_maps``, ``max_bytes`` and ``bpp`` decides the size: the first one
    that is given, see :attr:`sized_by`."""

    bpp: float = setting(
        5.0,
        "Size of the file in bits per texel of the full-resolution maps; all maps and mips together.",
        unit="bits/texel",
        low=0.5,
        high=20.0,
    )
    target_psnr: float | None = setting(
        None, "Find the smallest file that reaches this PSNR over all maps.", unit="dB", low=15.0, high=70.0
    )
    max_bytes: int | None = setting(None, "The file may not be larger than this.", unit="bytes", low=512)
    match: str | None = setting(
        None,
        "Find the smallest file that is as good as this set of block-compressed textures, and say what it saves.",
        choices=tuple(BASELINES),
    )
    preset: str = setting(
        "balanced",
        "How long to train: draft for a first look, balanced for daily work, studio for the final asset.",
        choices=("draft", "balanced", "studio"),
    )
    time_budget: float | None = setting(
        None, "Train for this long instead of what the preset says.", unit="s", low=1.0, high=86400.0
    )
    device: str = setting(
        "auto", "Where to train; auto takes a GPU if there is one.", choices=("auto", "cpu", "cuda", "mps")
    )
    target_maps: str = setting(
        "",
        "PSNR in dB that single maps have to reach, like 'normal=38 albedo=40'; the file grows until they do.",
        expert=True,
    )
    loss_weights: str = setting(
        "", "How much single maps count in training, like 'albedo=2 displacement=0.5'; 1 for the others.", expert=True
    )
    balance: str = setting(
        "overall",
        "overall: every error counts alike, for the best PSNR of the set. balanced: every map counts alike in dB.",
        choices=("overall", "balanced"),
        expert=True,
    )
    grids: str = setting(
        "",
        "Latent grids by hand instead of from the size: stride:features:bits[:rate] each, like '4:16:2 16:20:4:0.05'; "
        "rate is the learning rate; a star and a number repeat a grid at half the resolution.",
        expert=True,
    )
    decoder: str = setting(
        "", "Hidden layers of the decoder by hand, like '64-64'; more is slower in the engine.", expert=True
    )
    noise: float = setting(
        1.0,
        "Strength of the noise that stands for rounding early in training, in quantisation steps.",
        low=0.0,
        high=4.0,
        expert=True,
    )
    noise_anneal: bool = setting(
        False, "Let the noise fall to nothing instead of ending it at once when rounding begins.", expert=True
    )
    round_from: float = setting(
        0.3,
        "From this part of the run on, latents are read rounded as they will be stored.",
        low=0.0,
        high=1.0,
        expert=True,
    )
    seed: int = setting(0, "Same inputs and seed, same file.", low=0, high=2**31 - 1, expert=True)
    early_stop: bool = setting(True, "Stop when the quality no longer improves.", expert=True)
    early_stop_interval: int = setting(
        4000, "Quality is compared over stretches of so many steps.", unit="steps", low=50, high=10**6, expert=True
    )
    early_stop_db: float = setting(
        0.01,
        "Stop when PSNR grew by less than this from one stretch to the next, twice in a row; 0 never stops.",
        unit="dB",
        low=0.0,
        high=1.0,
        expert=True,
    )

    @property
    def sized_by(self) -> str:
        """The name of the field that decides the size; the others of its kind say nothing then."""
        for name in ("match", "target_psnr", "target_maps", "max_bytes"):
            if getattr(self, name):
                return name
        return "bpp"


@dataclass(frozen=True)
class CurveSettings:
    """Sizes from ``low`` to ``high``, each larger than the one before by the same factor."""

    low: float = setting(1.0, "The smallest size.", unit="bits/texel", low=0.5, high=20.0)
    high: float = setting(20.0, "The largest size.", unit="bits/texel", low=0.5, high=20.0)
    points: int = setting(6, "How many sizes.", low=2, high=20)
    preset: str = setting("draft", "How long to train each size.", choices=("draft", "balanced", "studio"))
    time_budget: float | None = setting(
        None, "Train for this long in all, shared by the sizes.", unit="s", low=2.0, high=86400.0
    )
    device: str = setting(
        "auto", "Where to train; auto takes a GPU if there is one.", choices=("auto", "cpu", "cuda", "mps")
    )
    seed: int = setting(0, "Same inputs and seed, same files.", low=0, high=2**31 - 1, expert=True)

    @property
    def sizes(self) -> tuple[float, ...]:
        """Bits per texel."""
        return tuple(
            float(f"{self.low * (self.high / self.low) ** (i / (self.points - 1)):.3g}") for i in range(self.points)
        )
