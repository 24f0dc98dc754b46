"""The viewport's benchmark measures the real view and says what it found."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import viewport


def test_the_page_says_what_was_not_measured() -> None:
    text = viewport.budget()
    assert "was not\nmeasured" in text and "22 reads" in text and "1840 operations" in text


@pytest.mark.slow
def test_a_small_view_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    arguments = ["viewport", "--size", "96", "--texels", "64", "--seconds", "0.2", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", arguments)
    viewport.main()
    result = json.loads((tmp_path / "viewport.json").read_text())
    assert [row["case"] for row in result["rows"]] == list(viewport.CASES)
    assert all(row["fps"] > 0.5 and 0.0 < row["first_s"] < viewport.PATIENCE_S for row in result["rows"])
    assert result["limits"]["clear and copy, no window"] > result["limits"]["empty view"]
    assert "| flat picture" in (tmp_path / "viewport.md").read_text()
