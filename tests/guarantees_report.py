"""``make guarantees``: every test of a promise at full rounds, and one line a promise.

A pytest plugin collects the tests marked ``@pytest.mark.guarantee("G2")``, runs only those, and
counts what came of them. A test that plays several rounds in itself says how many with
``record_property("rounds", 50)``; else each test case is one round. Where the kills of a test fell
(``tests.kills``) is told beside. Exit code 0 only if no test of any promise failed, and enough
kills hit something in flight. Writes ``docs/guarantees-report.md``. ``--promises G5,G7`` runs the tests of
these only, and the rows of the others stay as they are, each with its day.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from tests.kills import APPLIED, OWNED, SENT, in_flight, read, split

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
Fell = dict[tuple[str, str], Counter[str]]
"""What was killed, on which store → where the kills fell."""
LEAST_IN_FLIGHT, LEAST_IN_STATE = 500, 50
"""Kills that full rounds must have made, in all and in each state of a delivery."""


@dataclass
class Line:
    """What came of one promise's tests."""

    tests: set[str] = field(default_factory=set)
    rounds: int = 0
    stores: Counter[str] = field(default_factory=Counter)
    """Rounds of the tests that run on both kinds of store, on each."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def add(self, report: pytest.TestReport) -> None:
        """One phase of a test; its rounds are told with its call."""
        self.seconds += report.duration
        self.failed += report.failed
        self.skipped += report.skipped
        if report.when == "call":
            self.passed += report.passed
            self.tests.add(report.nodeid.partition("[")[0])
            self.rounds += rounds(report.user_properties)
            if store := _STORE.search(report.nodeid):
                self.stores[store[1]] += rounds(report.user_properties)

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

    def __init__(self, wanted: Iterable[str] = PROMISES) -> None:
        self.lines = {promise: Line() for promise in PROMISES if promise in wanted}
        self.kills: Fell = {}
        self._of: dict[str, list[str]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what carries the mark; a promise that does not exist is a mistake."""
        for item in items:
            named = {str(mark.args[0]) for mark in item.iter_markers("guarantee")}
            if unknown := sorted(named - set(PROMISES)):
                raise pytest.UsageError(f"{item.nodeid}: no such promise {', '.join(unknown)}")
            if known := sorted(named & set(self.lines)):
                self._of[item.nodeid] = known
        config.hook.pytest_deselected(items=[i for i in items if i.nodeid not in self._of])
        items[:] = [item for item in items if item.nodeid in self._of]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up and tear-down count for the time, and when they fail."""
        if report.when == "teardown":
            for victim, store, fell in read(report.user_properties):
                self.kills.setdefault((victim, store), Counter()).update(fell)
        for promise in self._of.get(report.nodeid, ()):
            self.lines[promise].add(report)


_STORE = re.compile(r"\[(?:.*-)?(sqlite|postgresql)\b")
"""In the id of a test case that is parametrised by its store."""


def rounds(properties: Iterable[tuple[str, object]]) -> int:
    """How many rounds a test says that it played; one if it says nothing.

    >>> rounds([("seed", 7), ("rounds", 50)]), rounds([])
    (50, 1)
    """
    told = [int(str(value)) for name, value in properties if name == "rounds"]
    return told[-1] if told else 1


def table(lines: dict[str, Line], *, day: date, before: str = "") -> list[str]:
    """One Markdown line a promise; of one that was not run, that of the page ``before``."""
    head = ["| 承诺 | 内容 | 测试 | 轮次 | 结果 | 用时 | 其中 SQLite / PostgreSQL | 日期 |"]
    head += ["|---|---|---|---|---|---|---|---|"]
    old = {row.split("|")[1].strip(): row for row in before.splitlines() if row.startswith("| G")}
    kept = {promise: old[promise] for promise in PROMISES if promise in old}
    rows = kept | {promise: _row(promise, line, day) for promise, line in lines.items()}
    return head + [rows[promise] for promise in PROMISES if promise in rows]


def _row(promise: str, line: Line, day: date) -> str:
    told = [promise, PROMISES[promise], str(len(line.tests)), str(line.rounds)]
    told += [line.result(promise), f"{line.seconds:.1f} s"]
    told += [f"{line.stores['sqlite']} / {line.stores['postgresql']}" if line.stores else "–"]
    told += [day.isoformat()]
    return f"| {' | '.join(told)} |"


def histogram(kills: Fell) -> list[str]:
    """One Markdown line a victim and store, and their sum."""
    head = ["| kill -9 | 存储 store | 在途 in flight | 其中 of them | 不计 not counted |"]
    head += ["|---|---|---|---|---|"]
    body = [_killed(victim, store or "–", fell) for (victim, store), fell in kills.items()]
    return [*head, *body, _killed("合计 total", "", total(kills))]


def _killed(victim: str, store: str, fell: Counter[str]) -> str:
    busy, idle = split(fell)
    return f"| {victim} | {store} | {in_flight(fell)} | {busy} | {idle} |"


def total(kills: Fell) -> Counter[str]:
    """Of all that was killed."""
    return sum(kills.values(), Counter())


def too_few(kills: Fell) -> list[str]:
    """What full rounds should have hit more often.

    >>> too_few({("worker", ""): Counter(owned=60, sent=400, recorded=900)})
    ['in flight 460 < 500', 'applied-not-recorded 0 < 50']
    """
    fell = total(kills)
    told = [("in flight", in_flight(fell), LEAST_IN_FLIGHT)]
    told += [(state, fell[state], LEAST_IN_STATE) for state in (OWNED, SENT, APPLIED)]
    return [f"{what} {count} < {least}" for what, count, least in told if count < least]


KILLS = "## 杀进程落在何处 · Where the kills fell"


def page(lines: dict[str, Line], *, kills: Fell, day: date, before: str = "") -> str:
    """The report; the promises themselves are told in ``docs/guarantees.md``.

    ``before``: the page of before, of which stays what was not run now.
    """
    if before and not kills:
        return "\n".join([*_head(lines, day, before), KILLS + before.partition(KILLS)[2]])
    return "\n".join([*_head(lines, day, before), *_fell(kills)]) + "\n"


def _head(lines: dict[str, Line], day: date, before: str) -> list[str]:
    where = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return [
        "# 承诺核对报告 · Guarantees report",
        "",
        f"由 `make guarantees` 生成，{where}，{os.cpu_count()} 核；“日期”为各项最近一次全部轮次的日子。",
        "每项承诺的含义见 [guarantees.md](guarantees.md)。“轮次”为测试自报的轮数，未报的按用例计。",
        "",
        *table(lines, day=day, before=before),
        "",
    ]


def _fell(kills: Fell) -> list[str]:
    return [
        KILLS,
        "",
        "只有在途的才计入。owned：本方已记发出，对方还没收到；sent：对方已收到，账上还没有；",
        "applied-not-recorded：对方账上已有，本方还不知道。来件一侧：unconfirmed：发送方没有等到",
        "确认；queued：只在队列里；taken-not-settled：办件已开，队列还不知道。",
        "",
        *histogram(kills),
    ]


def main(arguments: list[str]) -> int:
    """Run; further arguments go to pytest."""
    os.environ.setdefault("ZHIDA_ROUNDS", "full")
    wanted = tuple(PROMISES)
    if arguments[:1] == ["--promises"]:
        wanted, arguments = tuple(arguments[1].split(",")), arguments[2:]
    found, today = Guarantees(wanted), date.today()
    patience = "--timeout=3600"  # full rounds of one test may take many minutes
    status = pytest.main(["-q", patience, *arguments, str(ROOT / "tests")], plugins=[found])
    print("\n".join([*table(found.lines, day=today), "", *histogram(found.kills)]))
    before = REPORT.read_text("utf-8") if len(wanted) < len(PROMISES) else ""
    if any(line.tests for line in found.lines.values()):  # not after --help or --collect-only
        REPORT.write_text(page(found.lines, kills=found.kills, day=today, before=before), "utf-8")
    some = arguments or before or os.environ["ZHIDA_ROUNDS"] != "full"
    wanting = [] if some else too_few(found.kills)
    print("".join(f"too few kills: {each}\n" for each in wanting), end="")
    return int(status) or int(bool(wanting))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
