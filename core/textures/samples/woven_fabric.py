"""Herringbone tweed: every yarn is a twisted tube that passes over two and under two of the others."""

from __future__ import annotations

import numpy as np

from core.textures.samples.canvas import Canvas, Field, Recipe, Surface, blend, palette, smoothstep


def paint(canvas: Canvas, recipe: Recipe) -> Surface:
    yarns, ribs = recipe["yarns"], recipe["rib"]
    pitch = 1 / yarns
    u = canvas.u + canvas.noise("lie u", 3, 40, 0.9) * np.float32(0.05 * pitch)
    v = canvas.v + canvas.noise("lie v", 3, 40, 0.9) * np.float32(0.05 * pitch)
    x, y = u * yarns + 0.5, v * yarns + 0.5

    warp = _yarn(canvas, "warp", recipe, x, y, yarns, ribs, upright=True)
    weft = _yarn(canvas, "weft", recipe, y, x, yarns, ribs, upright=False)
    on_top = smoothstep(-0.06, 0.06, warp.height - weft.height)
    height = np.maximum(warp.height, weft.height)

    fibres = canvas.noise("fibres", 120, 512, 0.15)
    hair = smoothstep(2.0, 2.8, np.abs(canvas.noise("hair", 60, 380, 0.35, along=(5, 1)))) + smoothstep(
        2.0, 2.8, np.abs(canvas.noise("hair 2", 60, 380, 0.35, along=(1, 5)))
    )
    gap = smoothstep(-0.55, -0.95, height)
    height = np.maximum(height, -1.3) + fibres * 0.03 + np.clip(hair, 0, 1) * 0.06 * (1 - gap)

    albedo = weft.albedo + (warp.albedo - weft.albedo) * on_top[:, :, None]
    strand = weft.strand + (warp.strand - weft.strand) * on_top
    profile = weft.profile + (warp.profile - weft.profile) * on_top
    albedo = albedo * (1 + strand * 0.13 + fibres * 0.05)[:, :, None]
    albedo = albedo * (0.52 + 0.48 * smoothstep(0.05, 0.75, profile))[:, :, None]
    worn = canvas.noise("worn", 2, 24, 1.0)
    albedo = albedo * (1 + worn * 0.025)[:, :, None]
    albedo = blend(albedo, np.clip(albedo * 1.2 + 0.06, 0, 1), np.clip(hair, 0, 1) * 0.35)
    albedo = blend(albedo, albedo * 0.25, gap * 0.8)

    roughness = 0.84 - smoothstep(0.6, 1.0, profile) * 0.08 + fibres * 0.025 - strand * 0.03 + worn * 0.015 + gap * 0.1
    shade = 1 - 0.5 * gap - 0.28 * (1 - smoothstep(0.0, 0.6, profile))
    low, high = -1.5, 2.2
    return Surface(
        albedo,
        ((height - low) / (high - low)).astype(np.float32),
        roughness,
        relief=(high - low) * pitch * recipe["relief"],
        shade=shade,
    )


class _Yarn:
    """One direction of yarns at every texel: ``height`` in yarn radii, ``profile`` 1 on the ridge and 0 at the side."""

    def __init__(self, height: Field, profile: Field, strand: Field, albedo: Field) -> None:
        self.height, self.profile, self.strand, self.albedo = height, profile, strand, albedo


def _yarn(
    canvas: Canvas, label: str, recipe: Recipe, across: Field, along: Field, yarns: int, ribs: int, upright: bool
) -> _Yarn:
    rng = canvas.rng(label)
    number = np.floor(across).astype(np.int32)
    yarn = number % yarns
    swing = canvas.noise(f"{label} slub", 2, 60, 0.7, along=(1, 6) if upright else (6, 1))
    width = (0.47 + 0.02 * rng.standard_normal(yarns).astype(np.float32)[yarn]) + swing * 0.018
    offset = (across - number - 0.5) / width
    profile = np.sqrt(np.clip(1 - offset * offset, 0, 1))

    # The middle line of the yarn goes up where it lies over its crossing and down where it lies under.
    crossing = np.floor(along - 0.5).astype(np.int32)
    t = (along - 0.5 - crossing).astype(np.float32)
    before = _is_over(yarn, crossing % yarns, ribs, upright)
    after = _is_over(yarn, (crossing + 1) % yarns, ribs, upright)
    middle = before + (after - before) * (t * t * (3 - 2 * t))
    height = (middle * 0.62 + profile * 1.0 - 0.55).astype(np.float32)
    height = np.where(profile > 0, height, -2.0)

    # Two plies twisted round each other, each a bundle of fibres.
    lean = np.arcsin(np.clip(offset, -1, 1)) / np.float32(np.pi)
    phase = rng.random(yarns).astype(np.float32)[yarn]
    turns = np.round(recipe["twist"] * yarns) / yarns
    twist = along * turns + lean * (1.0 if upright else -1.0) + phase
    ply = np.abs(np.sin(np.pi * twist)).astype(np.float32)
    fine = np.sin(2 * np.pi * (twist * 3 + 0.15 * swing)).astype(np.float32)
    strand = (ply - 0.6) * 1.2 + fine * 0.35
    resolved = np.float32(np.clip(1 / yarns / canvas.texel / 24, 0.15, 1))
    height = height + ((ply - 0.64) * 0.22 + fine * 0.05 * resolved) * smoothstep(0.15, 0.6, profile)

    tones = palette(recipe[label])
    tone = tones[rng.integers(0, len(tones), yarns)] * rng.normal(1, 0.035, (yarns, 1))
    albedo = tone.astype(np.float32)[yarn]
    flecks = canvas.noise(f"{label} flecks", 20, 300, 0.3, along=(1, 4) if upright else (4, 1))
    albedo = blend(
        albedo,
        palette(recipe["fleck"])[rng.integers(0, len(recipe["fleck"]), yarns)][yarn],
        smoothstep(1.35, 2.2, flecks) * 0.75,
    )
    albedo = blend(albedo, albedo * 0.72, smoothstep(0.5, 2.0, -flecks) * 0.6)
    return _Yarn(height, profile, strand, albedo)


def _is_over(yarn: Field, crossing: Field, ribs: int, upright: bool) -> Field:
    """+1 where the yarn lies on top at that crossing, −1 where it lies below: 2/2 twill, turned at every rib."""
    warp, weft = (yarn, crossing) if upright else (crossing, yarn)
    leg = warp % (2 * ribs)
    step = np.where(leg < ribs, leg, 2 * ribs - 1 - leg)
    warp_over = (step + weft) % 4 < 2
    return np.where(warp_over == upright, 1.0, -1.0).astype(np.float32)
