"""A context without a display."""

from __future__ import annotations

from collections.abc import Iterator

import moderngl
import pytest

from renderers.offscreen import create_context


@pytest.fixture(scope="session")
def _shared_context() -> Iterator[moderngl.Context]:
    ctx = create_context()
    yield ctx
    ctx.release()


@pytest.fixture
def ctx(_shared_context: moderngl.Context) -> Iterator[moderngl.Context]:
    """The context, current: a window's context of another test may have taken its place."""
    with _shared_context:
        yield _shared_context
