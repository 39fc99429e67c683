"""What went wrong, told by what the caller must do next.

The family::

    ZhidaError
    ├── Retriable   surely not executed; the same call may be made again later
    │   └── NotYet      the peer is well and answered: it waits for something of this very thing
    ├── Rejected    the peer or our own rules said no to this data; never repeat it unchanged
    │   └── Invalid     found by us before anything was sent: cannot be understood or encoded
    ├── Forbidden   no agreement, certificate or right allows it
    ├── Unknown     sent, and no answer: it may have been executed; probe before anything else
    └── Fatal       a person must repair the installation (key, configuration, disk)

An error carries a stable ``code`` and ``facts``: paths, names of fields, masks, ids of systems.
It never carries a value of a record, so it may stand in a log, in the ledger and in Airflow.
The text and the remedy in Chinese and English belong to the code (``exchange/problems.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Fact = str | int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code, the facts, and never a value.

    >>> Problem("mapping.unknown-code", {"path": "/child/sex", "mask": "*"}).code
    'mapping.unknown-code'
    """

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class ZhidaError(Exception):
    """Base of all our errors. Raise one of the leaves, not this.

    >>> str(Retriable("wire.refused", system="police"))
    'wire.refused (system=police)'
    """

    def __init__(self, code: str, /, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts: dict[str, Fact] = facts

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong; one unless a leaf collects several."""
        return (Problem(self.code, self.facts),)

    def __str__(self) -> str:
        facts = ", ".join(f"{k}={v}" for k, v in self.facts.items())
        return f"{self.code} ({facts})" if facts else self.code

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.facts))


def _rebuild(kind: type[ZhidaError], code: str, facts: dict[str, Fact]) -> ZhidaError:
    return kind(code, **facts)


class Retriable(ZhidaError):
    """Surely not executed at the peer; the same call may be made again later."""


class NotYet(Retriable):
    """Surely not executed, and nobody is ill: the peer waits for something that belongs to this thing.

    One such answer says nothing about the others, so its leg is not left alone for it. The fact
    ``retry_after`` (seconds) says how long to wait.
    """


class Rejected(ZhidaError):
    """The peer, or one of our rules, refuses this data. Repeating it unchanged is useless."""

    raw: bytes = b""
    """The peer's answer as it came, kept encrypted as the proof of the refusal."""
    reason: str = ""
    """The peer's own words for a person (may name a person: never logged)."""

    def answered(self, raw: bytes, reason: str = "") -> Self:
        """The same error with the peer's answer kept beside it: ``raise Rejected(…).answered(…)``."""
        self.raw, self.reason = raw, reason
        return self


class Invalid(Rejected):
    """Data that cannot be understood or encoded; nothing was sent.

    Carries every problem of the record at once.

    >>> Invalid.of([Problem("mapping.missing", {"path": "/a"})]).problems[0].facts["path"]
    '/a'
    """

    mapping: str = ""
    """The mapping that found it; empty if it was found elsewhere."""
    mapping_digest: str = ""
    _all: tuple[Problem, ...] = ()

    def by(self, mapping: str, digest: str) -> Self:
        """The same error with who found it: a mapping that was mended may find nothing."""
        self.mapping, self.mapping_digest = mapping, digest
        return self

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Invalid:
        """One error out of all problems of a record (at least one)."""
        collected = tuple(problems)
        error = cls(collected[0].code, **dict(collected[0].facts))
        error._all = collected
        return error

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the record, in the order in which they were found."""
        return self._all or super().problems


class Forbidden(ZhidaError):
    """No agreement, certificate or right allows it. Deny is the default."""


class Unknown(ZhidaError):
    """The request left and no answer came: it may have been executed. Probe first."""


class Fatal(ZhidaError):
    """The installation must be repaired by a person before this can work."""
