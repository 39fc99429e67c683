"""The schema's defaults are filled in, in one way."""

from __future__ import annotations

from adapters import _endpoint


def test_what_the_site_says_counts_before_the_default() -> None:
    schema = {"properties": {"a": {"default": 1}, "b": {"default": 2}}}
    assert _endpoint.completed(schema, {"b": 3}) == {"a": 1, "b": 3}
