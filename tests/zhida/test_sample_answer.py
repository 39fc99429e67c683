"""``zhida system call --answer``: the rules of a system's file tried on a vendor's sample."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from adapters._generic_text import Form
from adapters._generic_unwrap import unwrapped
from exchange import pointer
from mappings import numbers, parser
from tests import how_to_files
from tests.contracts import register
from zhida.cli import app
from zhida.system_call import EFFECT_KEY

ROOT = Path(__file__).resolve().parents[2]
CHILD = {
    "citizen_id": "320117202601050015",
    "name": "张小直",
    "sex": "1",
    "birth_date": "2026-01-05",
    "certificate": {"number": "X320117001"},
    "registered_on": "2026-01-08",
    "serial": "1",
}
GRANTED = {"code": 0, "msg": "ok", "data": {"id": "BT1", "idno": CHILD["citizen_id"]}}
FACT = {
    "GMSFHM": "320117202601050015",
    "XM": "张小直",
    "XBDM": "1",
    "CSRQ": "20260105",
    "CSZMBH": "X320117001",
    "DJRQ": "20260108",
}
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
ANSWER = '<b:{0}Response xmlns:b="{1}"><return><![CDATA[{2}]]></return></b:{0}Response>'


def xml(code: str, fields: dict[str, str]) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    head = '<?xml version="1.0" encoding="GBK"?>'
    return f'{head}<RECORDS><RECORD code="{code}" sid="N1">{inner}</RECORD></RECORDS>'


def example(mapping: str) -> dict[str, Any]:
    content = parser.parse((ROOT / f"mappings/files/{mapping}.yaml").read_text("utf-8"))[0]
    assert content is not None
    return dict(content.tests[0]["gives"])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sandbox's site, the page's system, and a birth register that is read by rules."""
    site = Path(shutil.copytree(ROOT / "sandbox/site", tmp_path / "site"))
    shutil.copytree(ROOT / "sandbox/wsdl", site / "wsdl")
    unit = (site / "units/hospital.yaml").read_text("utf-8")
    (site / "units/health.yaml").write_text(unit.replace("unit: hospital", "unit: health"), "utf-8")
    how_to_files.write("connect-a-system", site)
    for name, text in register.mappings().items():
        (site / name).write_text(text, "utf-8")
    system(site, "register", register.options(2))
    birth = {"birth": example("hospital_adt_birth_record")}
    birth["declaration"] = example("oa_form_615_birth_declaration")
    birth["birth"]["certificate"]["number"] = FACT["CSZMBH"]
    for name, given in (("citizen", {"citizen": CHILD}), ("birth", birth)):
        (tmp_path / f"{name}.json").write_text(json.dumps(given), "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(site))
    return tmp_path


def system(site: Path, name: str, options: dict[str, Any], unit: str = "public-security") -> None:
    told = {"system": name, "title": "登记系统", "unit": unit, "adapter": "generic"}
    text = json.dumps({**told, "connection": name, "options": options}, ensure_ascii=False)
    (site / f"systems/{name}.yaml").write_text(text, "utf-8")


Run = Callable[..., Any]


@pytest.fixture
def run(folder: Path) -> Run:
    def of(name: str, sample: Any, *flags: str) -> Any:
        file = folder / "sample"
        raw = sample if isinstance(sample, str | bytes) else json.dumps(sample)
        file.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        operation, given = OPERATIONS[name]
        words = ["system", "call", name, operation, "--input", str(folder / f"{given}.json")]
        return CliRunner().invoke(app, [*words, "--answer", str(file), *flags])

    return of


OPERATIONS = {
    "childcare": ("grant", "citizen"),
    "register": ("register_birth", "birth"),
    "drop": ("grant", "citizen"),
    "police": ("register_birth", "birth"),
}


def told(done: Any) -> Any:
    return json.loads(done.output)["answer"]


def test_an_understood_sample_shows_places_rules_and_the_verdict(run: Run) -> None:
    done = run("childcare", GRANTED)
    assert done.exit_code == 0, done.output
    for line in (
        '  /data/id  "BT1"',
        "  ✓ success 办成",
        '      ✓ /code 等于 "0"：应答是 0',
        '      ✗ /code 是 "4001"、"4002" 之一：应答是 0',
        '  ✓ /data/idno = /person/idno：应答 "320117202601050015"，所发 "320117202601050015"',
        "结论：办成",
        "  对方编号：BT1",
    ):
        assert line in done.output.splitlines()
    found = told(run("childcare", GRANTED, "--json"))
    assert (found["verdict"], found["reference"]) == ("success", "BT1")
    assert found["places"]["/data/idno"] == CHILD["citizen_id"]


def test_a_wrong_pointer_is_answered_with_the_right_one(run: Run) -> None:
    done = run("childcare", {"resp": GRANTED})
    assert done.exit_code == 1
    assert "没有（规则写的是 /code，应答中有 /resp/code）" in done.output
    assert "结论：结果未知" in done.output
    assert "[generic.unclear]" in done.output


@pytest.mark.parametrize(
    ("sample", "verdict", "word"),
    [
        ({"code": "4002", "msg": "已领取"}, "refused", "结论：拒绝"),
        ({"code": 5003}, "busy", "结论：繁忙，稍后重试"),
        ({"code": 4010}, "login", "结论：登录或权限有误"),
        ({"code": 9999}, "", "结论：结果未知"),
    ],
)
def test_every_verdict_has_its_word(run: Run, sample: Any, verdict: str, word: str) -> None:
    done = run("childcare", sample)
    assert done.exit_code == (0 if verdict else 1)
    assert word in done.output
    found = told(run("childcare", sample, "--json"))
    assert found["verdict"] == verdict
    if verdict == "refused":
        assert (found["refusal"], found["refusal_code"]) == ("已领取", "4002")


def test_the_answer_of_a_probe_has_other_rules(run: Run) -> None:
    there = {"code": 0, "data": {"id": "BT1", "serial": EFFECT_KEY}}
    assert told(run("childcare", there, "--probe", "--json"))["verdict"] == "there"
    absent = run("childcare", {"code": "4040"}, "--probe")
    assert absent.exit_code == 0
    assert "结论：肯定没有" in absent.output


def test_a_sample_about_another_is_told_as_such(run: Run) -> None:
    other = {**GRANTED, "data": {"id": "BT1", "idno": "320117202601050023"}}
    done = run("childcare", other)
    assert done.exit_code == 1
    assert "样例说的是另一笔" in done.output
    assert [pair["holds"] for pair in told(run("childcare", other, "--json"))["same"]] == [False]


# --- XML in a text, and a document -------------------------------------------------------------


def envelope(text: str, operation: str = "csdj") -> str:
    wsdl = (ROOT / "sandbox/wsdl/BirthRegisterService.wsdl").read_text("utf-8")
    space = wsdl.partition('targetNamespace="')[2].partition('"')[0]
    return ENVELOPE.format(ANSWER.format(operation, space, text))


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_the_text_of_a_soap_answer_gives_its_document(run: Run, encoding: str) -> None:
    done = run("register", xml("0", FACT).encode(encoding))
    assert done.exit_code == 0, done.output
    assert '  /RECORDS/RECORD/@code  "0"' in done.output
    assert "产出的数据符合其种类的规定" in done.output
    assert "  对方编号：N1" in done.output


def test_a_whole_envelope_is_read_by_its_wsdl(run: Run) -> None:
    found = told(run("register", envelope(xml("0", FACT)), "--json"))
    assert found["verdict"] == "success"
    assert found["record"]["citizen_id"] == FACT["GMSFHM"]
    assert told(run("register", envelope(xml("9", {}), "csdjcx"), "--probe", "--json")) == {
        **found_nothing(),
        "places": {"/RECORDS/RECORD/@code": "9", "/RECORDS/RECORD/@sid": "N1"},
    }


def found_nothing() -> dict[str, Any]:
    at = f"{register.ROW}/@code"
    test = {"at": at, "test": "equals", "found": "9", "nearest": ""}
    refused = {"at": at, "test": "one_of", "wanted": ["1", "-2"], "found": "9", "nearest": ""}
    same = {"theirs": f"{register.ROW}/CSZMBH", "ours": "/arg0/RECORD/cszmbh"}
    return {
        "verdict": "not_there",
        "unread": [],
        "rules": [
            {"rule": "there", "holds": False, "tests": [{**test, "wanted": 0, "holds": False}]},
            {"rule": "not_there", "holds": True, "tests": [{**test, "wanted": 9, "holds": True}]},
            {"rule": "refused", "holds": False, "tests": [{**refused, "holds": False}]},
        ],
        "same": [{**same, "found": None, "sent": FACT["CSZMBH"], "holds": False}],
        "record_problems": [],
    }


def test_a_fault_is_what_the_wire_makes_of_it(run: Run) -> None:
    fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>参数错误</faultstring></s:Fault>"
    found = told(run("register", ENVELOPE.format(fault), "--json"))
    assert (found["verdict"], found["refusal"]) == ("refused", "参数错误")
    asked = run("register", ENVELOPE.format(fault), "--probe", "--json")
    assert asked.exit_code == 1, "who refuses the question says nothing about the effect"
    assert told(asked)["problem"]["code"] == "soap.fault"


def test_a_document_that_the_mapping_finds_wrong_is_told_with_each_problem(run: Run) -> None:
    wrong = {**FACT, "GMSFHM": "320117202601050014", "CSRQ": "2026-01-05"}
    done = run("register", xml("0", wrong))
    assert done.exit_code == 1
    found = told(run("register", xml("0", wrong), "--json"))
    codes = {problem["code"] for problem in found["record_problems"]}
    assert len(codes) == 2
    assert "identifier.wrong-check-digit" in codes
    assert all(problem["what"] in done.output for problem in found["record_problems"])


def test_a_text_that_is_no_xml_is_unreadable(run: Run) -> None:
    done = run("register", "系统维护中")
    assert done.exit_code == 1
    assert "[generic.unreadable-answer]" in done.output
    assert "汉×5" in done.output


# --- a receipt file; what can't be tried ---------------------------------------------------------


@pytest.fixture
def drop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("out", "back"):
        (folder / "drop" / name).mkdir(parents=True)
    probe = {"call": "get back", "effect_key": "/name"}
    probe |= {"unwrap": [{"at": "", "as": "json", "encoding": "gb18030"}]}
    rules = {"there": [{"at": "/result", "equals": "1"}], "reference": "/number"}
    needs = {"needs": {"citizen": "citizen-id"}, "identity": ["citizen/citizen_id"]}
    call = {"call": "put out", "effect_key": "/name", "constants": {"/content": "x"}}
    answers = {"answer": {"written": "stored"}, "probe": probe | rules}
    grant = {"title": "申领", "idempotence": "keyed"} | needs | call | answers
    settings = {"folders": {"out": {"folder": "out"}, "back": {"folder": "back"}}}
    options = {"wire": "files", "settings": settings, "operations": {"grant": grant}}
    system(folder / "site", "drop", options, "health")
    where = json.dumps({"conn_type": "generic", "host": str(folder / "drop")})
    monkeypatch.setenv("AIRFLOW_CONN_DROP", where)


@pytest.mark.usefixtures("drop")
def test_a_receipt_file_is_read_as_the_folder_gives_it(run: Run) -> None:
    receipt = json.dumps({"result": "1", "number": "编号一"}, ensure_ascii=False).encode("gbk")
    found = told(run("drop", receipt, "--probe", "--json"))
    assert (found["verdict"], found["reference"]) == ("there", "编号一")
    (problem,) = run("drop", receipt).exception.problems
    assert problem.code == "generic.no-answer"


@pytest.mark.parametrize(("sample", "reason"), [("<a/>", "no JSON"), (b"\xff", "no text")])
def test_what_is_no_answer_is_refused(run: Run, sample: Any, reason: str) -> None:
    done = run("childcare", sample)
    assert done.exit_code != 0
    assert done.exception.facts == {"operation": "POST /api/apply", "reason": reason}


def test_an_adapter_that_is_a_program_has_no_rules_to_try(folder: Path, run: Run) -> None:
    names = {path.stem for path in (folder / "site/systems").iterdir()}
    assert "police" in names
    done = run("police", "{}")
    assert done.exception.code == "call.no-rules"


def test_the_page_s_samples_show_what_the_page_says(folder: Path) -> None:
    page = (how_to_files.PAGES / "connect-a-system.md").read_text("utf-8")
    found = dict(re.findall(r"<!-- (sample: \S+|shows) -->\n```\w*\n(.*?)```", page, re.DOTALL))
    for name in ("child.yaml", "answer.json"):
        (folder / name).write_text(found[f"sample: {name}"], "utf-8")
    (command,) = (line for line in page.splitlines() if line.startswith("zhida system call"))
    words = [str(folder / word) if (folder / word).is_file() else word for word in command.split()]
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code == 1
    assert found["shows"].rstrip() in done.output
    (rule,) = (
        YAML(typ="safe").load(line)[0] for line in page.splitlines() if "to: /amount" in line
    )
    told = rule["number"]
    written = numbers.converter(told["from"], told["to"], as_text=True, decimals=told["decimals"])
    assert (told["as"], written(10000)) == ("text", "100.00")


def test_the_page_s_xml_has_the_places_that_the_page_says() -> None:
    page = (how_to_files.PAGES / "connect-a-system.md").read_text("utf-8")
    (text,) = re.findall(r"```xml\n(.*?)```", page, re.DOTALL)
    form = Form(at="/return", format="xml")
    answer = unwrapped({"return": text}, [form]).value
    said = re.findall(r"`(\w+)` 在 `(/return\S+?)`", page)
    assert len(said) == 3
    assert [pointer.get(answer, place) for _, place in said] == [value for value, _ in said]


def test_probe_alone_is_refused(folder: Path) -> None:
    words = ["system", "call", "childcare", "grant", "--input", str(folder / "citizen.json")]
    assert CliRunner().invoke(app, [*words, "--probe"]).exit_code == 2
