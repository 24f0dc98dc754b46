"""A running bond of fired bricks: worn arrises, chips, wire-cut faces, sandy mortar, stains and efflorescence."""

from __future__ import annotations

import numpy as np

from core.textures.samples.canvas import Canvas, Recipe, Surface, blend, colour, palette, smoothstep


def paint(canvas: Canvas, recipe: Recipe) -> Surface:
    rows, columns = recipe["rows"], recipe["columns"]
    unit = 1 / (recipe["tile_mm"])  # one millimetre in tiles
    pitch_u, pitch_v = 1 / columns, 1 / rows
    rng = canvas.rng("bricks")

    # Hand-laid: edges waver, every brick sits a little differently.
    waver = canvas.noise("waver", 6, 96, 0.8)
    u = canvas.u + canvas.noise("waver u", 5, 80, 0.9) * np.float32(0.9 * unit)
    v = canvas.v + 0.5 / rows + waver * np.float32(0.8 * unit)
    row = np.floor(v * rows).astype(np.int32)  # half a row up: the picture ends within bricks, not in a joint
    shift = (
        np.where(row % 2 == 0, 0.0, 0.5).astype(np.float32)
        + 0.03 * rng.standard_normal(rows).astype(np.float32)[row % rows]
    )
    column = np.floor(u * columns + shift).astype(np.int32)
    brick = (row % rows) * columns + column % columns
    count = rows * columns

    def each(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32)[brick]

    x = (u * columns + shift - column - 0.5) * pitch_u / unit  # millimetres from the middle of the brick
    y = (v * rows - row - 0.5) * pitch_v / unit
    x = x - each(rng.normal(0, 1.4, count))
    y = y - each(rng.normal(0, 0.7, count))
    angle = each(rng.normal(0, 0.008, count))
    x, y = x + angle * y, y - angle * x

    half_u = pitch_u / unit / 2 - recipe["mortar_mm"] / 2 - each(np.abs(rng.normal(0, 1.0, count)))
    half_v = pitch_v / unit / 2 - recipe["mortar_mm"] / 2 - each(np.abs(rng.normal(0, 0.6, count)))
    radius = 4 + each(rng.uniform(0, 4, count))
    qx, qy = np.abs(x) - half_u + radius, np.abs(y) - half_v + radius
    outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0) - radius
    inward = -outside  # millimetres from the edge, positive on the brick

    # Chips break out where a coarse noise allows it, mostly at the arrises.
    fracture = canvas.noise("fracture", 14, 200, 0.75)
    bite = canvas.noise("bite", 5, 24, 0.6) + each(rng.normal(0, 0.7, count))
    chip_depth = np.clip(bite - 1.35, 0, 1.6) * 6 + np.clip(fracture - 0.6, 0, 2) * 1.2
    chipped = smoothstep(-0.8, 1.2, chip_depth * 1.6 - np.maximum(inward, 0))
    inward_worn = inward - fracture * 0.4 - np.clip(bite, -1, 1) * 0.35
    body = smoothstep(-0.6, 5.0, inward_worn - chipped * 2.5)

    grain = canvas.noise("grain", 60, 512, 0.35)
    coarse = canvas.noise("coarse", 16, 160, 0.7)
    drag = canvas.noise("drag", 40, 400, 0.5, along=(9, 1))
    pits = smoothstep(1.45, 2.4, canvas.noise("pits", 60, 260, 0.2))
    tilt = each(rng.normal(0, 0.012, count)) * x + each(rng.normal(0, 0.03, count)) * y
    face = each(rng.normal(0, 1.0, count)) + tilt + coarse * 0.35 + drag * 0.22 + grain * 0.16 - pits * 1.3
    face = face - chipped * (1.5 + np.clip(chip_depth, 0, 5) * 0.55 + fracture * 0.8)

    sand = canvas.noise("sand", 90, 512, 0.1)
    lumps = canvas.noise("lumps", 12, 120, 0.7)
    mortar_height = -7.0 + lumps * 0.7 + sand * 0.45 + smoothstep(-4.0, 0.5, inward) * 1.6
    top = body * (11.0 + face) + (1 - body) * -8.5
    height_mm = np.maximum(top, mortar_height)
    on_brick = smoothstep(-0.4, 0.8, top - mortar_height)

    # Colour: every brick its own firing, darker towards reduced (blue) ends, lighter on fresh breaks.
    tones = palette(recipe["brick"])
    pick = rng.choice(len(tones), count, p=np.asarray(recipe["brick_share"]) / np.sum(recipe["brick_share"]))
    base = tones[pick] * rng.normal(1, 0.055, (count, 1)).astype(np.float32)
    base = base + rng.normal(0, 0.012, (count, 3)).astype(np.float32)
    albedo = base.astype(np.float32)[brick]
    fired = canvas.noise("fired", 3, 40, 1.0)
    albedo = blend(albedo, albedo * colour(recipe["overfired"]) * 1.3, smoothstep(0.3, 1.9, fired) * 0.75)
    albedo = albedo * (1 + coarse * 0.055 + drag * 0.03 + grain * 0.05)[:, :, None]
    specks = canvas.noise("specks", 120, 420, 0.0)
    albedo = blend(albedo, colour(recipe["iron_speck"]), smoothstep(2.0, 2.6, specks) * 0.7)
    albedo = blend(albedo, colour(recipe["lime_speck"]), smoothstep(2.1, 2.7, -specks) * 0.55)
    albedo = blend(albedo, np.clip(albedo * 1.22 + 0.03, 0, 1), chipped * 0.55)
    albedo = blend(albedo, albedo * 0.45, pits * 0.6)

    mortar = colour(recipe["mortar"]) * (1 + lumps * 0.05 + sand * 0.075)[:, :, None]
    mortar = blend(mortar, colour(recipe["mortar_dark"]), smoothstep(0.2, 1.8, canvas.noise("damp", 2, 20, 1.0)) * 0.6)
    smear_noise = canvas.noise("smear", 8, 140, 0.75)
    smear = smoothstep(1.35, 2.3, smear_noise + (1 - smoothstep(0, 12, inward)) * 0.9) * on_brick
    albedo = blend(albedo, mortar, smear * 0.6)
    albedo = mortar + (albedo - mortar) * on_brick[:, :, None]

    soot = smoothstep(0.1, 2.2, canvas.noise("soot", 2, 24, 1.1, along=(1, 2.2)))
    albedo = albedo * (1 - 0.34 * soot[:, :, None])
    bloom = smoothstep(1.0, 2.4, canvas.noise("bloom", 3, 48, 0.9) + coarse * 0.3) * on_brick
    albedo = blend(albedo, colour(recipe["efflorescence"]), bloom * 0.38)
    crevice = smoothstep(0.0, 5.0, canvas.blur(height_mm, 2.5 * unit)[0] - height_mm)
    albedo = albedo * (1 - 0.2 * crevice[:, :, None])

    roughness = 0.78 + coarse * 0.025 + grain * 0.03 - smoothstep(0.3, 1.9, fired) * 0.14 + chipped * 0.06 + pits * 0.06
    roughness = roughness - 0.05 * each(rng.random(count))
    roughness = roughness * on_brick + (1 - on_brick) * (0.93 + sand * 0.02)
    roughness = roughness + smear * 0.06 + soot * 0.04

    low, high = -12.0, 16.0
    height = ((height_mm - low) / (high - low)).astype(np.float32)
    return Surface(albedo, height, roughness, relief=(high - low) * unit * recipe["relief"])
