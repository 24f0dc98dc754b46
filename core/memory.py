"""Memory of this process as the system sees it."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """Return what was freed to the system.

    On Linux the allocator keeps freed blocks of less than 32 MB for later: after training a large set, hundreds of
    megabytes that nobody asks for again. Elsewhere there is nothing to do.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):  # other C libraries than glibc have no such call
            ctypes.CDLL(None).malloc_trim(0)
