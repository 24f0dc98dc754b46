"""The trainer on a GPU: samples a second, memory and quality of the plain and the fused path.

    python -m tests.benchmarks.gpu                # docs/benchmarks/gpu.{json,md}
    python -m tests.benchmarks.gpu --sizes 1024 --seconds 5

A built-in sample at each size. PSNR is what training saw in its last steps: latents and decoder rounded as they are
stored, values neither clipped nor rounded. Speed is that of the second half, when everything is compiled and captured.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from core.codec import rate
from core.codec.trainer import Trainer, TrainerOptions
from core.files import write_bytes
from core.textures import samples
from core.textures.material import Pixels
from core.textures.mips import pyramid
from tests.benchmarks.codec import ROOT

SAMPLE = "worn_painted_metal"
LAST = 0.98
"""From here on the errors are collected that count as a run's result."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 2048, 4096])
    parser.add_argument("--seconds", type=float, default=10.0, help="of training, without the start")
    parser.add_argument("--bpp", type=float, default=4.0, help="bits per texel")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("There is no CUDA device to measure: run this where torch finds one.")
    rows: list[dict[str, Any]] = []
    for size in options.sizes:
        chain = pyramid(samples.generate(SAMPLE, size).stacked())
        for fused in (False, True):
            rows.append(measure(chain, options.bpp, options.seconds, fused))
            print(line(rows[-1]), flush=True)
    machine = {"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "cuda": torch.version.cuda}
    result = {"machine": machine, "seconds": options.seconds, "bpp": options.bpp, "rows": rows}
    write_bytes(options.out / "gpu.json", (json.dumps(result, indent=1) + "\n").encode())
    write_bytes(options.out / "gpu.md", page(machine, options.seconds, rows).encode())


def measure(chain: Sequence[Pixels], bpp: float, seconds: float, fused: bool) -> dict[str, Any]:
    """Train for so long and say how that went. ``path`` is the one that was really taken to the end."""
    height, width, channels = chain[0].shape
    layout = rate.choose(width, height, channels, rate.byte_budget(width, height, bpp))
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    trainer = Trainer(layout, chain, seed=0, device="cuda", options=TrainerOptions(fused=fused))
    torch.cuda.synchronize()
    start = time.perf_counter() - began
    began = time.perf_counter()
    half: tuple[float, int] | None = None
    last = False
    while (fraction := (time.perf_counter() - began) / seconds) < 1.0:
        trainer.step(fraction)
        if half is None and fraction >= 0.5:
            torch.cuda.synchronize()
            half = time.perf_counter(), trainer.samples
        if not last and fraction >= LAST:
            last = True
            trainer.take_errors()
    torch.cuda.synchronize()
    ended = time.perf_counter()
    taken = trainer.take_errors()
    middle, before = half or (began, 0)
    row = {
        "size": width,
        "channels": channels,
        "path": "plain" if trainer.fused is None else "fused",
        "wanted": "fused" if fused else "plain",
        "texels_per_step": trainer.samples / max(trainer.steps, 1),
        "steps": trainer.steps,
        "samples_per_s": (trainer.samples - before) / (ended - middle),
        "peak_bytes": torch.cuda.max_memory_allocated(),
        "start_s": start,
        "psnr_db": None if taken is None else -10 * math.log10(max(float(taken[0].mean()), 1e-12)),
    }
    trainer.close()
    return row


def line(row: dict[str, Any]) -> str:
    quality = "–" if row["psnr_db"] is None else f"{row['psnr_db']:.2f}"
    path = row["path"] if row["path"] == row["wanted"] else f"{row['path']} ({row['wanted']} could not be had)"
    numbers = (
        f"{row['size']}² × {row['channels']}",
        path,
        f"{row['samples_per_s'] / 1e6:.0f}",
        f"{row['steps']}",
        f"{row['peak_bytes'] / 2**30:.2f}",
        f"{row['start_s']:.1f}",
        quality,
    )
    return "| " + " | ".join(numbers) + " |"


def page(machine: dict[str, Any], seconds: float, rows: Sequence[dict[str, Any]]) -> str:
    """The Markdown page for docs."""
    lines = [
        "# Training on a GPU",
        "",
        f"`python -m tests.benchmarks.gpu` on {machine['gpu']} with torch {machine['torch']}: "
        f"{seconds:g} s of training.",
        "PSNR of mip 0 as training saw it in its last steps.",
        "",
        "| texels × channels | path | M texels/s | steps | peak memory, GiB | start, s | PSNR, dB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        *(line(row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
