"""The five steps of the lab's tour: what each says, and what its button does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.lab_session import LabSession
from widgets.guide_card import GuideStep
from widgets.language import tr
from widgets.units import db_text

STEPS = (
    GuideStep(
        "Why encoding matters",
        "A network that is given bare coordinates learns smooth shapes only. Encoded as waves, the same network sees "
        "fine steps. This trains both, one after the other; compare the two curves and the blur.",
        "Train both",
    ),
    GuideStep(
        "What depth buys",
        "Each hidden layer folds the picture once more: more layers draw sharper edges, and cost more multiply-adds "
        "a pixel. This trains one hidden layer, then six.",
        "Train both",
    ),
    GuideStep(
        "Quantisation",
        "A shipped network keeps its weights in few bits. This rounds them to 4 and shows what breaks: look for "
        "shifted colours and lost detail. The learned weights stay as they are; 8 bits are usually enough.",
        "Round to 4 bits",
    ),
    GuideStep(
        "Reading the error",
        "Grey is exact; lighter is too bright, darker too dark, amplified by the gain. Where the error looks like the "
        "picture, detail is missing; even noise is what is left at the end.",
        "Amplify 40 times",
    ),
    GuideStep(
        "Out of the lab",
        "The network is a few kilobytes of numbers, so it can be written as shader text. This draws the picture with "
        "that GLSL text instead of the decoder and measures the difference. Export has it for HLSL, Slang and Metal.",
        "Draw with the shader",
    ),
)
GAIN = 40.0
BITS = 4
ROUNDS = 8


class LabGuide(QObject):
    """Runs a step in a session. ``set_gain`` turns the amplification of the error pane."""

    told = Signal(str)
    """What is going on, or what came of it."""

    def __init__(self, session: LabSession, set_gain: Callable[[float], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._set_gain = session, set_gain
        self.rounds = ROUNDS
        self._waiting: list[tuple[str, dict[str, object]]] = []
        self._results: list[str] = []
        self._then: Callable[[], object] | None = None
        self._name = ""
        self._before: float | None = None
        session.run_ended.connect(self._on_run_ended)
        session.shader_drawn.connect(self._on_shader_drawn)
        session.decoded.connect(self._on_decoded)
        self._rounded = False
        self._changed: dict[str, tuple[object, object]] = {}
        """What the steps set: the value before the tour, and that of the last step."""
        self._ending = False

    def end(self) -> None:
        """Put the settings back that the steps changed and the user did not change since, after the last run."""
        self._ending = True
        if not self._name:
            self._put_back()

    def _put_back(self) -> None:
        self._ending = False
        session, changed, self._changed = self._session, self._changed, {}
        back = {name: old for name, (old, new) in changed.items() if getattr(session.settings, name) == new}
        if back:
            session.change_settings(dataclasses.replace(session.settings, **back))  # pyright: ignore[reportArgumentType]

    def run(self, step: int) -> None:
        """Do what the step describes."""
        session = self._session
        if session.picture is None:
            self.told.emit(tr("Open a picture first, or take the sample."))
            return
        if session.busy:
            self.told.emit(tr("A training runs; stop it first."))
            return
        self._results = []
        self._ending = False
        acts: tuple[Callable[[], object], ...] = (
            self._encodings,
            self._depths,
            lambda: self._with_network(self._round),
            lambda: self._with_network(self._amplify),
            lambda: self._with_network(self._draw),
        )
        acts[step]()

    def _encodings(self) -> None:
        self._waiting = [
            (tr("Bare coordinates"), {"encoding": "none"}),
            (tr("As waves"), {"encoding": "frequency", "values": 6}),
        ]
        self._next_run()

    def _depths(self) -> None:
        self._waiting = [(tr("One layer"), {"hidden_layers": 1}), (tr("Six layers"), {"hidden_layers": 6})]
        self._next_run()

    def _with_network(self, act: Callable[[], object]) -> None:
        """A step that looks at a network trains one first if there is none."""
        if self._session.network is not None:
            act()
            return
        self._then = act
        self._waiting = [(tr("Trained"), {})]
        self._next_run()

    def _next_run(self) -> None:
        session = self._session
        self._name, changes = self._waiting.pop(0)
        session.look_at_bits(32)
        settings = dataclasses.replace(session.settings, **changes)  # pyright: ignore[reportArgumentType]
        for name, value in changes.items():
            before = self._changed[name][0] if name in self._changed else getattr(session.settings, name)
            self._changed[name] = before, value
        session.change_settings(settings)
        # Only as long as it takes to see the difference; the length that was set is not touched.
        session.start(settings=dataclasses.replace(settings, rounds=self.rounds, time_budget=None))
        self.told.emit(" ".join([*self._results, tr("{network} is training …").format(network=self._name)]))

    def _on_run_ended(self, kept: bool) -> None:
        if not self._name:
            return
        name, self._name = self._name, ""
        if not kept:
            self._waiting, self._then = [], None
            self.told.emit("")
        else:
            self._results.append(tr("{name}: {psnr} dB.").format(name=name, psnr=db_text(self._session.psnr)))
            if self._waiting:
                self._next_run()
                return
            self.told.emit(" ".join(self._results))
            if self._then is not None:
                act, self._then = self._then, None
                act()
        if self._ending:
            self._put_back()

    def _round(self) -> None:
        self._before = self._session.psnr
        self._rounded = True
        self._session.look_at_bits(BITS)

    def _on_decoded(self, bits: int) -> None:
        if self._rounded and bits == BITS:
            self._rounded = False
            text = tr("{before} dB with whole weights, {now} dB with {bits} bits each.")
            before, now = db_text(self._before), db_text(self._session.psnr)
            self.told.emit(text.format(before=before, now=now, bits=BITS))

    def _amplify(self) -> None:
        self._set_gain(GAIN)
        text = tr("The error is shown {gain:.0f} times as strong; the slider above it turns it back.")
        self.told.emit(text.format(gain=GAIN))

    def _draw(self) -> None:
        self.told.emit(tr("The shader is being compiled …"))
        self._session.draw_with_shader()

    def _on_shader_drawn(self, largest: float) -> None:
        text = tr("Drawn by the shader. It differs by {steps:.2f} of 255 steps at most.")
        self.told.emit(text.format(steps=255 * largest))
