"""What verified evidence says: values for people, for reports and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from crypto.time_stamps import Stamp
from exchange import times
from exchange.errors import Invalid, Problem, ZhidaError
from exchange.ports import Scalar

EXIT_TRUE = 0
EXIT_NOT_AUTHENTIC, EXIT_LAPSED, EXIT_MALFORMED, EXIT_NO_ANCHOR = 2, 3, 4, 5
_EXITS = {
    "evidence.expired": EXIT_LAPSED,
    "evidence.revoked": EXIT_LAPSED,
    "evidence.no-anchor": EXIT_NO_ANCHOR,
    "evidence.no-trust-folder": EXIT_NO_ANCHOR,
    "evidence.no-stamp-anchor": EXIT_NO_ANCHOR,
    "evidence.stamp-untrusted": EXIT_NO_ANCHOR,
    "evidence.trust-file": EXIT_NO_ANCHOR,
    "evidence.untrusted": EXIT_NO_ANCHOR,
}


def exit_code(error: ZhidaError) -> int:
    """The exit code of ``zhida evidence verify`` for a verification that failed.

    >>> exit_code(Invalid("evidence.container"))
    4
    """
    return _EXITS.get(
        error.code, EXIT_MALFORMED if isinstance(error, Invalid) else EXIT_NOT_AUTHENTIC
    )


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed: out of the certificate, not out of what was signed."""

    unit: str
    organization: str
    suite: str
    kid: str
    serial: str


@dataclass(frozen=True, slots=True)
class HeldKey:
    """Who held which key, by the certificate that an anchor of the checker's vouches for."""

    signature: Signature
    valid_from: datetime
    valid_until: datetime
    what: tuple[str, ...]
    """What it signed here: ``seal``, ``head``, ``older-head``, ``document``."""


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document of the case, authentic."""

    id: str
    digest: str
    kind: str
    provider: str
    custody: str
    """``unit``: signed by the unit with its own key. ``hub``: as the hub read it there."""
    source: str
    as_of: datetime
    signed_at: datetime
    recorded_at: datetime
    """When the ledger took it in."""
    raw_digest: str
    mapping_digest: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class CheckedTransfer:
    """What went to whom under which agreement: the hub's note, compared with what was presented."""

    id: str
    kind: str
    """``transfer``, or ``query`` for the identifiers that a question carried."""
    seq: int
    at: datetime
    item: str
    effect: str
    document: str
    document_kind: str
    custody: str
    provider: str
    receiver: str
    purpose: str
    agreement: str
    agreement_digest: str
    basis: str
    disclosed: list[str]
    withheld: list[str]
    fields: Mapping[str, Scalar] = field(repr=False)
    """The disclosed values: personal data."""


@dataclass(frozen=True, slots=True)
class Event:
    """One ledger entry."""

    seq: int
    at: datetime
    kind: str
    ref: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The signed head under which every entry was found."""

    origin: str
    size: int
    root: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """Evidence that is true. There is no such value for anything else."""

    case: str
    matter: str
    scope: str
    unit: str
    exported_at: datetime
    checked_at: datetime
    suite: str
    hub: Signature
    head: TreeHead
    older: TreeHead | None
    titles: Mapping[str, str]
    documents: list[CheckedDocument]
    transfers: list[CheckedTransfer]
    events: list[Event]
    remarks: list[Problem]
    """True all the same, but the reader should know."""
    keys: list[HeldKey] = field(default_factory=list)
    """Of every signature here."""
    stamp: Stamp | None = None
    """A time stamp on the head, checked: nothing here is younger than it."""

    def title(self, unit: str) -> str:
        """A unit's name for people, as the hub says it."""
        return self.titles.get(unit, unit)

    def to_json(self, *, values: bool = False) -> dict[str, Any]:
        """As JSON values; the fields' values only if asked for."""
        told: dict[str, Any] = _plain(asdict(self))
        for transfer in told["transfers"]:
            if not values:
                del transfer["fields"]
        return {"authentic": True, **told}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return times.stamp(value) if isinstance(value, datetime) else value
