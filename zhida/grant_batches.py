"""Finance looks at what is to be paid, a batch at a time: all awards of a policy that can be paid.

A batch is a case (matter ``grant-payment``). Where it is approved, each of its awards gets the approval
as a document of its own case, and only that lets the order leave. A policy has one open batch at a
time, so that finance gets one request of a policy, and not one every few minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from exchange.case import GOOD
from exchange.document import new_id
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import award_rows, case_rows, grant_rows
from exchange.store.award_rows import AwardRow
from exchange.store.engine import Connection
from exchange.store.grant_rows import SheetRow
from zhida import (
    grant_awards,
    grant_cases,
    grant_lists,
    grant_moves,
    grant_table,
    own_filing,
    own_opening,
)
from zhida.grant_moves import Move
from zhida.grant_people import People
from zhida.hub import Hub
from zhida.own_filing import Paper
from zhida.own_opening import Own

MATTER = "grant-payment"
KIND = "batch"
_PAYERS = {"treasury": "国库", "unemployment-fund": "失业保险基金"}
"""Route of a policy → who pays, as firms are told."""


def form(hub: Hub) -> int:
    """A batch for each policy that has awards to be paid, and none under review: how many."""
    with hub.store.read() as connection:
        busy = {s.policy for s in grant_rows.sheets(connection, KIND, state="open")}
    rows: dict[str, list[AwardRow]] = {}
    for chunk in grant_cases.followed(hub, ["confirmed"]):
        for each in chunk:
            if each.award.policy not in busy and "payee" in each.documents:
                rows.setdefault(each.award.policy, []).append(each.award)
    for some in rows.values():
        sheet = grant_lists.sheet_of(hub, KIND, new_id(), some)
        hub.ledger.commit(partial(_form, hub, some, sheet))
    return len(rows)


def _form(
    hub: Hub, rows: Sequence[AwardRow], sheet: SheetRow, connection: Connection
) -> list[Entry]:
    if any(s.policy == sheet.policy for s in grant_rows.sheets(connection, KIND, state="open")):
        return []
    grant_rows.add_sheet(connection, sheet)
    moves = [Move(row, "in-review", values={"batch": sheet.id}) for row in rows]
    return [grant_lists.formed(sheet), *grant_moves.write(hub, connection, moves)]


def open_cases(hub: Hub, people: People) -> int:
    """Each batch goes to its reviewer: how many do now."""
    into = own_opening.stream(hub, MATTER, "grant-payment-batch")
    with hub.store.read() as connection:
        sheets = [s for s in grant_rows.sheets(connection, KIND, state="open") if not s.case]
        first = {s.id: award_rows.of_sheet(connection, s.id, KIND)[0] for s in sheets}
    for sheet in sheets:
        award = grant_awards.content(hub, first[sheet.id]).award
        record = _document(sheet, award, people.reviewer(str(award["route"])))
        record |= _rows(hub, sheet)
        own_opening.take_all(into, [Own(f"{MATTER}/{sheet.id}", record)], _note_case(hub))
    return len(sheets)


def _note_case(hub: Hub) -> own_opening.Also:
    def note(connection: Connection, own: Own) -> list[Entry]:
        sheet = str(own.record["id"])
        case = grant_lists.case_of(hub, connection, MATTER, sheet)
        grant_rows.set_sheet(connection, sheet, case=case)
        return []

    return note


def _document(sheet: SheetRow, award: Record, reviewer: str) -> dict[str, str | int]:
    return {
        "id": sheet.id,
        "policy": sheet.policy,
        "title": str(award["title"]),
        "count": sheet.number,
        "total_fen": sheet.total_fen,
        "rows_digest": sheet.digest,
        "reviewer": reviewer,
    }


def _rows(hub: Hub, sheet: SheetRow) -> dict[str, str | int]:
    """Who is paid how much to which account; the agreement says whether finance sees accounts whole."""
    rows, table = grant_lists.table_of(hub, sheet)
    masked = grant_table.of_batch(hub, rows, masked=True)
    told = {"rows": table, "masked_rows": masked}
    return {name: grant_table.shown(each, sheet.id, sheet.number) for name, each in told.items()}


def conclude(hub: Hub) -> int:
    """Batches on which finance has decided: how many. What it approved may be paid from here on."""
    with hub.store.read() as connection:
        sheets = [s for s in grant_rows.sheets(connection, KIND, state="open") if s.case]
        reviews = {s.id: case_rows.get_item(connection, s.case, "review") for s in sheets}
    ended = 0
    for sheet in sheets:
        review = reviews[sheet.id]
        if review is not None and review.state in GOOD:
            _approve(hub, sheet)
            ended += 1
        elif review is not None and review.state in grant_moves.FAILED:
            hub.ledger.commit(partial(_refuse, hub, sheet, review.code))
            ended += 1
    return ended


def _approve(hub: Hub, sheet: SheetRow) -> None:
    """Each award's case gets the approval; then the batch is done."""
    said = _said(hub, sheet.case)
    with hub.store.read() as connection:
        rows = award_rows.of_sheet(connection, sheet.id, KIND)
    own_filing.file(hub, (paper for row in rows for paper in _papers(hub, row, sheet, said)))
    with hub.store.write() as connection:
        grant_rows.set_sheet(connection, sheet.id, state="done")


def _said(hub: Hub, case: str) -> Mapping[str, str]:
    """Who approved, and when; by its case's document, which the OA's form gave."""
    with hub.store.read() as connection:
        known = case_rows.documents(connection, case)["approval"]
        record: Mapping[str, str] = hub.archive.read(connection, known).record
    return record


def _papers(hub: Hub, row: AwardRow, sheet: SheetRow, said: Mapping[str, str]) -> Iterator[Paper]:
    """The notice first: the case holds it back until the treasury has paid."""
    yield Paper(row.case, "notice", "grant-notice", f"notice/{row.id}", _notice(hub, row))
    record = {"award": row.id, "batch": sheet.id, "by": said["by"], "on": said["on"]}
    yield Paper(row.case, "approval", "grant-approval", f"approval/{row.id}", record)


def _notice(hub: Hub, row: AwardRow) -> Record:
    award = grant_awards.content(hub, row).award
    payer = _PAYERS[str(award["route"])]
    sum_of = f"{row.amount_fen // 100:,}.{row.amount_fen % 100:02} 元"
    return {
        "id": f"paid/{row.id}",
        "about": "paid",
        "firm": dict(award["firm"]),
        "policy": award["policy"],
        "title": award["title"],
        "text": f"贵单位“{award['title']}”奖补 {sum_of}已由{payer}支付，请查收。",
        "amount_fen": row.amount_fen,
    }


def _refuse(hub: Hub, sheet: SheetRow, code: str, connection: Connection) -> list[Entry]:
    rows = award_rows.of_sheet(connection, sheet.id, KIND)
    moves = [Move(row, "refused-by-finance", code) for row in rows if row.state == "in-review"]
    grant_rows.set_sheet(connection, sheet.id, state="done")
    return grant_moves.write(hub, connection, moves)
