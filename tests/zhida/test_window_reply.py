"""An application that a window filed in its OA: the decision goes back into that very form."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exchange.store import case_rows
from matters import promise_file
from matters.facts import Facts
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.oa_further_forms import GRANTS
from tests.matters.test_application_check import GOOD as APPLICATION
from tests.matters.test_application_check import ID
from tests.zhida import applying
from tests.zhida.applicant_office import Office
from tests.zhida.applying import FILES, GOOD, Wanted
from tests.zhida.endpoint import USCC, Endpoint, agreement
from zhida import application_case, application_words, site, sweep
from zhida.application_ending import conclude_all

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "sandbox/application_site"
_NAMES = (
    "systems/window-oa.yaml",
    "mappings/oa_form_618_grant_application.yaml",
    "mappings/result_oa_form_618.yaml",
)
WINDOW = {
    **{name: text for name, text in FILES.items() if name != "systems/oa.yaml"},
    **{name: (EXAMPLE / name).read_text("utf-8") for name in _NAMES},
    "agreements/h.yaml": agreement(
        "h", "hub", "enterprise-services", "matter-result", "/request_id"
    ),
    "agreements/i.yaml": agreement(
        "i", "hub", "enterprise-services", "grant-decision",
        "/outcome_zh", "/amount_fen", "/because", "/text",
    ),
}  # fmt: skip
FORM = {
    "zcbs": "research",
    "tyxydm": USCC,
    "qymc": "示例科技有限公司",
    "sqrxm": "王示例",
    "sqrzjh": ID,
    "sqrsf": "0",
    "cns": "1",
    "cnsbb": promise_file.load().version,
    "skhm": "示例科技有限公司",
    "skzh": "6222020000001",
    "khhlhh": "102301000011",
    "clmc": "法人承诺书",
}


@dataclass
class Window:
    """A clerk at the OA, and the hub that reads and answers the forms."""

    endpoint: Endpoint
    clerk: Clerk
    rules: Any
    facts: dict[str, Facts]
    office: Office

    def fill_in(self, number: str, **changed: str) -> int:
        form = {k: v for k, v in (FORM | {"sqbh": number} | changed).items() if v}
        return self.clerk.create(618, f"奖补申请-{number}", form)

    def turn(self) -> dict[str, int]:
        """Forms are read, checked and decided on, and the decisions written back."""
        self.sweep()
        told = conclude_all(self.rules)
        self.sweep()
        return told

    def sweep(self) -> None:
        for _ in range(2):
            self.endpoint.clock.skip(minutes=2)
            matter = self.endpoint.hub.site.matter("grant-application")
            list(sweep.sweep(self.endpoint.hub, matter))

    def states(self) -> list[str]:
        with self.endpoint.hub.store.read() as connection:
            rows = case_rows.list_cases(connection, "grant-application")
            found = [case_rows.get_item(connection, row.id, "reply") for row in rows]
        return sorted(each.state if each else "-" for each in found)


@pytest.fixture(scope="module")
def oa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("window")
    with District(folder, systems=("oa",), signer=False) as district:
        yield district.system("oa").address


@pytest.fixture
def window(tmp_path: Path, oa: str) -> Iterator[Window]:
    shutil.copytree(ROOT / "sandbox/wsdl", tmp_path / "town/site/wsdl")
    host, port = oa.removeprefix("http://").split(":")
    line = {"host": f"http://{host}", "port": int(port)}
    with applying.opened(tmp_path, Wanted(WINDOW, lines={"oa": line})) as deciding:
        clerk = Clerk(oa, GRANTS)
        yield Window(deciding.endpoint, clerk, deciding.rules, deciding.facts, deciding.office)


def test_the_decision_stands_in_the_form_and_the_form_is_the_clerk_s_again(window: Window) -> None:
    request = window.fill_in("SQ1")
    assert window.turn() == {"concluded": 1, "pending": 0}
    form = window.clerk.read(request)
    assert (form["jgjd"], form["jgje"]) == ("予以奖补", "50000.00")
    assert "金额 50,000 元" in form["jgsm"]
    assert form["@node"] == "办结"
    assert request in window.clerk.todo()
    assert window.states() == ["applied"]


def test_everything_that_is_missing_stands_in_it_at_once_with_its_cure(window: Window) -> None:
    request = window.fill_in("SQ1", cns="0", skzh="", sqrxm="", clmc="")
    window.turn()
    form = window.clerk.read(request)
    assert form["jgjd"] == "材料需补正"
    assert "jgje" not in form or not form["jgje"]
    for word in ("请一次补正以下 5 项", "申请人姓名", "收款账号", "法人承诺书"):
        assert word in form["jgsm"]
    (notice,) = window.office.told()["sent"]
    assert notice["text"] == form["jgsm"]


def test_who_does_not_qualify_is_told_by_which_clause(window: Window) -> None:
    window.facts[USCC] = {**GOOD, "tax_clean": False}
    request = window.fill_in("SQ1")
    window.turn()
    form = window.clerk.read(request)
    assert form["jgjd"] == "不符合条件"
    assert "二" in form["jgsm"]


def test_nothing_is_written_as_long_as_somebody_has_still_to_say_something(window: Window) -> None:
    window.facts[USCC] = {k: v for k, v in GOOD.items() if k != "insured"}
    request = window.fill_in("SQ1")
    assert window.turn() == {"concluded": 0, "pending": 1}
    assert window.clerk.read(request)["@node"] == "部门联办"
    window.facts[USCC] = GOOD
    assert window.turn() == {"concluded": 1, "pending": 0}
    assert window.clerk.read(request)["jgjd"] == "予以奖补"


def test_a_reply_does_not_wait_for_the_portal(window: Window) -> None:
    """The firm's own notice may come later; the person at the window is answered."""
    window.office.write(portal_down=True)
    request = window.fill_in("SQ1")
    window.turn()
    assert window.clerk.read(request)["@node"] == "办结"
    assert window.office.told()["sent"] == []


def test_the_window_is_told_no_more_than_was_agreed(window: Window) -> None:
    window.fill_in("SQ1")
    window.turn()
    told = [e for e in window.endpoint.entries("transfer") if e.get("agreement") == "i"]
    assert [entry["disclosed"] for entry in told] == [
        ["/amount_fen", "/because", "/outcome_zh", "/text"]
    ]


def test_what_came_over_the_interface_has_no_form_to_answer(window: Window) -> None:
    """A site with a window and a portal: only the window's own forms are written into."""
    record = {**APPLICATION, "promise_version": promise_file.load().version}
    application_case.take(window.endpoint.hub, record)
    window.turn()
    assert window.states() == ["skipped"]


def test_a_site_without_a_window_goes_without_the_reply(window: Window) -> None:
    folder = window.endpoint.site
    (folder / "systems/window-oa.yaml").unlink()
    found = site.load(folder)
    assert set(found.matter("grant-application").items) == {"applicant", "notice"}
    assert {m.name: set(m.items) for m in site.load_matters(folder)}["grant-application"] == {
        "applicant",
        "notice",
    }
    assert "reply" in window.endpoint.hub.site.matter("grant-application").items


def test_a_long_text_is_whole_in_the_form_and_short_in_the_message() -> None:
    items = [{"code": "a.b", "what": "缺" * 200, "remedy": "补" * 200} for _ in range(4)]
    decision = {
        "title": "研发投入奖补", "outcome": "deficient", "outcome_zh": "材料需补正",
        "because": "共 4 项需要补正", "deficiencies": items, "application": "SQ1",
    }  # fmt: skip
    assert application_words.whole(decision).count("补" * 200) == 4
    assert len(application_words.short(decision)) < 100
    assert "共 4 项" in application_words.short(decision)
    few = {**decision, "deficiencies": items[:1]}
    assert application_words.short(few) == application_words.whole(few)
