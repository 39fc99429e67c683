"""The signer's own log: what it signed, who read what, what it refused; and whether it is whole.

It is a ledger like the hub's (RFC 6962 tree, signed heads, triggers), signed by the unit's own key: the
unit need not believe the hub about what the hub has asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from exchange import audit, canonical
from exchange.audit import Audit
from exchange.errors import Problem
from exchange.store import ledger_rows
from exchange.store.engine import Store
from zhida import signer_guard
from zhida.signer_settings import SignerHome

KINDS = {
    "signed": "签名", "read": "提供", "refused": "拒绝", "invalid": "来文无效", "superseded": "已被更新",
    "epoch": "恢复后续签", "handed": "交网闸", "again": "重新交网闸", "receipt": "对侧收到",
}  # fmt: skip


def verify(home: SignerHome, kept: Iterable[str] = ()) -> tuple[Audit, list[Problem]]:
    """Recompute everything; ``kept``: heads that were noted elsewhere. The key is not needed.

    The head that the signer itself keeps outside its store is one of them.
    """
    guard = signer_guard.guard_of(home)
    last = guard.last()
    given = list(dict.fromkeys([*kept, *([last.token] if last else [])]))
    with closing(_store(home)) as store:
        found = audit.verify(store, guard.keys, guard.origin)
        more = audit.compare(store, guard.keys, guard.origin, given) if given else []
    return found, [*found.problems, *more]


def head(home: SignerHome) -> str:
    """The newest signed head, to be kept elsewhere; empty if there is none."""
    with closing(_store(home)) as store, store.read() as connection:
        found = ledger_rows.head(connection)
    return found.token if found else ""


def entries(home: SignerHome, kind: str, most: int) -> list[dict[str, Any]]:
    """The newest ``most`` entries of a kind (empty: all), oldest first."""
    with closing(_store(home)) as store, store.read() as connection:
        found = ledger_rows.head(connection)
        size = found.size if found else 0
        told: list[dict[str, Any]] = []
        while size and len(told) < most:
            first = max(0, size - 500)
            rows = ledger_rows.entries(connection, first, size - first)
            some = [_told(row.seq, row.body) for row in rows if not kind or row.kind == kind]
            told, size = some[-(most - len(told)) :] + told, first
    return told


def _told(seq: int, body: bytes) -> dict[str, Any]:
    return {"seq": seq, **canonical.loads(body)}


def _store(home: SignerHome) -> Store:
    return Store(f"sqlite:///{Path(home.file(home.told['store'])).resolve()}")
