"""The street offices' front-end database, and the allowance's system beside it: for the tutorial.

::

    python -m sandbox.street up --dir var/elderly      # starts both, and tells where they are
    python -m sandbox.street apply 3                   # three elderly people more have applied
    python -m sandbox.street books                     # what civil affairs have in their books
    python -m sandbox.street fault reset --times 1     # as in sandbox.faults; clear: all well again
    python -m sandbox.street down
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sandbox import resident_id
from sandbox.command_line import Parser
from sandbox.handle import Handle
from sandbox.layout import free_port
from sandbox.postgres import Postgres
from sandbox.process import Process

DATABASE, USER = "qzk", "jhuser"
TABLE = """
CREATE TABLE IF NOT EXISTS t_gljt_sq (
    sqbh varchar(20) PRIMARY KEY, xm varchar(60) NOT NULL, sfzh varchar(18) NOT NULL,
    csrq char(8) NOT NULL, bzlx char(2) NOT NULL, yje numeric(10,2) NOT NULL,
    lxdh varchar(20), jdmc varchar(60), zt char(1) NOT NULL DEFAULT '0',
    gxsj timestamp NOT NULL DEFAULT localtimestamp
)
"""
_NAMES = ("王直正", "李达安", "赵通和", "钱办宁", "孙理康", "周顺祥", "吴齐䶮", "郑全福")
"""Invented; 䶮 is a character that GBK does not have."""


class Street:
    """In one folder: what runs is noted there, so that the next command finds it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._file = self._folder / "street.json"
        self._told: dict[str, Any] = {}
        if self._file.exists():
            self._told = json.loads(self._file.read_text("utf-8"))
        self._server = Postgres(self._folder / "pg")

    def up(self) -> None:
        """Start both and tell how they are reached."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._told = self._told or {"port": free_port(), "control": free_port(), "pids": {}}
        self._server.start(detached=True)
        self._prepare()
        handle = self._handle()
        handle.start()
        handle.wait()
        processes = {"postgres": self._server.process, "elderly": handle.process}
        self._told["pids"] = {name: each.pid for name, each in processes.items() if each}
        self._file.write_text(json.dumps(self._told), "utf-8")
        print(self._where())

    def apply(self, count: int) -> None:
        """So many people more have applied at a street office."""
        self._server.start(detached=True)
        first = int(self._sql("SELECT count(*) FROM t_gljt_sq"))
        for number in range(first, first + count):
            self._sql(_insert(number))
        print(f"新增 {count} 件申请，共 {first + count} 件")

    def books(self) -> None:
        """What the allowance's system has in its books."""
        for row in self._handle().books():
            print(row["slh"], row["transno"], row["sfzh"], row["bzlx"], row["yje"])

    def fault(self, name: str, times: int) -> None:
        """Switch a fault on, or all off."""
        handle = self._handle()
        if name == "clear":
            return handle.clear()
        return handle.fault(name, **({"times": times} if times else {}))

    def down(self) -> None:
        """Stop both, by their process ids; the data stay."""
        self._handle().process.stop()
        if self._server.find():
            self._server.stop()

    def _handle(self) -> Handle:
        ports = {name: int(self._told[name]) for name in ("port", "control")}
        command = [sys.executable, "-m", "sandbox.elderly", "--dir", str(self._folder)]
        command += ["--port", str(ports["port"]), "--control", str(ports["control"])]
        log = self._folder / "elderly" / "elderly.log"
        process = Process("elderly", command, log, "sandbox.elderly")
        process.pid = int(self._told.get("pids", {}).get("elderly", 0))
        return Handle(process, **ports, detached=True)

    def _prepare(self) -> None:
        if not self._server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
            self._server.database(DATABASE)
            self._server.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{self._server.password}'")
        self._sql(TABLE)
        self._sql(f"GRANT SELECT, UPDATE (zt) ON t_gljt_sq TO {USER}")

    def _sql(self, statement: str) -> str:
        return self._server.sql(statement, database=DATABASE)

    def _where(self) -> str:
        web = f"http://127.0.0.1:{self._told['port']}/ylbt/services/ElderlyAllowance"
        return "\n".join(
            [
                f"高龄津贴系统 SOAP：{web}?wsdl",
                f"前置库 PostgreSQL：127.0.0.1:{self._server.port} 库 {DATABASE}",
                f"前置库账号：{USER}  口令：{self._server.password}",
            ]
        )


def _insert(number: int) -> str:
    """One synthetic person: born on a day of 1931 to 1945, so older than 80."""
    born = f"{1931 + number % 15}{1 + number % 12:02}{1 + number % 28:02}"
    person = resident_id.compose("320117", born, 10 + number % 900)
    amount = ("100.00", "200.50")[number % 2]
    name = _NAMES[number % len(_NAMES)]
    values = f"'SQ{number + 1:08}', '{name}', '{person}', '{born}', '01', {amount}, '', '永阳街道'"
    return f"INSERT INTO t_gljt_sq (sqbh, xm, sfzh, csrq, bzlx, yje, lxdh, jdmc) VALUES ({values})"


_ABOUT = """
教程用的街道前置库和高龄津贴系统 the street offices' database and the allowance's system, for the tutorial

up      起两样，打印地址和口令 start both
apply   新来几位老人 so many people more have applied
books   津贴系统账上有什么 what civil affairs have in their books
fault   让它出故障，clear 全部恢复 switch a fault on; clear: all well again
down    停下，数据留着 stop both; the data stay
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = Parser("python -m sandbox.street", _ABOUT)
    acts_named = ("up", "apply", "books", "fault", "down")
    parser.add_argument("action", choices=acts_named, help="见上 see above")
    help_ = "几位老人；哪种故障，或 clear how many; which fault"
    parser.add_argument("what", nargs="?", default="1", help=help_)
    parser.add_argument("--times", type=int, default=0, help="故障几次，缺省一直 how often")
    help_ = "放在哪里，缺省 var/elderly the folder"
    parser.add_argument("--dir", type=Path, default=Path("var/elderly"), help=help_)
    told = parser.parse_args(argv)
    street = Street(told.dir)
    acts: dict[str, Callable[[], None]] = {
        "up": street.up,
        "apply": lambda: street.apply(int(told.what)),
        "books": street.books,
        "fault": lambda: street.fault(told.what, told.times),
        "down": street.down,
    }
    acts[told.action]()
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
