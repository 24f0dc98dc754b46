"""The two surfaces that the viewport can draw on: OpenGL, and plain painting where there is no OpenGL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.textures.material import Pixels
from renderers.choices import CompareMode
from renderers.comparison import RAMP
from renderers.drawer import SIDES, Drawn, Order, Picture
from renderers.marks import MIP_COLORS, SeamErrors
from renderers.progressive import Cost, Side
from renderers.shader_source import encoded_colors
from widgets.controls import bare
from widgets.gl_surface import SURROUND, MemorySurface, WindowSurface, pixel_size
from widgets.language import tr
from widgets.opengl import draws_in_software
from widgets.wipe import wipe_path


class GlCanvas(QWidget):
    """Has a :class:`Picture` drawn with OpenGL."""

    failed = Signal(str)
    """OpenGL can't be used after all, because …"""
    problem = Signal(str)
    """Something that was asked for can't be shown; one sentence."""
    pictures_ready = Signal(object, object)
    """FLIP is shown in 3D and both pictures are as good as they get: uint8 H × W × 3."""
    measured = Signal()
    """:attr:`costs` or :attr:`compiling` is another."""
    picked = Signal(float, float, object)
    """What :meth:`pick` asked for: x, y, and u and v or None."""

    def __init__(self, picture: Picture, samples: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._sides: set[Side] = set(SIDES)
        self._overlays = True
        self._ordered = 0
        self._drawn = Drawn()
        self._surface = (MemorySurface if draws_in_software() else WindowSurface)(samples, self)
        self._surface.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # What is drawn in a paint must not be answered from inside it.
        self._surface.drawn.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._surface.picked.connect(self.picked)
        bare(QVBoxLayout(self)).addWidget(self._surface)

    @property
    def costs(self) -> Mapping[Side, Cost]:
        """Of the sides that are drawn from latents."""
        return self._drawn.costs

    @property
    def software(self) -> bool:
        """The context draws on the processor."""
        return self._drawn.software

    @property
    def compiling(self) -> bool:
        """A decoder is about to be compiled."""
        return self._drawn.compiling

    @property
    def draws_live(self) -> bool:
        """Whether latents are drawn while they are being trained, so that nobody has to decode them beforehand."""
        return self._drawn.draws_live

    @property
    def refined(self) -> bool:
        """Whether the picture is as good as it gets; not before the first one is painted."""
        drawn, picture = self._drawn, self._picture
        if drawn.order is None or drawn.order.number != self._ordered or not drawn.complete:
            return False
        # What was changed since then may not have been asked for yet.
        of = drawn.order.picture
        return (of.flat, of.scene, of.comparison) == (picture.flat, picture.scene, picture.comparison)

    def refresh(self) -> None:
        """The picture is another now."""
        self._ordered += 1
        sides, self._sides = frozenset(self._sides), set()
        self._surface.draw(Order(self._picture.copied(), self.pixel_size(), sides, self._overlays, self._ordered))
        self._overlays = False

    def maps_changed(self, side: Side) -> None:
        """The maps of a side are others now."""
        self._sides.add(side)
        self.refresh()

    def overlays_changed(self) -> None:
        """The seams or the FLIP of the picture are others now."""
        self._overlays = True
        self.refresh()

    def pixel_size(self) -> tuple[int, int]:
        return pixel_size(self)

    def uv_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Texture coordinates of what the 3D view shows at a pixel; None beside the object."""
        return self._surface.call(lambda drawer: drawer.uv_at(x, y))

    def pick(self, x: float, y: float) -> None:
        """:meth:`uv_at`, without waiting for it."""
        self._surface.pick(x, y)

    def release(self) -> None:
        """Give everything back: nothing will be drawn any more."""
        self._surface.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.refresh()
        return super().event(event)

    def _take(self, drawn: Drawn) -> None:
        if drawn.fault:
            reason = tr("the OpenGL driver failed to draw ({reason})").format(reason=drawn.fault)
            self.failed.emit(drawn.fault if drawn.order is None else reason)
            return
        before, self._drawn = self._drawn, drawn
        if drawn.problem:
            self.problem.emit(drawn.problem)
        if drawn.pictures is not None:
            self.pictures_ready.emit(*drawn.pictures)
        if (before.costs, before.compiling) != (drawn.costs, drawn.compiling):
            self.measured.emit()


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
