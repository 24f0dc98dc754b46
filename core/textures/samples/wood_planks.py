"""Oak floorboards: growth rings bent round knots, fibres and pores, worn edges, gaps, nails with iron stains."""

from __future__ import annotations

import numpy as np

from core.textures.samples.canvas import Canvas, Field, Recipe, Surface, blend, colour, palette, smoothstep


def paint(canvas: Canvas, recipe: Recipe) -> Surface:
    rows = recipe["planks"]
    unit = 1 / recipe["tile_mm"]
    rng = canvas.rng("planks")
    edge_noise = canvas.noise("edge", 8, 160, 0.9)

    v = canvas.v + np.float32(0.37 / rows) + 0 * canvas.u  # the picture ends within a plank
    row = np.floor(v * rows).astype(np.int32) % rows
    joint = (np.arange(rows) * 0.382 + rng.uniform(-0.08, 0.08, rows)).astype(np.float32) % 1
    along = (canvas.u - joint[row]) % 1  # tiles from the plank's left end
    across = (v * rows - np.floor(v * rows) - 0.5) / rows / unit  # millimetres from its middle line

    def each(values: np.ndarray) -> Field:
        return values.astype(np.float32)[row]

    # Fields inside a plank are looked up at its own place, so that neighbours have nothing to do with each other.
    own_u, own_v = each(rng.random(rows)), each(rng.random(rows))
    place_u, place_v = along + own_u, v + own_v
    length_mm = along / unit

    knots = _knots(rng, recipe, rows)
    lift, knot_core, knot_rim = _knot_fields(knots, row, length_mm, across)
    wobble = canvas.at(canvas.noise("wobble", 2, 14, 1.2, along=(2.2, 1)), place_u, place_v)
    drift = canvas.at(canvas.noise("drift", 6, 90, 1.0, along=(9, 1)), place_u, place_v)

    # Flat-sawn: the saw cuts the cone of the rings, so their edges are parabolas (cathedrals) round the heart line.
    heart = each(rng.normal(0, 26, rows)) + wobble * 5
    depth = each(rng.uniform(9, 38, rows)) + (along - 0.5) * each(rng.choice([-1, 1], rows) * rng.uniform(18, 60, rows))
    radius = np.hypot(across - heart, depth) + drift * 0.9 + lift
    spacing = each(rng.uniform(4.5, 7.5, rows))
    ring = radius / spacing
    phase = ring - np.floor(ring)
    sharp = np.float32(np.clip(2.5 * canvas.texel / (5.0 * unit), 0.06, 0.45))  # a ring ends within two texels
    late = smoothstep(0.25, 0.92, phase) * (1 - smoothstep(1 - sharp, 1.0, phase))
    each_ring = rng.random(4096).astype(np.float32)
    late = late * (0.45 + 0.65 * each_ring[(np.floor(ring).astype(np.int32) + row * 61) % 4096])

    fibre = canvas.at(canvas.noise("fibre", 90, 512, 0.25, along=(26, 1)), place_u, place_v)
    streak = canvas.at(canvas.noise("streak", 14, 120, 0.7, along=(20, 1)), place_u, place_v)
    pore_noise = canvas.at(canvas.noise("pores", 220, 512, 0.0, along=(16, 1)), place_u, place_v)
    pores = smoothstep(1.3, 2.4, pore_noise + (1 - late) * 0.6) * (1 - knot_core)
    blotch = canvas.noise("blotch", 2, 24, 1.0, along=(2, 1))

    # The plank as a body: eased edges, cupping, end joints, splits at the ends.
    half = 0.5 / rows / unit
    worn = edge_noise * 0.22
    side = half - np.abs(across) - recipe["gap_mm"] / 2 - worn
    end = np.minimum(along, 1 - along) / unit - recipe["gap_mm"] / 2 - worn
    edge = np.minimum(side, end)
    body = smoothstep(-0.25, 0.5, edge)
    easing = np.clip(1 - edge / 3.2, 0, 1)
    splits = _splits(rng, rows, row, length_mm, across, 1 / unit, drift)
    nails, nail_rim = _nails(recipe, length_mm, across, half, 1 / unit)

    height_mm = each(rng.normal(0, 0.28, rows)) + across * each(rng.normal(0, 0.006, rows))
    height_mm = height_mm - np.square(across / half) * each(rng.uniform(-0.25, 0.35, rows)) - easing * easing * 1.5
    height_mm = height_mm + late * 0.16 + fibre * 0.035 + streak * 0.05 - pores * 0.10 + wobble * 0.05
    height_mm = height_mm + knot_core * 0.15 - knot_rim * 0.3 - splits * 1.6
    height_mm = height_mm * (1 - nails) + nails * (-0.35 + 0.1 * edge_noise) - nail_rim * 0.45
    height_mm = height_mm * body - (1 - body) * 5.5

    tones = palette(recipe["wood"])
    tone = tones[rng.permutation(rows) % len(tones)] * rng.normal(1, 0.04, (rows, 1)) + rng.normal(0, 0.006, (rows, 3))
    light = tone.astype(np.float32)[row]
    albedo = blend(light, light * colour(recipe["latewood"]), late)
    albedo = albedo * (1 + streak * 0.055 + fibre * 0.04 + blotch * 0.05)[:, :, None]
    heartwood = smoothstep(46, 8, np.abs(across - heart)) * each(rng.uniform(0, 0.5, rows))
    albedo = blend(albedo, albedo * colour(recipe["heartwood"]), heartwood)
    albedo = blend(albedo, albedo * 0.55, pores * 0.6)
    albedo = blend(albedo, colour(recipe["knot"]) * (1 + fibre * 0.05 - late * 0.3)[:, :, None], knot_core * 0.85)
    albedo = blend(albedo, colour(recipe["knot_rim"]), knot_rim * 0.75)
    albedo = blend(albedo, albedo * 0.3, splits * 0.9)
    iron = np.exp(-np.maximum(_nail_distance(recipe, length_mm, across, half, 1 / unit), 0) / np.float32(5.5))
    iron = iron * smoothstep(-1.6, 1.0, streak + fibre * 0.4)
    albedo = blend(albedo, colour(recipe["iron_stain"]), iron * 0.6 * (1 - nails))
    albedo = blend(albedo, colour(recipe["nail"]) * (1 + edge_noise * 0.12)[:, :, None], nails)
    albedo = blend(albedo, albedo * 0.3, nail_rim * 0.7)
    rubbed = smoothstep(2.6, 0.6, edge) * smoothstep(0.0, 1.4, edge_noise)
    albedo = blend(albedo, np.clip(albedo * 1.18 + 0.02, 0, 1), rubbed * 0.5)
    grime = smoothstep(6, 0, edge) * (0.4 + 0.2 * edge_noise)
    albedo = blend(albedo, albedo * colour(recipe["grime"]), grime * 0.8)
    albedo = blend(albedo, colour(recipe["gap"]), 1 - body)

    roughness = (
        0.50 + (1 - late) * 0.07 + pores * 0.16 + fibre * 0.02 + blotch * 0.035 + easing * 0.08 - knot_core * 0.08
    )
    roughness = roughness + splits * 0.3 + each(rng.normal(0, 0.025, rows))
    roughness = roughness + (0.62 + edge_noise * 0.06 - roughness) * nails
    roughness = roughness + (0.95 - roughness) * (1 - body)
    low, high = -6.0, 1.8
    return Surface(
        albedo,
        ((height_mm - low) / (high - low)).astype(np.float32),
        roughness,
        relief=(high - low) * unit * recipe["relief"],
    )


def _knots(rng: np.random.Generator, recipe: Recipe, rows: int) -> list[tuple[int, float, float, float, float]]:
    """(row, place along, place across, radius, stretch), millimetres."""
    knots = []
    half = 0.5 / rows * recipe["tile_mm"]
    for row in range(rows):
        for _ in range(rng.choice([0, 1, 1, 2])):
            size = float(np.clip(rng.lognormal(2.05, 0.45), 3, 15))
            place = rng.uniform(0.12, 0.88) * recipe["tile_mm"], rng.uniform(-0.55, 0.55) * half
            knots.append((row, *place, size, rng.uniform(1.1, 1.6)))
    return knots


def _knot_fields(
    knots: list[tuple[int, float, float, float, float]], row: np.ndarray, along: Field, across: Field
) -> tuple[Field, Field, Field]:
    """How far knots push the rings apart (mm), the knots themselves and their bark rim (0…1)."""
    lift, core, rim = (np.zeros_like(along) for _ in range(3))
    for at_row, x, y, size, stretch in knots:
        part = np.flatnonzero(row[:, 0] == at_row)
        dx, dy = (along[part] - x) / np.float32(stretch), across[part] - y
        distance = np.hypot(dx, dy)
        lift[part] += 5.2 * size * np.exp(-np.square(dx / (size * 3.4)) - np.square(dy / (size * 2.0)))
        core[part] = np.maximum(core[part], smoothstep(size, size * 0.8, distance))
        rim[part] = np.maximum(rim[part], np.exp(-np.square((distance - size) / (0.12 * size + 0.35))))
    return lift, core, rim


def _splits(
    rng: np.random.Generator, rows: int, row: np.ndarray, along: Field, across: Field, tile_mm: float, drift: Field
) -> Field:
    """Drying cracks that run in from the ends of the planks."""
    splits = np.zeros_like(along)
    for at_row in range(rows):
        part = np.flatnonzero(row[:, 0] == at_row)
        for end in (0, 1):
            for _ in range(rng.integers(0, 3)):
                length, place = rng.uniform(18, 75), rng.uniform(-0.7, 0.7) * 0.5 / rows * tile_mm
                distance = along[part] if end == 0 else tile_mm - along[part]
                width = 0.7 * np.clip(1 - distance / length, 0, 1)
                path = across[part] - place - drift[part] * 1.5 - distance * rng.normal(0, 0.02)
                splits[part] = np.maximum(
                    splits[part], smoothstep(width + 0.5, width * 0.3, np.abs(path)) * (width > 0)
                )
    return splits


def _nail_distance(recipe: Recipe, along: Field, across: Field, half: float, tile_mm: float) -> Field:
    """Millimetres to the rim of the nearest nail head: two at each end of a plank."""
    from_end = np.minimum(along, tile_mm - along) - np.float32(recipe["nail_inset_mm"])
    from_side = np.abs(across) - np.float32(half * 0.56)
    return (np.hypot(from_end, from_side) - recipe["nail_mm"]).astype(np.float32)


def _nails(recipe: Recipe, along: Field, across: Field, half: float, tile_mm: float) -> tuple[Field, Field]:
    distance = _nail_distance(recipe, along, across, half, tile_mm)
    return smoothstep(0.25, -0.25, distance), np.exp(-np.square((distance - 0.3) / 0.55)).astype(np.float32)
