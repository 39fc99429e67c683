"""``make up``, ``make down``: the whole hub as in production, on one machine, on loopback.

PostgreSQL and RabbitMQ are started from Debian's packages unless ``ZHIDA_POSTGRES_URL`` (a server
without a database's name; ``zhida`` and ``airflow`` must exist there) or ``ZHIDA_AMQP_URL`` say
where they are. Then the sandbox's district, Airflow's four programs, and the listener.
``--district grants --firms N`` is a district that gives grants and does nothing else, ``--district mediation`` one
that settles labour disputes, ``--district acceptance`` one that accepts finished buildings, ``--district finance`` one
that verifies orders for banks, with the hub's endpoint (none of them has a queue or a listener). ``declare N``, ``borrow N``, ``dispute N``,
``building N`` bring the N-th invented birth, order, dispute, building into the town that lies in the folder;
``people``: whoever something waits for there does it.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sandbox import grants_district, production_acts, production_kinds
from sandbox.airflow import PARTS, USER, Airflow
from sandbox.command_line import Parser
from sandbox.connections import exports
from sandbox.declarations import Broker
from sandbox.handle import NotHealthy, wait_for
from sandbox.moments import china_time
from sandbox.postgres import NotInstalledError, Postgres
from sandbox.process import ROOT, Process
from sandbox.production_kinds import KINDS, district_of
from sandbox.rabbitmq import RabbitMq
from sandbox.running import Running
from sandbox.tls import write_secret

SITE = ROOT / "sandbox" / "production_site"
"""What the production site has beside the example's."""
_UNQUEUED = ("grants", "mediation", "acceptance", "finance")
_LOOK = {
    "grants": "zhida grants status",
    "mediation": "zhida mediation list",
    "acceptance": "zhida acceptance buildings",
    "finance": "zhida report finance",
}
"""By which command one sees what goes on."""
_NOT_HERE = "{folder} 里没有能办这件事的示例区，先 up --district {kinds} no town here where this can be done"
FIRMS = 2000
DATABASES = ("zhida", "airflow")
LETS_GO = "ALTER DATABASE airflow SET idle_in_transaction_session_timeout = '30s'"
"""The executor's processes share the scheduler's connection. While they outlive a scheduler that was
killed in a transaction, the rows that it had locked stay locked, and its successor passes over them.
"""


class Production:
    """Everything in one folder. ``running`` knows what was started.

    ``kind``: of the district: ``core``; ``whole``, with all nine items of the newborn's matter;
    ``by-hand``, the same where every unit is reachable only through the OA; ``mediation``; ``acceptance``;
    ``finance``; or ``grants``, where ``firms`` enterprises are known and nothing comes by a queue.
    """

    def __init__(self, folder: Path, kind: str = "core", firms: int = FIRMS) -> None:
        self.folder, self.firms, self.kind = folder.resolve(), firms, kind
        self.for_grants, self.is_queued = kind == "grants", kind not in _UNQUEUED
        self.is_asked = kind == "finance"
        self.district = district_of(self.folder, kind)
        self.running = Running(self.folder)
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Start everything and wait until each part is well. Raises ``NotHealthy``."""
        production_kinds.note(self.folder, self.kind)
        self._start_district()
        server = self._postgres()
        self.environment = self.district.env | {
            "ZHIDA_STORE_URL": f"{server}/zhida",
            "PYTHONPATH": str(ROOT),
        }
        if self.is_queued:
            self._start_queue()
        self._once("init")
        self.airflow = Airflow(self.folder, f"{server}/airflow", self.environment)
        self.airflow.prepare()
        self._start_airflow()
        if self.is_queued:
            self._start_listener()
        if self.is_asked:
            self._start_endpoint()
        told = self.airflow.environment | self.environment
        write_secret(self.folder / "env.sh", exports(told))
        self.person = self.district.write_operators()

    def _start_queue(self) -> None:
        self.broker = self._rabbitmq()
        told = json.dumps(self.broker.connection)
        self.environment["AIRFLOW_CONN_QUEUE"] = told
        write_secret(self.folder / "broker.json", told.encode())

    def _start_district(self) -> None:
        self.district.prepare()
        if self.for_grants:
            self._hand_over()
        elif self.is_queued:
            self._let_beds_declare()
        self.district.start()
        ports = self.district.ports
        for process in self.district.processes():
            told = ports[process.name]
            port = told.get("port") or told["https"]
            self.running.add(process, "示例区系统", f"127.0.0.1:{port}")

    def _hand_over(self) -> None:
        """The bureaus' lists of today, unless there have been any."""
        if not (self.folder / grants_district.BOOKS).exists():
            today = date.fromisoformat(china_time("%Y-%m-%d"))
            grants_district.hand_over(self.folder, self.firms, today)

    def _let_beds_declare(self) -> None:
        shutil.copytree(SITE, self.folder / "site", dirs_exist_ok=True)
        site = self.folder / "site" / "site.yaml"
        text = site.read_text("utf-8").replace("[newborn]", "[newborn, newborn-bedside]")
        site.write_text(text, "utf-8")

    def _postgres(self) -> str:
        """The server's address without a database's name."""
        given = os.environ.get("ZHIDA_POSTGRES_URL", "").rstrip("/")
        if given:
            return given
        server = Postgres(self.folder / "postgres").start(detached=True)
        assert server.process is not None
        self.running.add(server.process, "数据库 PostgreSQL", f"127.0.0.1:{server.port}")
        known = server.sql("SELECT datname FROM pg_database").split()
        for name in DATABASES:
            if name not in known:
                server.database(name)
        server.sql(LETS_GO)
        return server.url("").rstrip("/")

    def _rabbitmq(self) -> Broker:
        given = os.environ.get("ZHIDA_AMQP_URL", "")
        if given:
            return Broker.of(given)
        server = RabbitMq(self.folder / "rabbitmq", detached=True)
        server.start()
        for process in server.processes:
            port = f"127.0.0.1:{server.port}" if process.name == "rabbitmq" else ""
            self.running.add(process, "消息队列 RabbitMQ", port)
        server.wait()
        return Broker("127.0.0.1", server.port, server.login, server.password)

    def _start_airflow(self) -> None:
        for process in self.airflow.processes():
            process.start(detached=True)
            web = process.name == "api-server"
            address = f"http://127.0.0.1:{self.airflow.port}" if web else ""
            self.running.add(process, PARTS[process.name], address)
            if web:
                self.airflow.wait(process)
        for each in self.running.noted[-len(PARTS) :]:
            self.airflow.wait(each.process)

    def _start_listener(self) -> None:
        process = self._zhida("listen")
        process.start(detached=True)
        self.running.add(process, "常驻接收 zhida listen")
        wait_for(process, lambda: "streams=" in process.tail(), seconds=60.0)

    def _start_endpoint(self) -> None:
        process = self._zhida("serve")
        process.start(detached=True)
        port = self.district.ports["hub"]["port"]
        self.running.add(process, "中枢接口 zhida serve", f"127.0.0.1:{port}")
        wait_for(process, lambda: "port=" in process.tail(), seconds=60.0)

    def _once(self, *words: str) -> None:
        process = self._zhida(*words)
        if process.run():
            raise NotHealthy(f"zhida {shlex.join(words)} failed:\n{process.tail()}")

    def _zhida(self, *words: str) -> Process:
        command = [sys.executable, "-m", "zhida", *words]
        log = self.folder / "logs" / f"{words[0]}.log"
        return Process(words[0], command, log, "zhida", self.environment)


def up(folder: Path, kind: str = "core", firms: int = FIRMS) -> int:
    """Start it; what runs already stays as it is, what has died in part is started anew."""
    found = Production(folder, kind, firms)
    alive = [each.process.is_alive() for each in found.running.read()]
    if alive and all(alive):
        return status(folder)
    found.running.stop()
    try:
        found.start()
    except (NotHealthy, NotInstalledError, TimeoutError) as error:
        print(f"未能启动 could not start: {error}", file=sys.stderr)
        found.running.stop()
        return 1
    except BaseException:
        found.running.stop()
        raise
    status(folder)
    print(f"\n界面 {found.airflow.environment['AIRFLOW__API__BASE_URL']}", end="")
    print(f"  用户 {USER}  密码 {found.airflow.password}")
    command = _LOOK.get(kind, "zhida case list")
    print(f"命令行 . {shlex.quote(str(found.folder / 'env.sh'))}  然后 {command}")
    print(f"以操作人身份操作 . {shlex.quote(str(found.person))}")
    return 0


def down(folder: Path) -> int:
    """Stop it, the last first. Data stays; ``rm -r`` of the folder forgets it."""
    running = Running(folder.resolve())
    noted = running.read()
    running.stop()
    print(f"已停止 stopped: {len(noted)}" if noted else "没有运行 nothing runs")
    return 0


def status(folder: Path) -> int:
    """What runs, where, under which pid, with which log; 0 if everything does."""
    noted = Running(folder.resolve()).read()
    table = Table("", "名称", "地址", "进程号", "日志", box=None)
    for each in noted:
        process = each.process
        mark = "[green]运行[/]" if process.is_alive() else "[red]停止[/]"
        log = os.path.relpath(process.log)
        table.add_row(mark, f"{each.what} {process.name}", each.address, str(process.pid), log)
    Console(width=140).print(table if noted else "没有运行 nothing runs")
    return 0 if noted and all(each.process.is_alive() for each in noted) else 1


_LIVES_IN = {
    "declare": ("core", "whole", "by-hand"),
    "borrow": ("finance",),
    "dispute": ("mediation",),
    "building": ("acceptance",),
    "people": tuple(production_acts.PEOPLE),
}
"""Action → the kinds of town in which it can be done."""


def act(folder: Path, action: str, number: int) -> int:
    """Something comes into the town that lies there, or its people do what waits."""
    kind = production_kinds.noted(folder)
    if kind not in _LIVES_IN[action]:
        wanted = " | ".join(_LIVES_IN[action])
        print(_NOT_HERE.format(folder=folder, kinds=wanted), file=sys.stderr)
        return 1
    district = district_of(folder.resolve(), kind)
    district.prepare()
    if action == "people":
        return production_acts.PEOPLE[kind](district)
    return production_acts.COMES[action](district, number)


_ABOUT = """
按生产方式运行的示例区（make up、make down）the whole hub as in production, on one machine

up         起全套，已在运行的不动 start it; what runs stays
down       停下，数据留着 stop it; the data stay
status     哪些在运行，地址、进程号、日志 what runs, and where
declare N  N 号出生，床旁申报 a birth（core、whole、by-hand）
borrow N   N 号订单，银行申请核验 a bank's request（finance）
dispute N  N 号劳动争议，窗口登记 a labour dispute（mediation）
building N N 号楼，建设单位登记 a finished building（acceptance）
people     各单位的人办手上的事 people do what waits for them（grants、finance、mediation、acceptance）
"""


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser("python -m sandbox.production", _ABOUT)
    actions = ("up", "down", "status", *_LIVES_IN)
    parser.add_argument("action", choices=actions, help="见上 see above")
    parser.add_argument(
        "number", type=int, nargs="?", default=1, help="几号，缺省 1 the how manyth"
    )
    help_ = "放在哪里，缺省 var/production the folder"
    parser.add_argument("--dir", type=Path, default=Path("var/production"), help=help_)
    help_ = "up：哪种示例区，缺省是目录里原有的那种，没有就 core which kind of town"
    parser.add_argument("--district", choices=KINDS, help=help_)
    help_ = "up，奖补的示例区：多少户企业 how many firms"
    parser.add_argument("--firms", type=int, default=FIRMS, help=help_)
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    told = _arguments(argv)
    if told.action in _LIVES_IN:
        return act(told.dir, told.action, told.number)
    if told.action == "up":
        kind = told.district or production_kinds.noted(told.dir) or "core"
        return up(told.dir, kind, told.firms)
    acts = {"down": down, "status": status}
    return acts[told.action](told.dir)


if __name__ == "__main__":
    sys.exit(main())
