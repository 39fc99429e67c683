"""The figures say what the store holds; they fall silent for what is broken, and name nobody."""

from __future__ import annotations

import doctest
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from typer.testing import CliRunner

from exchange import times
from exchange.incident import Trouble, begin
from exchange.ports import utc_now
from exchange.store import (
    case_rows,
    clock_rows,
    delivery_rows,
    incident_rows,
    leg_rows,
    proposal_rows,
    schema,
    sweep_rows,
)
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.clock_rows import ClockRow
from exchange.store.delivery_rows import CircuitRow, DeliveryRow
from exchange.store.engine import Connection, Store
from exchange.store.leg_rows import LegRow
from exchange.store.proposal_rows import ProposalRow
from sandbox.district import District
from tests.zhida.test_metric import parsed
from zhida import (
    certificate_ends,
    ledger_check,
    metric,
    metrics,
    metrics_of_trust,
    metrics_of_work,
    site,
)
from zhida.certificate_ends import End
from zhida.cli import app
from zhida.watch import Watch

CASE = "3f" * 16
POLICE = {"system": "police", "unit": "public-security"}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Its files and keys; none of its systems is started."""
    found = District(tmp_path_factory.mktemp("figures"))
    found.prepare()
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without anything in it."""
    file = tmp_path_factory.mktemp("empty") / "store.db"
    with closing(Store(f"sqlite:///{file}")) as store:
        schema.upgrade(store)
    return file


@pytest.fixture
def watch(
    district: District, empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watch]:
    """The site with a store of this test's own, at a moment that stands still."""
    monkeypatch.setenv("ZHIDA_VAR", str(tmp_path))
    monkeypatch.setenv("ZHIDA_SITE", district.env["ZHIDA_SITE"])
    now = utc_now()
    shutil.copy(empty, tmp_path / "store.db")
    store = Store(f"sqlite:///{tmp_path}/store.db")
    yield Watch(site.load(Path(district.env["ZHIDA_SITE"])), store, lambda: now)
    store.close()


def ago(watch: Watch, **span: float) -> str:
    return times.stamp(watch.clock() - timedelta(**span))


def figures(samples: Any) -> dict[tuple[str, str], float]:
    """Name and label values → value; every one is as the table says."""
    found: dict[tuple[str, str], float] = {}
    for each in samples:
        assert tuple(each.labels) == metric.catalogue()[each.name].labels, each
        key = each.name.removeprefix("zhida_"), "/".join(each.labels.values())
        assert key not in found, each
        found[key] = each.value
    return found


def open_case(watch: Watch, connection: Connection, case: str, state: str, **span: float) -> None:
    at, now = ago(watch, **span), times.stamp(watch.clock())
    row = CaseRow(case, "newborn", f"of {case}", at, "", "open", "d")
    items = [ItemRow(case, "household", "newborn", state, "a.b", "{}", "", "", now, now)]
    case_rows.open_case(connection, row, items)


def test_what_waits_for_a_system_is_counted_with_the_age_of_its_oldest_case(watch: Watch) -> None:
    with watch.store.write() as connection:
        open_case(watch, connection, "1", "ready", hours=1)
        open_case(watch, connection, "2", "unknown", hours=3)
        open_case(watch, connection, "3", "parked", days=9)
        open_case(watch, connection, "4", "applied", days=90)
    found = figures(metrics_of_work.systems(watch))
    states = ("ready", "sent", "stored", "unknown", "parked", "invalid")
    told = [found["items", f"police/public-security/{state}"] for state in states]
    assert told == [1, 0, 0, 1, 1, 0]
    assert found["oldest_waiting_seconds", "police/public-security"] == 3 * 3600
    assert found["oldest_waiting_seconds", "insurance/medical-insurance"] == 0


def test_whether_a_system_answers_and_in_which_mode_it_is(watch: Watch) -> None:
    now, later = times.stamp(watch.clock()), ago(watch, minutes=-5)
    with watch.store.write() as connection:
        delivery_rows.put_circuit(connection, CircuitRow("police", 3, later, now, "wire.refused"))
        delivery_rows.put_circuit(connection, CircuitRow("insurance", 0, now, now, "", 1))
        leg_rows.put(connection, LegRow("his", "stopped", now, "wang", "换机"))
    found = figures(metrics_of_work.systems(watch))
    told = {key: value for (name, key), value in found.items() if name == "system_trouble"}
    assert told["police/public-security"] == 3
    assert told["insurance/medical-insurance"] == 1
    assert found["system_mode", "his/hospital"] == 2


def test_only_what_was_sent_in_the_last_hour_counts_by_what_became_of_it(watch: Watch) -> None:
    sent = [("1", "register_birth", "applied", 5), ("2", "register_birth", "refused", 50)]
    sent += [("3", "amend_birth", "applied", 59), ("4", "register_birth", "applied", 61)]
    with watch.store.write() as connection:
        for key, operation, state, minutes in sent:
            row = DeliveryRow(
                key, CASE, "household", "police", operation, "", state, 1,
                ago(watch, minutes=minutes), "", "",
            )  # fmt: skip
            delivery_rows.put_delivery(connection, row, seen=None)
    found = figures(metrics_of_work.deliveries(watch))
    assert found["deliveries_last_hour", "police/public-security/applied"] == 2
    assert found["deliveries_last_hour", "police/public-security/refused"] == 1
    assert found["deliveries_last_hour", "insurance/medical-insurance/applied"] == 0


def test_what_waits_for_people_is_counted(watch: Watch) -> None:
    now = watch.clock()
    with watch.store.write() as connection:
        for system in ("police", "insurance", "his"):
            begin(connection, Trouble(system, "system", "wire.refused"), now)
        incident_rows.change(connection, "police-1", acknowledged_by="wang")
        incident_rows.change(connection, "his-1", silenced_until=ago(watch, hours=-1))
        open_case(watch, connection, CASE, "ready", days=1)
        clock_rows.put(connection, ClockRow(CASE, "household", "newborn", "", "", "overdue"))
        row = ProposalRow("p", "a", "{}", "", "wang", ago(watch), "t", "open", "", "", "")
        proposal_rows.put(connection, row)
        proposal_rows.put(connection, replace(row, id="q", state="approved"))
    found = figures(metrics_of_work.people(watch))
    assert found["incidents_open", "system"] == 3
    assert found["incidents_open", "parked"] == 0
    assert found["incidents_unacknowledged", ""] == 1
    assert (found["periods", "newborn/overdue"], found["periods", "newborn/near"]) == (1, 0)
    assert found["proposals_open", ""] == 1


def test_a_sweep_that_does_not_come_any_more_is_seen_by_its_age(watch: Watch) -> None:
    assert list(metrics_of_work.sweeps(watch)) == []
    with watch.store.write() as connection:
        sweep_rows.begin(connection, "newborn", ago(watch, minutes=190))
        sweep_rows.begin(connection, "newborn", ago(watch, minutes=70))
    found = figures(metrics_of_work.sweeps(watch))
    assert found["sweep_ended_seconds_ago", "newborn"] == 190 * 60, "none has ended since then"
    with watch.store.write() as connection:
        sweep_rows.end(connection, "newborn", ago(watch, minutes=69.5))
        sweep_rows.end(connection, "newborn", ago(watch, minutes=9))
    found = figures(metrics_of_work.sweeps(watch))
    assert found["sweep_seconds", "newborn"] == 30, "waiting for work is no work"
    assert found["sweep_ended_seconds_ago", "newborn"] == 540


def test_a_verified_ledger_has_an_age(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(metrics_of_trust.verified(watch)) == []
    told = {"size": 0, "at": ago(watch, days=8)}
    monkeypatch.setattr(ledger_check, "verified", lambda _: told)
    found = figures(metrics_of_trust.verified(watch))
    assert found["ledger_verified_seconds_ago", ""] == 8 * 86400
    assert found["ledger_unverified_entries", ""] == 0


def test_days_left_of_certificates_name_units_and_no_person(watch: Watch) -> None:
    found = figures(metrics_of_trust.certificates(watch))
    assert found["certificate_days_left", "own/hub"] > 30
    assert "operator/" in {key for _, key in found}
    assert not {"wang", "li", "zhao"} & {part for _, key in found for part in key.split("/")}
    end = watch.clock() + timedelta(days=found["certificate_days_left", "own/hub"] + 2)
    later = figures(metrics_of_trust.certificates(replace(watch, clock=lambda: end)))
    assert later["certificate_days_left", "own/hub"] == -2


def test_two_lists_of_authorities_of_one_name_are_one_figure(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = watch.clock()
    ends = [End("CA", certificate_ends.LIST, now + timedelta(days=n)) for n in (5, 3, 6)]
    monkeypatch.setattr(certificate_ends, "of_lists", lambda *_: ends)
    found = [
        each.value
        for each in metrics_of_trust.certificates(watch)
        if each.labels == {"kind": "list", "holder": "CA"}
    ]
    assert found == [3]


def test_a_broken_part_is_told_and_the_others_are_there(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = replace(watch.site, trust=watch.site.folder / "nowhere")
    found = figures(metrics.collect(replace(watch, site=bad)))
    assert found["collect_trouble", "certificates"] == 1
    assert found["collect_trouble", "systems"] == 0
    assert ("items", "police/public-security/ready") in found


@pytest.fixture
def run(watch: Watch) -> Any:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["metrics", *words])
        assert done.exit_code == 0, done
        return done.stdout

    return run


def test_the_command_writes_prometheus_text_and_the_same_as_json(run: Any, tmp_path: Path) -> None:
    text = parsed(run())
    told = json.loads(run("--json"))
    assert len(text) == len(told)
    assert text["zhida_proposals_open", ""] == 0
    file = tmp_path / "textfile" / "zhida.prom"
    file.parent.mkdir()
    file.write_text("old", "utf-8")
    assert run("-o", str(file)) == ""
    assert parsed(file.read_text("utf-8")).keys() == text.keys()
    assert [each.name for each in file.parent.iterdir()] == ["zhida.prom"]


def test_no_figure_reads_what_is_over(watch: Watch) -> None:
    """What is asked is answered by an index of what is under way: a store of years is as quick."""
    asked: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    event.listen(watch.store.engine, "before_cursor_execute", note)
    metrics.collect(watch)
    event.remove(watch.store.engine, "before_cursor_execute", note)
    plans: set[str] = set()
    with watch.store.read() as connection:
        for words, values in asked:
            if words.startswith("SELECT"):
                found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
                plans |= {row[-1] for row in found}
    grow = r"SCAN (case_item|matter_case|delivery|transfer|receipt|document|item_clock|ledger_\w+)"
    assert any("ix_delivery_sent" in plan for plan in plans)
    assert [plan for plan in plans if re.match(grow, plan) and "USING" not in plan] == []


def test_doctests() -> None:
    assert doctest.testmod(metrics_of_work).failed == 0
