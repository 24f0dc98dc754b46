"""Captions with numbers below them, side by side on a card."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from widgets.controls import label


class ReadOuts(QFrame):
    """``captions``: name -> (caption, tooltip). A dash stands for what is not known."""

    def __init__(self, captions: Mapping[str, tuple[str, str]], columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        self._values: dict[str, QLabel] = {}
        for i, (name, (caption, tip)) in enumerate(captions.items()):
            row, column = divmod(i, columns)
            if row and not column:
                grid.setRowMinimumHeight(3 * row - 1, 6)
            small = label(caption, "small")
            value = label("–", "head")
            for part in (small, value):
                part.setToolTip(tip)
            value.setAccessibleName(caption)
            grid.addWidget(small, 3 * row, column)
            grid.addWidget(value, 3 * row + 1, column)
            grid.setColumnStretch(column, 1)
            self._values[name] = value

    def set_value(self, name: str, text: str) -> None:
        self._values[name].setText(text or "–")

    def value(self, name: str) -> str:
        return self._values[name].text()
