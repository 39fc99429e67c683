"""The pages under docs/how-to were tried: their commands run as written, in a real sandbox.

A snippet below ``<!-- run: tests/test_how_to.py -->`` is run by bash, in the order of its page,
where the situation that the page is about has been made. What a person reads off the screen (a
case, a proposal, the day) is put in by ``_for_today``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange import times
from exchange.store import case_rows, document_rows
from exchange.store.engine import Connection, Store
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.handle import Handle
from tests import how_to_files

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "how-to"
_BLOCK = re.compile(r"^ *<!-- run: tests/test_how_to\.py -->\n( *)```sh\n(.*?)^\1```", re.M | re.S)
READING = """
import sys
from exchange import canonical
from exchange.store import proposal_rows
from zhida import case_view
from zhida.proposal_read import why_void
from zhida.watch import open_watch

with open_watch() as watch:
    parked = case_view.parked(watch)
    with watch.store.read() as connection:
        rows = proposal_rows.listed(connection, "open")
        live = [row for row in rows if not why_void(watch.site, connection, row, watch.clock())]
about = [canonical.loads(row.target.encode()) for row in live]
asked = [(told["case"], told["item"]) for told in about]
ranked = sorted((p["code"], asked.count((p["case"], p["item"])), p["case"], p["item"]) for p in parked)
print(*(ranked[0][2:] if sys.argv[1] == "item" else [live[0].id]))
"""
"""A person who looks which item is next, or which proposal."""


class Office:
    """A sandbox on its own, in a folder where the pages' relative paths are right."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "reading.py").write_text(READING)
        self.bash("python -m sandbox up && . var/sandbox/env.sh && zhida init")
        self.district = District(folder / "var" / "sandbox", detached=True)
        self.district.prepare()
        self.police: Handle = self.district.system("police")

    def bash(self, script: str) -> str:
        """What the script prints; it must succeed."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
        command = ["bash", "-c", "set -euo pipefail\n" + script]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def as_operator(self, name: str, script: str) -> str:
        return self.bash(f". var/sandbox/env.sh\n. var/sandbox/operators/{name}.sh\n{script}")

    def follow(self, page: str, first: int = 0, last: int | None = None, who: str = "wang") -> str:
        """The page's snippets from ``first`` to before ``last``."""
        text = (PAGES / f"{page}.md").read_text("utf-8")
        blocks = [block for _, block in _BLOCK.findall(text)]
        return self.as_operator(who, "\n".join(map(_for_today, blocks[first:last])))

    def sweep(self) -> str:
        """A sweep, whatever it finds."""
        return self.bash(". var/sandbox/env.sh\nzhida sweep newborn || test $? = 1")

    def births(self, *numbers: int) -> None:
        """They are declared, and the OA may be looked at now."""
        clerk = Clerk(self.district.system("oa").address)
        for number in numbers:
            self.district.birth(birth(number).facts)
            clerk.fill_in(birth(number).form)
        end = time.monotonic() + 20
        while any(row["ack"] != "AA" for row in self.district.system("hospital").books()):
            assert time.monotonic() < end, "the signer has not taken it"
            time.sleep(0.05)
        with self.write() as connection:
            document_rows.poll_now(connection)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with (
            closing(Store(f"sqlite:///{self.folder}/var/sandbox/hub/store.db")) as store,
            store.write() as connection,
        ):
            yield connection

    def until_parked(self, count: int) -> None:
        """Sweep until so many items wait for a person: what was lost settles first."""
        end = time.monotonic() + 60
        while True:
            self.sweep()
            with self.write() as connection:
                if len(case_rows.parked(connection)) == count:
                    return
            assert time.monotonic() < end
            time.sleep(0.5)

    def until(self, agreement: str, day: str) -> None:
        """The agreement holds until that day."""
        file = self.folder / "var/sandbox/site/agreements" / f"{agreement}.yaml"
        text = re.sub(r'valid_until: ".*"', f'valid_until: "{day}"', file.read_text("utf-8"))
        file.write_text(text, "utf-8")

    def registered(self) -> int:
        """Rows in the police's own books."""
        return len(self.police.books())


def _for_today(block: str) -> str:
    """What the page leaves to its reader, filled in."""
    today = datetime.now(times.CHINA).date()
    known = {
        "2026-11-25": today.isoformat(),
        "2026-11-26": (today + timedelta(days=1)).isoformat(),
        "办件 事项": "$(python reading.py item)",
        "提议编号": "$(python reading.py proposal)",
        "replay 消息": "replay $(zhida invalid list --json | python -c 'import json, sys; "
        'print(json.load(sys.stdin)[0]["id"][:12])\')',
        " 编号 ": " 32011720269999 ",
    }
    for word, value in known.items():
        block = block.replace(word, value)
    return block


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    try:
        yield Office(folder)
    finally:
        command = [sys.executable, "-m", "sandbox", "down"]
        subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, check=True)


def test_partner_down(office: Office) -> None:
    office.police.fault("down")
    office.births(901)
    alert = ""
    end = time.monotonic() + 60
    while "【直达】系统故障 police-1" not in alert:
        assert time.monotonic() < end, alert
        alert = office.sweep()
    told = office.follow("partner-down")
    for text in ("户政科技员", "不能等", "已记录：知晓"):
        assert text in told
    assert re.search(r"静默至 \d{4}-\d\d-\d\d 09:00:00", told)
    assert "wang 已知晓" in office.follow("partner-down", 0, 1)
    office.police.clear()
    while "城乡居民医保参保 │ 已办结 1" not in office.sweep():
        assert time.monotonic() < end
    assert "已结束" in office.follow("partner-down", -1)


def test_parked(office: Office) -> None:
    office.police.fault("reset", operation="csdj", times=3)
    office.births(911, 912, 913)
    before = office.registered()
    assert "结果未知 3" in office.sweep()
    with office.write() as connection:
        lost = {row.id for row in case_rows.list_cases(connection)}
    office.until("window-to-police", "2026-01-02")
    office.births(914, 915)
    office.until_parked(5)
    with office.write() as connection:
        for row in case_rows.parked(connection):
            if row.case in lost:  # as if the police could not be asked
                values = {"code": "delivery.unknowable", "facts": "{}"}
                case_rows.set_item(connection, row.case, row.item, values)
    office.until("window-to-police", "2028-12-31")
    told = office.follow("parked", 0, 2) + office.follow("parked", 4, 5)
    for text in ("可以：zhida parked replay", "以上为演算", "已转为待办 1 件", "已提议，编号"):
        assert text in told
    told = office.follow("parked", 5, 6, who="li")
    assert "已同意并执行：没有办成，重新办理" in told
    assert "未同意，事项仍待人工：核实已办成" in told
    assert "已办结 3" in office.sweep()
    assert office.registered() == before + 5
    assert "影子运行" in office.follow("parked", 6)


def test_parked_by_a_mapping(office: Office) -> None:
    """As if another version of the mapping had made nothing of it."""
    clerk = Clerk(office.district.system("oa").address)
    clerk.fill_in(birth(942).form | {"sbrsfz": "320117"})
    office.follow("parked", 6)  # the leg is live again
    office.police.fault("down")
    office.births(941)
    office.sweep()
    office.police.clear()
    before = office.registered()
    facts = '{"mapping":"birth_declaration_police_record","mapping_digest":"00"}'
    with office.write() as connection:
        case = case_rows.list_cases(connection)[0].id
        values = {"state": "invalid", "code": "mapping.not-exact", "facts": facts}
        case_rows.set_item(connection, case, "household", values)
        case_rows.set_item(connection, case, "insurance", {"state": "blocked"})
    told = office.follow("parked", 2, 3)
    for text in ("映射已改", "以上为演算", "已转为待办 1 件"):
        assert text in told
    told = office.follow("parked", 3, 4)
    for text in ("映射未改，略过 1 件", "以上为演算", "仍无效"):
        assert text in told
    end = time.monotonic() + 60
    while office.registered() == before:
        assert time.monotonic() < end
        office.sweep()


def test_replay_a_day(office: Office) -> None:
    office.until("hospital-to-police", "2026-01-02")
    office.births(921, 922)
    before = office.registered()
    assert "待人工 2" in office.sweep()
    assert "agreement.expired" in office.follow("replay-a-day", 0, 1)
    with pytest.raises(AssertionError, match="✗ │ 共享协议 "):
        office.follow("replay-a-day", 1, 2)
    office.until("hospital-to-police", "2028-12-31")
    told = office.follow("replay-a-day", 1)
    assert "各系统依此次序重新办理（2 件）" in told
    assert "已转为待办 2 件" in told
    assert office.registered() == before + 2


def test_restore(office: Office) -> None:
    office.births(931)
    office.sweep()
    office.follow("restore", 0, 1)
    office.births(932)
    office.sweep()
    office.police.fault("reset", operation="csdj", times=1)  # done there, and not known to us
    office.births(933)
    office.sweep()
    before = office.registered()
    told = office.follow("restore", 1)
    assert "zhida reconcile --since" in told
    assert "存疑的系统：无" in told
    assert "账本完整" in told
    assert "已办结 1" in told
    assert office.registered() == before


def test_report_a_matter(office: Office) -> None:
    office.births(961)
    office.sweep()
    told = office.follow("report-a-matter")
    for text in ("免交材料", "离开快速通道的原因", "用到的现有系统", '"best_case": "30 minutes"'):
        assert text in told
    assert (office.folder / "成效.md").read_text("utf-8").startswith("# 新生儿出生一件事")


def test_add_a_joint_service(office: Office) -> None:
    """Last on this site: it takes the form away from the newborns' matter."""
    told = office.follow("add-a-joint-service", 0, 2)
    assert "已写入 matters/settle.yaml" in told
    assert "agreement.purpose" in told
    assert "matter." not in told.replace("matters/", ""), "only agreements are missing"
    how_to_files.write("add-a-joint-service", office.folder / "var/sandbox/site")
    told = office.follow("add-a-joint-service", 2, 4)
    assert "正常" in told
    drawing = (office.folder / "settle.svg").read_text("utf-8")
    assert "限 1 个月（户口登记条例第七条）" in drawing
    before = office.registered()
    office.births(951)
    told = office.follow("add-a-joint-service", 4)
    assert "出生登记" in told
    assert "全部办结" in told
    assert office.registered() == before + 1
