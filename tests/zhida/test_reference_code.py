"""The page of ports tells what stands in the source: names, signatures, docstrings, fields with the text below them."""

from __future__ import annotations

import doctest

import pytest

from exchange import errors, ports
from zhida import reference_code


@pytest.fixture(scope="module")
def page() -> str:
    [(title, parts)] = reference_code.pages().values()
    assert "Ports" in title
    return "\n\n".join(parts)


def test_its_examples() -> None:
    assert doctest.testmod(reference_code) == (0, 2)


def test_every_protocol_and_every_error_is_told_with_its_docstring(page: str) -> None:
    for module in (ports, errors):
        own = [
            each
            for each in vars(module).values()
            if getattr(each, "__module__", "") == module.__name__
        ]
        names = [each.__name__ for each in own if isinstance(each, type)]
        assert [name for name in names if f"### `{name}" not in page] == []
    assert "Moves one message over one wire (EIP Channel Adapter). Thread-safe." in page
    assert "- `call(self, operation: str, body: Any) -> Reply`: Send ``body``" in page


def test_a_field_is_told_with_the_text_below_it(page: str) -> None:
    assert "- `gives: str = ''`: Kind of the document that the answer carries, if any." in page


def test_examples_and_drawings_stay_as_they_are_typed(page: str) -> None:
    assert "```pycon\n>>> Problem(" in page
    assert "The family:\n\n    ZhidaError" in page


def test_private_names_are_left_out(page: str) -> None:
    assert "_rebuild" not in page and "__reduce__" not in page
