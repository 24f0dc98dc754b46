"""The viewport: an original and a result, in 3D on a shape or in 2D texel by texel, under one camera and light."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.codec.neural_texture import NeuralTexture
from core.errors import TexloomError
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.camera import OrbitCamera
from renderers.choices import DEFAULT_ENVIRONMENT, CompareMode, Filter, Opacity, Relief, ToneMapping
from renderers.choices import Background as Surround
from renderers.comparison import Comparison
from renderers.drawer import SIDES, Picture
from renderers.marks import SeamErrors
from renderers.material_renderer import Scene
from renderers.material_textures import SOLO_ROLES
from renderers.picture_renderer import PictureOptions
from renderers.picture_view import HIGHEST_ZOOM, LOWEST_ZOOM, PictureView, sample_texel
from renderers.progressive import Side
from renderers.shapes import Mesh, Shape, default_camera, shape_named
from widgets.background import Background
from widgets.gl_surface import SURROUND
from widgets.language import spoken, tr
from widgets.opengl import opengl_problem
from widgets.theme import follow_scale
from widgets.viewport_canvas import GlCanvas, PaintedCanvas
from widgets.viewport_findings import (
    compute_flip,
    cost_text,
    legend_of,
    reading_of,
    texel_numbers,
    worst_seams,
)
from widgets.viewport_options import (
    HIGHEST_GAIN,
    LOWEST_GAIN,
    LOWEST_MIP,
    MOST_TILES,
    PixelReading,
    Sampler,
    ViewMode,
    ViewportOptions,
)
from widgets.viewport_overlay import Overlay, OverlayWidget
from widgets.wipe import HANDLE_REACH, wipe_handle

_LOG = logging.getLogger(__name__)
_REST_MS = 160
"""After the last movement, the picture is refined."""
_COMPONENTS = ("r", "g", "b", "a")
_RING_MS = 2500
_TURN_STEP = 15.0
"""Degrees to which the wipe's line snaps with Shift."""
_KEY_ORBIT, _KEY_PAN, _KEY_WIPE = 25.0, 48.0, 0.02
"""What an arrow key moves: as so many px of dragging, and the wipe's line as a share of the width."""
_ZOOM_KEYS = (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)


class MaterialViewport(QWidget):
    """Shows A (the original) and B (the result). Give it maps; it tells what the mouse points at and which options the
    keys and the mouse changed.

    Mouse, 3D: left orbits, middle or right pans, wheel zooms, Shift + right rotates the light, the wipe's line can be
    dragged. 2D: left pans (in wipe: moves the line), middle or right pans, wheel zooms at the pointer. The knob on the
    wipe's line turns it, with Shift in steps. A double click fits. Keys: hold Space original, W wipe, D difference,
    E FLIP, [ ] gain, R G B A channel (2D), C / M one map / material, F fit, Z 1:1, T tiling, Page
    down and up mip level; arrows orbit or pan, with Shift they rotate the light, with Ctrl they move and turn the
    wipe's line, + and - zoom.
    """

    optionsChanged = Signal(object)
    """The new :class:`ViewportOptions`, whoever changed them."""
    pixelInspected = Signal(object)
    """A :class:`PixelReading`, or None when the mouse is not on a pixel."""
    problem = Signal(str)
    """Something that was asked for can't be shown; one sentence."""

    def __init__(self, parent: QWidget | None = None, *, samples: int | None = None) -> None:
        """``samples`` per pixel of the 3D picture at rest; None: as many as the graphics driver can afford."""
        super().__init__(parent)
        self._samples = samples
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)
        self._options = ViewportOptions()
        self._picture = Picture()
        self._camera = OrbitCamera()
        self._mesh: Shape | Mesh = Shape.SPHERE
        self._view: PictureView | None = None
        """None: fitted, and fitted again when the size changes."""
        self._seams: dict[object, SeamErrors | None] = {}
        self._holding = False
        self._drag: tuple[str, QPointF] | None = None
        self._message = tr("Drop a material to see it here.")
        self.setAccessibleName(tr("View of the material"))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._came_to_rest)
        self._flip = Background(self)
        self._flip.result.connect(self._on_flip)
        self._flip_of: tuple[object, ...] = ()
        """What the FLIP in work or shown is of."""
        self._flip_mean: float | None = None
        self._inspected: QPointF | None = None
        """Where the mouse is, on the canvas."""
        self._ring: tuple[float, float, float] | None = None
        """A place of the map that is pointed out: u, v and the radius in texels."""
        self._ring_end = QTimer(self, singleShot=True, interval=_RING_MS)
        self._ring_end.timeout.connect(self._end_ring)
        self.opengl_problem = opengl_problem()
        """Why there is no 3D view; empty if there is."""
        self._canvas: GlCanvas | PaintedCanvas = self._make_canvas()
        self._overlay = OverlayWidget(self)
        self._camera = default_camera(self._mesh)
        follow_scale(self._overlay, OverlayWidget.update)
        self._refresh()

    # What is shown

    def set_materials(
        self,
        a: Mapping[Role, Pixels] | None,
        b: Mapping[Role, Pixels] | None,
        normal_convention: NormalConvention = NormalConvention.OPENGL,
    ) -> None:
        """Show other materials: float32 H × W × C per role in file encoding; None leaves a side empty. The arrays are
        kept, not copied: don't write into them afterwards."""
        before = self._size_of_picture()
        old = self._picture.maps
        turned = normal_convention is not self._picture.convention
        self._picture.maps = {"a": a, "b": b}
        self._picture.convention = normal_convention
        self._maps_changed()
        if not _is_level(before, self._size_of_picture()):
            self._view = None
        for side in SIDES:
            if turned or not _same(old[side], self._picture.maps[side]):
                self._change_side(side)
        self._refresh()

    def update_a(self, maps: Mapping[Role, Pixels] | None) -> None:
        self._update_side("a", maps)

    def update_b(self, maps: Mapping[Role, Pixels] | None) -> None:
        """The result got better: show these maps in B and leave everything else as it is."""
        self._update_side("b", maps)

    def _update_side(self, side: Side, maps: Mapping[Role, Pixels] | None) -> None:
        old = self._picture.maps[side]
        self._picture.maps[side] = maps
        if not _same(old, maps):
            self._maps_changed()
            self._change_side(side)
            self._refresh()

    def _change_side(self, side: Side) -> None:
        # Latents that belong to what was here before: whoever sets maps sets them afterwards.
        self._picture.neural.pop(side, None)
        self._canvas.maps_changed(side)

    def set_neural(self, side: Side, texture: NeuralTexture | None, *, live: bool = False) -> None:
        """The latents of what a side's maps were decoded from, to be drawn where ``options.sampler`` says so; set the
        maps first. ``live``: it is being trained, and other states of it will follow."""
        held, held_live = self._picture.neural.get(side, (None, False))
        if texture is held and (live == held_live or texture is None):
            return
        if texture is None:
            del self._picture.neural[side]
        else:
            self._picture.neural[side] = (texture, live)
        self._refresh()

    def _maps_changed(self) -> None:
        self._seams = {}
        self._flip.cancel()
        self._flip_of = ()

    def maps(self, side: Side) -> Mapping[Role, Pixels] | None:
        """What a side shows."""
        return self._picture.maps[side]

    @property
    def draws_live(self) -> bool:
        """Whether a texture that is being trained is drawn from its latents, so that decoding it beforehand serves
        little."""
        picture, canvas = self._picture, self._canvas
        if picture.flat or picture.filtering is None or isinstance(canvas, PaintedCanvas):
            return False
        return canvas.draws_live

    @property
    def software(self) -> bool:
        """Whether the processor draws and composes the window, as far as that is known."""
        return isinstance(self._canvas, GlCanvas) and self._canvas.software

    def set_labels(self, a: str | None = None, b: str | None = None) -> None:
        changes = {name: text for name, text in (("label_a", a), ("label_b", b)) if text is not None}
        self.set_options(**changes)

    def set_empty_text(self, text: str) -> None:
        """What stands in the middle while there is nothing to show."""
        self._message = text
        self._refresh()

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that either side has, in the usual order."""
        present = {role for maps in self._picture.maps.values() if maps for role in maps}
        return tuple(role for role in SOLO_ROLES if role in present)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the shape that can wear the material."""
        if isinstance(self._mesh, Shape):
            return ()
        return tuple(dict.fromkeys(part.name for part in self._mesh.parts if part.has_uv))

    # Options

    @property
    def options(self) -> ViewportOptions:
        return self._options

    def set_options(self, **changes: Any) -> None:
        """Change fields of :class:`ViewportOptions` by name. A shape or an environment that can't be read is reported
        by :attr:`problem` and leaves the options as they were."""
        new = replace(self._options, **changes)
        new = replace(
            new,
            mode=ViewMode(new.mode),
            compare=CompareMode(new.compare),
            channel=None if not new.channel else Role(new.channel),
            gain=min(max(float(new.gain), LOWEST_GAIN), HIGHEST_GAIN),
            wipe=min(max(float(new.wipe), 0.0), 1.0),
            wipe_angle=(float(new.wipe_angle) + 180.0) % 360.0 - 180.0,
            tiling=min(max(int(new.tiling), 1), MOST_TILES),
            mip=min(max(int(new.mip), 0), LOWEST_MIP),
            tone_mapping=ToneMapping(new.tone_mapping),
            background=Surround(new.background),
            relief=Relief(new.relief),
            opacity=Opacity(new.opacity),
            sampler=Sampler(new.sampler),
            filtering=Filter(new.filtering),
        )
        if new == self._options:
            return
        if new.shape != self._options.shape:
            try:
                self._mesh = shape_named(new.shape)
            except TexloomError as error:
                self.problem.emit(spoken(error.sentence))
                return
            self._camera = default_camera(self._mesh)
        if new.tiling != self._options.tiling:
            self._view = None
        elif self._view is not None and new.mip != self._options.mip:
            # The same part of the picture in texels of another size.
            share = 2.0 ** (self._options.mip - new.mip)
            centre = self._view.centre[0] * share, self._view.centre[1] * share
            self._view = PictureView(centre, min(max(self._view.zoom / share, LOWEST_ZOOM), HIGHEST_ZOOM))
        self._options = new
        self._refresh()
        self.optionsChanged.emit(new)

    def set_mode(self, mode: ViewMode | str) -> None:
        self.set_options(mode=mode)

    def set_compare(self, compare: CompareMode | str) -> None:
        self.set_options(compare=compare)

    def set_difference_gain(self, gain: float) -> None:
        self.set_options(gain=gain)

    def set_shape(self, shape: str) -> None:
        self.set_options(shape=shape)

    def set_tiling(self, tiling: int) -> None:
        self.set_options(tiling=tiling)

    def set_half_offset(self, on: bool) -> None:
        self.set_options(half_offset=on)

    def set_channel(self, role: Role | str | None) -> None:
        """One map alone; None for the whole material (3D) or the first map (2D)."""
        self.set_options(channel=role)

    def set_component(self, component: str) -> None:
        """``r``, ``g``, ``b``, ``a`` or empty for all; 2D only."""
        self.set_options(component=component)

    def set_environment(self, environment: str | Path) -> None:
        self.set_options(environment=environment)

    def set_exposure(self, stops: float) -> None:
        self.set_options(exposure=stops)

    def set_rotation(self, degrees: float) -> None:
        self.set_options(rotation=degrees)

    def set_displacement(self, scale: float) -> None:
        self.set_options(displacement=scale)

    # Acts that keys and menus share

    def toggle_wipe(self) -> None:
        wiping = self._options.compare is CompareMode.WIPE
        self.set_options(compare=CompareMode.SPLIT if wiping else CompareMode.WIPE)

    def toggle_difference(self) -> None:
        differing = self._options.compare is CompareMode.DIFFERENCE
        self.set_options(compare=CompareMode.SPLIT if differing else CompareMode.DIFFERENCE)

    def toggle_flip(self) -> None:
        flipping = self._options.compare is CompareMode.FLIP
        self.set_options(compare=CompareMode.SPLIT if flipping else CompareMode.FLIP)

    def toggle_false_color(self) -> None:
        self.set_options(false_color=not self._options.false_color)

    def turn_wipe(self) -> None:
        """The wipe's line from upright to flat and back."""
        turned = 90.0 if self._options.wipe_angle % 180.0 == 0.0 else 0.0
        self.set_options(compare=CompareMode.WIPE, wipe_angle=turned)

    def toggle_mips(self) -> None:
        self.set_options(show_mips=not self._options.show_mips)

    def toggle_seams(self) -> None:
        self.set_options(show_seams=not self._options.show_seams)

    def step_mip(self, step: int) -> None:
        """A smaller (1) or larger (-1) mip level."""
        self.set_options(mip=self._options.mip + step)

    def look_at(self, u: float, v: float, texels: float) -> None:
        """Go to a place of the shown map in 2D, u and v in [0, 1], and point it out with a ring this wide."""
        width, height = self._size_of_picture()
        self.set_options(mode=ViewMode.PICTURE)
        shift = 0.5 if self._options.half_offset else 0.0
        # The first tile shows it, or the next one after a shift.
        place = ((u + shift) % 1.0 * width, (v + shift) % 1.0 * height)
        zoom = max(self._picture.view.zoom, min(HIGHEST_ZOOM, min(self._canvas.pixel_size()) / (8.0 * texels)))
        self._view = PictureView(place, zoom)
        self._ring = (*place, texels * 0.75)
        self._ring_end.start()
        self._moved()

    def _end_ring(self) -> None:
        self._ring = None
        self._refresh()

    def scale_gain(self, factor: float) -> None:
        self.set_options(gain=self._options.gain * factor)

    def cycle_tiling(self) -> None:
        self.set_options(tiling=self._options.tiling % MOST_TILES + 1)

    def cycle_channel(self, step: int = 1) -> None:
        """The next map alone; in 3D the whole material is one of the stations."""
        stations: list[Role | None] = list(self.roles)
        if self._options.mode is ViewMode.MATERIAL:
            stations.insert(0, None)
        if stations:
            current = self._options.channel if self._options.mode is ViewMode.MATERIAL else self.shown_role
            place = stations.index(current) if current in stations else -step
            self.set_options(channel=stations[(place + step) % len(stations)])

    def show_component(self, component: str) -> None:
        """Show one channel, or all again if that one is shown already."""
        self.set_options(component="" if self._options.component == component else component)

    def toggle_sampler(self) -> None:
        """From decoded textures to latents and back."""
        neural = self._options.sampler is Sampler.NEURAL
        self.set_options(sampler=Sampler.TEXTURE if neural else Sampler.NEURAL)

    def cycle_filtering(self) -> None:
        """The next filter; from decoded textures, to latents with the present one."""
        filters = list(Filter)
        step = 1 if self._options.sampler is Sampler.NEURAL else 0
        chosen = filters[(filters.index(self._options.filtering) + step) % len(filters)]
        self.set_options(sampler=Sampler.NEURAL, filtering=chosen)

    def hold_original(self, on: bool) -> None:
        """While on, only A is shown."""
        if on != self._holding:
            self._holding = on
            self._refresh()

    def fit(self) -> None:
        if self._options.mode is ViewMode.PICTURE:
            self._view = None
        else:
            self._camera = default_camera(self._mesh)
        self._refresh()

    def zoom_to_texels(self) -> None:
        """2D: one texel per pixel, around what is in the middle."""
        if self._options.mode is ViewMode.PICTURE:
            self._view = replace(self._picture.view, zoom=1.0)
            self._refresh()

    # From options to picture

    @property
    def shown_role(self) -> Role:
        """The map that the 2D view shows."""
        roles = self.roles
        if self._options.component == "a" and Role.OPACITY in roles:
            return Role.OPACITY
        if self._options.channel in roles and self._options.channel is not None:
            return self._options.channel
        return roles[0] if roles else Role.ALBEDO

    def _size_of_picture(self) -> tuple[int, int]:
        for side in ("a", "b"):
            maps = self._picture.maps[side]
            if maps and (pixels := maps.get(self.shown_role)) is not None:
                return pixels.shape[1], pixels.shape[0]
        return (1, 1)

    def _has(self, side: Side) -> bool:
        return bool(self._picture.maps[side])

    @property
    def comparison(self) -> Comparison:
        """What is shown right now: only A while the original is held, the only side where there is one."""
        options = self._options
        mode = CompareMode.A if self._holding else options.compare
        comparison = Comparison(mode, options.wipe, options.wipe_angle, options.gain, options.false_color)
        if self._picture.flat:
            role = self.shown_role
            return comparison.with_sides(*(role in (self._picture.maps[side] or {}) for side in ("a", "b")))
        return comparison.with_sides(self._has("a"), self._has("b"))

    def _refresh(self) -> None:
        options, picture = self._options, self._picture
        picture.flat = options.mode is ViewMode.PICTURE or isinstance(self._canvas, PaintedCanvas)
        picture.comparison = self.comparison
        picture.role = self.shown_role
        picture.filtering = options.filtering if options.sampler is Sampler.NEURAL else None
        picture.scene = Scene(
            shape=self._mesh,
            tiling=options.tiling,
            half_offset=options.half_offset,
            channel=options.channel if options.channel in self.roles else None,
            environment=options.environment,
            rotation=options.rotation,
            exposure=options.exposure,
            tone_mapping=options.tone_mapping,
            displacement=options.displacement,
            relief=options.relief,
            opacity=options.opacity,
            parts=frozenset((options.part,)) if options.part in self.parts else None,
            background=options.background,
            blur=options.background_blur,
            camera=self._camera,
            show_mips=options.show_mips,
            level=options.mip,
        )
        component = options.component if options.component in _COMPONENTS[:3] else ""
        picture.options = PictureOptions(
            tiles=options.tiling,
            half_offset=options.half_offset,
            channel=_COMPONENTS.index(component) if component else None,
            surround=SURROUND,
            show_mips=options.show_mips,
            level=options.mip,
        )
        side = picture.comparison.side_size(self._canvas.pixel_size())
        view = self._view or PictureView.fitted(self._size_of_picture(), side, options.tiling)
        picture.view = view.on_pixels(side)
        self._set_seams()
        self._set_flip()
        self._overlay.show_overlay(self._make_overlay())
        self._canvas.refresh()

    def _make_overlay(self) -> Overlay:
        options, picture = self._options, self._picture
        has_a, has_b = self._has("a"), self._has("b")
        notes = [
            text
            for text in (tr("mip {level}").format(level=options.mip) if options.mip else "", self._cost_note())
            if text
        ]
        if picture.flat and (has_a or has_b):
            notes.append(f"{picture.view.zoom * 100:.0f} %")
        note = "  ·  ".join(notes)
        message = "" if has_a or has_b else self._message
        if self.opengl_problem and options.mode is ViewMode.MATERIAL:
            note = tr("No 3D view: {reason}. Shown flat.").format(reason=self.opengl_problem)
            message = f"{message}\n\n{note}" if message else ""
        error = ""
        mode = picture.comparison.mode
        if mode is CompareMode.DIFFERENCE:
            error = tr("Difference × {gain:g}").format(gain=picture.comparison.gain)
        elif mode is CompareMode.FLIP:
            error = "FLIP …" if self._flip_mean is None else f"FLIP {self._flip_mean:.4f}"
        return Overlay(
            comparison=picture.comparison,
            label_a=options.label_a or tr("Original"),
            label_b=options.label_b or tr("Result"),
            label_error=error,
            note=note,
            message=message,
            has_a=has_a,
            has_b=has_b,
            legend=legend_of(picture.comparison, options) if has_a or has_b else None,
            numbers=texel_numbers(picture, options, self._canvas.pixel_size(), self._ratio()),
            ring=self._ring_on_canvas(),
        )

    def _ratio(self) -> float:
        """Pixels of the canvas per px of the widget."""
        return self._canvas.pixel_size()[0] / max(self._canvas.width(), 1)

    def _ring_on_canvas(self) -> tuple[float, float, float] | None:
        picture = self._picture
        if self._ring is None or not picture.flat:
            return None
        x, y = picture.view.pixel_of(self._ring[0], self._ring[1], self._canvas.pixel_size(), picture.comparison)
        ratio = self._ratio()
        return x / ratio, y / ratio, max(self._ring[2] * picture.view.zoom / ratio, 12.0)

    def _set_seams(self) -> None:
        """Where B's seams are worse than A's, in the map that is shown or in any."""
        picture = self._picture
        found: SeamErrors | None = None
        a, b = picture.maps["a"], picture.maps["b"]
        if self._options.show_seams and a and b:
            alone = picture.role if picture.flat else picture.scene.channel
            if alone not in self._seams:
                roles = [alone] if alone is not None else list(self.roles)
                self._seams[alone] = worst_seams([(a[r], b[r]) for r in roles if r in a and r in b])
            found = self._seams[alone]
        if found is not picture.seams:
            picture.seams = found
            self._canvas.overlays_changed()

    # FLIP

    def _set_flip(self) -> None:
        """Have the FLIP of the shown maps computed; that of 3D pictures comes when they are finished."""
        picture = self._picture
        if picture.comparison.mode is not CompareMode.FLIP:
            wanted: tuple[object, ...] = ()
        elif picture.flat:
            wanted = (picture.role, picture.options.channel)
        else:
            wanted = ("3d",)
        if wanted == self._flip_of:
            return
        self._flip_of = wanted
        self._flip.cancel()
        self._flip_mean = None
        picture.flip = None
        self._canvas.overlays_changed()
        a, b = (((picture.maps[side] or {}).get(picture.role)) for side in ("a", "b"))
        if not wanted or not picture.flat or a is None or b is None or a.shape != b.shape:
            return
        channel = picture.options.channel
        if channel is not None:
            a, b = (pixels[..., min(channel, pixels.shape[2] - 1)][..., None] for pixels in (a, b))
        self._flip.run(lambda tell: compute_flip(a, b, tell))

    def _on_pictures(self, a: np.ndarray, b: np.ndarray) -> None:
        if self._flip_of == ("3d",) and a.shape == b.shape:
            self._flip_mean = None
            first, second = (pixels.astype(np.float32) / np.float32(255.0) for pixels in (a, b))
            self._flip.run(lambda tell: compute_flip(first, second, tell))

    def _on_flip(self, found: tuple[np.ndarray, float | None]) -> None:
        self._picture.flip, self._flip_mean = found
        self._canvas.overlays_changed()
        self._overlay.show_overlay(self._make_overlay())

    def _cost_note(self) -> str:
        """What drawing from latents takes, for each side that is."""
        canvas = self._canvas
        if self._picture.flat or isinstance(canvas, PaintedCanvas):
            return ""
        if canvas.compiling:
            return tr("compiling the decoder …")
        costs = canvas.costs
        training = any(live for _, live in self._picture.neural.values())
        if not costs and self._picture.filtering is not None and training:
            return tr("decoded textures while it trains")
        return "      ".join(
            (f"{side.upper()}  " if len(costs) > 1 else "") + cost_text(cost) for side, cost in costs.items()
        )

    def _show_cost(self) -> None:
        # Only what is written over the picture: painting that again would measure again.
        self._overlay.show_note(self._cost_note())

    # The canvas

    def _make_canvas(self) -> GlCanvas | PaintedCanvas:
        if self.opengl_problem:
            _LOG.warning("The viewport paints without OpenGL: %s", self.opengl_problem)
            canvas: GlCanvas | PaintedCanvas = PaintedCanvas(self._picture, self)
        else:
            canvas = GlCanvas(self._picture, self._samples, self)
            canvas.failed.connect(self._fall_back, Qt.ConnectionType.QueuedConnection)
            canvas.problem.connect(self._answer_problem)
            canvas.pictures_ready.connect(self._on_pictures)
            canvas.measured.connect(self._show_cost)
            canvas.picked.connect(self._on_picked)
        canvas.setMouseTracking(True)
        canvas.installEventFilter(self)
        self._layout.addWidget(canvas)
        return canvas

    def _fall_back(self, reason: str) -> None:
        self.opengl_problem = reason or tr("the OpenGL driver does not work")
        old = self._canvas
        self._layout.removeWidget(old)
        old.hide()
        if isinstance(old, GlCanvas):
            # Its context may share with the window's, and what is left in it would live as long as that.
            old.release()
        old.deleteLater()
        self._canvas = self._make_canvas()
        self._overlay.raise_()
        self._refresh()

    def _answer_problem(self, sentence: str) -> None:
        self.problem.emit(sentence)
        if self._options.environment != DEFAULT_ENVIRONMENT:
            self.set_options(environment=DEFAULT_ENVIRONMENT)

    @property
    def refined(self) -> bool:
        """Whether the picture is as good as it gets (no sample is missing)."""
        return isinstance(self._canvas, PaintedCanvas) or (self._canvas.refined and not self._picture.moving)

    def _moved(self) -> None:
        """Something moves: quick pictures until it rests."""
        self._picture.moving = True
        self._rest.start()
        self._refresh()

    def _came_to_rest(self) -> None:
        if self._drag is not None and self._drag[0] in ("orbit", "pan", "light"):
            self._rest.start()
            return
        self._picture.moving = False
        self._canvas.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._overlay.setGeometry(self.rect())
        self._refresh()

    # Mouse and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas:
            match event:
                case QWheelEvent():
                    self._wheel(event)
                    return True
                case QMouseEvent():
                    return self._mouse(event)
            if event.type() == QEvent.Type.Leave:
                self._inspected = None
                self.pixelInspected.emit(None)
            elif event.type() in (QEvent.Type.Resize, QEvent.Type.DevicePixelRatioChange):
                self._refresh()
        return super().eventFilter(watched, event)

    def _pixels(self, place: QPointF) -> tuple[float, float]:
        """From widget coordinates to the canvas's pixels."""
        ratio = self._canvas.pixel_size()[0] / max(self._canvas.width(), 1)
        return place.x() * ratio, place.y() * ratio

    def _mouse(self, event: QMouseEvent) -> bool:
        place = event.position()
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self._drag = (self._drag_kind(event), place)
                if self._drag[0] == "wipe":
                    self._drag_wipe(place)
                return True
            case QEvent.Type.MouseButtonRelease:
                self._drag = None
                self._update_cursor(place)
                return True
            case QEvent.Type.MouseButtonDblClick:
                if event.button() == Qt.MouseButton.LeftButton:
                    self.fit()
                return True
            case QEvent.Type.MouseMove:
                if self._drag is not None:
                    kind, last = self._drag
                    self._drag = (kind, place)
                    if kind == "turn":
                        self._turn_wipe(place, snap=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                    else:
                        self._dragged(kind, place, place - last)
                else:
                    self._update_cursor(place)
                self._inspect(place)
                return True
        return False

    def _drag_kind(self, event: QMouseEvent) -> str:
        flat = self._picture.flat
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._near_knob(event.position()):
            return "turn"
        if left and self.comparison.mode is CompareMode.WIPE and (flat or self._near_wipe(event.position())):
            return "wipe"
        if flat:
            return "pan"
        if event.button() == Qt.MouseButton.RightButton and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return "light"
        return "orbit" if left else "pan"

    def _canvas_size(self) -> tuple[float, float]:
        return float(max(self._canvas.width(), 1)), float(max(self._canvas.height(), 1))

    def _near_wipe(self, place: QPointF) -> bool:
        comparison = self.comparison
        away = comparison.line_distance((place.x(), place.y()), self._canvas_size())
        return comparison.mode is CompareMode.WIPE and abs(away) <= HANDLE_REACH

    def _near_knob(self, place: QPointF) -> bool:
        comparison = self.comparison
        _, knob = wipe_handle(comparison, *self._canvas_size())
        return comparison.mode is CompareMode.WIPE and (place - knob).manhattanLength() <= 1.5 * HANDLE_REACH

    def _update_cursor(self, place: QPointF) -> None:
        shapes = Qt.CursorShape
        cursor = shapes.ArrowCursor
        if self._near_knob(place):
            cursor = shapes.PointingHandCursor
        elif self._near_wipe(place):
            flat = abs(self.comparison.line(self._canvas_size())[1]) > 0.7
            cursor = shapes.SplitVCursor if flat else shapes.SplitHCursor
        self._canvas.setCursor(cursor)

    def _drag_wipe(self, place: QPointF) -> None:
        self.set_options(wipe=self.comparison.wiped_to((place.x(), place.y()), self._canvas_size()))

    def _turn_wipe(self, place: QPointF, *, snap: bool) -> None:
        """The knob follows the pointer around the handle, which stays where it is."""
        size = self._canvas_size()
        handle, _ = wipe_handle(self.comparison, *size)
        toward = place - handle
        if toward.manhattanLength() < 4.0:
            return
        angle = math.degrees(math.atan2(toward.y(), toward.x())) - 90.0
        if snap:
            angle = round(angle / _TURN_STEP) * _TURN_STEP
        turned = replace(self.comparison, wipe_angle=angle)
        self.set_options(wipe_angle=angle, wipe=turned.wiped_to((handle.x(), handle.y()), size))

    def _dragged(self, kind: str, place: QPointF, by: QPointF) -> None:
        height = max(self._canvas.height(), 1)
        match kind:
            case "wipe":
                self._drag_wipe(place)
            case "light":
                self._picture.moving = True
                self._rest.start()
                self.set_options(rotation=(self._options.rotation + by.x() * 0.5 + 180.0) % 360.0 - 180.0)
            case "orbit":
                self._camera = self._camera.orbit(-by.x() * 0.4, by.y() * 0.4)
                self._moved()
            case "pan" if self._picture.flat:
                dx, dy = self._pixels(by)
                view = (self._view or self._picture.view).panned(dx, dy)
                self._view = view.kept_in_reach(self._size_of_picture(), self._options.tiling)
                self._moved()
            case "pan":
                self._camera = self._camera.panned(by.x() / height, -by.y() / height)
                self._moved()

    def _wheel(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120.0
        if notches:
            self._zoom(notches, event.position())
            self._inspect(event.position())

    def _zoom(self, notches: float, place: QPointF | None = None) -> None:
        """At a place of the canvas, or at the middle of what is shown."""
        if self._picture.flat:
            width, height = self._picture.comparison.side_size(self._canvas.pixel_size())
            x, y = (width / 2.0, height / 2.0) if place is None else self._pixels(place)
            view = self._picture.view.zoomed_at(1.25**notches, x, y, self._canvas.pixel_size(), self.comparison)
            self._view = view.kept_in_reach(self._size_of_picture(), self._options.tiling)
        else:
            self._camera = self._camera.zoomed(1.12**notches)
        self._moved()

    def _inspect(self, place: QPointF) -> None:
        canvas = self._canvas
        self._inspected = place
        if self._picture.flat or not self.roles:
            self.pixelInspected.emit(self.reading_at(place))
        elif self._drag is None and isinstance(canvas, GlCanvas):  # else it is busy enough with following the hand
            canvas.pick(*self._pixels(place))

    def _on_picked(self, x: float, y: float, uv: tuple[float, float] | None) -> None:
        # The mouse may have gone on, or away, in the meantime.
        if self._inspected is not None and self._pixels(self._inspected) == (x, y) and not self._picture.flat:
            self.pixelInspected.emit(self._reading_on_surface(uv))

    def _reading_on_surface(self, uv: tuple[float, float] | None) -> PixelReading | None:
        if uv is None:
            return None
        size = self._size_of_picture()
        return self._reading_of(int(uv[0] * size[0]), int(uv[1] * size[1]))

    def _reading_of(self, x: int, y: int) -> PixelReading | None:
        size = self._size_of_picture()
        return reading_of(self._picture, (x + 0.5) / size[0], (y + 0.5) / size[1], size)

    def reading_at(self, place: QPointF) -> PixelReading | None:
        """The pixel of the shown map at a place of the canvas, in widget coordinates; in 3D the one that lies on the
        surface there."""
        if not self.roles:
            return None
        size = self._size_of_picture()
        if self._picture.flat:
            texel = self._picture.view.texel_at(*self._pixels(place), self._canvas.pixel_size(), self.comparison)
            pixel = sample_texel(texel, size, self._options.tiling, self._options.half_offset)
        else:
            assert isinstance(self._canvas, GlCanvas)
            return self._reading_on_surface(self._canvas.uv_at(*self._pixels(place)))
        return None if pixel is None else self._reading_of(*pixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._arrow(event):
            return
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if not plain or not self._key(event.key(), repeated=event.isAutoRepeat()):
            super().keyPressEvent(event)

    def _arrow(self, event: QKeyEvent) -> bool:
        """What the mouse does by dragging and by its wheel."""
        keys, none = Qt.Key, Qt.KeyboardModifier.NoModifier
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held in (none, Qt.KeyboardModifier.ShiftModifier) and event.key() in _ZOOM_KEYS:
            self._zoom(1.0 if event.key() in (keys.Key_Plus, keys.Key_Equal) else -1.0)
            return True
        ways = {keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, -1), keys.Key_Down: (0, 1)}
        if event.key() not in ways:
            return False
        x, y = ways[keys(event.key())]
        flat = self._picture.flat
        if held == none:
            step = QPointF(-x, -y) * _KEY_PAN if flat else QPointF(x, y) * _KEY_ORBIT
            self._dragged("pan" if flat else "orbit", QPointF(), step)
        elif held == Qt.KeyboardModifier.ShiftModifier and x and not flat:
            self._dragged("light", QPointF(), QPointF(x, 0) * _KEY_ORBIT)
        elif held == Qt.KeyboardModifier.ControlModifier and self.comparison.mode is CompareMode.WIPE:
            if x:
                self.set_options(wipe=self._options.wipe + x * _KEY_WIPE)
            else:
                self.set_options(wipe_angle=self._options.wipe_angle + y * _TURN_STEP)
        else:
            return False
        return True

    def _key(self, key: int, *, repeated: bool) -> bool:
        keys = Qt.Key
        flat = self._options.mode is ViewMode.PICTURE
        if key == keys.Key_Space:
            if not repeated:
                self.hold_original(True)
            return True
        components = {keys.Key_R: "r", keys.Key_G: "g", keys.Key_B: "b", keys.Key_A: "a"}
        if flat and key in components:
            self.show_component(components[keys(key)])
            return True
        acts = {
            keys.Key_W: self.toggle_wipe,
            keys.Key_D: self.toggle_difference,
            keys.Key_BracketLeft: lambda: self.scale_gain(0.5),
            keys.Key_BracketRight: lambda: self.scale_gain(2.0),
            keys.Key_C: self.cycle_channel,
            keys.Key_M: lambda: self.set_channel(None),
            keys.Key_F: self.fit,
            keys.Key_Z: self.zoom_to_texels,
            keys.Key_T: self.cycle_tiling,
            keys.Key_E: self.toggle_flip,
            keys.Key_PageDown: lambda: self.step_mip(1),
            keys.Key_PageUp: lambda: self.step_mip(-1),
        }
        act = acts.get(keys(key)) if key in acts else None
        if act is None:
            return False
        act()
        return True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hold_original(False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # A hand on the mouse knows where it is, and a frame around the picture would only disturb it.
        self._overlay.show_focus(event.reason() != Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: Any) -> None:
        self.hold_original(False)
        self._overlay.show_focus(False)
        super().focusOutEvent(event)


def _same(old: Mapping[Role, Pixels] | None, new: Mapping[Role, Pixels] | None) -> bool:
    """Whether these are the very same arrays."""
    if old is None or new is None:
        return old is new
    return old.keys() == new.keys() and all(old[role] is new[role] for role in new)


def _is_level(before: tuple[int, int], now: tuple[int, int]) -> bool:
    """Whether two sizes are those of mip levels of one picture."""
    shift = round(math.log2(max(before) / max(now)))
    large, small = (before, now) if shift >= 0 else (now, before)
    return small == (max(1, large[0] >> abs(shift)), max(1, large[1] >> abs(shift)))
