"""A comparison of two materials in 3D that is there at once and gets better while nothing moves.

While something moves, one quick sample per frame is drawn, on a software rasteriser at a lower resolution. At rest
samples are added in slices of time, so that the thread that draws stays responsive. A side that did not change keeps
its samples; a side that changed keeps its old picture until the first new sample is complete.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import moderngl
import numpy as np
from numpy.typing import NDArray

from core.codec.neural_texture import NeuralTexture
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.calls import calls_of
from renderers.choices import CompareMode, Filter
from renderers.comparison import Comparison
from renderers.marks import SeamErrors
from renderers.material_renderer import MaterialRenderer, SampleBuffer, Scene, fine_quality, is_software, quick_quality
from renderers.material_textures import MaterialTextures
from renderers.neural_material import NeuralMaterial

Side = Literal["a", "b"]
_END = object()

_FRAME_SECONDS = {True: 0.045, False: 0.010}
"""What a quick frame may take, on a software rasteriser and on a graphics card."""
_MOST_QUICK_SAMPLES = {True: 1, False: 4}
_LIVE_SECONDS = 2.5
"""Changes that follow each other faster than this come from a running computation."""
_TRAINING_SECONDS = 15.0
"""The same for a side that says it is being trained: its previews may be seconds apart."""
_LIVE_SAMPLES = 2
_REST_SHARE = 3.0
"""So many times as long as a slice of drawing took, the processor is left to a running computation."""
_SLICE_SECONDS = 0.06
"""What one band of rows may take there. Every band transforms all vertices again, so bands can't be small."""
_LEAST_ROWS, _LEAST_NEURAL_ROWS = 160, 32


@dataclass(frozen=True)
class Cost:
    """What drawing a side from its latents takes: multiply-adds of the decoder for one pixel, and seconds for the
    last whole sample, which had ``size`` pixels; None before there was one."""

    multiply_adds: int
    seconds: float | None
    size: tuple[int, int]


@dataclass
class _SideState:
    material: MaterialTextures | None = None
    neural: NeuralMaterial | None = None
    texture: NeuralTexture | None = None
    """What ``neural`` shows."""
    filtering: Filter | None = None
    """None: the decoded maps are drawn, whether or not there are latents."""
    quick: SampleBuffer | None = None
    fine: list[SampleBuffer] = field(default_factory=list)
    """The one being filled and the one shown before it."""
    shown: SampleBuffer | None = None
    seams: SeamErrors | None = None
    uploads: Iterator[None] | None = None
    """What is left to do until the material is the new one."""
    stale: bool = True
    live: bool = False
    """It is being trained."""
    keep_shown: bool = False
    """A stale picture may stay until the first sample of the new one is complete."""
    rows_done: int = 0
    changed: float = -1e9
    """When its material was set last."""
    rows: int = 160
    """So many at once, on a software rasteriser."""
    spent: float = 0.0
    seconds: float | None = None
    """What the rows so far took, and the last whole sample."""

    @property
    def drawn(self) -> MaterialTextures | None:
        return self.neural if self.neural is not None and self.filtering is not None else self.material

    def release_neural(self) -> None:
        if self.neural is not None:
            self.neural.release()
        self.neural = self.texture = None

    def release_buffers(self) -> None:
        for buffer in (self.quick, *self.fine):
            if buffer is not None:
                buffer.release()
        self.quick = self.shown = None
        self.fine = []
        self.stale = True
        self.rows_done = 0


class ProgressiveView:
    """``samples`` per pixel at rest."""

    def __init__(self, ctx: moderngl.Context, samples: int | None = None) -> None:
        self._ctx, self._calls = ctx, calls_of(ctx)
        self.software = is_software(ctx)
        self._fine = fine_quality(ctx)
        self._quick = quick_quality(ctx)
        self._quick_samples = 1
        self.samples = samples or (12 if self.software else 32)
        self.renderer = MaterialRenderer(ctx)
        self._sides: dict[Side, _SideState] = {"a": _SideState(), "b": _SideState()}
        self._convention = NormalConvention.OPENGL
        self._scene = Scene()
        self._comparison = Comparison()
        self._side_size = (0, 0)
        self._share = 0.5 if self.software else 1.0
        self._timer: moderngl.Query | None = None
        self._moving = False
        self._live_until = 0.0
        self._worked = 0.0
        """Seconds that the last slice of work took."""
        self._errors: NDArray[np.float32] | None = None
        self._error_map: moderngl.Texture | None = None
        self.pictures_made = 0
        """Grows with everything that :meth:`resolve` would show and has not yet."""

    def set_material(self, side: Side, maps: Mapping[Role, Pixels] | None, convention: NormalConvention) -> None:
        """Put a material on a side, or take it away."""
        state = self._sides[side]
        known = state.material is not None
        if maps is None:
            if state.material is not None:
                state.material.release()
            state.material = state.uploads = None
            state.release_neural()
            state.release_buffers()
        elif state.material is None:
            state.material = MaterialTextures(self._ctx, maps)
            state.material.mark_seams(state.seams)
        now = time.monotonic()
        patience = _TRAINING_SECONDS if state.live else _LIVE_SECONDS
        live = now - state.changed < patience
        if maps is not None and known:
            assert state.material is not None
            state.uploads = state.material.updating(maps)
            if not (live and self.software and state.keep_shown and state.shown is not None):
                self._upload(state)
        # A result that gets better replaces its picture softly; anything else has to be seen at once.
        state.stale = state.uploads is None
        state.keep_shown = side == "b"
        self._live_until = now + patience if live else 0.0
        state.changed = now
        if convention is not self._convention:
            self._convention = convention
            self._all_stale()

    @staticmethod
    def _upload(state: _SideState, *, part: bool = False) -> None:
        """Write the new maps, or only the next ``part`` of them."""
        while state.uploads is not None:
            if next(state.uploads, _END) is _END:
                state.uploads, state.stale = None, True
            if part:
                return

    def mark_seams(self, side: Side, errors: SeamErrors | None) -> None:
        """Draw the seams that are this bad over a side's material, or none."""
        state = self._sides[side]
        if errors is state.seams:
            return
        state.seams = errors
        for material in (state.material, state.neural):
            if material is not None:
                material.mark_seams(errors)
                state.stale = True
                state.keep_shown = False

    def set_error_map(self, errors: NDArray[np.float32] | None) -> bool:
        """The FLIP of the two pictures, H × W, row 0 at the top, for as long as nothing changes; whether it is
        another than before."""
        if errors is self._errors:
            return False
        self._errors = errors
        if self._error_map is not None:
            self._error_map.release()
        self._error_map = None
        if errors is not None:
            height, width = errors.shape
            values = np.ascontiguousarray(errors, np.float32)
            self._error_map = self._ctx.texture((width, height), 1, values, dtype="f4")
        return True

    def set_neural(
        self,
        side: Side,
        texture: NeuralTexture | None,
        filtering: Filter | None,
        relief: Pixels | None = None,
        *,
        live: bool = False,
    ) -> None:
        """Draw a side that has a material from these latents, decoded in the shader. Cheap where nothing changed.

        ``filtering`` None: draw the maps of :meth:`set_material`, and keep what is there of the latents' program.
        ``relief``: the decoded displacement map. ``live``: other states of the same training will follow; they are
        drawn without another compilation, or, on a software rasteriser, not from latents.
        """
        state = self._sides[side]
        if live is not state.live:
            state.live = live
            self._live_until = time.monotonic() + _TRAINING_SECONDS if live else 0.0
        if state.material is None:
            texture = None
        elif texture is not None and live and not self.draws_live(texture):
            texture = filtering = None
        if texture is None:
            filtering = None
        before = state.drawn
        if filtering is None:
            if texture is not state.texture:
                state.release_neural()
        elif self.must_compile(side, texture):
            assert texture is not None
            state.release_neural()
            state.neural = NeuralMaterial(self._ctx, texture, filtering, relief=relief, live=live)
            state.neural.mark_seams(state.seams)
            state.texture, state.rows = texture, _LEAST_NEURAL_ROWS
        elif texture is not state.texture:
            assert texture is not None and state.neural is not None
            state.neural.renew(texture, relief)
            state.texture, before = texture, None
        if filtering is not state.filtering:
            state.filtering, before = filtering, None
            if state.neural is not None and filtering is not None:
                state.neural.filtering = filtering
        if state.drawn is not before and state.material is not None:
            state.stale = state.keep_shown = True
            state.seconds = None

    def draws_live(self, texture: NeuralTexture) -> bool:
        """Whether a texture that is being trained is drawn from its latents."""
        return not self.software and NeuralMaterial.can_be_live(self._ctx, texture)

    def must_compile(self, side: Side, texture: NeuralTexture | None) -> bool:
        """Whether :meth:`set_neural` has to compile a program for this texture, which takes a moment."""
        state = self._sides[side]
        if texture is None or state.material is None or texture is state.texture:
            return False
        return state.neural is None or not state.neural.takes(texture)

    def cost(self, side: Side) -> Cost | None:
        """What drawing a side takes; None if it isn't seen or isn't drawn from latents."""
        state = self._sides[side]
        if not isinstance(state.drawn, NeuralMaterial) or state not in self._visible():
            return None
        return Cost(state.drawn.multiply_adds, state.seconds, self._side_size)

    def _all_stale(self) -> None:
        for state in self._sides.values():
            state.stale = True
            state.keep_shown = False

    @property
    def wait_seconds(self) -> float:
        """While a result keeps changing, a software rasteriser leaves the processor to whoever computes it and draws
        only a few samples; call :meth:`work` again after this time for the rest. 0: nothing is held back."""
        return max(self._live_until - time.monotonic(), 0.0) if self.software else 0.0

    @property
    def rest_seconds(self) -> float:
        """How long :meth:`work` should not be called again, for the same reason."""
        return _REST_SHARE * self._worked if self.wait_seconds > 0.0 else 0.0

    def _visible(self) -> list[_SideState]:
        """The sides that the comparison shows and that have a material."""
        a, b = self._sides["a"], self._sides["b"]
        mode = self.comparison.mode
        return [
            state
            for state, shown in ((a, mode is not CompareMode.B), (b, mode is not CompareMode.A))
            if shown and state.material is not None
        ]

    @property
    def comparison(self) -> Comparison:
        """What is really shown: where only one side has a material, that one alone."""
        return self._comparison.with_sides(self._sides["a"].material is not None, self._sides["b"].material is not None)

    def request(self, scene: Scene, comparison: Comparison, size: tuple[int, int], *, moving: bool) -> None:
        """Say what to show, in a picture of ``size`` pixels. ``moving``: more changes are about to follow."""
        self._comparison = comparison
        side_size = self.comparison.side_size(size)
        if side_size != self._side_size:
            self._side_size = side_size
            for state in self._sides.values():
                state.release_buffers()
        if scene != self._scene:
            self._scene = scene
            self._all_stale()
        if moving and not self._moving:
            for state in self._sides.values():
                state.rows_done = 0
        self._moving = moving

    def shows(self, scene: Scene, comparison: Comparison) -> bool:
        """Whether this is what was requested last."""
        return scene == self._scene and comparison == self._comparison

    def work(self, seconds: float = 0.012) -> bool:
        """Draw for about ``seconds``; True if more work is left.

        Raises InputError if the scene's environment can't be read.
        """
        began = time.perf_counter()
        try:
            return self._draw(seconds)
        finally:
            self._worked = time.perf_counter() - began

    def _draw(self, seconds: float) -> bool:
        visible = self._visible()
        for state in () if self._moving else visible:
            if state.uploads is not None:
                self._upload(state, part=True)
                self._calls.finish()
                return True
        self._start_stale(visible)
        if self._moving:
            return False
        began = time.perf_counter()
        samples = min(self.samples, _LIVE_SAMPLES) if self.wait_seconds else self.samples
        while True:
            waiting = [state for state in visible if not state.fine or state.fine[0].count < samples]
            if not waiting:
                return False
            # A lagging side first, so that both are refined alike.
            state = min(waiting, key=lambda s: s.fine[0].count if s.fine else 0)
            self._refine(state)
            self._calls.finish()
            if time.perf_counter() - began > seconds:
                return True

    def _start_stale(self, visible: list[_SideState]) -> None:
        """Give every changed side a quick picture at once, unless the old one may stay for now."""
        stale = [state for state in visible if state.stale]
        for state in stale:
            state.stale = False
            state.rows_done = 0
            # What is shown stays, also when this is the second change before its first sample is complete.
            if state.fine and state.shown is state.fine[0]:
                if len(state.fine) == 1:
                    state.fine.append(SampleBuffer(self._ctx, self._side_size))
                state.fine.reverse()
            if state.fine:
                state.fine[0].restart()
        if not stale:
            return
        if not self._moving and all(state.keep_shown and state.shown is not None for state in stale):
            return
        began = time.perf_counter()
        for state in stale:
            self._draw_quick(state)
        self._calls.finish()
        self._fit_quick_frame(time.perf_counter() - began)

    def _fit_quick_frame(self, taken: float) -> None:
        """Choose samples and resolution of the next quick frame by what this one took: pixels cost most."""
        room = _FRAME_SECONDS[self.software] / max(taken, 1e-4)
        if room < 1.0 and self._quick_samples > 1:
            self._quick_samples -= 1
        elif self._share < 1.0 or room < 1.0:
            self._share = min(max(self._share * (0.7 + 0.3 * room**0.5), 0.25), 1.0)
        elif room > 2.0:
            self._quick_samples = min(self._quick_samples + 1, _MOST_QUICK_SAMPLES[self.software])

    def _draw_quick(self, state: _SideState) -> None:
        # On a CPU, decoding every pixel would be anything but quick.
        material = state.material if self.software else state.drawn
        assert material is not None
        steps = max(round(self._share * 8), 2)
        size = (max(self._side_size[0] * steps // 8, 1), max(self._side_size[1] * steps // 8, 1))
        if state.quick is None or state.quick.size != size:
            if state.quick is not None:
                state.quick.release()
            state.quick = SampleBuffer(self._ctx, size)
        state.quick.restart()
        for _ in range(self._quick_samples):
            self.renderer.draw_rows(
                state.quick,
                material,
                self._convention,
                self._scene,
                (0, size[1]),
                planned=self._quick_samples,
                quality=self._quick,
            )
            self._wait()
            self.renderer.accumulate(state.quick)
        state.shown = state.quick
        self.pictures_made += 1

    def _refine(self, state: _SideState) -> None:
        """Draw the next rows of a side's next sample."""
        material = state.drawn
        assert material is not None
        if not state.fine:
            state.fine.append(SampleBuffer(self._ctx, self._side_size))
        buffer = state.fine[0]
        height = buffer.size[1]
        rows = min(state.rows, height - state.rows_done) if self.software else height
        neural = isinstance(material, NeuralMaterial)
        timer = None
        if state.rows_done == 0:
            state.spent = 0.0
        if neural and not self.software:
            timer = self._timer = self._timer or self._ctx.query(time=True)
        began = time.perf_counter()
        with timer or contextlib.nullcontext():
            self.renderer.draw_rows(
                buffer,
                material,
                self._convention,
                self._scene,
                (state.rows_done, state.rows_done + rows),
                planned=self.samples,
                quality=self._fine,
            )
        state.rows_done += rows
        if self.software:
            self._calls.finish()
            taken = time.perf_counter() - began
            state.spent += taken
            least = _LEAST_NEURAL_ROWS if neural else _LEAST_ROWS
            fits = min(max(_SLICE_SECONDS / max(taken, 1e-4), 0.5), 2.0)
            state.rows = min(max(int(state.rows * fits), least), 4096)
        elif timer is not None:
            state.spent += timer.elapsed * 1e-9
        if state.rows_done >= height:
            state.rows_done = 0
            state.seconds = state.spent
            self.renderer.accumulate(buffer)
            state.shown = buffer
            self.pictures_made += 1

    def _wait(self) -> None:
        """Before something is read that was just drawn: a software rasteriser would have to finish it inside of that
        call, for which all other threads of Python would wait."""
        if self.software:
            self._calls.finish()

    def uv_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Texture coordinates in [0, 1) of what is seen at a pixel of the whole picture, from its top left; None beside
        the object."""
        visible = self._visible()
        material = visible[0].material if visible else None
        if material is None or min(self._side_size) < 1:
            return None
        if self.comparison.mode is CompareMode.SPLIT and x >= self._side_size[0]:
            x -= self._side_size[0]
        return self.renderer.uv_at(material, self._scene, self._side_size, x, y, self._quick.detail)

    @property
    def progress(self) -> float:
        """Share of the samples that the side farthest behind has, 0 to 1."""
        visible = self._visible()
        if not visible:
            return 1.0
        ready = [s.fine[0].count if s.fine and not s.stale and s.uploads is None else 0 for s in visible]
        return min(ready) / self.samples

    def resolve(self, target: moderngl.Framebuffer, viewport: tuple[int, int, int, int]) -> None:
        """Draw what there is into ``viewport`` (x, y, width, height) of ``target``."""
        shown = {side: state.shown if state.material is not None else None for side, state in self._sides.items()}
        self.renderer.resolve(target, viewport, self._scene, self.comparison, shown["a"], shown["b"], self._error_map)

    def pictures(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """What is shown of A and of B, each as if it were alone: H × W × 3, row 0 at the top, display-encoded."""
        width, height = self._side_size
        target = self._ctx.simple_framebuffer(self._side_size, components=4)
        found = []
        try:
            for mode in (CompareMode.A, CompareMode.B):
                a, b = self._sides["a"].shown, self._sides["b"].shown
                self.renderer.resolve(target, (0, 0, width, height), self._scene, Comparison(mode), a, b)
                self._wait()
                pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
                found.append(pixels.reshape(height, width, 3)[::-1].copy())
        finally:
            for attachment in (*target.color_attachments, target.depth_attachment):
                if attachment is not None:
                    attachment.release()
            target.release()
        return found[0], found[1]

    def release(self) -> None:
        for state in self._sides.values():
            state.release_buffers()
            state.release_neural()
            if state.material is not None:
                state.material.release()
                state.material = None
        self.set_error_map(None)
        self.renderer.release()
