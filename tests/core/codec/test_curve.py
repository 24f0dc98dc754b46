"""The rate-quality curve as one job."""

import json
from pathlib import Path

import pytest

from core.codec.curve import curve
from core.codec.settings import CurveSettings
from core.errors import InputError
from core.jobs import Control, Finished, Metrics, Progress
from tests.core.codec.materials import small_set


def test_sizes_grow_by_one_factor() -> None:
    assert CurveSettings(low=1.0, high=16.0, points=5).sizes == (1.0, 2.0, 4.0, 8.0, 16.0)


def test_every_size_is_a_file_and_a_point(tmp_path: Path) -> None:
    settings = CurveSettings(low=4.0, high=16.0, points=3, time_budget=3.0)
    events = list(curve(small_set(), settings, tmp_path, Control()))
    assert isinstance(events[-1], Finished)
    found = json.loads((tmp_path / "Small-curve.json").read_text(encoding="utf-8"))
    assert [point["asked"] for point in found["points"]] == [4.0, 8.0, 16.0]
    for point in found["points"]:
        assert (tmp_path / point["file"]).stat().st_size == point["bytes"]
        assert 0.92 * point["asked"] <= point["bits_per_texel"] <= point["asked"]
    assert all(point["psnr_db"] > 25 for point in found["points"])
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)


def test_a_stop_keeps_what_is_done(tmp_path: Path) -> None:
    control = Control()
    job = curve(small_set(), CurveSettings(low=4.0, high=16.0, points=4, time_budget=40.0), tmp_path, control)
    while not isinstance(next(job), Metrics):
        pass
    control.stop()
    finished = list(job)[-1]
    assert isinstance(finished, Finished)
    assert finished.stopped_early
    assert [point.bpp for point in finished.result.points] == [4.0]
    assert finished.result.points[0].path.is_file()


def test_the_larger_size_has_to_be_larger(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--high"):
        list(curve(small_set(), CurveSettings(low=5.0, high=5.0), tmp_path / "new", Control()))
    assert not (tmp_path / "new").exists()
