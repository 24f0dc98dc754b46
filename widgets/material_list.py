"""The materials that are open: a thumbnail, the name, and how far each one is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.icons import pixmap
from widgets.keyed_rows import KeyedRows
from widgets.language import tr
from widgets.theme import THEME, follow_scale, font, icon_px, text_px

Index = QModelIndex | QPersistentModelIndex

PART = "  ·  "
"""Before what is left out of a state where there is no room for it."""
MOST_PIXMAPS = 64
"""More rows than are ever in sight."""


@dataclass(frozen=True)
class MaterialRow:
    """One line. ``state`` is a short phrase; ``look`` good, warn, bad, active or ""; ``fraction`` in [0, 1] draws a
    bar."""

    key: int
    name: str
    state: str
    look: str = ""
    fraction: float | None = None
    thumbnail: QImage | None = None
    tip: str = ""


_PICTURE = 44
_BAR = 6
"""Heights in px at 100 %; the bar's with the distance above it."""


def _heights() -> tuple[int, int]:
    """Of the line with the name and of the one below it."""
    name = QFontMetrics(font(THEME.body, QFont.Weight.Medium)).height()
    return name + 2, QFontMetrics(font(THEME.small)).height() + 2


class MaterialList(QListView):
    """Shows rows; tells which one was chosen and which one shall go."""

    chosen = Signal(int)
    removed = Signal(int)
    menu_wanted = Signal(int, QPoint)
    """The key of a row, and where on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Rows(self)
        self.setModel(self._model)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        follow_scale(self, MaterialList._size)
        self.setAccessibleName(tr("Materials"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.selectionModel().currentChanged.connect(self._on_current)

    def _size(self) -> None:
        self.setMinimumWidth(icon_px(_PICTURE) + text_px(80) + 32)
        self.doItemsLayout()

    def set_rows(self, rows: Sequence[MaterialRow], current: int | None) -> None:
        """Show ``rows`` with the one of key ``current`` chosen, without telling anybody."""
        blocked = self.selectionModel().blockSignals(True)
        self._model.set_rows(rows)
        number = next((number for number, row in enumerate(rows) if row.key == current), -1)
        if number != self.currentIndex().row():
            self.setCurrentIndex(self._model.index(number))
        self.selectionModel().blockSignals(blocked)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setFont(font())
        painter.setPen(QColor(THEME.text_soft))
        words = tr("Drop folders or images here.")
        place = self.viewport().rect().adjusted(12, 8, -12, -8)
        painter.drawText(place, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), words)

    def set_row(self, row: MaterialRow) -> bool:
        """Show the row of this key anew; False if there is none."""
        return self._model.set_row(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._model.row(self.currentIndex())
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row is not None:
            self.removed.emit(row.key)
            return
        super().keyPressEvent(event)

    def _on_current(self, index: QModelIndex) -> None:
        row = self._model.row(index)
        if row is not None:
            self.chosen.emit(row.key)

    def _on_menu(self, place: QPoint) -> None:
        row = self._model.row(self.indexAt(place))
        if row is not None:
            self.menu_wanted.emit(row.key, self.viewport().mapToGlobal(place))


class _Rows(KeyedRows[MaterialRow], QAbstractListModel):
    def row(self, index: Index) -> MaterialRow | None:
        return self.rows[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            # The line may be cut.
            return "\n".join(dict.fromkeys((*(row.tip or row.name).split("\n"), row.state)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {row.state}"
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmaps: OrderedDict[int, tuple[QImage, QPixmap]] = OrderedDict()
        """Of the rows painted last, by their keys."""

    def _pixmap(self, key: int, image: QImage) -> QPixmap:
        held = self._pixmaps.pop(key, None)
        if held is None or held[0] is not image:
            held = (image, QPixmap.fromImage(image))
        self._pixmaps[key] = held
        while len(self._pixmaps) > MOST_PIXMAPS:
            self._pixmaps.popitem(last=False)
        return held[1]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        name, line = _heights()
        return QSize(120, max(icon_px(_PICTURE) + 16, name + line + _BAR + 20))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ground = QRectF(rect.adjusted(4, 2, -4, -2))
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(THEME.accent_wash))
            painter.drawRoundedRect(ground, 4, 4)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(THEME.control_down))
            painter.drawRoundedRect(ground, 4, 4)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(THEME.accent_line), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 4, 4)
        side, (name_height, line_height) = icon_px(_PICTURE), _heights()
        picture = QRect(rect.left() + 10, rect.top() + (rect.height() - side) // 2, side, side)
        if row.thumbnail is not None:
            painter.drawPixmap(picture, self._pixmap(row.key, row.thumbnail))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(THEME.control_down))
            painter.drawEllipse(picture.adjusted(2, 2, -2, -2))
            sign = icon_px(16)
            painter.drawPixmap(
                picture.center() - QPoint(sign // 2 - 1, sign // 2 - 1), pixmap("image", THEME.text_off, sign)
            )
        left = picture.right() + 10
        width = rect.right() - 12 - left
        painter.setFont(font(THEME.body, QFont.Weight.Medium))
        painter.setPen(QColor(THEME.text))
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideMiddle, width)
        top = rect.top() + (rect.height() - name_height - line_height - (_BAR if row.fraction is not None else 0)) // 2
        painter.drawText(QRect(left, top, width, name_height), int(Qt.AlignmentFlag.AlignVCenter), name)
        painter.setFont(font(THEME.small))
        colors = {"good": THEME.good, "warn": THEME.warn, "bad": THEME.bad, "active": THEME.accent_line}
        painter.setPen(QColor(colors.get(row.look, THEME.text_soft)))
        line = row.state
        if painter.fontMetrics().horizontalAdvance(line) > width:
            # Half a figure is none: what stands after the dot is in the tooltip too.
            line = painter.fontMetrics().elidedText(line.partition(PART)[0], Qt.TextElideMode.ElideRight, width)
        top += name_height
        painter.drawText(QRect(left, top, width, line_height), int(Qt.AlignmentFlag.AlignVCenter), line)
        if row.fraction is not None:
            bar = QRectF(left, top + line_height + _BAR - 4, width, 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(THEME.control))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            painter.setBrush(QColor(THEME.accent_line))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * row.fraction, 3), 1.5, 1.5)
        painter.restore()
