"""Which version of a procedure the hub works by: a digest of what it says, whatever its file looks like."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from exchange import canonical
from matters.acceptance_parts import Procedure


def digest(procedure: Procedure) -> str:
    """SHA-256 of its content as canonical JSON."""
    return hashlib.sha256(canonical.dumps(_plain(procedure))).hexdigest()


def _plain(value: Any) -> Any:
    """Without sets, whose order is nobody's, and without what is not said."""
    if is_dataclass(value):
        told = {each.name: getattr(value, each.name) for each in fields(value)}
        return {name: _plain(each) for name, each in told.items() if each is not None}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
