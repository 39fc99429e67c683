"""Amounts of money as people write them (500 万元), exactly: to whole fen and back."""

from __future__ import annotations

import re
from decimal import Decimal

from exchange.errors import Invalid

FEN = {"分": 1, "元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
"""Unit → how many fen."""
MOST = 2**63 - 1
"""Amounts are kept as int64."""
_FORM = re.compile(r"([+-]?[0-9]{1,18}(?:,[0-9]{3})*(?:\.[0-9]{1,10})?)\s?(分|元|万元|亿元)")


def parse(text: str) -> int:
    """Fen of an amount with its unit; ``Invalid`` where it is none, or not whole fen.

    >>> parse("500 万元"), parse("0.5 亿元"), parse("1,200.50元"), parse("3 分")
    (500000000, 5000000000, 120050, 3)
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise Invalid("policy.money", text=text[:30])
    fen = Decimal(found[1].replace(",", "")) * FEN[found[2]]
    if fen != int(fen) or abs(fen) > MOST:
        raise Invalid("policy.money-exact", text=text[:30])
    return int(fen)


def write(fen: int) -> str:
    """The amount in yuan, for people.

    >>> write(1200000), write(120050), write(-5), write(0)
    ('12,000 元', '1,200.50 元', '-0.05 元', '0 元')
    """
    yuan, rest = divmod(abs(fen), 100)
    places = f".{rest:02}" if rest else ""
    return f"{'-' if fen < 0 else ''}{yuan:,}{places} 元"


def short(fen: int) -> str:
    """The same in 万元 or 亿元 where that is a round number.

    >>> short(500000000), short(5000000000000), short(1200000), short(50_000_000), short(12345)
    ('500 万元', '500 亿元', '1.2 万元', '50 万元', '123.45 元')
    """
    for unit in ("亿元", "万元"):
        whole = FEN[unit] // 100
        if fen and abs(fen) >= FEN[unit] and fen % whole == 0:
            return f"{(Decimal(fen) / FEN[unit]).normalize():,f} {unit}"
    return write(fen)
