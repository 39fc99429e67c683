"""Asking what became of an effect: only the target's word about the effect itself decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.errors import Invalid, Rejected, Unknown


@contextmanager
def asking() -> Iterator[None]:
    """Who refuses the question has said nothing about the effect: ``Rejected`` becomes ``Unknown``.

    ``Invalid`` stays: the question was not even sent, which a person has to look into.
    """
    try:
        yield
    except Invalid:
        raise
    except Rejected as error:
        raise Unknown(error.code, **error.facts) from None
