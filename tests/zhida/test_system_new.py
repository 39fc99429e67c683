"""``zhida system new``: by flags and by questions; what it writes passes the check or is not written."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from matters import files
from zhida import site, system_new
from zhida.cli import app

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"
OA = [
    "unit=hub",
    "title=新OA",
    "options.hub_user=900",
    "options.forms.615.kind=birth-declaration",
    "options.forms.615.mapping=oa_form_615_birth_declaration",
]
TABLE = [
    "unit=hub",
    "title=养老补贴前置库",
    "connection=subsidy",
    "options.settings.driver=postgresql",
    "options.settings.database=front",
    "options.settings.tables.apply.table=申请",
    "options.settings.tables.apply.key=编号",
    "options.settings.tables.apply.status=zt",
    "options.streams.apply.kind=birth-record",
    "options.streams.apply.mapping=hospital_adt_birth_record",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    monkeypatch.setenv("ZHIDA_SITE", str(found))
    return found


def run(*words: str, settings: list[str] = [], answers: str = "") -> Any:
    flags = [flag for each in settings for flag in ("--set", each)]
    return CliRunner().invoke(app, ["system", "new", *words, *flags], input=answers)


def wrong(done: Any) -> list[str]:
    return [str(problem.facts.get("path", problem.code)) for problem in done.exception.problems]


def test_by_flags(folder: Path) -> None:
    done = run("oa2", "--adapter", "oa", "--json", settings=OA)
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["file"] == "systems/oa2.yaml"
    assert "AIRFLOW_CONN_OA2" in told["next"]
    system = site.load(folder).system("oa2")
    assert (system.unit, system.connection, system.options["hub_user"]) == ("hub", "oa2", 900)


def test_a_wire_s_settings_and_a_chinese_name(folder: Path) -> None:
    done = run("养老补贴", "--adapter", "feed", "--wire", "tables", settings=TABLE)
    assert done.exit_code == 0, done.output
    system = site.load(folder).system("养老补贴")
    assert system.options["settings"]["tables"]["apply"]["key"] == ["编号"]


def test_every_key_has_its_comment_above_it(folder: Path) -> None:
    run("oa2", "--adapter", "oa", settings=OA)
    lines = (folder / "systems/oa2.yaml").read_text("utf-8").splitlines()
    for above, line in itertools.pairwise(lines):
        if not line.lstrip().startswith("#") and '"615"' not in line:
            assert above.lstrip().startswith("# "), line
    assert any("直达账号的用户编号" in line for line in lines)
    assert any(line.strip() == "# timeout_s: 30" for line in lines)


def test_all_that_is_missing_is_told_at_once_and_nothing_written(folder: Path) -> None:
    done = run("oa2", "--adapter", "oa", settings=["title=x"])
    assert set(wrong(done)) == {
        "unit", "options.hub_user", "options.forms.‹name›.kind", "options.forms.‹name›.mapping",
    }  # fmt: skip
    assert not (folder / "systems/oa2.yaml").exists()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (["options.hub_user=x"], "system.wrong"),
        (["options.hubuser=1"], "system.wrong-key"),
        (["unit=hubb"], "site.no-unit"),
        (["options.forms.x.kind=a", "options.forms.x.mapping=b"], "system.wrong"),
    ],
)
def test_what_would_not_pass_the_check_is_not_written(
    folder: Path, settings: list[str], code: str
) -> None:
    done = run("oa2", "--adapter", "oa", settings=OA + settings)
    assert done.exception.code == code
    assert not (folder / "systems/oa2.yaml").exists()


@pytest.mark.parametrize("setting", ["system=../../evil", "system=oa", "adapter=feed"])
def test_what_the_command_has_said_no_setting_says_otherwise(folder: Path, setting: str) -> None:
    before = sorted(folder.rglob("*"))
    done = run("oa2", "--adapter", "oa", settings=[*OA, setting])
    assert (done.exception.code, done.exception.facts) == (
        "system.said",
        {"setting": setting.partition("=")[0]},
    )
    wire = [*TABLE, "options.wire=files"]
    done = run("库", "--adapter", "feed", "--wire", "tables", settings=wire)
    assert done.exception.facts == {"setting": "options.wire"}
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("setting", ["options=1", "title.x=1", "options.forms=1"])
def test_a_setting_that_is_no_object_where_one_belongs(folder: Path, setting: str) -> None:
    done = run("oa2", "--adapter", "oa", settings=[*OA, setting])
    assert done.exception.code == "system.setting"


@pytest.mark.parametrize("sign", ["\x85", "\x7f", "\u2028", "\ufeff", "\xa0"])
def test_a_title_is_read_as_it_was_said(folder: Path, sign: str) -> None:
    title = f"甲{sign}乙"
    done = run("oa2", "--adapter", "oa", settings=[*OA, f"title={title}"])
    assert done.exit_code == 0, done.output
    assert site.load(folder).system("oa2").title == title


def test_settings_that_the_wire_needs_are_not_forgotten(folder: Path) -> None:
    kept = [each for each in TABLE if "settings" not in each]
    done = run("库", "--adapter", "feed", "--wire", "tables", settings=kept)
    assert "options.settings.driver" in wrong(done)


GENERIC = [
    "unit=hub", "title=育儿补贴平台", "options.operations.find.title=查询",
    "options.operations.find.effect=false", "options.operations.find.call=GET /api/find",
    "options.operations.find.needs={query: certificate-query}",
    "options.operations.find.mapping=certificate_query_register",
    "options.operations.find.identity=[query/holder/id, query/holder/id_type, query/type]",
    'options.operations.find.answer={success: [{at: /code, equals: "0"}]}',
]  # fmt: skip


def test_what_only_the_adapter_can_tell_is_told_before_anything_is_written(folder: Path) -> None:
    wrong = [*GENERIC, "options.operations.find.mapping=nonesuch"]
    done = run("childcare", "--adapter", "generic", "--wire", "rest", settings=wrong)
    told = {problem.code for problem in done.exception.problems}
    assert told
    assert not (folder / "systems/childcare.yaml").exists()


def test_a_generic_system_by_flags(folder: Path) -> None:
    done = run("childcare", "--adapter", "generic", "--wire", "rest", settings=GENERIC)
    assert done.exit_code == 0, done.output
    answer = site.load(folder).system("childcare").options["operations"]["find"]["answer"]
    assert answer["success"] == [{"at": "/code", "equals": "0"}]


def test_unit_wire_and_all_that_is_missing_are_told_in_one_run(folder: Path) -> None:
    lacks = [each for each in GENERIC if "answer" not in each and "unit" not in each]
    done = run("x", "--adapter", "generic", "--wire", "rset", settings=[*lacks, "unit=hubb"])
    assert wrong(done) == ["options.operations.find.answer", "site.no-unit", "wire.no-such-wire"]
    assert done.exception.problems[2].facts["nearest"] == "rest"


def test_a_value_of_another_type_is_told_in_words_and_of_no_line_of_a_file(folder: Path) -> None:
    settings = [*GENERIC, "options.operations.find.answer={success: x}"]
    done = run("x", "--adapter", "generic", "--wire", "rest", settings=settings)
    [problem] = done.exception.problems
    assert problem.facts["path"] == "options.operations.find.answer.success"
    assert problem.facts["rule"] == "应为 列表（type）"
    assert "file" not in problem.facts


def test_a_stream_s_mapping_may_be_written_when_its_columns_are_known(folder: Path) -> None:
    later = [each for each in TABLE if "mapping" not in each]
    later.append("options.streams.apply.mapping=subsidy_rows")
    done = run("库", "--adapter", "feed", "--wire", "tables", "--json", settings=later)
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["later"] == ["subsidy_rows"]
    assert "zhida system discover 库" in told["next"]


def test_the_connection_s_line_is_there_to_be_copied(folder: Path) -> None:
    done = run("c", "--adapter", "generic", "--wire", "rest", "--json", settings=GENERIC)
    told = json.loads(done.output)["next"]
    assert 'export AIRFLOW_CONN_C=\'{"conn_type": "zhida_http"' in told
    assert '"schema": "http 或 https"' in told


def test_the_wire_s_settings_are_listed_to_be_filled_in(folder: Path) -> None:
    run("c", "--adapter", "generic", "--wire", "rest", settings=GENERIC)
    text = (folder / "systems/c.yaml").read_text("utf-8")
    assert "# settings:" in text
    assert "#   # auth:" in text
    assert site.load(folder).system("c").options.get("settings") is None


def test_an_existing_file_is_left_as_it_is(folder: Path) -> None:
    before = (folder / "systems/oa.yaml").read_bytes()
    assert run("oa", "--adapter", "oa", settings=OA).exception.code == "system.exists"
    assert (folder / "systems/oa.yaml").read_bytes() == before


def test_a_system_of_that_name_in_another_file(folder: Path) -> None:
    (folder / "systems/oa.yaml").rename(folder / "systems/办公.yaml")
    assert run("oa", "--adapter", "oa", settings=OA).exception.code == "system.exists"


@pytest.mark.parametrize(
    "name", ["../x", "a/b", ".x", "", "-x", "a b", "x：y", "x" * 300, "长" * 80, "cafe\u0301"]
)
def test_a_name_that_is_no_file_s_name(folder: Path, name: str) -> None:
    before = sorted(folder.rglob("*"))
    assert run("--adapter", "oa", "--", name, settings=[]).exit_code != 0
    with pytest.raises(Exception, match=r"system\.name"):
        system_new.check_name(name)
    assert sorted(folder.rglob("*")) == before


def test_by_questions_a_typo_is_answered_with_the_nearest(folder: Path) -> None:
    answers = [
        "fed",
        "feed",
        "files",
        "hub",
        "收件目录",
        "apply",
        "in",
        "apply",
        "birth-declaration",
        "oa_form_615_birth_declaration",
    ]
    done = run("drop", "--ask", answers="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "可用：feed" in done.output
    options = site.load(folder).system("drop").options
    assert options["settings"] == {"folders": {"apply": {"folder": "in"}}}
    assert options["streams"] == {
        "apply": {"kind": "birth-declaration", "mapping": "oa_form_615_birth_declaration"}
    }


def test_the_file_passes_its_own_schema_again(folder: Path) -> None:
    run("养老补贴", "--adapter", "feed", "--wire", "tables", settings=TABLE)
    path = folder / "systems/养老补贴.yaml"
    assert files.load(path, system_new.schema("feed", "tables"))["title"] == "养老补贴前置库"


def test_a_site_that_still_lacks_a_system_can_get_one(folder: Path) -> None:
    (folder / "systems/oa.yaml").unlink()
    settings = [each for each in OA if "unit" not in each]
    done = run("oa", "--adapter", "oa", settings=[*settings, "unit=service-window"])
    assert done.exit_code == 0, done.output
    assert site.load(folder).system("oa")
