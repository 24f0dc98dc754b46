"""How the run is going: the figure, the remaining time, the curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from widgets.controls import ElidedLabel, bare, hint_page, label, restyle
from widgets.language import tr
from widgets.theme import follow_scale, text_px
from widgets.units import clock_text, psnr_text

if TYPE_CHECKING:
    from widgets.psnr_plot import PsnrPlot


@dataclass(frozen=True)
class TrainingView:
    """What the panel shows of one run. ``fraction`` in [0, 1]; None hides what is not known yet."""

    title: str
    state: str
    state_look: str = ""
    psnr_db: float | None = None
    loss: float | None = None
    step: int = 0
    elapsed_s: float = 0.0
    remaining_s: float | None = None
    fraction: float | None = None
    size: str = ""
    target_db: float | None = None


class TrainingPanel(QWidget):
    """A line of figures over the plot; an empty state while there is nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        follow_scale(self, lambda panel: panel.setMinimumSize(240, 40 + text_px(64)))
        self._stack = QStackedWidget()
        column = bare(QVBoxLayout(self), 0)
        column.addWidget(self._stack)
        self._stack.addWidget(hint_page(tr("Start a run to watch the quality of every map rise here.")))
        page = QWidget()
        inner = bare(QVBoxLayout(page), 0)
        head = bare(QHBoxLayout(), 12, (12, 6, 12, 4))
        self._psnr = label("", "number")
        self._state = label("", "soft")
        self._title = ElidedLabel("", "small", Qt.TextElideMode.ElideRight)
        self._elapsed = label("", "soft")
        self._remaining: QLabel = label("", "head")
        head.addWidget(self._psnr)
        head.addWidget(self._state)
        head.addWidget(self._title, 1)
        head.addWidget(self._elapsed)
        head.addWidget(self._remaining)
        inner.addLayout(head)
        self._head = head
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of the run"))
        inner.addWidget(self._bar)
        self._inner = inner
        self._plot: PsnrPlot | None = None
        self._stack.addWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Where the line is too narrow for all, the least important goes, and all of it stands in the tooltip."""
        margins, space = self._head.contentsMargins(), self._head.spacing()
        free = self.width() - margins.left() - margins.right() - self._title.minimumSizeHint().width()
        for part in (self._psnr, self._remaining, self._state, self._elapsed):
            free -= part.sizeHint().width() + space if part.text() else 0
            part.setVisible(bool(part.text()) and free >= 0)
        parts = (self._psnr, self._state, self._title, self._elapsed, self._remaining)
        self._title.set_tip("\n".join(part.text() for part in parts if part.text()))

    @property
    def plot(self) -> PsnrPlot:
        """Made when it is first needed: pyqtgraph takes longer to load than the rest of a window."""
        if self._plot is None:
            from widgets.psnr_plot import PsnrPlot

            self._plot = PsnrPlot()
            self._inner.addWidget(self._plot, 1)
        return self._plot

    def show_nothing(self) -> None:
        self._stack.setCurrentIndex(0)
        if self._plot is not None:
            self._plot.clear()

    def show_run(
        self, view: TrainingView, seconds: Sequence[float] = (), curves: Mapping[str, Sequence[float]] | None = None
    ) -> None:
        self._stack.setCurrentIndex(1)
        self._psnr.setText(psnr_text(view.psnr_db) if view.psnr_db is not None else "–")
        self._state.setText(view.state)
        restyle(self._state, "state", view.state_look)
        facts = [view.title]
        if view.size:
            facts.append(view.size)
        if view.loss is not None:
            facts.append(tr("loss {loss:.2e}").format(loss=view.loss))
        if view.step:
            facts.append(tr("step {step:,}").format(step=view.step))
        # In a narrow panel the end of this line goes first: what matters most stands at its beginning.
        self._title.setText("  ·  ".join(facts))
        self._elapsed.setText(clock_text(view.elapsed_s))
        left = view.remaining_s
        self._remaining.setText(tr("{time} left").format(time=clock_text(left)) if left is not None else "")
        self._fold()
        self._bar.setVisible(view.fraction is not None)
        self._bar.setValue(round((view.fraction or 0.0) * 1000))
        self.plot.set_target(view.target_db)
        self.plot.set_history(seconds, curves or {})
