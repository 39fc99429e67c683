"""``zhida grants``: what a person sees of runs and awards, and how two of them decide."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Fatal, Rejected
from exchange.store import ledger_rows
from sandbox import pki
from tests.zhida import grant_town
from tests.zhida.grant_night import fixed, frame, freeze
from tests.zhida.grant_town import Town, firms
from zhida import policy_find
from zhida.cli import app

YES = {"hi_tech": True}


@pytest.fixture
def town(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Whom the command line finds in its environment."""
    secrets = pki.secrets_of(tmp_path)
    office = {"host": str(tmp_path / "office.sqlite")}
    told = {"ZHIDA_SITE": tmp_path / "site", "ZHIDA_VAR": tmp_path / "var"}
    told |= {"ZHIDA_KEY_PASSWORD": secrets["hub"], "AIRFLOW_CONN_OFFICE": json.dumps(office)}
    told |= {"ZHIDA_OPERATOR": "wang", "ZHIDA_OPERATOR_KEY": tmp_path / "operators/wang.key"}
    told |= {"ZHIDA_OPERATOR_PASSWORD": secrets["wang"], "COLUMNS": "200"}
    for name, value in told.items():
        monkeypatch.setenv(name, str(value))
    policy = fixed()
    catalogue = grant_town.catalogue(policy)
    monkeypatch.setattr(policy_find, "catalogue", lambda _: catalogue)
    town.policies = {policy.name: policy}
    return town


def zhida(*words: str) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def told(*words: str) -> Any:
    return json.loads(zhida(*words, "--json"))


def test_a_night_by_hand_and_what_it_left(town: Town) -> None:
    one, two, three = firms(3)
    frozen = freeze(town.hub, frame({one: YES, two: YES, three: {}}))
    found = told("grants", "run", "--snapshot", frozen.id)
    assert found["match"] == {"passed": 2, "failed": 0, "unknown": 1, "matched": 2}
    assert found["advance"]["lists_opened"] == 1
    status = told("grants", "status")
    assert [(s["state"], s["number"]) for s in status["awards"]] == [("listed", 2)]
    assert status["runs"][0]["policies"]["hi-tech"]["unknown"] == 1
    (sheet,) = status["sheets"]
    assert (sheet["kind"], sheet["number"], sheet["total_fen"]) == ("list", 2, 40_000_00)


def test_a_policy_is_told_by_title_and_by_the_name_that_is_typed(town: Town) -> None:
    town.match(fixed("disabled-employment"), [100])
    town.turn()
    for words in (("grants", "status"), ("grants", "list")):
        shown = zhida(*words)
        assert "超比例安排残疾人就业奖励" in shown and "disabled-employment" in shown


def test_the_same_snapshot_is_matched_once(town: Town) -> None:
    frozen = freeze(town.hub, frame(dict.fromkeys(firms(2), YES)))
    first = told("grants", "run", "--snapshot", frozen.id)
    assert told("grants", "run", "--snapshot", frozen.id)["match"] == first["match"]
    assert len(told("grants", "status")["runs"]) == 1


def test_the_list_tells_nothing_of_the_firms_and_one_award_tells_everything(town: Town) -> None:
    number = firms(1)[0]
    zhida("grants", "run", "--snapshot", freeze(town.hub, frame({number: YES})).id)
    (row,) = told("grants", "list")
    assert number not in json.dumps(row)
    assert number not in zhida("grants", "list")
    award = told("grants", "show", row["id"][:8])
    assert award["firm"]["uscc"] == number
    assert award["amount_fen"] == 20_000_00
    assert "20,000.00 元" in zhida("grants", "show", row["id"])


def test_every_step_of_an_award_is_shown(town: Town) -> None:
    town.cleared(fixed(), [100])
    town.firm(None)
    town.turn()
    (award,) = town.awards()
    steps = told("grants", "show", award.id)["steps"]
    assert [step["to"] for step in steps] == ["cleared", "awaiting-confirmation", "declined"]
    assert "企业放弃" in zhida("grants", "show", award.id)


def test_a_proposal_is_made_and_waits_for_another(town: Town) -> None:
    town.match(fixed(), [100])
    town.turn()
    town.head(agreed=False)
    town.turn()
    (award,) = town.awards()
    made = told("grants", "propose", award.id[:8], "--as", "release", "--reason", "名单已更正")
    (open_one,) = told("proposal", "list")
    assert (open_one["proposal"], open_one["action"]) == (made["proposal"], "grant-release")
    assert town.states() == {"refused-by-head": 1}


def test_words_that_are_none_are_told(town: Town) -> None:
    town.match(fixed(), [100])
    (award,) = town.awards()
    with pytest.raises(Rejected, match=r"grant\.no-action"):
        zhida("grants", "propose", award.id, "--as", "pay", "--reason", "x")
    with pytest.raises(Fatal, match=r"grant\.unknown"):
        zhida("grants", "show", "ffffffff")


def test_the_rows_of_a_list_are_those_that_were_agreed_to(town: Town, tmp_path: Path) -> None:
    town.match(fixed(), [100, 250])
    town.turn()
    (sheet,) = told("grants", "status")["sheets"]
    file = tmp_path / "名单.csv"
    assert told("grants", "rows", sheet["id"][:8], "-o", str(file))["number"] == 2
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[0][0] == "奖补编号"
    assert sorted(row[-1] for row in rows[1:]) == ["1.00", "2.50"]
    assert {row[2] for row in rows[1:]} == set(firms(2))
    with town.hub.store.read() as connection:
        (entry,) = ledger_rows.entries_of(connection, "grant-rows", sheet["id"])
    assert b"wang" in entry.body


def test_rows_that_somebody_has_changed_are_not_given(town: Town, tmp_path: Path) -> None:
    town.match(fixed(), [100, 250])
    town.turn()
    (sheet,) = told("grants", "status")["sheets"]
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("UPDATE award SET amount_fen = 999 WHERE amount_fen = 100")
    with pytest.raises(Rejected, match=r"grant\.other-rows"):
        zhida("grants", "rows", sheet["id"], "-o", str(tmp_path / "x.csv"))
    assert not (tmp_path / "x.csv").exists()
    with pytest.raises(Fatal, match=r"grant\.no-sheet"):
        zhida("grants", "rows", "ffffffff", "-o", str(tmp_path / "x.csv"))
