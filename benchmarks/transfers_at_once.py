"""S1: whole transfers on PostgreSQL, eight at once, against the same POST with nothing around it.

Ours: a record of 2 KB signed (SM2), kept sealed, cut down under its agreement, noted in the
ledger, sent by ``connectors/rest.py`` and receipted: three commits, which go in groups. Theirs:
``requests.Session`` posts the same bytes from as many threads. The far side gives one answer to
everything, in a process of its own.
"""

from __future__ import annotations

import http.client
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

import requests
from sqlalchemy import func, select

from benchmarks.canned_peer import canned_peer
from benchmarks.measure import Result, Work, compared, in_turn, rates, timed
from benchmarks.transfer import Bench, Peer
from connectors.rest import Rest
from exchange import canonical
from exchange.store.engine import THREADS
from exchange.store.tables import ledger_entry, ledger_head
from sandbox.postgres import Postgres

_COUNT = 160
_POSTS = 800
_PATH = "/register"
_BYTES = 2048
_ANSWER = b'{"serial":"1"}'


def run() -> Result:
    """With a durable PostgreSQL of its own on the disk of ``TMPDIR``."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(THREADS) as pool:
        folder = Path(name)
        (folder / "answer.json").write_bytes(_ANSWER)
        with (
            canned_peer(folder / "answer.json", "application/json") as address,
            Postgres(folder / "server") as server,
        ):
            bench = Bench(folder, server.database("bench"), Peer(Rest(address), f"POST {_PATH}"))
            _fill_up(bench)
            samples = in_turn(_ours(bench, pool), _bare(bench, pool, address))
            groups = _groups(bench)
            bench.close()
            peer = timed(lambda: _posts(address, _body(bench)))
    rate, cpu = rates([mine for mine, _ in samples])
    result = Result("S1", f"{THREADS} 次传递同时 transfers", "次", "≥ 1.0 ×", rate, cpu)
    result.reference = "bare requests POST"
    result.notes = [
        f"PostgreSQL with fsync, {THREADS} threads of one process, {groups:.1f} entries a head",
        f"far side answers {peer.rate:.0f} plain POSTs a second to one caller",
    ]
    if peer.rate < 5 * rate.median:
        result.invalid = "the far side is less than five times faster than we are"
    return compared(result, samples, 1.0)


def _fill_up(bench: Bench) -> None:
    """Make the record's message as long as the promise says."""
    short = _BYTES - len(_body(bench))
    child = {**bench.record["child"], "note": ""}
    child["note"] = "x" * (short - len(',"note":""'))
    bench.record = {**bench.record, "child": child}


def _body(bench: Bench) -> bytes:
    return canonical.dumps({"birth": bench.record})


def _ours(bench: Bench, pool: ThreadPoolExecutor) -> Work:
    return lambda: _all(pool, bench.transfer, bench.numbers(_COUNT))


def _bare(bench: Bench, pool: ThreadPoolExecutor, address: str) -> Work:
    body, mine = _body(bench), local()

    def post(_: int) -> None:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        headers = {"Content-Type": "application/json"}
        mine.session.post(address + _PATH, data=body, headers=headers).raise_for_status()

    return lambda: _all(pool, post, range(_POSTS))


def _all(pool: ThreadPoolExecutor, work: Callable[[Any], None], over: Iterable[Any]) -> int:
    return len(list(pool.map(work, over)))


def _groups(bench: Bench) -> float:
    """How many entries one signed head stands for."""
    with bench.store.read() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (ledger_entry, ledger_head)
        ]
    return float(counts[0] / counts[1])


def _posts(address: str, body: bytes) -> int:
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    for _ in range(2000):
        connection.request("POST", _PATH, body)
        if connection.getresponse().read() != _ANSWER:
            raise RuntimeError("another answer")
    connection.close()
    return 2000
