"""Runs, finished, running and interrupted, of one material or of all; any two of them go into A and B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QApplication, QHeaderView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from widgets.controls import bare, hint_page
from widgets.keyed_rows import KeyedRows
from widgets.language import tr
from widgets.theme import THEME, follow_scale, font, text_px
from widgets.units import clock_text, db_text, size_text

Index = QModelIndex | QPersistentModelIndex

RUN_MIME = "application/x-texloom-run"
"""What is dragged out of the table: the run's key as text."""


@dataclass(frozen=True)
class RunRow:
    """One line. Numbers that are not known yet are None. ``slots``: "A", "B", "AB" or "" where it is shown."""

    key: int
    number: int
    material: str
    state: str
    look: str = ""
    bpp: float | None = None
    psnr_db: float | None = None
    seconds: float | None = None
    size: int | None = None
    slots: str = ""
    tip: str = ""
    name: str = ""
    """Given by the user."""
    goal: str = ""
    """What it was asked for; what tells the runs of one material apart."""


WIDTHS = (32, 0, 52, 52, 70, 58, 90, 56)
"""Of the columns in px at 100 %, without the distances; the material takes what is left."""
NAME = 1
"""The column whose text can be edited."""
NUMBERS = frozenset((0, 2, 3, 4, 5))


def columns(of_one: bool = False) -> tuple[str, ...]:
    """Their titles; ``of_one``: of the runs of one material."""
    second = tr("Settings") if of_one else tr("Material")
    return ("#", second, tr("Rate"), "PSNR", tr("Size"), tr("Time"), tr("State"), tr("Shown"))


class RunsTable(QWidget):
    """Rows of runs. Keys 1…9 are the window's; here Enter puts a run into B, Shift+Enter into A."""

    show_in = Signal(int, str)
    """A run's key and "A" or "B"."""
    menu_wanted = Signal(int, QPoint)
    current_changed = Signal(int)
    removed = Signal(int)
    renamed = Signal(int, str)
    """A run's key and its new name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(240, 100)
        self._model = _Rows(self)
        self._model.renamed.connect(self.renamed)
        self.view = _View(self._model)
        self.view.entered_row.connect(self._on_enter)
        self.view.deleted_row.connect(self.removed)
        self.view.doubleClicked.connect(self._on_double_click)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(
            hint_page(tr("Runs appear here. Compare any two of them, or use the settings of one again."))
        )
        self._stack.addWidget(self.view)
        self._stack.addWidget(hint_page(tr("This material has no run yet. The funnel above shows those of all.")))
        bare(QVBoxLayout(self)).addWidget(self._stack)

    def set_rows(self, rows: Sequence[RunRow], of_one: bool = False, others: bool = False) -> None:
        """``of_one``: they are runs of one material; ``others``: there are such of others too."""
        self._stack.setCurrentIndex(1 if rows else 2 if others else 0)
        self._model.tell_of_one(of_one)
        self._model.set_rows(rows)

    def set_row(self, row: RunRow) -> bool:
        """Show the row of this key anew; False if there is none."""
        return self._model.set_row(row)

    @property
    def current_key(self) -> int | None:
        index = self.view.currentIndex()
        return self._model.rows[index.row()].key if index.isValid() else None

    def select(self, key: int) -> None:
        for number, row in enumerate(self._model.rows):
            if row.key == key:
                self.view.selectRow(number)

    def rename(self, key: int) -> None:
        """Begin to edit the name of a run."""
        self.select(key)
        index = self.view.currentIndex()
        if index.isValid():
            self.view.edit(index.siblingAtColumn(NAME))

    def _on_enter(self, key: int, slot: str) -> None:
        self.show_in.emit(key, slot)

    def _on_double_click(self, index: QModelIndex) -> None:
        shift = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self._on_enter(self._model.rows[index.row()].key, "A" if shift else "B")

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            self.menu_wanted.emit(self._model.rows[index.row()].key, self.view.viewport().mapToGlobal(place))

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.current_changed.emit(self._model.rows[index.row()].key)


class _View(QTableView):
    entered_row = Signal(int, str)
    deleted_row = Signal(int)

    def __init__(self, model: _Rows) -> None:
        super().__init__()
        self._rows = model
        self.setModel(model)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        # Double click and Enter put a run into B; F2 and the menu rename.
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setDragEnabled(True)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        model.about_changed.connect(self._choose_dots)
        self._choose_dots()
        self.setAccessibleName(tr("Runs"))
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(32)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        follow_scale(self, _View._size)

    def _size(self) -> None:
        self.verticalHeader().setDefaultSectionSize(text_px(22) + 4)
        for column, width in enumerate(WIDTHS):
            if width:
                self.setColumnWidth(column, text_px(width) + 8)
        self._hide_columns()

    def sizeHint(self) -> QSize:
        return QSize(520, 160)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._hide_columns()

    def _choose_dots(self) -> None:
        """Names of materials differ at their beginning and their end, settings at their beginning."""
        right, middle = Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle
        self.setTextElideMode(right if self._rows.of_one else middle)

    def _hide_columns(self) -> None:
        """In a narrow dock the less important columns go, rather than all becoming unreadable."""
        width = self.viewport().width()
        for column, needed in ((5, 570), (4, 500), (2, 430), (7, 340), (3, 240), (0, 170), (6, 130)):
            self.setColumnHidden(column, width < text_px(needed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid():
            key = self._rows.rows[index.row()].key
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.entered_row.emit(key, "A" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else "B")
                return
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.deleted_row.emit(key)
                return
            if event.key() == Qt.Key.Key_F2:
                self.edit(index.siblingAtColumn(NAME))
                return
        super().keyPressEvent(event)


class _Rows(KeyedRows[RunRow], QAbstractTableModel):
    columns = len(WIDTHS)
    renamed = Signal(int, str)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(WIDTHS)

    of_one = False
    about_changed = Signal()
    """What is said in the second column."""

    def tell_of_one(self, of_one: bool) -> None:
        """Whether all runs are of one material, whose name then needs not be said in each line."""
        if of_one != self.of_one:
            self.of_one = of_one
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, NAME, NAME)
            self.about_changed.emit()
            if self.rows:
                self.dataChanged.emit(self.index(0, NAME), self.index(len(self.rows) - 1, NAME))

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or str(value).strip() == row.name:
            return False
        self.renamed.emit(row.key, str(value).strip())
        return True

    def mimeTypes(self) -> list[str]:
        return [RUN_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        if indexes:
            data.setData(RUN_MIME, str(self.rows[indexes[0].row()].key).encode())
        return data

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return columns(self.of_one)[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and section == 2:
            return tr("Bits per texel, everything counted")
        if role == Qt.ItemDataRole.ToolTipRole and section == 0:
            return tr("Keys 1 to 9 show the newest runs of the current material in B, with Shift in A")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column, self.of_one)
        if role == Qt.ItemDataRole.EditRole:
            return row.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            # Columns may be hidden and texts cut: all of them stand here.
            told = (f"{name}: {_text(row, at)}" for at, name in enumerate(columns()) if at in NUMBERS and at)
            return "\n".join((row.tip or row.material, "  ·  ".join(told)))
        if role == Qt.ItemDataRole.ForegroundRole:
            colors = {"good": THEME.good, "warn": THEME.warn, "bad": THEME.bad, "active": THEME.accent_line}
            if column == 6:
                return QColor(colors.get(row.look, THEME.text_soft))
            return QColor(THEME.accent_line if column == 7 else THEME.text_soft if column == 0 else THEME.text)
        if role == Qt.ItemDataRole.FontRole and column in (3, 7):
            return font(THEME.body, QFont.Weight.DemiBold)
        return None


def _text(row: RunRow, column: int, of_one: bool = False) -> str:
    if column == 0:
        return str(row.number)
    if column == NAME:
        about = row.goal if of_one else row.material
        return f"{row.name}  ·  {about}" if row.name else about
    if column == 2:
        return "–" if row.bpp is None else f"{row.bpp:.2f}"
    if column == 3:
        return db_text(row.psnr_db)
    if column == 4:
        return "–" if row.size is None else size_text(row.size)
    if column == 5:
        return "–" if row.seconds is None else clock_text(row.seconds)
    if column == 6:
        return row.state
    return " ".join(row.slots)
