"""Lamps beside a plain sum over all texels of the panorama, which knows of no lamps."""

from dataclasses import replace

import moderngl
import numpy as np
import pytest
from rendered import constant, render_linear

from renderers.camera import OrbitCamera
from renderers.choices import Background, ToneMapping
from renderers.environment import EnvironmentLight, PreparedEnvironment, brdf_table, prepare_environment, prepared
from renderers.lamps import MOST_LAMPS, find_lamps, solid_angles
from renderers.material_renderer import FINE, QUICK_SOFTWARE, Quality, Scene
from renderers.shader_source import set_uniforms, shader_source
from renderers.studios import STUDIOS, Radiance, directions

TOWARD = np.array([-0.45, 0.5, 0.74]) / np.linalg.norm([-0.45, 0.5, 0.74])
SPHERE = Scene(tone_mapping=ToneMapping.NONE, camera=OrbitCamera())
SIZE = 96


def room(
    power: float, radius_deg: float, height: int = 512, toward: np.ndarray = TOWARD, grey: float = 0.0
) -> Radiance:
    """A round lamp of this radiance in a grey room."""
    # The rim's texels by the share of them that is inside.
    fine = directions(4 * height, 2 * height) @ toward > np.cos(np.radians(radius_deg))
    share = fine.reshape(height, 2, 2 * height, 2).mean(axis=(1, 3))
    return np.repeat((grey + power * share)[..., None], 3, axis=2).astype(np.float32)


def light(radiance: Radiance) -> np.ndarray:
    """Integral over all directions, RGB."""
    return np.einsum("ijc,i->c", radiance.astype(np.float64), solid_angles(radiance.shape[0]))


@pytest.mark.parametrize("height", [128, 256, 512])
@pytest.mark.parametrize("toward", [TOWARD, np.array([0.0, 1.0, 0.0]), np.array([0.0, -0.2, 0.98])])
def test_a_lamp_is_found_whatever_the_resolution(height: int, toward: np.ndarray) -> None:
    """Also at the zenith and across the seam, and only once."""
    toward = toward / np.linalg.norm(toward)
    radiance = room(900.0, 1.5, height, toward, grey=0.5)
    lamps, remainder = find_lamps(radiance)
    assert len(lamps) == 1
    assert np.degrees(np.arccos(min(lamps.direction[0] @ toward, 1.0))) < 0.3
    assert np.degrees(lamps.radius[0]) == pytest.approx(1.5, abs=0.2 + 45.0 / height)
    assert lamps.power[0] + light(remainder) == pytest.approx(light(radiance), rel=1e-4)
    assert lamps.power[0] == pytest.approx(light(radiance - 0.5), rel=0.06)
    assert remainder.min() > 0.49 and remainder.max() < 25.0, "its place shows no hole"


def test_what_is_wide_or_weak_or_smooth_is_no_lamp() -> None:
    top = np.clip(directions(512, 256) @ TOWARD, 0.0, 1.0)[..., None]
    hill = (0.2 + 60.0 * top**300).repeat(3, axis=2).astype(np.float32)
    for radiance in (room(200.0, 14.0, 256, grey=0.1), room(200.0, 0.3, 256, grey=1.0), hill):
        lamps, remainder = find_lamps(radiance)
        assert len(lamps) == 0 and remainder is radiance
    assert len(find_lamps(np.zeros((16, 32, 3), np.float32))[0]) == 0


@pytest.mark.parametrize("name", list(STUDIOS))
def test_the_studios_have_none(ctx: moderngl.Context, name: str) -> None:
    studio = prepared(ctx, name)
    assert len(studio.lamps) == 0 and studio.remainder is studio.specular[0], "pictures are what they were"


def test_a_tube_becomes_several_and_a_lustre_not_too_many() -> None:
    along = np.radians(np.linspace(-4.0, 4.0, 9))
    tube = [room(500.0, 0.6, 512, np.array([np.sin(a), 0.3, np.cos(a)]) / np.hypot(1.0, 0.3)) for a in along]
    turns = np.radians(np.arange(0.0, 360.0, 18.0))
    lustre = [room(500.0 + t, 1.0, 256, np.array([0.8 * np.sin(t), 0.6, 0.8 * np.cos(t)])) for t in turns]
    for bulbs, least, most in ((tube, 3, 8), (lustre, MOST_LAMPS, MOST_LAMPS)):
        radiance = (np.sum(bulbs, axis=0) + 0.2).astype(np.float32)
        lamps, remainder = find_lamps(radiance)
        assert least <= len(lamps) <= most and lamps.power[0, 0] >= lamps.power[-1, 0]
        assert lamps.power.sum(axis=0) + light(remainder) == pytest.approx(light(radiance), rel=1e-4)


def blurred(ctx: moderngl.Context, environment: PreparedEnvironment, blur: float) -> np.ndarray:
    """What a background blurred so much shows in every direction, 256 × 512 × 3."""
    source = shader_source("environment_light") + (
        "\nin vec2 screen;\nout vec4 color;\nuniform float blur;\nvoid main() {\n"
        "    vec3 d = equirect_direction(screen);\n"
        "    color = vec4(environment_radiance(d, blur) + disc_share(blur) * lamps_blurred(d, blur), 1.0);\n}\n"
    )
    program = ctx.program(vertex_shader=shader_source("screen.vert"), fragment_shader=source)
    environment_light, target = (
        EnvironmentLight(ctx, environment),
        ctx.framebuffer([ctx.texture((512, 256), 4, dtype="f4")]),
    )
    triangle = ctx.vertex_array(program, [])
    try:
        target.use()
        ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        environment_light.use(program, 0, 0.0)
        set_uniforms(program, blur=blur)
        triangle.render(vertices=3)
        return np.frombuffer(target.read(components=4, dtype="f4"), np.float32).reshape(256, 512, 4)[::-1, :, :3]
    finally:
        for resource in (triangle, environment_light, target.color_attachments[0], target, program):
            resource.release()


def test_a_blurred_background_keeps_the_light(ctx: moderngl.Context) -> None:
    radiance = room(900.0, 1.5, grey=0.5)
    ready = prepare_environment(ctx, radiance, normalise=False)
    assert len(ready.lamps) == 1
    for blur in (0.0, 0.1, 0.25, 0.5, 0.9):
        assert light(blurred(ctx, ready, blur)) == pytest.approx(light(radiance), rel=0.03)
    assert ready.specular[0].max() > 890.0, "sharp, the lamp itself is seen"


def reflected(ctx: moderngl.Context, radiance: Radiance, roughness: float) -> np.ndarray:
    """A white metal sphere, SIZE × SIZE with NaN beside it: the sum over all texels that are lit."""
    projection = np.linalg.inv(SPHERE.camera.view_projection(1.0))
    place = (np.arange(SIZE) + 0.5) / SIZE * 2.0 - 1.0
    x, y = np.meshgrid(place, -place)
    far = np.stack([x, y, np.ones_like(x), np.ones_like(x)], axis=2) @ projection.T
    eye = np.asarray(SPHERE.camera.eye(1.0), float)
    ray = far[..., :3] / far[..., 3:] - eye
    ray /= np.linalg.norm(ray, axis=2, keepdims=True)
    half = ray @ eye
    with np.errstate(invalid="ignore"):
        n = eye + ray * (-half - np.sqrt(half**2 - eye @ eye + 1.0))[..., None]
    lit = radiance[..., 0] > 0.0
    energy = radiance[lit][:, 0] * np.repeat(solid_angles(512), 1024).reshape(512, 1024)[lit]
    l = directions(1024, 512)[lit]  # noqa: E741
    v, a2 = -ray, roughness**4
    n_l, n_v = np.maximum(n @ l.T, 0.0), (n * v).sum(axis=2)[..., None]
    h = v[:, :, None] + l
    n_h = (n[:, :, None] * h).sum(axis=3) / np.linalg.norm(h, axis=3)
    density = a2 / (np.pi * (n_h**2 * (a2 - 1.0) + 1.0) ** 2)
    visible = 0.5 / (n_l * np.sqrt(n_v**2 * (1.0 - a2) + a2) + n_v * np.sqrt(n_l**2 * (1.0 - a2) + a2) + 1e-9)
    once = (density * visible * n_l) @ energy
    # White: what leaves the surface after more than one bounce is all the rest.
    kept = brdf_table(ctx).astype(np.float64).sum(axis=2)[min(int(roughness * 64), 63)]
    n_v = n_v[..., 0]
    lost = 1.0 - np.interp(np.nan_to_num(n_v), (np.arange(64) + 0.5) / 64, kept)
    return once + lost * (n_l @ energy) / np.pi


@pytest.mark.parametrize("quality", [FINE, QUICK_SOFTWARE], ids=["summed", "prefiltered"])
@pytest.mark.parametrize("roughness", [0.1, 0.3, 0.6])
@pytest.mark.parametrize(("power", "radius"), [(1e5, 0.25), (2000.0, 1.5), (300.0, 4.0)], ids=["sun", "bulb", "box"])
def test_a_highlight_is_the_lobe_s(
    ctx: moderngl.Context, power: float, radius: float, roughness: float, quality: Quality
) -> None:
    radiance = room(power, radius)
    wanted = reflected(ctx, radiance, roughness)
    ready = prepare_environment(ctx, radiance, normalise=False)
    assert len(ready.lamps) == 1
    stops = float(np.floor(-np.log2(np.nanmax(wanted))))
    scene = replace(SPHERE, environment=ready, exposure=stops)
    found = render_linear(ctx, constant((1.0, 1.0, 1.0), roughness, 1.0), scene, SIZE, quality=quality)
    inside = (found[..., 3] == 1.0) & np.isfinite(wanted)
    error = found[..., 0][inside] * 2.0**-stops - wanted[inside]
    peak, total = wanted[inside].max(), wanted[inside].sum()
    print(f"{np.abs(error).max() / peak:.3f} of the peak, {error.sum() / total:+.3f} of the sum")
    assert np.abs(error).max() < 0.08 * peak, "neither dimmed nor a stray spot"
    assert abs(error.sum()) < 0.04 * total


def test_lamps_turn_with_their_environment(ctx: moderngl.Context) -> None:
    """Turned by an eighth is the panorama shifted by an eighth."""
    radiance = room(300.0, 1.5, 256, grey=0.1)
    maps = constant((0.8, 0.8, 0.8), 0.4, 1.0)
    ready, shifted = (prepare_environment(ctx, r, normalise=False) for r in (radiance, np.roll(radiance, -64, axis=1)))
    straight = replace(SPHERE, environment=ready, exposure=-1.0)
    plain = render_linear(ctx, maps, straight)
    turned = render_linear(ctx, maps, replace(straight, rotation=45.0))
    same = render_linear(ctx, maps, replace(straight, environment=shifted))
    assert np.abs(turned - same).max() < 0.01 < np.abs(turned - plain).max()
    seen = replace(straight, background=Background.ENVIRONMENT, camera=OrbitCamera(yaw=180.0, pitch=-20.0))
    turned = render_linear(ctx, maps, replace(seen, rotation=45.0))
    same = render_linear(ctx, maps, replace(seen, environment=shifted))
    assert np.abs(turned - same).max() < 0.01
