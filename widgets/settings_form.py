"""A form made from a settings dataclass: every field says what it is, what it may be, and how to go back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from core.jobs.settings import Setting, describe
from widgets.controls import Combo, NumberField, bare, label, tool
from widgets.icons import icon
from widgets.language import tr
from widgets.theme import follow_scale

INITIALS = frozenset(
    ("cpu", "cuda", "mps", "png", "tiff", "exr", "tga", "hlsl", "glsl", "bc", "bc1", "xyz", "xy", "astc", "smape"),
)
"""Choices, or what stands before their dash, that are written in capitals."""
NAMES = {"relu": "ReLU", "leaky-relu": "LeakyReLU", "tanh": "tanh", "relative-l2": "Relative L2"}
"""Choices that the field writes in its own way."""
LARGEST_INT_SHOWN = 2**31 - 1


def choice_text(choice: str) -> str:
    """A value of a setting as people write it, in English."""
    if choice in NAMES:
        return NAMES[choice]
    first, dash, rest = choice.partition("-")
    return first.upper() + dash + rest if first in INITIALS else choice.capitalize()


class SettingsForm(QWidget):
    """Fields of ``settings_type`` except ``hidden`` ones, with a search line. Values are the dataclass itself."""

    changed = Signal(object)
    """By the user: the settings object with the new value."""

    def __init__(self, settings_type: type, hidden: Collection[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings: Any = settings_type()
        self._rows: list[_Row] = []
        column = bare(QVBoxLayout(self), 8)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        column.addWidget(self.search)
        self._grid = grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        fields = [field for field in describe(settings_type) if field.name not in hidden]
        self._rows += [_Row(field, self._on_changed) for field in sorted(fields, key=lambda f: f.expert)]
        self._folded: bool | None = None
        follow_scale(self, SettingsForm._fold)
        column.addLayout(grid)
        self._nothing = label(tr("No setting has these letters in its name or description."), "small")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        column.addWidget(self._nothing)

    @property
    def settings(self) -> Any:
        return self._settings

    def set_settings(self, settings: Any) -> None:
        """Show ``settings`` without telling anybody."""
        self._settings = settings
        for row in self._rows:
            row.show(getattr(settings, row.setting.name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Names stand above their fields where these would not be left enough room beside them."""
        widest = [max(part.sizeHint().width() for part in parts) for parts in zip(*self._parts(), strict=True)]
        folded = self.width() < sum(widest) + 2 * self._grid.horizontalSpacing()
        if folded == self._folded:
            return
        self._folded = folded
        for index, (caption, field, reset) in enumerate(self._parts()):
            row = 2 * index + folded
            self._grid.addWidget(caption, 2 * index, 0, 1, 2 if folded else 1)
            self._grid.addWidget(field, row, 0 if folded else 1, 1, 2 if folded else 1)
            self._grid.addWidget(reset, row, 2)

    def _parts(self) -> list[tuple[QWidget, QWidget, QWidget]]:
        return [(row.caption, row.field, row.reset) for row in self._rows]

    def minimumSizeHint(self) -> QSize:
        """Folded, whatever it is at the moment: else it could not become narrow enough to fold."""
        hint = super().minimumSizeHint()
        wide = [
            max(caption.minimumSizeHint().width(), field.minimumSizeHint().width() + reset.minimumSizeHint().width())
            for caption, field, reset in self._parts()
        ]
        return QSize(min(hint.width(), max(wide, default=0) + self._grid.horizontalSpacing()), hint.height())

    def _on_changed(self, name: str, value: Any) -> None:
        self._settings = dataclasses.replace(self._settings, **{name: value})
        for row in self._rows:
            if row.setting.name == name:
                row.show(value)
        self.changed.emit(self._settings)

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        found = 0
        for row in self._rows:
            hit = wanted in f"{tr(row.setting.label)} {tr(row.setting.help)}".lower()
            found += hit
            for part in (row.caption, row.field, row.reset):
                part.setVisible(hit)
        self._nothing.setVisible(not found)


class _Row:
    """One setting: caption, field and the button that restores the default."""

    def __init__(self, setting: Setting, tell: Callable[[str, Any], None]) -> None:
        self.setting = setting
        name, tip = tr(setting.label), tr(setting.help)
        self.caption = label(name, "soft")
        if setting.unit:
            tip += " " + tr("Unit: {unit}.").format(unit=tr(setting.unit))
        if setting.low is not None and setting.high is not None and setting.high < LARGEST_INT_SHOWN:
            tip += " " + tr("{low:g} to {high:g}.").format(low=setting.low, high=setting.high)
        self.caption.setToolTip(tip)
        self.field, self._show = _make_field(setting, lambda value: tell(setting.name, value))
        self.field.setToolTip(tip)
        (self.field.focusProxy() or self.field).setAccessibleName(name)
        self.caption.setBuddy(self.field)
        self.reset: QToolButton = tool("reset", tr("Restore the default of “{setting}”").format(setting=name))
        self.reset.clicked.connect(lambda: tell(setting.name, setting.default))
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keep)
        self.show(setting.default)

    def show(self, value: Any) -> None:
        self._show(value)
        self.reset.setEnabled(value != self.setting.default)


def _make_field(setting: Setting, tell: Callable[[Any], None]) -> tuple[QWidget, Callable[[Any], None]]:
    """The field for a setting, and the function that shows a value in it without telling anybody."""
    if setting.choices:
        combo = Combo()
        if setting.optional:
            combo.addItem("–", None)
        for choice in setting.choices:
            combo.addItem(tr(choice_text(choice)), choice)
        combo.currentIndexChanged.connect(lambda _: tell(combo.currentData()))
        return combo, combo.set_value
    if setting.kind is bool:
        box = QCheckBox()
        box.clicked.connect(lambda checked: tell(checked))
        return box, box.setChecked
    if setting.kind in (int, float):
        return _number(setting, tell)
    line = QLineEdit()
    line.editingFinished.connect(lambda: tell(line.text()))
    return line, lambda value: line.setText(str(value or ""))


def _number(setting: Setting, tell: Callable[[Any], None]) -> tuple[QWidget, Callable[[Any], None]]:
    whole = setting.kind is int
    low = -1e9 if setting.low is None else setting.low
    high = 1e12 if setting.high is None else setting.high
    decimals = 0 if whole else 3 if high - low <= 10 else 1
    field = NumberField(low, high, decimals, tr(setting.unit) if setting.unit else "")
    if setting.unit == "%":
        field.setSingleStep(5)
    if not whole and high - low <= 10:
        field.setSingleStep(0.01)

    def value() -> float | int:
        return round(field.value()) if whole else round(field.value(), decimals)

    if not setting.optional:
        field.valueChanged.connect(lambda _: tell(value()))
        return field, field.show_value

    holder = QWidget()
    row = bare(QHBoxLayout(holder), 4)
    box = QCheckBox()
    box.setToolTip(tr("Set it yourself"))
    box.setAccessibleName(tr("Set “{setting}” yourself").format(setting=tr(setting.label)))
    row.addWidget(box)
    row.addWidget(field, 1)
    holder.setFocusProxy(field)
    # Ticking the box takes this over: a minute where seconds are asked, else the least that is allowed.
    field.show_value(60.0 if setting.unit == "s" else low)
    box.clicked.connect(lambda checked: tell(value() if checked else None))
    field.valueChanged.connect(lambda _: tell(value()) if box.isChecked() else None)

    def show(given: float | None) -> None:
        box.setChecked(given is not None)
        field.setEnabled(given is not None)
        if given is not None:
            field.show_value(given)

    return holder, show
