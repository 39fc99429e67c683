"""What ``zhida ledger`` finds out: is the record whole, do those outside agree, who are they."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crypto.keys import PublicKey
from exchange import audit, audit_mark, heads, times
from exchange.audit import Audit
from exchange.audit_mark import Mark
from exchange.errors import Fatal, Problem
from exchange.problems import describe
from exchange.store import incident_rows, ledger_rows, ledger_wall, outside_rows
from exchange.store.engine import Connection
from exchange.store.outside_rows import STAMP
from zhida import environment, files, ledger_pruning, outside, outside_file, stamping, trusted
from zhida.last_head import LastHead
from zhida.outside_file import STAMPER
from zhida.watch import Watch
from zhida.witnessing import Ground

MARK = "ledger-verified.json"
"""In ``ZHIDA_VAR``: not in the database that it is about."""


def keys_of(watch: Watch) -> list[PublicKey]:
    """The keys that have signed the heads, in their turn."""
    with watch.store.read() as connection:
        kept = trusted.kept(watch.site, connection)
    return trusted.hub_keys(watch.site, trusted.state(watch.site, watch.clock, kept))


def whole(watch: Watch, *, heads: Iterable[Path], new: bool) -> tuple[Audit, int, list[Problem]]:
    """The audit, how many heads that others hold were compared, and every problem.

    A head that two of them hold is one; what only this machine remembers is none.
    ``heads``: files with a token each, or folders of them. ``new``: go on where the last one ended.
    """
    key, file = keys_of(watch), environment.var_folder() / MARK
    mark = _mark(file, key, watch.site.name)
    found = audit.verify(watch.store, key, watch.site.name, after=mark if new else None)
    theirs = dict.fromkeys([*outside.kept_heads(watch.store), *_given(heads)])
    own = [*([mark.head] if mark else []), *_remembered(watch, key)]
    on = Ground(watch.store, key, watch.site.name, watch.clock)
    compared = list(theirs | dict.fromkeys(own))
    more = [*outside.problems(on, outside_file.load(watch.site), compared), *_undecided(watch)]
    problems = [*found.problems, *(each for each in more if each not in found.problems)]
    if found.mark is not None and not problems:
        files.write(file, audit_mark.dumps(found.mark))
    return replace(found, problems=problems), len(theirs), problems


def _remembered(watch: Watch, key: list[PublicKey]) -> list[str]:
    """The last head that this machine signed, if it ever did.

    What is none of ours is nothing, as it is for who signs: half written at a power cut, or read just
    then; of a key that came into use after a backup which was put back.
    """
    var = environment.var_folder()
    last = LastHead.of(var, environment.store_url() or watch.site.store_url(var)).read()
    return [last] if heads.read(last, key) else []


def _undecided(watch: Watch) -> list[Problem]:
    with watch.store.read() as connection:
        return list(ledger_pruning.problems(watch.site, connection))


def verified(watch: Watch) -> dict[str, Any]:
    """Up to which entry the record was last found whole, and when; empty if it never was."""
    file = environment.var_folder() / MARK
    mark = _mark(file, keys_of(watch), watch.site.name)
    if mark is None:
        return {}
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return {"size": mark.size, "at": times.stamp(at)}


def _mark(file: Path, key: list[PublicKey], origin: str) -> Mark | None:
    """One that is not ours, or was spoilt, is none: then everything is verified again."""
    return audit_mark.loads(files.read(file), key, origin) if file.is_file() else None


def _given(paths: Iterable[Path]) -> list[str]:
    """``Fatal`` for what can't be read: a head that was left out proves nothing."""
    return [files.token(each) for path in paths for each in _heads_at(path)]


def _heads_at(path: Path) -> list[Path]:
    """``Fatal`` for a folder without any: nothing would be compared, and all would seem to agree."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.jws"))
    if not found:
        raise Fatal("ledger.no-heads", folder=path.name)
    return found


def status(watch: Watch) -> dict[str, Any]:
    """How long the ledger is, who outside keeps what of it, and whether the second wall stands."""
    settings = outside_file.load(watch.site)
    rows = outside.status(watch.store, settings, watch.clock)
    with watch.store.read() as connection:
        head, wall = ledger_rows.head(connection), ledger_wall.breaches(connection)
        said = [_said(connection, row, watch.site.language) for row in rows]
    told = [row | {"what": what} for row, what in zip(rows, said, strict=True)]
    broken = ["ledger.no-wall"] if wall else []
    size, at = (head.size, head.at) if head else (0, "")
    return {"size": size, "at": at, "holders": told, "problems": broken}


def _said(connection: Connection, row: dict[str, Any], language: str) -> str:
    """What is wrong with a holder, with the facts of its open incident.

    What the authority did wrong may be no incident yet: the heads wait, and the code is why.
    """
    code, title = row["code"], row["title"]
    if row["kind"] == STAMP and code not in ("", "outside.never"):
        facts = {"authority": title, "since": row["waiting_since"], "because": code}
        return describe(stamping.CODE, facts, language)[0]
    found = incident_rows.latest(connection, row["holder"], row["kind"], code) if code else None
    told = json.loads(found.facts) if found and not found.closed_at else {}
    return describe(code, {"witness": title, "since": row["heard_at"]} | told, language)[0]


def export(watch: Watch, folder: Path) -> int:
    """Each co-signature and each time stamp with the head that it is of; how many there are.

    ``<size>-head.jws`` and ``<size>-<holder>.tsr`` (DER) or ``.jws``: ``openssl ts -verify -data``.
    """
    if folder.exists():
        raise Fatal("cli.exists", file=folder.name)
    with watch.store.read() as connection:
        rows = outside_rows.every(connection)
    folder.mkdir(parents=True)
    for row in rows:
        stem, is_stamp = f"{row.size:012d}", row.holder == STAMPER
        seal = base64.b64decode(row.seal) if is_stamp else row.seal.encode()
        files.write(folder / f"{stem}-head.jws", row.head.encode())
        files.write(folder / f"{stem}-{row.holder}.{'tsr' if is_stamp else 'jws'}", seal)
    return len(rows)
