"""The desk, the portal and the treasury in one file: an adapter with books of its own (SQLite).

Each row of ``effect`` is what was asked for under one effect key; people answer by writing into it.
``paid`` counts money: the treasury here refuses no order twice, so only who asks first pays once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from exchange.errors import Rejected, Unknown
from exchange.ports import ROOT, Answer, Endpoint, Inputs, Operation, Prepared

OPTIONS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"operations": {"type": "array", "items": {"type": "string"}}},
}
_LIST, _AWARD, _PAYEE = {"list": "grant-list"}, {"award": "grant-award"}, {"payee": "grant-payee"}
_ALL = (
    Operation("confirm_grant_list", "确认名单", _LIST, "head-decision", identity=("list/id",)),
    Operation("publish_list", "公示", _LIST, "publicity-result", identity=("list/id",)),
    Operation("ask_confirmation", "企业确认", _AWARD, "grant-confirmation", identity=("award/id",)),
    Operation(
        "ask_account",
        "更正账户",
        _AWARD | _PAYEE,
        "grant-confirmation",
        identity=("award/id",),
        occurrence=("payee/attempt",),
    ),
    Operation(
        "push_policy",
        "告知企业",
        {"notice": "grant-notice"},
        "grant-receipt",
        identity=("notice/id",),
        idempotence="keyed",
    ),
    Operation(
        "review_grant_payment",
        "财政审核",
        {"batch": "grant-payment-batch"},
        "grant-batch-approval",
        identity=("batch/id",),
    ),
    Operation(
        "pay_award",
        "国库支付",
        _AWARD | _PAYEE,
        "grant-payment",
        identity=("award/id",),
        occurrence=("payee/attempt",),
        irreversible=True,
        settle=timedelta(seconds=2),
    ),
    Operation(
        "recover_award",
        "收回",
        _AWARD,
        "grant-recovery",
        identity=("award/id",),
        revokes="pay_award",
    ),
)


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """Those that its file names."""
    return {each.name: each for each in _ALL if each.name in options["operations"]}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Office:
    """The office whose books lie at the connection's host."""
    return Office(declared(options), Books(Path(endpoint.address)))


class Books:
    """What the office has, for adapter and tests alike."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with closing(self._open()) as connection, connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS effect (key TEXT PRIMARY KEY, operation TEXT, body TEXT,"
                " state TEXT, answer TEXT, attempts INT)"
            )
            connection.execute("CREATE TABLE IF NOT EXISTS paid (key TEXT, award TEXT, fen INT)")
            connection.execute("CREATE TABLE IF NOT EXISTS fault (operation TEXT, kind TEXT)")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=20)

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self._open()) as connection, connection:
            return connection.execute(sql, values).fetchall()

    def take(self, key: str, operation: str, body: Mapping[str, Any]) -> None:
        """Ask, and pay with it: in one transaction, or a death between them would leave half."""
        sql = "INSERT INTO effect VALUES (?,?,?,'stored','{}',1) ON CONFLICT DO UPDATE SET attempts=attempts+1"
        with closing(self._open()) as connection, connection:
            connection.execute(sql, (key, operation, json.dumps(body)))
            if operation == "pay_award":
                award = (key, body["award"]["id"], body["award"]["amount_fen"])
                connection.execute("INSERT INTO paid VALUES (?,?,?)", award)

    def answer(self, operation: str, state: str, told: Any, *, where: str = "") -> int:
        """A person answers every open request of this operation that holds a text."""
        sql = "UPDATE effect SET state=?, answer=? WHERE operation=? AND state='stored' AND body LIKE ? RETURNING key"
        answered = self.run(sql, state, json.dumps(told), operation, f"%{where}%")
        return len(answered)

    def open(self, operation: str) -> list[dict[str, Any]]:
        """What waits for a person."""
        sql = "SELECT body FROM effect WHERE operation=? AND state='stored'"
        return [json.loads(row[0]) for row in self.run(sql, operation)]


class Office:
    """Adapter over the books."""

    def __init__(self, operations: Mapping[str, Operation], books: Books) -> None:
        self.operations, self.books = operations, books

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        told = {name: dict(record) for name, record in inputs.items()}
        told.pop(ROOT, None)
        return Prepared(operation, effect_key, told)

    def submit(self, prepared: Prepared) -> Answer:
        name, key = prepared.operation, prepared.effect_key
        fault = self.books.run("DELETE FROM fault WHERE operation=? RETURNING kind", name)
        if fault and fault[0][0] == "lost-before":
            raise Unknown("wire.lost", peer="office")
        self.books.take(key, name, prepared.body)
        if fault:
            raise Unknown("wire.lost", peer="office")
        if name == "push_policy":
            told = {
                "notice": prepared.body["notice"]["id"],
                "state": "delivered",
                "on": "2026-03-12",
            }
            return Answer(b"pushed", key[:8], record=told)
        return Answer(b"taken", key[:8], waiting=True)

    def probe(self, prepared: Prepared) -> Answer | None:
        sql = "SELECT state, answer FROM effect WHERE key=?"
        found = self.books.run(sql, prepared.effect_key)
        if not found:
            return None
        state, told = found[0][0], json.loads(found[0][1])
        if state == "refused":
            raise Rejected(told["code"]).answered(b"no", told["reason"])
        raw = json.dumps(told).encode()
        if state == "stored":
            return Answer(raw, waiting=True)
        gives = self.operations[prepared.operation].gives
        return Answer(
            raw, prepared.effect_key[:8], record=_completed(prepared, told) if gives else None
        )

    def fetch(self, prepared: Prepared) -> Answer:
        raise AssertionError(prepared.operation)

    def close(self) -> None:
        pass


def _completed(prepared: Prepared, told: dict[str, Any]) -> dict[str, Any]:
    """What a test need not write: whose award it is, what was paid."""
    if prepared.operation.startswith("ask_"):
        return {"award": prepared.body["award"]["id"], "answered_on": "2026-03-02"} | told
    voucher = {"order": prepared.effect_key, "voucher": f"V{prepared.effect_key[:6]}"}
    if prepared.operation == "pay_award":
        fen = prepared.body["award"]["amount_fen"]
        return voucher | {"paid_on": "2026-03-02", "amount_fen": fen}
    if prepared.operation == "recover_award":
        return voucher | {"recovered_on": "2026-03-20", "amount_fen": 100}
    return told
