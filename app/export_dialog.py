"""What an export shall be: the settings of its target, a preset, a folder. After the first time it is one click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import paths
from app.session import Session
from core.errors import InputError
from core.exporters import TARGETS, presets
from core.jobs import describe
from widgets.controls import Combo, ElidedLabel, VerticalScroll, bare, button, label
from widgets.language import tr
from widgets.settings_form import SettingsForm
from widgets.theme import text_px

UNSCROLLED = 2
"""So few fields need nothing to be scrolled in, which would leave a gap below them."""


class ExportDialog(QDialog):
    """For one target; not modal. :attr:`accepted_with` tells what the user wants."""

    accepted_with = Signal(str, object, object, bool)
    """The target, its settings, the folder above, and whether all finished materials are meant."""

    def __init__(self, session: Session, target: str, name: str, others: int, parent: QWidget | None = None) -> None:
        """``name``: of the material; ``others``: how many further ones have a result."""
        super().__init__(parent)
        self._session, self._target = session, target
        exporter = TARGETS[target]
        self.setWindowTitle(tr("Export to {target}").format(target=tr(exporter.title)))
        column = bare(QVBoxLayout(self), 12, (16, 16, 16, 16))
        # Not every desktop puts a title over a window.
        column.addWidget(ElidedLabel(self.windowTitle(), "title"))
        column.addWidget(ElidedLabel(name, "head"))
        words = label(tr(exporter.sentence), "soft")
        words.setWordWrap(True)
        column.addWidget(words)
        settings = session.exports.settings(target)
        known = {n: p for n, p in presets.available(paths.export_presets_folder()).items() if target in p.targets}
        self._presets = known
        self.preset = Combo()
        self.preset.setAccessibleName(tr("Preset"))
        self.preset.addItem(tr("Preset…"), None)
        for preset_name, preset in known.items():
            # Built-in ones come from no file.
            self.preset.addItem(tr(preset.title) if preset.path is None else preset.title, preset_name)
        self.preset.currentIndexChanged.connect(self._on_preset)
        self.preset.setVisible(bool(known) and bool(describe(exporter.settings)))
        column.addWidget(self.preset)
        self.form = SettingsForm(exporter.settings)
        self.form.set_settings(settings)
        self.form.search.setVisible(len(describe(exporter.settings)) > 6)
        fields = len(describe(exporter.settings))
        if fields > UNSCROLLED:
            holder = QWidget()
            inner = bare(QVBoxLayout(holder))
            inner.addWidget(self.form)
            inner.addStretch(1)
            column.addWidget(VerticalScroll(holder), 1)
        else:
            self.form.setVisible(fields > 0)
            column.addWidget(self.form)
            column.addStretch(1)
        row = bare(QHBoxLayout(), 8)
        kept = session.preferences.export_folders.get(target, "")
        self.folder = QLineEdit(kept or str(Path.home()))
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.setToolTip(tr("The files go to {place} below this folder").format(place=f"{target}/{name}"))
        self.folder.textChanged.connect(self._show_place)
        browse = button(tr("Browse…"), "", "folder-open")
        browse.clicked.connect(self._browse)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        column.addLayout(row)
        self._name = name
        self._place = ElidedLabel("", "small")
        column.addWidget(self._place)
        self.all = QCheckBox(tr("All materials with a result ({count})").format(count=others + 1))
        self.all.setVisible(others > 0)
        self.all.toggled.connect(self._show_place)
        column.addWidget(self.all)
        row = bare(QHBoxLayout(), 8)
        row.addStretch(1)
        cancel = button(tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.accept_button = button(tr("Export"), "primary", "export")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self._on_export)
        row.addWidget(cancel)
        row.addWidget(self.accept_button)
        column.addLayout(row)
        self._fit()
        self._show_place()

    def _fit(self) -> None:
        """As wide and high as the text asks for, as far as the screen has room."""
        screen = self.screen().availableGeometry()
        width = min(text_px(480), screen.width() - 64)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        self.resize(width, min(height, text_px(640), screen.height() - 64))

    @property
    def settings(self) -> Any:
        return self.form.settings

    def _on_preset(self, _: int) -> None:
        preset = self._presets.get(self.preset.currentData() or "")
        if preset is not None:
            try:
                self.form.set_settings(preset.settings(self._target))
            except InputError as error:
                self._session.desk.tell_error(error)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _show_place(self) -> None:
        inside = tr("<each material>") if self.all.isChecked() else self._name
        self._place.setText(tr("Into {folder}").format(folder=Path(self.folder.text()) / self._target / inside))
        self.accept_button.setEnabled(bool(self.folder.text().strip()))

    def _on_export(self) -> None:
        folder = Path(self.folder.text().strip()).expanduser()
        self.accepted_with.emit(self._target, self.settings, folder, self.all.isChecked())
        self.accept()
