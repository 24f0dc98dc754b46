"""The window's benchmark counts what a busy loop swallows, and its page says what was measured."""

import pytest

from tests.benchmarks import window
from tests.benchmarks.window_parts import lateness


def test_a_punctual_timer_is_never_late() -> None:
    found = lateness([0.005 * n for n in range(1001)])
    assert found["ticks"] == 1000 and found["max_ms"] == pytest.approx(0.0, abs=1e-6)


def test_a_pause_makes_every_tick_in_it_late() -> None:
    # One second in which 0.1 s were blocked: a tenth of all moments waited, the first of them for 95 ms.
    times = [0.005 * n for n in range(181)]
    found = lateness([*times, times[-1] + 0.1])
    assert found["ticks"] == 200
    assert found["max_ms"] == pytest.approx(95.0)
    assert found["p50_ms"] == pytest.approx(0.0, abs=1e-6)
    assert 40.0 < found["p95_ms"] < 55.0


def test_the_page_says_goal_and_finding() -> None:
    row = {"wall_s": 0.4, "cpu_s": 0.2, "fastest_wall_s": 0.3}
    on = {"cores": 2, "load_before": 1.0}
    memory = {"bytes": [2**20 * (100 + n // 10) for n in range(100)], "warm": 20, "growth_per_run": 102.4}
    text = window.page({"machine": on, "startup": {"empty": row, "real": row}, "memory": memory})
    assert "| goal | 1.30 | 1.15 | 1.00 |" in text
    assert "102 MiB, at the end 109 MiB, 0 KiB more" in text
