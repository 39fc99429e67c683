"""Which definition a case goes by: the one that it began with, whatever the file says since."""

from __future__ import annotations

from exchange.errors import Fatal
from exchange.store import case_rows
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection, Store
from matters import matter
from matters.matter import Matter
from zhida.site import Site


def of_case(site: Site, store: Store, row: CaseRow) -> Matter:
    """The case's matter as it was when the case was opened."""
    now = site.matters.get(row.matter)
    if now is not None and now.digest == row.definition:
        return now
    with store.read() as connection:
        return of_row(site, connection, row)


def of_row(site: Site, connection: Connection, row: CaseRow) -> Matter:
    """The same within a transaction."""
    now = site.matters.get(row.matter)
    if now is not None and now.digest == row.definition:
        return now
    content = case_rows.get_definition(connection, row.definition)
    if content is None:
        raise Fatal("case.no-definition", case=row.id, matter=row.matter)
    return matter.from_definition(content)
