"""A company is opened at a township's window: by files alone, with the law's lanes and order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mappings.identifiers import gb32100
from matters.terms import WorkingDays
from sandbox import resident_id
from sandbox.district import District
from sandbox.seal_studio import SealStudio
from tests.zhida.further_matters import Row, Window, counted, counted_in_the_how_to, files_of
from zhida import matter_check, matter_report, site_check
from zhida.flows import flows

pytestmark = pytest.mark.timeout(600)
DECLARED = "2026-11-26"
ALL = "skipped applied applied applied applied applied applied applied applied applied"
HAND = ALL.replace("skipped applied applied applied", "skipped applied applied hand:applied", 1)
_AFTER = "blocked blocked blocked blocked blocked blocked"


def no_licence(state: str) -> str:
    return f"skipped applied applied {state} {_AFTER}"


ROWS = [
    Row("齐全，当场登记", "市场主体登记管理条例第十九条", ALL, {"zczb": "100.00005"}),
    Row(
        "缺章程和开户银行",
        "条例第十九条：一次性告知需要补正的材料",
        ALL.replace("skipped", "applied"),
        {"zcbh": "", "khyh": ""},
        "answers",
    ),
    Row("名称冠以“中国”", "企业名称登记管理规定第十二条", HAND, {"qymc": "中国示例有限公司"}),
    Row("名称有字母", "企业名称登记管理规定第五条：规范汉字", HAND, {"qymc": "南京ABC有限公司"}),
    Row("住所已登记有别的企业", "条例第十一条", HAND, told="occupied"),
    Row(
        "经营范围须先经批准，没有批准文件",
        "条例第十四条",
        no_licence("hand:refused"),
        {"qzxk": "1"},
        "no_approval",
    ),
    Row(
        "法定代表人持护照",
        "条例第十五条：实名登记",
        HAND,
        {"frzjlx": "03", "frzjhm": "E12345678"},
    ),
    Row("不是本人", "条例第十五条：实名登记", no_licence("halted"), told="impostor"),
    Row("名称与已登记的相同", "企业名称登记管理规定（推定：同名不予登记）", no_licence("refused"), told="taken"),
    Row("情形复杂，不能当场登记", "条例第十九条：三个工作日", ALL, told="slow"),
    Row(
        "公章不予备案",
        "开户须预留印鉴（推定）",
        "skipped applied applied applied refused applied applied applied applied blocked",
        told="no_seal",
    ),
    Row(
        "社保不予登记",
        "并联事项互不影响",
        "skipped applied applied applied applied applied refused applied applied applied",
        told="no_insurance",
    ),
]  # fmt: skip


def number_of(row: Row) -> str:
    return f"MC20260{ROWS.index(row) + 1:05}"


def form_of(row: Row) -> dict[str, str]:
    n = ROWS.index(row) + 1
    return {
        "mcbh": number_of(row),
        "qymc": f"南京示例{'甲乙丙丁戊己庚辛壬癸子丑'[n - 1]}贸易有限公司",
        "zsqh": "320117",
        "zsdz": f"溧水区示例镇示例路{n}号",
        "jyfw": "食品销售；餐饮服务",
        "qzxk": "0",
        "frxm": "钱示例",
        "frzjlx": "01",
        "frzjhm": resident_id.compose("320117", "19850304", n),
        "frdh": "19900000000",
        "zczb": "50",
        "zcbh": f"ZC2026{n:04}",
        "zcrq": "2026-11-20",
        "ygrs": "8",
        "khyh": "102",
        "sqrq": DECLARED,
        "tysq": "1",
    } | row.form


class Township(Window):
    """The township's window with everybody who knows something of a company."""

    def __init__(self, town: Any) -> None:
        super().__init__(town, "business-licence", 616, 102)
        self.market = town.district.system("market")
        self.studio = SealStudio(town.district.directory / "seal_studio")

    def tell(self, row: Row) -> None:
        form, number = form_of(row), number_of(row)
        said: dict[str, Callable[[], Any]] = {
            "": lambda: None,
            "answers": lambda: self.office.answers.update({number: {"zcbh": "ZC20269999", "khyh": "103"}}),
            "occupied": lambda: self.market.ask("POST", "/occupy", {"dom": form["zsdz"]}),
            "taken": lambda: self.market.ask("POST", "/occupy", {"entName": form["qymc"]}),
            "slow": lambda: self.market.ask("POST", "/slow", {"applyNo": number}),
            "no_approval": lambda: self.office.refusals.update({(661, form["qymc"]): "没有批准文件"}),
            "impostor": lambda: self.office.impostors.add(form["frzjhm"]),
            "no_seal": lambda: self.studio.refused.update({form["qymc"]: "印章名称不规范"}),
            "no_insurance": lambda: self.office.refusals.update({(664, form["qymc"]): "经办机构有误"}),
        }  # fmt: skip
        said[row.told]()

    def work(self) -> None:
        """The seals' officer answers; the register decides what it could not on the spot."""
        self.studio.work()
        for row in ROWS:
            if row.told == "slow" and self.states(number_of(row)).get("register") == "stored":
                self.market.ask("POST", "/finish", {"applyNo": number_of(row)})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("licences")
    further = ("business-licence",)
    with District(folder, systems=("oa", "market"), signer=False, further=further) as district:
        found = open_town(district)
        yield found
        found.close()


@pytest.fixture(scope="module")
def township(town: Any) -> Township:
    found = Township(town)
    for row in ROWS:
        found.tell(row)
        found.fill_in(number_of(row), form_of(row))
    found.market.fault("reset", operation="ent/register", stage="after", times=1)
    found.finish(*map(number_of, ROWS), work=found.work)
    return found


# --- what comes of whom ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.situation)
def test_each_comes_to_what_its_rule_says(township: Township, row: Row) -> None:
    assert row.rule
    assert township.came_to(number_of(row)) == row.expected


def test_who_leaves_the_fast_lane_is_told_why_with_the_article(township: Township) -> None:
    told = {row.situation: township.rows(number_of(row))["register"].facts for row in ROWS}
    assert "企业名称登记管理规定第十二条" in told["名称冠以“中国”"]
    assert "市场主体登记管理条例第十一条" in told["住所已登记有别的企业"]
    assert "实名核验" in told["不是本人"]


def test_the_window_s_form_ends_with_the_result_and_the_reason(township: Township) -> None:
    told = {row.situation: township.answer(number_of(row)) for row in ROWS}
    assert all(form["@node"] == "办结" for form in told.values())
    assert told["齐全，当场登记"]["jgdj"] == "已登记"
    assert told["不是本人"]["jgdj"] == "按规定不办理"
    refused = told["名称与已登记的相同"]
    assert refused["jgdj"] == "不予登记"
    assert "名称与同一登记机关已登记的企业名称相同" in refused["jgsm"]


@pytest.mark.guarantee("G2")
def test_a_lost_answer_of_the_register_uses_up_one_code(township: Township) -> None:
    registered = [row for row in township.market.books() if row["state"] == "1"]
    numbers = [row["applyNo"] for row in registered]
    by_interface = [number_of(row) for row in ROWS if township.states(number_of(row))["register"] == "applied"]  # fmt: skip
    assert sorted(numbers) == sorted(by_interface)
    assert all(gb32100.validate(row["uniscid"]) == row["uniscid"] for row in registered)


def test_a_capital_of_100_00005_wan_yuan_is_100000050_fen_everywhere(township: Township) -> None:
    number = number_of(ROWS[0])
    assert township.document(number, "application")["capital_fen"] == 100000050
    assert township.document(number, "licence")["capital_fen"] == 100000050
    (row,) = [each for each in township.market.books() if each["applyNo"] == number]
    assert row["regCap"] == "100.000050"


def test_the_account_is_opened_last(township: Township) -> None:
    for row in (each for each in ROWS if each.expected == ALL):
        code = township.document(number_of(row), "licence")["uscc"]
        (opened,) = township.created(667, code)
        beside = [township.created(workflow, code) for workflow in (663, 664, 665, 666)]
        assert all(len(each) == 1 and max(each) < opened for each in beside), row.situation


# --- what each unit sees -----------------------------------------------------------------------------


def test_each_unit_sees_only_what_it_needs(township: Township) -> None:
    form, number = form_of(ROWS[0]), number_of(ROWS[0])
    code = township.document(number, "licence")["uscc"]
    person, phone, charter = form["frzjhm"], form["frdh"], form["zcbh"]
    for workflow in (664, 665, 666):
        (body,) = township.created(workflow, code).values()
        assert not any(text in body for text in (person, phone, charter, form["jyfw"], "100.00")), (
            workflow
        )
    (body,) = township.created(660, number).values()
    assert person in body
    assert not any(text in body for text in (form["qymc"], form["zsdz"], phone)), body
    (sealed,) = [each for each in township.studio.filed if each["tyxydm"] == code]
    assert set(sealed) == {"tyxydm", "dwmc", "fddbr", "yzbm"}


# --- the files ---------------------------------------------------------------------------------------


def test_the_site_and_the_matter_are_right(
    town: Any, township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = town.district.directory / "site"
    rows = matter_report.check(folder, "business-licence", date(2026, 11, 28))
    assert [row for row in rows if not row["ok"]] == []
    matter_check.check(town.hub.site, township.matter, date(2026, 11, 28))
    for name, value in town.env.items():
        monkeypatch.setenv(name, value)
    wrong = [row for row in site_check.check_site() if not row["ok"]]
    assert wrong == [], json.dumps(wrong, ensure_ascii=False, default=str)


def test_the_check_tells_that_a_rule_may_not_look_at_an_answer(town: Any, tmp_path: Path) -> None:
    """The premises' verdict goes nowhere but to the rule; that needs its agreement too."""
    shutil.copytree(town.district.directory, tmp_path / "town", symlinks=True)
    folder = tmp_path / "town" / "site"
    (folder / "agreements" / "licence-market-to-market.yaml").unlink()
    [row] = matter_report.check(folder, "business-licence", date(2026, 11, 28))
    assert (row["code"], row["facts"]["document"]) == ("agreement.none", "premises-verdict")


def test_the_how_to_tells_how_many_files_it_took() -> None:
    assert counted_in_the_how_to("企业开办") == counted("licence_site")


def test_the_matter_is_files_and_none_of_them_is_a_program() -> None:
    assert {file.suffix for file in files_of("licence_site")} == {".yaml"}


def test_the_register_s_term_is_three_working_days(township: Township) -> None:
    term = township.matter.items["register"].term
    assert term is not None
    assert (term.legal, term.silence) == (WorkingDays(3), "nothing")
    assert term.pauses_while == ("complete",)


def test_who_does_not_agree_opens_no_case(township: Township) -> None:
    form = form_of(ROWS[0]) | {"mcbh": "MC2026009999", "tysq": "0"}
    township.fill_in("MC2026009999", form)
    township.turn()
    assert township.case("MC2026009999") == ""


def test_the_books_balance_and_the_ledger_is_whole(township: Township) -> None:
    township.town.audit()
    assert all(flow.balanced for flow in flows(township.town.hub.store))
