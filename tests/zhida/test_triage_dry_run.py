"""A draft of the rules on disputes that came: as of their day, by numbers only, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange import times
from exchange.ports import utc_now
from exchange.store import case_rows, dispute_rows, document_rows
from exchange.store.engine import Connection
from matters import triage_file
from sandbox import pki
from tests.zhida import paper_town
from tests.zhida.grant_town import Clock
from tests.zhida.paper_town import LADDER, PaperTown
from zhida import triage_dry_run
from zhida.cli import app
from zhida.triage_dry_run import Draft, Span

SHIPPED = triage_file.SHIPPED.read_text("utf-8")
NUMBERS = {
    name: f"LT-20260302-{n:012X}" for n, name in enumerate(["place", "union", "late", "old"], 1)
}
FIVE = SHIPPED.replace("at_most: {/left/limitation: 30}", "at_most: {/left/limitation: 5}")


class Still(Clock):
    """It stands still until it is put forward: no midnight comes in between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now + self.ahead


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperTown]:
    """Three disputes of today and one of forty days ago, when 15 days (with holidays up to 25) were left."""
    folder = tmp_path_factory.mktemp("try")
    paper_town.write_site(folder)
    with paper_town.installed():
        found = PaperTown(folder, clock=Still())
        found.register("4", kind="injury", dates={"right_known": ago(found, 350)})
        found.clock.skip(40 * 86400)
        found.register("1", kind="other", place="秣陵街道")
        found.register("2", kind="other", wants="union", labour_relation=True)
        found.register("3", kind="injury", dates={"right_known": ago(found, 400)}, place="东山街道")
        yield found
        found.close()


def today(town: PaperTown) -> date:
    return times.civil_day(town.clock())


def ago(town: PaperTown, days: int) -> str:
    return (today(town) - timedelta(days=days)).isoformat()


def draft(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "draft.yaml"
    file.write_text(text, "utf-8")
    return file


def tried(town: PaperTown, file: Path, days: int = 365) -> dict[str, Any]:
    of = triage_dry_run.draft(town.hub.site.folder, file)
    span = Span(today(town) - timedelta(days=days), today(town))
    return triage_dry_run.told(triage_dry_run.run(town.hub, of, span), of, span)


def test_the_same_rules_change_nothing(town: PaperTown, tmp_path: Path) -> None:
    told = tried(town, draft(tmp_path, SHIPPED))
    assert (told["disputes"], told["elsewhere"], told["changes"], told["gone"]) == (4, 0, [], 0)
    assert told["before"] == told["after"]
    assert told["before"]["to"] == {"arbitration": 2, "street": 1, "union": 1}


def test_the_days_left_are_those_of_the_day_on_which_it_came(
    town: PaperTown, tmp_path: Path
) -> None:
    """Today the old one's limit is over: then the draft would not have moved it."""
    told = tried(town, draft(tmp_path, FIVE))
    assert [each["dispute"] for each in told["changes"]] == [NUMBERS["old"]]
    assert told["changes"][0]["before"] == {"to": "arbitration", "rule": "limitation"}
    assert told["changes"][0]["after"] == {"to": "people", "rule": "people"}


def test_only_the_span_counts_with_both_its_days(town: PaperTown, tmp_path: Path) -> None:
    file = draft(tmp_path, FIVE)
    assert tried(town, file, days=39)["disputes"] == 3
    assert tried(town, file, days=40)["disputes"] == 4
    of = triage_dry_run.draft(town.hub.site.folder, file)
    day = today(town) - timedelta(days=40)
    assert triage_dry_run.run(town.hub, of, Span(day, day)).disputes == 1


def test_what_is_unknown_is_told_with_what_nobody_stated(town: PaperTown, tmp_path: Path) -> None:
    told = tried(town, draft(tmp_path, SHIPPED))
    assert told["after"]["unknown"]["no-labour-relation"] == 3
    assert told["after"]["asks"]["/case/labour_relation"] == 3


def test_nothing_personal_is_told(town: PaperTown, tmp_path: Path) -> None:
    text = json.dumps(tried(town, draft(tmp_path, FIVE)), ensure_ascii=False)
    for value in ("张示例", "示例建筑", "025-", "秣陵", "东山", ago(town, 400)):
        assert value not in text


def test_a_registration_that_is_erased_is_told_and_not_counted(
    town: PaperTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = document_rows.get

    def get(connection: Connection, identifier: str) -> Any:
        return None if identifier == gone else real(connection, identifier)

    with town.hub.store.read() as connection:
        (first, *_) = dispute_rows.LOG.opened_between(connection, "", "9")
        gone = case_rows.documents(connection, first.case)["registration"]
    monkeypatch.setattr(document_rows, "get", get)
    told = tried(town, draft(tmp_path, SHIPPED))
    assert (told["disputes"], told["gone"]) == (3, 1)


def command(town: PaperTown, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    folder = town.hub.site.folder.parent
    monkeypatch.setenv("ZHIDA_SITE", str(folder / "site"))
    monkeypatch.setenv("ZHIDA_VAR", str(folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", pki.secrets_of(folder)["hub"])
    return CliRunner().invoke(app, ["mediation", *words])


def test_the_command_tells_programs_and_people_the_same(
    town: PaperTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("try", str(draft(tmp_path, FIVE)))
    span = ("--since", ago(town, 40), "--until", ago(town, 0))
    done = command(town, monkeypatch, *words, *span, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["disputes"], told["elsewhere"], told["triage"]) == (4, 1, "mediation")
    people = command(town, monkeypatch, *words, *span)
    assert people.exit_code == 0, people.output
    for text in (NUMBERS["old"], "去向改变 1 件", "劳动人事争议仲裁"):
        assert text in people.stdout
    assert NUMBERS["place"] not in people.stdout
    some = json.loads(command(town, monkeypatch, *words, "--json").stdout)
    assert some["disputes"] == 1  # in the year up to the machine's own day
    assert [each["dispute"] for each in some["changes"]] == [NUMBERS["old"]]


def test_a_draft_with_a_mistake_is_told_with_its_line(
    town: PaperTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = draft(tmp_path, SHIPPED.replace("/case/place", "/case/plaec"))
    done = command(town, monkeypatch, "try", str(file))
    assert done.exit_code != 0
    told = f"{done.output}{done.exception}"
    assert "triage.unknown-field" in told
    assert "draft.yaml" in told


def test_a_sites_own_rules_are_what_holds(town: PaperTown, tmp_path: Path) -> None:
    own = town.hub.site.folder / "matters/mediation/triage.yaml"
    own.parent.mkdir()
    own.write_text(FIVE, "utf-8")
    try:
        of: Draft = triage_dry_run.draft(town.hub.site.folder, draft(tmp_path, SHIPPED))
    finally:
        own.unlink()
        own.parent.rmdir()
    assert of.before == triage_file.load(draft(tmp_path, FIVE), LADDER)
    assert of.after == triage_file.load(triage_file.SHIPPED, LADDER)
