"""A form made from a settings dataclass: every field says what it is, what it may be, and how to go back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from core.errors import TexloomError
from core.jobs.settings import Setting, describe
from widgets.controls import Combo, NumberField, bare, label, restyle, tool
from widgets.icons import icon
from widgets.language import tr
from widgets.theme import follow_scale

INITIALS = frozenset(
    ("cpu", "cuda", "mps", "png", "tiff", "exr", "tga", "hlsl", "glsl", "bc", "bc1", "xyz", "xy", "astc", "smape"),
)
"""Choices, or what stands before their dash, that are written in capitals."""
NAMES = {"relu": "ReLU", "leaky-relu": "LeakyReLU", "tanh": "tanh", "relative-l2": "Relative L2"}
"""Choices that the field writes in its own way."""
PAUSE_MS = 700
"""So long somebody who types is not told that what stands there is wrong."""
LARGEST_INT_SHOWN = 2**31 - 1

Check = Callable[[str], object]
"""Raises a TexloomError whose sentence says what is wrong with a text."""


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

    def __init__(
        self,
        settings_type: type,
        hidden: Collection[str] = (),
        parent: QWidget | None = None,
        *,
        checks: Mapping[str, Check] | None = None,
    ) -> None:
        """``checks``: of texts with a grammar, by the name of the field. Who types against it is told at the field, and
        the settings stay as they were until it is right."""
        super().__init__(parent)
        self._settings: Any = settings_type()
        self._rows: list[_Row] = []
        column = bare(QVBoxLayout(self), 8)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setToolTip(tr("Looks at the names and descriptions of the settings"))
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
        for field in sorted(fields, key=lambda f: f.expert):
            self._rows.append(_Row(field, self._on_changed, (checks or {}).get(field.name)))
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

    @property
    def problem(self) -> str:
        """What is wrong with the first text that is; "" if all can be used."""
        return next((row.problem for row in self._rows if row.problem), "")

    def commit(self) -> QWidget | None:
        """Take over what is still being typed. Gives the first field that is wrong, which then has the keyboard."""
        for row in self._rows:
            row.commit()
        wrong = next((row.field for row in self._rows if row.problem), None)
        if wrong is not None:
            self.search.clear()
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        return wrong

    def set_settings(self, settings: Any) -> None:
        """Show ``settings`` without telling anybody. A text that can't be used stays until its setting is another."""
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
            row = 3 * index + folded
            self._grid.addWidget(caption, 3 * index, 0, 1, 2 if folded else 1)
            self._grid.addWidget(field, row, 0 if folded else 1, 1, 2 if folded else 1)
            self._grid.addWidget(reset, row, 2)
            if (wrong := self._rows[index].wrong) is not None:
                self._grid.addWidget(wrong, 3 * index + 2, 0 if folded else 1, 1, 2 if folded else 1)

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
            if row.wrong is not None:
                row.wrong.setVisible(hit and bool(row.wrong.text()))
        self._nothing.setVisible(not found)


class _Row:
    """One setting: caption, field, the button that restores the default, and what is wrong with a text."""

    def __init__(self, setting: Setting, tell: Callable[[str, Any], None], check: Check | None = None) -> None:
        self.setting = setting
        self._check = check
        self._shown: Any = setting.default
        self.problem = ""
        name, tip = tr(setting.label), _tip(setting)
        self.caption = label(name, "soft")
        self.caption.setToolTip(tip)
        self.field, self._show = _make_field(setting, lambda value: self._tell(tell, value))
        inner = self.field.focusProxy() or self.field
        for part in (self.field, inner):
            part.setToolTip(tip)
        inner.setAccessibleName(name)
        self.caption.setBuddy(self.field)
        self.reset: QToolButton = tool("reset", tr("Restore the default of “{setting}”").format(setting=name))
        self.reset.clicked.connect(lambda: self._put_back(tell))
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keep)
        self.wrong: QLabel | None = None
        if check is not None and isinstance(self.field, QLineEdit):
            self.wrong = label("", "small")
            self.wrong.setProperty("state", "bad")
            self.wrong.setWordWrap(True)
            self.wrong.setTextFormat(Qt.TextFormat.PlainText)
            self.wrong.hide()
            # Half a word is always wrong: one is told when one pauses, or goes on.
            self._pause = QTimer(self.field)
            self._pause.setSingleShot(True)
            self._pause.setInterval(PAUSE_MS)
            self._pause.timeout.connect(self._show_problem)
            self.field.textEdited.connect(self._on_typed)
        self.show(setting.default)

    def show(self, value: Any) -> None:
        if self.problem and value == self._shown:
            return
        self._shown = value
        self._set_problem("")
        self._show(value)
        self.reset.setEnabled(value != self.setting.default)

    def commit(self) -> None:
        """As when the keyboard leaves the field."""
        if isinstance(self.field, QLineEdit) and self.field.text() != str(self._shown or ""):
            self.field.editingFinished.emit()

    def _tell(self, tell: Callable[[str, Any], None], value: Any) -> None:
        if self.wrong is not None:
            self._set_problem(self._problem_of(str(value)))
            if self.problem:
                return
        tell(self.setting.name, value)

    def _put_back(self, tell: Callable[[str, Any], None]) -> None:
        self._set_problem("")
        self._show(self.setting.default)
        tell(self.setting.name, self.setting.default)

    def _on_typed(self, text: str) -> None:
        self.problem = self._problem_of(text)
        if self.problem:
            self._pause.start()
            self.reset.setEnabled(True)
        else:
            self._set_problem("")

    def _problem_of(self, text: str) -> str:
        assert self._check is not None
        try:
            self._check(text)
        except TexloomError as error:
            # The sentences name the option of the command line.
            return str(error).replace(self.setting.option, f"“{tr(self.setting.label)}”")
        return ""

    def _set_problem(self, text: str) -> None:
        self.problem = text
        self._show_problem()

    def _show_problem(self) -> None:
        if self.wrong is None:
            return
        self._pause.stop()
        self.wrong.setText(self.problem)
        # Not where the search has put the field out of sight.
        self.wrong.setVisible(bool(self.problem) and not self.field.isHidden())
        self.field.setAccessibleDescription(self.problem)
        restyle(self.field, "state", "bad" if self.problem else "")
        if self.problem:
            self.reset.setEnabled(True)


def _tip(setting: Setting) -> str:
    """What it does, in which unit, within which limits, and what it is if nobody says."""
    parts = [tr(setting.help)]
    if setting.unit:
        parts.append(tr("Unit: {unit}.").format(unit=tr(setting.unit)))
    low, high = setting.low, setting.high
    if high is not None and high >= LARGEST_INT_SHOWN:
        high = None
    if low is not None and high is not None:
        parts.append(tr("{low} to {high}.").format(low=_plain(low), high=_plain(high)))
    elif low is not None:
        parts.append(tr("At least {low}.").format(low=_plain(low)))
    elif high is not None:
        parts.append(tr("At most {high}.").format(high=_plain(high)))
    if setting.default not in (None, ""):
        default = setting.default
        if isinstance(default, bool):
            text = tr("on") if default else tr("off")
        elif isinstance(default, str):
            text = tr(choice_text(default)) if setting.choices else default
        else:
            text = _plain(default)
        parts.append(tr("Default: {value}.").format(value=text))
    return " ".join(parts)


def _plain(value: Any) -> str:
    return f"{int(value):,}" if isinstance(value, int) or float(value).is_integer() else f"{value:g}"


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
