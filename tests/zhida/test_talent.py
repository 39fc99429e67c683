"""Somebody with a degree moves here: by files alone, each condition a parameter of the matter's file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from sandbox import resident_id
from sandbox.district import District
from sandbox.seal_studio import SealStudio
from tests.zhida.further_matters import Row, Window, counted, counted_in_the_how_to, files_of
from zhida import matter_report, site_check
from zhida.flows import flows

pytestmark = pytest.mark.timeout(600)
DECLARED = "2026-11-27"
ALL = "skipped applied applied applied applied applied"
HAND = "skipped applied applied applied hand:applied applied"
NO_PERMIT = "skipped applied applied applied {} blocked"
INFERRED = "推定：学历落户的年龄与缴费条件，由牵头单位核定"
LEVELS = {"1": "博士研究生", "2": "硕士研究生", "3": "本科", "4": "专科"}

ROWS = [
    Row("硕士，五十岁，没有缴费", INFERRED, ALL, {"xlcc": "2", "csrq": "1976-03-04"}),
    Row("本科，满四十五周岁的当天", INFERRED, ALL, {"csrq": "1981-11-27"}),
    Row("本科，四十五周岁又一天", INFERRED, HAND, {"csrq": "1981-11-26"}),
    Row("大专，缴费六个月", INFERRED, ALL, {"xlcc": "4"}, "six_months"),
    Row("大专，缴费五个月，核定不同意", INFERRED, NO_PERMIT.format("hand:refused"), {"xlcc": "4"}, "five_months"),
    Row("国外学历，有认证", "学信库查不到的转人工（推定）", ALL.replace("applied", "hand:applied", 1), {"xljd": "2"}, "returned"),
    Row("国外学历，没有认证", "人才落户须有学历（推定）", "skipped hand:applied applied applied halted blocked", {"xljd": "2"}, "no_degree"),
    Row("学历查不到", "人才落户须有学历（推定）", NO_PERMIT.format("halted"), told="no_degree"),
    Row("有犯罪记录", "人才落户的一般条件（推定）", NO_PERMIT.format("halted"), told="convicted"),
    Row("落在亲友户内", "户口登记条例第六条（推定）", HAND, {"lhqx": "2", "lhdz": "示例路2号", "hzxm": "赵示例"}),
    Row("落户去向未定", "一次性告知", ALL.replace("skipped", "applied"), {"lhqx": ""}, "answers"),
    Row("公安不予准迁", "公安说了理由的原样告知", NO_PERMIT.format("refused"), told="objection"),
]  # fmt: skip


def number_of(row: Row) -> str:
    return f"RC20260{ROWS.index(row) + 1:05}"


def form_of(row: Row) -> dict[str, str]:
    n = ROWS.index(row) + 1
    born = row.form.get("csrq", "1996-05-06")
    return {
        "sqbh": number_of(row),
        "xm": "孙示例",
        "sfzh": resident_id.compose("320102", born.replace("-", ""), n),
        "csrq": born,
        "lxdh": "19900000000",
        "xlcc": "3",
        "zsbh": f"1028412026050{n:05}",
        "byyx": "示例大学",
        "xljd": "1",
        "qcdqh": "320102",
        "lhqx": "3",
        "lhdz": "",
        "hzxm": "",
        "sqrq": DECLARED,
        "tysq": "1",
    } | row.form


class Talents(Window):
    """The talents' window with everybody who knows something of the applicants."""

    def __init__(self, town: Any) -> None:
        super().__init__(town, "talent-household", 617, 103)
        self.degrees, self.police = (town.district.system(n) for n in ("degrees", "migration"))

    def tell(self, row: Row) -> None:
        form, number = form_of(row), number_of(row)
        person, office = form["sfzh"], self.office
        said: dict[str, Callable[[], Any]] = {
            "": lambda: None,
            "no_degree": lambda: None,
            "six_months": lambda: office.months.update({person: 6}),
            "five_months": lambda: (
                office.months.update({person: 5}),
                office.refusals.update({(674, person): "缴费不满六个月"}),
            ),
            "returned": lambda: office.foreign_degrees.update({form["zsbh"]: form["xlcc"]}),
            "convicted": lambda: office.convicted.add(person),
            "answers": lambda: office.answers.update({number: {"lhqx": "3"}}),
            "objection": lambda: self.police.ask(
                "POST", "/object", {"gmsfhm": person, "reason": "户口正在办理其他迁移"}
            ),
        }
        said[row.told]()
        if row.told != "no_degree" and form["xljd"] == "1":
            told = {"zsbh": form["zsbh"], "zjhm": person, "cc": LEVELS[form["xlcc"]]}
            self.degrees.ask("POST", "/graduate", told)

    def work(self) -> None:
        """Permits issued by hand are entered; the places that people come from let them go."""
        while self.office.permits:
            self.police.ask("POST", "/permit", self.office.permits.pop())
        self.police.ask("POST", "/released")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("talents")
    further = ("business-licence", "talent-household")
    systems = ("oa", "degrees", "migration")
    with District(folder, systems=systems, signer=False, whole=True, further=further) as district:
        found = open_town(district)
        yield found
        found.close()


@pytest.fixture(scope="module")
def talents(town: Any) -> Talents:
    found = Talents(town)
    for row in ROWS:
        found.tell(row)
        found.fill_in(number_of(row), form_of(row))
    found.police.fault("reset", operation="QY01", stage="after", times=1)
    found.finish(*map(number_of, ROWS), work=found.work)
    return found


# --- what comes of whom ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.situation)
def test_each_comes_to_what_its_rule_says(talents: Talents, row: Row) -> None:
    assert row.rule
    assert talents.came_to(number_of(row)) == row.expected


def test_the_window_s_form_ends_with_the_result_and_the_reason(talents: Talents) -> None:
    told = {row.situation: talents.answer(number_of(row)) for row in ROWS}
    assert all(form["@node"] == "办结" for form in told.values())
    assert told["硕士，五十岁，没有缴费"]["jglh"] == "已迁入"
    assert "户口正在办理其他迁移" in told["公安不予准迁"]["jgsm"]
    assert "缴费不满六个月" in told["大专，缴费五个月，核定不同意"]["jgsm"]


@pytest.mark.guarantee("G2")
def test_a_lost_answer_issues_one_permit_and_everybody_comes_in_once(talents: Talents) -> None:
    books = talents.police.books()
    for code, item in (("QY01", "permit"), ("QY02", "move")):
        done = [row["sqbh"] for row in books if (row["code"], row["state"]) == (code, "applied")]
        states = {number_of(row): talents.states(number_of(row)) for row in ROWS}
        ours = [n for n, s in states.items() if "applied" in (s[item], s.get(f"{item}-by-hand"))]
        assert sorted(done) == sorted(ours)
    assert len({row["transno"] for row in books}) == len(books)


def test_a_move_waits_until_the_old_place_lets_go(talents: Talents) -> None:
    receipts = {row.situation: talents.rows(number_of(row))["move"].state for row in ROWS}
    assert receipts["本科，满四十五周岁的当天"] == "applied"
    (entry,) = [r for r in talents.police.books() if (r["code"], r["sqbh"]) == ("QY02", number_of(ROWS[1]))]  # fmt: skip
    assert entry["state"] == "applied"


# --- what each unit sees -----------------------------------------------------------------------------


def test_of_somebody_s_past_only_yes_or_no_is_told(talents: Talents) -> None:
    number = number_of(ROWS[8])
    assert set(talents.document(number, "conduct")) == {"number", "clear", "checked_on"}
    assert talents.document(number, "conduct")["clear"] is False
    assert set(talents.document(number, "insurance")) == {"number", "months", "checked_on"}


def test_each_unit_sees_only_what_it_needs(talents: Talents) -> None:
    form, number = form_of(ROWS[1]), number_of(ROWS[1])
    for workflow in (671, 672):
        (body,) = talents.created(workflow, number).values()
        assert form["sfzh"] in body
        assert not any(
            text in body for text in (form["zsbh"], form["byyx"], form["lxdh"], form["csrq"])
        )
    wire = [row["body"] for row in talents.police.wire() if row["direction"] == "in"]
    asked = [body for body in wire if number.encode() in body]
    assert asked
    assert not any(form["zsbh"].encode() in body for body in asked)


# --- the files ---------------------------------------------------------------------------------------


def test_a_district_with_all_three_matters_is_right(
    town: Any, talents: Talents, monkeypatch: pytest.MonkeyPatch
) -> None:
    SealStudio(town.district.directory / "seal_studio")
    folder = town.district.directory / "site"
    rows = matter_report.check(folder, "", date(2026, 11, 28))
    assert {row["file"] for row in rows} >= {"talent-household/matter.yaml", "newborn/matter.yaml"}
    assert [row for row in rows if not row["ok"]] == []
    for name, value in town.env.items():
        monkeypatch.setenv(name, value)
    wrong = [row for row in site_check.check_site() if not row["ok"]]
    assert wrong == [], json.dumps(wrong, ensure_ascii=False, default=str)


def test_the_how_to_tells_how_many_files_it_took() -> None:
    assert counted_in_the_how_to("人才落户") == counted("talent_site")


def test_the_matter_is_files_and_none_of_them_is_a_program() -> None:
    assert {file.suffix for file in files_of("talent_site")} == {".yaml", ".wsdl"}


def test_a_condition_is_a_parameter_of_the_file(talents: Talents) -> None:
    told = talents.matter.items["permit"].lanes.by_hand[0]
    assert "at_least" in str(told.when)
    assert "推定" in told.article


def test_the_books_balance_and_the_ledger_is_whole(talents: Talents) -> None:
    talents.town.audit()
    assert all(flow.balanced for flow in flows(talents.town.hub.store))
