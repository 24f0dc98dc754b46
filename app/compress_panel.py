"""The right-hand panel: how good or how small, which file is what, the expert settings, and the acts of a run."""

from __future__ import annotations

import dataclasses
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.document import Material, MaterialState
from app.prediction import predicted
from app.preset_menu import PresetMenu
from app.session import Session, with_rate
from core.codec.baseline_sets import BASELINES
from core.codec.settings import CompressSettings
from widgets.controls import ActionButton, ElidedLabel, Section, VerticalScroll, bare, button, restyle
from widgets.language import tr
from widgets.lost_files import LostFiles
from widgets.rate_picker import Rate, RateMode, RatePicker
from widgets.role_review import RoleReview
from widgets.settings_form import SettingsForm

SEEN_OF_MAPS = 72
"""So many px of the maps come into sight when something waits for a decision there."""
OWN_FIELDS = ("bpp", "target_psnr", "max_bytes", "preset")
"""The fields of the settings that the main control stands for."""


def _check_numbers(option: str, text: str) -> None:
    from core.codec.goals import role_numbers

    role_numbers(text, option)


def _check_grids(text: str) -> None:
    from core.codec.training import grids_by_hand

    grids_by_hand(text)


def _check_decoder(text: str) -> None:
    from core.codec.compress import decoder_by_hand

    decoder_by_hand(text)


CHECKS = {
    "target_maps": partial(_check_numbers, "--target-maps"),
    "loss_weights": partial(_check_numbers, "--loss-weights"),
    "grids": _check_grids,
    "decoder": _check_decoder,
}
"""Of the settings that are texts with a grammar."""


class CompressPanel(QWidget):
    """Bound to a session: it shows the current material and changes it only through the session."""

    def __init__(self, session: Session, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._reviewed: int | None = None
        column = bare(QVBoxLayout(self), 0)
        content = QWidget()
        inner = bare(QVBoxLayout(content), 16, (12, 8, 12, 12))
        head = bare(QVBoxLayout(), 2)
        self._name = ElidedLabel("", "title")
        self._facts = ElidedLabel("", "small")
        self.presets = PresetMenu(session, self)
        first = bare(QHBoxLayout(), 8)
        first.addWidget(self._name, 1)
        first.addWidget(self.presets.button)
        head.addLayout(first)
        head.addWidget(self._facts)
        inner.addLayout(head)
        self.lost = LostFiles()
        self.lost.locate_wanted.connect(lambda: session.materials.locate_wanted.emit(session.document.current))
        inner.addWidget(self.lost)
        self.rate = RatePicker()
        inner.addWidget(self.rate)
        self.review = RoleReview()
        self._maps = Section(tr("Maps"), self.review, tr("Which file is which map, and why"))
        inner.addWidget(self._maps)
        self.form = SettingsForm(CompressSettings, OWN_FIELDS, checks=CHECKS)
        self._expert = Section(tr("Advanced"), self.form, tr("Where and how the run trains"), open_=False)
        inner.addWidget(self._expert)
        inner.addStretch(1)
        self._scroll = VerticalScroll(content)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._make_acts(actions))

        self.rate.changed.connect(self._on_rate)
        self.rate.previewed.connect(self._show_prediction)
        self.form.changed.connect(session.change_settings)
        self.review.assigned.connect(self._on_assigned)
        self.review.convention_chosen.connect(self._on_convention)
        document = session.document
        document.current_changed.connect(self.refresh)
        document.material_changed.connect(lambda material: self.refresh() if material is document.current else None)
        document.settings_changed.connect(self._show_settings)
        self._show_settings()
        self.refresh()

    def set_rate_mode(self, mode: str) -> None:
        if mode in list(RateMode):
            self.rate.set_mode(RateMode(mode))
            self._show_rate()

    def complete(self) -> bool:
        """Whether a run can begin with the settings; else the field that is wrong has the keyboard."""
        wrong = self.form.commit()
        if wrong is not None:
            self._expert.set_open(True)
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, wrong, lambda: self._scroll.ensureWidgetVisible(wrong, 0, SEEN_OF_MAPS))
        return wrong is None

    def _make_acts(self, actions: dict[str, QAction]) -> QWidget:
        """The part that never scrolls away."""
        holder = QWidget()
        holder.setObjectName("bar")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = bare(QVBoxLayout(holder), 8, (12, 10, 12, 12))
        self.start = ActionButton(actions["start"], "primary")
        column.addWidget(self.start)
        row = bare(QHBoxLayout(), 8)
        self.pause, self.stop, self.discard = (
            ActionButton(actions[name], "compact") for name in ("pause", "stop", "discard")
        )
        for made in (self.pause, self.stop, self.discard):
            row.addWidget(made, 1)
        column.addLayout(row)
        row = bare(QHBoxLayout(), 8)
        self.export = button(tr("Export"), "", "export", actions["export"].toolTip())
        self.export_menu = QMenu(self.export)
        self.export.setMenu(self.export_menu)
        self.save = ActionButton(actions["save_as"], text=tr("Save as…"))
        row.addWidget(self.export, 1)
        row.addWidget(self.save, 1)
        column.addLayout(row)
        return holder

    # --- showing --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        material = self._session.document.current
        self._name.setText(material.name if material else tr("No material"))
        self._facts.setText(_facts(material))
        self.lost.show_problem(material.problem if material is not None and material.missing else "")
        restyle(self._facts, "state", "warn" if material and material.state is MaterialState.UNDECIDED else "")
        self.rate.set_texels(material.width * material.height if material else 0)
        self._maps.setVisible(material is None or material.plan is not None)
        self.review.set_plan(material.plan if material else None)
        if material is not None:
            self.review.set_pictures(material.pictures)
            self.review.normal.set_previews(material.normal_previews)
        self._show_badge(material)
        self._show_prediction(self._rate())

    def _show_badge(self, material: Material | None) -> None:
        if material is None or material.plan is None:
            self._maps.set_badge("")
            return
        count = self.review.to_check
        used = len(material.plan.used_files)
        self._maps.set_badge(
            tr("%n to check", "", count) if count else tr("%n used", "", used), "warn" if count else ""
        )
        if count and self._reviewed != material.key:
            self._reviewed = material.key
            self._maps.set_open(True)
            # What waits for a decision must be in sight without being searched for.
            self._scroll.ensureVisible(0, self._maps.y() + SEEN_OF_MAPS, 0, 0)

    def _rate(self) -> Rate:
        settings = self._session.document.settings
        return Rate(settings.bpp, settings.target_psnr, settings.preset)

    def _show_rate(self) -> None:
        sized_by = self._session.document.settings.sized_by
        self.rate.set_rate(self._rate(), decides=sized_by in ("bpp", "target_psnr"))

    def _show_settings(self) -> None:
        settings = self._session.document.settings
        self._show_rate()
        self.form.set_settings(settings)
        changed = sum(
            getattr(settings, field.name) != field.default
            for field in dataclasses.fields(settings)
            if field.name not in OWN_FIELDS
        )
        self._expert.set_badge(tr("%n changed", "", changed) if changed else "")
        self._show_prediction(self._rate())

    def _show_prediction(self, rate: Rate) -> None:
        material = self._session.document.current
        card = self.rate.card
        settings = self._session.document.settings
        # What is under the slider would decide once it is let go; until then what decides is what is set.
        by = "bpp" if rate.target_psnr is None else "target_psnr"
        by = settings.sized_by if rate == self._rate() else by
        bpp = rate.bpp
        if by == "max_bytes" and settings.max_bytes and material is not None and material.width:
            bpp = settings.max_bytes * 8 / (material.width * material.height)
        if material is None or not material.width:
            card.show_nothing(tr("Add a material to see its predicted size.") if material is None else "")
        elif by == "match":
            text = tr("The run searches the smallest file that is as good as the {baseline}.")
            card.show_nothing(text.format(baseline=tr(BASELINES[settings.match or ""].title)))
        elif by in ("target_psnr", "target_maps"):
            card.show_nothing(tr("The run searches the smallest file that reaches the target."))
        else:
            roles = material.roles
            card.show_prediction(predicted(material.width, material.height, material.channels, roles, bpp))

    # --- reacting -------------------------------------------------------------------------------------------

    def _on_rate(self, rate: Rate) -> None:
        settings = self._session.document.settings
        same_size = (rate.bpp, rate.target_psnr) == (settings.bpp, settings.target_psnr)
        if same_size and rate.preset != settings.preset and self.rate.mode is not RateMode.QUALITY:
            # How long to train says nothing about the size. A quality is both.
            self._session.change_settings(dataclasses.replace(settings, preset=rate.preset))
        else:
            self._session.change_settings(with_rate(settings, rate.bpp, rate.target_psnr, rate.preset))

    def _on_assigned(self, path: object, roles: tuple) -> None:
        material = self._session.document.current
        if material is not None:
            self._session.materials.assign(material, path, roles)  # type: ignore[arg-type]

    def _on_convention(self, convention: object) -> None:
        material = self._session.document.current
        if material is not None:
            self._session.materials.choose_convention(material, convention)  # type: ignore[arg-type]


def _facts(material: Material | None) -> str:
    if material is None:
        return tr("Drop a folder anywhere on the window.")
    if material.state is MaterialState.READING and not material.width:
        return tr("Reading…")
    if material.missing and not material.width:
        return tr("Files missing")
    if material.state is MaterialState.UNDECIDED and not material.missing:
        return material.problem
    maps = tr("%n map(s)", "", len(material.roles))
    channels = tr("%n channel(s)", "", material.channels)
    return f"{material.width} × {material.height}  ·  {maps}  ·  {channels}"
