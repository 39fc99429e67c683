"""``zhida mapping``: what its commands tell, what they never tell, and their exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from exchange.errors import Fatal, Invalid
from mappings import compiler
from zhida import mapping_docs, mapping_find
from zhida.cli import app

FILES = Path(compiler.places()["birth_declaration_police_record"]).parent
NAME = "police_answer_citizen_id"
ANSWER = {
    "GMSFHM": "320117202601050015",
    "XM": "张小直",
    "XBDM": "1",
    "CSRQ": "20260105",
    "CSZMBH": "X320117001",
    "DJRQ": "20260108",
    "sid": "2026000001",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ZHIDA_SITE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, text: str = "", code: int = 0) -> str:
    found: Result = CliRunner().invoke(app, ["mapping", *words], input=text)
    assert found.exit_code == code, (found.output, found.exception)
    return found.output


def told(*words: str, text: str = "", code: int = 0) -> Any:
    return json.loads(run(*words, "--json", text=text, code=code))


def changed(folder: Path, old: str, new: str, name: str = NAME) -> str:
    text = (FILES / f"{name}.yaml").read_text("utf-8")
    assert old in text
    path = folder / f"{name}.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    return str(path)


# --- show -------------------------------------------------------------------------------------


def test_show_tells_each_rule_and_the_code(folder: Path) -> None:
    rules = told("show", NAME)["rules"]
    assert [rule["to"] for rule in rules][:3] == ["/citizen_id", "/name", "/sex"]
    assert rules[1]["title"] == "姓名"
    assert "公安出生登记应答" in run("show", NAME)
    assert run("show", NAME, "--code") == compiler.load(NAME).code + "\n"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(Fatal) as caught:
        mapping_find.find("police_answer_citizen")
    assert caught.value.facts["nearest"] == NAME


# --- check ------------------------------------------------------------------------------------


def test_check_finds_every_shipped_mapping_right() -> None:
    rows = told("check")
    assert [row["mapping"] for row in rows] == list(compiler.names())
    assert {(row["ok"], row["coverage"]) for row in rows} == {(True, 100)}
    assert all(row["tests"] and row["fields"] == row["mapped"] + row["ignored"] for row in rows)


def test_check_tells_line_and_nearest_word_of_all_mistakes(folder: Path) -> None:
    file = changed(folder, "gb_t_3304", "gb_t_3034")
    text = Path(file).read_text("utf-8").replace("identifier: gb11643", "identifier: gb11634")
    Path(file).write_text(text, "utf-8")
    [row] = told("check", file, code=1)
    found = [(p["code"], p["facts"]["line"], p["facts"]["nearest"]) for p in row["problems"]]
    assert found == [
        ("mapping.unknown-name", 8, "gb11643"),
        ("mapping.unknown-name", 11, "gb_t_3304"),
    ]
    assert "gb_t_3304" in run("check", file, code=1)


def test_check_tells_a_failing_test_and_a_forgotten_field(folder: Path) -> None:
    [row] = told("check", changed(folder, "/DJRQ, /sid]", "/DJRQ, /sid, /XX]"), code=1)
    assert [each["code"] for each in row["problems"]] == ["mapping.not-covered"]
    assert row["coverage"] == 88
    [row] = told("check", changed(folder, 'sex: "1"', 'sex: "2"'), code=1)
    assert {each["code"] for each in row["problems"]} == {"mapping.test-differs"}


def test_check_looks_at_the_site_s_own_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mappings").mkdir()
    (folder / "mappings" / "own.yaml").write_text("mapping: own\n", "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    assert [row["mapping"] for row in told("check", code=1) if not row["ok"]] == [
        str(folder / "mappings" / "own.yaml")
    ]
    monkeypatch.setenv("ZHIDA_SITE", str(folder / "nowhere"))
    with pytest.raises(Fatal) as caught:
        mapping_find.site_if_any()
    assert caught.value.code == "mapping.no-site"


def test_a_file_that_cannot_be_read_is_told(folder: Path) -> None:
    [row] = told("check", str(folder / "no.yaml"), code=1)
    assert row["problems"][0]["code"] == "mapping.unreadable-file"


# --- try --------------------------------------------------------------------------------------


def test_try_masks_unless_told_otherwise() -> None:
    text = json.dumps(ANSWER)
    [row] = told("try", NAME, "-", text=text)
    assert row["ok"] and row["result"]["name"] == "汉×3"
    for words in (("try", NAME, "-"), ("try", NAME, "-", "--json")):
        assert not [
            value for value in ANSWER.values() if len(value) > 1 and value in run(*words, text=text)
        ]
    [row] = told("try", NAME, "-", "--values", text=text)
    assert row["result"]["name"] == "张小直"


def test_try_tells_every_problem_of_every_record(folder: Path) -> None:
    wrong = ANSWER | {"GMSFHM": "320117202601050014", "CSRQ": "2026-1-5"}
    (folder / "a.json").write_text(json.dumps([ANSWER, wrong]), "utf-8")
    one, other = told("try", NAME, "a.json", code=1)
    assert one["ok"]
    assert [(p["code"], p["path"], p["rule"], p["mask"]) for p in other["problems"]] == [
        ("identifier.wrong-check-digit", "/GMSFHM", f"{NAME}:8", "9×18"),
        ("mapping.not-a-date", "/CSRQ", f"{NAME}:12", "9×4-9-9"),
    ]
    assert all(p["remedy"] for p in other["problems"])
    output = run("try", NAME, "a.json", "--values", code=1)
    assert "第 2 条：2 个问题" in output and "2026-1-5" not in output


# --- diff -------------------------------------------------------------------------------------


def test_diff_tells_rules_and_masked_records(folder: Path) -> None:
    new = changed(folder, "{to: /serial, from: /sid}", "{to: /serial, from: /XM}")
    (folder / "s").mkdir()
    (folder / "s" / "a.json").write_text(json.dumps(ANSWER), "utf-8")
    found = told("diff", NAME, new, "--sample", "s", code=1)
    assert [(each["part"], each["at"]) for each in found["rules"]] == [("fields", "/serial")]
    [record] = found["records"]
    assert record["moved"] == [{"at": "/serial", "old": "9×10", "new": "汉×3"}]
    assert "张小直" not in run("diff", NAME, new, "--sample", "s", code=1)
    assert told("diff", NAME, NAME, "--sample", "s") == {"rules": [], "records": []}


def test_diff_tells_what_becomes_a_problem_and_what_ceases(folder: Path) -> None:
    strict = changed(folder, "MZDM, required: false", "MZDM")
    (folder / "a.json").write_text(json.dumps(ANSWER), "utf-8")
    [record] = told("diff", NAME, strict, "--sample", "a.json", code=1)["records"]
    assert [each["code"] for each in record["broke"]] == ["mapping.missing"]
    assert "mapping.missing" in run("diff", NAME, strict, "--sample", "a.json", code=1)
    [record] = told("diff", strict, NAME, "--sample", "a.json", code=1)["records"]
    assert [each["path"] for each in record["mended"]] == ["/MZDM"]


# --- new --------------------------------------------------------------------------------------


def test_new_is_refused_until_decided_and_writes_over_nothing(folder: Path) -> None:
    run("new", "姓名,性别,x", "citizen-id", "--output", "a_b.yaml")
    text = (folder / "a_b.yaml").read_text("utf-8")
    assert "mapping: a_b" in text and "{to: /name, from: /姓名}" in text
    [row] = told("check", "./a_b.yaml", code=1)
    assert {each["code"] for each in row["problems"]} == {"mapping.undecided"}
    result = CliRunner().invoke(
        app, ["mapping", "new", "a,b", "citizen-id", "--output", "a_b.yaml"]
    )
    assert isinstance(result.exception, Invalid) and result.exception.code == "mapping.exists"
    assert (folder / "a_b.yaml").read_text("utf-8") == text


def test_new_from_a_sample_tells_names_and_no_values(folder: Path) -> None:
    record = ANSWER | {"rows": [{"no": "R77"}, {"no": "R78", "on": "R79"}]}
    (folder / "s.json").write_text(json.dumps(record), "utf-8")
    output = run("new", "citizen-id", "s.json", "--name", "x")
    assert "    - /rows/*/no\n    - /rows/*/on\n" in output and 'mapping: "x"' in output
    assert not [
        word for word in ("R77", "R79", *ANSWER.values()) if len(word) > 1 and word in output
    ]


def test_new_answers_a_wrong_kind_with_the_nearest() -> None:
    result = CliRunner().invoke(app, ["mapping", "new", "birth-recrod", "citizen-id"])
    assert isinstance(result.exception, Fatal)
    assert result.exception.facts["nearest"] == "birth-record"


# --- docs -------------------------------------------------------------------------------------


def test_docs_speak_both_languages_and_say_why_a_field_is_left_out() -> None:
    page = run("docs", "hospital_adt_birth_record")
    assert "| `/mother/name` | 母亲 姓名 | `/MTH/2` |" in page
    assert "checked and made clean as birth_certificate" in page
    assert "| `/PID/5` | 还不是真实的值" in page
    assert run("docs").count("\n## In English") == len(compiler.names())


def test_every_shipped_mapping_has_a_page() -> None:
    made = mapping_docs.pages()
    assert {f"mapping-{name}.md" for name in compiler.names()} | {"mappings.md"} == made.keys()


def test_a_file_beside_a_site_s_documents_knows_them(folder: Path) -> None:
    site = folder / "site"
    shutil.copytree(FILES, site / "mappings")
    (site / "documents").mkdir()
    assert mapping_find.site_of(site / "mappings" / f"{NAME}.yaml") == site.resolve()
    assert mapping_find.site_of(FILES / f"{NAME}.yaml") is None


# --- versions ---------------------------------------------------------------------------------


def test_a_version_is_looked_at_by_its_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mappings").mkdir()
    text = "mapping: own\ntitle: t\nfrom: [/a]\nto: wire\nfields: [{to: /x, from: /a}]\n"
    for name, body in {"own": text, "own@2026-07-01": text.replace("/x", "/y")}.items():
        (folder / "mappings" / f"{name}.yaml").write_text(body, "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(folder))
    assert told("show", "own", "--on", "2026-06-30")["rules"][0]["to"] == "/x"
    assert told("show", "own", "--on", "2026-07-01")["valid_from"] == "2026-07-01"
    [row] = told("try", "own", "-", "--on", "2026-07-01", text='{"a": "1"}')
    assert row["result"] == {"y": "9"}
    assert [row["ok"] for row in told("check")][-2:] == [True, True]
    with pytest.raises(Fatal) as caught:
        mapping_find.find("own", "1 July")
    assert caught.value.code == "mapping.no-day"


# --- backwards --------------------------------------------------------------------------------


def test_show_back_is_the_mapping_that_undoes_it() -> None:
    found = told("show", NAME, "--back")
    assert (found["mapping"], found["rules"][0]["to"]) == (f"{NAME}_back", "/GMSFHM")
    result = CliRunner().invoke(app, ["mapping", "show", "register_certificate", "--back"])
    assert isinstance(result.exception, Fatal)
    assert result.exception.facts["lines"] == "14, 16, 17, 18"
