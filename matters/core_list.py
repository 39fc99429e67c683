"""The list of core enterprises (核心企业名单): who is on it is decided by two people, fact by fact.

A list is data that was reviewed: what speaks for a firm, who has proposed and who has approved it, up to
which amount, from when until when, and what its removal means for what is financed already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from matters.kleene import Truth

PUBLIC_BODY, LARGE_FIRM, OTHER = "public-body", "large-firm", "other"
DUTIFUL = frozenset({PUBLIC_BODY, LARGE_FIRM})
"""Who has by law to confirm within a period that it owes."""
STAYS, STOPS = "stays", "stops"
Word = Literal["met", "not-met", "unknown"]
Standing = Literal["candidate", "not-yet", "listed", "expired", "removed"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a firm must be."""

    name: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """Who has said it, and on which day."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Removed:
    """Off the list from a day on."""

    on: date
    reason: str
    existing: str
    """``stays``: what was asked for before goes on; ``stops``: that too is over."""


@dataclass(frozen=True, slots=True)
class Term:
    """Who has approved it, up to what, and its first and last day."""

    approved: Said
    limit_fen: int
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Firm:
    """A candidate; on the list if it has a term."""

    uscc: str
    name: str
    facts: Mapping[str, Truth]
    """Criterion → yes, no, or None: unknown."""
    proposed: Said
    kind: str = ""
    """``PUBLIC_BODY``, ``LARGE_FIRM`` or ``OTHER``; empty: nobody has looked into it."""
    term: Term | None = None
    removed: Removed | None = None


@dataclass(frozen=True, slots=True)
class CoreList:
    """The whole list; firms by their USCC."""

    title: str
    criteria: Mapping[str, Criterion]
    firms: Mapping[str, Firm]


def eligible(listed: CoreList, firm: Firm) -> dict[str, Word]:
    """What each criterion comes to; what nobody has looked into is unknown and never met."""
    words: dict[Truth, Word] = {True: "met", False: "not-met", None: "unknown"}
    return {name: words[firm.facts.get(name)] for name in listed.criteria}


def is_eligible(listed: CoreList, firm: Firm) -> bool:
    """Does it surely meet every criterion? Only then may anybody approve it."""
    return set(eligible(listed, firm).values()) <= {"met"}


def standing(firm: Firm, today: date) -> Standing:
    """Where it stands on a day; the day of the removal is the first without it."""
    if firm.term is None:
        return "candidate"
    if firm.removed is not None and firm.removed.on <= today:
        return "removed"
    if today < firm.term.valid_from:
        return "not-yet"
    return "listed" if today <= firm.term.valid_until else "expired"


def is_listed(firm: Firm, today: date, *, since: date | None = None) -> Truth:
    """May its orders be financed? None where that would hang on ``since``, and it is not known.

    ``since``: day on which this was asked for. What was asked for before a removal that lets it stay goes
    on as long as the firm would have been listed.
    """
    found, term, removed = standing(firm, today), firm.term, firm.removed
    if found != "removed" or term is None or removed is None:
        return found == "listed"
    if removed.existing == STOPS or not term.valid_from <= today <= term.valid_until:
        return False
    return None if since is None else since < removed.on


def limit_fen(firm: Firm) -> int:
    """Up to what its orders may be financed, all together; 0 for a candidate."""
    return firm.term.limit_fen if firm.term else 0


def limit_left(firm: Firm, used_fen: int | None) -> int | None:
    """What is left of the limit, in fen, and never less than nothing; None where what is used is not known."""
    return None if used_fen is None else max(0, limit_fen(firm) - used_fen)
