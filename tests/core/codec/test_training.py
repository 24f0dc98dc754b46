import time

import pytest

from core.codec.compress import decoder_by_hand
from core.codec.layout import LatentGrid
from core.codec.schedule import Clock, EarlyStop
from core.codec.settings import CompressSettings
from core.codec.training import Stretch, _Course, grids_by_hand
from core.errors import InputError
from core.jobs import Control
from core.textures import samples


def test_grids_by_hand() -> None:
    rates, grids = grids_by_hand("4:16:2 16:20:4:0.05*2, 2:1:16")
    assert grids == (LatentGrid(4, 16, 2), LatentGrid(16, 20, 4), LatentGrid(32, 20, 4), LatentGrid(2, 1, 16))
    assert rates == (None, 0.05, 0.05, None)
    assert grids_by_hand("") == ((), ())


@pytest.mark.parametrize("text", ["4", "4:16", "3:4:4", "4:0:4", "4:65:4", "4:4:17", "a:b:c", "16:4:4*3", "4:1:1 " * 9])
def test_grids_that_make_no_sense(text: str) -> None:
    with pytest.raises(InputError, match="--grids"):
        grids_by_hand(text)


def test_decoder_by_hand() -> None:
    assert decoder_by_hand("64-48-32") == (64, 48, 32)
    assert decoder_by_hand("") == ()
    for text in ("64-", "0", "300", "1-2-3-4-5", "x"):
        with pytest.raises(InputError, match="--decoder"):
            decoder_by_hand(text)


def test_progress_never_falls_where_a_part_is_done_again() -> None:
    course = _Course(Stretch(0.2, 0.8, again=0.6))
    assert course.at(0.0) == pytest.approx(0.2) and course.at(1.0) == pytest.approx(0.7)
    course.start_again(0.4)
    assert course.at(0.4) == pytest.approx(0.7) and course.at(1.0) == pytest.approx(1.0)


@pytest.mark.parametrize("budget", [None, 100.0])
def test_a_clock_goes_back_and_knows_what_is_left(budget: float | None) -> None:
    material = samples.generate("worn_painted_metal", 16)
    clock = Clock(CompressSettings(time_budget=budget), material, Control(), 1.0, 1.0)
    clock.spent = 60.0
    steps = round(0.6 * clock.total_steps)
    assert clock.fraction(steps) == pytest.approx(0.6, abs=0.01)
    with clock.aside():
        time.sleep(0.05)
    assert clock.elapsed() < 60.04
    clock.shift(-0.25)
    assert clock.fraction(steps) == pytest.approx(0.35, abs=0.01)
    if budget is not None:
        assert clock.remaining(steps) == pytest.approx(65.0, abs=0.1)
        assert clock.remaining(steps, again=0.1) == pytest.approx(75.0, abs=0.1)
    clock.shift(2.0)
    assert clock.fraction(steps) == 1.0 and (clock.remaining(steps) or 0.0) == 0.0


def test_early_stop_needs_two_stretches_without_gain_in_the_second_half() -> None:
    def stops_at(gains: list[float], begin: float) -> int | None:
        early, psnr = EarlyStop(100, 0.05), 30.0
        for stretch, gain in enumerate(gains):
            psnr += gain
            for step in range(stretch * 100, stretch * 100 + 100, 20):
                if early.reached(begin + stretch / 100, step, psnr):
                    return stretch
        return None

    assert stops_at([0.2] * 10, 0.6) is None
    assert stops_at([0.2, 0.2, 0.01, 0.2, 0.01, 0.2], 0.6) is None
    assert stops_at([0.2, 0.2, 0.01, 0.02, 0.0], 0.6) == 4
    assert stops_at([0.0] * 10, 0.1) is None
