"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import crypto


def test_examples_in_docstrings():
    tried = 0
    for found in pkgutil.iter_modules(crypto.__path__, "crypto."):
        result = doctest.testmod(importlib.import_module(found.name))
        assert result.failed == 0, found.name
        tried += result.attempted
    assert tried >= 15
