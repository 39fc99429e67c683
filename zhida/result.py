"""The result of a case as a document: what each item came to, for the desk that asked."""

from __future__ import annotations

from typing import Any

from exchange import canonical
from exchange import receipt as receipts
from exchange.case import BY_HAND, hand_of
from exchange.document import Document, Origin
from exchange.ports import Answer
from exchange.store import case_rows, delivery_rows, document_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from zhida import progress, site_words
from zhida.filing import Found
from zhida.task import Task

KIND = "matter-result"

STATES = {
    "applied": "已办结",
    "refused": "不予办理",
    "invalid": "数据有误，未发送",
    "blocked": "因前置事项未办结而未办理",
    "given-up": "人工终止",
    "cancelled": "已取消，未办理",
    "shadowed": "试运行，未办理",
    "superseded": "因数据已更正或撤销而未办理",
    "skipped": "不需办理",
    "halted": "按规定不办理",
}


NAME = "result"
"""The case's name for it."""


def document(task: Task) -> Document:
    """The case's result document, made and stored when it is first needed."""
    hub = task.hub
    with hub.store.read() as connection:
        known = case_rows.documents(connection, task.case).get(NAME)
    if known:
        return hub.archive.get(known)
    record = build(task)
    raw = canonical.dumps(record)
    origin = Origin(
        kind=KIND,
        issuer="",
        provider=hub.site.unit,
        custody="hub",
        source="zhida",
        as_of=hub.clock(),
    )
    found, salt = progress.sign_as_hub(hub, Answer(raw, record=record), origin)
    hub.ledger.commit(lambda c: progress.keep(task, c, Found(found, raw, salt), NAME))
    return found


def build(task: Task) -> dict[str, Any]:
    """What the items came to; the clerk's request is the address."""
    with task.hub.store.read() as connection:
        rows = case_rows.items(connection, task.case)
        opening = case_rows.documents(connection, task.case)[task.matter.opens_on[0].gives]
        request = _sent_as(connection, opening)
    came_to = {row.item: row for row in rows}
    own = [row for row in rows if not row.item.endswith(f"-{BY_HAND}")]
    counted = [came_to[hand_of(row.item)] if row.state == BY_HAND else row for row in own]
    ended = [row for row in counted if row.state in STATES]
    record: dict[str, Any] = {
        "request_id": request,
        "summary": summary(task, ended),
        "items": {_root(task, row): row.state for row in ended if row.item in task.matter.items},
    }
    reasons = "；".join(filter(None, (reason(task, row) for row in ended)))
    return record | ({"reason": reasons[:2000]} if reasons else {})


def _sent_as(connection: Connection, opening: str) -> str:
    """The key under which the form came of which this is the newest version."""
    while not (key := document_rows.key_of(connection, opening)):
        opening = document_rows.supersedes(connection, opening)
        if not opening:
            return ""
    return key


def _root(task: Task, row: ItemRow) -> str:
    return task.matter.items[row.item].stands_for or row.item


def summary(task: Task, rows: list[ItemRow]) -> str:
    """One line for the clerk: every item with its Chinese title and result."""
    return "；".join(f"{task.matter.title_of(row.item)}：{STATES[row.state]}" for row in rows)


def reason(task: Task, row: ItemRow) -> str:
    """Why an item was not done: the unit's own words if it gave any, else the code's text."""
    if row.state not in ("refused", "invalid"):
        return ""
    title = task.matter.title_of(row.item)
    with task.hub.store.read() as connection:
        kept = delivery_rows.receipts(connection, [row.effect]) if row.effect else []
    said = receipts.open_row(task.hub.vault, kept[-1]).reason if kept else ""
    text, _ = site_words.describe(
        task.hub.site, row.code, canonical.loads(row.facts.encode()), "zh"
    )
    return f"{title}：{said or text}"
