"""The one main control: how good, how small, or how close the result has to be; and what that will cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.codec.settings import PRESET_SECONDS
from widgets.controls import Combo, ElidedLabel, NumberField, Segmented, Slider, bare, label
from widgets.language import tr
from widgets.theme import follow_scale, text_px
from widgets.units import size_text, time_text
from widgets.wrap_layout import WrapLayout


class RateMode(StrEnum):
    QUALITY = "quality"
    SIZE = "size"
    TARGET = "target"


@dataclass(frozen=True)
class Rate:
    """What was chosen. ``bpp`` in bits per texel, ``target_psnr`` in dB or None, ``preset`` the training effort."""

    bpp: float
    target_psnr: float | None
    preset: str


@dataclass(frozen=True)
class Prediction:
    """Known before the run. ``bc_bpp``: bits per texel that block compression (BC7, BC5, BC4) would take for the
    same maps; ``bpp``: those of the file."""

    file_bytes: int
    vram_bytes: int
    bpp: float
    bc_bpp: float


QUALITY_BPP = {"draft": 2.5, "balanced": 5.0, "studio": 10.0}
LOW_BPP, HIGH_BPP = 0.5, 20.0
LOW_DB, HIGH_DB = 20.0, 60.0
STEPS = 400


class RatePicker(QWidget):
    """Quality, size or target PSNR; below it the predicted sizes."""

    changed = Signal(object)
    """By the user: the :class:`Rate`. Not while a slider is still being dragged from one step to the next."""
    previewed = Signal(object)
    """The :class:`Rate` under the slider while it is dragged, for the prediction only."""
    mode_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate = Rate(5.0, None, "balanced")
        self._decides = True
        """Whether the size is what is shown here; something else in the settings may decide it."""
        self._texels = 0
        self._target = 40.0
        column = bare(QVBoxLayout(self), 12)
        self._modes = Segmented(
            [
                (RateMode.QUALITY, tr("Quality"), tr("Choose by purpose: draft, balanced or studio")),
                (RateMode.SIZE, tr("Size"), tr("Choose the size of the file; the quality follows")),
                (
                    RateMode.TARGET,
                    tr("Target PSNR"),
                    tr("Choose the quality in dB; the smallest file that reaches it is searched"),
                ),
            ],
            stretch=True,
        )
        self._modes.chosen.connect(self._on_mode)
        column.addWidget(self._modes)
        self._pages = _Pages()
        self._pages.addWidget(self._make_quality())
        self._pages.addWidget(self._make_size())
        self._pages.addWidget(self._make_target())
        column.addWidget(self._pages)
        self._pages.setCurrentIndex(0)
        self.card = PredictionCard()
        column.addWidget(self.card)
        self._show()

    # --- values ---------------------------------------------------------------------------------------------

    @property
    def mode(self) -> RateMode:
        return RateMode(self._modes.value)

    @property
    def rate(self) -> Rate:
        return self._rate

    def set_mode(self, mode: RateMode) -> None:
        self._modes.set_value(mode)
        self._pages.setCurrentIndex(list(RateMode).index(mode))

    def set_rate(self, rate: Rate, decides: bool = True) -> None:
        """Show ``rate`` without telling anybody; the mode follows where the present one can't show it. Where it does
        not decide the size, no card of a quality is shown as chosen."""
        self._rate, self._decides = rate, decides
        if rate.target_psnr is not None:
            self._target = rate.target_psnr
            self.set_mode(RateMode.TARGET)
        elif self.mode is RateMode.TARGET or (
            self.mode is RateMode.QUALITY and QUALITY_BPP.get(rate.preset) != rate.bpp
        ):
            self.set_mode(RateMode.QUALITY if QUALITY_BPP.get(rate.preset) == rate.bpp else RateMode.SIZE)
        self._show()

    def set_texels(self, texels: int) -> None:
        """Width × height of the material, for showing the size in kilobytes; 0 if there is none."""
        self._texels = texels
        self._show()

    # --- building -------------------------------------------------------------------------------------------

    def _make_quality(self) -> QWidget:
        page = QWidget()
        row = WrapLayout(page, spacing=8, even=True)
        self._cards = QButtonGroup(self)
        self._card_of: dict[str, QPushButton] = {}
        for preset, bpp in QUALITY_BPP.items():
            made = ChoiceCard(preset_name(preset), tr("{bits:g} bits/texel").format(bits=bpp))
            made.setToolTip(
                tr("{bits:g} bits per texel, about {time} of training").format(
                    bits=bpp, time=time_text(PRESET_SECONDS[preset])
                )
            )
            made.clicked.connect(lambda _=False, p=preset, b=bpp: self._choose(Rate(b, None, p)))
            self._cards.addButton(made)
            self._card_of[preset] = made
            row.addWidget(made)
        return page

    def _make_size(self) -> QWidget:
        page = QWidget()
        column = bare(QVBoxLayout(page), 8)
        self._size_slider = Slider(0, STEPS)
        self._size_slider.setPageStep(20)
        self._size_slider.setAccessibleName(tr("Bits per texel"))
        size_tip = tr("Size of the file in bits per texel of the full-resolution maps; all maps and mips together")
        self._size_slider.setToolTip(size_tip)
        self._size_slider.valueChanged.connect(self._on_size_slider)
        self._size_slider.sliderReleased.connect(lambda: self._choose(self._rate))
        self._bpp_field = NumberField(LOW_BPP, HIGH_BPP, 2, tr("bits/texel"))
        self._bpp_field.setAccessibleName(tr("Bits per texel"))
        self._bpp_field.setToolTip(size_tip)
        self._bpp_field.setSingleStep(0.25)
        self._bpp_field.valueChanged.connect(lambda v: self._choose(Rate(round(v, 2), None, self._rate.preset)))
        self._kb_field = NumberField(0.1, 1e7, 0, tr("KB"))
        self._kb_field.setToolTip(tr("The same as the size of the file"))
        self._kb_field.setAccessibleName(tr("Size of the file"))
        self._kb_field.valueChanged.connect(self._on_kb)
        fields = QWidget()
        row = WrapLayout(fields, spacing=8)
        for field in (self._bpp_field, self._kb_field):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self._bpp_field)
        row.addWidget(label("=", "soft"))
        row.addWidget(self._kb_field)
        self._size_effort = self._make_effort()
        column.addWidget(self._size_slider)
        column.addWidget(fields)
        column.addLayout(_labelled(tr("Training"), self._size_effort))
        return page

    def _make_target(self) -> QWidget:
        page = QWidget()
        column = bare(QVBoxLayout(page), 8)
        self._db_slider = Slider(round(LOW_DB * 2), round(HIGH_DB * 2))
        self._db_slider.setAccessibleName(tr("Target PSNR"))
        target_tip = tr("PSNR over all maps; the run searches the smallest file that reaches it")
        self._db_slider.setToolTip(target_tip)
        self._db_slider.valueChanged.connect(self._on_db_slider)
        self._db_slider.sliderReleased.connect(lambda: self._choose(self._rate))
        self._db_field = NumberField(15.0, 70.0, 1, tr("dB"))
        self._db_field.setSingleStep(0.5)
        self._db_field.setAccessibleName(tr("Target PSNR"))
        self._db_field.setToolTip(target_tip)
        self._db_field.valueChanged.connect(lambda v: self._choose(Rate(self._rate.bpp, v, self._rate.preset)))
        self._db_words = label("", "small")
        fields = QWidget()
        row = WrapLayout(fields, spacing=8)
        row.addWidget(self._db_field)
        row.addWidget(self._db_words)
        self._target_effort = self._make_effort()
        column.addWidget(self._db_slider)
        column.addWidget(fields)
        column.addLayout(_labelled(tr("Training"), self._target_effort))
        return page

    def _make_effort(self) -> Combo:
        made = Combo()
        for preset, seconds in PRESET_SECONDS.items():
            made.addItem(
                tr("{preset} – about {time}").format(preset=preset_name(preset), time=time_text(seconds)), preset
            )
        made.currentIndexChanged.connect(
            lambda _: self._choose(Rate(self._rate.bpp, self._rate.target_psnr, made.currentData()))
        )
        made.setToolTip(tr("How long to train; more time gives more quality at the same size"))
        made.setAccessibleName(tr("Training effort"))
        return made

    # --- reacting -------------------------------------------------------------------------------------------

    def _on_mode(self, value: str) -> None:
        mode = RateMode(value)
        self.set_mode(mode)
        self.mode_changed.emit(value)
        if mode is RateMode.TARGET:
            self._choose(Rate(self._rate.bpp, self._target, self._rate.preset))
        elif mode is RateMode.QUALITY:
            self._choose(Rate(QUALITY_BPP[self._rate.preset], None, self._rate.preset))
        else:
            self._choose(Rate(self._rate.bpp, None, self._rate.preset))

    def _on_size_slider(self, step: int) -> None:
        bpp = LOW_BPP * (HIGH_BPP / LOW_BPP) ** (step / STEPS)
        digits = 2 if bpp < 2 else 1
        self._slid(Rate(round(bpp, digits), None, self._rate.preset), self._size_slider)

    def _on_db_slider(self, half: int) -> None:
        self._slid(Rate(self._rate.bpp, half / 2, self._rate.preset), self._db_slider)

    def _slid(self, rate: Rate, slider: Slider) -> None:
        if slider.isSliderDown():
            self._rate = rate
            self._show(but=slider)
            self.previewed.emit(rate)
        else:
            self._choose(rate)

    def _on_kb(self, kilobytes: float) -> None:
        if self._texels:
            bpp = min(max(kilobytes * 1024 * 8 / self._texels, LOW_BPP), HIGH_BPP)
            self._choose(Rate(round(bpp, 3), None, self._rate.preset))

    def _choose(self, rate: Rate) -> None:
        self._rate, self._decides = rate, True
        if rate.target_psnr is not None:
            self._target = rate.target_psnr
        self._show()
        self.changed.emit(rate)

    def _show(self, but: QWidget | None = None) -> None:
        rate = self._rate
        exact = QUALITY_BPP.get(rate.preset) == rate.bpp
        self._cards.setExclusive(False)
        for preset, card in self._card_of.items():
            card.setChecked(exact and self._decides and preset == rate.preset)
        self._cards.setExclusive(True)
        step = round(STEPS * math.log(rate.bpp / LOW_BPP) / math.log(HIGH_BPP / LOW_BPP))
        if but is not self._size_slider:
            _quietly(self._size_slider, step)
        self._bpp_field.show_value(rate.bpp)
        self._kb_field.setEnabled(self._texels > 0)
        self._kb_field.show_value(rate.bpp * self._texels / 8 / 1024)
        target = self._target if rate.target_psnr is None else rate.target_psnr
        if but is not self._db_slider:
            _quietly(self._db_slider, round(target * 2))
        self._db_field.show_value(target)
        self._db_words.setText(_words_for(target))
        for effort in (self._size_effort, self._target_effort):
            effort.set_value(rate.preset)


class ChoiceCard(QPushButton):
    """One of a few choices, with a second line in small."""

    def __init__(self, title: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choice")
        self.setCheckable(True)
        follow_scale(self, lambda card: card.setMinimumWidth(text_px(80) + 14))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{title}, {detail}")
        column = bare(QVBoxLayout(self), 2, (10, 6, 4, 6))
        for text, look in ((title, "head"), (detail, "small")):
            line = ElidedLabel(text, look, Qt.TextElideMode.ElideRight)
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(line)


class _Pages(QWidget):
    """One page at a time, and as tall as this one: a stack would be as tall as the tallest."""

    def __init__(self) -> None:
        super().__init__()
        self._column = bare(QVBoxLayout(self))
        self._pages: list[QWidget] = []

    def addWidget(self, page: QWidget) -> None:
        self._pages.append(page)
        self._column.addWidget(page)

    def setCurrentIndex(self, index: int) -> None:
        for page in self._pages:
            page.setVisible(page is self._pages[index])


class PredictionCard(QFrame):
    """File, GPU memory and the ratio over block compression, before the run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        rows = bare(QVBoxLayout(self), 2, (12, 10, 12, 10))
        figures = QWidget()
        cells = WrapLayout(figures, spacing=8, even=True)
        self._values: list[QLabel] = []
        for caption in (tr("File"), tr("GPU memory"), tr("Against BCn")):
            cell = QWidget()
            column = bare(QVBoxLayout(cell), 2)
            column.addWidget(label(caption, "small"))
            value = label("–", "head")
            self._values.append(value)
            column.addWidget(value)
            cells.addWidget(cell)
        rows.addWidget(figures)
        self._note = label("", "small")
        self._note.setWordWrap(True)
        rows.addWidget(self._note)
        self.show_nothing(tr("Add a material to see its predicted size."))

    def show_nothing(self, note: str) -> None:
        for value in self._values:
            value.setText("–")
            value.setToolTip("")
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def show_prediction(self, prediction: Prediction, note: str = "") -> None:
        texts = (
            size_text(prediction.file_bytes),
            size_text(prediction.vram_bytes),
            tr("{factor:.1f}× smaller").format(factor=prediction.bc_bpp / prediction.bpp),
        )
        tips = (
            tr("{count:,} bytes predicted for the .texloom file with all maps and mip levels").format(
                count=prediction.file_bytes
            ),
            tr("{count:,} bytes predicted for what a runtime keeps in GPU memory").format(count=prediction.vram_bytes),
            tr(
                "Block compression (BC7, BC5, BC4) of the same maps takes {bc:g} bits per texel "
                "without mip levels; this file takes {bits:.2f} with all of them."
            ).format(bc=prediction.bc_bpp, bits=prediction.bpp),
        )
        for value, text, tip in zip(self._values, texts, tips, strict=True):
            value.setText(text)
            value.setToolTip(tip)
        self._note.setText(note)
        self._note.setVisible(bool(note))


def _labelled(text: str, field: QWidget) -> QHBoxLayout:
    row = bare(QHBoxLayout(), 8)
    row.addWidget(label(text, "soft"))
    row.addWidget(field, 1)
    return row


def _quietly(slider: Slider, value: int) -> None:
    blocked = slider.blockSignals(True)
    slider.setValue(value)
    slider.blockSignals(blocked)
    slider.update()


def preset_name(preset: str) -> str:
    """What people call a training effort."""
    return tr(preset.capitalize())


def _words_for(db: float) -> str:
    """What a PSNR over all maps looks like, as a rule of thumb."""
    if db < 28:
        return tr("visibly softer")
    if db < 34:
        return tr("fine at a distance")
    if db < 40:
        return tr("hard to tell in 3D")
    if db < 46:
        return tr("hard to tell side by side")
    return tr("close to exact")
