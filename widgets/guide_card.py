"""A short guided tour: one step at a time, each with a button that does what the step describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls import bare, button, label, tool
from widgets.language import tr


@dataclass(frozen=True)
class GuideStep:
    """``act`` is what the button says."""

    title: str
    text: str
    act: str


class GuideCard(QFrame):
    wanted = Signal(int)
    """Do what this step describes."""
    closed = Signal()

    def __init__(self, steps: Sequence[GuideStep], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._steps = steps
        self._at = 0
        column = bare(QVBoxLayout(self), 8, (12, 10, 12, 12))
        head = bare(QHBoxLayout(), 8)
        self._count = label("", "small")
        head.addWidget(self._count, 1)
        self.close_button = tool("close", tr("Close the tour"))
        self.close_button.clicked.connect(self.closed)
        head.addWidget(self.close_button)
        column.addLayout(head)
        self._title = label("", "head")
        self._title.setWordWrap(True)
        column.addWidget(self._title)
        self._text = label("", "soft")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self._text)
        self._told = label("", "small")
        self._told.setWordWrap(True)
        self._told.hide()
        column.addWidget(self._told)
        row = bare(QHBoxLayout(), 8)
        self.try_button = button("", "", "play")
        self.try_button.clicked.connect(lambda: self.wanted.emit(self._at))
        row.addWidget(self.try_button)
        row.addStretch(1)
        self.back, self.next = button(tr("Back"), "flat"), button(tr("Next"), "flat")
        self.back.clicked.connect(lambda: self.show_step(self._at - 1))
        self.next.clicked.connect(lambda: self.show_step(self._at + 1))
        row.addWidget(self.back)
        row.addWidget(self.next)
        column.addLayout(row)
        self.show_step(0)

    @property
    def step(self) -> int:
        return self._at

    def show_step(self, number: int) -> None:
        self._at = min(max(number, 0), len(self._steps) - 1)
        step = self._steps[self._at]
        self._count.setText(tr("Tour  ·  {step} of {steps}").format(step=self._at + 1, steps=len(self._steps)))
        self._title.setText(step.title)
        self._text.setText(step.text)
        self.try_button.setText(step.act)
        self.back.setEnabled(self._at > 0)
        self.next.setEnabled(self._at + 1 < len(self._steps))
        self.tell("")

    def tell(self, text: str) -> None:
        """What came of the step, or what is going on."""
        self._told.setText(text)
        self._told.setVisible(bool(text))

    @property
    def told(self) -> str:
        return self._told.text()
