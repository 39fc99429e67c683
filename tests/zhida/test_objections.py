"""The police doubt the mother's name; the hospital answers, and its new version closes the matter."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from crypto import jws
from exchange import times
from exchange.incident import RELAPSE
from exchange.store import ledger_rows
from sandbox.births import birth
from zhida import alerts, cli, objections, trust
from zhida.watch import Watch


@pytest.fixture(scope="module")
def born(town: Any) -> str:
    certificate: str = town.bear(401)
    town.finish(certificate)
    return certificate


def doubt(town: Any, certificate: str, field: str = "/mother/name", days: int = 15) -> Any:
    case = town.case(certificate).id
    about: dict[str, Any] = {"unit": "public-security", "reason": "wrong-value", "days": days}
    who, doubted = town.operator("wang"), objections.Field(case, "birth", field)
    return objections.open_one(town.hub, who, doubted, **about)


def listed(town: Any) -> list[dict[str, Any]]:
    return objections.listed(Watch(town.hub.site, town.hub.store, town.clock))


def told_anew(town: Any, number: int, name: str) -> None:
    facts = birth(number).facts | {"event": "A08"}
    facts["mother"] |= {"name": name}
    at = datetime.now(times.CHINA) + timedelta(seconds=1)
    town.record(facts | {"recorded_at": f"{at:%Y%m%d%H%M%S.%f}"[:-2]})
    town.clock.skip(61)
    town.sweep("intake")


def test_the_source_corrects_and_the_objection_is_closed(town: Any, born: str) -> None:
    found = doubt(town, born)
    assert found["provider"] == "hospital"
    assert (
        objections.answer(town.hub, town.operator("wang"), found["id"][:8], upheld="")["state"]
        == "awaiting"
    )
    assert [row["id"] for row in listed(town)] == [found["id"]]
    told_anew(town, 401, "李小知")
    assert listed(town) == []
    town.finish(born)
    assert town.states(born)["household#1"] == "applied"
    town.audit()


def test_overdue_ones_come_first_and_the_exit_code_says_so(
    town: Any, born: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (town.district.env | town.district.operator_env("wang")).items():
        monkeypatch.setenv(name, value)
    later = doubt(town, born, "/mother/id_number", days=30)
    run = CliRunner().invoke(cli.app, ["objection", "list", "--json"])
    assert (run.exit_code, len(json.loads(run.stdout))) == (0, 1)
    first = doubt(town, born, days=2)
    town.clock.skip(3 * 86_400)
    told = listed(town)
    assert [(row["id"], row["overdue"]) for row in told] == [
        (first["id"], True),
        (later["id"], False),
    ]
    run = CliRunner().invoke(cli.app, ["objection", "answer", first["id"], "--upheld", "checked"])
    assert run.exit_code == 0, run.output
    assert [row["id"] for row in listed(town)] == [later["id"]]


def test_the_command_opens_shows_and_tells_lateness(
    town: Any, born: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (town.district.env | town.district.operator_env("wang")).items():
        monkeypatch.setenv(name, value)
    case = town.case(born).id[:12]
    words = ["objection", "open", case, "birth", "/mother/name", "--unit", "public-security"]
    run = CliRunner().invoke(cli.app, [*words, "--json"])
    assert run.exit_code == 0, run.output
    identifier = json.loads(run.stdout)["id"]
    with town.hub.store.write() as connection:
        from exchange.store import objection_rows

        objection_rows.change(connection, identifier, due_at="2026-01-01T00:00:00.000000Z")
    assert CliRunner().invoke(cli.app, ["objection", "list"]).exit_code == 1
    shown = CliRunner().invoke(cli.app, ["objection", "show", identifier[:8], "--json"])
    assert json.loads(shown.stdout)["overdue"] is True


def test_nothing_of_the_field_s_value_is_kept(town: Any, born: str) -> None:
    doubt(town, born)
    assert "李小" not in json.dumps(listed(town), ensure_ascii=False)


def test_the_source_s_contact_is_told_that_a_doubt_waits_and_again_when_it_is_late(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in listed(town):
        objections.answer(town.hub, town.operator("wang"), row["id"], upheld="verified")
    certificate = town.bear(402)
    town.finish(certificate)
    alerts.tell(town.hub)
    found = doubt(town, certificate, days=2)
    [line] = alerts.tell(town.hub)
    assert line.startswith("【直达】校核待答复 ")
    assert "医院信息科 025-00000002" in line
    assert "可等：1 条待答复" in line
    assert alerts.tell(town.hub) == []
    town.clock.skip(2 * 86_400 + 1)
    [line] = alerts.tell(town.hub)
    assert "不能等：1 条待答复" in line
    assert "[objection.overdue]" in line
    assert birth(402).facts["mother"]["name"] not in line
    objections.answer(town.hub, town.operator("wang"), found["id"], upheld="verified")
    town.clock.skip(RELAPSE.total_seconds() + 1)
    assert all(line.startswith("【直达】已处理 ") for line in alerts.tell(town.hub))


def test_who_recorded_it_and_who_recorded_the_answer_signed(town: Any, born: str) -> None:
    found = doubt(town, born, days=3)
    objections.answer(town.hub, town.operator("li"), found["id"], upheld="verified")
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(born).id)
    told = [json.loads(row.body) for row in rows if row.ref == found["id"]]
    assert [(each["kind"], each["operator"]) for each in told] == [
        ("objection", "wang"),
        ("objection-closed", "li"),
    ]
    for each in told:
        key = trust.operator_certificate(
            town.hub.site, town.hub.site.operators[each["operator"]]
        ).public_key
        _, payload = jws.verify(each["token"], key)
        assert json.loads(payload)["target"].get("objection", found["id"]) == found["id"]


def test_without_an_operator_nothing_is_recorded(town: Any, born: str) -> None:
    before = len(objections.listed(Watch(town.hub.site, town.hub.store), everything=True))
    case = town.case(born).id[:12]
    words = ["-m", "zhida", "objection", "open", case, "birth", "/mother/name"]
    with town.worker(*words, "--unit", "public-security") as process:
        process.communicate()
    assert process.returncode != 0
    assert len(objections.listed(Watch(town.hub.site, town.hub.store), everything=True)) == before


def test_a_document_that_its_source_takes_back_leaves_no_doubt_open(town: Any, ward: Any) -> None:
    certificate = town.bear(403)
    town.finish(certificate)
    found = doubt(town, certificate)
    assert found["id"] in [row["id"] for row in listed(town)]
    ward.tells(403, "A29")
    town.clock.skip(61)
    town.sweep("intake")
    assert found["id"] not in [row["id"] for row in listed(town)]
    [row] = [
        each
        for each in objections.listed(Watch(town.hub.site, town.hub.store), everything=True)
        if each["id"] == found["id"]
    ]
    assert (row["state"], bool(row["closed_at"])) == ("withdrawn", True)
    town.audit()
