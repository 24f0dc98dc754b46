"""Image-based light: environments prepared once and kept as textures.

The split-sum approximation (Karis, "Real Shading in Unreal Engine 4", 2013): reflections prefiltered for a row of
roughnesses, irradiance integrated exactly on a coarse map, directional albedos of the GGX lobe in a table. Small bright
lamps are taken out of the reflections and lit by themselves (see :mod:`renderers.lamps`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import moderngl
import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, TexloomError
from renderers.calls import calls_of
from renderers.lamps import MOST_LAMPS, NO_LAMPS, Lamps, find_lamps
from renderers.shader_source import build_program, set_uniforms
from renderers.studios import STUDIOS, Radiance, directions

LEVEL_POWER = 0.7
"""Level of the specular chain = (levels - 1) · roughness ** LEVEL_POWER; also in environment_light.glsl."""

_BASE_HEIGHT = 512
_LEVELS = 6
_SAMPLES = (1, 32, 64, 128, 256, 512)
_IRRADIANCE_HEIGHT = 64
_MEAN_IRRADIANCE = 0.75
"""Mean over all directions of irradiance / pi that an environment is scaled to, so that a change of the
environment changes the mood and not the exposure."""
_HIGHEST_HALF = 65504.0
_HIGHEST_RADIANCE = 1e9
"""The sun from space is below it; it only keeps sums of broken files finite."""

Half = NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class PreparedEnvironment:
    """What the shader needs of an environment, on the CPU: ``specular`` one H × 2H × 4 array per level, all but the
    first without the ``lamps``; ``remainder`` H × 2H × 4, the first without them; ``irradiance`` H × 2H × 4 (divided by
    pi), of everything. Row 0 is straight up."""

    specular: tuple[Half, ...]
    remainder: Half
    irradiance: Half
    lamps: Lamps = NO_LAMPS


_prepared: OrderedDict[object, PreparedEnvironment] = OrderedDict()
_MOST_PREPARED = 8
_brdf_table: NDArray[np.float16] | None = None
_lights: dict[str, _Light] = {}
_lights_lock = threading.Lock()


def read_environment(path: Path) -> Radiance:
    """Linear radiance of an equirectangular picture, H × W × 3.

    Raises InputError if the file can't be read or isn't twice as wide as it is high.
    """
    from core.textures.images import read_image  # OpenImageIO takes its time to load

    pixels, bit_depth = read_image(path)
    height, width = pixels.shape[:2]
    if not 1.9 <= width / height <= 2.1:
        raise InputError(
            f"“{path.name}” is {width} × {height}: an environment has to be an equirectangular panorama, "
            "twice as wide as it is high.",
            path,
        )
    colour = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    if bit_depth < 32:
        colour = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return np.clip(np.nan_to_num(colour, nan=0.0, posinf=_HIGHEST_HALF), 0.0, _HIGHEST_RADIANCE).astype(np.float32)


def is_panorama(path: Path) -> bool:
    """Whether a file is rather an environment than a map: .hdr, or an .exr twice as wide as high whose name tells no
    role."""
    suffix = path.suffix.lower()
    if suffix != ".exr":
        return suffix == ".hdr"
    from core.textures.images import read_header
    from core.textures.names import readings

    try:
        header = read_header(path)
    except TexloomError:
        return False
    return abs(header.width / header.height - 2.0) < 0.05 and not readings(path.stem)


def _resample(radiance: Radiance, height: int) -> Radiance:
    """Mean over each texel's area on the sphere, to height × 2 height."""
    rows = radiance.shape[0]
    weight = np.sin((np.arange(rows) + 0.5) / rows * np.pi)[:, None, None]

    def shrink(values: NDArray[np.float64], axis: int, size: int) -> NDArray[np.float64]:
        # Exact box filter for any ratio: differences of the running integral at the new texels' edges.
        count = values.shape[axis]
        values = np.moveaxis(values, axis, 0)
        integral = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
        edges = np.linspace(0.0, count, size + 1)
        low = np.minimum(edges.astype(int), count - 1)
        share = (edges - low)[:, *([None] * (values.ndim - 1))]
        at_edges = integral[low] + share * values[low]
        return np.moveaxis(np.diff(at_edges, axis=0) * (size / count), 0, axis)

    weighted = shrink(shrink(radiance.astype(np.float64) * weight, 1, 2 * height), 0, height)
    total = shrink(weight.astype(np.float64), 0, height)
    return (weighted / total).astype(np.float32)


def irradiance_over_pi(radiance: Radiance, height: int = _IRRADIANCE_HEIGHT) -> Radiance:
    """Cosine-weighted integral of the radiance around every direction, divided by pi: height × 2 height × 3."""
    rows = min(height, _IRRADIANCE_HEIGHT)
    solid = np.repeat(np.sin((np.arange(rows) + 0.5) / rows * np.pi), 2 * rows).astype(np.float32)[:, None]
    weighted = np.concatenate([_resample(radiance, rows).reshape(-1, 3) * solid, solid], axis=1)
    light = directions(2 * rows, rows).reshape(-1, 3).astype(np.float32)
    result = np.empty((height, 2 * height, 3), np.float32)
    for row, normal in enumerate(directions(2 * height, height).astype(np.float32)):
        cosine = normal @ light.T
        total = np.maximum(cosine, 0.0, out=cosine) @ weighted
        # Divided by its own sum: what the coarse grid gets wrong in area must not change the brightness.
        result[row] = total[:, :3] / total[:, 3:]
    return result


def _with_alpha(colour: Radiance) -> Half:
    alpha = np.ones((*colour.shape[:2], 1), np.float32)
    return np.ascontiguousarray(np.concatenate([np.minimum(colour, _HIGHEST_HALF), alpha], axis=2).astype(np.float16))


def _fit_to_base(radiance: Radiance) -> Radiance:
    rows = radiance.shape[0]
    if rows == _BASE_HEIGHT and radiance.shape[1] == 2 * rows:
        return radiance
    return _resample(radiance, _BASE_HEIGHT)


@dataclass(frozen=True, eq=False)
class _Light:
    """What of an environment needs no context: the picture at base size, without its lamps, and the irradiance."""

    base: Radiance
    remainder: Radiance
    irradiance: Radiance
    lamps: Lamps


def _light(radiance: Radiance, *, normalise: bool = True) -> _Light:
    base = _fit_to_base(radiance)
    irradiance = irradiance_over_pi(base)
    if normalise:
        weight = np.sin((np.arange(_IRRADIANCE_HEIGHT) + 0.5) / _IRRADIANCE_HEIGHT * np.pi)[:, None]
        luminance = irradiance @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        scale = _MEAN_IRRADIANCE / max(float((luminance * weight).sum() / (weight.sum() * luminance.shape[1])), 1e-6)
        base, irradiance = base * scale, irradiance * scale
    lamps, remainder = find_lamps(base)
    return _Light(base, remainder, irradiance, lamps)


def prepare_environment(ctx: moderngl.Context, radiance: Radiance, *, normalise: bool = True) -> PreparedEnvironment:
    """Prefilter an equirectangular environment (linear, H × 2H × 3) with the context's GPU.

    ``normalise`` scales it to the common brightness; without it radiance stays as given. Lamps keep their power
    whatever their radiance; what is no lamp is cut off at what a half float holds.
    """
    return _prefiltered(ctx, _light(radiance, normalise=normalise))


def warm(studio: str) -> None:
    """Compute what of a built-in studio needs no context, so that the first picture with it need not: in a thread of
    its own, while nothing is shown yet. Names of no studio are left alone."""
    if studio in STUDIOS:
        _studio_light(studio)


def _studio_light(studio: str) -> _Light:
    # Who comes while another thread is at it waits for that one.
    with _lights_lock:
        if studio not in _lights:
            _lights[studio] = _light(STUDIOS[studio][1]())
        return _lights[studio]


def _prefiltered(ctx: moderngl.Context, light: _Light) -> PreparedEnvironment:
    base, lamps, irradiance = light.base, light.lamps, light.irradiance
    levels = [_with_alpha(base)]
    unlit = _with_alpha(light.remainder) if len(lamps) else levels[0]
    program = build_program(ctx, "screen", "prefilter")
    triangle = ctx.vertex_array(program, [])
    source = ctx.texture((2 * _BASE_HEIGHT, _BASE_HEIGHT), 4, unlit, dtype="f2")
    calls_of(ctx).build_mipmaps(source)
    source.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    source.repeat_y = False
    try:
        for level in range(1, _LEVELS):
            width, height = 2 * _BASE_HEIGHT >> level, _BASE_HEIGHT >> level
            roughness = (level / (_LEVELS - 1)) ** (1.0 / LEVEL_POWER)
            target = ctx.framebuffer([ctx.texture((width, height), 4, dtype="f2")])
            try:
                target.use()
                ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
                source.use(0)
                set_uniforms(
                    program,
                    environment=0,
                    alpha=roughness * roughness,
                    samples=_SAMPLES[level],
                    environment_size=(float(2 * _BASE_HEIGHT), float(_BASE_HEIGHT)),
                )
                triangle.render(vertices=3)
                calls_of(ctx).finish()
                pixels = np.frombuffer(target.read(components=4, dtype="f2"), np.float16)
                # The framebuffer's first row is the bottom one.
                levels.append(np.ascontiguousarray(pixels.reshape(height, width, 4)[::-1]))
            finally:
                for attachment in target.color_attachments:
                    attachment.release()
                target.release()
    finally:
        source.release()
        triangle.release()
        program.release()
    return PreparedEnvironment(tuple(levels), unlit, _with_alpha(irradiance), lamps)


def brdf_table(ctx: moderngl.Context) -> NDArray[np.float16]:
    """Scale and bias of F0 (Karis 2013), 64 × 64 × 2: columns n·v, rows perceptual roughness. Computed once."""
    global _brdf_table
    if _brdf_table is None:
        size = 64
        program = build_program(ctx, "screen", "brdf_lut")
        triangle = ctx.vertex_array(program, [])
        texture = ctx.texture((size, size), 2, dtype="f2")
        target = ctx.framebuffer([texture])
        try:
            target.use()
            ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
            triangle.render(vertices=3)
            calls_of(ctx).finish()
            pixels = np.frombuffer(target.read(components=2, dtype="f2"), np.float16)
            _brdf_table = np.ascontiguousarray(pixels.reshape(size, size, 2)[::-1])
        finally:
            for resource in (target, texture, triangle, program):
                resource.release()
    return _brdf_table


def prepared(ctx: moderngl.Context, environment: str | Path) -> PreparedEnvironment:
    """A built-in studio by name or a panorama by path, prepared once per process. Raises InputError."""
    if isinstance(environment, str) and environment in STUDIOS:
        key: object = environment
    else:
        path = Path(environment)
        try:
            key = (str(path.resolve()), path.stat().st_mtime_ns)
        except OSError as error:
            names = ", ".join(STUDIOS)
            raise InputError(
                f"There is no environment “{path}”: give an .hdr or .exr panorama or one of {names}.", path
            ) from error
    if key not in _prepared:
        light = _studio_light(key) if isinstance(key, str) else _light(read_environment(Path(environment)))
        _prepared[key] = _prefiltered(ctx, light)
        if isinstance(key, str):
            # Large, and not needed any more.
            with _lights_lock:
                _lights.pop(key, None)
        while len(_prepared) > _MOST_PREPARED:
            _prepared.popitem(last=False)
    _prepared.move_to_end(key)
    return _prepared[key]


class EnvironmentLight:
    """An environment's textures in one context."""

    def __init__(self, ctx: moderngl.Context, environment: PreparedEnvironment) -> None:
        height, width = environment.specular[0].shape[:2]
        self.specular = ctx.texture((width, height), 4, dtype="f2")
        self.specular.build_mipmaps(max_level=_LEVELS - 1)
        for level, pixels in enumerate(environment.specular):
            self.specular.write(pixels, level=level)
        self.specular.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        self.base = ctx.texture((width, height), 4, environment.remainder, dtype="f2")
        calls_of(ctx).build_mipmaps(self.base)
        self.base.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        self.lamps = environment.lamps
        rows, columns = environment.irradiance.shape[:2]
        self.irradiance = ctx.texture((columns, rows), 4, environment.irradiance, dtype="f2")
        table = brdf_table(ctx)
        self.table = ctx.texture((table.shape[1], table.shape[0]), 2, table, dtype="f2")
        self.table.repeat_x = False
        self._textures = (self.specular, self.irradiance, self.table, self.base)
        for texture in self._textures:
            texture.repeat_y = False

    def use(self, program: moderngl.Program, first_unit: int, rotation_deg: float) -> None:
        """Bind to four texture units and set the uniforms of environment_light.glsl.

        The light turns to the right for a camera at its default place as ``rotation_deg`` grows.
        """
        for unit, texture in enumerate(self._textures, first_unit):
            texture.use(unit)
        angle = np.radians(rotation_deg)
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        set_uniforms(
            program,
            environment_specular=first_unit,
            environment_irradiance=first_unit + 1,
            brdf_table=first_unit + 2,
            environment_base=first_unit + 3,
            specular_levels=float(_LEVELS - 1),
            environment_rotation=(cos, 0.0, sin, 0.0, 1.0, 0.0, -sin, 0.0, cos),
            lamp_count=len(self.lamps),
        )
        if len(self.lamps):
            turned = self.lamps.direction @ np.array([[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]])
            places, powers = np.zeros((MOST_LAMPS, 4), np.float32), np.zeros((MOST_LAMPS, 3), np.float32)
            places[: len(turned)] = np.concatenate([turned, self.lamps.radius[:, None]], axis=1)
            powers[: len(turned)] = self.lamps.power
            set_uniforms(program, lamp_places=places.tobytes(), lamp_powers=powers.tobytes())

    def release(self) -> None:
        for texture in self._textures:
            texture.release()
