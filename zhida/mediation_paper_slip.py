"""What a dispute's paper is made of, read from the store; and the slip that says who hands it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exchange import times
from exchange.ports import Record
from exchange.store import case_rows, dispute_rows
from exchange.store.dispute_rows import EventRow
from matters import mediation_papers
from matters.ladder_parts import Ladder
from matters.mediation_papers import PARTIES, RECEIVER, Documents, Paper
from zhida import dispute_consent
from zhida.dispute import REGISTRATION
from zhida.hub import Hub
from zhida.site import Site

_AGREED = "agreed"
_ANEW = frozenset({"mediation-applied", "arbitration-applied", "sued"})
"""With these a new procedure begins, whose letter is not of what was agreed before."""


def documents(hub: Hub, row: EventRow) -> dict[str, dict[str, Any]]:
    """Everything that a paper of this event may take (``matters.mediation_papers.Documents``).

    Consent is as it is now, whoever told it last. The terms are the event's own, or those of the agreement
    before it, which it confirms or makes a letter of.
    """
    with hub.store.read() as connection:
        dispute = dispute_rows.LOG.get(connection, row.case)
        told = dispute_rows.LOG.told(connection, row.case)
        names = case_rows.documents(connection, row.case)
    said = {each.seq: hub.archive.get(each.document).record for each in told if each.document}
    registration = dict(hub.archive.get(names[REGISTRATION]).record)
    consent = dispute_consent.of(registration, said.values())
    found = {
        "dispute": {"number": dispute.number if dispute else ""},
        REGISTRATION: registration | {"consent": {"share": consent.share}},
        "event": _terms(told, said, row) | dict(said.get(row.seq, {})),
        "unit": {"title": _title(hub.site, row.unit)},
    }
    return found | ({"to": {"title": _title(hub.site, row.to)}} if row.to else {})


def _terms(
    told: Iterable[EventRow], said: Mapping[int, Record], row: EventRow
) -> dict[str, Record]:
    """Of the last agreement up to the event, in the same procedure."""
    record: Record = {}
    for each in told:
        if each.seq > row.seq:
            break
        if each.name in _ANEW:
            record = {}
        elif each.name == _AGREED:
            record = said.get(each.seq, {})
    return {"terms": record["terms"]} if "terms" in record else {}


def _title(site: Site, unit: str) -> str:
    return site.units[unit].title if unit in site.units else unit


def slip(row: EventRow, paper: Paper, told: Documents, ladder: Ladder) -> dict[str, object]:
    """The ``mediation-paper``: nothing of a person."""
    dispute = str(told["dispute"]["number"])
    at = times.instant(row.at).astimezone(times.CHINA)
    return {
        "id": mediation_papers.number(dispute, row.seq, paper.name),
        "dispute": dispute,
        "paper": paper.name,
        "title": paper.title,
        "event": row.name,
        "at": f"{at:%Y-%m-%dT%H:%M:%S}",
        "role": row.role,
        "unit": row.unit,
        "goes_to": "、".join(_whom(name, told, ladder) for name in paper.goes_to),
        **({"desk": row.desk} if row.desk else {}),
    }


def _whom(name: str, told: Documents, ladder: Ladder) -> str:
    if name == RECEIVER:
        return str(told["to"]["title"])
    return PARTIES.get(name) or ladder.roles[name]
