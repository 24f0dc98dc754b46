from pathlib import Path

import moderngl
import numpy as np
import pytest
from rendered import constant, render_linear

from core.errors import InputError
from core.textures.images import write_image
from renderers.choices import Background, ToneMapping
from renderers.environment import PreparedEnvironment, brdf_table, irradiance_over_pi, prepare_environment, prepared
from renderers.material_renderer import FINE, QUICK_SOFTWARE, Quality, Scene
from renderers.shapes import Shape, default_camera
from renderers.studios import STUDIOS, directions


@pytest.fixture(scope="module")
def white_room(_shared_context: moderngl.Context) -> PreparedEnvironment:
    """Radiance 0.5 from everywhere."""
    with _shared_context:
        return prepare_environment(_shared_context, np.full((64, 128, 3), 0.5, np.float32), normalise=False)


@pytest.mark.parametrize("quality", [FINE, QUICK_SOFTWARE], ids=["summed", "prefiltered"])
@pytest.mark.parametrize("metallic", [0.0, 1.0])
@pytest.mark.parametrize("roughness", [0.0, 0.3, 0.6, 1.0])
def test_white_furnace(
    ctx: moderngl.Context, roughness: float, metallic: float, quality: Quality, white_room: PreparedEnvironment
) -> None:
    """In a uniformly lit room a white object can't be seen: it reflects all light, whatever its roughness."""
    scene = Scene(environment=white_room, tone_mapping=ToneMapping.NONE, camera=default_camera(Shape.SPHERE))
    color = render_linear(ctx, constant((1.0, 1.0, 1.0), roughness, metallic), scene, size=64, quality=quality)
    inside = color[..., 3] == 1.0
    assert inside.sum() > 2000
    assert np.abs(color[inside][:, :3] / 0.5 - 1.0).max() < 0.01


def test_a_black_dielectric_reflects_little_in_front_and_much_at_the_rim(ctx: moderngl.Context) -> None:
    room = prepare_environment(ctx, np.ones((64, 128, 3), np.float32), normalise=False)
    scene = Scene(environment=room, tone_mapping=ToneMapping.NONE, camera=default_camera(Shape.SPHERE))
    color = render_linear(ctx, constant((0.0, 0.0, 0.0), 0.1, 0.0), scene)[..., 0]
    assert color[48, 48] == pytest.approx(0.04, abs=0.005)
    assert color[48].max() > 0.3


def test_light_comes_from_where_it_is(ctx: moderngl.Context) -> None:
    """A lamp at the upper left in front is seen in the upper left of a mirror, and lights that side of a wall ball."""
    direction = directions(256, 128)
    lamp = np.array([-0.5, 0.6, 0.62])
    light = np.where(direction @ (lamp / np.linalg.norm(lamp)) > 0.97, 40.0, 0.02)
    room = prepare_environment(ctx, np.repeat(light[..., None], 3, axis=2).astype(np.float32), normalise=False)
    scene = Scene(environment=room, tone_mapping=ToneMapping.NONE, camera=default_camera(Shape.SPHERE))
    for maps in (constant((1.0, 1.0, 1.0), 0.05, 1.0), constant((0.8, 0.8, 0.8), 1.0, 0.0)):
        color = render_linear(ctx, maps, scene)[..., 0]
        rows, columns = np.nonzero(color > 0.8 * color.max())
        assert rows.mean() < 44 and columns.mean() < 44
    turned = Scene(environment=room, tone_mapping=ToneMapping.NONE, rotation=77.0, camera=scene.camera)
    color = render_linear(ctx, constant((1.0, 1.0, 1.0), 0.05, 1.0), turned)[..., 0]
    assert np.nonzero(color > 0.8 * color.max())[1].mean() > 52


def test_irradiance_of_one_bright_half() -> None:
    """Lit from above only: an upward surface gets everything, a vertical one half, a downward one nothing."""
    light = np.zeros((64, 128, 3), np.float32)
    light[:32] = 1.0
    irradiance = irradiance_over_pi(light, 32)[..., 0]
    assert irradiance[0].mean() == pytest.approx(1.0, abs=0.02)
    assert irradiance[15:17].mean() == pytest.approx(0.5, abs=0.02)
    assert irradiance[-1].mean() == pytest.approx(0.0, abs=0.02)


def test_one_prefiltered_read_looks_about_like_the_lobe(ctx: moderngl.Context) -> None:
    """What is seen while something moves must not jump to something else when it stops."""
    scene = Scene(tone_mapping=ToneMapping.NONE, camera=default_camera(Shape.SPHERE), exposure=-2.0)
    for roughness in (0.2, 0.5, 0.8):
        maps = constant((0.9, 0.9, 0.9), roughness, 1.0)
        pictures = [render_linear(ctx, maps, scene, quality=q)[..., :3] for q in (FINE, QUICK_SOFTWARE)]
        assert np.abs(pictures[0] - pictures[1]).mean() < 0.013


def test_prefiltering_keeps_the_energy(ctx: moderngl.Context) -> None:
    studio = prepared(ctx, "studio")
    means = []
    for level in studio.specular:
        rows = level.shape[0]
        weight = np.sin((np.arange(rows) + 0.5) / rows * np.pi)[:, None]
        light = level[..., 0].astype(np.float64)
        means.append((light * weight).sum() / (weight.sum() * level.shape[1]))
    assert np.allclose(means, means[0], rtol=0.04)


def test_the_table_of_directional_albedos(ctx: moderngl.Context) -> None:
    table = brdf_table(ctx).astype(np.float64)
    total = table.sum(axis=2)
    assert total.max() <= 1.001
    assert total[2, -8:].min() > 0.99  # smooth, seen from the front: nothing is lost
    # Roughness 1, from the front: the integral of 2 n.l / (1 + n.l) over the facets is 1 - ln 2.
    assert total[-1, -1] == pytest.approx(1.0 - np.log(2.0), abs=0.012)


@pytest.mark.parametrize("name", list(STUDIOS))
def test_studios_are_neutral_and_of_equal_brightness(ctx: moderngl.Context, name: str) -> None:
    studio = prepared(ctx, name)
    assert np.array_equal(studio.specular[0][..., 0], studio.specular[0][..., 2])
    weight = np.sin((np.arange(64) + 0.5) / 64 * np.pi)[:, None]
    mean = (studio.irradiance[..., 0].astype(np.float64) * weight).sum() / (weight.sum() * 128)
    assert mean == pytest.approx(0.75, rel=0.01)


def test_a_panorama_from_a_file(ctx: moderngl.Context, tmp_path: Path) -> None:
    light = np.full((32, 64, 3), 0.25, np.float32)
    light[4:8, 10:14] = 300.0
    path = tmp_path / "zażółć 室内.exr"
    write_image(path, light, 32)
    ready = prepared(ctx, path)
    assert ready is prepared(ctx, path), "prepared once"
    assert ready.specular[0].max() > 50.0
    write_image(path, np.full((32, 40, 3), 0.25, np.float32), 32)
    with pytest.raises(InputError, match="twice as wide"):
        prepared(ctx, path)


def test_a_missing_panorama_names_the_choices(ctx: moderngl.Context) -> None:
    with pytest.raises(InputError, match="studio, strips, overcast"):
        prepared(ctx, Path("nowhere.hdr"))


def test_the_background_shows_the_environment(ctx: moderngl.Context) -> None:
    direction = directions(128, 64)
    light = np.where(direction[..., 2:] < 0.0, np.array([0.8, 0.1, 0.1]), np.array([0.1, 0.1, 0.8]))
    room = prepare_environment(ctx, light.astype(np.float32), normalise=False)
    scene = Scene(environment=room, tone_mapping=ToneMapping.NONE, background=Background.ENVIRONMENT, blur=0.0)
    corner = render_linear(ctx, constant((0.5, 0.5, 0.5), 0.5, 0.0), scene)[2, 2]
    assert corner[0] == pytest.approx(0.8, abs=0.01)  # the camera looks along -z
    assert corner[3] == 1.0
