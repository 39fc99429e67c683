"""The way in which each bureau writes its lists: its own headings, units, dates and yes or no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.enterprises import Value
from sandbox.fact_catalogue import Asked


@dataclass(frozen=True, slots=True)
class Way:
    """How a bureau writes."""

    form: str = "csv"
    """``csv`` (a list in a folder) or ``table`` (its front-end database)."""
    encoding: str = "utf-8"
    bom: bool = False
    money: str = "元"
    date: str = "yyyy-MM-dd"
    yes: str = "是"
    no: str = "否"
    blank: str = ""
    firm: str = "统一社会信用代码"

    def headings(self, facts: list[Asked]) -> dict[str, str]:
        """Fact → the heading of its column; a table's columns are named in capitals."""
        if self.form == "table":
            return {fact.name: fact.name.upper() for fact in facts}
        return dict(self._titles(facts))

    def _titles(self, facts: list[Asked]) -> Iterator[tuple[str, str]]:
        taken = {self.firm}
        for fact in facts:
            unit = f"({self.money})" if fact.kind == "money" else ""
            title = fact.title.replace("/", "／").replace("~", "～").strip() + unit
            title = title if title not in taken else f"{title}[{fact.name}]"
            taken.add(title)
            yield fact.name, title

    def written(self, fact: Asked, value: Value) -> str | int | None:
        """One value as it stands in the list."""
        if value is None:
            return None if self.form == "table" else self.blank
        if isinstance(value, bool):
            return self.yes if value else self.no
        if isinstance(value, date):
            return _DATES[self.date](value)
        if fact.kind == "money":
            return self._money(int(value))
        if fact.kind == "code" and fact.codes:
            return fact.codes[str(value)] if self.form == "csv" else value
        return value

    def _money(self, fen: int) -> str | int:
        if self.money == "分":
            return fen
        places = Decimal(1) if self.money == "元" else Decimal(10_000)
        return f"{Decimal(fen) / 100 / places:f}"


_DATES = {
    "yyyy-MM-dd": lambda day: f"{day:%Y-%m-%d}",
    "yyyyMMdd": lambda day: f"{day:%Y%m%d}",
    "yyyy/M/d": lambda day: f"{day.year}/{day.month}/{day.day}",
    "yyyy年M月d日": lambda day: f"{day.year}年{day.month}月{day.day}日",
}

WAYS: Mapping[str, Way] = {
    "tax": Way(encoding="gbk", date="yyyyMMdd", firm="纳税人识别号"),
    "human-resources": Way("table", money="分", date="yyyyMMdd", yes="1", no="0", firm="TYSHXYDM"),
    "market-supervision": Way(date="yyyy/M/d", money="万元"),
    "statistics": Way(bom=True, money="万元"),
    "credit": Way(encoding="gbk", blank="空"),
    "science": Way(encoding="gb18030", yes="Y", no="N"),
    "finance": Way(date="yyyy年M月d日", yes="√", no="×"),
}
"""Holder → its way; any other writes as most do."""
USUAL = Way()


def way(holder: str) -> Way:
    """How this bureau writes."""
    return WAYS.get(holder, USUAL)
