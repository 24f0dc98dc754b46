"""How quality grows with size: the runs of a material over bits per texel, beside what would be shipped today."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.controls import ElidedButton, ElidedLabel, bare, hint_page
from widgets.language import tr
from widgets.theme import follow_scale, text_px

if TYPE_CHECKING:
    from widgets.rate_plot import RatePlot


@dataclass(frozen=True)
class RatePoint:
    """A result: ``bpp`` bits per texel with everything counted, ``psnr_db`` over all maps. ``slots`` are the sides it
    is shown in."""

    key: int
    label: str
    bpp: float
    psnr_db: float
    baseline: bool = False
    slots: str = ""
    tip: str = ""


def best_points(points: Sequence[RatePoint]) -> list[RatePoint]:
    """Neural textures that nothing smaller is as good as, the smallest first: the curve of the material."""
    found: list[RatePoint] = []
    for point in sorted((p for p in points if not p.baseline), key=lambda p: (p.bpp, -p.psnr_db)):
        if not found or point.psnr_db > found[-1].psnr_db:
            found.append(point)
    return found


def rate_for(curve: Sequence[RatePoint], psnr_db: float) -> float | None:
    """Bits per texel at which ``curve`` reaches a PSNR, between its points on a logarithmic scale; None beyond them."""
    for low, high in itertools.pairwise(curve):
        if low.psnr_db <= psnr_db <= high.psnr_db:
            part = (psnr_db - low.psnr_db) / (high.psnr_db - low.psnr_db)
            return 2.0 ** (math.log2(low.bpp) + part * (math.log2(high.bpp) - math.log2(low.bpp)))
    return None


class RatePanel(QWidget):
    """The plot under a line that says what is saved; an empty state while nothing is measured."""

    measure_wanted = Signal()
    chosen = Signal(int, str)
    """A run's key and "A" or "B"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        follow_scale(self, lambda panel: panel.setMinimumSize(240, 40 + text_px(64)))
        self._stack = QStackedWidget()
        bare(QVBoxLayout(self), 0).addWidget(self._stack)
        self._stack.addWidget(self._empty_page())
        page = QWidget()
        self._column = bare(QVBoxLayout(page), 0)
        self._saving = ElidedLabel("", "small", Qt.TextElideMode.ElideRight)
        self._saving.setContentsMargins(12, 6, 12, 2)
        self._column.addWidget(self._saving)
        self._plot: RatePlot | None = None
        self._stack.addWidget(page)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        column = bare(QVBoxLayout(page), 0)
        words = tr("Finished runs stand here by size and quality, beside what BC7 or ASTC makes of the material.")
        column.addWidget(hint_page(words), 1)
        row = bare(QHBoxLayout(), 0, (12, 0, 12, 12))
        # Large text in a small window leaves less room than the words need.
        self.measure = ElidedButton(tr("Measure the curve"))
        self.measure.setAutoDefault(False)
        self.measure.setToolTip(tr("Queue runs of this material at several sizes"))
        self.measure.clicked.connect(self.measure_wanted)
        row.addWidget(self.measure)
        row.addStretch(1)
        column.addLayout(row)
        return page

    @property
    def plot(self) -> RatePlot:
        """Made when it is first needed: pyqtgraph takes longer to load than the rest of a window."""
        if self._plot is None:
            from widgets.rate_plot import RatePlot

            self._plot = RatePlot()
            self._plot.chosen.connect(self.chosen)
            self._column.addWidget(self._plot, 1)
        return self._plot

    def set_points(self, points: Sequence[RatePoint]) -> None:
        """Show the results of one material; none of them is the empty state."""
        self._stack.setCurrentIndex(1 if points else 0)
        if points:
            self._saving.setText(_saving(points))
            self.plot.set_points(points)


def _saving(points: Sequence[RatePoint]) -> str:
    """What a neural texture saves at the quality of the best baseline that the curve reaches."""
    curve = best_points(points)
    baselines = sorted((p for p in points if p.baseline), key=lambda p: -p.psnr_db)
    for baseline in baselines:
        bpp = rate_for(curve, baseline.psnr_db)
        if bpp is not None:
            return tr(
                "As good as {baseline} at {bits:.1f} instead of {theirs:.1f} bits per texel: {times:.1f}×"
            ).format(baseline=baseline.label, bits=bpp, theirs=baseline.bpp, times=baseline.bpp / bpp)
        if curve and curve[0].psnr_db > baseline.psnr_db:
            gain = curve[0].psnr_db - baseline.psnr_db
            return tr("At {bits:.1f} bits per texel {gain:.1f} dB better than {baseline} at {theirs:.1f}").format(
                baseline=baseline.label, bits=curve[0].bpp, theirs=baseline.bpp, gain=gain
            )
    return tr("PSNR over bits per texel, everything counted")
