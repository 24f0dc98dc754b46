"""A and B looked at closely: the pixel under the mouse, how values and errors are spread, worst spots, seams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.textures.inspection import Spot, error_histogram, histogram, worst_spots
from core.textures.material import Pixels
from core.textures.roles import Role
from core.textures.seams import SeamRatios, seam_ratios
from widgets.background import Background, Tell
from widgets.controls import Section, VerticalScroll, bare, label
from widgets.icons import dot_icon
from widgets.language import role_name, tr
from widgets.theme import THEME, follow_scale, font, role_color, text_px
from widgets.viewport_options import PixelReading
from widgets.wrap_layout import WrapLayout

if TYPE_CHECKING:
    import pyqtgraph as pg

_COLOR_A, _COLOR_B = "#ececec", THEME.accent_line
_ERROR_STEPS = 64
_THUMBNAIL = 44
_WORSE_SEAM = 1.15
"""A seam ratio of B above A's by this factor is called worse."""

Maps = Mapping[Role, Pixels]


@dataclass(frozen=True)
class _Shown:
    """What is looked at: the map, one of its channels or all, and both sides."""

    role: Role
    channel: int | None
    a: Maps
    b: Maps

    def pair(self) -> tuple[Pixels | None, Pixels | None]:
        return self.a.get(self.role), self.b.get(self.role)


class InspectPanel(QWidget):
    """Give it what the viewport shows; it computes, in another thread, what the open sections need."""

    spot_chosen = Signal(float, float, float)
    """u and v in [0, 1] of a place, and its size in texels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: _Shown | None = None
        self._computed: dict[str, tuple[object, ...]] = {}
        self._background: dict[str, Background] = {}
        self.pixel = _PixelSection()
        self.histogram = _HistogramSection()
        self.spots = _SpotsSection()
        self.spots.chosen.connect(self._on_spot)
        self.seams = _SeamsSection()
        content = QWidget()
        column = bare(QVBoxLayout(content), 12, (12, 8, 12, 12))
        self._about = label("", "head")
        column.addWidget(self._about)
        self._sections: dict[str, Section] = {}
        contents = {
            "pixel": (tr("Pixel"), self.pixel, tr("The values under the pointer, in A and in B")),
            "histogram": (tr("Histogram"), self.histogram, tr("How often each value occurs, in A and in B")),
            "spots": (tr("Worst spots"), self.spots, tr("Where B differs most from A; a click leads there")),
            "seams": (tr("Seams"), self.seams, tr("How well each map continues where it repeats, in A and in B")),
        }
        for name, (title, widget, tip) in contents.items():
            section = Section(title, widget, tip)
            section.folded.connect(lambda _: self._compute())
            self._sections[name] = section
            column.addWidget(section)
        column.addStretch(1)
        bare(QVBoxLayout(self)).addWidget(VerticalScroll(content))
        shows = {"histogram": self._show_histogram, "spots": self._show_spots, "seams": self._show_seams}
        for name, show in shows.items():
            self._background[name] = Background(self)
            self._background[name].result.connect(show)

    def show_maps(self, role: Role, channel: int | None, a: Maps | None, b: Maps | None) -> None:
        """``channel`` of the map alone, None for all. A side that is None has nothing yet."""
        self._shown = _Shown(role, channel, a or {}, b or {})
        channels = ("", tr("red"), tr("green"), tr("blue"))[0 if channel is None else channel + 1]
        self._about.setText(" · ".join(part for part in (role_name(role), channels) if part) if a or b else "")
        self._compute()

    def show_pixel(self, reading: PixelReading | None) -> None:
        self.pixel.show_reading(reading)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._compute()

    def _compute(self) -> None:
        shown = self._shown
        if shown is None or not self.isVisible():
            return
        sides = tuple(id(pixels) for maps in (shown.a, shown.b) for pixels in maps.values())
        works = {"histogram": _count, "spots": _find_spots, "seams": _measure_seams}
        for name, work in works.items():
            wanted = (sides,) if name == "seams" else (shown.role, shown.channel, sides)
            if self._sections[name].is_open and wanted != self._computed.get(name):
                self._computed[name] = wanted
                self._background[name].run(lambda tell, work=work: work(shown, tell))

    def _show_histogram(self, found: Any) -> None:
        self.histogram.show_counts(*found)

    def _show_spots(self, found: Any) -> None:
        self.spots.show_spots(*found)

    def _show_seams(self, found: Any) -> None:
        self.seams.show_ratios(found)

    def _on_spot(self, spot: Spot, size: tuple[int, int]) -> None:
        self.spot_chosen.emit((spot.x + 0.5) / size[0], (spot.y + 0.5) / size[1], float(spot.size))


def _count(shown: _Shown, tell: Tell) -> None:
    a, b = shown.pair()
    counts = [None if pixels is None else histogram(pixels, channel=shown.channel) for pixels in (a, b)]
    errors = None
    if a is not None and b is not None and a.shape == b.shape:
        errors = error_histogram(a, b, _ERROR_STEPS, shown.channel)
    tell((*counts, errors))


def _find_spots(shown: _Shown, tell: Tell) -> None:
    a, b = shown.pair()
    if a is None or b is None or a.shape != b.shape:
        tell(([], [], (1, 1), False))
        return
    spots = worst_spots(a, b)
    tell((spots, [(_crop(a, spot), _crop(b, spot)) for spot in spots], (a.shape[1], a.shape[0]), True))


def _measure_seams(shown: _Shown, tell: Tell) -> None:
    found: dict[Role, tuple[SeamRatios | None, SeamRatios | None]] = {}
    for role in Role:
        a, b = shown.a.get(role), shown.b.get(role)
        if a is not None or b is not None:
            found[role] = (
                None if a is None else seam_ratios(a),
                None if b is None else seam_ratios(b),
            )
            if not tell(dict(found)):
                return


def _crop(pixels: Pixels, spot: Spot) -> NDArray[np.uint8]:
    """What lies around a spot, wrapping around: uint8 H × W × 3."""
    reach = max(spot.size, 12)
    rows = np.arange(spot.y - reach, spot.y + reach) % pixels.shape[0]
    columns = np.arange(spot.x - reach, spot.x + reach) % pixels.shape[1]
    part = np.clip(pixels[rows][:, columns, :3], 0.0, 1.0)
    if part.shape[2] < 3:
        part = np.repeat(part[..., :1], 3, axis=2)
    return (part * 255.0 + 0.5).astype(np.uint8)


class _PixelSection(QWidget):
    """A table of values: rows A, B and what differs; columns 8 bit, 16 bit, number."""

    def __init__(self) -> None:
        super().__init__()
        column = bare(QVBoxLayout(self), 6, (4, 0, 4, 0))
        self._place = label("", "soft")
        self._place.setWordWrap(True)
        column.addWidget(self._place)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for at, text in enumerate(("", tr("8 bit"), tr("16 bit"), tr("value"))):
            grid.addWidget(label(text, "small"), 0, at, Qt.AlignmentFlag.AlignRight)
        self._cells: dict[tuple[str, int], QLabel] = {}
        for row, name in enumerate(("A", "B", "B − A"), 1):
            grid.addWidget(label(name, "soft"), row, 0, Qt.AlignmentFlag.AlignTop)
            for at in range(3):
                cell = label()
                cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
                cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._cells[name, at] = cell
                grid.addWidget(cell, row, at + 1)
        grid.setColumnStretch(4, 1)
        self._grid = holder
        column.addWidget(holder)
        self.show_reading(None)

    def show_reading(self, reading: PixelReading | None) -> None:
        self._grid.setVisible(reading is not None)
        if reading is None:
            self._place.setText(tr("Move the mouse over the material to read its values here."))
            return
        facts = [role_name(reading.role), tr("column {x}, row {y}").format(x=reading.x, y=reading.y)]
        if reading.angle_deg is not None:
            facts.append(tr("{angle:.2f}° between the normals").format(angle=reading.angle_deg))
        self._place.setText("   ·   ".join(facts))
        difference = None
        if reading.a is not None and reading.b is not None:
            difference = tuple(b - a for a, b in zip(reading.a, reading.b, strict=False))
        # Three numbers of 16 bits are too wide for one line of the panel.
        for name, values, sign in (("A", reading.a, ""), ("B", reading.b, ""), ("B − A", difference, "+")):
            for at, (scale, digits) in enumerate(((255.0, 0), (65535.0, 0), (1.0, 4))):
                text = "–"
                if values is not None:
                    # Rounded before the difference is taken, as files are.
                    shown = [v * scale for v in values]
                    if name == "B − A" and reading.a is not None and reading.b is not None and scale > 1.0:
                        pairs = zip(reading.a, reading.b, strict=False)
                        shown = [float(round(b * scale) - round(a * scale)) for a, b in pairs]
                    text = "\n".join(f"{v:{sign}.{digits}f}" for v in shown)
                self._cells[name, at].setText(text)


class _HistogramSection(QWidget):
    """The plots are made when there is something in them: pyqtgraph takes longer to load than the rest of a window."""

    def __init__(self) -> None:
        super().__init__()
        self._row = WrapLayout(self, spacing=12, even=True)
        self._made = False

    def _make(self) -> None:
        import pyqtgraph as pg

        self._made, row = True, self._row
        self._values, values_item = _plot(tr("value of 255"))
        self._errors, errors_item = _plot(tr("error of 255"))
        self._line_a = values_item.plot(pen=pg.mkPen(_COLOR_A, width=1.2))
        self._line_b = values_item.plot(pen=pg.mkPen(_COLOR_B, width=1.6))
        self._line_error = errors_item.plot(
            pen=pg.mkPen(THEME.warn, width=1.2), fillLevel=0.0, brush=pg.mkBrush(226, 171, 69, 70)
        )
        legend = bare(QHBoxLayout(), 8)
        for text, color in (("A", _COLOR_A), ("B", _COLOR_B)):
            name = label(text, "small")
            name.setStyleSheet(f"color: {color}; font-weight: 600;")
            legend.addWidget(name)
        legend.addWidget(label(tr("texels"), "small"), 1)
        about_errors = bare(QHBoxLayout())
        about_errors.addWidget(label(tr("texels, logarithmic"), "small"))
        for plot, words in ((self._values, legend), (self._errors, about_errors)):
            cell = QWidget()
            column = bare(QVBoxLayout(cell), 2)
            column.addLayout(words)
            column.addWidget(plot, 1)
            row.addWidget(cell)

    def show_counts(
        self, a: NDArray[np.int64] | None, b: NDArray[np.int64] | None, errors: NDArray[np.int64] | None
    ) -> None:
        if not self._made:
            self._make()
        for line, counts in ((self._line_a, a), (self._line_b, b)):
            if counts is None:
                line.setData([], [])
            else:
                # Spikes of single values, a black background say, must not flatten the rest.
                share = np.sqrt(counts / max(counts.sum(), 1))
                line.setData(np.arange(len(counts)) * (255.0 / (len(counts) - 1)), share)
        if errors is None:
            self._line_error.setData([], [])
        else:
            self._line_error.setData(np.arange(len(errors)), np.log10(1.0 + errors))


def _plot(text: str) -> tuple[pg.PlotWidget, Any]:
    import pyqtgraph as pg

    plot = pg.PlotWidget(background=THEME.well)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setMinimumWidth(140)
    plot.sizeHint = lambda: QSize(140, 132)  # pyqtgraph's own is as large as a window of its own
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item: Any = plot.getPlotItem()  # pyqtgraph's own types are vague
    item.setMenuEnabled(False)
    # Nobody sees the library's menu, and without a parent it would outlive the window.
    item.ctrlMenu.setParent(plot, item.ctrlMenu.windowFlags())
    item.hideButtons()
    item.setMouseEnabled(x=False, y=False)
    item.hideAxis("left")
    axis = item.getAxis("bottom")
    axis.setPen(pg.mkPen(THEME.line))
    axis.setTextPen(THEME.text_soft)

    def size(plot: pg.PlotWidget) -> None:
        axis: Any = plot.getPlotItem().getAxis("bottom")  # type: ignore[union-attr]
        axis.setTickFont(font(THEME.small))
        axis.setLabel(text, **{"color": THEME.text_soft, "font-size": f"{text_px(THEME.small)}px"})
        axis.setHeight(text_px(36))
        plot.setFixedHeight(96 + text_px(36))

    return follow_scale(plot, size), item


class _SpotsSection(QWidget):
    chosen = Signal(object, object)
    """The :class:`Spot`, and width and height of its map."""

    def __init__(self) -> None:
        super().__init__()
        self._size = (1, 1)
        self._stack = QStackedWidget()
        self._note = label("", "soft")
        self._note.setWordWrap(True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._note.setContentsMargins(4, 4, 4, 4)
        self.list = QListWidget()
        self.list.setIconSize(QSize(2 * _THUMBNAIL + 4, _THUMBNAIL))
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("Worst spots"))
        self.list.itemActivated.connect(self._on_item)
        self.list.itemClicked.connect(self._on_item)
        self._stack.addWidget(self._note)
        self._stack.addWidget(self.list)
        bare(QVBoxLayout(self)).addWidget(self._stack)
        follow_scale(self, _SpotsSection._size_cells)
        self.show_spots([], [], (1, 1), False)

    def _size_cells(self) -> None:
        cell = QSize(2 * _THUMBNAIL + 24, _THUMBNAIL + 14 + text_px(16))
        self.list.setGridSize(cell)
        self._stack.setFixedHeight(3 * cell.height() + 8)

    def show_spots(
        self,
        spots: Sequence[Spot],
        crops: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]],
        size: tuple[int, int],
        both: bool,
    ) -> None:
        self._size = size
        exact, nothing = tr("B is exact in this map."), tr("The worst spots appear here when there is a result.")
        self._note.setText(exact if both else nothing)
        self._stack.setCurrentIndex(1 if spots else 0)
        chosen = self.list.currentRow()
        self.list.clear()
        for spot, (a, b) in zip(spots, crops, strict=True):
            item = QListWidgetItem(QIcon(_side_by_side(a, b)), f"± {spot.error * 255.0:.1f}")
            item.setData(Qt.ItemDataRole.UserRole, spot)
            tip = tr("A | B at column {x}, row {y}: root mean square error {error:.2f} of 255. Click to go there.")
            item.setToolTip(tip.format(x=spot.x, y=spot.y, error=spot.error * 255.0))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, item.toolTip())
            self.list.addItem(item)
        if 0 <= chosen < self.list.count():
            self.list.setCurrentRow(chosen)

    def _on_item(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole), self._size)


def _side_by_side(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> QPixmap:
    gap = np.zeros((a.shape[0], max(a.shape[1] // 16, 1), 3), np.uint8)
    pixels = np.ascontiguousarray(np.concatenate([a, gap, b], axis=1))
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    # On dense screens, too.
    scaled = image.scaled(2 * (2 * _THUMBNAIL + 4), 2 * _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio)
    return QPixmap.fromImage(scaled)


class _SeamsSection(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels([tr("Map"), tr("left–right"), tr("top–bottom")])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setToolTip(
            tr("Mean step across the edge over mean step inside: 1 is seamless. A → B; in amber where B is worse.")
        )
        self.table.setAccessibleName(tr("Seams"))
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        follow_scale(self, _SeamsSection._size_rows)
        bare(QVBoxLayout(self)).addWidget(self.table)

    def show_ratios(self, ratios: Mapping[Role, tuple[SeamRatios | None, SeamRatios | None]]) -> None:
        self.table.setRowCount(len(ratios))
        for row, (role, (a, b)) in enumerate(ratios.items()):
            name = QTableWidgetItem(dot_icon(role_color(role)), role_name(role))
            name.setToolTip(f"{name.text()}\n{self.table.toolTip()}")
            self.table.setItem(row, 0, name)
            for column, part in enumerate(("left_right", "top_bottom"), 1):
                values = [None if side is None else float(getattr(side, part)) for side in (a, b)]
                item = QTableWidgetItem(" → ".join("–" if v is None else f"{v:.2f}" for v in values))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                before, after = values
                if before is not None and after is not None and after > max(before, 1.0) * _WORSE_SEAM:
                    item.setForeground(QColor(THEME.warn))
                self.table.setItem(row, column, item)
        self._size_rows()

    def _size_rows(self) -> None:
        row = text_px(22) + 6
        self.table.verticalHeader().setDefaultSectionSize(row)
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + self.table.rowCount() * row + 2 * self.table.frameWidth() + 4)
