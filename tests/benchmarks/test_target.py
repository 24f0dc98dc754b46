"""The benchmark of the search runs it beside a run of a given size."""

import json
from pathlib import Path

import pytest

from core.codec import settings
from tests.benchmarks import target


def test_a_search_is_compared_with_a_run_of_a_given_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.PRESET_STEPS, "draft", 2000)
    only = ["--samples", "--size", "32", "--only", "Worn", "--rates", "8"]
    monkeypatch.setattr("sys.argv", ["target", *only, "--out", str(tmp_path)])
    target.main()
    (row,) = json.loads((tmp_path / "target.json").read_text())["rows"]
    assert row["wanted_db"] > 15.0 and row["samples_ratio"] > 1.0 and row["found_bits"] > 0.0
    assert f"| {row['wanted_db']:.1f} dB |" in (tmp_path / "target.md").read_text()
