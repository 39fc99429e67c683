"""First identity cards at the register: taken (``sfzsl``), asked after (``sfzslcx``), listed (``sfzsldz``).

All of it is inferred. It does not de-duplicate: each application is a row. ``GET /cards`` at the control port lists them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox import police_list, resident_id
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.moments import china_time, instant
from sandbox.police_wire import Record, answer, bad

SCHEMA = """
CREATE TABLE IF NOT EXISTS card_applications (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, postid TEXT NOT NULL, sid TEXT NOT NULL,
    gmsfhm TEXT NOT NULL, xm TEXT NOT NULL, sbrsfz TEXT NOT NULL, slrq TEXT NOT NULL
);
"""
_NEEDED = ("postid", "gmsfhm", "xm", "xb", "csrq", "sbrxm", "sbrsfz", "sbrlxdh", "sbrgx")


class CardDesk:
    """Takes applications and answers questions."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults = books, faults

    def rows(self) -> list[Row]:
        """Every application, oldest first."""
        return self._books.rows("SELECT * FROM card_applications ORDER BY id")

    def apply(self, record: dict[str, str]) -> list[Record]:
        """One application; the guardian's and the child's numbers must be right."""
        wrong = next(_complaints(record), None)
        if wrong:
            return [bad(wrong)]
        refusal = self._faults.take("refuse", "sfzsl")
        if refusal is not None:
            told = {"KSTBSHJGDM": "2", "BYLH_JYQK": str(refusal["reason"])}
            return [({"sid": "", "code": "1", "msg": "不予受理"}, told)]
        row: Row = {name: record[name] for name in ("postid", "gmsfhm", "xm", "sbrsfz")}
        row |= {"at": instant(), "sid": f"S320117{len(self.rows()) + 1:08}"}
        row |= {"slrq": china_time("%Y%m%d")}
        self._books.insert("card_applications", row)
        return [_taken(row)]

    def ask(self, record: dict[str, str]) -> list[Record]:
        """What became of an application."""
        known = "SELECT * FROM card_applications WHERE postid = ? ORDER BY id"
        found = [_taken(row) for row in self._books.rows(known, record.get("postid", ""))]
        return found or [answer("9", "查无此记录")]

    def listed(self, record: dict[str, str]) -> list[Record]:
        """What was taken in a span of time, as the register lists its births."""
        try:
            asked = police_list.read(record)
        except ValueError:
            return [bad("kssj、jssj或yh格式错误")]
        return police_list.page(self._books, asked, "sfzsl") or [answer("9", "查无记录")]


def _complaints(record: dict[str, str]) -> Iterator[str]:
    yield from (f"{name}不能为空" for name in _NEEDED if not record.get(name))
    for name in ("gmsfhm", "sbrsfz"):
        if not resident_id.is_valid(record.get(name, "")):
            yield f"{name}校验不通过"


def _taken(row: Row) -> Record:
    attributes = {"sid": row["sid"], "code": "0", "msg": "受理成功"}
    return attributes, {"GMSFHM": row["gmsfhm"], "SLRQ": row["slrq"]}
