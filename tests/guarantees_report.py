"""``make guarantees``: every test of a promise at full rounds, and one line a promise.

A pytest plugin collects the tests marked ``@pytest.mark.guarantee("G2")``, runs only those, and
counts what came of them. A test that plays several rounds in itself says how many with
``record_property("rounds", 50)``; else each test case is one round. Exit code 0 only if no
test of any promise failed. Writes ``docs/guarantees-report.md``.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "guarantees-report.md"
PROMISES = {
    "G1": "收到即不丢 acknowledged means durable",
    "G2": "一件事只产生一个结果 one event, one effect",
    "G3": "次序与更正 order and corrections",
    "G4": "对方停机数日 a partner may be down",
    "G5": "人人可验的证据 evidence anyone can check",
    "G6": "不以隐私换证据 privacy",
    "G7": "改账必被发现 the ledger cannot be changed quietly",
    "G8": "默认拒绝并说明 fail closed and say why",
    "G9": "密钥、CA、时钟出错 keys, CAs and clocks misbehave",
    "G10": "恶意输入 hostile input",
    "G11": "已知的速度 known speed",
    "G12": "恢复与升级 restore and upgrade",
    "G13": "账目平衡 exact accounting",
    "G14": "值不走样 values survive",
}
ABSENT = "本版未提供 not in this version"
ELSEWHERE = {"G11": "见 docs/benchmarks.md（make bench）"}


@dataclass
class Line:
    """What came of one promise's tests."""

    tests: set[str] = field(default_factory=set)
    rounds: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def result(self, promise: str) -> str:
        """In a word; a promise whose tests were skipped is not shown."""
        if self.failed:
            return f"失败 failed {self.failed}"
        if self.skipped:
            return f"未运行 skipped {self.skipped}"
        if self.passed:
            return "通过 passed"
        return ELSEWHERE.get(promise, ABSENT)


class Guarantees:
    """The plugin: chooses the marked tests and counts."""

    def __init__(self) -> None:
        self.lines = {promise: Line() for promise in PROMISES}
        self._of: dict[str, list[str]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what carries the mark; a promise that does not exist is a mistake."""
        others = [item for item in items if not item.get_closest_marker("guarantee")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.get_closest_marker("guarantee")]
        for item in items:
            named = [str(mark.args[0]) for mark in item.iter_markers("guarantee")]
            unknown = sorted(set(named) - set(PROMISES))
            if unknown:
                raise pytest.UsageError(f"{item.nodeid}: no such promise {', '.join(unknown)}")
            self._of[item.nodeid] = sorted(set(named))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up and tear-down count for the time, and when they fail."""
        for promise in self._of.get(report.nodeid, ()):
            line = self.lines[promise]
            line.seconds += report.duration
            if report.failed:
                line.failed += 1
            elif report.skipped:
                line.skipped += 1
            elif report.when == "call":
                line.passed += 1
            if report.when == "call":
                line.tests.add(report.nodeid.partition("[")[0])
                line.rounds += rounds(report.user_properties)


def rounds(properties: Iterable[tuple[str, object]]) -> int:
    """How many rounds a test says that it played; one if it says nothing.

    >>> rounds([("seed", 7), ("rounds", 50)]), rounds([])
    (50, 1)
    """
    told = [int(str(value)) for name, value in properties if name == "rounds"]
    return told[-1] if told else 1


def table(lines: dict[str, Line]) -> list[str]:
    """One Markdown line a promise."""
    head = ["| 承诺 | 内容 | 测试 | 轮次 | 结果 | 用时 |", "|---|---|---|---|---|---|"]
    return head + [_row(promise, line) for promise, line in lines.items()]


def _row(promise: str, line: Line) -> str:
    told = [promise, PROMISES[promise], str(len(line.tests)), str(line.rounds)]
    told += [line.result(promise), f"{line.seconds:.1f} s"]
    return f"| {' | '.join(told)} |"


def page(lines: dict[str, Line], *, day: date) -> str:
    """The report; the promises themselves are told in ``docs/guarantees.md``."""
    where = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    told = [
        "# 承诺核对报告 · Guarantees report",
        "",
        f"由 `make guarantees` 生成，{day.isoformat()}，{where}，{os.cpu_count()} 核。",
        "每项承诺的含义见 [guarantees.md](guarantees.md)。“轮次”为测试自报的轮数，未报的按用例计。",
        "",
        *table(lines),
    ]
    return "\n".join(told) + "\n"


def main(arguments: list[str]) -> int:
    """Run; further arguments go to pytest."""
    os.environ.setdefault("ZHIDA_ROUNDS", "full")
    found = Guarantees()
    patience = "--timeout=3600"  # full rounds of one test may take many minutes
    status = pytest.main(["-q", patience, *arguments, str(ROOT / "tests")], plugins=[found])
    print("\n".join(table(found.lines)))
    REPORT.write_text(page(found.lines, day=date.today()), "utf-8")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
