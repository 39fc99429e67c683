"""A joint service that a site has written down itself, about documents of kinds of its own.

From a drop folder over an agreement into a subsidy platform that no adapter knows, its decision
back to the window, and all of it as evidence: no Python in the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.peers.subsidy_platform import SubsidyPlatform
from zhida import site, sweep

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = count(1)
CARD = "11010519491231002X"
KIND, DECISION = "助餐补贴申请", "助餐补贴决定"
FILES = {
    f"documents/{KIND}.yaml": """
title: 老年助餐补贴申请
type: object
additionalProperties: false
required: [编号, person, consent]
properties:
  编号: {title: 申请编号, type: string, pattern: '^ZC[0-9]{6}$'}
  person:
    title: 老人
    type: object
    additionalProperties: false
    required: [name, 身份证号]
    properties:
      name: {title: 姓名, type: string, minLength: 1, maxLength: 40, format: plain-text}
      身份证号: {title: 身份证号, type: string, format: gb11643}
      illness: {title: 病情, type: string, maxLength: 200, format: plain-text}
  consent: {title: 同意共享, type: boolean}
""",
    f"documents/{DECISION}.yaml": """
title: 老年助餐补贴决定
type: object
additionalProperties: false
required: [编号, serial]
properties:
  编号: {title: 补贴编号, type: string, pattern: '^BT[0-9]{6}$'}
  serial: {title: 流水号, type: string, maxLength: 64}
  身份证号: {title: 身份证号, type: string, format: gb11643}
""",
    "mappings/meal_form.yaml": f"""
mapping: meal_form
title: 窗口表单 → 助餐补贴申请
from: [/bh, /xm, /sfz, /bq, /ty]
to: {KIND}
fields:
  - {{to: /编号, from: /bh}}
  - {{to: /person/name, from: /xm}}
  - {{to: /person/身份证号, from: /sfz, identifier: gb11643}}
  - {{to: /person/illness, from: /bq, required: false}}
  - {{to: /consent, from: /ty, values: {{"是": true, "否": false}}}}
""",
    "mappings/meal_request.yaml": f"""
mapping: meal_request
title: 助餐补贴申请 → 平台请求
from: {{meal: {KIND}}}
to: wire
fields:
  - {{to: /person/name, from: /meal/person/name}}
  - {{to: /person/idno, from: /meal/person/身份证号}}
ignore:
  - {{fields: [/meal/编号, /meal/consent, /meal/person/illness], reason: not-needed}}
""",
    "mappings/meal_answer.yaml": f"""
mapping: meal_answer
title: 平台应答 → 助餐补贴决定
from: [/id, /serial, /idno]
to: {DECISION}
fields:
  - {{to: /编号, from: /id}}
  - {{to: /serial, from: /serial}}
  - {{to: /身份证号, from: /idno}}
""",
    "mappings/meal_notice.yaml": f"""
mapping: meal_notice
title: 助餐补贴决定 → 告知单
from: {{decision: {DECISION}}}
to: wire
fields:
  - {{to: /content/number, from: /decision/编号}}
ignore:
  - {{fields: [/decision/serial, /decision/身份证号], reason: not-needed}}
""",
    "units/civil-affairs.yaml": "{unit: civil-affairs, title: 溧水区民政局（示例）}",
    "systems/meal-forms.yaml": f"""
system: meal-forms
title: 助餐申请目录
unit: service-window
adapter: feed
connection: meal
options:
  wire: files
  settings: {{folders: {{forms: {{folder: in}}}}}}
  streams: {{forms: {{kind: {KIND}, mapping: meal_form}}}}
""",
    "systems/meal-notices.yaml": f"""
system: meal-notices
title: 助餐告知目录
unit: service-window
adapter: generic
connection: meal
options:
  wire: files
  settings: {{folders: {{out: {{folder: out}}}}}}
  operations:
    tell:
      title: 告知补贴决定
      needs: {{decision: {DECISION}}}
      identity: [decision/编号]
      idempotence: natural
      call: put out
      mapping: meal_notice
      effect_key: /name
      effect_key_as: "{{key}}.json"
      wrap: [{{at: /content, as: json, encoding: utf-8}}]
      answer: {{written: applied}}
""",
    "systems/meals.yaml": f"""
system: meals
title: 助餐补贴平台
unit: civil-affairs
adapter: generic
connection: meals
options:
  wire: rest
  settings: {{timeout_s: 5}}
  operations:
    grant:
      title: 助餐补贴发放
      needs: {{meal: {KIND}}}
      gives: {DECISION}
      identity: [meal/编号]
      idempotence: probe
      irreversible: true
      settle_s: 5
      call: POST /api/apply
      mapping: meal_request
      effect_key: /serial
      answer:
        success: [{{at: /code, equals: "0"}}, {{at: /data/id, present: true}}]
        refused: {{when: [{{at: /code, equals: "4001"}}], text: /msg, code: /code}}
        reference: /data/id
        record: {{mapping: meal_answer, at: /data}}
        same: {{/data/idno: /person/idno}}
      probe:
        call: POST /api/query
        effect_key: /serial
        there: [{{at: /code, equals: "0"}}]
        not_there: [{{at: /code, equals: "4040"}}]
        reference: /data/id
        record: {{mapping: meal_answer, at: /data}}
        same: {{/data/serial: /serial}}
""",
    "agreements/window-to-civil.yaml": f"""
agreement: window-to-civil
provider: service-window
receiver: civil-affairs
document: {KIND}
purpose: elderly-meals
basis: 申请人签署的同意书
fields: [/编号, /person/name, /person/身份证号]
valid_from: "2026-01-01"
valid_until: "2028-12-31"
""",
    "agreements/civil-to-window.yaml": f"""
agreement: civil-to-window
provider: civil-affairs
receiver: service-window
document: {DECISION}
purpose: elderly-meals
basis: 申请人签署的同意书
fields: [/编号]
valid_from: "2026-01-01"
valid_until: "2028-12-31"
""",
    "matters/elderly-meals.yaml": f"""
matter: elderly-meals
title: 老年助餐补贴一件事
lead: service-window
purpose: elderly-meals
retention: 3 years
opens_on:
  - {{adapter: meal_forms, unit: service-window, stream: forms, gives: application, consents: [/consent]}}
identity: [application/编号]
items:
  grant:
    title: 助餐补贴发放
    unit: civil-affairs
    do: meals.grant
    gives: decision
    irreversible: true
    materials: [{{title: 身份证, document: {KIND}, field: /person/身份证号}}]
  tell:
    title: 告知补贴决定
    unit: service-window
    do: meal_notices.tell
    needs: [grant]
""",
}


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    told = (ROOT / "sandbox/site/site.yaml").read_text("utf-8")
    assert "matters: [newborn]" in told
    return {**FILES, "site.yaml": told.replace("[newborn]", "[newborn, elderly-meals]")}


@pytest.fixture(scope="module")
def platform() -> Iterator[SubsidyPlatform]:
    with SubsidyPlatform() as peer:
        yield peer


@pytest.fixture(scope="module")
def window(
    town: Any, platform: SubsidyPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Window:
    folder = tmp_path_factory.mktemp("window")
    for name in ("in", "out"):
        (folder / name).mkdir()
    town.connections["meal"] = {"host": str(folder)}
    town.connections["meals"] = {"schema": "http", "host": "127.0.0.1", "port": platform.port}
    return Window(town, folder)


class Window:
    """Who puts forms into the drop folder, and the hub that works on them."""

    def __init__(self, town: Any, folder: Path) -> None:
        self.town, self.folder = town, folder

    def apply(self, **changed: str) -> str:
        number = f"ZC{next(NUMBERS):06d}"
        form = {"bh": number, "xm": "钱示例", "sfz": CARD, "bq": "糖尿病", "ty": "是"} | changed
        text = json.dumps(form, ensure_ascii=False)
        (self.folder / "in" / f"{number}.json").write_text(text, "utf-8")
        return number

    def work(self) -> None:
        """Take in what lies there and work on it; ahead of every pause and settlement."""
        matter = self.town.hub.site.matter("elderly-meals")
        for _ in range(4):
            list(sweep.sweep(self.town.hub, matter))
            self.town.clock.skip(61)

    def zhida(self, *words: str) -> tuple[int, str]:
        with self.town.worker("-m", "zhida", *words) as process:
            told = process.communicate(timeout=60)[0]
        return process.returncode, told

    def cases(self) -> list[dict[str, Any]]:
        done, told = self.zhida("case", "list", "--json")
        assert done == 0
        return [row for row in json.loads(told) if row["matter"] == "elderly-meals"]


def test_the_check_finds_the_site_right_and_tells_its_kinds(window: Window) -> None:
    done, told = window.zhida("check", "--json")
    rows = json.loads(told)
    assert [row for row in rows if not row["ok"]] == [], done
    assert {"数据种类", "映射文件"} <= {row["step"] for row in rows}


def test_a_document_of_the_site_s_kind_goes_the_whole_way(
    window: Window, platform: SubsidyPlatform, tmp_path: Path
) -> None:
    window.apply()
    platform.fault = "lose"
    window.work()
    (case,) = window.cases()
    assert case["state"] == "done"
    _sent(window, platform)
    _shown(window, case["case"])
    _proven(window, case["case"], tmp_path)
    window.town.audit()


def _sent(window: Window, platform: SubsidyPlatform) -> None:
    """Once, although its answer was lost, and no more than the agreements allow."""
    (row,) = platform.rows
    assert row["body"]["person"] == {"name": "钱示例", "idno": CARD}
    assert "糖尿病" not in str(platform.requests)
    (notice,) = (window.folder / "out").glob("*.json")
    assert json.loads(notice.read_text("utf-8")) == {"number": row["id"]}


def _shown(window: Window, case: str) -> None:
    done, told = window.zhida("case", "show", case, "--json")
    assert done == 0
    assert CARD not in told
    found = json.loads(told)
    assert [(item["item"], item["state"]) for item in found["items"]] == [
        ("grant", "applied"),
        ("tell", "applied"),
    ]
    moved = {transfer["item"]: transfer for transfer in found["transfers"]}
    assert moved["grant"]["disclosed"] == ["/person/name", "/person/身份证号", "/编号"]
    assert moved["grant"]["withheld"] == ["/consent", "/person/illness"]
    assert moved["tell"]["disclosed"] == ["/编号"]


def _proven(window: Window, case: str, folder: Path) -> None:
    file = folder / "evidence.zip"
    done, _ = window.zhida("evidence", "export", case, "-o", str(file))
    assert done == 0
    trust = str(window.town.district.directory / "trust")
    done, told = window.zhida("evidence", "verify", str(file), "--trust", trust, "--json")
    assert done == 0, told
    kinds = {each["kind"] for each in json.loads(told)["documents"]}
    assert kinds == {KIND, DECISION}
    done, told = window.zhida("evidence", "report", str(file), "--trust", trust)
    assert done == 0
    assert KIND in told


@pytest.mark.parametrize(("card", "right"), [(CARD, True), ("110105194912310021", False)])
def test_an_operation_is_rehearsed_with_a_document_of_the_kind(
    window: Window, tmp_path: Path, card: str, right: bool
) -> None:
    file = tmp_path / "in.json"
    person = {"name": "钱示例", "身份证号": card}
    file.write_text(json.dumps({"meal": {"编号": "ZC000009", "person": person}}), "utf-8")
    words = ["system", "call", "meals", "grant", "--input", str(file), "--dry-run", "--json"]
    done, told = window.zhida(*words)
    assert (done == 0) == right
    assert card not in told


def test_what_is_no_document_of_the_kind_opens_no_case(
    window: Window, platform: SubsidyPlatform
) -> None:
    before, sent = len(window.cases()), len(platform.rows)
    window.apply(bh="ZC1")
    window.apply(ty="否")
    window.work()
    assert (len(window.cases()), len(platform.rows)) == (before, sent)


def test_a_kind_that_changed_counts_for_the_next_message(
    window: Window, platform: SubsidyPlatform
) -> None:
    file = window.town.district.directory / "site" / "documents" / f"{KIND}.yaml"
    text = file.read_text("utf-8")
    before = len(window.cases())
    try:
        file.write_text(text.replace("maxLength: 40", "maxLength: 2"), "utf-8")
        window.apply()
        window.work()
        assert len(window.cases()) == before
    finally:
        file.write_text(text, "utf-8")
    window.apply()
    window.work()
    assert len(window.cases()) == before + 1


def test_a_kind_s_file_that_is_broken_loses_no_message(
    window: Window, platform: SubsidyPlatform
) -> None:
    file = window.town.district.directory / "site" / "documents" / f"{KIND}.yaml"
    text = file.read_text("utf-8")
    before = len(window.cases())
    try:
        file.write_text(text.replace("type: boolean", "type: number"), "utf-8")
        window.apply()
        window.work()
        assert len(window.cases()) == before
        _, told = window.zhida("check", "--json")
        wrong = [row for row in json.loads(told) if not row["ok"]]
        assert ("数据种类", "shape.no-type") in {(row["step"], row["code"]) for row in wrong}
        assert all(row["remedy"] for row in wrong)
    finally:
        file.write_text(text, "utf-8")
    window.town.clock.skip(3600)
    window.work()
    assert len(window.cases()) == before + 1


def test_there_is_no_python_in_the_site(town: Any) -> None:
    folder = town.district.directory / "site"
    assert list(folder.rglob("*.py")) == []
    assert site.load(folder).matter("elderly-meals").title == "老年助餐补贴一件事"
