"""Data-sharing agreements: who may get which fields of which document, for what, until when.

Deny is the default. An agreement names one provider, one receiver, one kind of document, one
purpose, a legal basis and the days on which it holds; a field travels only if it is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from exchange import canonical, pointer
from exchange.errors import Forbidden
from exchange.ports import Scalar

_OPTIONAL = ("notice", "consent", "requires")
"""Left out where they say nothing: so what was agreed before there were any keeps its digest."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One data-sharing agreement as the site's file says it."""

    id: str
    provider: str
    receiver: str
    document: str
    """Kind of the document."""
    purpose: str
    basis: str
    """Article of law or the document that allows it."""
    fields: tuple[str, ...]
    """JSON Pointers; ``/mother/*`` names everything below ``/mother``."""
    valid_from: date
    """First day (in China) on which it holds."""
    valid_until: date
    """Last day on which it holds."""
    notice: str = ""
    """By what the people concerned were told, where a duty by statute acts."""
    consent: str = ""
    """By what they, or their guardian, agreed, where consent is the basis."""
    requires: str = ""
    """JSON Pointer of a field that must be true in the document itself: the people concerned agreed."""

    def digest(self) -> str:
        """SHA-256 over the agreement's canonical JSON: what exactly was agreed at the time."""
        told = asdict(self) | {
            "fields": sorted(self.fields),
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat(),
        }
        told = {name: value for name, value in told.items() if value or name not in _OPTIONAL}
        return hashlib.sha256(canonical.dumps(told)).hexdigest()

    def covers(self, path: str) -> bool:
        """True if the field at ``path`` is named.

        >>> a = Agreement("a", "p", "r", "d", "x", "§1", ("/mother/*",), date.min, date.max)
        >>> a.covers("/mother/name"), a.covers("/motherhood"), a.covers("/mother")
        (True, False, False)
        """
        return pointer.covers(self.fields, path)


@dataclass(frozen=True, slots=True)
class Flow:
    """Who wants to give what to whom, and what for: the question that agreements answer."""

    provider: str
    receiver: str
    document: str
    purpose: str

    def facts(self) -> dict[str, str | int]:
        """The same as facts of an error."""
        return {
            "provider": self.provider,
            "receiver": self.receiver,
            "document": self.document,
            "purpose": self.purpose,
        }


def permit(agreements: Iterable[Agreement], flow: Flow, day: date) -> Agreement:
    """The agreement that allows ``flow`` on ``day``, or ``Forbidden`` that says what is missing.

    Of several in force the one that ends last decides, then the greater id: fields of different
    agreements are never added up.
    """
    sides = [a for a in agreements if _sides(a, flow)]
    matching = [a for a in sides if a.purpose == flow.purpose]
    in_force = [a for a in matching if a.valid_from <= day <= a.valid_until]
    if in_force:
        return max(in_force, key=lambda a: (a.valid_until, a.id))
    raise _refusal(sides, matching, flow, day)


def _sides(agreement: Agreement, flow: Flow) -> bool:
    return (agreement.provider, agreement.receiver, agreement.document) == (
        flow.provider,
        flow.receiver,
        flow.document,
    )


def _refusal(
    sides: Sequence[Agreement], matching: Sequence[Agreement], flow: Flow, day: date
) -> Forbidden:
    if not sides:
        return Forbidden("agreement.none", **flow.facts())
    if not matching:
        named = ", ".join(sorted(a.id for a in sides))
        return Forbidden("agreement.purpose", agreement=named, **flow.facts())
    latest = max(matching, key=lambda a: (a.valid_until, a.id))
    if latest.valid_until < day:
        until = latest.valid_until.isoformat()
        return Forbidden("agreement.expired", agreement=latest.id, until=until, **flow.facts())
    first = min((a for a in matching if a.valid_from > day), key=lambda a: (a.valid_from, a.id))
    since = first.valid_from.isoformat()
    return Forbidden("agreement.not-yet", agreement=first.id, since=since, **flow.facts())


def check_consent(fields: Mapping[str, Scalar], agreement: Agreement) -> None:
    """``Forbidden`` unless the document says yes where the agreement requires it.

    What is not stated is no consent.
    """
    if agreement.requires and fields.get(agreement.requires) is not True:
        raise Forbidden("agreement.no-consent", agreement=agreement.id, path=agreement.requires)


def split(
    fields: Mapping[str, Scalar], agreement: Agreement
) -> tuple[dict[str, Scalar], list[str]]:
    """What travels under the agreement, and the names of what stays."""
    disclosed = {path: value for path, value in fields.items() if agreement.covers(path)}
    return disclosed, sorted(set(fields) - set(disclosed))
