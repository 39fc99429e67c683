"""A night's run: decisions signed once, an award for each match, whatever dies on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.store import award_rows, dataset_rows, grant_rows
from matters.policy import Budget
from tests.zhida.grant_night import DAY, fixed, frame, freeze, share
from tests.zhida.grant_town import Town, catalogue, firms
from zhida import dataset_books, grant_awards
from zhida.dataset_books import Asked
from zhida.grant_run import Running

YES, NO = {"hi_tech": True, "rd_cost_y1": 1000}, {"hi_tech": False}


def night(town: Town, *policies: Any, rows: dict[str, Any]) -> grant_rows.RunRow:
    town.policies = {each.name: each for each in policies}
    found = Running(town.hub, catalogue(*policies)).run(freeze(town.hub, frame(rows)), DAY)
    assert found is not None
    return found


def test_who_passes_is_matched_and_who_is_unknown_waits(town: Town) -> None:
    one, two, three = firms(3)
    run = night(town, fixed(), rows={one: YES, two: NO, three: {}})
    assert run.state == "matched"
    told = json.loads(run.counts)
    assert told == {"hi-tech": {"passed": 1, "failed": 1, "unknown": 1, "matched": 1}}
    (row,) = town.awards()
    assert (row.state, row.amount_fen) == ("matched", 20_000_00)
    assert grant_awards.content(town.hub, row).award["firm"]["uscc"] == one


def test_the_firms_number_stands_in_no_row(town: Town) -> None:
    number = firms(1)[0]
    night(town, fixed(), rows={number: YES})
    town.turn()
    file = town.folder / "var" / "store.db"
    found = file.read_bytes() + Path(f"{file}-wal").read_bytes()
    assert number.encode() not in found


def test_one_firms_decision_is_proved_alone(town: Town) -> None:
    one, two = firms(2)
    run = night(town, fixed(), share(), rows={one: YES, two: YES})
    (row, *_) = [r for r in town.awards() if r.policy == "research"]
    award = grant_awards.content(town.hub, row).award
    found = dataset_books.find(town.hub, str(award["decision"]))
    assert found.id == run.decisions
    key = (award["firm"]["uscc"], "research", "")
    asked = Asked("hub", "grants", "企业要求书面说明")
    data = dataset_books.prove(town.hub, found, key, asked, who=town.operator("li"))
    proof = json.loads(data)
    assert (proof["index"], proof["row"]["due_fen"]) == (award["row"], 100)
    other = two if award["firm"]["uscc"] == one else one
    assert other.encode() not in data


def test_the_head_of_the_decisions_names_data_and_rules(town: Town) -> None:
    policy = fixed()
    run = night(town, policy, rows={firms(1)[0]: YES})
    about = dataset_books.of(town.hub).get(run.decisions).form.about
    assert about["policies"] == {"hi-tech": policy.digest}
    assert (about["snapshot"], about["run"]) == (run.snapshot, run.id)


def test_what_settling_leaves_nothing_of_is_screened_out(town: Town) -> None:
    """The budget is for one of the two; the other's row says why."""
    policy = fixed(budget=Budget(20_000_00, "first-come"))
    one, two = firms(2)
    run = night(town, policy, rows={one: YES, two: YES})
    assert json.loads(run.counts)["hi-tech"]["matched"] == 2
    rows = {row.state: row for row in town.awards()}
    assert set(rows) == {"matched", "screened-out"}
    assert rows["screened-out"].code == "budget-spent"


def test_the_next_night_gives_nothing_twice(town: Town) -> None:
    one, two = firms(2)
    night(town, fixed(), rows={one: YES})
    town.turn()
    run = night(town, fixed(), rows={one: YES, two: YES})
    states = {(r.run == run.id, r.state, r.code) for r in town.awards()}
    held = (True, "screened-out", "grant.held")
    assert states == {(False, "listed", ""), held, (True, "matched", "")}


def test_what_is_on_its_way_counts_in_the_budget(town: Town) -> None:
    policy = fixed(budget=Budget(50_000_00, "first-come"))
    night(town, policy, rows=dict.fromkeys(firms(2), YES))
    town.turn()
    night(town, policy, rows=dict.fromkeys(firms(4), YES))
    town.turn()
    listed = sum(row.amount_fen for row in town.awards() if row.state == "listed")
    assert listed == 50_000_00


def test_what_only_former_nights_let_fall_is_forgotten(town: Town) -> None:
    rows = dict.fromkeys(firms(3), YES)
    night(town, fixed(), rows=rows)
    for _ in range(3):
        run = night(town, fixed(), rows=rows)
    fallen = [row for row in town.awards() if row.state == "screened-out"]
    assert {row.run for row in fallen} == {run.id}
    assert len(fallen) == 3


def test_policies_on_application_are_not_matched_unasked(town: Town) -> None:
    night(town, fixed(mode="on-application"), rows=dict.fromkeys(firms(2), YES))
    assert town.awards() == []


def test_a_holders_account_is_paid_to_where_nobody_is_asked(town: Town) -> None:
    one, two = firms(2)
    account = {"payee_name": "示例", "payee_account": "6222020000001", "payee_bank": "102301000011"}
    quick = fixed(confirm="none", publicity=0)
    night(town, quick, rows={one: YES | account, two: YES | account | {"payee_bank": "not a bank"}})
    town.turn()
    town.head()
    town.turn(3)
    assert town.states() == {"in-review": 1, "confirmed": 1}


class Died(Exception):
    """The process is gone."""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_run_that_died_is_taken_up_with_the_decisions_that_were_signed(
    town: Town, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """In the middle of keeping, after so many chunks: the next one keeps the rest."""
    monkeypatch.setattr(award_rows, "CHUNK", 2)
    monkeypatch.setattr(grant_awards, "CHUNK", 2)
    real, done = award_rows.add, []

    def dies(connection: Any, row: Any) -> bool:
        if len(done) == 2 * after + 1:
            raise Died
        done.append(row.id)
        return real(connection, row)

    rows = dict.fromkeys(firms(6), YES)
    with monkeypatch.context() as patch:
        patch.setattr(award_rows, "add", dies)
        with pytest.raises(Died):
            night(town, fixed(), rows=rows)
    assert town.advance()["lists"] == 0  # a run that is not whole is nobody's list
    with town.hub.store.read() as connection:
        (half,) = grant_rows.runs(connection)
    found = Running(town.hub, catalogue(fixed())).run(freeze(town.hub, frame({})), DAY)
    assert found is not None
    assert (found.id, found.decisions, found.state) == (half.id, half.decisions, "matched")
    assert town.states() == {"matched": 6}


def test_before_the_decisions_are_signed_nothing_is_there(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = dict.fromkeys(firms(3), YES)
    frozen = freeze(town.hub, frame(rows))
    running = Running(town.hub, catalogue(fixed()))

    def dies(*_: Any, **__: Any) -> bool:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(grant_rows, "end_run", dies)
        with pytest.raises(Died):
            running.run(frozen, DAY)
    with town.hub.store.read() as connection:
        assert dataset_rows.listed(connection, "grant-decisions") == []
    assert town.awards() == []
    found = running.run(frozen, DAY)
    assert found is not None
    assert town.states() == {"matched": 3}
