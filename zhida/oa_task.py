"""Work for a person as a document: what is to be done for which item, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import canonical
from exchange.case import root_of
from exchange.document import Document, Origin
from exchange.ports import Answer
from exchange.store import case_rows, delivery_rows
from exchange.store.engine import Connection
from matters import lanes
from zhida import progress
from zhida.filing import Found
from zhida.lane import CODES, Decider
from zhida.task import Task

KIND = "oa-task"


def document(task: Task) -> Document:
    """The item's task, made and stored when it is first needed."""
    hub, name = task.hub, name_of(task.item.name)
    with hub.store.read() as connection:
        known = case_rows.documents(connection, task.case).get(name)
        record = {} if known else build(task, connection)
    if known:
        return hub.archive.get(known)
    origin = Origin(
        kind=KIND,
        issuer="",
        provider=hub.site.unit,
        custody="hub",
        source="zhida",
        as_of=hub.clock(),
    )
    raw = canonical.dumps(record)
    found, salt = progress.sign_as_hub(hub, Answer(raw, record=record), origin)
    hub.ledger.commit(lambda c: progress.keep(task, c, Found(found, raw, salt), name))
    return found


def name_of(item: str) -> str:
    """The case's name for an item's task.

    >>> name_of("pledge")
    'task-pledge'
    """
    return f"task-{item}"


def build(task: Task, connection: Connection) -> dict[str, Any]:
    """What the person reads; the facts themselves are in the form's own fields."""
    item = task.matter.items[task.item.stands_for or task.item.name]
    return {
        "case": task.case,
        "item": item.name,
        "title": f"{task.matter.title}：{item.title}",
        "content": "\n".join(_lines(task, connection)),
        "round": 1 + _done(task, connection),
    }


def _done(task: Task, connection: Connection) -> int:
    """How often a person has done it for this case: what has grown old is asked again, as another work."""
    rows = delivery_rows.deliveries(connection, task.case)
    return sum(row.item == task.row and row.state == "applied" for row in rows)


def _lines(task: Task, connection: Connection) -> Iterator[str]:
    row = case_rows.get_item(connection, task.case, root_of(task.item.stands_for or task.row))
    facts = canonical.loads(row.facts.encode()) if row else {}
    if row is not None and row.code == CODES["by-hand"] and facts.get("reason", "-") != "-":
        yield f"原因：{facts['reason']}"
        if facts.get("article", "-") != "-":
            yield f"依据：{facts['article']}"
    fields = Decider(task.hub, connection, task.matter, task.case).fields()
    missing = lanes.missing_of(task.item.lanes, fields)
    if missing:
        yield "请一次补齐以下内容（其余材料已由各部门共享，不再收取）："
        yield from (f"{n}. {each.title}" for n, each in enumerate(missing, 1))
    else:
        yield "材料已由各部门共享，见表单；请办理并填写结果。"
