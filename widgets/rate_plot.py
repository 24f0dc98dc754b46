"""Results as points over size and quality, the best of them as a line; names only where there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.controls import bare
from widgets.language import tr
from widgets.psnr_plot import DbAxis, quiet_plot
from widgets.rate_panel import RatePoint, best_points
from widgets.theme import THEME, follow_scale, font, text_px
from widgets.units import db_text, psnr_text

_SPOT, _LARGE_SPOT = 8, 12
_GAP = 7.0
"""Between a point and its name, in px."""


class RatePlot(QWidget):
    """A click on a point puts the run into B, with Shift into A."""

    chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = quiet_plot(DbAxis("left"), RateAxis("bottom"))
        item: Any = self._view.getPlotItem()  # pyqtgraph's own types are vague
        self._item, self._box = item, item.getViewBox()
        self._line = pg.PlotDataItem(pen=pg.mkPen(THEME.accent_line, width=2.0))
        self._spots = pg.ScatterPlotItem(hoverable=True, tip=_tip)
        self._spots.setZValue(10)
        self._spots.sigClicked.connect(self._on_clicked)
        item.addItem(self._line)
        item.addItem(self._spots)
        self._names: list[pg.TextItem] = []
        self._points: list[RatePoint] = []
        bare(QVBoxLayout(self), 0).addWidget(self._view)
        self._box.sigResized.connect(lambda *_: self._place_names())
        follow_scale(self, RatePlot._size_axes)

    def _size_axes(self) -> None:
        for side in ("left", "bottom"):
            self._item.getAxis(side).setTickFont(font(THEME.small))
        self._item.getAxis("left").setWidth(text_px(28) + 6)
        self._item.getAxis("bottom").setHeight(text_px(16) + 6)
        self._place_names()

    @property
    def names(self) -> list[str]:
        """Those that found room."""
        return [name.toPlainText() for name in self._names]

    def set_points(self, points: Sequence[RatePoint]) -> None:
        """At least one."""
        if list(points) == self._points:
            return
        self._points = list(points)
        curve = best_points(points)
        self._line.setData([math.log2(p.bpp) for p in curve], [p.psnr_db for p in curve])
        self._spots.setData([_spot(point) for point in points])
        rates = np.array([math.log2(p.bpp) for p in points])
        qualities = np.array([p.psnr_db for p in points])
        room = max(1.0, 0.12 * np.ptp(qualities))
        self._box.setXRange(rates.min() - 0.35, rates.max() + 0.55, padding=0)
        self._box.setYRange(qualities.min() - room, qualities.max() + 1.6 * room, padding=0)
        self.setAccessibleName(", ".join(f"{p.label}: {p.bpp:.2f}, {psnr_text(p.psnr_db)}" for p in points))
        self._place_names()

    def _place_names(self) -> None:
        """Beside their points, the more important ones first; a name that finds no free place is left out."""
        for name in self._names:
            self._item.removeItem(name)
        self._names = []
        curve = {p.key for p in best_points(self._points)}
        metrics = QFontMetricsF(font(THEME.small))
        (left, right), (low, high) = self._box.viewRange()
        across, down = self._box.width() / max(right - left, 1e-9), self._box.height() / max(high - low, 1e-9)
        room = QRectF(0.0, 0.0, self._box.width(), self._box.height())
        spots = [((math.log2(p.bpp) - left) * across, (high - p.psnr_db) * down) for p in self._points]
        half = _SPOT / 2
        taken = [QRectF(x - half, y - half, _SPOT, _SPOT) for x, y in spots]
        order = sorted(
            zip(self._points, spots, strict=True),
            key=lambda pair: (not pair[0].slots, not pair[0].baseline, pair[0].key not in curve, pair[0].key),
        )
        for point, (x, y) in order:
            wide, tall = metrics.horizontalAdvance(point.label) + 2, metrics.height()
            for to_left, to_top in ((0.5, 1.0), (0.5, 0.0), (0.0, 0.5), (1.0, 0.5)):
                # As shares of the name's size, a little away from the point.
                anchor = to_left + (to_left - 0.5) * 2 * _GAP / wide, to_top + (to_top - 0.5) * 2 * _GAP / tall
                place = QRectF(x - anchor[0] * wide, y - anchor[1] * tall, wide, tall)
                if not room.contains(place) or any(place.intersects(other) for other in taken):
                    continue
                taken.append(place)
                self._add_name(point, anchor)
                break

    def _add_name(self, point: RatePoint, anchor: tuple[float, float]) -> None:
        name = pg.TextItem(point.label, color=THEME.text if point.slots else THEME.text_soft, anchor=anchor)
        name.setFont(font(THEME.small))
        # Its own margin would push it away from where it was measured.
        name.textItem.document().setDocumentMargin(1)
        name.setPos(math.log2(point.bpp), point.psnr_db)
        self._item.addItem(name, ignoreBounds=True)
        self._names.append(name)

    def _on_clicked(self, _item: object, spots: Sequence[Any], event: Any) -> None:
        if len(spots):
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.chosen.emit(spots[0].data().key, "A" if shift else "B")


def _spot(point: RatePoint) -> dict[str, Any]:
    color = THEME.text_soft if point.baseline else THEME.accent_line
    return {
        "pos": (math.log2(point.bpp), point.psnr_db),
        "size": _LARGE_SPOT if point.slots else _SPOT,
        "symbol": "d" if point.baseline else "o",
        "brush": pg.mkBrush(THEME.well if point.baseline else color),
        "pen": pg.mkPen(THEME.text if point.slots else color, width=1.5),
        "data": point,
    }


def _tip(x: float, y: float, data: RatePoint) -> str:
    words = tr("{rate:.2f} bits per texel, {psnr} dB").format(rate=data.bpp, psnr=db_text(data.psnr_db))
    return f"{data.label}: {words}" + (f"\n{data.tip}" if data.tip else "")


class RateAxis(pg.AxisItem):
    """Bits per texel on a logarithmic scale: doublings, and round numbers between them where there is room."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        most = max(1, int(size // text_px(44)))
        doublings = range(math.floor(minVal), math.ceil(maxVal) + 1)
        for step, parts in ((1, (1.0, 1.25, 1.5, 1.75)), (1, (1.0, 1.5)), (1, (1.0,)), (2, (1.0,)), (3, (1.0,))):
            marks = [n + math.log2(part) for n in doublings if n % step == 0 for part in parts]
            seen = [mark for mark in marks if minVal <= mark <= maxVal]
            if len(seen) <= most:
                return [(float(step), seen)]
        return [(1.0, seen[:most])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{2.0 ** (value * scale):.3g}" for value in values]
