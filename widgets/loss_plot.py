"""The loss of one run over time, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.controls import bare
from widgets.psnr_plot import MOST_POINTS, ClockAxis, quiet_plot, tick_step
from widgets.theme import TOTAL_COLOR


class LossPlot(QWidget):
    """``set_history`` redraws all; call it ten times a second at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = bare(QVBoxLayout(self), 0)
        self._view = quiet_plot(_PowerAxis("left"), ClockAxis("bottom"))
        item: Any = self._view.getPlotItem()  # pyqtgraph's own types are vague
        item.getAxis("left").setWidth(44)
        self._box: Any = item.getViewBox()
        self.line = pg.PlotDataItem(pen=pg.mkPen(TOTAL_COLOR, width=2.0), skipFiniteCheck=False)
        item.addItem(self.line)
        column.addWidget(self._view)

    def set_history(self, seconds: Sequence[float], losses: Sequence[float]) -> None:
        """``losses`` above zero, for each of ``seconds``."""
        times, values = np.asarray(seconds, np.float64), np.asarray(losses, np.float64)
        good = np.isfinite(values) & (values > 0)
        if not good.any():
            self.line.setData([], [])
            return
        times, powers = times[good], np.log10(values[good])
        keep = np.unique(np.append(np.arange(0, len(times), max(1, len(times) // MOST_POINTS)), len(times) - 1))
        self.line.setData(times[keep], powers[keep])
        low, high = float(powers.min()), float(powers.max())
        room = max(0.1, 0.08 * (high - low))
        self._box.setYRange(low - room, high + room, padding=0)
        self._box.setXRange(float(times[0]) if len(times) > 1 else 0.0, max(float(times[-1]), 1.0), padding=0)


class _PowerAxis(pg.AxisItem):
    """Values are powers of ten."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        return [(tick_step(maxVal - minVal, max(2, int(size // 22)), (0.1, 0.25, 0.5, 1.0, 2.0)), 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{10 ** (value * scale):.2g}" for value in values]
