"""The two surfaces that the viewport can draw on: OpenGL, and plain painting where there is no OpenGL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import moderngl
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QOffscreenSurface, QOpenGLContext, QPainter, QPaintEvent, QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from core.codec.neural_texture import NeuralTexture
from core.errors import InputError
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.comparison import CompareMode, Comparison, ramp_values
from renderers.marks import SeamErrors, SeamMarks
from renderers.material_renderer import Scene
from renderers.neural_material import Filter
from renderers.picture_renderer import PictureOptions, PictureRenderer, PictureTexture
from renderers.picture_view import PictureView
from renderers.progressive import Cost, ProgressiveView, Side
from widgets.wipe import wipe_path

Maps = Mapping[Role, Pixels]
SIDES: tuple[Side, Side] = ("a", "b")
SURROUND = 0.30
"""Display-encoded grey beside a flat picture."""
_TELL_MS = 30
"""So long the view may say that a program is being compiled before it is."""


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


def opengl_problem() -> str:
    """Why no OpenGL 3.3 context can be made here; empty if one can."""
    context = QOpenGLContext()
    context.setFormat(surface_format())
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    if not context.create():
        return "no OpenGL driver was found"
    surface.create()
    if not surface.isValid() or not context.makeCurrent(surface):
        return "the OpenGL driver does not start"
    version = context.format().version()
    context.doneCurrent()
    return "" if tuple(version) >= (3, 3) else f"OpenGL is only version {version[0]}.{version[1]}"


def surface_format() -> QSurfaceFormat:
    made = QSurfaceFormat()
    made.setVersion(3, 3)
    made.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    made.setDepthBufferSize(0)
    made.setStencilBufferSize(8)
    return made


class GlCanvas(QOpenGLWidget):
    """Draws a :class:`Picture` with OpenGL. Everything that belongs to the context is built in ``initializeGL``, which
    Qt calls again whenever the widget moves to another window."""

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
        self.setFormat(surface_format())
        self.costs: dict[Side, Cost] = {}
        """Of the sides that are drawn from latents."""
        self.compiling = False
        """The next paint compiles a decoder."""
        self._picture = picture
        self._samples = samples
        self._ctx: moderngl.Context | None = None
        self._view3d: ProgressiveView | None = None
        self._view2d: PictureRenderer | None = None
        self._flat: dict[Side, tuple[Role, PictureTexture]] = {}
        self._waiting: set[Side] = set()
        self._flip_texture: PictureTexture | None = None
        self._seams: SeamMarks | None = None
        self._overlays_changed = False
        self._pictures_told = False
        self._last_problem = ""
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self.update)

    def maps_changed(self, side: Side) -> None:
        """The maps of a side are others now: upload them with the next paint."""
        self._waiting.add(side)
        self.update()

    def overlays_changed(self) -> None:
        """The seams or the FLIP of the picture are others now."""
        self._overlays_changed = True
        self.update()

    def pixel_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    @property
    def refined(self) -> bool:
        """Whether the picture is as good as it gets."""
        return self._view3d is None or self._picture.flat or self._view3d.progress >= 1.0

    @property
    def draws_live(self) -> bool:
        """Whether latents are drawn while they are being trained, so that nobody has to decode them beforehand."""
        return self._view3d is not None and not self._view3d.software

    def uv_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Texture coordinates of what the 3D view shows at a pixel; None beside the object."""
        if self._view3d is None or self._picture.flat:
            return None
        self.makeCurrent()
        try:
            return self._view3d.uv_at(x, y)
        finally:
            self.doneCurrent()

    def initializeGL(self) -> None:
        self._forget()
        try:
            self._ctx = _moderngl_context()
        except Exception as error:  # the loaders raise bare Exception
            self._ctx = None
            self.failed.emit(str(error))
            return
        self._waiting = set(SIDES)
        self.context().aboutToBeDestroyed.connect(self._release, Qt.ConnectionType.DirectConnection)

    def paintGL(self) -> None:
        ctx = self._ctx
        if ctx is None:
            return
        picture = self._picture
        size = self.pixel_size()
        target = ctx.detect_framebuffer(self.defaultFramebufferObject())
        viewport = (0, 0, *size)
        more = False
        if picture.flat:
            self._paint_flat(ctx, target, viewport)
        else:
            more = self._paint_material(ctx, target, viewport)
        if more:
            self._next.start(0)
        elif not picture.flat and self._view3d is not None and self._view3d.wait_seconds > 0.0:
            self._next.start(round(self._view3d.wait_seconds * 1000.0) + 50)

    def _paint_material(
        self, ctx: moderngl.Context, target: moderngl.Framebuffer, viewport: tuple[int, int, int, int]
    ) -> bool:
        picture = self._picture
        if self._view3d is None:
            self._view3d = ProgressiveView(ctx, self._samples)
            self._waiting = set(SIDES)
        view = self._view3d
        for side in sorted(self._waiting):
            view.set_material(side, picture.maps[side], picture.convention)
            self._drop_flat(side)
        view.mark_seams("b", picture.seams)
        self._waiting.clear()
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
        if self._view3d is not None:
            for side in sorted(self._waiting):
                self._view3d.set_material(side, picture.maps[side], picture.convention)
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

    def _release(self) -> None:
        """Give everything back while the context still lives."""
        if self._ctx is None:
            return
        self.makeCurrent()
        for side in SIDES:
            self._drop_flat(side)
        self._drop_overlays()
        if self._view2d is not None:
            self._view2d.release()
        if self._view3d is not None:
            self._view3d.release()
        self._ctx.release()
        self.doneCurrent()
        self._forget()

    def _forget(self) -> None:
        self._ctx = None
        self._view2d = None
        self._view3d = None
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
        self._images: dict[Side, tuple[tuple[object, ...], QImage]] = {}
        self._difference: tuple[tuple[object, ...], QImage] | None = None

    def maps_changed(self, side: Side) -> None:
        self._images.pop(side, None)
        self._difference = None
        self.update()

    def overlays_changed(self) -> None:
        self.update()

    def pixel_size(self) -> tuple[int, int]:
        return max(self.width(), 1), max(self.height(), 1)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def _values(self, side: Side) -> Pixels | None:
        maps = self._picture.maps[side]
        pixels = maps.get(self._picture.role) if maps else None
        channel = self._picture.options.channel
        if pixels is not None and channel is not None:
            pixels = pixels[..., min(channel, pixels.shape[2] - 1)][..., None]
        return pixels

    def _image(self, side: Side) -> QImage | None:
        key = (self._picture.role, self._picture.options.channel)
        held = self._images.get(side)
        if held is not None and held[0] == key:
            return held[1]
        pixels = self._values(side)
        if pixels is None:
            return None
        image = _to_image(pixels)
        self._images[side] = (key, image)
        return image

    def _difference_image(self) -> QImage | None:
        a, b = self._values("a"), self._values("b")
        if a is None or b is None or a.shape != b.shape:
            return None
        comparison = self._picture.comparison
        key = (self._picture.role, self._picture.options.channel, comparison.gain, comparison.false_color)
        if self._difference is None or self._difference[0] != key:
            error = np.abs(a - b) * np.float32(comparison.gain)
            shown = in_false_color(error.max(axis=2)) if comparison.false_color else error
            self._difference = (key, _to_image(shown))
        return self._difference[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        picture = self._picture
        width, height = self.pixel_size()
        painter = QPainter(self)
        grey = round(SURROUND * 255)
        painter.fillRect(self.rect(), QColor(grey, grey, grey))
        a, b = self._image("a"), self._image("b")
        comparison = picture.comparison.with_sides(a is not None, b is not None)
        side_width = comparison.side_size((width, height))[0]
        match comparison.mode:
            case CompareMode.SPLIT:
                self._paint_side(painter, a, QRectF(0, 0, side_width, height), side_width)
                self._paint_side(painter, b, QRectF(side_width, 0, width - side_width, height), side_width)
            case CompareMode.WIPE:
                whole = QRectF(0, 0, width, height)
                for image, sign in ((b, 1.0), (a, -1.0)):
                    painter.save()
                    painter.setClipPath(wipe_path(comparison, (width, height), sign))
                    self._paint_side(painter, image, whole, width, 0.0)
                    painter.restore()
            case CompareMode.DIFFERENCE:
                self._paint_side(painter, self._difference_image(), QRectF(0, 0, width, height), width)
            case CompareMode.FLIP if picture.flip is not None:
                image = _to_image(in_false_color(picture.flip))
                self._paint_side(painter, image, QRectF(0, 0, width, height), width)
            case CompareMode.A:
                self._paint_side(painter, a, QRectF(0, 0, width, height), width)
            case CompareMode.B | CompareMode.FLIP:
                self._paint_side(painter, b, QRectF(0, 0, width, height), width)

    def _paint_side(
        self, painter: QPainter, image: QImage | None, clip: QRectF, side_width: float, left: float | None = None
    ) -> None:
        if image is None:
            return
        view, options = self._picture.view, self._picture.options
        left = clip.left() if left is None else left
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.zoom <= 2.0)
        origin_x = left + side_width / 2.0 - view.centre[0] * view.zoom
        origin_y = self.height() / 2.0 - view.centre[1] * view.zoom
        width, height = image.width() * view.zoom, image.height() * view.zoom
        whole = QRectF(origin_x, origin_y, width * options.tiles, height * options.tiles)
        painter.setClipRect(clip.intersected(whole), Qt.ClipOperation.IntersectClip)
        shift = 0.5 if options.half_offset else 0.0
        for row in range(options.tiles + (1 if shift else 0)):
            for column in range(options.tiles + (1 if shift else 0)):
                place = QRectF(origin_x + (column - shift) * width, origin_y + (row - shift) * height, width, height)
                painter.drawImage(place, image)
        painter.restore()


def in_false_color(errors: NDArray[np.float32]) -> Pixels:
    """H × W in [0, 1] by the colours of the ramp, H × W × 3."""
    ramp = np.array(ramp_values(), np.float32)
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
