"""A lit sphere beside the path tracer Mitsuba 3 (Jakob et al., 2022), which shares nothing with the renderer.

The model is a GGX lobe that loses no energy, over a Lambert body for a dielectric. Mitsuba has its two parts, not
their sum: its rough lobes scatter once and get darker as they get rougher, its plastic too. So the reference is put
together from pictures that Mitsuba renders of the same sphere: the lobe in the environment, a white Lambert sphere in
it, and both lobes in a white room, which say how much energy is left (Fdez-Aguera, 2019) for the body.
"""

from functools import cache
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import pytest
from rendered import constant

from core.textures.material import NormalConvention
from renderers.camera import OrbitCamera
from renderers.choices import ToneMapping
from renderers.environment import irradiance_over_pi, prepare_environment, read_environment
from renderers.material_renderer import FINE, MaterialRenderer, SampleBuffer, Scene
from renderers.material_textures import MaterialTextures
from renderers.studios import STUDIOS, Radiance

HDRIS = Path(__file__).parents[3] / "shared" / "data" / "hdri"
CAMERA = OrbitCamera(yaw=30.0, pitch=12.0)
SIZE = 64
SAMPLES = 16
COLOURS = {"dielectric": (0.45, 0.2, 0.1), "metal": (0.9, 0.6, 0.3)}
"""Linear albedo, which is the metal's F0."""

pytestmark = pytest.mark.slow


def radiance(name: str) -> Radiance:
    """A studio by its name or one of the shared panoramas by its file's, as bright as the viewport makes it."""
    if name not in STUDIOS and not (HDRIS / name).is_file():
        pytest.skip("the shared panoramas are not here")
    light = STUDIOS[name][1]() if name in STUDIOS else read_environment(HDRIS / name)
    irradiance = irradiance_over_pi(light, 32).mean(axis=2)
    weight = np.sin((np.arange(32) + 0.5) / 32 * np.pi)[:, None]
    return light * np.float32(0.75 * weight.sum() * 64 / (irradiance * weight).sum())


@cache
def traced(light: str, kind: str, roughness: float = 0.0) -> np.ndarray:
    """Mitsuba's picture, linear H × W × 4 with coverage. ``light`` "white" is a room of radiance 1."""
    mitsuba: Any = pytest.importorskip("mitsuba", reason="Mitsuba isn't installed")
    mitsuba.set_variant("scalar_rgb")

    def grey(*value: float) -> dict[str, Any]:
        return {"type": "rgb", "value": list(value)}

    surfaces = {
        "lambert": {"type": "diffuse", "reflectance": grey(1.0, 1.0, 1.0)},
        "white metal": {
            "type": "principled",
            "base_color": grey(1.0, 1.0, 1.0),
            "metallic": 1.0,
            "roughness": roughness,
        },
        "metal": {"type": "principled", "base_color": grey(*COLOURS["metal"]), "metallic": 1.0, "roughness": roughness},
        "dielectric": {
            "type": "roughplastic",
            "distribution": "ggx",
            "alpha": roughness**2,
            "int_ior": 1.5,
            "diffuse_reflectance": grey(0.0, 0.0, 0.0),
        },
    }
    room = np.ones((16, 32, 3), np.float32) if light == "white" else radiance(light)
    # Mitsuba's first column looks along -z, which is the middle one here.
    picture = mitsuba.Bitmap(np.ascontiguousarray(np.roll(room, room.shape[1] // 2, axis=1)))
    eye = [float(x) for x in CAMERA.eye(1.0)]
    to_world = mitsuba.ScalarTransform4f().look_at(origin=eye, target=list(CAMERA.target), up=[0, 1, 0])
    film = {"type": "hdrfilm", "width": SIZE, "height": SIZE, "rfilter": {"type": "box"}, "pixel_format": "rgba"}
    scene = mitsuba.load_dict(
        {
            "type": "scene",
            "integrator": {"type": "direct", "hide_emitters": True},
            "sensor": {
                "type": "perspective",
                "fov": CAMERA.fov,
                "fov_axis": "y",
                "to_world": to_world,
                "film": film,
                "sampler": {"type": "stratified", "sample_count": 400},
            },
            "sphere": {"type": "sphere", "bsdf": surfaces[kind]},
            "light": {"type": "envmap", "bitmap": picture},
        }
    )
    return np.array(mitsuba.render(scene))


def reference(light: str, kind: str, roughness: float) -> tuple[np.ndarray, np.ndarray]:
    """Linear colour H × W × 3 and coverage H × W."""
    colour = np.array(COLOURS[kind])
    f0 = colour if kind == "metal" else np.full(3, 0.04)
    mean_fresnel = f0 + (1.0 - f0) / 21.0
    kept = traced("white", "white metal", roughness)[..., :1]
    single = traced("white", kind, roughness)[..., :3]
    multiple = single * mean_fresnel / (1.0 - mean_fresnel * (1.0 - kept)) * (1.0 - kept)
    body = colour * (1.0 - single - multiple) if kind == "dielectric" else 0.0
    lobe = traced(light, kind, roughness)
    return lobe[..., :3] + (multiple + body) * traced(light, "lambert")[..., :3], lobe[..., 3]


def encoded(linear: np.ndarray) -> np.ndarray:
    c = np.clip(linear, 0.0, 1.0)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1.0 / 2.4) - 0.055)


def drawn(ctx: moderngl.Context, light: str, kind: str, roughness: float) -> np.ndarray:
    room = prepare_environment(ctx, radiance(light), normalise=False)
    red, green, blue = (float(x) for x in encoded(np.array(COLOURS[kind])))
    material = MaterialTextures(ctx, constant((red, green, blue), roughness, float(kind == "metal")))
    renderer, buffer = MaterialRenderer(ctx), SampleBuffer(ctx, (SIZE, SIZE))
    scene = Scene(environment=room, tone_mapping=ToneMapping.NONE, camera=CAMERA)
    try:
        for _ in range(SAMPLES):
            renderer.add_sample(buffer, material, NormalConvention.OPENGL, scene, planned=SAMPLES, quality=FINE)
        return np.frombuffer(buffer.sum.read(), np.float32).reshape(SIZE, SIZE, 4)[::-1] / SAMPLES
    finally:
        for resource in (renderer, material, buffer):
            resource.release()


@pytest.mark.parametrize("roughness", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("kind", list(COLOURS))
@pytest.mark.parametrize("light", [*STUDIOS, "studio.hdr", "forest.hdr", "sunset.hdr"])
def test_a_sphere_looks_as_a_path_tracer_shows_it(
    ctx: moderngl.Context, light: str, kind: str, roughness: float, record_property: Any
) -> None:
    wanted, coverage = reference(light, kind, roughness)
    found = drawn(ctx, light, kind, roughness)
    inside = (found[..., 3] > 0.999) & (coverage > 0.999)
    assert inside.sum() > 2000
    error = (encoded(found[..., :3]) - encoded(wanted))[inside]
    psnr = -10.0 * np.log10((error**2).mean())
    record_property("psnr", round(float(psnr), 1))
    print(f"{light} {kind} {roughness}: {psnr:.1f} dB, mean {error.mean():+.4f}")
    assert psnr > 35.0, "dB, sRGB-encoded"
