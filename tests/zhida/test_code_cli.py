"""``zhida code``: a code in any spelling, an identifier and why not, and no personal number shown."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from exchange.errors import Fatal, Invalid
from mappings.codes import names
from mappings.identifiers import catalogue
from zhida import site_check
from zhida.cli import app

PERSONAL = ("11010519491231002X", "130503670401001", "6225881414207430", "X320117001")
OWN = """# scheme: 助餐补贴类别
# title: 助餐补贴类别
# edition: 2026
# source: 区民政局文件
code,name_zh,name_en,aliases,valid_from,valid_to,successor,note
A,全额,full,,,,,
"""


@pytest.fixture(autouse=True)
def no_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIDA_SITE", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["code", *words], input=stdin)


def told(*words: str, stdin: str = "") -> Any:
    return json.loads(run(*words, "--json", stdin=stdin).output)


def test_all_schemes_are_listed_with_title_edition_and_source() -> None:
    rows = told()
    assert [row["scheme"] for row in rows] == [*catalogue.NAMES, *names()]
    assert all(row["title"] and row["edition"] and row["source"] for row in rows)
    assert "gb_t_2260" in run().output


def test_a_whole_list_is_shown_with_what_is_unverified() -> None:
    assert len(told("insutype")["rows"]) == 2
    assert "未核实" in run("insutype").output


@pytest.mark.parametrize("text", ["320117", "溧水区", "lishui", "３２０１１７"])
def test_a_code_in_any_spelling(text: str) -> None:
    assert told("gb_t_2260", text)["found"]["name_zh"] == "溧水区"
    assert run("gb_t_2260", text).exit_code == 0


def test_a_code_that_begins_with_a_minus_is_no_option() -> None:
    assert told("weaver_docreate", "-4")["found"]["name_zh"] == "字段或表名不正确"


def test_what_is_not_there_is_answered_with_what_is_near() -> None:
    done = run("gb_t_2260", "雨花区")
    assert done.exit_code == 1
    assert "320114" in done.output
    assert told("gb_t_2260", "雨花区")["found"] is None


def test_an_abolished_code_is_told_with_its_successor() -> None:
    assert told("gb_t_2260", "320103")["in_force"] is True
    later = told("gb_t_2260", "320103", "--as-of", "2026-01-05")
    assert later["in_force"] is False
    assert [each["code"] for each in later["near"]] == ["320104"]
    assert run("gb_t_2260", "320103", "--as-of", "2026-01-05").exit_code == 1
    with pytest.raises(Invalid) as caught:
        raise run("gb_t_2260", "320103", "--as-of", "gestern").exception or AssertionError
    assert caught.value.code == "codes.day"


def test_an_unknown_scheme_is_answered_with_the_nearest_of_lists_and_identifiers() -> None:
    for wrong, near in (("gb_t_2206", "gb_t_2260"), ("gb32010", "gb32100")):
        with pytest.raises(Fatal) as caught:
            raise run(wrong, "x").exception or AssertionError
        assert caught.value.code == "mapping.no-such-scheme"
        assert caught.value.facts["nearest"] == near
    assert told("GB-T-2260", "320117")["found"]


@pytest.mark.parametrize("number", PERSONAL)
def test_a_number_in_the_place_of_the_scheme_is_not_repeated(number: str) -> None:
    with pytest.raises(Fatal) as caught:
        raise run(number).exception or AssertionError
    assert number not in str(caught.value)


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("gb11643", "11010519491231002X"),
        ("gb11643", "110105194912310021"),
        ("gb11643", "130503670401001"),
        ("bank_card", "6225881414207430"),
        ("bank_card", "6225881414207431"),
        ("birth_certificate", "X320117001"),
        ("birth-certificate", "X3201170012"),
    ],
)
def test_a_personal_number_is_judged_and_never_shown(scheme: str, number: str) -> None:
    for done in (
        run(scheme, number),
        run(scheme, number, "--json"),
        run(scheme, "-", stdin=number),
    ):
        assert number not in done.output
        assert number[6:14] not in done.output
        assert done.exit_code in (0, 1)


def test_valid_why_not_and_warnings() -> None:
    assert told("gb11643", "11010519491231002x")["valid"] is True
    wrong = told("gb11643", "110105194912310021")
    assert wrong["problem"]["code"] == "identifier.wrong-check-digit"
    assert wrong["problem"]["remedy"]
    assert run("gb11643", "110105194912310021").exit_code == 1
    old = told("gb11643", "-", stdin="130503670401001\n")
    assert [each["code"] for each in old["warnings"]] == ["identifier.fifteen-digits"]
    assert "15 位旧号码" in run("gb11643", "130503670401001").output
    assert run("gb11643", "130503670401001").exit_code == 0, "a warning refuses nothing"


def test_what_points_at_no_person_is_shown_with_what_it_tells() -> None:
    assert told("cnaps", "308584000013")["parts"] == {"行别": "招商银行"}
    credit = told("gb32100", "91350100m000100y43")
    assert credit["value"] == "91 350100 M000100Y4 3"
    assert credit["parts"]["组织机构代码"] == "M000100Y4"
    assert "工商：企业" in run("gb32100", "91350100M000100Y43").output


def test_an_identifier_alone_is_told_with_the_source_of_its_rules() -> None:
    assert "GB 11643-1999" in run("gb11643").output


def test_a_list_of_the_site_is_listed_and_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "助餐补贴类别.csv").write_text(OWN, "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(tmp_path))
    assert "助餐补贴类别" in [row["scheme"] for row in told()]
    assert told("助餐补贴类别", "全额")["found"]["code"] == "A"


def test_the_check_of_a_site_tells_what_is_wrong_with_its_lists(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "助餐补贴类别.csv").write_text(
        OWN.replace("# source", "# sourse"), "utf-8"
    )
    (problems,) = [find for folder, _, find in site_check._OWN if folder == "codes"]
    with pytest.raises(Invalid) as caught:
        site_check._right(problems(tmp_path))
    assert caught.value.code == "mapping.list-header"
    assert caught.value.facts == {"file": "助餐补贴类别.csv", "line": 1, "key": "source"}
