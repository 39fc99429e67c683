"""What was exchanged about one person: whole, nobody else's, after erasure too, and never unseen."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Word
from sqlalchemy import text

from crypto import base64url
from exchange import canonical
from exchange.errors import Forbidden, Invalid
from exchange.store import delivery_rows, subject_rows
from sandbox.births import USCC, birth
from tests.zhida.conftest import Town
from zhida import case_view, operators, person, person_extract, person_index, person_paper
from zhida.canary_scan import Canaries, Place
from zhida.person_told import Telling
from zhida.site_operators import PRIVACY
from zhida.watch import Watch

pytestmark = pytest.mark.guarantee("G6")
_NO_TABLE = ("CONSTANT", "(subquery-1)")
REASON = "本人到窗口查询"


def mother(number: int) -> str:
    return str(birth(number).facts["mother"]["id_number"])


@pytest.fixture(scope="module")
def born(town: Town) -> Iterator[Town]:
    """Two newborns, whose cases are over."""
    town.finish(town.bear(1), town.bear(2))
    return town


def told(town: Town, number: str, most: int = 1000) -> dict[str, Any]:
    found = person.look(town.hub, person.of_number(town.hub, number), most)
    telling = Telling(town.hub.site, found)
    return {
        "documents": telling.documents(),
        "exchanges": telling.exchanges(),
        "looks": telling.looks(),
    }


def test_every_exchange_about_a_person_and_of_nobody_else(born: Town) -> None:
    one = told(born, mother(1))
    with born.hub.store.read() as connection:
        case = born.case("X320117001").id
        moved = delivery_rows.transfers(connection, case)
    assert {each["id"] for each in one["exchanges"]} == {row.id for row in moved}
    assert {each["case"] for each in one["exchanges"]} == {case}
    assert len(moved) > 3


def test_a_paper_that_names_nobody_counts_in_the_persons_own_case_only(born: Town) -> None:
    """Given once more in somebody else's case, it tells this person nothing of that."""
    mine, other = (born.case(number).id for number in ("X320117001", "X320117002"))
    found = person.look(born.hub, person.of_number(born.hub, mother(1)), 1000)
    plain = {each.id for each in found.beside}
    given = next(each.row for each in found.transfers if each.row.document in plain)
    elsewhere = replace(given, id="t-elsewhere", case=other, effect="e-elsewhere")
    with born.hub.store.write() as connection:
        delivery_rows.add_transfers(connection, [elsewhere])
    try:
        cases = {each["case"] for each in told(born, mother(1))["exchanges"]}
        assert cases == {mine}
    finally:
        with born.hub.store.write() as connection:
            connection.execute(text("DELETE FROM transfer WHERE id = 't-elsewhere'"))


def test_whose_word_it_is_to_whom_it_went_and_why(born: Town) -> None:
    one = told(born, mother(1))
    pairs = {(each["provider"], each["receiver"]) for each in one["exchanges"]}
    assert ("hospital", "public-security") in pairs
    for each in one["exchanges"]:
        assert each["agreement"]
        assert each["basis"]
        assert each["matter_zh"] == "新生儿出生一件事"
        assert each["custody"] in ("unit", "hub")
        assert each["gives"] == {"query": "identifiers"}.get(each["way"], "fields")
    kinds = {each["kind"]: each for each in one["documents"]}
    assert kinds["birth-record"]["places_zh"] == ["母亲 身份证件号码"]
    assert kinds["birth-record"]["custody_zh"].endswith("签名（单位自管密钥）")
    assert any(each["own_number"] for each in one["exchanges"])


def test_a_child_is_found_by_the_number_that_the_police_gave(born: Town) -> None:
    [row] = born.registered("X320117001")
    found = told(born, row["gmsfhm"])
    assert "citizen-id" in {each["kind"] for each in found["documents"]}


def test_an_organisation_is_found_by_its_code_and_only_the_newest_are_shown(born: Town) -> None:
    found = person.look(born.hub, person.of_number(born.hub, USCC), 1)
    assert (len(found.documents), found.places) == (1, 2)


def test_nothing_of_it_names_anybody(born: Town) -> None:
    shown = json.dumps(told(born, mother(1)), ensure_ascii=False)
    for facts in (birth(1).facts, birth(2).facts):
        for who in ("mother", "father"):
            assert facts[who]["id_number"] not in shown
            assert facts[who]["name"] not in shown


def test_a_case_tells_whose_word_each_document_is(born: Town) -> None:
    watch = Watch(born.hub.site, born.hub.store)
    told = case_view.one(watch, born.case("X320117001").id)["transfers"]
    words = {(each["document_kind"], each["custody"]): each["custody_zh"] for each in told}
    assert words["birth-record", "unit"].endswith("签名（单位自管密钥）")
    assert words["citizen-id", "hub"].startswith("中枢代读")
    assert words["matter-result", "hub"] == "中枢自己的数据（中枢签名）"


def test_a_stranger_has_none(born: Town) -> None:
    assert told(born, mother(77)) == {"documents": [], "exchanges": [], "looks": []}


@pytest.mark.parametrize("number", ["", "李小直", "李320117199602140022", "320117199602140020"])
def test_what_is_no_number_is_not_looked_up(born: Town, number: str) -> None:
    with pytest.raises(Invalid, match="person.number"):
        person.of_number(born.hub, number)


def test_who_looked_and_why_stands_in_the_ledger_signed(born: Town) -> None:
    whom = person.of_number(born.hub, mother(2))
    li = born.operator("li", PRIVACY)
    person.note(born.hub, li, whom, reason=REASON, act="show")
    [look] = told(born, mother(2))["looks"]
    assert (look["by"], look["act"]) == ("li", "show")
    with born.hub.store.read() as connection:
        [note] = subject_rows.notes(connection, whom.tags, (person.READ,))
    body = canonical.loads(note[3])
    statement = operators.verify(born.hub.site, body["token"], role=PRIVACY)
    assert (statement.action, statement.reason) == (person.READ, REASON)
    assert mother(2).encode() not in note[3] + base64url.decode(body["token"].split(".")[1])
    born.audit()


def test_without_a_reason_or_the_right_nothing_is_noted(born: Town) -> None:
    whom = person.of_number(born.hub, mother(3))
    with pytest.raises(Forbidden, match="operator.no-role"):
        born.operator("wang", PRIVACY)
    for reason, code in (("", "reason-missing"), (f"查{mother(3)}", "reason-personal")):
        with pytest.raises(Invalid, match=code):
            person.note(born.hub, born.operator("li", PRIVACY), whom, reason=reason, act="show")
    assert told(born, mother(3))["looks"] == []


def zhida(town: Town, *words: str, number: str, code: int = 0, who: str = "li") -> Any:
    with town.worker("-m", "zhida", "person", *words, "--json", operator=who, stderr=-1) as done:
        out, err = done.communicate(number + "\n")
    assert done.returncode == code, out + err
    return json.loads(out) if code == 0 else err


def test_the_command_asks_and_never_takes_a_number_from_its_line(born: Town) -> None:
    one = zhida(born, "show", "--reason", REASON, "--rows", number=mother(1))
    assert one["rows"] == {"rows": [], "searched": 0, "other_key": 0, "erased": 0}
    assert [each["by"] for each in one["looks"]] == ["li"]  # this one
    assert one["shown"] == one["places"] > 1
    said = zhida(born, "show", mother(1), "--reason", REASON, number="", code=65)
    assert "person.in-the-open" in said
    assert mother(1) not in said
    refused = zhida(born, "show", "--reason", REASON, number=mother(1), who="wang", code=77)
    assert "operator.no-role" in refused
    assert len(told(born, mother(1))["looks"]) == 1


def test_the_person_s_own_copy_has_what_stands_beside_the_number(
    born: Town, tmp_path: Path
) -> None:
    out = tmp_path / "copy.docx"
    (tmp_path / "number").write_text(mother(1))
    words = ("extract", "--out", str(out), "--reason", REASON, "--file", str(tmp_path / "number"))
    found = zhida(born, *words, number="")
    assert found["held"] > 3
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    cells = [c.text for t in Word(str(out)).tables for row in t.rows for c in row.cells]
    facts = birth(1).facts
    assert facts["mother"]["id_number"] in cells
    assert facts["mother"]["name"] in cells
    for stranger in (facts["father"]["id_number"], facts["father"]["name"], mother(2)):
        assert not any(stranger in each for each in cells)
    assert "cli.exists" in zhida(born, *words, number="", code=78)


def _changed(town: Town, *statements: str) -> dict[str, Any]:
    """What is told while a superuser has changed the tables; then they are as before."""
    with town.hub.store.write() as connection:
        for name in ("transfer", "document", "case_document"):
            connection.execute(text(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}"))
        for each in statements:
            connection.execute(text(each))
    try:
        whom = person.of_number(town.hub, mother(1))
        found = person.look(town.hub, whom, 1000)
        telling = Telling(town.hub.site, found)
        zhida(town, "show", "--reason", REASON, number=mother(1), code=1 if found.wrong else 0)
        told = {"documents": telling.documents(), "exchanges": telling.exchanges()}
        return told | {"wrong": found.wrong}
    finally:
        with town.hub.store.write() as connection:
            for name in ("transfer", "document", "case_document"):
                connection.execute(text(f"DELETE FROM {name}"))
                connection.execute(text(f"INSERT INTO {name} SELECT * FROM kept_{name}"))
                connection.execute(text(f"DROP TABLE kept_{name}"))


MARKS = {"mark", "mark_zh"}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in MARKS} for row in rows]


@pytest.mark.parametrize(
    ("change", "marked"),
    [
        ("DELETE FROM transfer", "differs"),
        ("UPDATE transfer SET purpose = 'statistics'", "differs"),
        ("UPDATE transfer SET receiver = 'hub', disclosed = '[]'", "differs"),
        ("UPDATE transfer SET \"case\" = 'x', document = 'y'", "differs"),
        ("UPDATE document SET custody = 'unit', provider = 'hub'", ""),
        ("DELETE FROM case_document", ""),
    ],
)
def test_who_got_what_is_the_ledgers_word_whatever_the_tables_say(
    born: Town, change: str, marked: str
) -> None:
    before, now = told(born, mother(1)), _changed(born, change)
    assert _plain(now["exchanges"]) == _plain(before["exchanges"])
    assert _plain(now["documents"]) == _plain(before["documents"])
    assert {each["mark"] for each in now["exchanges"]} == {marked}
    documents = {each["mark"] for each in now["documents"]}
    assert documents == ({"differs"} if "UPDATE document" in change else {""})
    assert (now["wrong"] > 0) == ("case_document" not in change)
    assert {each["mark"] for each in told(born, mother(1))["exchanges"]} == {""}


def test_a_row_of_which_the_ledger_knows_nothing_is_marked(born: Town) -> None:
    now = _changed(
        born,
        "INSERT INTO transfer SELECT 'x' || id, \"case\", item, document, agreement, provider,"
        " receiver, purpose, disclosed, withheld, effect, at FROM transfer",
    )
    marks = {each["id"][:1] == "x": each["mark"] for each in now["exchanges"]}
    assert marks == {False: "", True: "unnoted"}


def test_a_page_is_as_good_and_another_suffix_is_refused(born: Town) -> None:
    whom = person.of_number(born.hub, mother(1))
    paper = person_paper.paper(born.hub, whom, person.look(born.hub, whom, 1000))
    assert mother(1).encode() in person_paper.maker(".HTML")(paper)
    with pytest.raises(Invalid, match="person.suffix"):
        person_paper.maker(".xls")


def test_documents_of_before_are_noted_afterwards_once(born: Town) -> None:
    before = told(born, mother(2))
    with born.hub.store.write() as connection:
        connection.execute(text("DELETE FROM document_subject"))
    assert told(born, mother(2))["documents"] == []
    done = person_index.run(born.hub)
    assert done["named"] > 4
    assert person_index.run(born.hub)["named"] == 0
    assert told(born, mother(2)) == before


def test_neither_the_tags_nor_the_looks_hold_a_number_in_the_clear(born: Town) -> None:
    known = Canaries([mother(1), mother(2), birth(1).facts["mother"]["name"]])
    with born.hub.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM document_subject")).scalar_one() > 4
        assert known.look_in_rows(Place("store"), connection).hits == []
    found = known.look_in(Place("data"), born.hub.var)
    assert (found.hits, found.bytes > 100_000) == ([], True)


def test_every_question_goes_by_an_index(born: Town) -> None:
    """So a million transfers cost what a hundred cost (``benchmarks.person_look`` measures it)."""
    asked: list[tuple[str, Any]] = []
    whom = person.of_number(born.hub, mother(1))
    from sqlalchemy import event

    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    event.listen(born.hub.store.engine, "before_cursor_execute", note)
    person.look(born.hub, whom, 1000)
    event.remove(born.hub.store.engine, "before_cursor_execute", note)
    questions = [each for each in asked if each[0].startswith("SELECT")]
    assert len(questions) > 7
    with born.hub.store.read() as connection:
        for statement, values in questions:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            assert not [
                row
                for row in plan
                if row[3].startswith("SCAN ") and row[3].split()[1] not in _NO_TABLE
            ], statement


def test_after_erasure_what_was_exchanged_is_told_and_no_value(born: Town) -> None:
    """Last: it destroys the keys."""
    before = told(born, mother(1))
    for key in (born.hub.var / "keys").glob("newborn-*.key"):
        born.hub.vault.destroy(key.stem)
    after = told(born, mother(1))
    assert after == before
    whom = person.of_number(born.hub, mother(1))
    found = person.look(born.hub, whom, 1000)
    held = person_extract.held(born.hub, whom, found, Telling(born.hub.site, found))
    assert held
    assert all(each["erased"] for each in held)
    assert person_index.run(born.hub)["erased"] == 2  # the answers to the window: they name nobody
