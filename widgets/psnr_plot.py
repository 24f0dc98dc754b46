"""Live PSNR per map and in all: thin lines, named at their ends with the present number; no legend."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from core.textures.roles import Role
from widgets.controls import bare
from widgets.language import role_name, tr
from widgets.theme import ROLE_COLORS, THEME, TOTAL_COLOR, follow_scale, font, role_color, text_px
from widgets.units import clock_text, db_text, psnr_text

TOTAL = "total"
EXACT_DB = 98.9
"""From here on a map counts as exact: measuring bounds infinity to 99 dB. It is named, but would squash the plot."""
MOST_POINTS = 2000
"""More points than pixels only cost time: longer histories are thinned for drawing."""

_ROW, _NAME, _MOST_NAME, _NUMBER = 16, 84, 150, 44
"""Height of a label, and widths of the name, at least and at most, and of the number in it, in px at 100 %."""
_OTHERS = tuple(ROLE_COLORS.values())
"""For curves that are no role's, in turn."""
_ROLE_NAMES = frozenset(role.value for role in Role)


@dataclass(frozen=True)
class _Row:
    """The end of a line."""

    name: str
    value: float
    color: str
    main: bool


class PsnrPlot(QWidget):
    """The plot with its numbers at the right. ``set_history`` redraws all; call it ten times a second at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = bare(QHBoxLayout(self), 0)
        self._view = quiet_plot(DbAxis("left"), ClockAxis("bottom"))
        item: Any = self._view.getPlotItem()  # pyqtgraph's own types are vague
        self._item = item
        # In a narrow panel the numbers are worth more than the lines.
        self._view.setMinimumWidth(48)
        self._box: Any = item.getViewBox()
        self._lines: dict[str, pg.PlotDataItem] = {}
        self._target_line = pg.InfiniteLine(angle=0, pen=pg.mkPen(THEME.text_soft, width=1, style=Qt.PenStyle.DashLine))
        self._target_line.setVisible(False)
        item.addItem(self._target_line, ignoreBounds=True)
        self._target: float | None = None
        self.labels = _EndLabels(self._view, self._box)
        row.addWidget(self._view, 1)
        row.addWidget(self.labels)
        follow_scale(self, PsnrPlot._size_axes)
        self._show_scales(False)

    def _show_scales(self, on: bool) -> None:
        """Marks of what is not there yet, or of the run before, would say nothing."""
        for side in ("left", "bottom"):
            self._item.getAxis(side).setVisible(on)

    def _size_axes(self) -> None:
        for side in ("left", "bottom"):
            self._item.getAxis(side).setTickFont(font(THEME.small))
        self._item.getAxis("left").setWidth(text_px(28) + 6)
        self._item.getAxis("bottom").setHeight(text_px(16) + 6)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """The labels have the room they want, but leave some to the lines in a narrow panel."""
        self.labels.setFixedWidth(min(self.labels.sizeHint().width(), max(self.width() * 7 // 10, 64)))

    def clear(self) -> None:
        for line in self._lines.values():
            self._item.removeItem(line)
        self._lines = {}
        self.labels.set_rows([])
        self._show_scales(False)

    def set_target(self, db: float | None) -> None:
        """A dashed line at the quality that was asked for."""
        self._target = db
        self._target_line.setVisible(db is not None)
        if db is not None:
            self._target_line.setValue(db)

    def set_history(
        self, seconds: Sequence[float], curves: Mapping[str, Sequence[float]], *, main: str = TOTAL
    ) -> None:
        """``curves``: role name or any other -> PSNR in dB for each of ``seconds``; NaN where not measured. ``main`` is
        the one that stands out."""
        times = np.asarray(seconds, np.float64)
        if not len(times):
            self.clear()
            return
        step = max(1, len(times) // MOST_POINTS)
        keep = np.unique(np.append(np.arange(0, len(times), step), len(times) - 1))
        colors = _colors(curves, main)
        rows: list[_Row] = []
        low, high = np.inf, -np.inf
        for name, values in curves.items():
            data = np.asarray(values, np.float64)
            finite = np.isfinite(data) & (data < EXACT_DB)
            if not finite.any():
                rows.append(_Row(name, float(data[-1]), colors[name], name == main))
                if name in self._lines:
                    self._item.removeItem(self._lines.pop(name))
                continue
            line = self._line(name)
            line.setPen(pg.mkPen(colors[name], width=2.0 if name == main else 1.25))
            line.setZValue(10 if name == main else 0)
            line.setData(times[keep], np.where(finite, data, np.nan)[keep], connect="finite")
            last = float(data[-1] if np.isfinite(data[-1]) else data[finite][-1])
            rows.append(_Row(name, last, colors[name], name == main))
            # The first moments of a run lie far below everything and would flatten the rest.
            settled = data[finite][len(data[finite]) // 6 :]
            low, high = min(low, float(settled.min())), max(high, float(data[finite].max()))
        for name in set(self._lines) - set(curves):
            self._item.removeItem(self._lines.pop(name))
        if self._target is not None:
            low, high = min(low, self._target), max(high, self._target)
        self._show_scales(bool(self._lines) or self._target is not None)
        if np.isfinite(low) and np.isfinite(high):
            room = max(1.0, (high - low) * 0.08)
            self._box.setYRange(low - room, high + room, padding=0)
        self._box.setXRange(float(times[0]) if len(times) > 1 else 0.0, max(float(times[-1]), 1.0), padding=0)
        self.labels.set_rows(rows)
        self._share()

    def _line(self, name: str) -> pg.PlotDataItem:
        if name not in self._lines:
            line = pg.PlotDataItem(skipFiniteCheck=False)
            self._item.addItem(line)
            self._lines[name] = line
        return self._lines[name]


def quiet_plot(left: pg.AxisItem, bottom: pg.AxisItem) -> pg.PlotWidget:
    """A plot in the look of the window: hardly visible levels, no frame, nothing to be moved by the mouse."""
    pg.setConfigOptions(antialias=True)
    view = pg.PlotWidget(background=THEME.well, axisItems={"bottom": bottom, "left": left})
    view.setFrameShape(view.Shape.NoFrame)
    view.setMinimumSize(120, 60)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item: Any = view.getPlotItem()
    item.setMenuEnabled(False)
    # Nobody sees the library's menu, and without a parent it would outlive the window.
    item.ctrlMenu.setParent(view, item.ctrlMenu.windowFlags())
    item.hideButtons()
    item.setMouseEnabled(x=False, y=False)
    item.setContentsMargins(4, 8, 0, 2)
    item.showGrid(x=False, y=True, alpha=0.12)
    for axis in (left, bottom):
        axis.setPen(QPen(Qt.PenStyle.NoPen))
        axis.setTextPen(THEME.text_soft)
        axis.setTickFont(font(THEME.small))
        axis.setStyle(tickLength=0, tickTextOffset=6)
    left.setWidth(34)
    left.setTickPen(QColor(255, 255, 255, 40))
    return view


def tick_step(span: float, most: int, steps: Sequence[float]) -> float:
    """The smallest of ``steps`` that cuts ``span`` into at most ``most`` parts; beyond them, multiples of the last."""
    for step in steps:
        if span <= step * most:
            return step
    return steps[-1] * max(1.0, np.ceil(span / (steps[-1] * most)))


class DbAxis(pg.AxisItem):
    """Levels in dB: few round ones and no lines between them."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        return [(tick_step(maxVal - minVal, max(2, int(size // text_px(22))), (0.5, 1, 2, 5, 10, 20)), 0.0)]


class ClockAxis(pg.AxisItem):
    """Seconds as minutes and seconds, never two marks for the same second."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
        return [(tick_step(maxVal - minVal, max(1, int(size // text_px(64))), steps), 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [clock_text(value * scale) for value in values]


class _EndLabels(QWidget):
    """Names and numbers beside the ends of the lines, moved apart where they would cover each other."""

    def __init__(self, view: pg.PlotWidget, box: Any) -> None:
        super().__init__()
        self._view = view
        self._rows: list[_Row] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._box: Any = box
        box.sigRangeChanged.connect(lambda *_: self.update())

    def sizeHint(self) -> QSize:
        return QSize(self._name_width() + text_px(_NUMBER) + 20, 120)

    def _name_width(self) -> int:
        """What the longest name takes, within bounds that don't let the plot jump about for every other map."""
        longest = max((_metrics(row).horizontalAdvance(_name(row.name)) for row in self._rows), default=0)
        return min(max(longest + 4, text_px(_NAME)), text_px(_MOST_NAME))

    def set_rows(self, rows: list[_Row]) -> None:
        self._rows = rows
        told = [f"{_name(row.name)} {psnr_text(row.value)}" for row in rows]
        self.setAccessibleName(", ".join(told))
        self.setToolTip("\n".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(THEME.well))
        if not self._rows:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = []
        for each in self._rows:
            if each.value < EXACT_DB:
                scene = self._box.mapViewToScene(QPointF(0.0, each.value))
                y = float(self._view.mapFromScene(scene).y())
            else:
                y = 0.0
            ends.append((min(max(y, 0.0), float(self.height())), each))
        row = min(text_px(_ROW), self.height() - 4)
        if row * len(ends) > self.height() - 4:
            # Those that fit: the main one, then the worst; the rest is in the tooltip.
            ends.sort(key=lambda end: (not end[1].main, end[1].value))
            ends = ends[: max(1, int((self.height() - 4) / row))]
        ends.sort(key=lambda end: end[0])
        places = spread([end[0] for end in ends], row, 2 + row / 2, self.height() - 2 - row / 2)
        for (y, each), place in zip(ends, places, strict=True):
            color = QColor(each.color)
            if each.value < EXACT_DB:
                painter.setPen(QPen(color, 1.0))
                painter.drawLine(QPointF(2, y), QPointF(12, place))
            painter.setFont(_row_font(each))
            painter.setPen(color)
            tall, number_wide = text_px(_ROW), text_px(_NUMBER)
            name_wide = max(self.width() - number_wide - 20, 0)
            words = painter.fontMetrics().elidedText(_name(each.name), Qt.TextElideMode.ElideRight, name_wide)
            painter.drawText(QRectF(17, place - tall / 2, name_wide, tall), Qt.AlignmentFlag.AlignVCenter, words)
            painter.setPen(QColor(THEME.text))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            figure = tr("exact") if each.value >= EXACT_DB else db_text(each.value)
            left = self.width() - 6 - number_wide
            painter.drawText(QRectF(left, place - tall / 2, number_wide, tall), right, figure)


def spread(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Positions as near to ``wanted`` (ascending) as a mutual ``distance`` within [low, high] allows."""
    places = [max(low, value) for value in wanted]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + distance)
    limit = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - distance
    return places


def _row_font(row: _Row) -> QFont:
    return font(THEME.small, QFont.Weight.DemiBold if row.main else QFont.Weight.Normal)


def _metrics(row: _Row) -> QFontMetrics:
    return QFontMetrics(_row_font(row))


def _colors(names: Iterable[str], main: str) -> dict[str, str]:
    """A role has its own everywhere; what is none takes the next that is free."""
    names = list(names)
    taken = {role_color(name) for name in names if name in _ROLE_NAMES}
    free = itertools.cycle([color for color in _OTHERS if color not in taken] or [TOTAL_COLOR])
    return {
        name: TOTAL_COLOR if name == main else role_color(name) if name in _ROLE_NAMES else next(free) for name in names
    }


def _name(name: str) -> str:
    if name == TOTAL:
        return tr("All maps")
    try:
        return role_name(Role(name))
    except ValueError:
        return name
