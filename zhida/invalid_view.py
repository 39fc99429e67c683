"""Messages that could not be understood, as people see them: whence, which file, which record, why.

No personal data: of a file its number in the folder ``done``, of a record its place in it.
"""

from __future__ import annotations

from typing import Any

from exchange.problems import describe
from exchange.store import incident_rows
from exchange.store.engine import Connection
from zhida import kept
from zhida.kept import Filter, Kept
from zhida.watch import Watch


def listed(watch: Watch, *, everything: bool = False) -> list[dict[str, Any]]:
    """Newest first; those of which a person has acknowledged the incident only if ``everything``."""
    with watch.store.read() as connection:
        rows = kept.choose(connection, Filter())
        found = [view(watch, connection, each) for each in reversed(rows)]
    return [each for each in found if everything or not each["acknowledged"]]


def one(watch: Watch, beginning: str) -> dict[str, Any]:
    """The message whose id begins so. ``Fatal`` if there is none, or more than one."""
    with watch.store.read() as connection:
        return view(watch, connection, kept.one(connection, beginning))


def view(watch: Watch, connection: Connection, told: Kept) -> dict[str, Any]:
    """One message. ``file`` is empty where the wire has no files, ``record`` 0 for the whole."""
    row, site = told.row, watch.site
    system, matter = site.systems.get(row.source), site.matters.get(told.matter)
    known = incident_rows.last_closed(connection, "messages", row.source)
    return {
        "id": row.id,
        "source": row.source,
        "source_title": system.title if system else row.source,
        "matter": told.matter,
        "matter_title": matter.title if matter else told.matter,
        "stream": told.stream,
        "file": told.file,
        "record": told.record,
        "key": row.key,
        "at": row.at,
        "acknowledged": row.at <= known,
        "problems": [_problem(each, site.language) for each in told.problems],
    }


def place(told: dict[str, Any]) -> str:
    """Where it stands, in few words; empty if the wire has no files.

    >>> place({"file": "20261128T083354532646-eb523b98", "record": 3})
    '20261128T083354532646-eb523b98\\n第 3 条'
    """
    record = f"第 {told['record']} 条" if told["record"] else "整个文件"
    return f"{told['file']}\n{record}" if told["file"] else ""


def _problem(facts: dict[str, Any], language: str) -> dict[str, str]:
    what, remedy = describe(facts["code"], facts, language)
    return {"code": facts["code"], "what": what, "remedy": remedy}
