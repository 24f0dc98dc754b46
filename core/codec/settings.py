"""What a compression run is asked to do. The same object is preset, form, command line and report."""

from __future__ import annotations

from dataclasses import dataclass

from core.jobs.settings import setting

PRESET_SECONDS = {"draft": 15.0, "balanced": 60.0, "studio": 300.0}
"""Training time that each preset is meant to take on two CPU cores for a 1K set."""
PRESET_STEPS = {"draft": 5000, "balanced": 20000, "studio": 100000}
"""Training steps of each preset when no time budget is given, so that a run repeats to the byte."""


@dataclass(frozen=True)
class CompressSettings:
    """Exactly one of ``bpp``, ``target_psnr`` and ``max_bytes`` decides the size; ``bpp`` if none is given."""

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
    seed: int = setting(0, "Same inputs and seed, same file.", low=0, high=2**31 - 1, expert=True)
    early_stop_db: float = setting(
        0.01,
        "Stop when PSNR grew by less than this over one early-stop interval; 0 never stops early.",
        unit="dB",
        low=0.0,
        high=1.0,
        expert=True,
    )
