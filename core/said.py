"""Sentences for people that can be said in another language than English, although nothing here knows of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Value = str | int | float


class Said(str):
    """English text that remembers the pattern it was made from and what was filled in; a value may be such a text too.
    Whoever adds to it or cuts it has plain text."""

    pattern: str
    values: Mapping[str, Value]


def said(pattern: str, /, **values: Value) -> Said:
    """``pattern`` with ``values`` filled in by name, as by ``str.format``. A literal, which translators are given."""
    made = Said(pattern.format(**values))
    made.pattern, made.values = pattern, values
    return made


def listed(parts: Sequence[str]) -> Said:
    """The parts, separated by commas."""
    names = [f"part{number}" for number in range(len(parts))]
    return said(", ".join(f"{{{name}}}" for name in names), **dict(zip(names, parts, strict=True)))


def to_json(text: str) -> Any:
    """Plain values for :func:`from_json`; a text that has no pattern is itself."""
    if not isinstance(text, Said):
        return text
    values = {name: to_json(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return {"pattern": text.pattern, "values": values}


def from_json(stored: Any) -> str:
    """Raises ValueError, KeyError, TypeError or AttributeError for what is no text."""
    if isinstance(stored, str):
        return stored
    values = {str(name): from_json(v) if isinstance(v, str | dict) else v for name, v in stored["values"].items()}
    return said(str(stored["pattern"]), **values)
