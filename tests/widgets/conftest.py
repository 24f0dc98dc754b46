"""Widgets look as in the window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from widgets import theme


@pytest.fixture
def themed(qapp: QApplication) -> QApplication:
    theme.install(qapp)
    return qapp
