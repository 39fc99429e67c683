"""The rows of a list or a batch as text: what its head agrees to, what finance lets be paid, what is public.

One line an award, in the order of their numbers, as CSV. The whole table as a file (``as_file``) has the
digest that stands in the document, in the ledger and in the request: ``sha256sum`` of what ``zhida grants
rows`` wrote gives the same. A form holds some hundred lines; of a longer table it says where the file is.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from exchange.store import document_rows
from exchange.store.award_rows import AwardRow
from matters.parts import OWN
from zhida import grant_awards
from zhida.hub import Hub

MOST_SHOWN = 300
"""Lines that a form still shows."""
_FIRM = ("奖补编号", "企业名称", "统一社会信用代码", "阶段", "金额（元）")
_PUBLIC = ("奖补编号", "企业名称", "金额（元）")
_ACCOUNT = ("收款户名", "收款账号", "开户行联行号")
Told = Mapping[str, Any]


def of_list(hub: Hub, rows: Sequence[AwardRow]) -> str:
    """Each award with its firm and amount."""
    return _written(_FIRM, (_firm(row, _award(hub, row)) for row in rows))


def of_batch(hub: Hub, rows: Sequence[AwardRow], *, masked: bool = False) -> str:
    """The same with the account that is paid to; ``masked``: only its last four digits are told."""
    shown = mask if masked else str
    lines = ([*_firm(r, _award(hub, r)), *_account(_payee(hub, r), shown)] for r in rows)
    return _written((*_FIRM, *_ACCOUNT), lines)


OF: Mapping[str, Callable[[Hub, Sequence[AwardRow]], str]] = {"list": of_list, "batch": of_batch}
"""Kind of sheet → its whole table."""


def public(hub: Hub, rows: Sequence[AwardRow]) -> str:
    """What everybody may read, and by which number they object: names and amounts."""
    lines = [[r.id, _award(hub, r)["firm"]["name"], _yuan(r.amount_fen)] for r in rows]
    return _written(_PUBLIC, lines)


def as_file(table: str) -> bytes:
    """In UTF-8 with the mark by which Excel knows it."""
    return table.encode("utf-8-sig")


def digest(table: str) -> str:
    """SHA-256 of the file: what somebody agrees to is these rows and no others."""
    return hashlib.sha256(as_file(table)).hexdigest()


def shown(table: str, sheet: str, number: int) -> str:
    """The table, or (of more than ``MOST_SHOWN`` rows) where its file is to be had.

    >>> shown("a,b\\n1,2\\n", "00ff", 1)
    'a,b\\n1,2\\n'
    """
    if number <= MOST_SHOWN:
        return table
    return (
        f"共 {number} 笔，多于 {MOST_SHOWN} 笔，表单中不列。明细文件请操作人取得："
        f"zhida grants rows {sheet[:12]} -o 明细.csv，文件的 SHA-256 即明细摘要。"
    )


def mask(account: str) -> str:
    """
    >>> mask("6222020000001")
    '*********0001'
    """
    return "*" * max(len(account) - 4, 4) + account[-4:]


def _award(hub: Hub, row: AwardRow) -> Told:
    return grant_awards.content(hub, row).award


def _payee(hub: Hub, row: AwardRow) -> Told:
    """Of the first attempt, which is the one that finance looks at."""
    with hub.store.read() as connection:
        known = document_rows.document_of(connection, OWN, f"payee/{row.id}/1")
        found: Told = hub.archive.read(connection, known).record
    return found


def _firm(row: AwardRow, award: Told) -> list[str]:
    firm = award["firm"]
    return [row.id, firm["name"], firm["uscc"], row.stage, _yuan(row.amount_fen)]


def _account(payee: Told, shown_as: Callable[[str], str]) -> list[str]:
    return [payee["name"], shown_as(payee["account"]), payee["bank_cnaps"]]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _written(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(lines)
    return text.getvalue()
