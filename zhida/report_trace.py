"""``--trace FIGURE``: the ledger's entries that a figure of a report is counted from.

An auditor takes the numbers to ``zhida ledger`` or ``zhida evidence export``; nothing personal is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from exchange.errors import Rejected
from exchange.names import nearest
from zhida.report_sections import Section

COLUMNS = {"figure": "数字", "value": "计入", "seq": "账本序号", "kind": "条目", "ref": "关于"}


class Entry(Protocol):
    """What is told of an entry of the ledger."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def ref(self) -> str:
        """What it is about."""

    @property
    def case(self) -> str:
        """Empty: it is about no case."""


def row(figure: str, value: Any, found: Entry) -> dict[str, Any]:
    """One entry of a figure; ``value``: what it counts for."""
    told = {"figure": figure, "value": value, "seq": found.seq, "kind": found.kind}
    return told | {"ref": found.ref, "case": found.case}


def chosen(figure: str, known: Iterable[str]) -> str:
    """The figure, if there is one of that name. ``Rejected`` names the nearest."""
    names = list(known)
    if figure not in names:
        raise Rejected("report.no-figure", figure=figure[:80], nearest=nearest(figure, names))
    return figure


def section(figure: str, rows: Sequence[dict[str, Any]]) -> Section:
    """As a table."""
    notes = ("账本序号从 0 起；条目的内容用 zhida evidence export 取出核验。",)
    return Section(f"{figure} 来自账本的这些条目", COLUMNS, rows, notes)
