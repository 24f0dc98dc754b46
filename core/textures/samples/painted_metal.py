"""Riveted sheet steel under worn paint: scratches, chips down to primer and bare metal, rust that creeps and runs."""

from __future__ import annotations

import numpy as np

from core.textures.samples.canvas import Canvas, Field, Recipe, Surface, blend, colour, smoothstep


def paint(canvas: Canvas, recipe: Recipe) -> Surface:
    unit = 1 / recipe["tile_mm"]
    seam, rivet, sheet = _construction(canvas, recipe, unit)
    sheet_tone = canvas.rng("sheets").normal(0, 0.75, recipe["sheets"] ** 2).astype(np.float32)[sheet]

    # Where the paint is gone: big flakes along the seams, small chips all over, scratches.
    flakes = canvas.noise("flakes", 4, 256, 0.95)
    patches = canvas.noise("patches", 2, 12, 0.8)
    chips = canvas.noise("chips", 18, 300, 0.55)
    near_seam = np.exp(-np.abs(seam) / np.float32(26))
    near_rivet = np.exp(-np.maximum(rivet, 0) / np.float32(7)) * (rivet < 40)
    wear = flakes * 0.72 + patches * 0.5 + near_seam * 1.45 + near_rivet * 0.9 - 2.2
    edge = np.exp(-np.abs(np.abs(seam) - np.float32(4)) / np.float32(3.5))
    wear = np.maximum(wear, chips * 0.5 + flakes * 0.22 + patches * 0.22 + near_seam * 0.3 + edge * 0.95 - 1.6)
    scratch_deep, scratch_light = _scratches(canvas, recipe)
    wear = np.maximum(wear, scratch_deep * 0.6 - 0.25)
    primer_shown = smoothstep(-0.09, -0.05, wear)
    bare = smoothstep(0.05, 0.11, wear + chips * 0.03)

    # Rust sits in old bare spots and in seams, blisters the paint around them and runs down.
    rust_noise = canvas.noise("rust", 8, 400, 0.75)
    rust_old = canvas.noise("rust age", 2, 16, 0.8)
    rust = smoothstep(
        0.0, 0.9, rust_noise * 0.5 + rust_old * 0.75 + near_seam * 0.8 - 0.45 + np.clip(wear, 0, 1) * 0.25
    )
    rust = rust * bare
    in_seam = smoothstep(2.6, 1.2, np.abs(seam))
    rust = np.maximum(rust, in_seam * smoothstep(-0.6, 0.8, rust_old + rust_noise * 0.4))
    halo = canvas.blur(rust, 5 * unit)[0]
    drip = _run_down(canvas, np.clip(rust - 0.35, 0, 1), 75 * unit)
    lanes = smoothstep(-0.2, 1.5, canvas.noise("lanes", 12, 260, 0.6, along=(1, 14)))
    stain = np.clip(halo * 0.75 + drip * lanes * 7.0, 0, 1) * (1 - bare)

    peel = canvas.noise("orange peel", 90, 260, 0.1)
    dents = canvas.noise("dents", 2, 8, 1.0)
    dirt = canvas.noise("dirt", 3, 128, 0.85)
    brushed = canvas.noise("brushed", 60, 512, 0.2, along=(14, 1))
    blister = smoothstep(0.1, 0.5, halo) * (1 - bare)

    groove = smoothstep(2.8, 0.9, np.abs(seam))
    lip = smoothstep(9.0, 3.0, np.abs(seam))
    dome = np.sqrt(np.clip(1 - np.square(np.clip(rivet + recipe["rivet_mm"], 0, None) / recipe["rivet_mm"]), 0, 1))
    washer = smoothstep(1.6, 0.4, rivet) - smoothstep(0.2, -0.4, rivet)
    height_mm = dents * 0.22 - groove * 2.6 - lip * 0.45 + dome * 2.2 - np.clip(washer, 0, 1) * 0.35
    film = 0.20 * (1 - primer_shown) + 0.12 * (1 - bare)
    height_mm = height_mm + film + peel * 0.010 * (1 - bare) + blister * (0.10 + 0.05 * chips)
    height_mm = (
        height_mm - scratch_light * 0.05 * (1 - bare) + rust * (0.10 + 0.11 * rust_noise) + bare * brushed * 0.012
    )

    tone = canvas.noise("fade", 3, 40, 0.7, along=(1, 3)) * 0.45 + sheet_tone
    top_coat = (
        colour(recipe["paint"])
        + (colour(recipe["paint_faded"]) - colour(recipe["paint"]))
        * smoothstep(-1.6, 2.6, tone + dirt * 0.22)[:, :, None]
    )
    albedo = top_coat * (1 + peel * 0.008)[:, :, None]
    grime = smoothstep(0.3, 2.3, dirt + near_seam * 0.9 + near_rivet * 0.5)
    albedo = blend(albedo, albedo * colour(recipe["grime"]) * 1.6, grime * 0.42)
    albedo = blend(albedo, np.clip(albedo * 1.25 + 0.05, 0, 1), scratch_light * 0.55)
    primer = colour(recipe["primer"]) * (1 + chips * 0.05)[:, :, None]
    albedo = blend(albedo, primer, primer_shown)
    steel = colour(recipe["steel"]) * (1 + brushed * 0.04 + dirt * 0.03)[:, :, None]
    albedo = blend(albedo, steel, bare)
    rust_tone = smoothstep(-1.4, 1.6, rust_noise + 0.5 * chips)
    rusty = (
        colour(recipe["rust_dark"])
        + (colour(recipe["rust_light"]) - colour(recipe["rust_dark"])) * rust_tone[:, :, None]
    )
    albedo = blend(albedo, rusty, np.maximum(rust * 0.96, blister * 0.30))
    albedo = blend(albedo, colour(recipe["rust_stain"]) * (0.9 + 0.1 * rust_tone)[:, :, None], stain * 0.8)
    albedo = blend(albedo, albedo * 0.35, groove * 0.7)

    metallic = bare * (1 - smoothstep(0.15, 0.6, rust)) * (1 - groove * 0.6)
    roughness = 0.30 + dirt * 0.035 + grime * 0.22 + scratch_light * 0.14 + smoothstep(0.2, 1.8, tone) * 0.10
    roughness = roughness + (0.62 - roughness) * primer_shown
    roughness = roughness + (0.34 + brushed * 0.035 + dirt * 0.03 - roughness) * bare
    roughness = roughness + (0.88 + rust_noise * 0.03 - roughness) * np.maximum(rust, stain * 0.65)
    low, high = -4.0, 3.4
    return Surface(
        albedo,
        ((height_mm - low) / (high - low)).astype(np.float32),
        roughness,
        relief=(high - low) * unit * recipe["relief"],
        metallic=metallic,
    )


def _construction(canvas: Canvas, recipe: Recipe, unit: float) -> tuple[Field, Field, Field]:
    """Millimetres to the nearest seam, to the nearest rivet's rim (negative inside), and the sheet's number."""
    sheets = recipe["sheets"]
    u, v = canvas.u + 0 * canvas.v, canvas.v + 0 * canvas.u + np.float32(0.29 / sheets)
    row = np.floor(v * sheets)
    seam_v = (np.abs(v * sheets - np.round(v * sheets)) / sheets / unit).astype(np.float32)
    shifted = u * sheets + (row % 2) * 0.5 + 0.25
    seam_u = (np.abs(shifted - np.round(shifted)) / sheets / unit).astype(np.float32)
    seam = np.minimum(seam_u, seam_v)

    inset, pitch, rim = recipe["rivet_inset_mm"], recipe["rivets"], recipe["rivet_mm"]
    centre_u, centre_v = (np.floor(u * pitch) + 0.5) / pitch, (np.floor(v * pitch) + 0.5) / pitch
    along_u, along_v = np.abs(u - centre_u) / unit, np.abs(v - centre_v) / unit
    # No rivet where its seam meets another: there it would sit on that one's row.
    crossing = np.abs(centre_u * sheets + (row % 2) * 0.5 + 0.25 - np.round(centre_u * sheets + (row % 2) * 0.5 + 0.25))
    beside_u = np.hypot(along_u, seam_v - inset) + 1000 * (crossing / sheets / unit < inset * 1.9)
    crossing = np.abs(centre_v * sheets - np.round(centre_v * sheets))
    beside_v = np.hypot(along_v, seam_u - inset) + 1000 * (crossing / sheets / unit < inset * 1.9)
    sheet = (row % sheets) * sheets + np.floor(shifted) % sheets
    return seam, (np.minimum(beside_u, beside_v) - rim).astype(np.float32), sheet.astype(np.int32)


def _scratches(canvas: Canvas, recipe: Recipe) -> tuple[Field, Field]:
    """Strength 0…1 of scratches through the paint and of those in it. Each is a slightly bent tapering stroke."""
    deep, light = (np.zeros((canvas.height, canvas.width), dtype=np.float32) for _ in range(2))
    rng = canvas.rng("scratches")
    for index in range(recipe["scratches"]):
        is_deep = index % 9 == 0
        length = float(np.clip(rng.lognormal(-2.5, 0.7), 0.02, 0.45))
        angle = rng.normal(0.5, 0.55) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        start_u, start_v, bend = rng.random(), rng.random(), rng.normal(0, 0.006)
        width = rng.uniform(0.0004, 0.0009) * (1.6 if is_deep else 1.0)
        strength = rng.uniform(0.35, 1.0)
        _stroke(canvas, deep if is_deep else light, start_u, start_v, angle, length, bend, width, strength)
    return deep, light


def _stroke(
    canvas: Canvas,
    target: Field,
    u: float,
    v: float,
    angle: float,
    length: float,
    bend: float,
    width: float,
    strength: float,
) -> None:
    """Draw one stroke with wrap-around, by its signed distance in the few texels around it."""
    steps = max(8, int(1.5 * length * max(canvas.width, canvas.height)))
    t = np.linspace(0, 1, steps, dtype=np.float32)
    sideways = bend * (t - t * t) * 4 * length * 4
    line_u = u + np.cos(angle) * t * length - np.sin(angle) * sideways
    line_v = v + np.sin(angle) * t * length + np.cos(angle) * sideways
    taper = np.minimum(1, 6 * np.minimum(t, 1 - t) + 0.1) * strength
    thick = max(width / canvas.texel, 1.2)
    faint = min(1.0, width / canvas.texel / thick + 0.3)
    reach = int(np.ceil(thick / 2 + 0.5)) + 1
    x, y = line_u * canvas.width - 0.5, line_v * canvas.height - 0.5
    base_x, base_y = np.round(x).astype(int), np.round(y).astype(int)
    normal_x, normal_y = -np.sin(angle), np.cos(angle)
    for j in range(-reach, reach + 1):
        for i in range(-reach, reach + 1):
            across = np.abs((base_x + i - x) * normal_x + (base_y + j - y) * normal_y)
            cover = np.clip(thick / 2 + 0.5 - across, 0, 1) * taper
            cover = cover * faint
            np.maximum.at(target, ((base_y + j) % canvas.height, (base_x + i) % canvas.width), cover.astype(np.float32))


def _run_down(canvas: Canvas, source: Field, length: float) -> Field:
    """What a source smears downwards: convolution with a one-sided exponential of mean ``length`` tiles."""
    k = np.fft.rfftfreq(canvas.height, 1 / canvas.height)[:, None]
    response = 1 / (1 + 2j * np.pi * k * length)
    return np.fft.irfft(np.fft.rfft(source, axis=0) * response, n=canvas.height, axis=0).astype(np.float32)
