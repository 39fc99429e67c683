"""How a step of a mapping says no: a small exception that does not yet know which field it was.

The compiled function knows the field; it turns the fault into a ``Problem`` with path, rule and
mask. Nothing outside ``mappings`` ever sees a ``Fault``.
"""

from __future__ import annotations

from typing import Any

from exchange.errors import Fact, Invalid, Problem
from mappings.masks import mask


class Fault(ValueError):
    """One value cannot be mapped. ``facts`` never hold the value."""

    def __init__(self, code: str, /, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    @classmethod
    def of(cls, error: Invalid) -> Fault:
        """The same refusal, raised by an identifier or a code list."""
        return cls(error.code, **error.facts)

    def at(self, path: str, rule: str, value: Any) -> Problem:
        """The problem at ``path``, found by ``rule`` (``file:line``), with the value masked.

        >>> Fault("mapping.not-text").at("/a", "demo:3", 7).facts["mask"]
        'integer 9'
        """
        return Problem(self.code, {"path": path, "rule": rule, "mask": mask(value)} | self.facts)
