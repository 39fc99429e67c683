"""The examples in the docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

import sandbox

FOLDER = Path(sandbox.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"sandbox.{module}")).failed == 0
