"""A site's own joint service about documents of its own kinds, and the window that uses it."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from zhida import sweep

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


def site_files() -> dict[str, str]:
    """All of it beside the example site's own."""
    told = (ROOT / "sandbox/site/site.yaml").read_text("utf-8")
    assert "matters: [newborn]" in told
    return {**FILES, "site.yaml": told.replace("[newborn]", "[newborn, elderly-meals]")}


def window(town: Any, port: int, folder: Path) -> Window:
    """A window with its drop folder; the platform listens on ``port``."""
    for name in ("in", "out"):
        (folder / name).mkdir()
    town.connections["meal"] = {"host": str(folder)}
    town.connections["meals"] = {"schema": "http", "host": "127.0.0.1", "port": port}
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

    def zhida(self, *words: str, operator: str = "") -> tuple[int, str]:
        with self.town.worker("-m", "zhida", *words, operator=operator) as process:
            told = process.communicate(timeout=60)[0]
        return process.returncode, told

    def cases(self) -> list[dict[str, Any]]:
        done, told = self.zhida("case", "list", "--json")
        assert done == 0
        return [row for row in json.loads(told) if row["matter"] == "elderly-meals"]
