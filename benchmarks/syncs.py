"""S7: 200,000 new rows from one database into another, signed per batch, against COPY by hand.

Ours is the whole way: agreement, keyset pages, exact values, canonical JSON, salts, tree, sealing, one
signature and one ledger entry a batch, the comparison with what the target has, one transaction a
batch with its place. The reference is what an engineer would write in an afternoon: ``COPY (SELECT
what is new) TO STDOUT`` into ``COPY FROM STDIN``; it checks nothing and remembers nothing.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks import sync_site
from benchmarks.measure import PAIRS, Result, compared, peak_rss_mb, rates, timed
from benchmarks.sync_site import COLUMNS
from sandbox.postgres import Postgres
from zhida import sync_file, sync_run, sync_to
from zhida.hub import Hub
from zhida.sync_asked import Asked

COUNT = 200_000
_TABLE = """CREATE TABLE {name} (code varchar(18) PRIMARY KEY, name varchar(80), capital numeric(14,2),
    since date, state varchar(4), changed_at timestamp)"""
_FILL = """INSERT INTO firm SELECT '9132' || lpad(n::text, 14, '0'), '示例企业有限公司' || n, n * 1.25,
    date '2020-01-05' + (n % 1000)::int, (n % 5)::text, timestamp '2020-01-04' + n * interval '1 second'
    FROM generate_series({first}, {last}) n"""


class Bases:
    """A register and two targets, ours and theirs, and what is new in the register."""

    def __init__(self, server: Postgres) -> None:
        self.url = server.database("bench").replace("+psycopg", "")
        self.last = 0
        with psycopg.connect(self.url) as connection:
            for name in ("firm", "firm_in", "by_hand"):
                connection.execute(_TABLE.format(name=name))
            connection.execute("CREATE INDEX ON firm (changed_at, code)")

    def fill(self, count: int) -> None:
        """New rows at the source."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_FILL.format(first=self.last + 1, last=self.last + count))
            connection.execute("ANALYZE firm")
        self.last += count

    def by_hand(self) -> int:
        """What is newer than what is there, out and in."""
        names = ", ".join(COLUMNS)
        new = f"SELECT {names} FROM firm WHERE changed_at > %s ORDER BY changed_at"
        with psycopg.connect(self.url) as here, psycopg.connect(self.url) as there:
            high = there.execute("SELECT max(changed_at) FROM by_hand").fetchone()
            since = high[0] if high and high[0] else "2000-01-01"
            source, target = here.cursor(), there.cursor()
            with (
                source.copy(f"COPY ({new}) TO STDOUT", [since]) as out,
                target.copy(f"COPY by_hand ({names}) FROM STDIN") as into,
            ):
                for data in out:
                    into.write(data)
            return target.rowcount


def ours(hub: Hub) -> int:
    """One run of the sync."""
    [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
    return sync_run.run(hub, line, Asked()).counts["applied"]


def run() -> Result:
    """Two targets of one server, filled in turn; once before to warm up."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-bench-"))
    try:
        with Postgres(folder / "postgres") as server:
            bases = Bases(server)
            with closing(sync_site.hub(folder, server, "bench")) as hub:
                samples = []
                for _ in range(PAIRS + 1):
                    bases.fill(COUNT)
                    samples.append((timed(lambda: ours(hub)), timed(bases.by_hand)))
    finally:
        shutil.rmtree(folder)
    if any((mine.units, theirs.units) != (COUNT, COUNT) for mine, theirs in samples):
        raise RuntimeError("rows are missing")
    mine, cpu = rates([each for each, _ in samples[1:]])
    result = Result("S7", "同步 sync of 200,000 new rows", "行", "≥ 0.3 ×", mine, cpu)
    result.reference = "COPY out and in by hand"
    return compared(result, samples[1:], 0.3)


def first_load(count: int) -> None:
    """``python -m benchmarks.syncs COUNT``: a first load of so many rows, and how much memory it took."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-bench-"))
    try:
        with Postgres(folder / "postgres") as server:
            Bases(server).fill(count)
            with closing(sync_site.hub(folder, server, "bench")) as hub:
                before = peak_rss_mb()
                sample = timed(lambda: ours(hub))
        told = (
            f"{sample.units:,} rows, {sample.rate:,.0f}/s, CPU {1000 * sample.cpu_ms:.1f} µs a row"
        )
        print(f"{told}, peak {peak_rss_mb():.0f} MB ({before:.0f} MB before)")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    first_load(int(sys.argv[1]))
