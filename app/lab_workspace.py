"""The lab: a picture, the network that learns it, and what still differs, side by side and live."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.job_runner import JobQueue, JobState
from app.lab_guide import STEPS, LabGuide
from app.lab_kept import KeptNetworks
from app.lab_session import NETWORK_SUFFIXES, LabSession, Say
from core.coordinate.animation import SUFFIXES as ANIMATION_SUFFIXES
from core.coordinate.dial import Transform
from core.coordinate.network_file import numbers_size
from core.coordinate.pictures import signed_error
from core.coordinate.settings import WEIGHT_BITS, LabSettings
from core.exporters.networks import TARGETS
from core.textures.material import Pixels
from core.textures.names import IMAGE_SUFFIXES
from widgets.controls import (
    Combo,
    ElidedLabel,
    Section,
    Segmented,
    Slider,
    VerticalScroll,
    bare,
    button,
    hairline,
    label,
)
from widgets.drop_area import DropOverlay
from widgets.guide_card import GuideCard, GuideStep
from widgets.icons import icon, pixmap
from widgets.language import tr
from widgets.loss_plot import LossPlot
from widgets.picture_pane import PaneView, PicturePane
from widgets.psnr_plot import PsnrPlot
from widgets.read_outs import ReadOuts
from widgets.settings_form import SettingsForm
from widgets.theme import follow_scale, icon_px, text_px
from widgets.units import clock_text, psnr_text, size_text
from widgets.wrap_layout import WrapLayout

GAINS = (1, 2, 5, 10, 20, 40, 80)
"""Amplifications of the error; the sample's is 10."""
GAIN = 10
SIDE_WIDTH = 344
TRANSFORMS = (
    (Transform.IDENTITY, "As it is", "The picture itself"),
    (Transform.FLIP, "Flip", "u and v exchanged"),
    (Transform.ZOOM, "Zoom", "The middle quarter"),
    (Transform.ROTATE, "Rotate", "Turned by 30 degrees"),
    (Transform.MIRROR, "Mirror", "Left and right exchanged"),
    (Transform.TILE, "Tile", "Two by two repeats"),
    (Transform.WARP, "Warp", "Bent into waves"),
)
FIGURES = {
    "psnr": ("PSNR", "Of what is shown; while a training runs, of the texels of its last round"),
    "speed": ("Samples / s", "Texels learned from in a second"),
    "parameters": ("Parameters", "Learned numbers: weights, biases and the hash encoding's table"),
    "work": ("Multiply-adds", "For one pixel"),
    "size": ("As a file", "Of the network with its weights in the bits that are chosen above it"),
    "steps": ("Steps", "Batches that the network has learned from"),
}


class LabWorkspace(QWidget):
    """Works wherever it is put. ``compute`` trains and belongs to the caller; ``say`` tells a sentence with a severity
    (info, good, warn, bad). Call :meth:`shutdown` before it goes."""

    def __init__(
        self,
        compute: JobQueue,
        say: Say,
        parent: QWidget | None = None,
        *,
        settings: LabSettings | None = None,
        kept: KeptNetworks | None = None,
    ) -> None:
        """``settings`` and ``kept`` as in :class:`LabSession`."""
        super().__init__(parent)
        self.setObjectName("lab")
        self.setAcceptDrops(True)
        self.session = LabSession(compute, say, self, settings=settings, kept=kept)
        self.gain = float(GAIN)
        self._folder = ""
        self._source_shown: Pixels | None = None
        row = bare(QHBoxLayout(self), 4)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self._make_bench())
        side = self._make_side()
        row.addWidget(self._stack, 1)
        row.addWidget(side)
        self.parts: list[QWidget] = [self._stack, side]
        """What the keyboard goes around; the first holds the pictures."""
        self.guide = LabGuide(self.session, self.set_gain, self)
        self.guide.told.connect(self.guide_card.tell)
        self.guide_card.wanted.connect(self.guide.run)
        self._overlay = DropOverlay(self)
        session = self.session
        session.changed.connect(self._show_state)
        session.pictured.connect(self._show_pictures)
        session.measured.connect(self._show_figures)
        self._show_state()
        self._show_figures()

    def shutdown(self) -> bool:
        """End what the lab has begun; False if a thread doesn't end in time."""
        return self.session.shutdown()

    # --- making ---------------------------------------------------------------------------------------------

    def _make_empty(self) -> QWidget:
        page = QWidget()
        page.setObjectName("well")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = bare(QVBoxLayout(page), 12, (24, 24, 24, 24))
        column.addStretch(1)
        sign = QLabel()
        sign.setPixmap(pixmap("drop", "#b4b4b4", 48))
        title = label(tr("Drop a picture here"), "title")
        words = label(
            tr(
                "A small network learns to be that picture while you watch: what it sees of a place, how deep it is "
                "and what is left of the error."
            ),
            "soft",
        )
        words.setWordWrap(True)
        for part in (sign, title, words):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        row = bare(QHBoxLayout(), 8, (0, 8, 0, 0))
        row.addStretch(1)
        self.empty_open = button(tr("Open picture…"), "tall", "image", tr("PNG, JPEG, TIFF, EXR, TGA and others"))
        self.empty_open.clicked.connect(self.ask_for_picture)
        self.empty_sample = button(tr("Try the sample"), "tall", "sphere", tr("A picture that comes with Texloom"))
        self.empty_sample.clicked.connect(self.session.open_sample)
        row.addWidget(self.empty_open)
        row.addWidget(self.empty_sample)
        row.addStretch(1)
        column.addLayout(row)
        self.empty_again = button("", "tall", "reset", tr("It was trained and not saved when the lab was open before"))
        self.empty_again.clicked.connect(self.session.take_up_again)
        row = bare(QHBoxLayout())
        row.addStretch(1)
        row.addWidget(self.empty_again)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return page

    def _make_bench(self) -> QWidget:
        page = QWidget()
        column = bare(QVBoxLayout(page), 4)
        column.addWidget(self._make_bar())
        panes = bare(QHBoxLayout(), 4)
        self.view = PaneView(self)
        self.source = PicturePane(self.view, tr("Open the picture that the network is to be compared with."))
        self.result = PicturePane(self.view, tr("Start a run to see the network learn."))
        self.error = PicturePane(self.view, tr("What differs, amplified around mid-grey."))
        self._source_facts, self._result_facts = (ElidedLabel("", "small") for _ in range(2))
        self.bits = Combo()
        for bits in WEIGHT_BITS:
            self.bits.addItem(tr("{bits} bit").format(bits=bits), int(bits))
        self.bits.setToolTip(tr("How finely the finished weights are rounded, as looked at, saved and exported"))
        self.bits.setAccessibleName(tr("Weights"))
        follow_scale(self.bits, lambda combo: combo.setFixedWidth(text_px(56) + 20))
        self.bits.activated.connect(lambda _: self.session.look_at_bits(self.bits.currentData()))
        self.shader = button("GLSL", "compact", "", tr("Draw with the exported shader text"))
        self.shader.setCheckable(True)
        self.shader.clicked.connect(self._on_shader)
        self.gain_slider = Slider(0, len(GAINS) - 1)
        self.gain_slider.setMinimumWidth(40)
        self.gain_slider.setMaximumWidth(88)
        self.gain_slider.setToolTip(tr("How much the error is amplified"))
        self.gain_slider.setAccessibleName(tr("Gain of the error"))
        self.gain_slider.setValue(GAINS.index(GAIN))
        self.gain_slider.valueChanged.connect(lambda at: self._apply_gain(float(GAINS[at])))
        self._gain_label = label(f"× {GAIN}", "head")
        # The slider gives way before its figure is cut.
        follow_scale(self._gain_label, lambda figure: figure.setFixedWidth(_widest_gain(figure)))
        heads = (
            (tr("Source"), self.source, (self._source_facts,)),
            (tr("Network"), self.result, (self._result_facts, self.bits, self.shader)),
            (tr("Error"), self.error, (None, self.gain_slider, self._gain_label)),
        )
        for title, pane, parts in heads:
            side = bare(QVBoxLayout(), 0)
            head = QWidget()
            head.setObjectName("bar")
            head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            follow_scale(head, lambda line: line.setFixedHeight(text_px(20) + 16))
            line = bare(QHBoxLayout(head), 8, (12, 0, 8, 0))
            line.addWidget(label(title, "head"))
            for part in parts:
                if part is None:
                    line.addStretch(1)
                else:
                    line.addWidget(part, 1 if isinstance(part, ElidedLabel) else 0)
            side.addWidget(head)
            side.addWidget(pane, 1)
            panes.addLayout(side, 1)
        column.addLayout(panes, 2)
        column.addWidget(self._make_curves(), 1)
        return page

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = WrapLayout(bar, spacing=8, margins=(8, 8, 8, 8))
        self.open_button = button(tr("Open…"), "", "image", tr("Another picture, or a network"))
        self.open_button.clicked.connect(self.ask_for_picture)
        row.addWidget(self.open_button)
        self.transforms = Segmented([(str(value), tr(text), tr(tip)) for value, text, tip in TRANSFORMS])
        self.transforms.chosen.connect(lambda value: self.session.set_transform(Transform(value)))
        row.addWidget(self.transforms)
        self.guide_button = button(tr("Tour"), "flat", "info", tr("Five short experiments"))
        self.guide_button.clicked.connect(lambda: self.show_guide(True))
        row.addWidget(self.guide_button)
        return bar

    def _make_curves(self) -> QWidget:
        holder = QWidget()
        holder.setObjectName("well")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        holder.setMinimumHeight(148)
        column = bare(QVBoxLayout(holder), 0)
        head = bare(QHBoxLayout(), 12, (12, 6, 8, 4))
        self._figure = label("", "number")
        self._state = ElidedLabel("", "soft", Qt.TextElideMode.ElideRight)
        self._left = label("", "head")
        self.plot_choice = Segmented(
            [("psnr", "PSNR", tr("Quality over time")), ("loss", tr("Loss"), tr("What training makes small"))]
        )
        self.plot_choice.chosen.connect(lambda _: self._show_curves())
        head.addWidget(self._figure)
        head.addWidget(self._state, 1)
        head.addWidget(self._left)
        head.addWidget(self.plot_choice)
        column.addLayout(head)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        keep = self._progress.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(keep)
        column.addWidget(self._progress)
        self._plots = QStackedWidget()
        self.psnr_plot, self.loss_plot = PsnrPlot(), LossPlot()
        # Axes without a curve would only raise questions.
        for plot in (QWidget(), self.psnr_plot, self.loss_plot):
            self._plots.addWidget(plot)
        column.addWidget(self._plots, 1)
        return holder

    def _make_side(self) -> QWidget:
        side = QWidget()
        side.setObjectName("panel")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        follow_scale(side, lambda panel: panel.setFixedWidth(icon_px(SIDE_WIDTH)))
        side.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        column = bare(QVBoxLayout(side), 0)
        content = QWidget()
        inner = bare(QVBoxLayout(content), 16, (12, 12, 12, 12))
        head = bare(QVBoxLayout(), 2)
        self._name, self._facts = ElidedLabel("", "title"), ElidedLabel("", "small")
        head.addWidget(self._name)
        head.addWidget(self._facts)
        inner.addLayout(head)
        self.guide_card = GuideCard([GuideStep(tr(step.title), tr(step.text), tr(step.act)) for step in STEPS])
        self.guide_card.closed.connect(lambda: self.show_guide(False))
        self.guide_card.hide()
        inner.addWidget(self.guide_card)
        self.read_outs = ReadOuts({name: (tr(caption), tr(tip)) for name, (caption, tip) in FIGURES.items()}, 3)
        inner.addWidget(self.read_outs)
        plain = [f.name for f in dataclasses.fields(LabSettings) if not f.metadata["expert"]]
        expert = [f.name for f in dataclasses.fields(LabSettings) if f.metadata["expert"]]
        # Rounding is chosen above the picture, where it can be seen.
        self.form = SettingsForm(LabSettings, (*expert, "weight_bits"))
        self.form.search.hide()
        self.advanced = SettingsForm(LabSettings, plain)
        tip = tr("How the network is trained, and the grids of the hash encoding")
        self._advanced_section = Section(tr("Advanced"), self.advanced, tip, open_=False)
        for form in (self.form, self.advanced):
            form.changed.connect(self.session.change_settings)
        inner.addWidget(self.form)
        inner.addWidget(self._advanced_section)
        inner.addStretch(1)
        column.addWidget(VerticalScroll(content), 1)
        column.addWidget(hairline())
        column.addWidget(self._make_acts())
        return side

    def _make_acts(self) -> QWidget:
        """The part that never scrolls away."""
        holder = QWidget()
        column = bare(QVBoxLayout(holder), 8, (12, 10, 12, 12))
        session = self.session
        row = bare(QHBoxLayout(), 8)
        self.start = button(tr("Start"), "primary", "play", tr("Train a new network"))
        self.start.clicked.connect(lambda: session.start())
        self.go_on = button(tr("Train on"), "tall", "", tr("Train the network there is further"))
        self.go_on.clicked.connect(lambda: session.start(go_on=True))
        row.addWidget(self.start, 2)
        row.addWidget(self.go_on, 1)
        column.addLayout(row)
        self.pause = button(tr("Pause"), "compact", "pause", tr("Hold the run; nothing is lost"))
        self.pause.clicked.connect(session.pause_or_resume)
        self.stop = button(tr("Stop and keep"), "compact", "keep", tr("Finish now and keep what it has learned"))
        self.stop.clicked.connect(session.stop)
        self.discard = button(tr("Discard"), "compact", "discard", tr("End the run; the network before it comes back"))
        self.discard.clicked.connect(session.discard)
        row = bare(QHBoxLayout(), 8)
        for made in (self.pause, self.stop, self.discard):
            row.addWidget(made, 1)
        column.addLayout(row)
        row = bare(QHBoxLayout(), 8)
        self.load = button(
            tr("Load…"), "compact", "folder-open", tr("A network: .texnet, or as the RTX samples keep them")
        )
        self.load.clicked.connect(self.ask_for_network)
        self.save = button(tr("Save…"), "compact", "save", tr("The network as a file"))
        self.save.clicked.connect(self.ask_where_to_save)
        self.export = button(tr("Export"), "compact", "export", tr("Shader text, or the frames of the training"))
        menu = QMenu(self.export)
        for target in TARGETS.values():
            menu.addAction(tr(target.title) + "…", lambda name=target.name: self.ask_where_to_export(name))
        menu.addSeparator()
        self.animate = menu.addAction(tr("Training as a moving picture…"), self.ask_where_to_animate)
        self.export.setMenu(menu)
        for made in (self.load, self.save, self.export):
            row.addWidget(made, 1)
        column.addLayout(row)
        return holder

    # --- showing --------------------------------------------------------------------------------------------

    def show_guide(self, shown: bool) -> None:
        self.guide_card.setVisible(shown)
        if not shown:
            self.guide.end()
        self.guide_button.setEnabled(not shown)

    def set_gain(self, gain: float) -> None:
        """The nearest amplification there is."""
        self.gain_slider.setValue(min(range(len(GAINS)), key=lambda at: abs(GAINS[at] - gain)))

    def _apply_gain(self, gain: float) -> None:
        self.gain = gain
        self._gain_label.setText(f"× {gain:g}")
        self._show_error()

    def _show_state(self) -> None:
        session = self.session
        picture, state, busy = session.picture, session.state, session.busy
        network = session.network
        self._stack.setCurrentIndex(int(picture is not None or network is not None))
        offered = session.offered
        self.empty_again.setVisible(offered is not None)
        if offered is not None:
            self.empty_again.setText(tr("Go on with the network of {picture}").format(picture=offered.name))
        self._name.setText(tr("No picture") if picture is None else picture.name)
        facts, size = tr("Drop one anywhere on the lab."), ""
        if picture is None and network is not None:
            self._name.setText(network.name)
            facts = tr("A network; open a picture to compare it with.")
        if picture is not None:
            size = f"{picture.width} × {picture.height}"
            channels = tr("with alpha") if picture.pixels.shape[2] == 4 else "RGB"
            facts = "  ·  ".join((size, channels, tr("{bits} bit").format(bits=picture.bit_depth)))
        self._facts.setText(facts)
        transform = session.dial.get()
        self._source_facts.setText(_source_text(size, transform))
        self._source_facts.setToolTip(_source_tip(transform) if picture is not None else "")
        for form in (self.form, self.advanced):
            form.set_settings(session.settings)
            # A run keeps the settings it was started with.
            form.setEnabled(not busy)
        changed = [
            f.name
            for f in dataclasses.fields(LabSettings)
            if f.metadata["expert"] and getattr(session.settings, f.name) != f.default
        ]
        self._advanced_section.set_badge(tr("%n changed", "", len(changed)) if changed else "")
        self.transforms.set_value(str(session.dial.get()))
        self.bits.set_value(session.bits)
        there = network is not None and not busy
        self.bits.setEnabled(there)
        self.shader.setEnabled(there)
        self.shader.setChecked(session.from_shader)
        self.open_button.setEnabled(not busy)
        self.start.setEnabled(picture is not None and not busy)
        self.go_on.setEnabled(session.can_go_on and picture is not None)
        self.go_on.setToolTip(session.why_not_on or tr("Train the network there is further"))
        self.pause.setEnabled(state in (JobState.RUNNING, JobState.PAUSED))
        paused = state is JobState.PAUSED
        self.pause.setText(tr("Resume") if paused else tr("Pause"))
        self.pause.setIcon(icon("play" if paused else "pause"))
        self.stop.setEnabled(state in (JobState.RUNNING, JobState.PAUSED))
        self.discard.setEnabled(busy and state is not JobState.DISCARDING)
        self.load.setEnabled(not busy)
        self.save.setEnabled(there)
        self.export.setEnabled(there)
        self.animate.setEnabled(bool(session.frames))
        self._show_figures()

    def _show_pictures(self) -> None:
        session = self.session
        source = session.source
        if source is not self._source_shown:
            self._source_shown = source
            self.source.set_picture(source)
        self.result.set_picture(session.shown)
        self._show_error()
        self.shader.setChecked(session.from_shader)
        self._show_figures()

    def _show_error(self) -> None:
        shown, wanted = self.session.shown, self.session.wanted
        fits = shown is not None and wanted is not None and shown.shape[:2] == wanted.shape[:2]
        self.error.set_picture(signed_error(shown, wanted, self.gain) if fits else None)  # type: ignore[arg-type]

    def _show_figures(self) -> None:
        session = self.session
        shape = session.architecture
        self.read_outs.set_value("parameters", f"{shape.parameters:,}")
        self.read_outs.set_value("work", f"{shape.multiply_adds:,}")
        self.read_outs.set_value("size", size_text(numbers_size(shape, session.file_bits)))
        psnr = session.psnr
        self.read_outs.set_value("psnr", "" if psnr is None else psnr_text(psnr))
        speed = session.samples_per_s
        self.read_outs.set_value("speed", "" if speed is None else _thousands(speed))
        self.read_outs.set_value("steps", "" if session.steps is None else f"{session.steps:,}")
        reached = "" if psnr is None else psnr_text(psnr)
        by_shader = tr("by the shader") if session.from_shader and reached else ""
        self._result_facts.setText("  ·  ".join(part for part in (reached, by_shader) if part))
        self._figure.setText(reached)
        self._figure.setVisible(psnr is not None)
        self._state.setText(_state_text(session))
        left = session.remaining_s if session.busy else None
        self._left.setText("" if left is None else tr("{time} left").format(time=clock_text(left)))
        self._progress.setVisible(session.busy and session.fraction is not None)
        self._progress.setValue(round(1000 * (session.fraction or 0.0)))
        self._show_curves()

    def _show_curves(self) -> None:
        curves = [curve for curve in self.session.curves if curve.seconds]
        shown = self.loss_plot if self.plot_choice.value == "loss" else self.psnr_plot
        self._plots.setCurrentIndex(self._plots.indexOf(shown) if curves else 0)
        if not curves:
            self.psnr_plot.clear()
            self.loss_plot.set_history([], [])
            return
        times = sorted({second for curve in curves for second in curve.seconds})
        named, name = {}, ""
        for i, curve in enumerate(curves):
            # Two runs of the same shape are told apart by which came first.
            name = curve.name if curve.name not in named else f"{curve.name} ({i + 1})"
            named[name] = _between(times, curve.seconds, curve.psnr)
        self.psnr_plot.set_history(times, named, main=name)
        self.loss_plot.set_history(curves[-1].seconds, curves[-1].loss)

    # --- asking ---------------------------------------------------------------------------------------------

    def ask_for_picture(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
        kinds = tr("Pictures ({patterns})").format(patterns=patterns)
        path, _ = QFileDialog.getOpenFileName(self, tr("Open a picture"), self._folder, kinds)
        if path:
            self._open(Path(path))

    def ask_for_network(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in NETWORK_SUFFIXES)
        kinds = tr("Networks ({patterns})").format(patterns=patterns)
        path, _ = QFileDialog.getOpenFileName(self, tr("Load a network"), self._folder, kinds)
        if path:
            self._open(Path(path))

    def ask_where_to_save(self) -> None:
        kinds = tr("Texloom network ({patterns})").format(patterns="*.texnet")
        path = self._asked(tr("Save the network"), ".texnet", kinds)
        if path is not None:
            self.session.save_network(path)

    def ask_where_to_export(self, target: str) -> None:
        kind = TARGETS[target]
        path = self._asked(tr(kind.title), kind.suffix, f"{tr(kind.title)} (*{kind.suffix})")
        if path is not None:
            self.session.export(target, path)

    def ask_where_to_animate(self) -> None:
        kinds = ";;".join(f"{suffix[1:].upper()} (*{suffix})" for suffix in reversed(ANIMATION_SUFFIXES))
        path = self._asked(tr("Save the training as a moving picture"), ".webp", kinds)
        if path is not None:
            self.session.save_animation(path)

    def _asked(self, title: str, suffix: str, kinds: str) -> Path | None:
        network = self.session.network
        proposed = Path(self._folder) / f"{network.name if network is not None else 'network'}{suffix}"
        path, _ = QFileDialog.getSaveFileName(self, title, str(proposed), kinds)
        if not path:
            return None
        chosen = Path(path)
        self._folder = str(chosen.parent)
        return chosen if chosen.suffix else chosen.with_name(chosen.name + suffix)

    def _open(self, path: Path) -> None:
        self._folder = str(path.parent)
        self.session.open(path)

    def _on_shader(self, wanted: bool) -> None:
        if wanted:
            self.session.draw_with_shader()
        else:
            self.session.draw_with_decoder()

    # --- dropping -------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._overlay.present(tr("Drop to learn this picture"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            event.acceptProposedAction()
            self._open(dropped[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._overlay.setGeometry(self.rect())


def _between(times: list[float], seconds: list[float], values: list[float]) -> list[float]:
    """The curve at other times; not a number where it has not begun or is over."""
    import numpy as np

    return np.interp(times, seconds, values, left=np.nan, right=np.nan).tolist()


def _source_text(size: str, transform: Transform) -> str:
    """The head of the source's pane; it says what network and error are compared with if that is not what it shows."""
    if not size or transform is Transform.IDENTITY:
        return size
    name = next(text for value, text, _ in TRANSFORMS if value is transform)
    return "  ·  ".join((size, tr("to be learned: {transform}").format(transform=tr(name))))


def _source_tip(transform: Transform) -> str:
    if transform is Transform.IDENTITY:
        return ""
    what = next(tip for value, _, tip in TRANSFORMS if value is transform)
    text = tr("The picture as it was opened. Network and error are compared with what is made of it: {transform}.")
    return text.format(transform=tr(what))


def _widest_gain(figure: QWidget) -> int:
    return max(figure.fontMetrics().horizontalAdvance(f"× {gain}") for gain in GAINS) + 2


def _thousands(value: float) -> str:
    return f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value / 1e3:.0f} k"


def _state_text(session: LabSession) -> str:
    texts = {
        JobState.WAITING: tr("Waiting for another run"),
        JobState.RUNNING: tr("Training"),
        JobState.PAUSED: tr("Paused"),
        JobState.STOPPING: tr("Finishing"),
        JobState.DISCARDING: tr("Discarding"),
    }
    if session.busy and session.state is not None:
        return texts.get(session.state, "")
    if session.network is not None:
        steps = session.network.steps
        trained = tr("Trained for {steps:,} step(s)", "", steps).format(steps=steps)
        return "  ·  ".join((trained, session.why_not_on)) if session.why_not_on and session.psnr is None else trained
    return "" if session.picture is None else tr("Start a run to watch the quality rise.")
