"""Text from 100 to 200 %: what is open follows at once, lines break instead of being cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.controls import Combo, NumberField, Segmented, Slider, button, label, tool
from widgets.material_list import MaterialList, MaterialRow
from widgets.rate_picker import ChoiceCard
from widgets.runs_table import RunRow, RunsTable
from widgets.theme import THEME
from widgets.viewport_overlay import OverlayWidget
from widgets.wrap_layout import WrapLayout


@pytest.fixture
def scaled(themed: QApplication) -> Iterator[Callable[[int], None]]:
    yield lambda percent: theme.set_scale(themed, percent)
    theme.set_scale(themed, 100)


def test_what_is_open_follows(qtbot: QtBot, scaled: Callable[[int], None]) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    words, square, materials = label("Roughness"), tool("plus", "Add"), MaterialList()
    column = QVBoxLayout(holder)
    for widget in (words, square, materials):
        column.addWidget(widget)
    materials.set_rows([MaterialRow(1, "wall", "Ready")], 1)
    holder.show()
    before = words.sizeHint(), square.width(), materials.sizeHintForRow(0)
    scaled(200)
    assert words.sizeHint().height() >= 1.9 * before[0].height()
    assert words.sizeHint().width() >= 1.8 * before[0].width()
    assert square.width() == 1.5 * before[1], "icons grow half as fast"
    assert materials.sizeHintForRow(0) > 1.4 * before[2]
    scaled(100)
    assert (words.sizeHint(), square.width(), materials.sizeHintForRow(0)) == before


def test_the_scale_keeps_its_bounds(scaled: Callable[[int], None]) -> None:
    scaled(1000)
    assert theme.scale() == 200
    scaled(10)
    assert theme.scale() == 100


def test_a_widget_that_is_gone_is_not_asked_again(scaled: Callable[[int], None]) -> None:
    asked: list[int] = []
    widget = theme.follow_scale(QWidget(), lambda _: asked.append(theme.scale()))
    scaled(150)
    assert asked == [100, 150]
    del widget
    scaled(200)
    assert asked == [100, 150]


def test_the_style_sheet_grows_with_the_text_and_keeps_its_lines(scaled: Callable[[int], None]) -> None:
    sheet = theme.style_sheet()
    scaled(200)
    large = theme.style_sheet()
    assert "font-size: 13px" in sheet and "font-size: 26px" in large
    assert "icon-size: 16px" in sheet and "icon-size: 24px" in large
    for text in (sheet, large):
        assert "tx;" not in text and "ix;" not in text
        assert "border: 2px solid transparent" in text


def test_a_row_goes_on_in_the_next_line(qtbot: QtBot, themed: QApplication) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = WrapLayout(holder, spacing=4, margins=(2, 3, 2, 3))
    parts = [QWidget() for _ in range(4)]
    for part in parts:
        part.setFixedSize(50, 20)
        row.addWidget(part)
    assert row.heightForWidth(400) == 26
    assert row.heightForWidth(2 * 50 + 4 + 4) == 3 + 20 + 4 + 20 + 3
    assert row.heightForWidth(60) == 3 + 4 * 20 + 3 * 4 + 3
    parts[3].hide()
    assert row.heightForWidth(60) == 3 + 3 * 20 + 2 * 4 + 3
    assert row.minimumSize().width() == 54


def test_even_cells_share_the_width(qtbot: QtBot, themed: QApplication) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = WrapLayout(holder, spacing=10, even=True)
    cards = [ChoiceCard(text, "5 bits/texel") for text in ("Draft", "Balanced", "Studio")]
    for card in cards:
        row.addWidget(card)
    holder.resize(320, 200)
    holder.show()
    assert {card.width() for card in cards} == {100} and len({card.y() for card in cards}) == 1
    holder.resize(220, 200)
    QApplication.processEvents()
    assert len({card.y() for card in cards}) == 2 and len({card.width() for card in cards}) == 1


def test_a_narrow_table_keeps_what_matters(qtbot: QtBot, scaled: Callable[[int], None]) -> None:
    table = RunsTable()
    qtbot.addWidget(table)
    table.set_rows([RunRow(1, 1, "wall", "Done", bpp=5.0, psnr_db=40.0, seconds=60.0)])
    table.resize(500, 200)
    table.show()

    def shown() -> list[int]:
        return [column for column in range(8) if not table.view.isColumnHidden(column)]

    assert 6 in shown() and 2 in shown()
    scaled(200)
    assert shown() == [0, 1, 3, 6]
    assert "01:00" in table.view.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole), "it is told elsewhere"


def pictures(qtbot: QtBot, widget: QWidget, inside: QWidget | None = None) -> tuple[QImage, QImage]:
    """``widget`` without and with the keyboard."""
    holder, other = QWidget(), QLineEdit()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    column.addWidget(other)
    column.addWidget(widget)
    holder.show()
    holder.activateWindow()
    qtbot.waitActive(holder)
    other.setFocus()
    QApplication.processEvents()
    without = widget.grab().toImage()
    target = inside or widget

    def focused() -> bool:
        # A window of an earlier test may still be on its way out and take the keyboard with it.
        if not holder.isActiveWindow():
            holder.activateWindow()
        if not target.hasFocus():
            target.setFocus(Qt.FocusReason.TabFocusReason)
        return holder.isActiveWindow() and target.hasFocus()

    qtbot.waitUntil(focused, timeout=10_000)
    return without, widget.grab().toImage()


def ring_pixels(image: QImage, color: str) -> int:
    wanted = QColor(color)
    return sum(
        max(abs(at.red() - wanted.red()), abs(at.green() - wanted.green()), abs(at.blue() - wanted.blue())) <= 8
        for at in (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    )


def checked(made: QPushButton) -> QPushButton:
    made.setCheckable(True)
    made.setChecked(True)
    return made


FOCUSABLE: dict[str, Callable[[], QWidget]] = {
    "button": lambda: button("Export"),
    "primary": lambda: button("Start", "primary"),
    "flat": lambda: button("Log", "flat"),
    "link": lambda: button("Undo", "link"),
    "head": lambda: button("Maps", "head"),
    "slot": lambda: button("A", "slot"),
    "menu": lambda: button("Presets", "menu"),
    "start": lambda: button("Open folder…", "start"),
    "choice": lambda: ChoiceCard("Draft", "2.5 bits/texel"),
    "chosen": lambda: checked(ChoiceCard("Draft", "2.5 bits/texel")),
    "tool": lambda: tool("plus", "Add"),
    "segmented": lambda: Segmented([("a", "A", ""), ("b", "B", "")]),
    "combo": Combo,
    "number": lambda: NumberField(0, 1, 2),
    "line": QLineEdit,
    "check box": lambda: QCheckBox("Set it yourself"),
    "slider": lambda: Slider(0, 10),
    "text": QTextEdit,
}


@pytest.mark.parametrize("name", FOCUSABLE)
def test_where_the_keyboard_is_can_be_seen(qtbot: QtBot, themed: QApplication, name: str) -> None:
    widget = FOCUSABLE[name]()
    inside = widget.button("a") if isinstance(widget, Segmented) else None
    without, focused = pictures(qtbot, widget, inside)
    assert without.size() == focused.size(), "nothing moves"
    color = THEME.text if name == "primary" else THEME.accent_line
    # A ring of two pixels: far more than a changed letter or a text cursor.
    assert ring_pixels(focused, color) - ring_pixels(without, color) >= 40


def test_the_view_is_framed_only_for_the_keyboard(qtbot: QtBot, themed: QApplication) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    overlay = OverlayWidget(holder)
    overlay.resize(60, 40)
    before = ring_pixels(overlay.grab().toImage(), THEME.accent_line)
    overlay.show_focus(True)
    assert ring_pixels(overlay.grab().toImage(), THEME.accent_line) - before >= 2 * 2 * (60 + 40) - 40
    overlay.show_focus(False)
    assert ring_pixels(overlay.grab().toImage(), THEME.accent_line) == before
