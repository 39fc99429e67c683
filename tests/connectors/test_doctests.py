"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import connectors

MODULES = sorted(path.stem for path in Path(str(connectors.__file__)).parent.glob("[!_]*.py"))
MODULES += sorted(path.stem for path in Path(str(connectors.__file__)).parent.glob("_[!_]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(f"connectors.{name}")).failed == 0
