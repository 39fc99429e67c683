"""A district of enterprises that do not exist: every fact of the catalogue, the same at every run.

Values lie where policies draw their lines (on the line, one beside it), and otherwise where firms
usually are: many small, few large. Of ``QUIET`` firms all but one do nothing that a policy looks for:
they employ nobody, sell nothing and hold no title, as most of a district's do. About one value in
twenty is unknown. Names and accounts are made of the firm's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sandbox import uscc
from sandbox.fact_catalogue import Asked

DIVISION, NEIGHBOUR = "320114", "320115"
CHUNK = 10_000
QUIET = 30
Value = bool | int | str | date | None
Column = list[Value]

_BAD = re.compile(
    "失信|异常|拖欠|处罚|撤销|逾期|欠息|骗|破产|僵尸|事故|违法|吊销|注销|关联|迁出|禁止|惩戒"
)
_MONEY_LINES = (20_0000, 50_0000, 100_0000, 500_0000, 1000_0000, 2000_0000, 5000_0000, 1_0000_0000)
"""Yuan, where policies like to draw lines."""
_COUNT_LINES = (1, 3, 5, 6, 10, 11, 12, 20, 30, 31, 50, 100, 300)
_RATIOS = (
    (1, 1),
    (945, 1000),
    (9449, 10000),
    (9, 10),
    (10, 11),
    (10, 12),
    (100, 115),
    (11, 10),
    (4, 5),
)
"""The year before as a part of this year's: falls of 5.5 %, growths of 10, 15 and 20 %."""


_OWN: Mapping[str, Callable[[int], str]] = {
    "registered_name": lambda number: f"示例企业{number:06}",
    "payee_name": lambda number: f"示例企业{number:06}",
    "payee_account": lambda number: f"43010001{number:010}",
    "payee_bank": lambda _: "102301000014",
}
"""Facts that are a firm's own, and no policy's."""


@dataclass(frozen=True, slots=True)
class District:
    """So many enterprises, as of a day."""

    count: int
    today: date
    seed: int = 20260105
    quiet: int = QUIET
    """Of so many firms one is lively; 1: all are."""

    def chunks(self) -> Iterator[range]:
        """The firms' numbers, so many at a time."""
        for first in range(0, self.count, CHUNK):
            yield range(first, min(first + CHUNK, self.count))

    def code(self, number: int) -> str:
        """The firm's unified social credit code; one in twelve comes from the neighbour's district."""
        return uscc.compose(NEIGHBOUR if number % 12 == 7 else DIVISION, number)

    def column(self, fact: Asked, firms: range, facts: Sequence[Asked]) -> Column:
        """One fact of these firms."""
        chance = Random(f"{self.seed}:{fact.name}:{firms.start}")
        before = _year_after(fact, facts)
        if before is not None:
            base = self.column(before, firms, facts)
            return [_scaled(value, chance) for value in base]
        if fact.name == "district":
            return [self.code(number)[2:8] for number in firms]
        if fact.name in _OWN:
            return [_OWN[fact.name](n) if chance.random() > 0.05 else None for n in firms]
        pool = _pool(fact, self.today, Random(f"{self.seed}:{fact.name}"))
        drawn = chance.choices(pool, k=len(firms))
        nothing = _nothing(fact)
        if nothing is None:
            return drawn
        told = zip(firms, drawn, strict=True)
        return [v if v is None or self.is_lively(n) else nothing for n, v in told]

    def is_lively(self, number: int) -> bool:
        """Is it one of the few that do much of what policies look for? Spread over all numbers."""
        return number * 2654435761 % 2**32 % self.quiet == 0

    def knows(self, holder: str, number: int) -> bool:
        """Does this bureau have the firm in its books? Some firms are known to the tax bureau alone."""
        lonely = number % 400 == 13
        if lonely or holder == "tax":
            return holder == "tax"
        return (number * 7919 + len(holder)) % 100 >= (1 if holder == "market-supervision" else 3)


def _year_after(fact: Asked, facts: Sequence[Asked]) -> Asked | None:
    """The same fact a year later, of which this one is made."""
    if not fact.name.endswith("_y2") or fact.kind not in ("count", "money"):
        return None
    return next((f for f in facts if f.name == f"{fact.name[:-1]}1" and f.kind == fact.kind), None)


def _scaled(value: Value, chance: Random) -> Value:
    if value is None or chance.random() < 0.02:
        return None
    top, bottom = chance.choice(_RATIOS)
    return int(value) * top // bottom  # type: ignore[arg-type]


_NOTHING: Mapping[str, Value] = {"flag": False, "count": 0, "money": 0}
_NO_TITLE = ("none", "unrated")


def _nothing(fact: Asked) -> Value:
    """What a quiet firm has of it; None: the same as any other firm (debts, punishments, dates)."""
    if fact.kind == "code":
        return next((code for code in _NO_TITLE if code in fact.codes), None)
    is_trait = fact.title.startswith("无") or _BAD.search(fact.title)
    return None if is_trait else _NOTHING.get(fact.kind)


def _pool(fact: Asked, today: date, chance: Random) -> Column:
    """Values to draw from; about a twentieth of it is nothing."""
    values = _MAKERS[fact.kind](fact, today, chance)
    return values + [None] * max(1, len(values) // 19)


def _flags(fact: Asked, _: date, __: Random) -> Column:
    """What harms a firm is rare; that there is no such thing (无欠税) is common."""
    usual = 96 if fact.title.startswith("无") else 2 if _BAD.search(fact.title) else 35
    return [number < usual for number in range(100)]


def _codes(fact: Asked, _: date, __: Random) -> Column:
    known = list(fact.codes) or ["A", "B", "C"]
    weights = [8] + [2] * (len(known) - 1)
    return [code for code, weight in zip(known, weights, strict=True) for _ in range(weight)]


def _counts(_: Asked, __: date, chance: Random) -> Column:
    near = [line + step for line in _COUNT_LINES for step in (-1, 0, 0, 1)]
    usual = [int(chance.lognormvariate(2.2, 1.2)) for _ in range(300)]
    return [*near, *usual, *[0] * 30]


def _money(_: Asked, __: date, chance: Random) -> Column:
    near = [100 * line + step for line in _MONEY_LINES for step in (-1, 0, 0, 1)]
    usual = [int(100 * chance.lognormvariate(13.5, 2.0)) for _ in range(300)]
    return [*near, *usual, *[0] * 40]


def _dates(_: Asked, today: date, chance: Random) -> Column:
    edges = [date(today.year + years, *day) for years in (-2, -1, 0) for day in ((1, 1), (12, 31))]
    usual = [today - timedelta(days=chance.randrange(6 * 365)) for _ in range(300)]
    return [each for each in [*edges * 3, *usual] if each <= today]


_MAKERS = {"flag": _flags, "code": _codes, "count": _counts, "money": _money, "date": _dates}
