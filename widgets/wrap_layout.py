"""A row that goes on in the next line where the width ends, so that large text needs height instead of being cut."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

_GROWING = (QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)


class WrapLayout(QLayout):
    """Widgets in reading order, ``spacing`` px apart in both directions.

    A widget that can grow sideways takes what its line leaves over. ``even`` makes all of them as wide as each other,
    as many beside each other as their texts allow.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        spacing: int = 0,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
        even: bool = False,
    ) -> None:
        super().__init__(parent) if parent is not None else super().__init__()
        self._items: list[QLayoutItem] = []
        self._even = even
        self.setSpacing(spacing)
        self.setContentsMargins(*margins)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, place=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        shown = self._shown()
        left, top, right, bottom = self._margins()
        widths = [max(self._wanted(item), min(item.sizeHint().width(), item.maximumSize().width())) for item in shown]
        wide = (max(widths, default=0) * len(shown) if self._even else sum(widths)) + self.spacing() * (len(shown) - 1)
        tall = max((item.sizeHint().height() for item in shown), default=0)
        return QSize(max(wide, 0) + left + right, tall + top + bottom)

    def minimumSize(self) -> QSize:
        shown = self._shown()
        left, top, right, bottom = self._margins()
        wide = max((item.minimumSize().width() for item in shown), default=0)
        tall = max((item.minimumSize().height() for item in shown), default=0)
        return QSize(wide + left + right, tall + top + bottom)

    def _margins(self) -> tuple[int, int, int, int]:
        margins = self.contentsMargins()
        return margins.left(), margins.top(), margins.right(), margins.bottom()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    @staticmethod
    def _wanted(item: QLayoutItem) -> int:
        least, widget = item.minimumSize().width(), item.widget()
        if widget is not None and widget.sizePolicy().horizontalPolicy() in _GROWING:
            # It gets what is left over anyway.
            return least
        return max(least, min(item.sizeHint().width(), item.maximumSize().width()))

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """The items with their widths, line by line."""
        shown, gap = self._shown(), self.spacing()
        if not shown:
            return []
        if self._even:
            widest = max(max(self._wanted(item), item.sizeHint().width()) for item in shown)
            columns = max(1, min(len(shown), (width + gap) // max(widest + gap, 1)))
            # Two lines of two rather than three and one.
            columns = -(-len(shown) // -(-len(shown) // columns))
            each = (width - gap * (columns - 1)) // columns
            return [[(item, each) for item in shown[i : i + columns]] for i in range(0, len(shown), columns)]
        lines: list[list[tuple[QLayoutItem, int]]] = [[]]
        used = 0
        for item in shown:
            # Nothing is wider than the whole.
            wide = max(min(self._wanted(item), width), item.minimumSize().width())
            if lines[-1] and used + gap + wide > width:
                lines.append([])
            used = wide if not lines[-1] else used + gap + wide
            lines[-1].append((item, wide))
        return [_stretched(line, width - gap * (len(line) - 1)) for line in lines]

    def _lay_out(self, rect: QRect, *, place: bool) -> int:
        left, top, right, bottom = self._margins()
        x, y, width = rect.x() + left, rect.y() + top, max(rect.width() - left - right, 0)
        first = y
        for line in self._lines(width):
            heights = [
                max(item.heightForWidth(wide) if item.hasHeightForWidth() else item.sizeHint().height(), 0)
                for item, wide in line
            ]
            tall = max(heights)
            at = x
            for (item, wide), own in zip(line, heights, strict=True):
                if place:
                    height = tall if self._even else min(own, tall)
                    item.setGeometry(QRect(QPoint(at, y + (tall - height) // 2), QSize(wide, height)))
                at += wide + self.spacing()
            y += tall + self.spacing()
        return max(y - self.spacing(), first) - rect.y() + bottom


def _stretched(line: list[tuple[QLayoutItem, int]], width: int) -> list[tuple[QLayoutItem, int]]:
    """What the line leaves over goes to those that can grow, evenly, up to what they may be."""
    free = width - sum(wide for _, wide in line)
    growing = [
        item
        for item, _ in line
        if (widget := item.widget()) is not None and widget.sizePolicy().horizontalPolicy() in _GROWING
    ]
    made = []
    for item, wide in line:
        if item in growing and free > 0:
            share = min(free // len(growing), item.maximumSize().width() - wide)
            free -= share
            growing.remove(item)
            wide += share
        made.append((item, wide))
    return made
