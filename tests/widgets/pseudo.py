"""A language for tests: every text that translators get is put into «», so that what is left was never asked for."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTextEdit,
    QWidget,
)

from widgets.language import FOLDER

PLACES = re.compile(r"(\{[^{}]*\}|%n)")
KEYS = re.compile(r"\((?:(?:Ctrl|Shift|Alt|Meta)\+)*[^\s()]+\)")
"""As tooltips name them; Qt says these in its own translations."""
NAMES = {"FLIP", "PSNR", "RGB", "OpenGL", "DirectX", "BCn", "BC", "CPU", "CUDA", "MPS", "UDIM", "GLSL", "Texloom"}
"""Written alike in every language."""


def template() -> frozenset[str]:
    """What ``make translations`` found."""
    root = ElementTree.parse(FOLDER / "texloom.ts").getroot()
    return frozenset(source.text or "" for source in root.iter("source"))


class Pseudo(QTranslator):
    def __init__(self, texts: frozenset[str]) -> None:
        super().__init__()
        self._texts = texts

    def isEmpty(self) -> bool:
        return False

    def translate(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, context: str, text: str, about: str = "", count: int = -1
    ) -> str | None:
        if context == "QShortcut" or (not context and text not in self._texts):
            return None  # an empty text would be taken for its translation
        # Qt's own words, which have a context, come with translations of their own.
        return "".join(part if PLACES.fullmatch(part) else f"«{part}»" for part in PLACES.split(text) if part)


def texts_of(root: QWidget) -> set[str]:
    """All words for people in ``root`` and below: texts, tooltips, accessible names, choices, headings, menus."""
    found: set[str] = set()
    for widget in (root, *root.findChildren(QWidget)):
        found |= {widget.toolTip(), widget.accessibleName(), widget.windowTitle()}
        if isinstance(widget, (QLabel, QAbstractButton)):
            found.add(widget.text())
        if isinstance(widget, (QLineEdit, QTextEdit)) and not isinstance(widget.parent(), QAbstractSpinBox):
            found.add(widget.placeholderText())
        if isinstance(widget, QDoubleSpinBox):
            found.add(widget.suffix())
        if isinstance(widget, QComboBox):
            for index in range(widget.count()):
                found |= {widget.itemText(index), widget.itemData(index, Qt.ItemDataRole.ToolTipRole) or ""}
        if isinstance(widget, QMenu):
            found |= {action.text() for action in widget.actions()}
        if isinstance(widget, QHeaderView) and widget.model() is not None and widget.isVisibleTo(root):
            model, way = widget.model(), widget.orientation()
            for index in range(model.columnCount() if way is Qt.Orientation.Horizontal else 0):
                for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                    found.add(str(model.headerData(index, way, role) or ""))
    return found


def untranslated(text: str, own: frozenset[str] = frozenset()) -> list[str]:
    """Words of three letters or more that did not go through ``tr``; ``own`` are data, such as names of files."""
    # Of a tooltip only the beginning may be used as a name.
    rest = KEYS.sub(" ", re.sub("«[^»]*(»|$)", " ", text))
    for word in sorted(own, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return [word for word in re.findall(r"[A-Za-z]{3,}", rest) if word not in NAMES]
