"""The two surfaces that the viewport can draw on: OpenGL, and plain painting where there is no OpenGL."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import moderngl
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QTransform,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.codec.neural_texture import NeuralTexture
from core.errors import InputError
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.choices import CompareMode, Filter
from renderers.comparison import RAMP, Comparison
from renderers.marks import MIP_COLORS, SeamErrors, SeamMarks
from renderers.material_renderer import Scene, is_software
from renderers.picture_renderer import PictureOptions, PictureRenderer, PictureTexture
from renderers.picture_view import PictureView
from renderers.progressive import Cost, ProgressiveView, Side
from renderers.shader_source import encoded_colors
from widgets.controls import bare
from widgets.gl_surface import MemorySurface, WindowSurface, pixel_size
from widgets.language import tr
from widgets.opengl import draws_in_software
from widgets.wipe import wipe_path

_LOG = logging.getLogger(__name__)
Maps = Mapping[Role, Pixels]
SIDES: tuple[Side, Side] = ("a", "b")
SURROUND = 0.30
"""Display-encoded grey beside a flat picture."""
_TELL_MS = 30
"""So long the view may say that a program is being compiled before it is."""
_MOST_REASON = 120
"""Letters of what a driver says, where people read it."""


@dataclass
class Picture:
    """Everything a canvas needs to know to paint; the viewport owns and changes it."""

    flat: bool = False
    moving: bool = False
    maps: dict[Side, Maps | None] = field(default_factory=lambda: {"a": None, "b": None})
    neural: dict[Side, tuple[NeuralTexture, bool]] = field(default_factory=dict)
    """The latents of the sides that have some, and whether they are still being trained."""
    filtering: Filter | None = None
    """How latents are drawn; None: not at all, the maps are."""
    convention: NormalConvention = NormalConvention.OPENGL
    scene: Scene = field(default_factory=Scene)
    comparison: Comparison = field(default_factory=Comparison)
    role: Role = Role.ALBEDO
    view: PictureView = field(default_factory=PictureView)
    options: PictureOptions = field(default_factory=PictureOptions)
    seams: SeamErrors | None = None
    """Where B's seams are worse than A's."""
    flip: NDArray[np.float32] | None = None
    """The FLIP of the two maps, or of the two pictures in 3D, as far as it is known."""


class GlCanvas(QWidget):
    """Draws a :class:`Picture` with OpenGL. Everything that belongs to the context is built anew whenever the widget
    moves to another window."""

    failed = Signal(str)
    """OpenGL can't be used after all, because …"""
    problem = Signal(str)
    """Something that was asked for can't be shown; one sentence."""
    pictures_ready = Signal(object, object)
    """FLIP is shown in 3D and both pictures are as good as they get: uint8 H × W × 3."""
    measured = Signal()
    """:attr:`costs` or :attr:`compiling` is another."""

    def __init__(self, picture: Picture, samples: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.costs: dict[Side, Cost] = {}
        """Of the sides that are drawn from latents."""
        self.software = False
        """The context draws on the processor."""
        self.compiling = False
        """The next paint compiles a decoder."""
        self._picture = picture
        self._samples = samples
        self._ctx: moderngl.Context | None = None
        self._view3d: ProgressiveView | None = None
        self._view2d: PictureRenderer | None = None
        self._flat: dict[Side, tuple[Role, PictureTexture]] = {}
        self._waiting: set[Side] = set()
        self._waiting3d: set[Side] = set()
        """Sides whose maps have been seen as pictures only, since they changed."""
        self._flip_texture: PictureTexture | None = None
        self._seams: SeamMarks | None = None
        self._overlays_changed = False
        self._pictures_told = False
        self._last_problem = ""
        self._faults = 0
        """Paints that raised since the last finished picture."""
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._go_on)
        if draws_in_software():
            self._surface: WindowSurface | MemorySurface = MemorySurface(
                self._begin, self._draw, lambda reason: self.failed.emit(tr(reason)), self
            )
        else:
            self._surface = WindowSurface(self._begin, self._draw, self.release, self)
        self._surface.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bare(QVBoxLayout(self)).addWidget(self._surface)

    def refresh(self) -> None:
        """The picture is another now."""
        self._surface.redraw()

    def maps_changed(self, side: Side) -> None:
        """The maps of a side are others now: upload them with the next paint."""
        self._waiting.add(side)
        self.refresh()

    def overlays_changed(self) -> None:
        """The seams or the FLIP of the picture are others now."""
        self._overlays_changed = True
        self.refresh()

    def pixel_size(self) -> tuple[int, int]:
        return pixel_size(self)

    @property
    def refined(self) -> bool:
        """Whether the picture is as good as it gets; not before the first one is painted."""
        picture, view = self._picture, self._view3d
        if picture.flat:
            return True
        # What was asked for since the last paint isn't in the picture yet.
        if view is None or self._waiting or self._waiting3d or not view.shows(picture.scene, picture.comparison):
            return False
        return view.progress >= 1.0

    @property
    def draws_live(self) -> bool:
        """Whether latents are drawn while they are being trained, so that nobody has to decode them beforehand."""
        return self._view3d is not None and not self._view3d.software

    def uv_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Texture coordinates of what the 3D view shows at a pixel; None beside the object."""
        if self._view3d is None or self._picture.flat:
            return None
        self._surface.makeCurrent()
        try:
            return self._view3d.uv_at(x, y)
        except Exception:
            # The next paint meets the same and answers it.
            _LOG.exception("Picking with OpenGL failed")
            self.refresh()
            return None
        finally:
            self._surface.doneCurrent()

    def _begin(self) -> None:
        self._forget()
        try:
            self._ctx = _moderngl_context()
        except Exception as error:  # the loaders raise bare Exception
            self._ctx = None
            self.failed.emit(str(error))
            return
        self.software = is_software(self._ctx)
        self._waiting = set(SIDES)

    def _draw(self) -> None:
        if self._ctx is None:
            return
        try:
            self._paint(self._ctx)
        except Exception as error:  # whatever a driver answers with: Qt would only print it, again with every paint
            _LOG.exception("Drawing with OpenGL failed")
            self._answer_fault(error)

    def _go_on(self) -> None:
        """Work on the picture. On a software rasteriser, composing the window takes as long as a slice of that work:
        it is painted again only when there is something new to see."""
        view, picture = self._view3d, self._picture
        known = (
            view is not None
            and view.software
            and not (picture.flat or picture.moving or self._waiting or self._waiting3d)
        )
        if view is None or not known or self.compiling or not view.shows(picture.scene, picture.comparison):
            self.refresh()
            return
        if not self.isVisible():
            return
        made = view.pictures_made
        self._surface.makeCurrent()
        try:
            more = view.work()
        except Exception:
            # The next paint meets the same and answers it.
            _LOG.exception("Drawing with OpenGL failed")
            more = False
        finally:
            self._surface.doneCurrent()
        if more and made == view.pictures_made:
            self._rest(view)
        else:
            self.refresh()

    def _rest(self, view: ProgressiveView) -> None:
        """Go on with the picture, at once or when whatever computes has had its share."""
        self._next.start(round(view.rest_seconds * 1000.0))

    def _answer_fault(self, error: Exception) -> None:
        """Build everything anew once; if that does not help, leave OpenGL."""
        self._faults += 1
        ctx = self._ctx
        self._release_resources()
        self._forget()
        if self._faults == 1:
            self._ctx = ctx
            self._next.start(0)
            return
        sentence = " ".join(str(error).split()) or type(error).__name__
        self.failed.emit(tr("the OpenGL driver failed to draw ({reason})").format(reason=sentence[:_MOST_REASON]))

    def _paint(self, ctx: moderngl.Context) -> None:
        picture = self._picture
        target = self._surface.target(ctx)
        viewport = (0, 0, *self.pixel_size())
        more = False
        if picture.flat:
            self._paint_flat(ctx, target, viewport)
        else:
            more = self._paint_material(ctx, target, viewport)
        if more and self._view3d is not None:
            self._rest(self._view3d)
        elif not picture.flat and self._view3d is not None and self._view3d.wait_seconds > 0.0:
            self._next.start(round(self._view3d.wait_seconds * 1000.0) + 50)
        if self.refined:
            self._faults = 0

    def _paint_material(
        self, ctx: moderngl.Context, target: moderngl.Framebuffer, viewport: tuple[int, int, int, int]
    ) -> bool:
        picture = self._picture
        if self._view3d is None:
            self._view3d = ProgressiveView(ctx, self._samples)
            self._waiting = set(SIDES)
        view = self._view3d
        for side in sorted(self._waiting):
            self._drop_flat(side)
        for side in sorted(self._waiting | self._waiting3d):
            view.set_material(side, picture.maps[side], picture.convention)
        view.mark_seams("b", picture.seams)
        self._waiting.clear()
        self._waiting3d.clear()
        compiles = self._set_neural(view)
        view.request(picture.scene, picture.comparison, viewport[2:], moving=picture.moving)
        more = False
        try:
            more = view.work()
            self._last_problem = ""
        except InputError as error:
            if str(error) != self._last_problem:
                self._last_problem = str(error)
                # Not from inside a paint: whoever answers will want to repaint.
                QTimer.singleShot(0, self, lambda text=str(error): self.problem.emit(text))
        self._compare_pictures(view)
        view.resolve(target, viewport)
        self._tell({side: cost for side in SIDES if (cost := view.cost(side)) is not None}, compiles)
        if compiles:
            self._next.start(_TELL_MS)
        return more and not compiles

    def _set_neural(self, view: ProgressiveView) -> bool:
        """Say which sides are drawn from latents. A program that has to be compiled first waits for the next paint,
        so that this one can say so: True."""
        picture = self._picture
        chosen: dict[Side, tuple[NeuralTexture | None, bool]] = {}
        for side in SIDES:
            texture, live = picture.neural.get(side, (None, False))
            known = texture is None or not live or view.draws_live(texture)
            chosen[side] = (texture if known else None, live)
        ready = picture.filtering is None or self.compiling
        if not ready and any(view.must_compile(side, texture) for side, (texture, _) in chosen.items()):
            return True
        for side, (texture, live) in chosen.items():
            relief = (picture.maps[side] or {}).get(Role.DISPLACEMENT)
            view.set_neural(side, texture, picture.filtering, relief, live=live)
        return False

    def _tell(self, costs: dict[Side, Cost], compiling: bool) -> None:
        if (costs, compiling) != (self.costs, self.compiling):
            self.costs, self.compiling = costs, compiling
            self.measured.emit()

    def _compare_pictures(self, view: ProgressiveView) -> None:
        """For FLIP: hand both pictures out once they are finished, and show their error for as long as they are."""
        finished = view.comparison.mode is CompareMode.FLIP and view.progress >= 1.0 and not self._picture.moving
        if finished and not self._pictures_told:
            a, b = view.pictures()
            # Not from inside a paint: whoever answers will want to repaint.
            QTimer.singleShot(0, self, lambda: self.pictures_ready.emit(a, b))
        if not (finished and self._pictures_told):
            self._picture.flip = None
        self._pictures_told = finished
        view.set_error_map(self._picture.flip)

    def _paint_flat(
        self, ctx: moderngl.Context, target: moderngl.Framebuffer, viewport: tuple[int, int, int, int]
    ) -> None:
        picture = self._picture
        if self._view2d is None:
            self._view2d = PictureRenderer(ctx)
        for side in self._waiting:
            self._drop_flat(side)
        # The 3D side takes the change over when it is shown next.
        textures: dict[Side, PictureTexture | None] = {}
        for side in SIDES:
            maps = picture.maps[side]
            pixels = maps.get(picture.role) if maps else None
            held = self._flat.get(side)
            if held is not None and (pixels is None or held[0] is not picture.role):
                self._drop_flat(side)
                held = None
            if held is None and pixels is not None:
                held = self._flat[side] = (picture.role, PictureTexture(ctx, pixels))
            textures[side] = held[1] if held else None
        self._waiting3d |= self._waiting
        self._waiting.clear()
        if self._overlays_changed:
            self._drop_overlays()
            self._overlays_changed = False
        if self._flip_texture is None and picture.flip is not None:
            self._flip_texture = PictureTexture(ctx, picture.flip[..., None])
        if self._seams is None and picture.seams is not None:
            self._seams = SeamMarks(ctx, picture.seams)
        self._view2d.draw(
            target,
            viewport,
            picture.view,
            picture.options,
            picture.comparison,
            textures["a"],
            textures["b"],
            self._flip_texture,
            self._seams,
        )

    def _drop_overlays(self) -> None:
        for held in (self._flip_texture, self._seams):
            if held is not None:
                held.release()
        self._flip_texture = self._seams = None

    def _drop_flat(self, side: Side) -> None:
        held = self._flat.pop(side, None)
        if held is not None:
            held[1].release()

    def release(self) -> None:
        """Give everything back while the context still lives."""
        if self._ctx is None:
            return
        self._surface.makeCurrent()
        self._release_resources()
        with contextlib.suppress(Exception):
            self._ctx.release()
        self._surface.doneCurrent()
        self._forget()

    def _release_resources(self) -> None:
        held = [texture for _, texture in self._flat.values()]
        for resource in (*held, self._flip_texture, self._seams, self._view2d, self._view3d):
            if resource is not None:
                # What a failed paint left half built can't all be released; the context takes the rest with it.
                with contextlib.suppress(Exception):
                    resource.release()

    def _forget(self) -> None:
        self._ctx = None
        self._view2d = None
        self._view3d = None
        self._surface.forget()
        self._flat = {}
        self._flip_texture = self._seams = None
        self._overlays_changed = True
        self._pictures_told = False
        self._waiting = set(SIDES)
        self.costs, self.compiling = {}, False


def _moderngl_context() -> moderngl.Context:
    """The context that is current, whichever window system made it."""
    try:
        return moderngl.create_context(require=330)
    except Exception:  # the loader for X11 doesn't see a context that EGL made (Wayland)
        return moderngl.create_context(require=330, backend="egl")  # pyright: ignore[reportArgumentType]


class PaintedCanvas(QWidget):
    """Shows flat pictures without OpenGL; a material is shown as its current map."""

    def __init__(self, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._images: dict[object, tuple[tuple[object, ...], QImage]] = {}
        """What was painted last of each side, the difference and FLIP, and what it was made of."""

    def refresh(self) -> None:
        self.update()

    def maps_changed(self, side: Side) -> None:
        self._images.clear()
        self.update()

    def overlays_changed(self) -> None:
        self._images.clear()
        self.update()

    def pixel_size(self) -> tuple[int, int]:
        return pixel_size(self)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def _values(self, side: Side) -> Pixels | None:
        maps = self._picture.maps[side]
        pixels = maps.get(self._picture.role) if maps else None
        channel = self._picture.options.channel
        if pixels is not None and channel is not None:
            pixels = pixels[..., min(channel, pixels.shape[2] - 1)][..., None]
        return pixels

    def _image(self, name: Side | Literal["difference", "flip"]) -> QImage | None:
        """A side, or what compares both, in the level that is nearest above its size on the screen: QPainter only
        blends four texels, so that a picture made much smaller would glitter."""
        picture = self._picture
        options, comparison = picture.options, picture.comparison
        level = max(math.floor(-math.log2(picture.view.zoom)), 0)
        key: tuple[object, ...] = (picture.role, options.channel, level)
        if name == "difference":
            key += (comparison.gain, comparison.false_color)
        elif name != "flip" and options.show_mips:
            key += (picture.view.zoom, options.level)
        held = self._images.get(name)
        if held is not None and held[0] == key:
            return held[1]
        values = self._compared() if name == "difference" else picture.flip if name == "flip" else self._values(name)
        if values is None:
            return None
        values = _halved(values, level)
        if name == "flip" or (name == "difference" and comparison.false_color):
            values = in_false_color(values.reshape(*values.shape[:2], -1).max(axis=2))
        elif name != "difference" and options.show_mips:
            values = _tinted(values, options.level + max(-math.log2(picture.view.zoom), 0.0))
        image = _to_image(values)
        self._images[name] = (key, image)
        return image

    def _compared(self) -> Pixels | None:
        a, b = self._values("a"), self._values("b")
        if a is None or b is None or a.shape != b.shape:
            return None
        return np.abs(a - b) * np.float32(self._picture.comparison.gain)

    def paintEvent(self, event: QPaintEvent) -> None:
        picture = self._picture
        width, height = self.pixel_size()
        painter = QPainter(self)
        grey = round(SURROUND * 255)
        painter.fillRect(self.rect(), QColor(grey, grey, grey))
        # In pixels of the screen, as with OpenGL.
        painter.scale(self.width() / width, self.height() / height)
        a, b = (self._values(side) is not None for side in SIDES)
        comparison = picture.comparison.with_sides(a, b)
        side_width = comparison.side_size((width, height))[0]
        whole = QRectF(0, 0, width, height)
        match comparison.mode:
            case CompareMode.SPLIT:
                self._paint_side(painter, "a", QRectF(0, 0, side_width, height), side_width)
                self._paint_side(painter, "b", QRectF(side_width, 0, width - side_width, height), side_width)
            case CompareMode.WIPE:
                for side, sign in zip(SIDES, (-1.0, 1.0), strict=True):
                    painter.save()
                    painter.setClipPath(wipe_path(comparison, (width, height), sign))
                    self._paint_side(painter, side, whole, width)
                    painter.restore()
            case CompareMode.DIFFERENCE:
                self._paint_side(painter, "difference", whole, width)
            case CompareMode.FLIP if picture.flip is not None:
                self._paint_side(painter, "flip", whole, width)
            case CompareMode.A:
                self._paint_side(painter, "a", whole, width)
            case CompareMode.B | CompareMode.FLIP:
                self._paint_side(painter, "b", whole, width)

    def _paint_side(
        self, painter: QPainter, name: Side | Literal["difference", "flip"], clip: QRectF, side_width: float
    ) -> None:
        image = self._image(name)
        if image is None:
            return
        picture = self._picture
        view, options = picture.view, picture.options
        size = self._size()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.zoom < 1.0)
        origin_x = clip.left() + side_width / 2.0 - view.centre[0] * view.zoom
        origin_y = self.pixel_size()[1] / 2.0 - view.centre[1] * view.zoom
        width, height = size[0] * view.zoom, size[1] * view.zoom
        whole = QRectF(origin_x, origin_y, width * options.tiles, height * options.tiles)
        area = clip.intersected(whole)
        shift = 0.5 if options.half_offset else 0.0
        # One brush that repeats, so that nothing shows between the tiles.
        brush = QBrush(image)
        place = QTransform.fromTranslate(origin_x - shift * width, origin_y - shift * height)
        brush.setTransform(place.scale(width / image.width(), height / image.height()))
        painter.fillRect(area, brush)
        if picture.seams is not None and name in ("b", "flip"):
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            tiles = (origin_x - shift * width, origin_y - shift * height, width, height)
            _paint_seams(painter, picture.seams, tiles, options.tiles + 1)
        painter.restore()

    def _size(self) -> tuple[int, int]:
        """Texels of the shown map."""
        shown = next((pixels for side in SIDES if (pixels := self._values(side)) is not None), None)
        return (1, 1) if shown is None else (shown.shape[1], shown.shape[0])


def _halved(values: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Means of 2 × 2 texels, so many times; a last row or column without a partner is left out."""
    for _ in range(times):
        height, width = (max(length // 2, 1) for length in values.shape[:2])
        rows, columns = min(values.shape[0], 2), min(values.shape[1], 2)
        parts = values[: height * rows, : width * columns]
        values = parts.reshape(height, rows, width, columns, *values.shape[2:]).mean(axis=(1, 3), dtype=np.float32)
    return values


def _tinted(values: Pixels, level: float) -> Pixels:
    """With the mip level as their hue, as ``tinted`` of ``marks.glsl`` does."""
    at = min(max(level, 0.0), len(MIP_COLORS) - 1.0)
    low = min(int(at), len(MIP_COLORS) - 2)
    colors = [QColor(color) for color in MIP_COLORS[low : low + 2]]
    first, second = (np.array([c.redF(), c.greenF(), c.blueF()], np.float32) for c in colors)
    color = first + (second - first) * np.float32(at - low)
    rgb = np.broadcast_to(values[..., :3] if values.shape[2] >= 3 else values[..., :1], (*values.shape[:2], 3))
    light = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    value = np.float32(0.25) + np.float32(0.9) * light[..., None]
    return (rgb * np.float32(0.25) + np.float32(0.75) * color * value).astype(np.float32)


def _paint_seams(painter: QPainter, seams: SeamErrors, first: tuple[float, float, float, float], tiles: int) -> None:
    """The lines of ``marks.glsl`` between so many tiles a side, of which ``first`` is the place of the first one: left,
    top, width and height."""
    left, top, width, height = first
    for upright, errors in zip((True, False), seams, strict=True):
        bad = errors[:, None].astype(np.float32)
        colors = np.array([0.89, 0.67, 0.27], np.float32) + bad * np.array([0.07, -0.43, -0.07], np.float32)
        pixels = np.concatenate([colors, bad > 0.0], axis=1, dtype=np.float32)
        rows = np.ascontiguousarray((pixels * 255.0 + 0.5).astype(np.uint8))
        size = (1, len(rows)) if upright else (len(rows), 1)
        brush = QBrush(QImage(rows.data, *size, 4 * size[0], QImage.Format.Format_RGBA8888).copy())
        # Stretched along the line, and repeated by itself.
        stretch = (1.0, height / len(rows)) if upright else (width / len(rows), 1.0)
        brush.setTransform(QTransform.fromTranslate(left, top).scale(*stretch))
        for i in range(tiles + 1):
            for thick, filling in ((0.75, QColor(255, 255, 255, 56)), (2.5, brush)):
                if upright:
                    painter.fillRect(QRectF(left + i * width - thick, top, 2.0 * thick, height * tiles), filling)
                else:
                    painter.fillRect(QRectF(left, top + i * height - thick, width * tiles, 2.0 * thick), filling)


def in_false_color(errors: NDArray[np.float32]) -> Pixels:
    """H × W in [0, 1] by the colours of the ramp, H × W × 3."""
    ramp = np.array(encoded_colors(RAMP), np.float32)
    at = np.clip(errors, 0.0, 1.0) * np.float32(len(ramp) - 1)
    low = np.minimum(at.astype(np.int32), len(ramp) - 2)
    part = (at - low)[..., None].astype(np.float32)
    return (ramp[low] * (1.0 - part) + ramp[low + 1] * part).astype(np.float32)


def _to_image(pixels: Pixels) -> QImage:
    values = (np.clip(pixels[..., :3], 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    height, width, channels = values.shape
    if channels == 3:
        return QImage(np.ascontiguousarray(values).data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    grey = np.ascontiguousarray(values[..., 0])
    return QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
