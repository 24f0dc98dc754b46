"""Libraries that come into a window in use."""

from __future__ import annotations

import gc

import pytest

from app.loading import load


def test_what_is_loaded_is_left_out_of_later_collections() -> None:
    assert gc.isenabled()
    before = gc.get_freeze_count()
    load("app.loading")
    assert gc.isenabled() and gc.get_freeze_count() >= before
    gc.unfreeze()


def test_a_module_that_is_missing_leaves_the_collector_as_it_was() -> None:
    with pytest.raises(ModuleNotFoundError):
        load("app.there_is_no_such_module")
    assert gc.isenabled()
    gc.unfreeze()
