"""The buttons of the view's bar that open a page of options: tiling, mip levels, surface, light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QMenu, QToolButton, QWidget, QWidgetAction

from renderers.choices import Background, Opacity, Relief, ToneMapping
from renderers.studios import STUDIOS
from widgets.controls import Combo, Slider, label, square
from widgets.icons import icon
from widgets.language import tr
from widgets.theme import follow_scale, text_px
from widgets.viewport_options import LOWEST_MIP, MOST_TILES, Sampler, ViewportOptions

_EVERYTHING = ""

Choices = Sequence[tuple[object, str, str]]


def _samplings() -> Choices:
    return (
        ("", tr("Decoded textures"), tr("Decoded once, read as any texture")),
        ("nearest", tr("Latents, nearest"), tr("Decoded in the shader: the texel at each place")),
        ("bilinear", tr("Latents, bilinear"), tr("Decoded in the shader: a blend of four texels, four times the work")),
        (
            "stochastic",
            tr("Latents, stochastic"),
            tr("Decoded in the shader: one texel by chance, averaged over the samples"),
        ),
    )


def _tones() -> Choices:
    return (
        (ToneMapping.NEUTRAL, tr("Neutral"), tr("Colours as they are painted, only highlights are compressed")),
        (ToneMapping.ACES, tr("ACES"), tr("The curve of film productions")),
        (ToneMapping.FILMIC, tr("Filmic"), tr("A softer film curve")),
        (ToneMapping.NONE, tr("None"), tr("Cut off at white")),
    )


def _reliefs() -> Choices:
    return (
        (
            Relief.DISPLACEMENT,
            tr("Displacement"),
            tr("The height map moves the surface; a mesh file gets the parallax instead"),
        ),
        (Relief.PARALLAX, tr("Parallax"), tr("The height map moves the texture, as parallax occlusion mapping does")),
        (Relief.OFF, tr("Off"), tr("The height map isn't used")),
    )


def _opacities() -> Choices:
    return (
        (Opacity.AUTO, tr("Automatic"), tr("Cut out where the map is black and white, else blended")),
        (Opacity.MASK, tr("Cut out"), tr("All or nothing at one half")),
        (Opacity.BLEND, tr("Blended"), tr("Lets its share through")),
    )


class _Page(QWidget):
    """What a menu shows instead of entries. A menu would keep the keyboard for itself: here Tab goes round the
    controls, and Escape closes the menu."""

    def enter(self) -> None:
        if self.isVisible() and self._stops():
            self._stops()[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def focusNextPrevChild(self, forward: bool) -> bool:
        stops, focus = self._stops(), self.focusWidget()
        if not stops:
            return False
        at = stops.index(focus) if focus in stops else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def _stops(self) -> list[QWidget]:
        return [
            child
            for child in self.findChildren(QWidget)
            # The list of a drop-down is a window of its own.
            if child.isVisibleTo(self)
            and child.window() is self.window()
            and child.isEnabled()
            and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]


class _MenuTool(QToolButton):
    """A square button with a page of rows: words, a control, and what it is set to."""

    wanted = Signal(str, object)
    """A field of :class:`ViewportOptions`, and its value."""

    def __init__(self, icon_name: str, tip: str) -> None:
        super().__init__()
        self.setIcon(icon(icon_name))
        self.setToolTip(tip)
        self.setAccessibleName(tip.partition("  (")[0])
        square(self)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self._grid: QGridLayout | None = None
        self._sliders: list[tuple[Slider, QLabel, Callable[[ViewportOptions], tuple[int, str]]]] = []
        self._combos: list[tuple[Combo, Callable[[ViewportOptions], object]]] = []
        self._boxes: list[tuple[QCheckBox, Callable[[ViewportOptions], bool]]] = []

    def set_options(self, options: ViewportOptions) -> None:
        """Show ``options`` without telling anybody."""
        for slider, words, read in self._sliders:
            value, text = read(options)
            blocked = slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(blocked)
            words.setText(text)
        for combo, choice in self._combos:
            combo.set_value(choice(options))
        for box, on in self._boxes:
            box.setChecked(on(options))

    def _page(self) -> QGridLayout:
        if self._grid is None:
            page = _Page()
            self._grid = QGridLayout(page)
            self._grid.setContentsMargins(12, 8, 12, 8)
            self._grid.setHorizontalSpacing(12)
            self._grid.setVerticalSpacing(6)
            follow_scale(page, lambda page: page.layout().setColumnMinimumWidth(1, text_px(180)))  # type: ignore[union-attr]
            holder = QWidgetAction(self.menu())
            holder.setDefaultWidget(page)
            self.menu().addAction(holder)
            self.menu().aboutToShow.connect(lambda: QTimer.singleShot(0, page, page.enter))
        return self._grid

    def add_slider(
        self,
        text: str,
        low: int,
        high: int,
        send: Callable[[int], None],
        read: Callable[[ViewportOptions], tuple[int, str]],
    ) -> Slider:
        """``read``: the slider's place for some options, and what is written beside it."""
        slider, words, grid = Slider(low, high), label("", "small"), self._page()
        slider.setAccessibleName(text)
        slider.valueChanged.connect(send)
        follow_scale(words, lambda label: label.setFixedWidth(text_px(52)))
        row = grid.rowCount()
        grid.addWidget(label(text, "soft"), row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(words, row, 2)
        self._sliders.append((slider, words, read))
        return slider

    def add_combo(self, text: str, choices: Choices, read: Callable[[ViewportOptions], object]) -> Combo:
        """``choices``: value, text, tooltip."""
        combo, grid = Combo(), self._page()
        combo.setAccessibleName(text)
        for value, words, tip in choices:
            combo.addItem(words, value)
            combo.setItemData(combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        row = grid.rowCount()
        grid.addWidget(label(text, "soft"), row, 0)
        grid.addWidget(combo, row, 1)
        self._combos.append((combo, read))
        return combo

    def add_box(self, text: str, field: str, read: Callable[[ViewportOptions], bool]) -> None:
        box, grid = QCheckBox(text), self._page()
        box.clicked.connect(lambda on: self.wanted.emit(field, on))
        grid.addWidget(box, grid.rowCount(), 0, 1, 3)
        self._boxes.append((box, read))

    def add_note(self, text: str) -> None:
        note, grid = label(text, "small"), self._page()
        note.setWordWrap(True)
        grid.addWidget(note, grid.rowCount(), 0, 1, 3)


class TilingTool(_MenuTool):
    def __init__(self) -> None:
        super().__init__("tiling-1", tr("Repeat the material to see its seams  (T, H)"))
        group = QActionGroup(self)
        self._tilings: dict[int, QAction] = {}
        for count in range(1, MOST_TILES + 1):
            action = self.menu().addAction(icon(f"tiling-{min(count, 3)}"), f"{count} × {count}")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, n=count: self.wanted.emit("tiling", n))
            group.addAction(action)
            self._tilings[count] = action
        self.menu().addSeparator()
        self._half = self.menu().addAction(icon("half-offset"), tr("Shift by half a tile, the seam in the middle"))
        self._half.setCheckable(True)
        self._half.triggered.connect(lambda on: self.wanted.emit("half_offset", on))

    def set_options(self, options: ViewportOptions) -> None:
        super().set_options(options)
        self.setIcon(icon(f"tiling-{min(options.tiling, 3)}"))
        for count, action in self._tilings.items():
            action.setChecked(count == options.tiling)
        self._half.setChecked(options.half_offset)


class MipTool(_MenuTool):
    def __init__(self) -> None:
        super().__init__("mips", tr("Mip levels and seams"))
        self._level = self.add_slider(
            tr("Mip level"),
            0,
            LOWEST_MIP,
            lambda value: self.wanted.emit("mip", value),
            lambda o: (o.mip, str(o.mip) if o.mip else tr("full")),
        )
        self._level.setPageStep(1)
        self._level.setToolTip(tr("The level that is shown of A and of B, as it ships  (Page down, Page up)"))
        self.add_box(tr("Colour the mip levels that are read"), "show_mips", lambda o: o.show_mips)
        self.add_box(tr("Mark seams that are worse in B than in A  (J)"), "show_seams", lambda o: o.show_seams)

    def set_levels(self, levels: int) -> None:
        blocked = self._level.blockSignals(True)
        self._level.setRange(0, min(max(levels - 1, 0), LOWEST_MIP))
        self._level.blockSignals(blocked)


class SurfaceTool(_MenuTool):
    """How the material lies on the shape, and where its texels come from."""

    def __init__(self) -> None:
        super().__init__("sliders", tr("Surface: relief, opacity, sampling"))
        self._relief = self.add_combo(tr("Relief"), _reliefs(), lambda o: o.relief)
        self._relief.activated.connect(lambda _: self.wanted.emit("relief", self._relief.currentData()))
        self.add_slider(
            tr("Height"),
            0,
            100,
            lambda value: self.wanted.emit("displacement", value / 1000),
            lambda o: (round(o.displacement * 1000), f"{o.displacement * 100:.1f} %"),
        )
        self._opacity = self.add_combo(tr("Opacity"), _opacities(), lambda o: o.opacity)
        self._opacity.activated.connect(lambda _: self.wanted.emit("opacity", self._opacity.currentData()))
        self._sampling = self.add_combo(
            tr("Sampling"), _samplings(), lambda o: o.filtering.value if o.sampler is Sampler.NEURAL else ""
        )
        self._sampling.setToolTip(tr("Where a neural texture's texels come from  (N)"))
        self._sampling.activated.connect(lambda _: self._on_sampling())
        self._sampling.setEnabled(False)
        self._part = self.add_combo(tr("On part"), ((_EVERYTHING, tr("All"), ""),), lambda o: o.part)
        self._part.setToolTip(
            tr("Of a mesh with several materials: the one that wears this material, the others are grey")
        )
        self._part.activated.connect(lambda _: self.wanted.emit("part", self._part.currentData()))
        self._part.setEnabled(False)

    def set_neural(self, there: bool) -> None:
        """Whether A or B has latents, so that there is a choice of how to sample."""
        self._sampling.setEnabled(there)

    def set_parts(self, names: Sequence[str]) -> None:
        """The parts of the shape."""
        shown = [self._part.itemData(i) for i in range(1, self._part.count())]
        if list(names) != shown:
            self._part.clear()
            self._part.addItem(tr("All"), _EVERYTHING)
            for name in names:
                self._part.addItem(name, name)
        self._part.setEnabled(len(names) > 1)

    def _on_sampling(self) -> None:
        chosen = self._sampling.currentData()
        if chosen:
            self.wanted.emit("filtering", chosen)
        self.wanted.emit("sampler", Sampler.NEURAL if chosen else Sampler.TEXTURE)


class LightTool(_MenuTool):
    panorama_wanted = Signal()
    """The user wants to choose a panorama file as environment."""

    def __init__(self) -> None:
        super().__init__("sun", tr("Light: environment, rotation, background, exposure, tone mapping"))
        studios = [(name, tr(text), "") for name, (text, _) in STUDIOS.items()]
        self._environment = self.add_combo(
            tr("Environment"), [*studios, ("", tr("Open panorama…"), "")], lambda o: o.environment
        )
        self._environment.activated.connect(lambda _: self._on_environment())
        self.add_slider(
            tr("Rotation"),
            -180,
            180,
            lambda value: self.wanted.emit("rotation", float(value)),
            lambda o: (round(o.rotation), f"{o.rotation:.0f}°"),
        )
        backgrounds = ((Background.GREY, tr("Grey"), ""), (Background.ENVIRONMENT, tr("Environment"), ""))
        self._background = self.add_combo(tr("Background"), backgrounds, lambda o: o.background)
        self._background.activated.connect(lambda _: self.wanted.emit("background", self._background.currentData()))
        self._blur = self.add_slider(
            tr("Blur"),
            0,
            100,
            lambda value: self.wanted.emit("background_blur", value / 100),
            lambda o: (round(o.background_blur * 100), f"{o.background_blur * 100:.0f} %"),
        )
        self.add_slider(
            tr("Exposure"),
            -40,
            40,
            lambda value: self.wanted.emit("exposure", value / 10),
            lambda o: (round(o.exposure * 10), tr("{stops:+.1f} EV").format(stops=o.exposure)),
        )
        self._tone = self.add_combo(tr("Tone mapping"), _tones(), lambda o: o.tone_mapping)
        self._tone.activated.connect(lambda _: self.wanted.emit("tone_mapping", self._tone.currentData()))
        self.add_note(tr("Shift + right-drag in the view rotates the light. A panorama can be dropped on the window."))

    def set_options(self, options: ViewportOptions) -> None:
        if self._environment.findData(options.environment) < 0:
            name = Path(options.environment).stem
            self._environment.insertItem(len(STUDIOS), name, options.environment)
        super().set_options(options)
        self._blur.setEnabled(options.background is Background.ENVIRONMENT)

    def _on_environment(self) -> None:
        chosen = self._environment.currentData()
        if chosen == "":
            self.panorama_wanted.emit()
        else:
            self.wanted.emit("environment", chosen)
