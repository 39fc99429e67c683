"""The identifiers by name: strings resolved late, so that a mapping file can name one."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

NAMES = ("birth_certificate", "e_certificate", "gb11643", "gb32100")


def validator(name: str) -> Callable[[str], str]:
    """The ``validate`` of the identifier ``name``; ``KeyError`` for an unknown name.

    >>> validator("gb11643")("11010519491231002x")
    '11010519491231002X'
    """
    if name not in NAMES:
        raise KeyError(name)
    return cast("Callable[[str], str]", import_module(f"mappings.identifiers.{name}").validate)
