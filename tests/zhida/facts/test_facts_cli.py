"""The commands, as an operator runs them: datasets, facts, snapshots; and a proof checked with no site."""

from __future__ import annotations

import json
import stat

import pytest
from typer.testing import CliRunner

from exchange.store import ledger_rows
from zhida import cli, person
from zhida.hub import Hub
from zhida.person_told import Telling


@pytest.fixture
def run(town, hub, monkeypatch):
    monkeypatch.setenv("ZHIDA_SITE", str(town.site))
    monkeypatch.setenv("ZHIDA_VAR", str(town.folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", "a secret of high entropy")
    monkeypatch.setenv("ZHIDA_OPERATOR", "li")
    monkeypatch.setenv("ZHIDA_OPERATOR_KEY", str(town.site / "keys" / "li.key"))
    monkeypatch.setenv("ZHIDA_OPERATOR_PASSWORD", "a secret of high entropy")
    for name, told in town.connections.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", told)

    before = Hub.__init__
    monkeypatch.setattr(
        Hub, "__init__", lambda self, *a, **k: before(self, *a, **{"clock": lambda: town.now, **k})
    )

    def invoke(*words: str, code: int = 0, text: bool = False):
        done = CliRunner().invoke(cli.app, [*words, *([] if text else ["--json"])])
        assert done.exit_code == code, (done.output, done.exception)
        return done.output if text else json.loads(done.stdout)

    return invoke


def test_sync_tells_each_source_and_one_that_fails_stops_no_other(town, run) -> None:
    town.hand_over(40)
    broken = town.site / "agreements" / "tax-to-hub-facts.yaml"
    broken.write_text(broken.read_text("utf-8").replace("  - /tax_clean\n", ""), "utf-8")
    rows = {row["system"]: row for row in run("facts", "sync", code=1)}
    assert rows["tax-facts"]["state"] == "failed"
    assert rows["tax-facts"]["code"] == "facts.not-agreed"
    assert "tax_clean" in rows["tax-facts"]["what"]
    assert (
        rows["human-resources-facts"]["state"]
        == rows["market-supervision-facts"]["state"]
        == "synced"
    )
    listed = {row["system"]: row for row in run("facts", "list")}
    assert (listed["tax-facts"]["fresh"], listed["human-resources-facts"]["fresh"]) == (False, True)
    again = {row["system"]: row["state"] for row in run("facts", "sync", code=1)}
    assert again["human-resources-facts"] == "waiting"
    assert "facts.not-agreed" in run("facts", "sync", code=1, text=True)


def test_a_firm_is_shown_in_masks_and_its_reading_is_noted(town, run, hub) -> None:
    district = town.hand_over(40)
    run("facts", "sync")
    firm = district.code(5)
    shown = {row["fact"]: row for row in run("facts", "show", firm)}
    facts = town.asked()["market-supervision"]
    day = district.column(facts[1], range(40), facts)[5]
    if day is not None:
        assert (shown["registered_on"]["state"], shown["registered_on"]["shown"]) == (
            "known",
            "9×4-9×2-9×2",
        )
    values = {row["fact"]: row for row in run("facts", "show", firm, "--show-values")}
    assert values["district"]["shown"] in (firm[2:8], "")
    with hub.store.read() as connection:
        last = json.loads(ledger_rows.entries(connection, 0, 99)[-1].body)
    assert (last["kind"], last["unit"], last["values"]) == ("facts-read", "hub", True)
    assert firm not in json.dumps(last)


def test_who_has_no_agreement_does_not_even_learn_what_is_known(town, run) -> None:
    district = town.hand_over(40)
    run("facts", "sync")
    shown = run("facts", "show", district.code(5), "--for", "tax", "--show-values")
    assert {row["state"] for row in shown} == {"closed"}
    assert {row["shown"] for row in shown} == {""}


def test_a_snapshot_is_taken_and_listed(town, run) -> None:
    town.hand_over(40)
    run("facts", "sync", "tax-facts")
    made = run("snapshot", "take")
    states = {each["system"]: each["state"] for each in made["sources"]}
    assert states == {
        "tax-facts": "fresh",
        "human-resources-facts": "missing",
        "market-supervision-facts": "missing",
    }
    assert [each["digest"] for each in run("snapshot", "list")] == [made["digest"]]
    shown = run("snapshot", "take", text=True)
    assert "没有数据" in shown and "税务" in shown


WHY = ("--reason", "企业申请")


def looks(hub, whom):
    return Telling(hub.site, person.look(hub, whom, 10)).looks()


def test_one_row_is_proved_to_a_third_party(town, hub, run, tmp_path, monkeypatch) -> None:
    district = town.hand_over(40)
    run("facts", "sync", "tax-facts")
    (row,) = run("dataset", "list")
    told = run("dataset", "show", row["id"][:8], "--check")
    assert (told["count"], told["checked"], told["provider"]) == (40, 40, "tax")
    file, firm = tmp_path / "proof.json", district.code(5)
    words = ("dataset", "prove", row["id"][:8], firm, "-o", str(file), "--purpose", "grants")
    refused = CliRunner().invoke(cli.app, [*words, "--json"])
    assert refused.exception.code == "operator.reason-missing"
    assert not file.exists()
    run(*words, *WHY)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    whom = person.of_number(hub, firm)
    noted = {each["kind"]: each["by"] for each in looks(hub, whom)}
    assert noted == {"row-proved": "li"}
    monkeypatch.delenv("ZHIDA_SITE")
    monkeypatch.delenv("ZHIDA_KEY_PASSWORD")
    trust = ("--trust", str(town.site / "trust"), "--at", "2026-01-06T00:00:00Z")
    found = run("dataset", "verify", str(file), *trust, "--show-values")
    assert found["row"]["uscc"] == firm
    assert firm not in run("dataset", "verify", str(file), *trust, text=True)
    assert run("dataset", "verify", str(file), code=5)["code"] == "evidence.no-anchor"
    file.write_bytes(file.read_bytes().replace(b'"index":', b'"index":1'))
    assert run("dataset", "verify", str(file), *trust, code=2)["code"] == "dataset.not-in-it"
    file.write_bytes(b"{}")
    assert run("dataset", "verify", str(file), *trust, code=4)["code"] == "dataset.proof-form"


def test_a_row_is_proved_only_where_an_agreement_covers_all_of_it(town, run, tmp_path) -> None:
    district = town.hand_over(40)
    run("facts", "sync", "tax-facts")
    (row,) = run("dataset", "list")
    out = ("-o", str(tmp_path / "p.json"), *WHY)
    words = ("dataset", "prove", row["id"], district.code(5), *out)
    from exchange.errors import Fatal, Forbidden, Rejected

    def refused(kind, *more):
        done = CliRunner().invoke(cli.app, [*words, *more])
        assert isinstance(done.exception, kind), done.output
        return done.exception.code

    assert refused(Forbidden, "--purpose", "newborn") == "agreement.purpose"
    assert (
        refused(Forbidden, "--purpose", "grants", "--for", "market-supervision") == "agreement.none"
    )
    agreed = town.site / "agreements" / "tax-to-hub-facts.yaml"
    kept = agreed.read_text("utf-8")
    agreed.write_text(kept.replace("  - /tax_clean\n", ""), "utf-8")
    assert refused(Forbidden, "--purpose", "grants") == "dataset.field"
    agreed.write_text(kept, "utf-8")
    words = ("dataset", "prove", row["id"], district.code(99), *out)
    assert refused(Rejected, "--purpose", "grants") == "dataset.no-row"
    words = ("dataset", "prove", "ffff0000", "x", *out)
    assert refused(Fatal, "--purpose", "grants") == "dataset.unknown"
