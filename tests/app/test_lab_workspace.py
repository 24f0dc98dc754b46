"""The lab by itself in a window: its acts, its panes, and the tour that does what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.job_runner import JobQueue, JobState
from app.lab_guide import STEPS
from app.lab_kept import KeptNetworks
from app.lab_workspace import LabWorkspace
from core.coordinate import network_file
from core.coordinate.dial import Transform
from core.coordinate.pictures import signed_error
from core.coordinate.settings import LabSettings
from core.coordinate.trainer import STEPS_PER_ROUND
from core.coordinate.transforms import transformed
from core.textures.images import read_image, write_image
from core.textures.material import Pixels
from tests.core.coordinate.networks import random_network, smooth_picture
from widgets import theme
from widgets.picture_pane import image_of
from widgets.units import size_text

WAIT_MS = 60_000
QUICK = LabSettings(hidden_layers=2, width=24, rounds=2, batch_side=16)
ENDLESS = dataclasses.replace(QUICK, rounds=10**6)


def same(a: Pixels | None, b: Pixels) -> bool:
    return a is not None and np.array_equal(a, b)


class Bench:
    """A lab in a window, with what it said."""

    def __init__(self, qtbot: QtBot, lab: LabWorkspace, compute: JobQueue, said: list[tuple[str, str]]) -> None:
        self.qtbot, self.lab, self.session = qtbot, lab, lab.session
        self.compute, self.said = compute, said

    def until(self, condition: object) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)  # type: ignore[arg-type]

    def open(self, path: Path) -> None:
        self.session.open(path)
        self.until(lambda: self.session.picture is not None and self.session.picture.path == path)
        self.until(lambda: self.session.wanted is not None)

    def train(self, settings: LabSettings = QUICK) -> None:
        self.session.change_settings(settings)
        self.lab.start.click()
        self.until(lambda: not self.session.busy and self.session.network is not None)

    def begin(self) -> None:
        """A run that only ends when it is told to, and has shown something."""
        self.session.change_settings(ENDLESS)
        self.lab.start.click()
        self.until(lambda: bool(self.session.curves[-1].seconds) and self.session.shown is not None)


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication) -> Iterator[Bench]:
    theme.install(qapp)
    compute, said = JobQueue(), list[tuple[str, str]]()
    lab = LabWorkspace(compute, lambda text, severity: said.append((text, severity)))
    lab.resize(1280, 720)
    lab.show()
    qtbot.waitExposed(lab)
    yield Bench(qtbot, lab, compute, said)
    assert lab.shutdown() and compute.shutdown(10.0)
    lab.close()
    lab.deleteLater()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "waves.png"
    write_image(path, smooth_picture().pixels, 8)
    return path


def test_an_empty_lab_offers_a_sample(bench: Bench) -> None:
    lab = bench.lab
    assert lab.empty_sample.isVisible() and not lab.start.isEnabled() and not lab.save.isEnabled()
    bench.qtbot.mouseClick(lab.empty_sample, Qt.MouseButton.LeftButton)
    bench.until(lambda: bench.session.picture is not None)
    bench.until(lambda: lab.source.image is not None)
    assert lab.source.isVisible()
    assert lab.start.isEnabled() and lab.result.image is None and not lab.psnr_plot.isVisible()


def test_a_run_fills_the_panes_and_the_figures(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.train()
    assert session.shown is not None and session.wanted is not None and session.psnr is not None
    assert lab.result.image == image_of(session.shown)
    assert lab.error.image == image_of(signed_error(session.shown, session.wanted, 10.0))
    assert lab.read_outs.value("psnr") == f"{session.psnr:.1f} dB"
    assert lab.read_outs.value("parameters") == f"{session.architecture.parameters:,}"
    assert lab.read_outs.value("work") == f"{session.architecture.multiply_adds:,}"
    assert lab.read_outs.value("steps") == "256" and lab.read_outs.value("speed") != "–"
    assert session.curves[-1].name == "frequency 2×24" and len(session.curves[-1].psnr) == 2
    assert lab.psnr_plot.isVisible()
    lab.plot_choice.button("loss").click()
    assert lab.loss_plot.isVisible() and not lab.psnr_plot.isVisible()
    assert lab.loss_plot.line.xData is not None and len(lab.loss_plot.line.xData) == 2
    assert lab.save.isEnabled() and lab.go_on.isEnabled() and session.frames


def test_pause_stop_and_discard_are_different_acts(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.begin()
    assert not lab.start.isEnabled() and not lab.form.isEnabled()
    learned = int(lab.read_outs.value("steps").replace(",", ""))
    assert learned and learned % STEPS_PER_ROUND == 0
    lab.pause.click()
    assert session.state is JobState.PAUSED and lab.pause.text() == "Resume"
    lab.pause.click()
    assert session.state is JobState.RUNNING
    lab.stop.click()
    bench.until(lambda: not session.busy)
    kept = session.network
    assert kept is not None and kept.steps > 0
    bench.begin()
    lab.discard.click()
    bench.until(lambda: not session.busy)
    assert session.network is kept
    bench.until(lambda: session.shown is not None)
    assert same(session.shown, kept.decode())


def test_a_transform_button_changes_what_a_running_training_learns(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.begin()
    mirrored = transformed(smooth_picture().pixels, Transform.MIRROR)
    bench.qtbot.mouseClick(lab.transforms.button("mirror"), Qt.MouseButton.LeftButton)
    # The job itself says what it learns now, through the slot.
    bench.until(lambda: (preview := session._slot.get()[1]) is not None and np.allclose(preview.wanted, mirrored))
    assert session.busy
    bench.until(lambda: same(session.wanted, mirrored))
    bench.until(lambda: session.psnr is not None and session.psnr > 25)
    lab.stop.click()
    bench.until(lambda: not session.busy)
    assert session.psnr is not None and session.psnr > 20


def test_the_source_stays_the_original_and_says_what_is_made_of_it(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.train()
    pixels = smooth_picture().pixels
    bench.until(lambda: lab.source.image == image_of(pixels))
    assert lab._source_facts.text() == "48 × 32"
    lab.transforms.button("mirror").click()
    mirrored = transformed(pixels, Transform.MIRROR)
    bench.until(lambda: same(session.wanted, mirrored))
    assert lab.source.image == image_of(pixels)
    assert "Mirror" in lab._source_facts.text() and "Left and right" in lab._source_facts.toolTip()
    assert session.shown is not None and lab.error.image == image_of(signed_error(session.shown, mirrored, 10.0))
    session.change_settings(dataclasses.replace(session.settings, alpha=False))
    assert lab.source.image == image_of(pixels)


def test_the_gain_amplifies_the_error_around_grey(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.train()
    before = lab.error.image
    lab.set_gain(40.0)
    assert lab.gain == 40.0 and lab.error.image != before
    assert session.shown is not None and session.wanted is not None
    assert lab.error.image == image_of(signed_error(session.shown, session.wanted, 40.0))


def test_panes_are_seen_at_the_same_place(bench: Bench, picture: Path) -> None:
    lab = bench.lab
    bench.open(picture)
    pane = lab.source
    place = QPointF(pane.width() * 0.25, pane.height() / 2)
    wheel = QWheelEvent(
        place,
        pane.mapToGlobal(place),
        QPoint(),
        QPoint(0, 480),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, wheel)
    assert lab.view.zoom == pytest.approx(1.0015**480) and lab.view.middle.x() < 0.5
    assert lab.result._view is lab.view and lab.error._view is lab.view
    bench.qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton)
    assert lab.view.zoom == 1.0 and lab.view.middle == QPointF(0.5, 0.5)


def test_a_network_is_saved_loaded_and_trained_on(bench: Bench, picture: Path, tmp_path: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.train()
    first, shown = session.network, session.shown
    assert first is not None and shown is not None
    session.save_network(tmp_path / "mine.texnet")
    session.export("metal", tmp_path / "mine.metal")
    session.save_animation(tmp_path / "mine.webp")
    bench.until(lambda: len(bench.said) == 3)
    assert all(severity == "good" for _, severity in bench.said)
    assert (tmp_path / "mine.metal").exists() and (tmp_path / "mine.webp").exists()
    bench.train(dataclasses.replace(QUICK, hidden_layers=1))
    assert not same(session.shown, shown)
    session.load_network(tmp_path / "mine.texnet")
    bench.until(lambda: same(session.shown, shown))
    assert session.settings.hidden_layers == 2 and lab.go_on.isEnabled()
    counted: set[int | None] = set()
    session.measured.connect(lambda: counted.add(session.steps))
    lab.go_on.click()
    bench.until(lambda: not session.busy and session.network is not None and session.network.steps == 512)
    assert min(steps or 0 for steps in counted) >= 256, "while it trains on, steps go on from those before"


def test_a_network_shows_itself_without_a_picture_and_stays_when_one_is_opened(
    bench: Bench, picture: Path, tmp_path: Path
) -> None:
    lab, session = bench.lab, bench.session
    network = random_network()
    network_file.write(network, tmp_path / "some.texnet")
    session.open(tmp_path / "some.texnet")
    bench.until(lambda: same(session.shown, network.decode()))
    assert lab.result.isVisible() and lab.result.image == image_of(network.decode())
    assert lab.read_outs.value("parameters") == f"{network.architecture.parameters:,}"
    assert lab.save.isEnabled() and not lab.start.isEnabled() and lab.error.image is None
    write_image(tmp_path / "small.png", smooth_picture(24, 20).pixels, 8)
    for path, size in ((picture, (48, 32)), (tmp_path / "small.png", (24, 20))):
        bench.open(path)
        wanted = network.decode(*size)
        bench.until(lambda wanted=wanted: same(session.shown, wanted) and session.psnr is not None)
        assert lab.error.image is not None and lab.go_on.isEnabled() and lab.start.isEnabled()
    bench.train()
    assert session.network is not None and session.network.steps == 256
    trained = session.network
    bench.open(picture)
    bench.until(lambda: session.shown is not None and session.shown.shape[:2] == (32, 48))
    assert session.network.weights[0] is trained.weights[0] and session.frames


def test_fewer_bits_are_looked_at_without_losing_the_weights(bench: Bench, picture: Path, tmp_path: Path) -> None:
    session = bench.session
    bench.open(picture)
    bench.train()
    whole, psnr = session.network, session.psnr
    assert whole is not None and psnr is not None
    session.look_at_bits(4)
    bench.until(lambda: session.psnr != psnr)
    assert session.psnr is not None and session.psnr < psnr and session.network is whole
    session.save_network(tmp_path / "four.texnet")
    bench.until(lambda: (tmp_path / "four.texnet").exists() and bool(bench.said))
    four = network_file.numbers_size(whole.architecture, 4)
    assert four < (tmp_path / "four.texnet").stat().st_size < four + 400
    assert bench.lab.read_outs.value("size") == size_text(four)
    assert np.array_equal(network_file.read(tmp_path / "four.texnet").decode(), whole.quantised(4).decode())
    session.look_at_bits(32)
    bench.until(lambda: session.psnr == psnr)


def test_the_pane_can_be_drawn_by_the_shader(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    bench.open(picture)
    bench.train()
    decoded = session.shown
    assert decoded is not None
    with bench.qtbot.waitSignal(session.shader_drawn, timeout=WAIT_MS) as caught:
        lab.shader.click()
    assert session.from_shader and lab.shader.isChecked()
    assert session.shown is not None and session.shown is not decoded
    assert np.abs(session.shown - decoded).max() < 1 / 255
    assert caught.args is not None and caught.args[0] < 1 / 255
    lab.shader.click()
    bench.until(lambda: not session.from_shader and same(session.shown, decoded))


def test_pictures_and_networks_can_be_dropped(bench: Bench, picture: Path, tmp_path: Path) -> None:
    network_file.write(random_network(), tmp_path / "some.texnet")
    for path in (picture, tmp_path / "some.texnet"):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(
            QPointF(50, 50),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        bench.lab.dropEvent(event)
        bench.until(lambda: bench.session.picture is not None)
    bench.until(lambda: bench.session.network is not None and bench.session.shown is not None)
    assert bench.session.settings.width == 20 and bench.lab.go_on.isEnabled()


def test_what_cannot_be_read_is_said_and_changes_nothing(bench: Bench, picture: Path, tmp_path: Path) -> None:
    bench.open(picture)
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    (tmp_path / "broken.texnet").write_bytes(b"not a network")
    for name in ("broken.png", "broken.texnet"):
        bench.said.clear()
        bench.session.open(tmp_path / name)
        bench.until(lambda: bool(bench.said))
        assert name in bench.said[0][0] and bench.said[0][1] == "bad"
    assert bench.session.picture is not None and bench.session.picture.path == picture


def test_the_source_is_never_written_over(bench: Bench, picture: Path) -> None:
    bench.open(picture)
    bench.train()
    before = picture.read_bytes()
    bench.session.save_animation(picture)
    bench.until(lambda: bool(bench.said))
    assert bench.said[0][1] == "bad" and picture.read_bytes() == before


def test_alpha_is_learned_and_can_be_left_out(bench: Bench, tmp_path: Path) -> None:
    write_image(tmp_path / "clear.png", smooth_picture(channels=4).pixels, 8)
    bench.open(tmp_path / "clear.png")
    bench.train()
    assert bench.session.shown is not None and bench.session.shown.shape[2] == 4
    assert bench.lab.result.image is not None and bench.lab.result.image.hasAlphaChannel()
    bench.train(dataclasses.replace(QUICK, alpha=False))
    assert bench.session.shown is not None and bench.session.shown.shape[2] == 3
    assert read_image(tmp_path / "clear.png")[0].shape[2] == 4


def test_a_network_with_alpha_over_a_picture_without_says_why_it_stays_alone(
    bench: Bench, picture: Path, tmp_path: Path
) -> None:
    lab, session = bench.lab, bench.session
    network_file.write(random_network(channels=4), tmp_path / "clear.texnet")
    bench.open(picture)
    session.open(tmp_path / "clear.texnet")
    bench.until(lambda: session.shown is not None and session.shown.shape[2] == 4)
    assert session.psnr is None and not lab.go_on.isEnabled()
    assert "alpha" in lab.go_on.toolTip() and "alpha" in lab._state.text()
    write_image(tmp_path / "clear.png", smooth_picture(channels=4).pixels, 8)
    bench.open(tmp_path / "clear.png")
    bench.until(lambda: session.psnr is not None)
    assert lab.go_on.isEnabled() and "further" in lab.go_on.toolTip() and "alpha" not in lab._state.text()


def test_every_step_of_the_tour_does_what_it_says(bench: Bench, picture: Path) -> None:
    lab, session, card = bench.lab, bench.session, bench.lab.guide_card
    lab.guide.rounds = 1
    lab.guide_button.click()
    assert card.isVisible() and len(STEPS) == 5
    card.try_button.click()
    assert "picture" in card.told
    bench.open(picture)
    session.change_settings(QUICK)

    card.try_button.click()
    bench.until(lambda: "As waves:" in card.told)
    assert [curve.name for curve in session.curves] == ["none 2×24", "frequency 2×24"]
    assert "Bare coordinates:" in card.told and session.settings.rounds == QUICK.rounds

    card.next.click()
    card.try_button.click()
    bench.until(lambda: "Six layers:" in card.told)
    assert [curve.name for curve in session.curves] == ["frequency 1×24", "frequency 6×24"]

    card.next.click()
    card.try_button.click()
    bench.until(lambda: "bits each" in card.told)
    assert session.bits == 4 and lab.bits.currentData() == 4

    card.next.click()
    card.try_button.click()
    assert lab.gain == 40.0 and "40 times" in card.told

    card.next.click()
    card.try_button.click()
    bench.until(lambda: "differs by" in card.told)
    assert session.from_shader and not card.next.isEnabled()
    card.close_button.click()
    assert not card.isVisible() and lab.guide_button.isEnabled()
    assert session.settings == QUICK, "the tour's networks are not the user's"


def test_the_tour_ends_after_its_run_and_leaves_what_was_changed_since(bench: Bench, picture: Path) -> None:
    lab, session = bench.lab, bench.session
    lab.guide.rounds = 1
    bench.open(picture)
    session.change_settings(dataclasses.replace(QUICK, values=9))
    lab.guide_button.click()
    lab.guide.run(1)
    assert session.busy and session.settings.hidden_layers == 1
    lab.guide_card.close_button.click()
    bench.until(lambda: not session.busy and session.settings.hidden_layers == QUICK.hidden_layers)
    assert session.network is not None and session.network.architecture.hidden_layers == 6
    lab.guide.run(0)
    bench.until(lambda: not session.busy and session.settings.encoding == "frequency")
    session.change_settings(dataclasses.replace(session.settings, values=12, width=32))
    lab.guide.end()
    assert session.settings.values == 12 and session.settings.width == 32


def test_a_step_that_needs_a_network_trains_one_first(bench: Bench, picture: Path) -> None:
    bench.lab.guide.rounds = 1
    bench.open(picture)
    bench.session.change_settings(QUICK)
    bench.lab.guide.run(2)
    bench.until(lambda: "bits each" in bench.lab.guide_card.told)
    assert bench.session.network is not None and bench.session.bits == 4


Again = Callable[[], Bench]


@pytest.fixture
def opened_again(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Again]:
    """Closes the lab that is open, as the window does, and gives the next one."""
    theme.install(qapp)
    benches: list[Bench] = []

    def close() -> None:
        for bench in benches:
            assert bench.lab.shutdown() and bench.compute.shutdown(10.0)
            bench.lab.close()
            bench.lab.deleteLater()
        benches.clear()

    def again() -> Bench:
        close()
        compute, said = JobQueue(), list[tuple[str, str]]()
        lab = LabWorkspace(
            compute, lambda text, severity: said.append((text, severity)), kept=KeptNetworks(tmp_path / "kept")
        )
        lab.show()
        qtbot.waitExposed(lab)
        benches.append(Bench(qtbot, lab, compute, said))
        return benches[0]

    yield again
    close()


def test_a_network_that_was_not_saved_is_offered_again(opened_again: Again, picture: Path, tmp_path: Path) -> None:
    bench = opened_again()
    assert not bench.lab.empty_again.isVisible()
    bench.open(picture)
    bench.train()
    trained = bench.session.network
    bench = opened_again()
    assert bench.lab.empty_again.isVisible() and "waves" in bench.lab.empty_again.text()
    bench.lab.empty_again.click()
    bench.until(lambda: bench.session.network is not None and bench.session.shown is not None)
    assert bench.session.picture is not None and bench.session.picture.path == picture
    assert trained is not None and same(bench.session.shown, trained.decode())
    assert bench.lab.go_on.isEnabled()
    bench = opened_again()
    assert bench.lab.empty_again.isVisible(), "looking at it does not save it"
    bench.lab.empty_again.click()
    bench.until(lambda: bench.session.network is not None and bench.session.shown is not None)
    bench.session.save_network(tmp_path / "mine.texnet")
    bench.until(lambda: any(severity == "good" for _, severity in bench.said))
    bench = opened_again()
    assert not bench.lab.empty_again.isVisible() and not list((tmp_path / "kept").iterdir())


def test_what_a_run_has_learned_when_the_window_closes_is_kept(opened_again: Again, picture: Path) -> None:
    bench = opened_again()
    bench.open(picture)
    bench.begin()
    bench = opened_again()
    assert bench.lab.empty_again.isVisible()
    picture.unlink()
    bench.lab.empty_again.click()
    bench.until(lambda: bench.session.network is not None)
    assert "waves.png is gone" in bench.said[-1][0] and bench.lab.save.isEnabled()


def test_shutting_down_ends_a_run(bench: Bench, picture: Path) -> None:
    bench.open(picture)
    bench.begin()
    assert bench.lab.shutdown()
    assert bench.session.state is not None and bench.session.state.ended
