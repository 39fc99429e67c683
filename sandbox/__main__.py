"""``python -m sandbox up | status | down --dir DIR``: a district that outlives the command."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.command_line import Parser
from sandbox.connections import exports
from sandbox.district import District
from sandbox.handle import NotHealthy
from sandbox.tls import write_secret


def main(argv: Sequence[str] | None = None) -> int:
    """0 well (status: all run), 1 not."""
    arguments = _arguments(argv)
    district = District(
        arguments.dir, suite=arguments.suite, signer=not arguments.no_signer, detached=True
    )
    actions = {"up": up, "down": down, "status": status}
    return actions[arguments.action](district)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser("python -m sandbox", "示例区：代替各单位系统的程序 a district in a box")
    help_ = "起、停、看在不在 start, stop, what runs"
    parser.add_argument("action", choices=("up", "down", "status"), help=help_)
    help_ = "放在哪里，缺省 var/sandbox the folder"
    parser.add_argument("--dir", type=Path, default=Path("var/sandbox"), help=help_)
    help_ = "签名算法 which signatures"
    parser.add_argument("--suite", choices=("SM2-SM3", "Ed25519"), default="SM2-SM3", help=help_)
    help_ = "不起医院的签名机 leave the hospital's signer out"
    parser.add_argument("--no-signer", action="store_true", help=help_)
    return parser.parse_args(argv)


def up(district: District) -> int:
    """Start what does not run yet, and write where it is."""
    if any(_attach(district).values()):
        print(
            "已在运行，接着用即可；要重来先停 already running; to begin anew stop it: python -m sandbox down",
            file=sys.stderr,
        )
        return 1
    try:
        district.start()
    except NotHealthy as error:
        print(f"未能启动 could not start: {error}", file=sys.stderr)
        return 1
    pids = {process.name: process.pid for process in district.processes()}
    (district.directory / "pids.json").write_text(json.dumps(pids), "utf-8")
    file = district.directory / "env.sh"
    write_secret(file, exports(district.env))
    person = district.write_operators()
    status(district)
    print(f"\n让直达连接本沙箱 point zhida at it:  . {shlex.quote(str(file))}")
    print(f"以操作人身份操作 act as an operator:   . {shlex.quote(str(person))}")
    return 0


def down(district: District) -> int:
    """Stop what ``up`` started."""
    alive = sum(_attach(district).values())
    district.stop()
    (district.directory / "pids.json").unlink(missing_ok=True)
    print(f"已停止 stopped: {alive}" if alive else "没有运行 nothing runs")
    return 0


def status(district: District) -> int:
    """Say what runs, and where."""
    running = _attach(district)
    for name, alive in running.items():
        ports = ", ".join(f"{kind} {port}" for kind, port in district.ports[name].items())
        print(f"{name:<10} {'运行 running' if alive else '停止 stopped':<14} {ports}")
    return 0 if running and all(running.values()) else 1


def _attach(district: District) -> dict[str, bool]:
    """Which of the processes that ``up`` noted still run."""
    file = district.directory / "pids.json"
    if not file.exists():
        return {}
    pids = json.loads(file.read_text("utf-8"))
    if not district.processes():
        district.prepare()
    for process in district.processes():
        process.pid = process.pid or int(pids.get(process.name, 0))
    return {process.name: process.is_alive() for process in district.processes() if process.pid}


if __name__ == "__main__":
    sys.exit(main())
