"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import exchange

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(exchange.__path__, "exchange.")
    if not found.ispkg and "migrations" not in found.name
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
