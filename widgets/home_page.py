"""Where a day begins: what was open last, and the ways to bring in something new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.controls import VerticalScroll, bare, button, label
from widgets.icons import pixmap
from widgets.language import tr
from widgets.theme import THEME, follow_scale, font, icon_px, text_px

Index = QModelIndex | QPersistentModelIndex

NARROW_PX = 560
"""Below this width at 100 % the two halves stand one over the other."""
START_PX = 600
"""The left half is not wider than this at 100 %."""
CARD_INSET = 10
"""px from the edge of the list to the first card."""


@dataclass(frozen=True)
class ProjectCard:
    """A recent project. ``when`` is said for people."""

    path: Path
    title: str
    detail: str
    when: str
    picture: Path | None = None


class HomePage(QWidget):
    """Left: drop, open, try a sample. Right: recent projects as pictures."""

    open_folder = Signal()
    open_files = Signal()
    open_project = Signal()
    open_sample = Signal()
    queue_folder = Signal()
    project_chosen = Signal(Path)
    project_forgotten = Signal(Path)
    folder_shown = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._halves = bare(QHBoxLayout(), 0)
        self._start = self._make_start()
        self._halves.addWidget(self._start, 2)
        self._halves.addWidget(self._make_recent(), 3)
        bare(QVBoxLayout(self)).addLayout(self._halves)
        follow_scale(self, HomePage._fold)

    def _make_start(self) -> QWidget:
        content = QWidget()
        column = bare(QVBoxLayout(content), 12, (32, 24, 32, 24))
        column.addStretch(1)
        sign = QLabel()
        follow_scale(sign, lambda label: label.setPixmap(pixmap("drop", THEME.text_soft, icon_px(48))))
        column.addWidget(sign)
        title = label(tr("Drop a texture set here"), "title")
        title.setWordWrap(True)
        column.addWidget(title)
        words = label(
            tr(
                "A folder of PBR maps, several folders, single images, or a .texloom file. "
                "Roles are read from the file names; you can correct them."
            ),
            "soft",
        )
        words.setWordWrap(True)
        column.addWidget(words)
        column.addSpacing(8)
        for text, icon_name, signal, tip in (
            (tr("Open folder…"), "folder-open", self.open_folder, tr("A folder with one or several sets")),
            (tr("Open files…"), "image", self.open_files, tr("Images of one set, or .texloom files")),
            (
                tr("Queue a folder tree…"),
                "tree",
                self.queue_folder,
                tr("Open every set below a folder and compress them all"),
            ),
            (tr("Open project…"), "project", self.open_project, tr("A .texloom-project file")),
            (tr("Try a sample"), "sphere", self.open_sample, tr("A material that is built in")),
        ):
            made = button(text, "start", icon_name, tip)
            made.clicked.connect(signal)
            column.addWidget(made)
        column.addStretch(2)
        return VerticalScroll(content)

    def _make_recent(self) -> QWidget:
        holder = QWidget()
        holder.setObjectName("panel")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = bare(QVBoxLayout(holder), 8, (24 - CARD_INSET, 24, 12, 12))
        title = label(tr("Recent projects"), "title")
        title.setContentsMargins(CARD_INSET, 0, 0, 0)
        column.addWidget(title)
        self._cards = _Cards(self)
        self.view = _View(self._cards)
        self.view.activated.connect(lambda index: self.project_chosen.emit(self._cards.cards[index.row()].path))
        self.view.clicked.connect(lambda index: self.project_chosen.emit(self._cards.cards[index.row()].path))
        self.view.forgotten.connect(self.project_forgotten)
        self.view.customContextMenuRequested.connect(self._on_menu)
        empty = label(
            tr("Projects appear here as soon as you have opened a material. They are saved by themselves."), "soft"
        )
        empty.setWordWrap(True)
        empty.setContentsMargins(CARD_INSET, 0, 0, 0)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.view)
        column.addWidget(self._stack, 1)
        return holder

    def show_projects(self, cards: Sequence[ProjectCard]) -> None:
        self._cards.set_cards(list(cards))
        self._stack.setCurrentIndex(1 if cards else 0)

    @property
    def cards(self) -> tuple[ProjectCard, ...]:
        return tuple(self._cards.cards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < text_px(NARROW_PX)
        self._halves.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        # On a large screen the room is for the projects, not for longer buttons.
        self._start.setMaximumWidth(16_777_215 if narrow else text_px(START_PX))

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        card = self._cards.cards[index.row()]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open")).triggered.connect(lambda: self.project_chosen.emit(card.path))
        menu.addAction(tr("Show in folder")).triggered.connect(lambda: self.folder_shown.emit(card.path.parent))
        menu.addSeparator()
        menu.addAction(tr("Remove from this list")).triggered.connect(lambda: self.project_forgotten.emit(card.path))
        menu.popup(self.view.viewport().mapToGlobal(place))


class _View(QListView):
    forgotten = Signal(Path)

    def __init__(self, model: _Cards) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_Painter(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(4)
        self.setMouseTracking(True)
        follow_scale(self, _View.doItemsLayout)
        self.setObjectName("cards")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(tr("Recent projects"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and index.isValid():
            self.forgotten.emit(self._model.cards[index.row()].path)
            return
        super().keyPressEvent(event)


class _Cards(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cards: list[ProjectCard] = []
        self._pictures: dict[Path, QPixmap] = {}

    def set_cards(self, cards: list[ProjectCard]) -> None:
        self.beginResetModel()
        self.cards = cards
        self._pictures = {card.picture: QPixmap(str(card.picture)) for card in cards if card.picture is not None}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        card = self.cards[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return card.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{card.title}\n{card.detail}  ·  {card.when}\n{card.path}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{card.title}, {card.detail}, {card.when}"
        if role == Qt.ItemDataRole.UserRole:
            return card
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pictures.get(card.picture) if card.picture is not None else None
        return None


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = QFontMetrics(font()).height()
        wide = max(184, line * 11)
        return QSize(wide, round(wide * 0.72) + 2 * line + 24)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: ProjectCard = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ground = QRectF(rect.adjusted(4, 4, -4, -4))
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(THEME.control if over else THEME.raised))
        painter.drawRoundedRect(ground, 6, 6)
        line = QFontMetrics(font()).height()
        picture = QRectF(ground.left(), ground.top(), ground.width(), ground.height() - 2 * line - 16)
        clip = QPainterPath()
        clip.addRoundedRect(picture, 6, 6)
        painter.fillPath(clip, QColor(THEME.well))
        found = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(found, QPixmap) and not found.isNull():
            side = picture.height() - 8
            spot = QRectF(picture.center().x() - side / 2, picture.top() + 4, side, side)
            painter.drawPixmap(spot, found, QRectF(found.rect()))
        else:
            sign = icon_px(24)
            corner = picture.center().toPoint() - QPoint(sign // 2, sign // 2)
            painter.drawPixmap(corner, pixmap("image", THEME.text_off, sign))
        text = QRectF(ground.left() + 10, picture.bottom() + 6, ground.width() - 20, line)
        painter.setFont(font(THEME.body, QFont.Weight.Medium))
        painter.setPen(QColor(THEME.text))
        title = painter.fontMetrics().elidedText(card.title, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), title)
        painter.setFont(font(THEME.small))
        painter.setPen(QColor(THEME.text_soft))
        below = text.translated(0, line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), card.when)
        room = below.width() - painter.fontMetrics().horizontalAdvance(card.when) - 8
        detail = painter.fontMetrics().elidedText(card.detail, Qt.TextElideMode.ElideRight, max(0, int(room)))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), detail)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(THEME.accent_line), 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 6, 6)
        painter.restore()
