"""What schemathesis sends (``SCHEMATHESIS_HOOKS``): a whole number is written as one.

JSON Schema takes ``1.0`` for an integer; the hub doesn't (``canonical.not-exact``), and the interface says so.
"""

from __future__ import annotations

from typing import Any

import schemathesis


def exact(value: Any) -> Any:
    """The same with ``1`` for ``1.0``."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: exact(each) for name, each in value.items()}
    return [exact(each) for each in value] if isinstance(value, list) else value


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    return exact(body)
