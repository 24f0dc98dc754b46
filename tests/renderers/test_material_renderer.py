from dataclasses import replace

import moderngl
import numpy as np
import pytest
from rendered import constant, render_linear, tiles

from core.textures.material import NormalConvention
from core.textures.roles import Role
from renderers.camera import OrbitCamera
from renderers.choices import Opacity, Relief, ToneMapping
from renderers.environment import prepare_environment
from renderers.material_renderer import QUICK_SOFTWARE, MaterialRenderer, Quality, SampleBuffer, Scene, jitter
from renderers.material_textures import MaterialTextures, is_mask
from renderers.shapes import Part, Shape, build_shape, default_camera

SPHERE = Scene(tone_mapping=ToneMapping.NONE, camera=default_camera(Shape.SPHERE))


def test_the_two_normal_conventions_mirror_each_other(ctx: moderngl.Context) -> None:
    maps = tiles(64)
    flipped = {
        **maps,
        Role.NORMAL: maps[Role.NORMAL] * np.array([1, -1, 1], np.float32) + np.array([0, 1, 0], np.float32),
    }
    opengl = render_linear(ctx, maps, SPHERE)
    directx = render_linear(ctx, flipped, SPHERE, convention=NormalConvention.DIRECTX)
    wrong = render_linear(ctx, maps, SPHERE, convention=NormalConvention.DIRECTX)
    assert np.abs(opengl - directx).max() < 0.02  # 16-bit rounding, seen through a smooth metal
    assert np.abs(opengl - wrong).mean() > 0.01


def test_a_bump_is_lit_from_above(ctx: moderngl.Context) -> None:
    """Light from above brightens what faces up: for OpenGL normals that is where green is high."""
    light = np.zeros((64, 128, 3), np.float32)
    light[:20] = 3.0
    room = prepare_environment(ctx, light, normalise=False)
    scene = replace(SPHERE, environment=room)
    flat = constant((0.8, 0.8, 0.8), 1.0, 0.0)
    up = {**flat, Role.NORMAL: np.full((4, 4, 3), (0.5, 0.85, 0.85), np.float32)}
    down = {**flat, Role.NORMAL: np.full((4, 4, 3), (0.5, 0.15, 0.85), np.float32)}
    bright, plain, dark = (render_linear(ctx, maps, scene)[48, 48, 0] for maps in (up, flat, down))
    assert bright > 1.3 * plain > 1.3 * 1.3 * dark


@pytest.mark.parametrize("displacement", [0.0, 0.05])
def test_no_seam_where_u_wraps(ctx: moderngl.Context, displacement: float) -> None:
    """The picture lies twice around the sphere: from behind, the seam in the middle, it looks as from the front."""
    upright = replace(build_shape(Shape.SPHERE, 64), tilt=0.0)
    scene = replace(SPHERE, shape=upright, channel=Role.ALBEDO, displacement=displacement, camera=OrbitCamera())
    front = render_linear(ctx, tiles(64), scene)
    back = render_linear(ctx, tiles(64), replace(scene, camera=OrbitCamera(yaw=180.0)))
    assert front[40:56].std() > 0.05
    difference = np.abs(front - back).max(axis=2)
    assert difference[8:88, 36:60].max() < 0.02, "the seam is there"
    assert (difference > 0.02).mean() < 0.01, "elsewhere a pixel at an edge of the relief may move"


def test_tiling_repeats_and_half_offset_shifts(ctx: moderngl.Context) -> None:
    maps = {Role.ALBEDO: np.zeros((64, 64, 3), np.float32)}
    maps[Role.ALBEDO][:32, :32] = 1.0
    above = OrbitCamera(pitch=89.0, fit_radius=1.5)
    scene = Scene(shape=Shape.PLANE, channel=Role.ALBEDO, tone_mapping=ToneMapping.NONE, camera=above)

    def corners(scene: Scene) -> list[bool]:
        color = render_linear(ctx, maps, scene, size=128)[..., 0]
        inside = [(r, c) for r in (48, 80) for c in (48, 80)]
        return [bool(color[r, c] > 0.5) for r, c in inside]

    assert corners(scene) == [True, False, False, False]
    assert corners(replace(scene, half_offset=True)) == [False, False, False, True]
    twice = render_linear(ctx, maps, replace(scene, tiling=2), size=128)[..., 0]
    once = render_linear(ctx, maps, scene, size=128)[..., 0]
    edges = lambda row: int(np.abs(np.diff(row > 0.5)).sum())  # noqa: E731
    assert edges(twice[40]) > edges(once[40])


def test_maps_have_their_meaning(ctx: moderngl.Context) -> None:
    grey = constant((0.5, 0.5, 0.5), 0.9, 0.0)
    plain = render_linear(ctx, grey, SPHERE)[40:56, 40:56, :3].mean()

    def with_map(role: Role, *value: float) -> float:
        maps = {**grey, role: np.full((4, 4, len(value)), value, np.float32)}
        return float(render_linear(ctx, maps, SPHERE)[40:56, 40:56, :3].mean())

    assert with_map(Role.OCCLUSION, 0.3) < 0.75 * plain
    assert with_map(Role.EMISSIVE, 0.5, 0.5, 0.5) == pytest.approx(plain + 0.2140, abs=0.003)
    assert with_map(Role.SPECULAR, 0.0) < plain < with_map(Role.SPECULAR, 1.0)
    assert with_map(Role.NORMAL, 0.5, 0.5, 1.0) == pytest.approx(plain, rel=1e-3)


def test_exposure_counts_stops(ctx: moderngl.Context) -> None:
    grey = constant((0.1, 0.1, 0.1), 1.0, 0.0)
    one = render_linear(ctx, grey, SPHERE)[48, 48, 0]
    assert render_linear(ctx, grey, replace(SPHERE, exposure=1.0))[48, 48, 0] == pytest.approx(2.0 * one, rel=2e-3)


def test_opacity_covers_in_proportion(ctx: moderngl.Context) -> None:
    maps = {**constant((0.5, 0.5, 0.5), 0.9, 0.0), Role.OPACITY: np.full((4, 4, 1), 0.25, np.float32)}
    renderer, material = MaterialRenderer(ctx), MaterialTextures(ctx, maps)
    buffer = SampleBuffer(ctx, (48, 48))
    scene = replace(SPHERE, shape=Shape.PLANE, camera=OrbitCamera(pitch=85.0, zoom=2.0))
    for _ in range(32):
        renderer.add_sample(buffer, material, NormalConvention.OPENGL, scene, planned=32)
    alpha = np.frombuffer(buffer.sum.read(), np.float32).reshape(48, 48, 4)[..., 3] / 32
    for resource in (renderer, material, buffer):
        resource.release()
    assert alpha[16:32, 16:32].mean() == pytest.approx(0.25, abs=0.02)
    assert alpha[16:32, 16:32].std() < 0.05


def test_solo_shows_the_file_s_values(ctx: moderngl.Context) -> None:
    maps = {**constant((0.25, 0.5, 0.75), 0.4, 1.0), Role.DISPLACEMENT: np.full((4, 4, 1), 0.3, np.float32)}

    def encoded(role: Role) -> np.ndarray:
        linear = render_linear(ctx, maps, replace(SPHERE, channel=role))[48, 48, :3].astype(np.float64)
        return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)

    assert encoded(Role.ALBEDO) == pytest.approx([0.25, 0.5, 0.75], abs=0.004)
    assert encoded(Role.ROUGHNESS) == pytest.approx([0.4] * 3, abs=0.004)
    assert encoded(Role.METALLIC) == pytest.approx([1.0] * 3, abs=0.004)
    assert encoded(Role.DISPLACEMENT) == pytest.approx([0.3] * 3, abs=0.004)
    assert encoded(Role.NORMAL) == pytest.approx([0.5, 0.5, 1.0], abs=0.004)


def test_tone_curves_are_monotonic_and_keep_middle_grey(ctx: moderngl.Context) -> None:
    room = prepare_environment(ctx, np.ones((64, 128, 3), np.float32), normalise=False)
    for tone in (ToneMapping.NEUTRAL, ToneMapping.ACES, ToneMapping.FILMIC):
        values = [
            render_linear(
                ctx,
                {Role.EMISSIVE: np.ones((4, 4, 3), np.float32), Role.ALBEDO: np.zeros((4, 4, 3), np.float32)},
                replace(SPHERE, environment=room, tone_mapping=tone, exposure=float(stops)),
                size=32,
            )[16, 16, 0]
            for stops in (-6, -4, -2.5, -1, 0, 2, 5)
        ]
        assert values == sorted(values)
        assert values[-1] <= 1.0
        # 0.18 in: between 0.09 and 0.25 out, whichever curve is chosen.
        assert 0.09 < values[2] < 0.25


def test_neighbouring_rows_drawn_apart_make_the_same_picture(ctx: moderngl.Context) -> None:
    maps = tiles(64)
    whole = render_linear(ctx, maps, SPHERE)
    renderer, material = MaterialRenderer(ctx), MaterialTextures(ctx, maps)
    buffer = SampleBuffer(ctx, (96, 96))
    for rows in ((0, 17), (17, 60), (60, 96)):
        renderer.draw_rows(buffer, material, NormalConvention.OPENGL, SPHERE, rows)
    renderer.accumulate(buffer)
    banded = np.frombuffer(buffer.sum.read(), np.float32).reshape(96, 96, 4)[::-1]
    for resource in (renderer, material, buffer):
        resource.release()
    assert np.array_equal(whole, banded)


def test_the_jitter_covers_the_pixel_evenly() -> None:
    points = np.array([jitter(i) for i in range(64)])
    assert jitter(0) == (0.0, 0.0)
    assert np.abs(points).max() <= 0.5
    assert np.abs(points.mean(axis=0)).max() < 0.03


def test_two_materials_of_different_size(ctx: moderngl.Context) -> None:
    maps = {**tiles(64), Role.ROUGHNESS: np.full((16, 32, 1), 0.5, np.float32)}
    assert np.isfinite(render_linear(ctx, maps, SPHERE)).all()


def test_a_displaced_surface_has_no_holes(ctx: moderngl.Context) -> None:
    scene = replace(SPHERE, displacement=0.05)
    coverage = render_linear(ctx, tiles(64), scene, size=192)[..., 3]
    rows, columns = np.indices(coverage.shape) - 95.5
    assert coverage[np.hypot(rows, columns) < 60].min() == 1.0


def relief_scene(shape: Shape, relief: Relief, **changes: object) -> Scene:
    camera = OrbitCamera(yaw=-18.0, pitch=50.0, zoom=1.6)
    scene = Scene(shape=shape, camera=camera, channel=Role.ALBEDO, displacement=0.06, relief=relief)
    return replace(scene, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("tiling", [1, 2])
@pytest.mark.parametrize("shape", [Shape.PLANE, Shape.SPHERE, Shape.CYLINDER])
def test_parallax_shows_what_displacement_does(ctx: moderngl.Context, shape: Shape, tiling: int) -> None:
    """Where the outline isn't in the picture the two are the same relief, in the same place and of the same height."""
    quality = Quality(512, 1.0)
    flat, parallax, displaced = (
        render_linear(ctx, tiles(128), relief_scene(shape, relief, tiling=tiling), 128, quality=quality)[40:88, 40:88]
        for relief in (Relief.OFF, Relief.PARALLAX, Relief.DISPLACEMENT)
    )
    error = np.abs(parallax - displaced).mean()
    assert error < 0.3 * np.abs(flat - displaced).mean()


def test_parallax_keeps_the_aspect_of_the_picture(ctx: moderngl.Context) -> None:
    """A picture twice as wide as high lies on half as much of u: the relief crosses it at the same size."""
    wide = {role: np.concatenate([pixels, pixels], axis=1) for role, pixels in tiles(64, 2).items()}
    square = replace(relief_scene(Shape.PLANE, Relief.PARALLAX), tiling=1)
    one = render_linear(ctx, tiles(64, 2), square, size=96)
    # Twice the repeats along v: the same tiles, half as large, and of half the height for their repeat.
    other = render_linear(ctx, wide, replace(square, displacement=0.06), size=96)
    half = render_linear(ctx, tiles(64, 2), replace(square, tiling=2, displacement=0.12), size=96)
    assert np.abs(other - half).mean() < 0.01 < np.abs(other - one).mean()


def test_parallax_knows_both_conventions(ctx: moderngl.Context) -> None:
    """Green may point up or down, but the height map stays as it is."""
    maps = tiles(64)
    flipped = {
        **maps,
        Role.NORMAL: maps[Role.NORMAL] * np.array([1, -1, 1], np.float32) + np.array([0, 1, 0], np.float32),
    }
    scene = replace(relief_scene(Shape.PLANE, Relief.PARALLAX), channel=None)
    opengl = render_linear(ctx, maps, scene)
    directx = render_linear(ctx, flipped, scene, convention=NormalConvention.DIRECTX)
    assert np.abs(opengl - directx).mean() < 0.002


@pytest.mark.parametrize("relief", list(Relief))
def test_what_is_picked_is_what_is_seen(ctx: moderngl.Context, relief: Relief) -> None:
    """The colour at a pixel says where on the map it is; picking has to say the same."""
    v, u = np.meshgrid(*2 * [(np.arange(128, dtype=np.float32) + 0.5) / 128], indexing="ij")
    maps = {
        Role.ALBEDO: np.stack([u, v, np.ones_like(u)], axis=2),
        Role.DISPLACEMENT: (0.5 + 0.5 * np.sin(12.0 * u) * np.cos(9.0 * v))[..., None],
    }
    scene = replace(relief_scene(Shape.PLANE, relief), displacement=0.1, tone_mapping=ToneMapping.NONE)
    quality = Quality(128, 1.0)
    color = render_linear(ctx, maps, scene, quality=quality)[..., :3]
    encoded = np.where(color <= 0.0031308, 12.92 * color, 1.055 * color ** (1 / 2.4) - 0.055)
    renderer, material = MaterialRenderer(ctx), MaterialTextures(ctx, maps)
    try:
        for x, y in ((48, 48), (30, 60), (62, 40), (40, 34)):
            picked = renderer.uv_at(material, scene, (96, 96), x + 0.5, y + 0.5)
            assert picked == pytest.approx(tuple(encoded[y, x, :2]), abs=0.012)
    finally:
        renderer.release()
        material.release()


def test_a_mesh_that_cannot_be_displaced_gets_parallax(ctx: moderngl.Context) -> None:
    mesh = replace(build_shape(Shape.PLANE, 8), displaceable=False)
    camera = default_camera(Shape.PLANE)
    fallen, parallax, flat = (
        render_linear(
            ctx, tiles(64), Scene(shape=mesh, camera=camera, channel=Role.ALBEDO, displacement=0.08, relief=relief)
        )
        for relief in (Relief.DISPLACEMENT, Relief.PARALLAX, Relief.OFF)
    )
    assert np.array_equal(fallen, parallax) and np.abs(fallen - flat).mean() > 0.003


def test_a_mask_is_cut_and_a_veil_is_not(ctx: moderngl.Context) -> None:
    camera = OrbitCamera(pitch=85.0, zoom=2.0)
    scene = replace(SPHERE, shape=Shape.PLANE, camera=camera)
    veil = {**constant((0.5, 0.5, 0.5), 0.9, 0.0), Role.OPACITY: np.full((4, 4, 1), 0.4, np.float32)}
    hole = np.ones((64, 64, 1), np.float32)
    hole[16:48, 16:48] = 0.0
    mask = {**constant((0.5, 0.5, 0.5), 0.9, 0.0), Role.OPACITY: hole}
    renderer = MaterialRenderer(ctx)

    def alpha(maps: dict, opacity: Opacity) -> np.ndarray:
        material, buffer = MaterialTextures(ctx, maps), SampleBuffer(ctx, (48, 48))
        for _ in range(16):
            chosen = replace(scene, opacity=opacity)
            renderer.add_sample(buffer, material, NormalConvention.OPENGL, chosen, planned=16, quality=QUICK_SOFTWARE)
        found = np.frombuffer(buffer.sum.read(), np.float32).reshape(48, 48, 4)[16:32, 16:32, 3].mean() / 16
        material.release()
        buffer.release()
        return found

    try:
        assert alpha(veil, Opacity.AUTO) == pytest.approx(0.4, abs=0.04)
        assert alpha(veil, Opacity.BLEND) == pytest.approx(0.4, abs=0.04)
        assert alpha(veil, Opacity.MASK) == 0.0
        assert alpha(mask, Opacity.AUTO) == alpha(mask, Opacity.MASK) < 0.2
        thicker = {**veil, Role.OPACITY: np.full((4, 4, 1), 0.6, np.float32)}
        assert alpha(thicker, Opacity.MASK) == 1.0
    finally:
        renderer.release()


def test_what_counts_as_a_mask() -> None:
    noise = np.random.default_rng(1).random((64, 64, 1)).astype(np.float32)
    assert is_mask(None)
    assert is_mask((noise > 0.5).astype(np.float32))
    assert is_mask(np.where(noise > 0.5, 0.95, 0.04).astype(np.float32)), "compression leaves a little noise"
    assert is_mask(np.where(noise > 0.97, 0.5, 1.0).astype(np.float32)), "edges are soft"
    assert not is_mask(noise)
    assert not is_mask(np.full((8, 8, 1), 0.5, np.float32))


def test_parts_choose_what_takes_the_material(ctx: moderngl.Context) -> None:
    """A cube whose front is a part of its own: red takes the material, the rest is grey and can't be picked."""
    cube = build_shape(Shape.CUBE, 8)
    face = len(cube.indices) // 6
    mesh = replace(cube, parts=(Part("front", 0, face), Part("rest", face, 5 * face)))
    red = constant((0.9, 0.05, 0.05), 0.9, 0.0)
    camera = OrbitCamera(yaw=45.0)
    scene = Scene(shape=mesh, camera=camera, tone_mapping=ToneMapping.NONE)
    renderer, material = MaterialRenderer(ctx), MaterialTextures(ctx, red)
    try:
        for parts, front, side in (
            (None, True, True),
            (frozenset({"front"}), True, False),
            (frozenset({"rest"}), False, True),
            (frozenset(), False, False),
        ):
            chosen = replace(scene, parts=parts)
            color = render_linear(ctx, red, chosen)
            for x, expected in ((32, front), (64, side)):
                r, g, b = color[48, x, :3]
                assert (r > 3.0 * g) == expected and (expected or r == pytest.approx(b, rel=0.02))
                assert (renderer.uv_at(material, chosen, (96, 96), x, 48.0) is not None) == expected
    finally:
        renderer.release()
        material.release()
