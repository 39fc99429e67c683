"""A register, a front-end database and a site that syncs the one into the other: to be tried by hand.

``python -m sandbox.syncs`` lays it into ``var/syncs`` (docs/how-to/syncs.md); ``python -m sandbox.syncs
change`` is a day at the register: new firms, changed ones, one that came late, one that nobody can
read. Firms are invented. Their databases are files of SQLite; with servers the site says so and no more.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox import pki
from sandbox.process import ROOT

FOLDER = Path("var/syncs")
FIRMS = 500
_REGISTER = """CREATE TABLE T_QYDJ (TYSHXYDM VARCHAR(18) PRIMARY KEY, QYMC VARCHAR(100) NOT NULL,
    ZCZB NUMERIC(14,2), CLRQ VARCHAR(8), FDDBR VARCHAR(40), GXSJ VARCHAR(19))"""
_FRONT = """CREATE TABLE firm_register (uscc VARCHAR(18) PRIMARY KEY, name VARCHAR(100) NOT NULL,
    capital NUMERIC(14,2), registered_on DATE)"""
_INSERT = "INSERT INTO T_QYDJ VALUES (?, ?, ?, ?, ?, ?)"


def lay(folder: Path) -> None:
    """Databases, site, keys; what is there is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    site = folder / "site"
    shutil.copytree(ROOT / "sandbox" / "sync_site", site)
    pki.make(folder)
    for name, mark in {"registry-database": "REGISTRY", "licensing-front": "FRONT"}.items():
        file = site / "systems" / f"{name}.yaml"
        place = str((folder / f"{name}.db").resolve())
        file.write_text(file.read_text("utf-8").replace(mark, json.dumps(place)), "utf-8")
    _run(folder / "licensing-front.db", _FRONT)
    _run(folder / "registry-database.db", _REGISTER)
    _run(folder / "registry-database.db", _INSERT, [firm(number) for number in range(FIRMS)])
    (folder / "var").mkdir(mode=0o700)
    (folder / "env.sh").write_text(_environment(folder), "utf-8")
    (folder / "env.sh").chmod(0o600)


def change(folder: Path) -> None:
    """A day at the register."""
    place = folder / "registry-database.db"
    now = _clock(timedelta())
    _run(place, _INSERT, [firm(FIRMS + number) for number in range(20)])
    _run(place, _INSERT, [(*firm(700)[:5], _clock(timedelta(minutes=5)))])
    _run(place, _INSERT, [(*firm(701)[:3], "20260231", *firm(701)[4:])])
    _run(place, f"UPDATE T_QYDJ SET QYMC = QYMC || '（更名）', GXSJ = '{now}' WHERE rowid <= 5")


def firm(number: int) -> tuple[str, str, str, str, str, str]:
    """An invented firm, as the register has it; changed a moment ago."""
    capital, day = f"{(number + 1) * 10_000}.00", f"2020{number % 12 + 1:02}05"
    name = f"示例第{number}号科技有限公司"
    return f"91320117MA{number:08}", name, capital, day, "示例代表人", _clock(timedelta())


def _clock(ago: timedelta) -> str:
    china = datetime.now(UTC) + timedelta(hours=8)
    return (china - ago).strftime("%Y-%m-%d %H:%M:%S")


def _run(place: Path, statement: str, rows: list[tuple[str, ...]] | None = None) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.executemany(statement, rows) if rows else connection.execute(statement)


def _environment(folder: Path) -> str:
    place = folder.resolve()
    told = {
        "ZHIDA_SITE": str(place / "site"),
        "ZHIDA_VAR": str(place / "var"),
        "ZHIDA_KEY_PASSWORD": pki.secrets_of(folder)["hub"],
        "AIRFLOW_CONN_SYNC_REGISTRY": '{"conn_type": "generic"}',
        "AIRFLOW_CONN_SYNC_LICENSING": '{"conn_type": "generic"}',
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in told.items())


def main(words: list[str]) -> None:
    """Lay it, or change something."""
    if words == ["change"]:
        change(FOLDER)
        print(
            "登记库有了变化：20 家新的，5 家更名，1 家迟到，1 家日期写错。再运行 zhida sync run firms"
        )
    else:
        lay(FOLDER)
        print(f". {FOLDER}/env.sh\nzhida init && zhida check && zhida sync run firms")


if __name__ == "__main__":
    main(sys.argv[1:])
