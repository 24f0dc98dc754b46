"""A form made from a settings dataclass: every field says what it is, what it may be, and how to go back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from core.jobs.settings import Setting, describe
from widgets.controls import Combo, NumberField, bare, label, tool
from widgets.icons import icon

LARGEST_INT_SHOWN = 2**31 - 1


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
        self.search.setPlaceholderText("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        column.addWidget(self.search)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        fields = [field for field in describe(settings_type) if field.name not in hidden]
        for index, field in enumerate(sorted(fields, key=lambda f: f.expert)):
            row = _Row(field, self._on_changed)
            grid.addWidget(row.caption, index, 0)
            grid.addWidget(row.field, index, 1)
            grid.addWidget(row.reset, index, 2)
            self._rows.append(row)
        column.addLayout(grid)
        self._nothing = label("No setting has these letters in its name or description.", "small")
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
            hit = wanted in f"{row.setting.label} {row.setting.help}".lower()
            found += hit
            for part in (row.caption, row.field, row.reset):
                part.setVisible(hit)
        self._nothing.setVisible(not found)


class _Row:
    """One setting: caption, field and the button that restores the default."""

    def __init__(self, setting: Setting, tell: Callable[[str, Any], None]) -> None:
        self.setting = setting
        self.caption = label(setting.label, "soft")
        tip = setting.help + (f" Unit: {setting.unit}." if setting.unit else "")
        if setting.low is not None and setting.high is not None and setting.high < LARGEST_INT_SHOWN:
            tip += f" {setting.low:g} to {setting.high:g}."
        self.caption.setToolTip(tip)
        self.field, self._show = _make_field(setting, lambda value: tell(setting.name, value))
        self.field.setToolTip(tip)
        self.field.setAccessibleName(setting.label)
        self.caption.setBuddy(self.field)
        self.reset: QToolButton = tool("reset", f"Restore the default of {setting.label.lower()}")
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
            combo.addItem(choice.upper() if choice in ("cpu", "cuda", "mps") else choice.capitalize(), choice)
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
    field = NumberField(low, high, decimals, setting.unit)
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
    box.setToolTip("Set it yourself")
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
