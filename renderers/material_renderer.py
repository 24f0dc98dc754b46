"""Draws materials in image-based light on a shape, sample by sample, and lays two of them side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from core.textures.material import NormalConvention
from core.textures.roles import Role
from renderers.calls import calls_of
from renderers.camera import OrbitCamera
from renderers.choices import (
    DEFAULT_ENVIRONMENT,
    Background,
    CompareMode,
    Opacity,
    Relief,
    ToneMapping,
    is_software_renderer,
)
from renderers.comparison import Comparison, set_comparison
from renderers.environment import EnvironmentLight, PreparedEnvironment, prepared
from renderers.marks import set_marks
from renderers.material_textures import FIRST_FREE_UNIT, SOLO_ROLES, MaterialTextures
from renderers.shader_source import build_program, set_uniforms
from renderers.shapes import Mesh, Part, Shape, build_shape


@dataclass(frozen=True)
class Scene:
    """Everything that A and B have in common.

    ``parts``: names of those :attr:`Mesh.parts` that take the material, the others are grey; None: all that have
    texture coordinates. ``tiling`` repeats along each side; ``channel`` shows one map alone, unlit; ``rotation`` of
    the environment in degrees; ``exposure`` in stops; ``displacement`` is the height of the relief from black to white
    as a share of the size of one repeat; ``surround`` display-encoded grey; ``blur`` of an environment background in
    [0, 1]; ``show_mips`` colours the surface by the mip level that is read, the maps themselves being level ``level``.
    """

    shape: Shape | Mesh = Shape.SPHERE
    parts: frozenset[str] | None = None
    tiling: int = 1
    half_offset: bool = False
    channel: Role | None = None
    environment: str | Path | PreparedEnvironment = DEFAULT_ENVIRONMENT
    rotation: float = 0.0
    exposure: float = 0.0
    tone_mapping: ToneMapping = ToneMapping.NEUTRAL
    displacement: float = 0.03
    relief: Relief = Relief.DISPLACEMENT
    opacity: Opacity = Opacity.AUTO
    background: Background = Background.GREY
    surround: float = 0.36
    blur: float = 0.35
    camera: OrbitCamera = field(default_factory=OrbitCamera)
    show_mips: bool = False
    level: int = 0


@dataclass(frozen=True)
class Quality:
    """``detail``: quads along a shape; ``anisotropy`` of texture reads; ``reflections``: directions that each sample of
    a reflection is summed over, 0 for one read of a prefiltered environment."""

    detail: int
    anisotropy: float
    reflections: int = 0


FINE = Quality(detail=512, anisotropy=8.0, reflections=32)
FINE_SOFTWARE = Quality(detail=256, anisotropy=1.0, reflections=8)
"""On the CPU anisotropic reads double the cost of a sample, small triangles double it again."""
QUICK = Quality(detail=224, anisotropy=4.0, reflections=16)
QUICK_SOFTWARE = Quality(detail=96, anisotropy=1.0)

_MOST_PROGRAMS = 4


def is_software(ctx: moderngl.Context) -> bool:
    """Whether this context draws on the CPU."""
    return is_software_renderer(str(ctx.info.get("GL_RENDERER", "")))


def fine_quality(ctx: moderngl.Context) -> Quality:
    """The quality of a picture at rest that this context can afford."""
    return FINE_SOFTWARE if is_software(ctx) else FINE


def quick_quality(ctx: moderngl.Context) -> Quality:
    """The quality of a picture in motion that this context can afford."""
    return QUICK_SOFTWARE if is_software(ctx) else QUICK


def jitter(index: int) -> tuple[float, float]:
    """Place of a sample within the pixel, in [-0.5, 0.5)²; the first is the middle (Halton sequence 2, 3)."""

    def radical_inverse(i: int, base: int) -> float:
        result, share = 0.0, 1.0 / base
        while i > 0:
            result += share * (i % base)
            i //= base
            share /= base
        return result

    x, y = radical_inverse(index, 2), radical_inverse(index, 3)
    return (x + 0.5) % 1.0 - 0.5, (y + 0.5) % 1.0 - 0.5


MOST_REFLECTIONS = 32
"""MOST_TAPS of environment_light.glsl."""


@cache
def _sobol(first: int, count: int) -> NDArray[np.float64]:
    """Points ``first`` to ``first + count`` of Sobol's sequence in the unit square (Sobol, 1967): any such run is
    spread evenly, and so is what several make together."""
    index = np.arange(first, first + count, dtype=np.uint32)
    points = np.zeros((count, 2), np.uint32)
    directions = np.array([1 << 31, 1 << 31], np.uint32)
    for bit in range(32):
        points ^= np.where((index >> np.uint32(bit) & np.uint32(1))[:, None] == 1, directions, np.uint32(0))
        directions[0] >>= np.uint32(1)
        directions[1] ^= directions[1] >> np.uint32(1)
    return points / 2.0**32


def _reflection(count: int, sample: int, planned: int) -> dict[str, Any]:
    """The uniforms of environment_light.glsl that say where a sample's reflections are read."""
    count = min(count, MOST_REFLECTIONS)
    points = (_sobol(sample * count, count) + 0.5 / 1024.0) % 1.0
    taps = np.zeros((MOST_REFLECTIONS, 3), np.float32)
    turn = 2.0 * np.pi * points[:, 1]
    taps[:count] = np.stack([np.cos(turn), np.sin(turn), points[:, 0]], axis=1)
    # Every sample is clamped by itself: if its reads were as sharp as all samples together allow, bright spots would
    # be cut off in each. The square root is between that and the blur of a sample alone.
    share = 1.0 / (count * math.sqrt(planned)) if count else 1.0
    return {"reflection_count": count, "reflection_taps": taps.tobytes(), "reflection_share": share}


class SampleBuffer:
    """The sum of the samples of one side's picture, in display-linear colour premultiplied by coverage."""

    def __init__(self, ctx: moderngl.Context, size: tuple[int, int]) -> None:
        self.size = size
        self.count = 0
        self.sum = ctx.texture(size, 4, dtype="f4")
        self.sum.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.sum.repeat_x = self.sum.repeat_y = False
        self.target = ctx.framebuffer([self.sum])
        self.restart()

    def restart(self) -> None:
        self.count = 0
        self.target.clear()

    def release(self) -> None:
        self.target.release()
        self.sum.release()


class _Canvas:
    """Where one sample is drawn before it is added."""

    def __init__(self, ctx: moderngl.Context, size: tuple[int, int]) -> None:
        self.color = ctx.texture(size, 4, dtype="f2")
        self.depth = ctx.depth_renderbuffer(size)
        self.target = ctx.framebuffer([self.color], self.depth)

    def release(self) -> None:
        for resource in (self.target, self.color, self.depth):
            resource.release()


class _DrawnMesh:
    """A mesh's buffers with the programs that draw it."""

    def __init__(self, ctx: moderngl.Context, mesh: Mesh) -> None:
        self._ctx = ctx
        self.mesh = mesh
        self.vertices = ctx.buffer(np.ascontiguousarray(mesh.vertices))
        self.indices = ctx.buffer(np.ascontiguousarray(mesh.indices))
        self._arrays: dict[int, tuple[moderngl.Program, moderngl.VertexArray]] = {}

    def array(self, program: moderngl.Program) -> moderngl.VertexArray:
        """The mesh as this program takes it."""
        # With the program, which must not make room for another of the same id.
        found = self._arrays.get(id(program))
        if found is None:
            gone = [key for key, (old, _) in self._arrays.items() if isinstance(old.mglo, moderngl.InvalidObject)]
            for key in gone:
                self._arrays.pop(key)[1].release()
            while len(self._arrays) >= _MOST_PROGRAMS:
                self._arrays.pop(next(iter(self._arrays)))[1].release()
            names = ("in_position", "in_normal", "in_tangent", "in_uv", "in_relief")
            array = self._ctx.vertex_array(program, [(self.vertices, "3f 3f 4f 2f 1f", *names)], self.indices)
            found = self._arrays[id(program)] = (program, array)
        return found[1]

    def render(self, program: moderngl.Program, ranges: list[tuple[int, int]]) -> None:
        """Draw triangles ``first`` to ``end`` (exclusive) of every range."""
        for first, end in ranges:
            calls_of(self._ctx).draw_triangles(self.array(program), first, end)

    def release(self) -> None:
        for _, array in self._arrays.values():
            array.release()
        for resource in (self.vertices, self.indices):
            resource.release()


class MaterialRenderer:
    """Draws with one context. Create it when the context is made, release it before the context goes.

    Use: for each side a :class:`SampleBuffer`, filled by :meth:`add_sample`; then :meth:`resolve` onto the target.
    Where a whole sample would take too long at once, :meth:`draw_rows` in bands and :meth:`accumulate` do the same.
    """

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._material = build_program(ctx, "material", "material")
        self._pick = build_program(ctx, "material", "pick")
        self._programs = {name: build_program(ctx, "screen", name) for name in ("background", "add", "resolve")}
        self._triangles = {name: ctx.vertex_array(program, []) for name, program in self._programs.items()}
        self._meshes: dict[object, _DrawnMesh] = {}
        self._light: tuple[object, EnvironmentLight] | None = None
        self._canvases: dict[tuple[int, int], _Canvas] = {}
        self._nothing = ctx.texture((1, 1), 4, np.zeros(4, np.float32), dtype="f4")
        grey = {Role.ALBEDO: np.full((1, 1, 3), 0.5, np.float32), Role.ROUGHNESS: np.full((1, 1, 1), 0.6, np.float32)}
        self._neutral = MaterialTextures(ctx, grey)

    def _mesh(self, shape: Shape | Mesh, detail: int) -> _DrawnMesh:
        key: object = (shape, detail) if isinstance(shape, Shape) else id(shape)
        drawn = self._meshes.get(key)
        if drawn is None:
            # Only the shape in use is kept, in its two levels of detail.
            for old_key in [k for k, m in self._meshes.items() if not self._same_shape(k, m, shape)]:
                self._meshes.pop(old_key).release()
            mesh = build_shape(shape, detail) if isinstance(shape, Shape) else shape
            drawn = self._meshes[key] = _DrawnMesh(self._ctx, mesh)
        return drawn

    @staticmethod
    def _same_shape(key: object, drawn: _DrawnMesh, shape: Shape | Mesh) -> bool:
        return (isinstance(key, tuple) and key[0] is shape) or drawn.mesh is shape

    def _environment(self, environment: str | Path | PreparedEnvironment) -> EnvironmentLight:
        key: object = id(environment) if isinstance(environment, PreparedEnvironment) else environment
        if self._light is None or self._light[0] != key:
            ready = environment if isinstance(environment, PreparedEnvironment) else prepared(self._ctx, environment)
            light = EnvironmentLight(self._ctx, ready)
            if self._light is not None:
                self._light[1].release()
            self._light = (key, light)
        return self._light[1]

    def _canvas(self, size: tuple[int, int]) -> _Canvas:
        if size not in self._canvases:
            # Two sizes are in use at a time: the quick preview and the full picture.
            while len(self._canvases) >= 2:
                self._canvases.pop(next(iter(self._canvases))).release()
            self._canvases[size] = _Canvas(self._ctx, size)
        return self._canvases[size]

    def add_sample(
        self,
        buffer: SampleBuffer,
        material: MaterialTextures,
        convention: NormalConvention,
        scene: Scene,
        *,
        planned: int = 1,
        quality: Quality = FINE,
    ) -> None:
        """Draw one more sample of the picture into the buffer. ``planned``: how many there will be, which decides how
        sharp each may be. Raises InputError for an unreadable environment."""
        self.draw_rows(buffer, material, convention, scene, (0, buffer.size[1]), planned=planned, quality=quality)
        self.accumulate(buffer)

    def accumulate(self, buffer: SampleBuffer) -> None:
        """Add the sample that was drawn last at this size."""
        ctx = self._ctx
        ctx.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        ctx.enable(moderngl.BLEND)
        ctx.blend_func = moderngl.ONE, moderngl.ONE
        buffer.target.use()
        self._canvas(buffer.size).color.use(0)
        set_uniforms(self._programs["add"], sample_color=0)
        self._triangles["add"].render(vertices=3)
        ctx.disable(moderngl.BLEND)
        buffer.count += 1

    def draw_rows(
        self,
        buffer: SampleBuffer,
        material: MaterialTextures,
        convention: NormalConvention,
        scene: Scene,
        rows: tuple[int, int],
        *,
        planned: int = 1,
        quality: Quality = FINE,
    ) -> None:
        """Draw rows ``first`` to ``end`` (exclusive, from the bottom) of the buffer's next sample."""
        ctx = self._ctx
        light = self._environment(scene.environment)
        drawn = self._drawn(material, scene, quality.detail)
        mesh = drawn.mesh
        width, height = buffer.size
        aspect = width / height
        dx, dy = jitter(buffer.count)
        view_projection = scene.camera.view_projection(aspect, (2.0 * dx / width, 2.0 * dy / height))
        exposure = 2.0**scene.exposure
        tone = list(ToneMapping).index(scene.tone_mapping)

        target = self._canvas(buffer.size).target
        target.use()
        target.scissor = (0, rows[0], width, rows[1] - rows[0])
        target.clear()
        ctx.disable(moderngl.BLEND)
        if scene.background is Background.ENVIRONMENT and scene.channel is None:
            ctx.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
            program = self._programs["background"]
            light.use(program, 0, scene.rotation)
            set_uniforms(
                program,
                inverse_view_projection=np.linalg.inv(view_projection).T.astype("f4").tobytes(),
                exposure=exposure,
                tone_mapping=tone,
                blur=scene.blur,
            )
            self._triangles["background"].render(vertices=3)

        ctx.enable(moderngl.DEPTH_TEST)
        two_sided = material.has_opacity or not mesh.closed
        if two_sided:
            ctx.disable(moderngl.CULL_FACE)
        else:
            ctx.enable(moderngl.CULL_FACE)
        by_chance = planned > 1 and not self._masked(material, scene)
        for drawn_material, ranges in zip((material, self._neutral), self._ranges(mesh, scene), strict=True):
            if not ranges:
                continue
            program = drawn_material.program or self._material
            drawn_material.use(program, quality.anisotropy)
            light.use(program, FIRST_FREE_UNIT, scene.rotation)
            solo = -1 if scene.channel is None else SOLO_ROLES.index(scene.channel)
            set_uniforms(
                program,
                view_projection=view_projection.T.astype("f4").tobytes(),
                **self._placement(mesh, drawn_material, scene, quality.detail),
                eye=tuple(float(x) for x in scene.camera.eye(aspect)),
                exposure=exposure,
                tone_mapping=tone,
                # What takes no material has none of its maps either.
                solo=solo if drawn_material is material else min(solo, 0),
                footprint=1.0 / math.sqrt(min(max(planned, 1), 4)),
                normal_green=-1.0 if convention is NormalConvention.DIRECTX else 1.0,
                neural_sample=float(buffer.count),
                map_size=tuple(float(x) for x in drawn_material.size),
                map_level=float(scene.level),
                **_reflection(quality.reflections, buffer.count, planned),
                opacity_jitter=(buffer.count * 0.618034) % 1.0 if by_chance else -1.0,
                parallax_jitter=(0.5 + buffer.count * 0.618034) % 1.0,
            )
            set_marks(program, mips=scene.show_mips and drawn_material is material, seams=drawn_material.seams)
            drawn.render(program, ranges)
            drawn_material.done()

        ctx.scissor = None

    @staticmethod
    def _masked(material: MaterialTextures, scene: Scene) -> bool:
        return material.opacity_is_mask if scene.opacity is Opacity.AUTO else scene.opacity is Opacity.MASK

    @staticmethod
    def _ranges(mesh: Mesh, scene: Scene) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The triangles that take the material, and those that don't."""
        taken: list[tuple[int, int]] = []
        others: list[tuple[int, int]] = []
        for part in mesh.parts or (Part("", 0, len(mesh.indices)),):
            takes = part.has_uv and (scene.parts is None or not mesh.parts or part.name in scene.parts)
            (taken if takes else others).append((part.first, part.first + part.count))
        return taken, others

    @staticmethod
    def _relief(material: MaterialTextures, scene: Scene) -> Relief:
        """What is really shown."""
        if scene.displacement == 0.0 or not material.has_displacement:
            return Relief.OFF
        if scene.relief is Relief.DISPLACEMENT and isinstance(scene.shape, Mesh) and not scene.shape.displaceable:
            return Relief.PARALLAX
        return scene.relief

    def _drawn(self, material: MaterialTextures, scene: Scene, detail: int) -> _DrawnMesh:
        # A smooth shape needs no more vertices than its outline.
        displaced = self._relief(material, scene) is Relief.DISPLACEMENT
        return self._mesh(scene.shape, detail if displaced else min(detail, 128))

    def _placement(self, mesh: Mesh, material: MaterialTextures, scene: Scene, detail: int) -> dict[str, Any]:
        """The uniforms of material.vert.glsl and parallax.glsl, without the projection."""
        scale = self._uv_scale(mesh, material.size, scene.tiling)
        offset = 0.5 if scene.half_offset else 0.0
        tilt = math.radians(mesh.tilt)
        model = np.eye(4)
        model[1:3, 1:3] = [[math.cos(tilt), math.sin(tilt)], [-math.sin(tilt), math.cos(tilt)]]
        repeat_size = mesh.height_scale / scene.tiling
        texels_per_quad = max(material.size[0] * scale[0], material.size[1] * scale[1]) / detail
        relief = self._relief(material, scene)
        height = scene.displacement * repeat_size
        crossed = [height * s / (r * mesh.height_scale) for s, r in zip(scale, mesh.uv_repeat, strict=True)]
        return {
            "model": model.T.astype("f4").tobytes(),
            "uv_scale": scale,
            "uv_offset": (offset, offset),
            "displacement": height if relief is Relief.DISPLACEMENT else 0.0,
            "displacement_lod": max(math.log2(max(texels_per_quad, 1.0)), 0.0),
            "parallax": tuple(crossed) if relief is Relief.PARALLAX else (0.0, 0.0),
        }

    def uv_at(
        self, material: MaterialTextures, scene: Scene, size: tuple[int, int], x: float, y: float, detail: int = 128
    ) -> tuple[float, float] | None:
        """Texture coordinates in [0, 1) of the surface at a place of a picture of this size, in pixels from the top
        left; None beside it and on what takes no material."""
        ctx = self._ctx
        drawn = self._drawn(material, scene, detail)
        width, height = size
        # A picture of one pixel: the projection is enlarged until the place fills it.
        enlarge = np.diag([float(width), float(height), 1.0, 1.0])
        enlarge[0, 3] = width - 2.0 * x
        enlarge[1, 3] = 2.0 * y - height
        projection = enlarge @ scene.camera.view_projection(width / height)
        texture, depth = ctx.texture((1, 1), 4, dtype="f4"), ctx.depth_renderbuffer((1, 1))
        target = ctx.framebuffer([texture], depth)
        try:
            target.use()
            target.clear()
            ctx.disable(moderngl.BLEND | moderngl.CULL_FACE)
            ctx.enable(moderngl.DEPTH_TEST)
            eye = tuple(float(x) for x in scene.camera.eye(width / height))
            for taken, ranges in zip((True, False), self._ranges(drawn.mesh, scene), strict=True):
                shown = material if taken else self._neutral
                shown.use(self._pick, 1.0)
                set_uniforms(
                    self._pick,
                    view_projection=projection.T.astype("f4").tobytes(),
                    **self._placement(drawn.mesh, shown, scene, detail),
                    eye=eye,
                    parallax_jitter=0.5,
                    present=float(taken),
                )
                drawn.render(self._pick, ranges)
                shown.done()
            u, v, _, present = np.frombuffer(target.read(components=4, dtype="f4"), np.float32)
        finally:
            for resource in (target, texture, depth):
                resource.release()
        return (float(u) % 1.0, float(v) % 1.0) if present else None

    @staticmethod
    def _uv_scale(mesh: Mesh, size: tuple[int, int], tiling: int) -> tuple[float, float]:
        """Repeats along u and v that keep texels square."""
        width, height = size if mesh.square_texels else (1, 1)
        u = mesh.uv_repeat[0] * tiling * max(height / width, 1.0)
        v = mesh.uv_repeat[1] * tiling * max(width / height, 1.0)
        return (float(max(round(u), 1)) if mesh.closed_u else u), v

    def resolve(
        self,
        target: moderngl.Framebuffer,
        viewport: tuple[int, int, int, int],
        scene: Scene,
        comparison: Comparison,
        a: SampleBuffer | None,
        b: SampleBuffer | None,
        error_map: moderngl.Texture | None = None,
    ) -> None:
        """Average the samples and draw the comparison into ``viewport`` (x, y, width, height) of ``target``.

        A side that is None stays empty. ``error_map``: the FLIP of the two in [0, 1], row 0 at the top; without it B is
        shown instead.
        """
        target.use()
        target.viewport = viewport
        self._ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        program = self._programs["resolve"]
        (a.sum if a else self._nothing).use(0)
        (b.sum if b else self._nothing).use(1)
        (error_map or self._nothing).use(2)
        grey = scene.surround
        linear = grey / 12.92 if grey <= 0.04045 else ((grey + 0.055) / 1.055) ** 2.4
        width, height = comparison.side_size((viewport[2], viewport[3]))
        set_uniforms(
            program,
            samples_a=0,
            samples_b=1,
            sides=2 if comparison.mode is CompareMode.DIFFERENCE and a and b else 1,
            has_a=a is not None,
            has_b=b is not None,
            sample_counts=tuple(float(max(side.count, 1)) if side else 1.0 for side in (a, b)),
            side_size=(float(width), float(height)),
            surround=(linear, linear, linear),
            vignette=0.0 if scene.channel is not None else 0.32,
            error_map=2,
            has_error_map=error_map is not None,
        )
        set_comparison(program, comparison, (viewport[2], viewport[3]))
        self._triangles["resolve"].render(vertices=3)

    def release(self) -> None:
        for drawn in self._meshes.values():
            drawn.release()
        self._meshes.clear()
        if self._light is not None:
            self._light[1].release()
            self._light = None
        for triangle in self._triangles.values():
            triangle.release()
        for program in (self._material, self._pick, *self._programs.values()):
            program.release()
        for canvas in self._canvases.values():
            canvas.release()
        self._canvases.clear()
        self._nothing.release()
        self._neutral.release()
