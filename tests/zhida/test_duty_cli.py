"""``zhida duty``: one list of what wants a person, and what the person on duty does about it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange import times
from exchange.errors import Invalid, Problem
from exchange.incident import Trouble, begin
from exchange.ports import utc_now
from exchange.store import incident_rows, sweep_rows
from tests.zhida.quiet_house import House
from zhida import duty_signs, duty_view, metrics
from zhida.cli import app
from zhida.metric import Sample


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    found = House(tmp_path)
    for name, value in found.env("wang").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    yield found
    found.hub.close()


def run(*words: str) -> Result:
    done = CliRunner().invoke(app, ["duty", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("list", "--json").stdout)
    return found


def roster(house: House) -> None:
    today = times.civil_day(utc_now())
    days = [str(today + timedelta(days=n)) for n in range(-1, 4)]
    lines = [f'  "{day}": {{all: wang}}' for day in days]
    text = 'shifts: {all: "08:00-08:00"}\nroster:\n' + "\n".join(lines) + "\n"
    (house.site / "duty.yaml").write_text(text, "utf-8")


def test_where_all_is_well_the_list_is_empty(house: House) -> None:
    roster(house)
    done = run()
    assert done.exit_code == 0
    assert "今班 王示例" in done.stdout and "要处理的：无" in done.stdout


def test_a_broken_roster_hides_nothing_of_what_is_to_be_done(house: House) -> None:
    (house.site / "duty.yaml").write_text(
        'shifts: {all: "08:00-08:00"}\nroster: {"2026-02-30": {al: nobody}}\n', "utf-8"
    )
    incident = house.trouble()
    found = told()
    codes = [row["code"] for row in found["open"] if not row["id"]]
    assert codes == ["site.date", "duty.no-shift", "duty.no-person"]
    assert incident in [row["id"] for row in found["open"]]
    assert found["on_duty"] is None


def test_the_most_urgent_comes_first_then_what_nobody_has_taken_then_the_oldest(
    house: House,
) -> None:
    now = utc_now()
    with house.hub.store.write() as connection:
        begin(connection, Trouble("police", "system", "wire.refused", {"peer": "p:1"}), now)
        begin(
            connection,
            Trouble("his", "source", "wire.refused", {"peer": "p:1"}),
            now - timedelta(hours=3),
        )
        begin(
            connection,
            Trouble(
                "insurance", "ending", "key.unit-ends", {"holder": "a", "until": "b", "days": 30}
            ),
            now - timedelta(hours=9),
        )
        begin(
            connection, Trouble("oa", "dead-letters", "leg.invalid-items", {"because": "a.b"}), now
        )
        incident_rows.change(connection, "insurance-1", acknowledged_by="li")
        sweep_rows.end(connection, "newborn", times.stamp(now - timedelta(hours=5)))
    found = told()
    assert [row["id"] for row in found["open"]] == ["", "oa-1", "his-1", "police-1", "insurance-1"]
    assert found["on_duty"] is None
    first = found["open"][0]
    assert (first["code"], first["urgent"]) == ("duty.sweep-late", True)
    assert all(row["remedy"] and row["wait"] for row in found["open"])
    done = run("list")
    assert done.exit_code == 1, "something can't wait and nobody has taken it"
    for text in (
        "没有排班",
        "li 在办",
        "没有人接",
        "5 小时没有扫描结束",
        "户政科技员 025-00000003",
    ):
        assert text in done.stdout


def test_who_acknowledges_and_silences_is_seen_and_a_reason_is_needed(house: House) -> None:
    first, second = house.trouble(), house.trouble("insurance")
    run("ack", first, "--note", "已打电话")
    with pytest.raises(Invalid, match=r"operator\.reason-missing"):
        run("silence", second, "--hours", "8")
    run("silence", second, "--hours", "8", "--reason", "对方夜里换机")
    found = told()
    assert [(row["id"], row["state"], row["by"]) for row in found["open"]] == [
        (first, "taken", "wang")
    ]
    assert [row["id"] for row in found["silenced"]] == [second]
    assert "另有静默的 1 件" in run("list").stdout
    assert "静默至" in run("list", "--all").stdout
    with house.hub.store.read() as connection:
        rows = incident_rows.still_open(connection)
    assert [bool(row.silenced_as) for row in rows if row.id == second] == [True]


def test_the_duty_is_handed_over_and_the_roster_shown(house: House) -> None:
    roster(house)
    assert "王示例" in run("roster").stdout
    assert json.loads(run("roster", "-n", "2", "--json").stdout)[0]["now"]
    row = json.loads(run("hand-over", "--to", "li", "--note", "换班", "--json").stdout)
    assert (row["giver"], row["person"]) == ("wang", "li")
    assert told()["on_duty"]["person"] == "li"
    assert "今班 李示例" in run().stdout and "wang 交来" in run().stdout


def test_the_page_s_commands_work_as_they_are_written(house: House) -> None:
    roster(house)
    house.trouble()
    page = (Path(__file__).parents[2] / "docs/how-to/night-duty.md").read_text("utf-8")
    blocks = re.findall(r"<!-- run: tests/zhida/test_duty_cli\.py -->\n```sh\n(.*?)```", page, re.S)
    lines = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert [words[2] for words in lines] == ["list", "ack", "silence", "roster", "hand-over"]
    for _, _, *words in lines:
        run(*words)
    assert told()["on_duty"]["person"] == "li"
    assert (told()["open"], len(told()["silenced"])) == ([], 1)


def test_each_sign_has_its_limit() -> None:
    def codes(name: str, value: float, **labels: str) -> list[str]:
        return [each.code for each in duty_signs.of_figures([Sample(name, value, labels)])]

    assert codes("zhida_disk_free_bytes", 2**31, place="data") == []
    assert codes("zhida_disk_free_bytes", 2**29, place="data") == ["doctor.disk-little"]
    assert codes("zhida_disk_free_bytes", 2**20, place="data") == ["doctor.disk"]
    assert codes("zhida_ledger_verified_seconds_ago", 8 * 86400) == ["duty.unverified"]
    assert codes("zhida_proposals_open", 2) == ["duty.proposals"]
    assert codes("zhida_collect_trouble", 1, part="ledger") == ["duty.no-figures"]
    assert codes("zhida_sweep_ended_seconds_ago", 7100, matter="newborn") == []
    assert set(duty_signs.PARTS) <= set(metrics.PARTS)


def test_signs_that_can_t_wait_say_so() -> None:
    rows = list(
        duty_view._signs([Problem("duty.nobody"), Problem("duty.proposals", {"count": 1})], "zh")
    )
    assert [row["urgent"] for row in rows] == [True, False]
