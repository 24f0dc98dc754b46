"""Texts that remember what they were made from."""

from __future__ import annotations

import json

import pytest

from core.errors import InputError
from core.said import Said, from_json, listed, said, to_json


def test_it_is_a_text_like_any_other() -> None:
    made = said("{file} is {share:.0%} {kind}", file="a.png", share=0.5, kind=said("done"))
    assert made == "a.png is 50% done" and isinstance(made, str)
    assert made.pattern == "{file} is {share:.0%} {kind}" and isinstance(made.values["kind"], Said)
    assert listed(["a", said("b")]) == "a, b" and listed([]) == ""
    error = InputError(made)
    assert str(error) == made and error.sentence is made


def test_it_can_be_written_down() -> None:
    made = said("{file}: {parts}", file="{odd}.png", parts=listed([said("red {role}", role=said("albedo")), "x"]))
    again = from_json(json.loads(json.dumps(to_json(made))))
    assert again == made and isinstance(again, Said) and again.values == made.values
    assert to_json("plain") == "plain" and from_json("plain") == "plain"
    for wrong in (3, {"pattern": "{a}", "values": {}}, {"values": {}}, [], None, {"pattern": "{", "values": {}}):
        with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
            from_json(wrong)
