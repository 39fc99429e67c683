"""The catalogue tells what the site's files and the store say, and who is to do what about a gap."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange import canonical
from exchange.errors import Invalid, Rejected
from exchange.store import dataset_rows, ledger_rows, objection_rows, schema
from exchange.store.dataset_rows import DatasetRow
from exchange.store.engine import Store
from exchange.store.ledger_rows import EntryRow
from exchange.store.objection_rows import ObjectionRow
from sandbox.district import District
from tests.zhida.catalogue_site import Place, ago, place
from zhida import (
    catalogue_export,
    catalogue_file,
    catalogue_gaps,
    catalogue_view,
    cli,
    report_agreements,
    report_freshness,
)
from zhida.fact_rows import KIND

USCC = "12320117426012345G"
DECLARED = f"""
providers: {{hospital: {USCC}}}
resources:
  - document: birth-record
    provider: hospital
    code: "307001/000001"
    class: 部门/卫生健康
    share: conditional
    condition: 仅用于出生一件事
    method: 共享平台方式-接口
    format: 数据库
    update: 实时
    open: false
    published_on: "2026-03-01"
    fresh: 1 day
    personal: [/mother/id_number]
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    found = place(tmp_path)
    yield found
    found.store.close()


def row(here: Place, key: str) -> dict[str, Any]:
    known = here.catalogue()
    return catalogue_view.resource(known, known.find(key)[0])


def run(here: Place, *command: str) -> Any:
    return CliRunner().invoke(cli.app, ["catalogue", *command], env=here.env)


def test_each_resource_has_its_unit_the_live_systems_behind_it_and_its_agreements(
    here: Place,
) -> None:
    found = row(here, "birth-record")
    assert found["resource"] == "hospital/birth-record"
    assert {s["system"] for s in found["systems"]} == {"his"}
    assert {s["way"] for s in found["systems"]} == {"stream", "answer"}
    [agreement] = found["agreements"]
    assert (agreement["receiver"], agreement["in_force"], agreement["used"]) == (
        "public-security", True, 0,
    )  # fmt: skip
    fields = {each["path"]: each for each in found["fields"]}
    assert fields["/mother/name"]["title"] == "母亲 姓名"
    assert fields["/mother/name"]["agreements"] == ("hospital-to-police",)
    assert fields["/child/weight_g"]["agreements"] == ()


def test_age_custody_and_use_are_the_store_s(here: Place) -> None:
    old = here.document("birth-record", "hospital", "his", ago(days=3), custody="unit")
    here.document("birth-record", "hospital", "his", ago(days=1), custody="unit")
    here.transfer("hospital-to-police", old, ["/mother/name"], ago(days=2))
    here.transfer("hospital-to-police", old, ["/mother/name"], ago(days=200))
    found = row(here, "birth-record")
    assert (found["age"]["as_of"], found["age"]["documents"]) == (ago(days=1), 2)
    assert (found["custody"], found["age"]["verdict"]) == ("unit", "no-promise")
    [agreement] = found["agreements"]
    assert (agreement["used"], agreement["last_at"]) == (1, ago(days=2)), "only lately"
    fields = {each["path"]: each["used"] for each in found["fields"]}
    assert fields["/mother/name"] == ("hospital-to-police",)
    assert fields["/child/sex"] == ()


def test_stale_data_names_who_is_to_send_it_and_how_late(here: Place) -> None:
    here.write("catalogue.yaml", DECLARED)
    here.document("birth-record", "hospital", "his", ago(days=3))
    told = catalogue_view.told(here.catalogue())
    [todo] = [each for each in told["todo"] if "出生记录" in each["what"]]
    assert "已超出 2 天" in todo["what"] and "妇幼保健院" in todo["who"]
    assert "超出新旧承诺 1 项" in told["headline"]
    here.document("birth-record", "hospital", "his", ago(hours=2))
    assert row(here, "birth-record")["age"]["verdict"] == "within"


def test_promised_and_never_seen_is_late_too(here: Place) -> None:
    here.write("catalogue.yaml", DECLARED)
    assert row(here, "birth-record")["age"]["verdict"] == "never"


def test_what_is_needed_and_nobody_may_give_is_told_with_whose_turn_it_is(here: Place) -> None:
    (here.folder / "agreements" / "hospital-to-police.yaml").unlink()
    found = catalogue_gaps.gaps(here.catalogue())
    [gap] = [each for each in found if each.document == "birth-record"]
    assert (gap.what, gap.provider, gap.receiver) == ("no-agreement", "hospital", "public-security")
    told = catalogue_view.told(here.catalogue())
    assert any("没有有效的共享协议" in each["what"] for each in told["todo"])


def test_an_agreement_that_has_ended_leaves_the_same_gap(here: Place) -> None:
    file = here.folder / "agreements" / "hospital-to-police.yaml"
    file.write_text(file.read_text("utf-8").replace("2028-12-31", "2026-03-19"), "utf-8")
    [gap] = [g for g in catalogue_gaps.gaps(here.catalogue()) if g.document == "birth-record"]
    assert gap.what == "no-agreement"


def test_whose_data_it_is_is_inferred_or_as_declared(here: Place) -> None:
    fields = {each["path"]: each["personal"] for each in row(here, "birth-record")["fields"]}
    assert set(fields.values()) == {"child"}
    here.write("catalogue.yaml", DECLARED)
    fields = {each["path"]: each["personal"] for each in row(here, "birth-record")["fields"]}
    assert {path for path, is_one in fields.items() if is_one == "yes"} == {"/mother/id_number"}


def test_the_export_has_the_standard_s_columns_and_infers_nothing(here: Place) -> None:
    here.write("catalogue.yaml", DECLARED)
    done = run(here, "export")
    assert done.exit_code == 1, "others have not been filled in"
    text = done.stdout
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert list(rows[0]) == [*catalogue_export.STANDARD, *catalogue_export.OWN]
    mine = [each for each in rows if each["直达_标识"] == "hospital/birth-record"]
    assert {each["信息资源提供方代码"] for each in mine} == {USCC}
    assert {each["共享类型"] for each in mine} == {"有条件共享"}
    assert {each["信息项名称"] for each in mine} >= {"母亲 姓名", "新生儿 出生日期"}
    others = [each for each in rows if each["直达_标识"] != "hospital/birth-record"]
    assert others and {each["共享类型"] for each in others} == {""}
    assert not [each for each in rows if each["直达_标识"].startswith("hub/")]
    assert "hospital/birth-record" not in done.stderr
    assert "public-security/citizen-id" in done.stderr


def test_a_condition_is_demanded_only_where_there_is_one(here: Place) -> None:
    here.write("catalogue.yaml", DECLARED.replace("    condition: 仅用于出生一件事\n", ""))
    assert catalogue_export.missing(catalogue_export.rows(here.catalogue()))[
        "hospital/birth-record"
    ] == ["共享条件"]


def test_the_export_as_json_has_the_fields_below_their_resource(here: Place) -> None:
    told = json.loads(run(here, "export", "--format", "json").stdout)
    [mine] = [e for e in told["resources"] if e["直达_标识"] == "hospital/birth-record"]
    assert mine["信息资源名称"] == "出生记录" and len(mine["信息项"]) > 20


def test_no_cell_is_a_formula(here: Place) -> None:
    here.write("catalogue.yaml", DECLARED.replace("仅用于出生一件事", "'=cmd|calc'"))
    rows = catalogue_export.rows(here.catalogue())
    assert "'=cmd|calc" in catalogue_export.as_csv(rows)
    assert ",=cmd" not in catalogue_export.as_csv(rows)


def test_list_and_show_at_the_terminal_and_as_a_file(here: Place, tmp_path: Path) -> None:
    done = run(here, "list", "-o", str(tmp_path / "c.html"))
    assert done.exit_code == 0 and done.stdout.startswith("8 项数据"), done.output
    assert "birth-record" in (tmp_path / "c.html").read_text("utf-8")
    assert "28 个字段" in run(here, "show", "birth-record").stdout
    told = json.loads(run(here, "list", "--json").stdout)
    assert {"headline", "todo", "resources", "gaps"} <= told.keys()


def test_a_name_misspelt_is_answered_with_the_nearest(here: Place) -> None:
    with pytest.raises(Rejected, match=r"catalogue\.unknown") as error:
        here.catalogue().find("brith-record")
    assert error.value.facts["nearest"] == "birth-record"


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("provider: hospital", "provider: hopsital", "catalogue.no-unit"),
        ("document: birth-record", "document: birth-recrod", "shape.no-such-kind"),
        (USCC, "12320117426012345A", "catalogue.uscc"),
        ("/mother/id_number", "/mother/id_numbr", "catalogue.no-field"),
        ("fresh: 1 day", "fresh: soon", "file.schema"),
        ("share: conditional", "share: maybe", "file.schema"),
        ("    update: 实时", "    updates: 实时", "file.unknown-key"),
    ],
)
def test_every_mistake_of_the_file_is_told_with_its_line(
    here: Place, before: str, after: str, code: str
) -> None:
    here.write("catalogue.yaml", DECLARED.replace(before, after))
    with pytest.raises(Invalid) as error:
        catalogue_file.load(here.watch().site)
    assert code in {each.code for each in error.value.problems}
    assert all(each.facts["line"] for each in error.value.problems)


def test_the_same_thing_twice_is_a_mistake(here: Place) -> None:
    again = "  - {document: birth-record, provider: hospital}\n"
    here.write("catalogue.yaml", DECLARED + again)
    with pytest.raises(Invalid, match=r"catalogue\.twice"):
        catalogue_file.load(here.watch().site)


def test_the_clocks_say_what_they_rest_on_and_a_site_may_replace_them(here: Place) -> None:
    told = json.loads(run(here, "clocks", "--json").stdout)
    days = {each["clock"]: each["within"] for each in told}
    assert days == {
        "answer-unconditional": "1 working day", "answer-conditional": "10 working days",
        "provide": "20 working days", "check": "10 working days",
    }  # fmt: skip
    articles = {each["clock"]: each["article"].partition("施行）")[2] for each in told}
    assert articles == {
        "answer-unconditional": "第二十一条第一款", "answer-conditional": "第二十一条第一款",
        "provide": "第二十二条第一款", "check": "第二十六条第二款",
    }  # fmt: skip
    here.write("catalogue.yaml", "clocks: {check: {within: 5 working days, article: 区共享办法}}\n")
    told = {e["clock"]: e for e in json.loads(run(here, "clocks", "--json").stdout)}
    assert (told["check"]["within"], told["check"]["by"]) == ("5 working days", "site")


# --- what leaves no transfer, and what is doubted --------------------------------------------------


def test_what_was_read_through_the_endpoint_is_a_use_of_its_agreement(here: Place) -> None:
    told = {"agreement": "hospital-to-police", "disclosed": ["/mother/name"], "at": ago(days=1)}
    old, other = {**told, "at": ago(days=400)}, {**told, "agreement": "gone"}
    rows = [
        EntryRow(n, kind, "", f"r{n}", canonical.dumps(body), b"")
        for n, (kind, body) in enumerate(
            (("read", told), ("finance-push", told), ("read", old), ("read", other), ("read", {}))
        )
    ]
    with here.store.write() as connection:
        ledger_rows.insert_entries(connection, rows)
    state = report_agreements.told(here.catalogue())["agreements"]
    [row] = [each for each in state if each["agreement"] == "hospital-to-police"]
    assert (row["state"], row["used"], row["last_at"]) == ("used", 2, ago(days=1))
    assert "/mother/name" not in row["never_given"]
    traced = report_agreements.trace(here.catalogue(), "hospital-to-police")
    assert [(each["seq"], each["kind"]) for each in traced] == [(0, "read"), (1, "finance-push")]
    assert "用它的：" in run(here, "show", "birth-record").stdout


def test_a_doubt_stands_with_its_data_until_it_is_answered(here: Place) -> None:
    made = here.document("birth-record", "hospital", "his", ago(days=30))
    row = ObjectionRow(
        "0b1ec710" * 4, made, "c1", "hospital", "public-security", "/mother/name",
        ago(days=20), ago(days=2), "open", "", "",
    )  # fmt: skip
    with here.store.write() as connection:
        objection_rows.put(connection, row)
    told = json.loads(run(here, "list", "--json").stdout)
    assert "待答复的校核 1 件" in told["headline"]
    assert "校核 1 件逾期未答复" in told["todo"][0]["what"] and "医院" in told["todo"][0]["who"]
    shown = run(here, "show", "hospital/birth-record").stdout
    assert "待答复的校核" in shown and "2026-03-18，逾期" in shown
    with here.store.write() as connection:
        objection_rows.change(connection, row.id, state="upheld")
    assert "校核" not in json.loads(run(here, "list", "--json").stdout)["headline"]


# --- facts of enterprises -----------------------------------------------------------------------


def test_lists_of_facts_have_their_promise_and_their_use_without_any_transfer(
    tmp_path: Path,
) -> None:
    District(tmp_path, systems=(), signer=False, grants=True).prepare()
    store = Store(f"sqlite:///{tmp_path}/store.db")
    schema.upgrade(store)
    here = Place(tmp_path / "site", store)
    source = next(g for g in here.catalogue().givers if g.way == "list")
    row_ = DatasetRow(
        "d1", KIND, source.unit, source.system, ago(hours=1), ago(hours=1), "", "", 10
    )
    with store.write() as connection:
        dataset_rows.put(connection, row_)
    here.document(KIND, source.unit, source.system, ago(hours=1))  # its head
    here.entry("facts-synced", "d1")
    known = here.catalogue()
    [found] = known.find(f"{source.unit}/{KIND}")
    assert (found.worst.verdict, found.worst.number) == ("within", 1)
    [agreement] = [a for a in found.in_force(known.today) if a.receiver == known.watch.site.unit]
    assert [u.agreement for u in found.used] == [agreement.id]
    assert {field.used for field in found.fields} == {(agreement.id,)}
    assert [r["ref"] for r in report_agreements.trace(known, agreement.id)] == ["d1"]
    told = report_freshness.told(known)
    assert "从未收到" in told["todo"][0]["what"], "the other holders have not sent any"
    gaps = {gap.what for gap in catalogue_gaps.gaps(known)}
    assert "no-data" in gaps and not [g for g in catalogue_gaps.gaps(known) if g.provider == "hub"]
    store.close()
