"""What a bank is told: the fold of its request's papers, signed by the hub, and kept in the case.

The same facts are the same signed answer, however often it is read; when a fact has changed, a new answer
takes the old one's place, and the old one stays provable. Facts with whose word they are and of which day:
no score, no grade, no advice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from exchange import canonical, times
from exchange.document import Document
from exchange.errors import Fatal
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from matters import core_list_file, finance_case, finance_checks, finance_file
from matters.core_list import CoreList
from matters.finance_case import Case, Known, Paper
from matters.finance_parts import OWN, Check, Checklist
from zhida import (
    finance_claiming,
    finance_requests,
    finance_rules,
    own_filing,
)
from zhida.finance_claiming import Claims
from zhida.finance_letters import Letter
from zhida.finance_requests import ANSWER, Request
from zhida.finance_rules import FinanceRules
from zhida.hub import Hub

KIND = "finance-answer"
_CHANGING = frozenset({"id", "as_of", "supersedes"})


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers are made of besides the papers."""

    hub: Hub
    rules: FinanceRules
    checklist: Checklist
    core: CoreList


@dataclass(frozen=True, slots=True)
class Asked:
    """A bank reads what has come of its request."""

    request: Request
    letter: Letter
    broken: frozenset[str] = frozenset()
    """Items whose asking has just broken off."""


def desk(hub: Hub) -> Desk:
    """All files of the site that order finance goes by. ``Invalid`` with every mistake."""
    folder = hub.site.folder
    rules = finance_rules.load(hub.site)
    return Desk(hub, rules, finance_file.of_site(folder), core_list_file.of_site(folder))


def tell(desk: Desk, asked: Asked) -> Document:
    """The answer as it is now, signed; filed anew only if something in it has changed."""
    request = finance_requests.read(desk.hub, asked.request.case)
    documents = finance_requests.papers(desk.hub, request)
    claims = finance_claiming.claims(desk.hub, request, documents)
    checks, stage = weigh(desk, replace(asked, request=request), claims)
    told = _record(request, checks, stage)
    known = request.names.get(ANSWER)
    before = desk.hub.archive.get(known) if known is not None else None
    if before is None:
        return _filed(desk.hub, request, told)
    if _facts(before.record) == _facts(told):
        return before
    return _filed(desk.hub, request, {**told, "supersedes": before.record["id"]})


def weigh(desk: Desk, asked: Asked, claims: Claims) -> tuple[tuple[Check, ...], str | None]:
    """Every check of a request, and the order's stage (None: not known)."""
    request, letter = asked.request, asked.letter
    documents = finance_requests.papers(desk.hub, request)
    down = {name for name, item in request.items.items() if is_down(item)}
    found = replace(
        papers_of(desk.hub, request, letter, documents),
        known=_known(desk, request, letter, claims),
        down=frozenset(down | asked.broken),
        denied=frozenset(n for n, item in request.items.items() if item.state == "refused"),
    )
    return finance_checks.weigh(desk.checklist, found), finance_case.stage(desk.checklist, found)


def papers_of(
    hub: Hub, request: Request, letter: Letter, documents: Mapping[str, Document]
) -> Case:
    """The papers of a request's case, today, under its letter; what else is known is not in it."""
    return Case(
        papers={name: _paper(name, each, request.bank) for name, each in documents.items()},
        datasets=letter.datasets,
        today=times.civil_day(hub.clock()),
        data_from=_day(letter.row.data_from),
        data_until=_day(letter.row.data_until),
    )


def is_down(row: ItemRow) -> bool:
    """Was it asked in vain: tried and not there, or left to a person?"""
    return row.state == "parked" or (row.state in case_rows.WORKABLE and bool(row.code))


def _paper(name: str, document: Document, bank: str) -> Paper:
    """What the bank has handed in is no word of the hub's."""
    record = document.record
    day = finance_case.own_day(record) or times.civil_day(document.origin.as_of)
    source = bank if name in OWN else document.origin.provider
    return Paper(record, source, day, document.id)


def _known(desk: Desk, request: Request, letter: Letter, claims: Claims) -> Known:
    return Known(
        bank=desk.rules.bank(request.bank).uscc,
        is_revoked=letter.revocation is not None,
        uses_left=letter.row.max_uses - letter.row.uses + 1,  # with this reading, counted already
        is_elsewhere=claims.is_elsewhere,
        financed_fen=claims.of_order_fen,
        holidays=desk.hub.site.holidays,
        core=desk.core,
        core_used_fen=claims.of_buyer_fen,
    )


def _day(told: str) -> date | None:
    return date.fromisoformat(told) if told else None


def _record(request: Request, checks: Sequence[Check], stage: str | None) -> dict[str, Any]:
    return {
        "bank": request.bank,
        "request": request.number,
        "letter": request.record["letter"],
        "order": request.record["order"],
        **({"stage": stage} if stage else {}),
        "is_complete": finance_checks.is_complete(checks),
        "checks": [row(each) for each in checks],
    }


def row(check: Check) -> dict[str, Any]:
    """A check as it is told; what is not there is left out."""
    told: dict[str, Any] = {"check": check.name, "title": check.title, "state": check.state}
    more = {
        "codes": list(check.codes),
        "basis": list(check.basis),
        "source": check.source,
        "as_of": check.as_of.isoformat() if check.as_of else "",
        "document": check.document,
    }
    return told | {name: value for name, value in more.items() if value}


def _facts(record: Record) -> bytes:
    return canonical.dumps({name: value for name, value in record.items() if name not in _CHANGING})


def _filed(hub: Hub, request: Request, told: Mapping[str, Any]) -> Document:
    now = hub.clock()
    number = f"{request.record['id']}-{times.stamp(now)}"
    record = {**told, "id": number, "as_of": times.stamp(now)}
    own_filing.file(hub, [own_filing.Paper(request.case, ANSWER, KIND, f"{KIND}/{number}", record)])
    names = finance_requests.read(hub, request.case).names
    if ANSWER not in names:
        raise Fatal("case.unknown", case=request.case)
    return hub.archive.get(names[ANSWER])
