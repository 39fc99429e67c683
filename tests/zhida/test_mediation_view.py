"""Where a dispute stands and why, without a word of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from exchange.errors import Fatal
from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from tests.zhida.small_town import monday
from zhida import hub as hubs
from zhida import mediation_view
from zhida.cli import app


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with mediation_town.opened(tmp_path_factory.mktemp("mediation"), monday()) as found:
        yield found


@pytest.fixture(scope="module")
def number(town: Town) -> str:
    found = town.register(place="秣陵街道", workers=12)
    town.say(found, "accepted", "street")
    return found


def test_each_rule_is_told_with_its_article_and_what_nobody_stated(town: Town, number: str) -> None:
    told = mediation_view.explain(town.hub, town.rules, town.dispute(number))
    found = {each["rule"]: each for each in told["triage"]["findings"]}
    assert found["street"]["word"] == "yes"
    assert found["no-labour-relation"]["word"] == "unknown"
    assert found["no-labour-relation"]["missing"] == ["/case/labour_relation"]
    assert "第十条第三项" in found["street"]["article"]
    assert told["triage"]["to_title"] == "街道（园区）调解中心"


def test_each_track_has_its_owner_and_each_role_what_it_may_tell(town: Town, number: str) -> None:
    told = mediation_view.explain(town.hub, town.rules, town.dispute(number))
    assert [(t["track"], t["title"], t["unit"]) for t in told["tracks"]] == [
        ("争议处理", "已受理", "streets"),
        ("快速处置", "已启动，待到场", "rapid-response"),
    ]
    may = {each["role"]: each["events"] for each in told["next"]}
    assert "mediation-applied" in may["street"]
    assert "awarded" not in may["arbitration"]
    periods = {each["period"]: each for each in told["periods"]}
    assert (periods["promise"]["last_day"], periods["promise"]["state"]) == ("2026-03-17", "runs")
    assert periods["acceptance"]["state"] == "stopped"


def test_nothing_of_a_person_is_told(town: Town, number: str) -> None:
    told = json.dumps(
        mediation_view.explain(town.hub, town.rules, town.dispute(number)), ensure_ascii=False
    )
    for personal in ("王示例", "13800000001", "示例建筑公司", "三月工资"):
        assert personal not in told


@pytest.fixture
def run(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    class Opened:
        def __enter__(self) -> hubs.Hub:
            return town.hub

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(hubs, "open_hub", lambda **_: Opened())
    yield CliRunner()


def test_it_is_explained_by_number_and_by_case(town: Town, number: str, run: CliRunner) -> None:
    for which in (number, town.dispute(number).row.case):
        done = run.invoke(app, ["matter", "explain", which, "--json"])
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["dispute"] == number
    shown = run.invoke(app, ["mediation", "show", number], env={"COLUMNS": "200"}).output
    for word in ("分流到街道", "未写明", "可以登记", "联调中心承诺办结", "2026-03-17"):
        assert word in shown


def test_the_list_is_of_what_has_not_ended_and_of_one_unit_if_asked(
    town: Town, number: str, run: CliRunner
) -> None:
    del town
    told = json.loads(run.invoke(app, ["mediation", "list", "--json"]).output)
    assert [each["dispute"] for each in told] == [number]
    of_court = run.invoke(app, ["mediation", "list", "--unit", "court", "--json"]).output
    assert json.loads(of_court) == []


def test_a_step_tells_what_it_concerned(run: CliRunner) -> None:
    told = json.loads(run.invoke(app, ["mediation", "advance", "--json"]).output)
    assert told["registered"] == 0
    assert {"led", "taken", "refused", "papers_asked", "period-near", "period-over"} < told.keys()


def test_what_is_no_dispute_is_refused_with_a_remedy(run: CliRunner) -> None:
    done = run.invoke(app, ["matter", "explain", "LT-20260101-000000000000"])
    assert done.exit_code != 0


def test_one_that_the_ladder_can_t_read_is_in_the_list_with_the_rest(
    town: Town, number: str
) -> None:
    rules = town.rules
    says = {name: say for name, say in rules.ladder.says.items() if name != "diverted"}
    changed = replace(rules, ladder=replace(rules.ladder, says=says))
    told = mediation_view.summary(changed, town.dispute(number))
    assert (told["title"], told["unit"]) == (mediation_view.UNREADABLE, "mediation-centre")
    with pytest.raises(Fatal, match="mediation.unreadable"):
        mediation_view.explain(town.hub, changed, town.dispute(number))


def test_who_had_it_before_is_not_shown_as_who_has_it(town: Town) -> None:
    other = town.register(place="秣陵街道")
    assert mediation_view.summary(town.rules, town.dispute(other))["desk"] == "311"
    town.say(other, "arbitration-applied", "arbitration")
    told = mediation_view.summary(town.rules, town.dispute(other))
    assert (told["unit"], told["desk"]) == ("labour-arbitration", "")
    town.say(other, "withdrawn", "arbitration")
    town.say(other, "closed", "hub")
