"""The rows of a list or a batch as a file for Excel: what its head looks through, and what is made public.

Whoever agrees has seen a count, a sum and a digest; the file is checked against that digest before it
is given, so what is published is what was agreed to. That it was given is told in the ledger.
"""

from __future__ import annotations

import csv
import io

from exchange.errors import Fatal, Rejected
from exchange.ledger import Entry
from exchange.store import award_rows, grant_rows
from exchange.store.grant_rows import SheetRow
from zhida import grant_awards, grant_lists, grant_view
from zhida.hub import Hub
from zhida.operators import Signatory

HEADINGS = ("奖补编号", "企业名称", "统一社会信用代码", "政策", "阶段", "金额（元）")


def find(hub: Hub, start: str) -> SheetRow:
    """The list or batch whose number begins so. ``Fatal`` unless it is one."""
    with hub.store.read() as connection:
        rows = [s for kind in ("list", "batch") for s in grant_rows.sheets(connection, kind)]
    found = [row for row in rows if row.id.startswith(start)]
    if len(found) != 1 or len(start) < grant_view.SHORTEST:
        raise Fatal("grant.no-sheet", sheet=start[:40])
    return found[0]


def rows(hub: Hub, who: Signatory, sheet: SheetRow) -> bytes:
    """CSV in UTF-8 with a mark that Excel reads. ``Rejected`` if the rows are not those of the digest."""
    with hub.store.read() as connection:
        awards = award_rows.of_sheet(connection, sheet.id, sheet.kind)
    if grant_lists.digest(awards) != sheet.digest:
        raise Rejected("grant.other-rows", sheet=sheet.id)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in awards:
        told = grant_awards.content(hub, row).award
        firm = told["firm"]
        sum_of = grant_view.yuan(row.amount_fen)
        writer.writerow([row.id, firm["name"], firm["uscc"], told["title"], row.stage, sum_of])
    details = {"operator": who.operator.name, "number": len(awards), "rows_digest": sheet.digest}
    hub.ledger.commit(lambda _: [Entry("grant-rows", sheet.id, "", details)])
    return text.getvalue().encode("utf-8-sig")
