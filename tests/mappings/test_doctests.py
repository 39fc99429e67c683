"""The examples in the docstrings are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import mappings

HERE = Path(mappings.__path__[0])
MODULES = sorted(
    ".".join(("mappings", *file.relative_to(HERE).with_suffix("").parts))
    for file in HERE.rglob("*.py")
    if file.stem != "__init__"
)


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str) -> None:
    assert doctest.testmod(import_module(module)).failed == 0
