"""Where new runs are trained: shows it, says what else there is and why not, and lets the user choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from widgets.controls import restyle
from widgets.icons import icon
from widgets.language import tr
from widgets.theme import THEME

AUTO = "auto"
_GAP = 4
"""px between picture and words."""


@dataclass(frozen=True)
class DeviceChoice:
    """``value``: as settings have it; ``kind``: what sort of device, ``title``: what it is called here. ``problem``: a
    sentence, where it can't be used."""

    value: str
    kind: str
    title: str
    problem: str = ""


class DeviceButton(QPushButton):
    """Give it the devices, the best one first, and the one that is set."""

    chosen = Signal(str)
    """By the user: the value of a choice, or :data:`AUTO`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.setProperty("look", "menu")
        self.setIcon(icon("chip", THEME.text_soft))
        self._choices: tuple[DeviceChoice, ...] = ()
        self._value = AUTO
        self._short = False
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        self._show()

    @property
    def actions_by_value(self) -> dict[str, QAction]:
        return {str(action.data()): action for action in self._menu.actions() if not action.isSeparator()}

    @property
    def full_width(self) -> int:
        """px that it takes with its text."""
        used = self._used()
        if not self._short or used is None:
            return self.sizeHint().width()
        return self.sizeHint().width() + self.fontMetrics().horizontalAdvance(used.title) + _GAP

    def set_choices(self, choices: Sequence[DeviceChoice]) -> None:
        self._choices = tuple(choices)
        self._show()

    def set_value(self, value: str) -> None:
        """Show ``value`` as set, without telling anybody."""
        if value != self._value:
            self._value = value
            self._show()

    def set_short(self, on: bool) -> bool:
        """Only the picture, where there is no room for words. Says whether that is new."""
        if on == self._short:
            return False
        self._short = on
        self._show_text()
        return True

    def _used(self) -> DeviceChoice | None:
        """What a new run would be trained on; what is set, even where it can't be used."""
        if self._value == AUTO:
            return next((choice for choice in self._choices if not choice.problem), None)
        return next((choice for choice in self._choices if choice.value == self._value), None)

    def _show_text(self) -> None:
        used = self._used()
        self.setText("" if self._short or used is None else used.title)

    def _show(self) -> None:
        used = self._used()
        self._show_text()
        restyle(self, "state", "warn" if used is not None and used.problem else "")
        name = tr("Device of new runs: {device}").format(device=used.title if used is not None else "–")
        self.setAccessibleName(name)
        lines = [name]
        if self._value == AUTO:
            lines.append(tr("Chosen by itself: the fastest that there is"))
        lines += [f"{choice.kind}: {choice.problem or choice.title}" for choice in self._choices]
        self.setToolTip("\n".join(lines))
        self._fill()

    def _fill(self) -> None:
        self._menu.clear()
        best = next((choice for choice in self._choices if not choice.problem), None)
        auto = tr("Automatic ({device})").format(device=best.title) if best is not None else tr("Automatic")
        self._add(AUTO, auto, "")
        self._menu.addSeparator()
        for choice in self._choices:
            self._add(choice.value, choice.title if not choice.problem else choice.kind, choice.problem)

    def _add(self, value: str, text: str, problem: str) -> None:
        # Why it can't be chosen stands beside it: not everybody waits for a tooltip.
        action = self._menu.addAction(f"{text}   {problem}" if problem else text)
        action.setData(value)
        action.setToolTip(problem or text)
        action.setCheckable(True)
        action.setChecked(value == self._value)
        action.setEnabled(not problem)
        action.triggered.connect(lambda _=False: self.chosen.emit(value))
