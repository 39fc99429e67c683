"""What is shown of letters and of readings by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from exchange import canonical, times
from exchange.problems import describe
from exchange.store import finance_rows
from exchange.store.finance_rows import LetterRow, ReadRow
from zhida import finance_letters
from zhida.finance_letters import Letter
from zhida.watch import Watch

STATES: Mapping[str, str] = {
    finance_letters.VALID: "有效",
    finance_letters.NOT_YET: "未到有效期",
    finance_letters.EXPIRED: "已过期",
    finance_letters.REVOKED: "已撤回",
    finance_letters.USED_UP: "次数用完",
}
PURPOSES: Mapping[str, str] = {
    "order-finance": "订单融资",
    "after-loan": "贷后跟踪",
    "order-finance-and-after-loan": "订单融资与贷后跟踪",
}
_SHOWN = (
    "id", "number", "bank", "grantor_uscc", "purpose", "valid_from", "valid_until", "max_uses", "uses",
    "taken_at",
)  # fmt: skip


def letters(watch: Watch, *, bank: str = "") -> list[dict[str, Any]]:
    """Every letter with its uses and its state today, the newest first."""
    with watch.store.read() as connection:
        rows = finance_rows.letters(connection, bank=bank)
        revoked = finance_rows.revocations(connection)
    found = [Letter(row, revoked.get(row.id)) for row in rows]
    return [_letter(watch, each) for each in found]


def _letter(watch: Watch, letter: Letter) -> dict[str, Any]:
    row, units = letter.row, watch.site.units
    state = letter.state(times.civil_day(watch.clock()))
    told = {name: getattr(row, name) for name in _SHOWN} | {"datasets": row.datasets.split(" ")}
    told |= {"state": state, "state_zh": STATES[state], "purpose_zh": PURPOSES[row.purpose]}
    told |= {"bank_title": units[row.bank].title if row.bank in units else row.bank}
    back = letter.revocation
    return told | {"revoked_at": back.at if back else "", "revoked_by": back.by if back else ""}


def reads(watch: Watch, *, limit: int, bank: str = "", letter: str = "") -> list[dict[str, Any]]:
    """The last decisions on readings, the newest first, each with its reason in words."""
    with watch.store.read() as connection:
        rows = finance_rows.reads(connection, limit=limit, bank=bank, letter=letter)
        known = {row.id: row for row in finance_rows.letters(connection)}
    return [_read(watch, row, known.get(row.letter)) for row in rows]


def _read(watch: Watch, row: ReadRow, letter: LetterRow | None) -> dict[str, Any]:
    purpose, *datasets = row.asked.split(" ")
    told = {name: value for name, value in asdict(row).items() if name not in ("asked", "facts")}
    reason, remedy = (
        describe(row.code, canonical.loads(row.facts.encode())) if row.code else ("", "")
    )
    title = watch.site.units[row.bank].title if row.bank in watch.site.units else row.bank
    told |= {"bank_title": title, "purpose": purpose, "datasets": datasets}
    told |= {"granted": not row.code, "reason": reason, "remedy": remedy}
    own = letter if letter and letter.bank == row.bank else None
    return told | {"number": own.number if own else ""}
