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
        (["options.hub_user=x"], "file.schema"),
        (["options.hubuser=1"], "file.unknown-key"),
        (["unit=hubb"], "site.no-unit"),
        (["options.forms.x.kind=a", "options.forms.x.mapping=b"], "file.schema"),
    ],
)
def test_what_would_not_pass_the_check_is_not_written(
    folder: Path, settings: list[str], code: str
) -> None:
    done = run("oa2", "--adapter", "oa", settings=OA + settings)
    assert done.exception.code == code
    assert not (folder / "systems/oa2.yaml").exists()


def test_settings_that_the_wire_needs_are_not_forgotten(folder: Path) -> None:
    kept = [each for each in TABLE if "settings" not in each]
    done = run("库", "--adapter", "feed", "--wire", "tables", settings=kept)
    assert "options.settings.driver" in wrong(done)


GENERIC = [
    "unit=hub", "title=育儿补贴平台", "options.operations.find.title=查询",
    "options.operations.find.effect=false", "options.operations.find.call=GET /api/find",
    "options.operations.find.needs={citizen: citizen-id}",
    "options.operations.find.mapping=police_answer_citizen_id",
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


def test_an_existing_file_is_left_as_it_is(folder: Path) -> None:
    before = (folder / "systems/oa.yaml").read_bytes()
    assert run("oa", "--adapter", "oa", settings=OA).exception.code == "system.exists"
    assert (folder / "systems/oa.yaml").read_bytes() == before


def test_a_system_of_that_name_in_another_file(folder: Path) -> None:
    (folder / "systems/oa.yaml").rename(folder / "systems/办公.yaml")
    assert run("oa", "--adapter", "oa", settings=OA).exception.code == "system.exists"


@pytest.mark.parametrize("name", ["../x", "a/b", ".x", "", "-x", "a b", "x：y"])
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
