"""What each choice in the trainer brings: the same material and number of steps, one thing changed at a time.

    make ablation                         # docs/benchmarks/ablation.{json,md}
    python -m tests.benchmarks.ablation --steps 1000

Two materials of ``../shared/data/materials`` if they are there (one smooth, one rough), otherwise two built-in samples.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from core.codec import entropy, metrics
from core.codec.layout import LatentGrid, LatentLayout
from core.codec.neural_texture import NeuralTexture, StoredMap
from core.codec.trainer import Trainer, TrainerOptions
from core.textures import reading, samples
from core.textures.depth import round_to_depth
from core.textures.material import NormalConvention, Pixels, TextureSet
from core.textures.mips import pyramid
from core.textures.roles import Role
from tests.benchmarks.codec import ROOT, SHARED

Grids = tuple[tuple[int, int, int], ...]
"""(stride, features, bits) of each grid."""
SMOOTH: Grids = ((4, 9, 4), (16, 8, 4))
ROUGH: Grids = ((4, 18, 2), (16, 20, 2))
"""What is chosen near 2.5 bits per texel at 1K, memory counted."""
OTHERS: dict[Grids, dict[str, Grids]] = {
    SMOOTH: {
        "one grid only": ((4, 9, 4),),
        "second grid at half instead of a quarter": ((4, 8, 4), (8, 6, 4)),
        "three grids": ((4, 8, 4), (8, 4, 4), (16, 8, 4)),
        "3 bits": ((4, 12, 3), (16, 11, 3)),
        "the other set's bits": ROUGH,
        "twice the texels per latent": ((8, 34, 4), (32, 28, 4)),
    },
    ROUGH: {
        "one grid only": ((4, 19, 2),),
        "second grid at half instead of a quarter": ((4, 15, 2), (8, 17, 2)),
        "three grids": ((4, 17, 2), (8, 5, 2), (16, 16, 2)),
        "3 bits": ((4, 12, 3), (16, 13, 3)),
        "the other set's bits": SMOOTH,
        "twice the texels per latent": ((8, 64, 2), (16, 40, 2)),
    },
}
HIDDEN = (64, 64)
BALANCED = "every map counts alike in dB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for material, shape in materials():
        image = material.stacked()
        shares = [number for number, m in enumerate(material.maps) for _ in range(m.channels)]
        for name, layout, chosen in variants(image, shape):
            balanced = shares if name == BALANCED else None
            row = measure(material.name, name, image, layout, chosen, options.steps, balanced)
            rows.append(row)
            print(f"{row['material']:20} {name:38} {row['bits']:5.2f} bits {row['psnr']:6.2f} dB", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "ablation.json").write_text(json.dumps({"steps": options.steps, "rows": rows}, indent=1) + "\n")
    (options.out / "ablation.md").write_text(page(options.steps, rows))


def materials() -> list[tuple[TextureSet, Grids]]:
    if SHARED.is_dir():
        plans = {plan.name: plan for plan in reading.plan([SHARED])}
        smooth, rough = (reading.read(plans[name]) for name in ("WoodFloor040_1K", "Ground068_1K-JPG"))
    else:
        smooth, rough = samples.generate("worn_painted_metal"), samples.generate("woven_fabric")
    return [(smooth, SMOOTH), (rough, ROUGH)]


def variants(image: Pixels, shape: Grids) -> list[tuple[str, LatentLayout, TrainerOptions]]:
    """(name, layout, options): the shipped one first, then one change each."""
    height, width, channels = image.shape

    def layout(grids: Grids, hidden: tuple[int, ...] = HIDDEN) -> LatentLayout:
        return LatentLayout(width, height, channels, tuple(LatentGrid(*grid) for grid in grids), hidden)

    plain = TrainerOptions()

    def changed(**values: Any) -> TrainerOptions:
        return dataclasses.replace(plain, **values)

    half_rate, double_rate = plain.latent_rate / 2, plain.latent_rate * 2
    return [
        ("as shipped", layout(shape), plain),
        *((name, layout(grids), plain) for name, grids in OTHERS[shape].items()),
        ("three hidden layers 64-48-32", layout(shape, (64, 48, 32)), plain),
        ("two hidden layers 32-32", layout(shape, (32, 32)), plain),
        ("latent rate halved", layout(shape), changed(latent_rate=half_rate)),
        ("latent rate doubled", layout(shape), changed(latent_rate=double_rate)),
        ("the decoder learns by plain Adam", layout(shape), changed(soap=False, decoder_betas=(0.9, 0.99))),
        ("decoder rate 0.03 instead of 0.01", layout(shape), changed(decoder_rate=0.03)),
        ("second moments of latents kept longer", layout(shape), changed(latent_beta=0.98)),
        ("noise to the end, no rounding", layout(shape), changed(round_at=1.0)),
        ("noise falling to nothing before rounding", layout(shape), changed(noise_anneal=True)),
        (BALANCED, layout(shape), plain),
        ("rounding from the start, no noise", layout(shape), changed(round_at=0.0)),
        ("latents frozen at 80 % instead of 97 %", layout(shape), changed(freeze_at=0.8)),
        ("lower mips in every second step", layout(shape), changed(lower_every=2)),
        ("32-bit instead of 16-bit arithmetic", layout(shape), changed(bf16=False)),
        ("four times the batch, a quarter the steps", layout(shape), changed(texels=16384)),
        ("twice the batch, half the steps", layout(shape), changed(texels=8192)),
        ("half the batch, twice the steps", layout(shape), changed(texels=2048)),
    ]


def measure(
    material: str,
    name: str,
    image: Pixels,
    layout: LatentLayout,
    options: TrainerOptions,
    steps: int,
    shares: list[int] | None,
) -> dict[str, Any]:
    chain = pyramid(image)
    if options.texels is not None:
        steps = steps * 4096 // options.texels
    trainer = Trainer(layout, chain, seed=0, options=options, shares=shares)
    began = time.perf_counter()
    for step in range(steps):
        trainer.step(step / steps)
    seconds = time.perf_counter() - began
    stored = StoredMap(Role.ALBEDO, "", 8, (None,) * layout.channels)
    texture = NeuralTexture(
        material,
        layout.width,
        layout.height,
        (stored,),
        (),
        NormalConvention.UNKNOWN,
        layout,
        trainer.codes(),
        trainer.layers(),
        trainer.offset,
    )
    coded = sum(
        entropy.estimate(codes, grid.bits)
        for own, group in zip(texture.latents, layout.groups, strict=True)
        for codes, grid in zip(own, group.grids, strict=True)
    )
    trainer.close()
    levels = [metrics.psnr(round_to_depth(texture.decode_learned(i), 8), chain[i]) for i in range(3)]
    texels = layout.width * layout.height
    return {
        "material": material,
        "variant": name,
        "bits": 8 * (coded + layout.decoder_bytes) / texels,
        "memory_bits": 8 * (layout.latent_bytes + layout.decoder_bytes) / texels,
        "psnr": levels[0],
        "mips": [float(np.float32(level)) for level in levels],
        "seconds": seconds,
    }


def page(steps: int, rows: list[dict[str, Any]]) -> str:
    """The Markdown page for docs."""
    names = list(dict.fromkeys(row["material"] for row in rows))
    lines = [
        "# What each choice brings",
        "",
        f"`python -m tests.benchmarks.ablation --steps {steps}`: steps of 4096 texels, one thing changed at a "
        "time. PSNR in dB over all channels of mip 0 (bold), 1 and 2; in brackets bits per texel in memory → on disk.",
        "",
        "| variant | " + " | ".join(names) + " |",
        "| --- |" + " --- |" * len(names),
    ]
    for variant in dict.fromkeys(row["variant"] for row in rows):
        cells = []
        for name in names:
            row = next(r for r in rows if r["material"] == name and r["variant"] == variant)
            base = next(r for r in rows if r["material"] == name)
            gain = "" if row is base else f" ({row['psnr'] - base['psnr']:+.2f})"
            size = f"[{row['memory_bits']:.2f} → {row['bits']:.2f}]"
            cells.append(f"**{row['psnr']:.2f}**{gain} · {row['mips'][1]:.2f} · {row['mips'][2]:.2f} {size}")
        lines.append(f"| {variant} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
