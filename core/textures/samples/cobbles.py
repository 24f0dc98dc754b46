"""Rounded river stones bedded in soil, with moss in the joints and on the shady shoulders."""

from __future__ import annotations

import numpy as np

from core.textures.samples.canvas import Canvas, Recipe, Surface, blend, colour, palette, smoothstep


def paint(canvas: Canvas, recipe: Recipe) -> Surface:
    columns, rows = recipe["columns"], recipe["rows"]
    unit = 1 / recipe["tile_mm"]
    cells = canvas.cells("stones", columns, rows, recipe["jitter"])
    warp_u, warp_v = canvas.noise("warp u", 4, 64, 1.0), canvas.noise("warp v", 4, 64, 1.0)
    u, v = canvas.u + warp_u * np.float32(2.6 * unit), canvas.v + warp_v * np.float32(2.6 * unit)
    stone, off_u, off_v, border = cells.measure(u, v)
    x, y, inward = off_u / unit, off_v / unit, border / unit
    count = columns * rows
    rng = canvas.rng("stone values")

    def each(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32)[stone]

    lumps = canvas.noise("lumps", 8, 96, 1.0)
    grain = canvas.noise("grain", 70, 512, 0.3)
    crust = canvas.noise("crust", 20, 300, 0.7)
    inward = inward - each(rng.uniform(1.0, 4.0, count)) + lumps * 0.9
    radius = each(rng.uniform(15, 25, count))
    t = np.clip(inward / radius, 0, 1)
    dome = np.sqrt(np.clip(1 - np.square(1 - t), 0, 1))
    tilt = each(rng.normal(0, 0.05, count)) * x + each(rng.normal(0, 0.05, count)) * y
    facet = np.minimum(
        0,
        each(rng.uniform(3, 11, count))
        - (each(rng.normal(0, 1, count)) * x + each(rng.normal(0, 1, count)) * y) * 0.35,
    )
    pits = smoothstep(1.3, 2.3, canvas.noise("pits", 40, 220, 0.3))
    stone_mm = dome * (19 + each(rng.normal(0, 2.6, count))) + tilt * dome + facet * 0.22 * dome
    stone_mm = (
        stone_mm
        + (lumps * 0.8 + crust * 0.28 + grain * 0.10 - pits * 0.6) * smoothstep(0, 0.5, t)
        - 4 * (1 - smoothstep(0, 0.12, t))
    )

    # Between them: soil with pebbles, and moss where it stays damp.
    soil_noise = canvas.noise("soil", 30, 512, 0.45)
    pebbles = canvas.cells("pebbles", columns * 9, rows * 9, 0.9)
    pebble, _, _, pebble_edge = pebbles.measure(
        canvas.u + warp_v * np.float32(unit), canvas.v + warp_u * np.float32(unit)
    )
    pebble_rng = canvas.rng("pebble values")
    lies_there = pebble_rng.random(pebbles.columns * pebbles.rows).astype(np.float32)[pebble] > 0.55
    pebble_mm = np.sqrt(np.clip(pebble_edge / unit / 3.0, 0, 1)) * 2.2 * lies_there
    soil_mm = 1.6 + soil_noise * 0.45 + lumps * 0.7 + pebble_mm

    bed = np.maximum(stone_mm, soil_mm)
    damp = canvas.noise("damp", 2, 14, 0.9)
    tufts = canvas.noise("tufts", 24, 200, 0.5)
    fuzz = canvas.noise("fuzz", 130, 512, 0.0)
    moss_level = 2.4 + damp * 4.2 + tufts * 1.5 + crust * 0.6
    moss_mm = np.minimum(moss_level, bed + 2.6 + tufts * 0.6) + fuzz * 0.45
    moss = smoothstep(-0.3, 0.7, moss_mm - bed)
    height_mm = np.maximum(bed, bed + (moss_mm - bed) * moss)
    on_stone = smoothstep(-0.3, 0.6, stone_mm - soil_mm)

    tones = palette(recipe["stone"])
    base = tones[rng.integers(0, len(tones), count)] * rng.normal(1, 0.09, (count, 1)) + rng.normal(0, 0.01, (count, 3))
    albedo = base.astype(np.float32)[stone] * (1 + lumps * 0.06 + crust * 0.05)[:, :, None]
    granite = each(rng.uniform(0, 1, count))
    mica = canvas.noise("mica", 150, 450, 0.0)
    albedo = blend(albedo, colour(recipe["speck_dark"]), smoothstep(0.9, 1.7, mica) * granite * 0.6)
    albedo = blend(albedo, colour(recipe["speck_light"]), smoothstep(1.0, 1.8, -mica) * granite * 0.5)
    band = canvas.noise("vein", 3, 30, 1.0)
    albedo = blend(
        albedo,
        np.clip(albedo * 1.3, 0, 1),
        (1 - smoothstep(0.02, 0.10, np.abs(band))) * (each(rng.random(count)) > 0.72) * 0.6,
    )
    lichen = smoothstep(1.35, 1.75, canvas.noise("lichen", 6, 120, 0.7)) * on_stone * smoothstep(0.3, 0.7, t)
    albedo = blend(albedo, colour(recipe["lichen"]) * (1 + crust * 0.06)[:, :, None], lichen * 0.6)
    shoulder = 1 - smoothstep(0.05, 0.75, t)
    albedo = blend(albedo, albedo * colour(recipe["grime"]), shoulder * 0.8)
    albedo = blend(albedo, albedo * 0.6, pits * 0.6)

    soil = blend(
        colour(recipe["soil"]) * (1 + soil_noise * 0.12)[:, :, None],
        colour(recipe["soil_dark"]),
        smoothstep(-0.5, 1.5, damp),
    )
    pebble_tone = tones[pebble_rng.integers(0, len(tones), pebbles.columns * pebbles.rows)].astype(np.float32)[pebble]
    soil = blend(soil, pebble_tone * 0.8, smoothstep(0.5, 1.4, pebble_mm) * 0.8)
    albedo = soil + (albedo - soil) * on_stone[:, :, None]
    green = blend(
        colour(recipe["moss_dark"]) + 0 * albedo,
        colour(recipe["moss_light"]),
        smoothstep(-1.2, 1.6, tufts * 0.7 + fuzz * 0.6),
    )
    green = blend(green, colour(recipe["moss_dry"]), smoothstep(0.4, 2.0, canvas.noise("dry", 3, 40, 0.8)) * 0.7)
    albedo = blend(albedo, green, moss)

    polish = smoothstep(0.55, 1.0, t) * each(rng.uniform(0.3, 1, count))
    roughness = 0.74 + crust * 0.03 + grain * 0.02 - polish * 0.20 + shoulder * 0.1 + pits * 0.08 + lichen * 0.12
    roughness = 0.94 + (roughness - 0.94) * on_stone
    roughness = roughness + (0.97 - roughness) * moss
    low, high = -4.0, 30.0
    return Surface(
        albedo,
        ((height_mm - low) / (high - low)).astype(np.float32),
        roughness,
        relief=(high - low) * unit * recipe["relief"],
    )
