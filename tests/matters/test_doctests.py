"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import matters

MODULES = sorted(found.name for found in pkgutil.iter_modules(matters.__path__, "matters."))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
