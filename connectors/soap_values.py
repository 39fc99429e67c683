"""A value that is not of its declared type must not become an empty one.

zeep puts None in the place of a number, date or boolean that it cannot read, and writes the value
into the log. The first loses what the peer said, the second may tell a person's data. It does both
by one call of its module's logger, so that is where it is stopped, for our own calls only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from zeep.xsd.types import simple

_ours: ContextVar[bool] = ContextVar("connectors.soap_values", default=False)


class UntranslatableError(ValueError):
    """Some value of the answer is not of the type that the WSDL declares. Holds no value."""


class _Strict:
    """Stands before zeep's logger: other users of zeep in this process notice nothing."""

    def __init__(self, logger: Any) -> None:
        self._logger = logger

    def exception(self, *args: Any, **more: Any) -> None:
        """Called by zeep when a value cannot be read."""
        if _ours.get():
            raise UntranslatableError
        self._logger.exception(*args, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._logger, name)


@contextmanager
def strict_values() -> Iterator[None]:
    """What is read inside has all its values, or ``UntranslatableError`` is raised."""
    if not isinstance(simple.logger, _Strict):
        simple.logger = _Strict(simple.logger)  # type: ignore[assignment]
    before = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(before)
