"""A context without a display."""

from __future__ import annotations

from collections.abc import Iterator

import moderngl
import pytest

from renderers.offscreen import offscreen_context


@pytest.fixture(scope="session")
def _shared_context() -> Iterator[moderngl.Context]:
    with offscreen_context() as ctx:
        # Current in its own tests only: a window's context of another test couldn't become so.
        ctx.__exit__(None, None, None)
        yield ctx


@pytest.fixture
def ctx(_shared_context: moderngl.Context) -> Iterator[moderngl.Context]:
    """The context, current."""
    with _shared_context:
        yield _shared_context
