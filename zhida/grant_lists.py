"""From matched to cleared: one list a policy and run, which its head agrees to, and which is public.

A list is a case (matter ``grant-list``) that is opened by its document; the case tells what became of
it. Each step takes up what the one before has left, so a step that died is done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from exchange import times
from exchange.case import GOOD
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import award_rows, case_rows, grant_rows
from exchange.store.award_rows import AwardRow
from exchange.store.engine import Connection
from exchange.store.grant_rows import RunRow, SheetRow
from matters.policy import Policy
from zhida import grant_awards, grant_moves, grant_table, own_opening
from zhida.grant_people import People
from zhida.hub import Hub
from zhida.own_opening import Own

MATTER = "grant-list"
ENDED = ("matched", "applied")
"""States of a run that has all its awards: a night's, or one application's."""
KIND = "list"


def form(hub: Hub) -> int:
    """A sheet for each policy of each run that is matched to its end: how many."""
    with hub.store.read() as connection:
        told = award_rows.policies(connection, "matched", ENDED)
    for run, policy, version in told:
        with hub.store.read() as connection:
            which = {"run": run, "policy": policy, "version": version}
            rows = award_rows.some(connection, "matched", limit=10**9, **which)
        if rows:
            sheet = sheet_of(hub, KIND, grant_awards.list_of(hub, run, policy, version), rows)
            hub.ledger.commit(partial(_form, rows, sheet))
    return len(told)


def _form(rows: Sequence[AwardRow], sheet: SheetRow, connection: Connection) -> list[Entry]:
    if not grant_rows.add_sheet(connection, sheet):  # another has just done it
        return []
    for row in rows:
        award_rows.move(connection, row, state="listed", list=sheet.id, updated_at=sheet.at)
    return [formed(sheet)]


def sheet_of(hub: Hub, kind: str, identifier: str, rows: Sequence[AwardRow]) -> SheetRow:
    """The sheet that these awards of one policy make up. Every one is opened for it."""
    first = rows[0]
    return SheetRow(
        id=identifier,
        kind=kind,
        run=first.run if kind == KIND else "",
        policy=first.policy,
        version=first.version,
        number=len(rows),
        total_fen=sum(row.amount_fen for row in rows),
        digest=grant_table.digest(grant_table.OF[kind](hub, rows)),
        state="open",
        case="",
        at=times.stamp(hub.clock()),
    )


def formed(sheet: SheetRow) -> Entry:
    """The ledger's word that these awards are decided on together."""
    told = {"policy": sheet.policy, "number": sheet.number, "total_fen": sheet.total_fen}
    return Entry(f"grant-{sheet.kind}", sheet.id, "", told | {"rows_digest": sheet.digest})


def wait(hub: Hub) -> bool:
    """Is there anything to be listed, or a list that its head has not got? Only that needs policies."""
    with hub.store.read() as connection:
        sheets = grant_rows.sheets(connection, KIND, state="open")
        matched = award_rows.some(connection, "matched", limit=1)
    return bool(matched) or any(not sheet.case for sheet in sheets)


def open_cases(hub: Hub, policies: Mapping[str, Policy], people: People) -> int:
    """Each list goes to its head: how many do now. A policy that is gone leaves its list alone."""
    into = own_opening.stream(hub, MATTER, "grant-list")
    with hub.store.read() as connection:
        sheets = [s for s in grant_rows.sheets(connection, KIND, state="open") if not s.case]
        runs = {s.run: grant_rows.get_run(connection, s.run) for s in sheets}
    opened = 0
    for sheet in sheets:
        policy, run = policies.get(sheet.policy), runs[sheet.run]
        if policy is not None and run is not None:
            record = _document(sheet, run, policy, people.head(policy.department))
            record |= _rows(hub, sheet, policy)
            own_opening.take_all(into, [Own(f"{MATTER}/{sheet.id}", record)], _note_case(hub))
            opened += 1
    return opened


def _note_case(hub: Hub) -> own_opening.Also:
    def note(connection: Connection, own: Own) -> list[Entry]:
        sheet = str(own.record["id"])
        case = case_of(hub, connection, MATTER, sheet)
        grant_rows.set_sheet(connection, sheet, case=case)
        return []

    return note


def case_of(hub: Hub, connection: Connection, matter: str, *identity: str) -> str:
    """The id of the case that the hub has opened for it."""
    tag = hub.vault.tag("case", matter, *identity)
    return case_rows.by_identity(connection, matter, tag) or ""


def _document(sheet: SheetRow, run: RunRow, policy: Policy, head: str) -> dict[str, str | int]:
    return {
        "id": sheet.id,
        "policy": policy.name,
        "title": policy.title,
        "version": sheet.version,
        "department": policy.department,
        "head": head,
        "run": run.id,
        "on": run.day,
        "count": sheet.number,
        "total_fen": sheet.total_fen,
        "publicity_days": policy.publicity,
        "rows_digest": sheet.digest,
        "dataset": run.decisions or run.id,
    }


def _rows(hub: Hub, sheet: SheetRow, policy: Policy) -> dict[str, str | int]:
    """Whom its head agrees to, and (where the policy says so) what everybody may read."""
    rows, table = table_of(hub, sheet)
    told: dict[str, str | int] = {"rows": grant_table.shown(table, sheet.id, sheet.number)}
    return told | ({"public_rows": grant_table.public(hub, rows)} if policy.publicity else {})


def table_of(hub: Hub, sheet: SheetRow) -> tuple[list[AwardRow], str]:
    """Its awards, and the table of them. ``Rejected`` if they are not those of its digest any more."""
    with hub.store.read() as connection:
        rows = award_rows.of_sheet(connection, sheet.id, sheet.kind)
    table = grant_table.OF[sheet.kind](hub, rows)
    if grant_table.digest(table) != sheet.digest:
        raise Rejected("grant.other-rows", sheet=sheet.id)
    return rows, table


def conclude(hub: Hub) -> int:
    """Lists whose head has said no, or whose publicity is over: how many."""
    with hub.store.read() as connection:
        sheets = [s for s in grant_rows.sheets(connection, KIND, state="open") if s.case]
        told = {s.id: case_rows.items(connection, s.case) for s in sheets}
    ended = 0
    for sheet in sheets:
        states = {row.item: (row.state, row.code) for row in told[sheet.id]}
        if states["head"][0] in grant_moves.FAILED:
            _end(hub, sheet, {}, refused=states["head"][1])
            ended += 1
        elif states["head"][0] in GOOD and states["publish"][0] in GOOD:
            _end(hub, sheet, _objections(hub, sheet.case))
            ended += 1
    return ended


def _objections(hub: Hub, case: str) -> dict[str, str]:
    """Award → code, out of what the portal told when the publicity was over."""
    with hub.store.read() as connection:
        known = case_rows.documents(connection, case).get("publicity")
    told: Iterable[Mapping[str, str]] = ()
    if known:
        told = hub.archive.get(known).record.get("objections", ())
    return {each["award"]: "grant.objected" for each in told}


def _end(hub: Hub, sheet: SheetRow, objections: Mapping[str, str], *, refused: str = "") -> None:
    """Every award of the list moves, and the list is done: in one transaction."""

    def write(connection: Connection) -> list[Entry]:
        rows = award_rows.of_sheet(connection, sheet.id, KIND)
        missing = objections.keys() - {row.id for row in rows}
        if missing:  # the portal has told of an award that is not on this list
            raise Rejected("grant.foreign-objection", list=sheet.id, award=min(missing))
        moved = [grant_moves.Move(row, *_state(row, objections, refused)) for row in rows]
        grant_rows.set_sheet(connection, sheet.id, state="done")
        return grant_moves.write(hub, connection, moved)

    hub.ledger.commit(write)


def _state(row: AwardRow, objections: Mapping[str, str], refused: str) -> tuple[str, str]:
    if refused:
        return "refused-by-head", refused
    if row.id in objections:
        return "objected", objections[row.id]
    return "cleared", ""
