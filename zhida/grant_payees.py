"""Where an award is paid to: the account of each attempt, and never two attempts that may both be paid.

The first account is the firm's own answer, or (where a policy asks nothing) what a holder has on
record; without one the award waits. After a return the firm is asked for another (matter
``grant-account``); its answer becomes the next attempt only while our own ledger says, under the case's
lock, that the attempt before it was returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from exchange.errors import Invalid
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.award_rows import Followed
from exchange.store.engine import Connection
from mappings import shapes
from matters import award_states
from matters.award_states import RETURNED
from zhida import grant_awards, grant_cases, grant_lists, own_filing, own_opening
from zhida.grant_awards import MATTER
from zhida.hub import Hub
from zhida.own_filing import Paper
from zhida.own_opening import Own

KIND = "grant-payee"
ACCOUNT = "grant-account"
"""The matter in which a firm is asked for another account."""
_FIELDS = ("name", "account", "bank_cnaps")


def first(hub: Hub) -> int:
    """The account of the first attempt, for who has confirmed and has none: how many are new."""
    new = 0
    for chunk in grant_cases.followed(hub, ["confirmed"]):
        papers = [p for each in chunk if (p := _first(hub, each)) is not None]
        new += own_filing.file(hub, papers)
    return new


def _first(hub: Hub, each: Followed) -> Paper | None:
    if "payee" in each.documents:
        return None
    told: Mapping[str, Any] = grant_awards.content(hub, each.award).account
    if "confirmation" in each.documents:
        said = _document(hub, each.award.case, "confirmation")
        told = {**said, "source": "confirmation"}
    if any(name not in told for name in _FIELDS):
        return None  # nobody knows an account: it is not paid
    paper = _paper(each, 1, told)
    return paper if _is_account(hub, paper) else None


def _is_account(hub: Hub, paper: Paper) -> bool:
    """What a holder has on record may be no account at all: then nobody knows one."""
    try:
        shapes.of(hub.site.folder).validate(KIND, paper.record)
    except Invalid:
        return False
    return True


def _paper(each: Followed, attempt: int, told: Mapping[str, Any]) -> Paper:
    record = {name: told[name] for name in (*_FIELDS, "source")}
    record |= {"award": each.award.id, "attempt": attempt}
    key = f"payee/{each.award.id}/{attempt}"
    may = partial(_may, each.award.case, attempt)
    return Paper(each.award.case, "payee", KIND, key, record, may)


def _may(case: str, attempt: int, connection: Connection) -> bool:
    """Nothing has left for the first; the one before was returned, for any other."""
    rows = {row.item: row for row in case_rows.items(connection, case)}
    row = rows[award_states.payer({name: (r.state, r.code) for name, r in rows.items()})]
    if attempt == 1:
        return row.state == "waiting" and not row.effect
    return (row.state, row.code) == ("refused", RETURNED)


def ask(hub: Hub) -> int:
    """Whose payment was returned is asked for another account: how many now."""
    into, asked = own_opening.stream(hub, ACCOUNT, KIND), 0
    for each, payee in _returned(hub):
        words = own_opening.take_all(into, [Own(_name(payee), payee)])
        with hub.store.read() as connection:
            case = _case(hub, connection, payee)
        record = grant_awards.content(hub, each.award).award
        own_filing.file(hub, [Paper(case, "award", MATTER, f"{_name(payee)}/award", record)])
        asked += words["opened"]
    return asked


def correct(hub: Hub) -> int:
    """What they answered is the account of the next attempt: how many are new."""
    papers = [paper for each, payee in _returned(hub) for paper in _corrected(hub, each, payee)]
    return own_filing.file(hub, papers)


def _corrected(hub: Hub, each: Followed, payee: Record) -> Iterator[Paper]:
    with hub.store.read() as connection:
        case = _case(hub, connection, payee)
        item = case_rows.get_item(connection, case, "ask")
        there = case_rows.documents(connection, case)
    if item is None or item.state != "applied" or "confirmation" not in there:
        return
    said = _document(hub, case, "confirmation")
    if all(name in said for name in _FIELDS):
        yield _paper(each, int(payee["attempt"]) + 1, {**said, "source": "corrected"})


def _returned(hub: Hub) -> Iterator[tuple[Followed, Record]]:
    """Awards whose newest payment was returned, with the account that it was to go to."""
    for chunk in grant_cases.followed(hub, ["returned"]):
        for each in chunk:
            if each.items[award_states.payer(each.items)] == ("refused", RETURNED):
                yield each, _document(hub, each.award.case, "payee")


def _name(payee: Record) -> str:
    return f"{ACCOUNT}/{payee['award']}/{payee['attempt']}"


def _case(hub: Hub, connection: Connection, payee: Record) -> str:
    identity = (str(payee["award"]), str(payee["attempt"]))
    return grant_lists.case_of(hub, connection, ACCOUNT, *identity)


def _document(hub: Hub, case: str, name: str) -> Record:
    with hub.store.read() as connection:
        known = case_rows.documents(connection, case)[name]
        record: Record = hub.archive.read(connection, known).record
    return record
