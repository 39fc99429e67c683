"""``make bench``: each benchmark in a process of its own, so that its memory can be told.

``python -m benchmarks [--json] [--plot FILE] [S2 S4 …]``. Exit code 0 whatever the figures are: they are for
people, and nothing in CI depends on a time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import plot
from benchmarks.measure import Result, peak_rss_mb

MODULES = {
    "SM2": "benchmarks.sm2_signing",
    "S1": "benchmarks.transfers_at_once",
    "S2": "benchmarks.transfer",
    "S3": "benchmarks.datasets",
    "S4": "benchmarks.mapping",
    "S5": "benchmarks.grants",
    "S6": "benchmarks.newborn",
    "S6A": "benchmarks.newborn_airflow",
    "S6B": "benchmarks.silent_leg",
    "S7": "benchmarks.syncs",
    "S7D": "benchmarks.syncs_dlt",
    "S8": "benchmarks.amqp_confirms",
    "S8B": "benchmarks.sync_queue",
    "S9": "benchmarks.soap_call",
    "S10": "benchmarks.dag_import",
    "S11": "benchmarks.evidence",
    "LEDGER": "benchmarks.ledger_size",
    "PERSON": "benchmarks.person_look",
    "PAGES": "benchmarks.operator_pages",
}
"""Benchmark → module with ``run() -> Result``."""
_HEADINGS = ("", "工作", "每秒", "对照", "每秒", "比值", "目标", "CPU ms", "对照", "MB")


def main() -> int:
    """Run those that are named, or all."""
    told = _arguments()
    if told.one:
        print(json.dumps(_run(told.one), ensure_ascii=False))
        return 0
    aside = told.json or told.markdown
    console = Console(stderr=aside)
    if not console.is_terminal:
        console = Console(stderr=aside, width=132)
    results = [_in_process(name, console) for name in told.names or MODULES]
    if told.plot:
        told.plot.parent.mkdir(parents=True, exist_ok=True)
        told.plot.write_text(plot.goals(results, _where()), "utf-8")
    if told.markdown:
        _show(console, results)
        print(*_markdown(results), sep="\n")
    elif told.json:
        print(json.dumps({"machine": machine(), "results": results}, ensure_ascii=False, indent=1))
    else:
        _show(console, results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MODULES], metavar="|".join(MODULES))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true", help="for docs/benchmarks.md")
    parser.add_argument("--plot", type=Path, help="draw the ratios into this file (SVG)")
    parser.add_argument("--one", choices=MODULES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(name: str) -> dict[str, Any]:
    began = time.monotonic()
    result: Result = import_module(MODULES[name]).run()
    result.peak_rss_mb = round(peak_rss_mb(), 1)
    result.wall_s = round(time.monotonic() - began, 1)
    return result.told()


def _in_process(name: str, console: Console) -> dict[str, Any]:
    with console.status(f"{name} …"):
        command = [sys.executable, "-m", "benchmarks", "--one", name]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return {"id": name, "failed": True}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def machine() -> dict[str, Any]:
    """What the figures were measured on; no name, no place."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def _show(console: Console, results: list[dict[str, Any]]) -> None:
    table = Table(
        title="基准 benchmarks（比值：中位数 最小…最大；CPU 为每次毫秒；MB 为峰值内存）",
        title_justify="left",
    )
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold")
    for result in results:
        table.add_row(*_cells(result))
    console.print(table)
    console.print(_where())
    for result in results:
        for note in filter(None, [*result.get("notes", ()), result.get("invalid")]):
            console.print(f"{result['id']}: {note}")
    took = {result["id"]: result.get("wall_s", 0) for result in results}
    told = "，".join(f"{name} {seconds:.0f}" for name, seconds in took.items())
    console.print(f"用时 {sum(took.values()) / 60:.0f} 分钟（秒：{told}）")


def _where() -> str:
    return "，".join(f"{key} {value}" for key, value in machine().items())


def _markdown(results: list[dict[str, Any]]) -> list[str]:
    """The same table for a page."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, results)]
    return ["| " + " | ".join(re.sub(r"\[/?[a-z]*\]", "", c) for c in row) + " |" for row in rows]


def _cells(result: dict[str, Any]) -> list[str]:
    if "failed" in result:
        return [result["id"], "[red]失败 failed[/]", *[""] * 8]
    colour = {True: "green", False: "yellow", None: "white"}[result["met"]]
    if result["invalid"]:
        colour = "red"
    theirs, ratio = result["theirs"], result["ratio"]
    shown = f"{ratio['median']:.2f} {ratio['min']:.2f}…{ratio['max']:.2f}" if ratio else ""
    return [
        result["id"],
        result["title"],
        f"{result['ours']['median']:,.0f}",
        result["reference"],
        f"{theirs['median']:,.0f}" if theirs else "",
        f"[{colour}]{shown}[/]",
        f"[{colour}]{result['goal']}[/]",
        f"{result['cpu_ms']:.2f}",
        f"{result['their_cpu_ms']:.2f}" if theirs else "",
        f"{result['peak_rss_mb']:.0f}",
    ]


if __name__ == "__main__":
    raise SystemExit(main())
