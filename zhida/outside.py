"""One round with those outside: letters for the witnesses, a stamp for the newest head."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from exchange import audit, times, witness
from exchange.errors import Fatal, Problem
from exchange.ports import Clock
from exchange.store import ledger_wall, outside_rows
from exchange.store.engine import Store
from exchange.store.outside_rows import WITNESS, OutsideRow
from zhida import files, stamping, witnessing
from zhida.hub import Hub
from zhida.outside_file import STAMPER, Settings, Witness
from zhida.witnessing import Ground

LETTER, ANSWER = "letter.json", "answer.jws"


def ground(hub: Hub) -> Ground:
    """What a witness is spoken with."""
    return Ground(hub.store, hub.trust.hub_keys(), hub.site.name, hub.clock)


def go_round(hub: Hub, *, now: bool = False) -> dict[str, str]:
    """Everybody once; holder → the code of what is wrong, empty if nothing. One worker at a time.

    ``now``: a stamp even if the last is young. What is wrong with one stops no other.
    """
    told: dict[str, str] = {}
    with hub.locks.hold("outside") as mine:
        if not mine:
            return told
        for whom in hub.outside.witnesses.values():
            told[whom.name] = _visited(ground(hub), whom)
        if hub.outside.stamper is not None:
            stamping.stamp(hub, hub.outside.stamper, now=now)
            told[STAMPER] = code_of(hub.store, STAMPER)
    return told


def _visited(on: Ground, whom: Witness) -> str:
    try:
        if whom.folder is None:  # it comes by itself; that it does not is noticed here
            return witnessing.hear(on, whom, "").code
        return _by_folder(on, whom, whom.folder)
    except Fatal as error:
        witnessing.blame(on, whom, error)
        return error.code


def _by_folder(on: Ground, whom: Witness, folder: Path) -> str:
    """What it left there is read, and the next letter laid down for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        token = files.token(folder / ANSWER) if (folder / ANSWER).exists() else ""
        heard = witnessing.hear(on, whom, token)
        letter = witnessing.reply(on, whom, token)
        if letter is not None:
            put(folder / LETTER, witness.dumps(letter))
    except OSError as error:
        reason = type(error).__name__
        raise Fatal("outside.folder", witness=whom.title, reason=reason) from None
    return heard.code


def put(path: Path, data: bytes) -> None:
    """Whole or not at all; unchanged, it is left alone. Another account may read it."""
    if path.is_file() and path.read_bytes() == data:
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.chmod(0o644)
    os.replace(beside, path)


def code_of(store: Store, holder: str) -> str:
    """What is wrong with a holder."""
    with store.read() as connection:
        found = outside_rows.heard(connection, holder)
    return found.code if found else ""


def status(store: Store, settings: Settings, clock: Clock) -> list[dict[str, Any]]:
    """How it stands with each of them."""
    named = [(each.name, each.title, WITNESS) for each in settings.witnesses.values()]
    if settings.stamper is not None:
        named.append((STAMPER, settings.stamper.title, outside_rows.STAMP))
    return [_standing(store, settings, each, clock) for each in named]


def _standing(
    store: Store, settings: Settings, named: tuple[str, str, str], clock: Clock
) -> dict[str, Any]:
    name, title, kind = named
    with store.read() as connection:
        last, heard = outside_rows.newest(connection, name), outside_rows.heard(connection, name)
        waits = outside_rows.first_after(connection, last.size if last else 0)
        count = outside_rows.count(connection, name)
    late = kind == outside_rows.STAMP and last is not None and _is_late(last, settings)
    code = heard.code if heard else "outside.never"
    if kind == WITNESS and heard and not code:
        silence = settings.witnesses[name].silence
        code = "outside.silent" if times.instant(heard.at) + silence < clock() else ""
    return {
        "holder": name,
        "title": title,
        "kind": kind,
        "size": last.size if last else 0,
        "at": last.at if last else "",
        "heard_at": heard.at if heard else "",
        "waiting_since": waits,
        "count": count,
        "late": late,
        "code": code,
    }


def _is_late(row: OutsideRow, settings: Settings) -> bool:
    return settings.stamper is not None and stamping.is_late(row, settings.stamper.within)


def kept_heads(store: Store) -> list[str]:
    """Our own heads that somebody outside has sealed."""
    with store.read() as connection:
        return [row.head for row in outside_rows.every(connection) if row.head]


def problems(on: Ground, settings: Settings, heads: list[str]) -> list[Problem]:
    """What heads held outside show, whether what is kept of others is right, and the second wall."""
    found = audit.compare(on.store, on.key, on.origin, heads)
    with on.store.read() as connection:
        wall = ledger_wall.breaches(connection)
        rows = outside_rows.every(connection)
    if wall:
        found.append(Problem("ledger.no-wall", {"wrong": len(wall), "first": wall[0]}))
    return [*found, *_spoilt(rows, settings)]


def _spoilt(rows: list[OutsideRow], settings: Settings) -> list[Problem]:
    """Co-signatures and stamps that are not right any more: somebody wrote to that table."""
    bad: list[Problem] = []
    for row in rows:
        try:
            if row.holder == STAMPER and settings.stamper is not None:
                stamping.check(row, settings.stamper)
            elif row.holder in settings.witnesses:
                witnessing.check(row, settings.witnesses[row.holder])
        except Fatal as error:
            bad.append(Problem(error.code, error.facts))
    return bad
