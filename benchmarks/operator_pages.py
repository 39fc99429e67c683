"""Each of the operators' pages over a store of ten million rows: the server's time from question to HTML.

``ZHIDA_BENCH_ROWS`` (1,000,000 of items, deliveries, transfers and entries each, unless it says otherwise; 10,000,000
takes some 20 GB and half an hour) and
``ZHIDA_BENCH_STORE`` (``sqlite``, or ``postgresql`` from Debian's packages). The slowest page counts.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks import pages_rows
from benchmarks.measure import Result, Spread
from exchange.store import case_rows, incident_rows, schema
from exchange.store.engine import Store
from exchange.store.incident_rows import IncidentRow
from matters.matter import Matter
from sandbox.district import District
from sandbox.postgres import Postgres
from zhida import site
from zhida.pages import book
from zhida.pages.ask import Ask
from zhida.pages.desk import Desk

_INCIDENTS = (
    ("system", "wire.refused"),
    ("parked", "agreement.expired"),
    ("invalid", "mapping.missing"),
)
ROUNDS = 15
GOAL_MS = 300.0
_LATER = {"after": "2024-06-01T00:00:00.000000Z~7"}


def run() -> Result:
    """Every page, its filters, and a place far back in each list."""
    rows = int(os.environ.get("ZHIDA_BENCH_ROWS", "1_000_000"))
    with tempfile.TemporaryDirectory() as folder, _store(Path(folder)) as url:
        env = _prepare(Path(folder), url, rows)
        os.environ.update(env)
        desk, began = Desk(), time.process_time()
        told = {name: _times(desk, *asked) for name, asked in _asked(desk).items()}
        cpu = time.process_time() - began
        desk.close()
    slowest = max(median(ms for ms, _ in each) for each in told.values())
    count = ROUNDS * len(told)
    spread = Spread.of([1000 / ms for each in told.values() for ms, _ in each])
    result = Result(
        "PAGES", f"界面 pages at {rows:,}", "页", "< 300 ms", spread, 1000 * cpu / count
    )
    result.met = slowest < GOAL_MS
    result.notes = [_line(name, each) for name, each in told.items()]
    return result


@contextmanager
def _store(folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        if os.environ.get("ZHIDA_BENCH_STORE") != "postgresql":
            yield f"sqlite:///{folder / 'store.db'}"
            return
        server = stack.enter_context(Postgres(folder / "postgres", durable=False))
        yield server.database("pages")


def _prepare(folder: Path, url: str, rows: int) -> dict[str, str]:
    district = District(folder / "district")
    district.prepare()
    env = dict(district.env) | {"ZHIDA_STORE_URL": url}
    Path(env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
    store = Store(url)
    schema.upgrade(store)
    matter: Matter = site.load(Path(env["ZHIDA_SITE"])).matter("newborn")
    pages_rows.fill(store, rows, matter.digest)
    with store.write() as connection:
        for number, (kind, code) in enumerate(_INCIDENTS, 1):
            row = IncidentRow(
                f"police-{number}", "police", kind, code, "{}", "2026-03-02T01:00:00.000000Z"
            )
            incident_rows.add(connection, row)
    store.close()
    return env


def _asked(desk: Desk) -> dict[str, tuple[str, dict[str, str], dict[str, str]]]:
    """Name → page, parts of its path, query."""
    with desk.watch().store.read() as connection:
        parked = case_rows.parked(connection)[0]
    case, transfer = {"case": parked.case}, {"transfer": parked.effect}
    lists: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
        f"{path[1:]} {' '.join(query.values())}".strip(): (path, {}, query)
        for path, queries in _LISTS.items()
        for query in queries
    }
    return lists | {
        "case": ("/cases/{case}", case, {}),
        "parked item": ("/parked/{case}/{item}", case | {"item": parked.item}, {}),
        "transfer": ("/transfers/{transfer}", transfer, {}),
    }


_LISTS: dict[str, list[dict[str, str]]] = {
    "/cases": [{}, {"state": "done"}, {"state": "partial", "matter": "newborn"}, {"state": "done"} | _LATER],
    "/transfers": [
        {},
        {"unit": "public-security"},
        {"unit": "hospital", "side": "provider"} | _LATER,
        {"state": "unknown"},
        {"state": "refused"},
        {"state": "refused", "unit": "hospital"},
    ],
    "/parked": [{}, {"code": "mapping.missing"}, {"matter": "newborn", "code": "no.such"}],
    "/systems": [{}],
    "/ledger": [{}, {"before": "5000000"}],
}  # fmt: skip


def _line(name: str, times: list[tuple[float, float]]) -> str:
    wall, cpu = ([each[place] for each in times] for place in (0, 1))
    return f"{name}: {median(wall):.0f} ms (≤ {max(wall):.0f}), CPU {median(cpu):.0f}"


def _times(
    desk: Desk, path: str, parts: dict[str, str], query: dict[str, str]
) -> list[tuple[float, float]]:
    """Milliseconds on the wall and of CPU, of each round, the first included."""
    found = []
    for _ in range(ROUNDS):
        began, cpu = time.perf_counter(), time.process_time()
        answer = book.answer(desk, book.PAGES[path], Ask(parts, query, base="/zhida", path=path))
        found.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
        if answer.status != 200:
            raise RuntimeError(f"{path} {query}: {answer.body.decode()[:2000]}")
    return found
