"""A bank's certificates as the hub knows them: which are registered, until when, and which was last used when.

Keys that sign stand in the unit's file or were let in by two operators, and count as the endpoint counts them: not once
they were withdrawn or revoked. Of the certificates of connections the hub knows only what was shown to it: whose
they are is known by their names (``serve.yaml``) and by who issued them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from exchange import canonical, times
from exchange.errors import Rejected
from exchange.names import nearest
from exchange.ports import Record
from exchange.problems import describe
from exchange.store import ledger_rows
from zhida import finance_rules, key_view, serve_file
from zhida.finance_schema import FILE
from zhida.serve_file import Client
from zhida.serve_notes import REFUSED, SIGNATURE, TLS, USED
from zhida.watch import Watch

SOON = timedelta(days=30)
"""So long before its end a certificate is said to end soon: banks need weeks for a new one."""
VALID, ENDING, NOT_YET, EXPIRED = "valid", "ending", "not-yet", "expired"
GONE = ("withdrawn", "revoked", "waiting")
"""States of ``zhida.key_view`` in which nothing signed by a key is let in; ``waiting``: for a revocation list."""
_FEW = 20


def of_bank(watch: Watch, bank: str) -> dict[str, Any]:
    """``signing``, ``connections``, ``refused``: the newest first. ``Rejected("site.no-unit")`` for no bank."""
    known = finance_rules.load(watch.site).banks
    if bank not in known:
        near = nearest(bank, known)
        raise Rejected("site.no-unit", file=FILE, unit=bank, nearest=near)
    with watch.store.read() as connection:
        used = [canonical.loads(row.body) for row in ledger_rows.entries_of(connection, USED)]
        away = [canonical.loads(row.body) for row in ledger_rows.entries_of(connection, REFUSED)]
    return {
        "bank": bank,
        "signing": _signing(watch, bank, used),
        "connections": _connections(watch, bank, used),
        "refused": _refused(_clients(watch, bank), away),
    }


def state(now: datetime, valid_from: datetime, valid_until: datetime) -> str:
    """Of a certificate at this instant.

    >>> from datetime import UTC
    >>> begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    >>> [state(datetime(2026, month, 15, tzinfo=UTC), begin, end) for month in (6, 12)]
    ['valid', 'ending']
    """
    if now < valid_from:
        return NOT_YET
    if now > valid_until:
        return EXPIRED
    return ENDING if valid_until - now <= SOON else VALID


def _signing(watch: Watch, bank: str, used: Iterable[Record]) -> list[dict[str, Any]]:
    last = {str(told["ref"]): str(told["at"]) for told in used if told["use"] == SIGNATURE}
    known = key_view.keys(watch.site, key_view.of_watch(watch), watch.clock())
    rows = [_of_key(watch, each, last) for each in known if each["unit"] == bank]
    return sorted(rows, key=lambda row: str(row["valid_from"]), reverse=True)


def _of_key(watch: Watch, told: Record, last: dict[str, str]) -> dict[str, Any]:
    """Its days decide, unless something else does."""
    shown = {name: told[name] for name in ("kid", "serial", "suite", "valid_from", "valid_until")}
    days = (times.instant(str(told[name])) for name in ("valid_from", "valid_until"))
    other = str(told["state"]) if told["state"] in GONE else ""
    return {
        **shown,
        "state": other or state(watch.clock(), *days),
        "last_used": last.get(f"{SIGNATURE}:{told['kid']}", ""),
    }


def _connections(watch: Watch, bank: str, used: Iterable[Record]) -> list[dict[str, Any]]:
    clients = {each.name: each for each in _clients(watch, bank)}
    found: dict[str, dict[str, Any]] = {}
    for told in used:
        if told["use"] == TLS and told["unit"] == bank:
            found[str(told["ref"])] = _of_connection(watch, told, clients)
    silent = clients.keys() - {row["client"] for row in found.values()}
    rows = sorted(found.values(), key=lambda row: str(row["last_used"]), reverse=True)
    return rows + [_unused(clients[name]) for name in sorted(silent)]


def _of_connection(watch: Watch, told: Record, clients: dict[str, Client]) -> dict[str, Any]:
    until, name = str(told["until"]), str(told["client"])
    known = clients.get(name)
    return {
        "client": name,
        "common_name": known.common_name if known else "",
        "serial": str(told["ref"]).partition(":")[2],
        "valid_until": until,
        "state": state(watch.clock(), times.instant(str(told["at"])), times.instant(until)),
        "last_used": str(told["at"]),
    }


def _unused(client: Client) -> dict[str, Any]:
    told = {"client": client.name, "common_name": client.common_name, "serial": ""}
    return told | {"valid_until": "", "state": "", "last_used": ""}


def _clients(watch: Watch, bank: str) -> list[Client]:
    """Its programs; none where the site has no endpoint."""
    if not serve_file.is_there(watch.site.folder):
        return []
    told = serve_file.load(watch.site).clients.values()
    return [each for each in told if each.unit == bank]


def _refused(clients: Iterable[Client], away: list[Record]) -> list[dict[str, Any]]:
    """Of its programs, and of whoever could not say who it is: that may have been one of them."""
    names = {each.name for each in clients}
    mine = [told for told in away if told["client"] in names or not told["unit"]]
    return [_away(told) for told in reversed(mine[-_FEW:])]


def _away(told: Record) -> dict[str, Any]:
    code = str(told["code"])
    text, remedy = describe(code, told, "zh") if code else (str(told.get("reason", "")), "")
    given = {
        "at": told["at"],
        "client": told["client"] or told.get("serial", ""),
        "code": code,
        "reason": text,
    }
    return given | {"remedy": remedy}
