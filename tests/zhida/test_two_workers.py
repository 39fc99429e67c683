"""Two workers at once, a worker that stands still, the same event several times: one effect."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from typing import Any

import pytest

from exchange.store import case_rows, document_rows
from sandbox.births import birth
from zhida import sweep
from zhida.flows import flows

STORES = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def police_options() -> dict[str, int]:
    return {"timeout_s": 20, "settle_s": 5}


def _told(worker: Any) -> list[tuple[str, dict[str, int], str]]:
    text, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    return [(item, states, sick) for item, states, sick in json.loads(text)]


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(("number", "stage"), [(1, "before"), (2, "after")])
def test_a_worker_stopped_in_the_call_keeps_what_it_owns(
    town: Any, until: Callable[..., None], number: int, stage: str
) -> None:
    certificate = town.bear(number)
    town.take_in()
    town.sweep("birth")
    town.police.fault("hold", operation="csdj", stage=stage, times=1)
    with town.sweeper() as worker:
        until(town.police.held)
        os.kill(worker.pid, signal.SIGSTOP)
        for _ in range(2):  # long after it has settled: only the lock tells that the owner lives
            town.clock.skip(3600)
            assert dict(town.sweep()["household"].states) == {"busy": 1}
            town.police.release()
        assert town.calls(certificate) == 1
        assert town.delivery(certificate, "household") == "sent"
        os.kill(worker.pid, signal.SIGCONT)
        states = {item: states for item, states, _ in _told(worker)}
    assert states["household"] == {"applied": 1}
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1
    assert town.case(certificate).state == "done"


@pytest.mark.guarantee("G2")
def test_two_processes_sweep_the_same_cases_at_once(town: Any) -> None:
    certificates = [town.bear(number) for number in range(10, 20)]
    town.clock.skip(61)
    town.police.fault("slow", operation="csdj", seconds=0.1)
    workers = [town.sweeper(turns=3) for _ in range(2)]
    reports = [_told(worker) for worker in workers]
    town.police.clear()
    assert [report for told in reports for report in told if report[2]] == []
    town.finish(*certificates)
    for certificate in certificates:
        assert town.effects(certificate) == (1, 1, 1), certificate
        assert town.case(certificate).state == "done"
        assert town.calls(certificate) == 1
    town.audit()


@pytest.mark.guarantee("G2")
def test_the_same_event_five_times_from_both_sources_in_any_order(town: Any, seed: int) -> None:
    told = birth(30)
    certificate = told.form["cszmbh"]
    events = [lambda: town.record(told.facts), lambda: town.declare(30)] * 5
    random.Random(seed).shuffle(events)
    for event in events:
        event()
        town.take_in()
        town.sweep()
        town.clock.skip(40 * 24 * 3600 / 10)  # the last of them 40 days after the first
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1
    again = _invalid(town, town.forms[certificate])
    assert [row["code"] for row in again] == ["intake.duplicate-case"] * 4


@pytest.mark.guarantee("G2")
def test_a_second_form_with_other_content_changes_nothing_and_is_shown(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from zhida.cli import app

    certificate = town.bear(31)
    town.take_in()
    town.declare(31, xsexm="张另名")
    town.take_in()
    town.finish(certificate)
    assert [row["xm"] for row in town.registered(certificate)] == [birth(31).form["xsexm"]]
    for name, value in town.district.env.items():
        monkeypatch.setenv(name, value)
    shown = CliRunner().invoke(app, ["invalid", "list", "--json"])
    assert shown.exit_code == 0
    assert str(town.forms[certificate][1]) in shown.output
    assert "同一业务已受理" in shown.output
    assert "张另名" not in shown.output


def _invalid(town: Any, forms: list[int]) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = document_rows.list_invalid(connection)
    mine = [row for row in rows if row.key in {str(form) for form in forms}]
    return [problem for row in mine for problem in json.loads(row.problems)]


@pytest.mark.guarantee("G3")
def test_a_correction_between_an_answer_and_its_commit_is_not_lost(
    town: Any, ward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker has the old version in its hand; another takes in the new one."""
    certificate = town.bear(40)
    town.take_in()
    his = town.hub.adapter(town.hub.site.systems["his"])
    fetch, other = his.fetch, town.open_hub()
    words: list[dict[str, int]] = []

    def slowly(prepared: Any) -> Any:
        answer = fetch(prepared)
        if not words:
            ward.tells(40, name="李小知")
            town.clock.skip(61)
            words.append(dict(sweep.take_in(other, town.matter).states))
        return answer

    monkeypatch.setattr(his, "fetch", slowly)
    town.sweep("birth")
    other.close()
    assert words == [{"changed": 1}]
    town.finish(certificate)
    (registered,) = town.registered(certificate)
    assert json.loads(registered["record"])["mqxm"] == "李小知"
    assert "household#1" not in town.states(certificate)
    assert [flow for flow in flows(town.hub.store) if not flow.balanced] == []


@pytest.mark.guarantee("G3")
def test_a_change_of_what_a_case_has_not_asked_for_is_not_kept(town: Any, ward: Any) -> None:
    """The case gets the newest when it asks; until then nothing of it lies here."""
    certificate = town.bear(41)
    town.take_in()
    his = town.hub.adapter(town.hub.site.systems["his"])
    question = {"declaration": {"certificate": {"number": certificate}}}
    his.fetch(his.prepare("birth_record", question, ""))  # somebody else has asked
    ward.tells(41, name="李小知")
    town.clock.skip(61)
    assert dict(town.sweep("intake")["intake"].states) == {"known": 1}
    with town.hub.store.read() as connection:
        documents = case_rows.documents(connection, town.case(certificate).id)
    assert set(documents) == {"declaration"}
    town.finish(certificate)
    (registered,) = town.registered(certificate)
    assert json.loads(registered["record"])["mqxm"] == "李小知"
    assert [flow for flow in flows(town.hub.store) if not flow.balanced] == []
