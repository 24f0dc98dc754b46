"""What is being worked on and what waits: the order can be changed by dragging or with the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.controls import ElidedLabel, bare, hint_page, tool
from widgets.icons import icon
from widgets.keyed_rows import KeyedRows
from widgets.language import tr
from widgets.theme import THEME, follow_scale, font

Index = QModelIndex | QPersistentModelIndex

JOB_MIME = "application/x-texloom-job"


@dataclass(frozen=True)
class QueueRow:
    """One job. ``waiting`` ones can be moved; ``fraction`` in [0, 1] draws a bar."""

    key: int
    title: str
    detail: str
    state: str
    look: str = ""
    waiting: bool = True
    fraction: float | None = None


class QueuePanel(QWidget):
    """Shows rows in the order of work. Ctrl+Up and Ctrl+Down move the chosen one, Delete takes it out."""

    moved = Signal(int, int)
    """A row's key and its new place among those that wait."""
    removed = Signal(int)
    hold_wanted = Signal(bool)
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(240, 100)
        self._model = _Rows(self)
        self._model.moved.connect(self.moved)
        self.view = _View(self._model)
        self.view.shifted.connect(self._on_shifted)
        self.view.deleted.connect(self.removed)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self._text = ElidedLabel("", "soft", Qt.TextElideMode.ElideRight)
        self._hold = tool("pause", _hold_tip(False))
        self._hold.clicked.connect(lambda: self.hold_wanted.emit(not self._held))
        self._clear = tool("discard", tr("Take everything that waits out of the queue"))
        self._clear.clicked.connect(self.clear_wanted)
        self._held = False
        head = bare(QHBoxLayout(), 4, (14, 2, 6, 2))
        head.addWidget(self._text, 1)
        head.addWidget(self._hold)
        head.addWidget(self._clear)
        page = QWidget()
        column = bare(QVBoxLayout(page))
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(hint_page(tr("What you start waits here for its turn. Drag to change the order.")))
        self._stack.addWidget(page)
        bare(QVBoxLayout(self)).addWidget(self._stack)

    def show_queue(self, rows: Sequence[QueueRow], text: str, held: bool) -> None:
        """``text`` sums up: how many wait, how long it will take."""
        self._stack.setCurrentIndex(1 if rows else 0)
        self._held = held
        self._hold.setIcon(icon("play" if held else "pause"))
        self._hold.setToolTip(_hold_tip(held))
        self._hold.setAccessibleName(_hold_tip(held))
        self._clear.setEnabled(any(row.waiting for row in rows))
        self._text.setText(text)
        self._model.set_rows(rows)

    def set_row(self, row: QueueRow) -> bool:
        """Show the row of this key anew; False if there is none."""
        return self._model.set_row(row)

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        return tuple(self._model.rows)

    def _on_shifted(self, number: int, by: int) -> None:
        row = self._model.rows[number]
        place = self._model.place(number)
        if row.waiting and 0 <= place + by < self._model.waiting:
            self.moved.emit(row.key, place + by)

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        row = self._model.rows[index.row()]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, to in ((tr("Run next"), 0), (tr("Run last"), self._model.waiting - 1)):
            action = menu.addAction(text)
            action.setEnabled(row.waiting and self._model.place(index.row()) != to)
            action.triggered.connect(lambda _=False, to=to: self.moved.emit(row.key, to))
        menu.addSeparator()
        menu.addAction(tr("Take out") if row.waiting else tr("Discard")).triggered.connect(
            lambda: self.removed.emit(row.key)
        )
        menu.popup(self.view.viewport().mapToGlobal(place))


def _hold_tip(held: bool) -> str:
    """What the button does next."""
    if held:
        return tr("Go on: start what waits, in this order")
    return tr("Hold: start nothing more; what runs goes on")


class _View(QListView):
    shifted = Signal(int, int)
    deleted = Signal(int)

    def __init__(self, model: _Rows) -> None:
        super().__init__()
        self._rows = model
        self.setModel(model)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setDragDropMode(QListView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(tr("Queue"))
        follow_scale(self, _View.doItemsLayout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid():
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            by = steps.get(Qt.Key(event.key()))
            if by is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.shifted.emit(index.row(), by)
                return
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.deleted.emit(self._rows.rows[index.row()].key)
                return
        super().keyPressEvent(event)


class _Rows(KeyedRows[QueueRow], QAbstractListModel):
    moved = Signal(int, int)

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)

    def place(self, number: int) -> int:
        """Of the row of this number, among those that wait."""
        return sum(row.waiting for row in self.rows[:number])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        movable = Qt.ItemFlag.ItemIsDragEnabled if self.rows[index.row()].waiting else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | movable

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [JOB_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        if indexes:
            data.setData(JOB_MIME, str(self.rows[indexes[0].row()].key).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Tells where it shall go; the rows come back in the new order. False: the view must not remove anything."""
        if data.hasFormat(JOB_MIME):
            key = int(bytes(data.data(JOB_MIME).data()))
            number = row if row >= 0 else parent.row() if parent.isValid() else len(self.rows)
            old = next((n for n, entry in enumerate(self.rows) if entry.key == key), -1)
            place = self.place(number) - (1 if 0 <= old < number else 0)
            if old >= 0:
                self.moved.emit(key, max(0, place))
        return False

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.title}, {row.detail}, {row.state}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (row.title, row.detail, row.state) if part)
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, QFontMetrics(font()).height() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: QueueRow = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(rect.adjusted(4, 1, -4, -1))
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(THEME.accent_wash))
            painter.drawRoundedRect(ground, 4, 4)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(THEME.accent_line), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 4, 4)
        inside = rect.adjusted(14, 0, -14, 0)
        colors = {"warn": THEME.warn, "bad": THEME.bad, "active": THEME.accent_line}
        painter.setFont(font())
        words = painter.fontMetrics().horizontalAdvance(row.state)
        painter.setPen(QColor(colors.get(row.look, THEME.text_soft)))
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), row.state)
        inside.setRight(inside.right() - words - 16)
        painter.setFont(font(THEME.body, QFont.Weight.Medium))
        painter.setPen(QColor(THEME.text))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), title)
        used = painter.fontMetrics().horizontalAdvance(title) + 12
        painter.setFont(font(THEME.small))
        painter.setPen(QColor(THEME.text_soft))
        rest = inside.adjusted(used, 0, 0, 0)
        detail = painter.fontMetrics().elidedText(row.detail, Qt.TextElideMode.ElideRight, max(0, rest.width()))
        painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter), detail)
        if row.fraction is not None:
            bar = QRectF(rect.left() + 14, rect.bottom() - 3, rect.width() - 28, 2)
            painter.fillRect(bar, QColor(THEME.control))
            painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * row.fraction, 2), QColor(THEME.accent_line))
        painter.restore()
