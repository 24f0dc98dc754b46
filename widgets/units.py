"""Sizes, rates and times as people read them."""

from __future__ import annotations

from widgets.language import tr


def size_text(count: float) -> str:
    """Bytes in steps of 1024 with three figures: ``640 KB``, ``1.25 MB``."""
    value = float(count)
    if value < 1024:
        return tr("{count:.0f} bytes").format(count=value)
    value /= 1024
    if value < 999.5:
        return tr("{size} KB").format(size=_three(value))
    value /= 1024
    if value < 999.5:
        return tr("{size} MB").format(size=_three(value))
    return tr("{size} GB").format(size=_three(value / 1024))


def _three(value: float) -> str:
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2}f}"


def time_text(seconds: float) -> str:
    """``45 s``, ``2 min 05 s``, ``1 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s").format(seconds=whole)
    if whole < 3600:
        text = tr("{minutes} min {seconds:02d} s") if whole % 60 else tr("{minutes} min")
        return text.format(minutes=whole // 60, seconds=whole % 60)
    return tr("{hours} h {minutes:02d} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)


def clock_text(seconds: float) -> str:
    """``00:45``, ``1:10:05``."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    tail = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{tail}" if hours else tail


def db_text(value: float | None) -> str:
    """``39.8``; a dash where nothing was measured, the sign for infinity where nothing differs."""
    if value is None:
        return "–"
    return "∞" if value == float("inf") else f"{value:.1f}"


def psnr_text(value: float | None) -> str:
    """``39.8 dB``, with the number as :func:`db_text` has it."""
    return tr("{value} dB").format(value=db_text(value))
