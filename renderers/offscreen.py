"""Pictures of materials without a window or a display."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from core.codec.neural_texture import NeuralTexture
from core.errors import TexloomError
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.camera import OrbitCamera
from renderers.choices import DEFAULT_ENVIRONMENT, Background, CompareMode, Opacity, Relief, ToneMapping
from renderers.comparison import Comparison
from renderers.material_renderer import MaterialRenderer, SampleBuffer, Scene, fine_quality
from renderers.material_textures import MaterialTextures
from renderers.neural_material import NeuralMaterial
from renderers.shapes import default_camera, shape_named


@contextmanager
def offscreen_context() -> Iterator[moderngl.Context]:
    """A context that needs no display (EGL on Linux, the system's own elsewhere), current until the end of the block.

    Raises TexloomError saying what to install if there is no OpenGL 3.3.
    """
    ctx = _create_context()
    try:
        yield ctx
    finally:
        # Released but still current, it would keep every other kind of context, a window's, from becoming so.
        ctx.__exit__(None, None, None)
        ctx.release()


def _create_context() -> moderngl.Context:
    options: dict[str, Any] = {"backend": "egl"} if sys.platform.startswith("linux") else {}
    try:
        return moderngl.create_context(standalone=True, require=330, **options)
    except Exception as error:  # the loaders raise bare Exception
        raise TexloomError(
            "OpenGL 3.3 isn't available, so no picture can be rendered; install the graphics driver or, on Debian and "
            f"Ubuntu, the packages libegl1 and libgl1-mesa-dri ({error})."
        ) from error


def render_picture(
    maps: Mapping[Role, Pixels] | NeuralTexture,
    *,
    normal_convention: NormalConvention,
    shape: str = "sphere",
    hdri: Path | None = None,
    rotate_deg: float = 0.0,
    tiling: int = 1,
    channel: Role | None = None,
    size: tuple[int, int] = (1024, 1024),
    samples: int = 16,
    environment: str = DEFAULT_ENVIRONMENT,
    exposure: float = 0.0,
    displacement: float | None = None,
    relief: Relief = Relief.DISPLACEMENT,
    opacity: Opacity = Opacity.AUTO,
    tone_mapping: ToneMapping = ToneMapping.NEUTRAL,
    background: Background = Background.GREY,
    camera: OrbitCamera | None = None,
    context: moderngl.Context | None = None,
) -> NDArray[np.uint8]:
    """A picture of a material: uint8 H × W × 3, sRGB, row 0 at the top.

    ``maps``: float32 H × W × C in file encoding, or a neural texture that the shader decodes. ``shape``: one of
    :class:`Shape` or the path of an OBJ or glTF mesh. ``hdri``: an equirectangular panorama, else ``environment`` names
    a built-in studio. ``size``: width, height. ``samples`` per pixel. ``context``: use this one instead of a new one.

    Raises InputError for an unknown shape or unreadable file and TexloomError without OpenGL.
    """
    scene = Scene(
        shape=shape_named(shape),
        tiling=tiling,
        channel=channel,
        environment=hdri if hdri is not None else environment,
        rotation=rotate_deg,
        exposure=exposure,
        relief=relief,
        opacity=opacity,
        tone_mapping=tone_mapping,
        background=background,
    )
    if displacement is not None:
        scene = replace(scene, displacement=displacement)
    scene = replace(scene, camera=camera or default_camera(scene.shape))

    with nullcontext(context) if context is not None else offscreen_context() as ctx:
        return _rendered(ctx, maps, normal_convention, scene, size, samples)


def _rendered(
    ctx: moderngl.Context,
    maps: Mapping[Role, Pixels] | NeuralTexture,
    normal_convention: NormalConvention,
    scene: Scene,
    size: tuple[int, int],
    samples: int,
) -> NDArray[np.uint8]:
    released = []
    try:
        renderer = MaterialRenderer(ctx)
        material = MaterialTextures(ctx, maps) if isinstance(maps, Mapping) else NeuralMaterial(ctx, maps)
        buffer = SampleBuffer(ctx, size)
        target = ctx.simple_framebuffer(size, components=4)
        released = [renderer, material, buffer, target]
        quality = fine_quality(ctx)
        for _ in range(samples):
            renderer.add_sample(buffer, material, normal_convention, scene, planned=samples, quality=quality)
        renderer.resolve(target, (0, 0, *size), scene, Comparison(CompareMode.A), buffer, None)
        pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
        return pixels.reshape(size[1], size[0], 3)[::-1].copy()
    finally:
        for resource in released:
            resource.release()
