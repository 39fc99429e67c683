"""``unknown_means: ask``: the firm is asked through its portal; its word fills a gap, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exchange.store import case_rows
from matters import grants, promise_file
from matters.facts import Facts
from matters.grants import Folder, Grants
from sandbox.district import District
from sandbox.handle import Handle
from tests.matters.test_application_check import GOOD as APPLICATION
from tests.zhida import applying, small_grants
from tests.zhida.applying import FILES, GOOD, Wanted
from tests.zhida.endpoint import USCC, Endpoint, agreement
from zhida import applications_served, matter_check, news, sweep
from zhida.application_ending import conclude_all
from zhida.applications_served import ApplicationDesk

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "sandbox/grants_site"
_SYSTEMS = ("systems/portal.yaml", *(f"mappings/{p.name}" for p in PORTAL.glob("mappings/*")))
TOLD = {
    **{name: text for name, text in FILES.items() if name != "systems/oa.yaml"},
    **{name: (PORTAL / name).read_text("utf-8") for name in _SYSTEMS},
    "agreements/e.yaml": agreement(
        "e", "hub", "enterprise-services", "grant-notice",
        "/id", "/about", "/firm/*", "/title", "/text", "/amount_fen", "/until",
    ),
    "agreements/q.yaml": agreement(
        "q", "hub", "enterprise-services", "grant-question",
        "/id", "/number", "/title", "/firm/*", "/facts/*",
    ),
}  # fmt: skip
MATTERS = "[grant-application, grant-question, grant-award]"


def catalogue(folder: Path) -> Grants:
    """The small one, where who applies for research is asked for what its papers proved."""
    small_grants.write(folder)
    file = folder / "research.yaml"
    text = file.read_text("utf-8").replace("unknown_means: wait", "unknown_means: ask")
    text = text.replace(
        "  - {title: 法人承诺书}\n",
        "  - {title: 参保证明, facts: [insured, insured_y1]}\n  - {title: 法人承诺书}\n",
    )
    file.write_text(text, "utf-8")
    return grants.load(None, Folder.of_site(folder))


@dataclass
class Place:
    endpoint: Endpoint
    portal: Handle
    facts: dict[str, Facts]
    rules: Any

    def know(self, *without: str, **changed: Any) -> None:
        self.facts[USCC] = {k: v for k, v in {**GOOD, **changed}.items() if k not in without}

    def apply(self, number: str = "A1") -> tuple[int, Any]:
        body = {k: v for k, v in deepcopy(APPLICATION).items() if k != "channel"}
        body |= {"number": number, "promise_version": promise_file.load().version}
        found = self.endpoint.ask("/grants/applications", method="POST", body=body)
        return found[0], found[1]

    def look(self, told: Any) -> tuple[int, Any]:
        found = self.endpoint.ask(f"/grants/applications/{told['application']}")
        return found[0], found[1]

    def turn(self) -> dict[str, int]:
        """The portal is asked and heard, and what can be decided is."""
        for name in ("grant-application", "grant-question"):
            list(sweep.sweep(self.endpoint.hub, self.endpoint.hub.site.matter(name)))
        self.endpoint.clock.skip(minutes=10)
        news.hear(self.endpoint.hub)
        list(sweep.sweep(self.endpoint.hub, self.endpoint.hub.site.matter("grant-question")))
        return conclude_all(self.rules)

    def questions(self, told: Any) -> list[list[str]]:
        """What the portal shows the firm, for each time that it was asked."""
        rows = [r for r in self.portal.books() if r["about"].startswith(told["application"])]
        return [[i["name"] for i in json.loads(r["given"])["items"]] for r in rows]

    def fill(self, told: Any, number: int = 1, **answers: str) -> int:
        body = {"questionNo": f"{told['application']}-{number}", "answers": answers}
        filled: int = self.portal.ask("POST", "/fill", body)["filled"]
        return filled

    def decision(self, told: Any) -> Any:
        status, found = self.look(told)
        assert status == 200, found
        with self.endpoint.hub.store.read() as connection:
            names = case_rows.documents(connection, told["application"])
        return self.endpoint.hub.archive.get(names["decision"]).record


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    folder = tmp_path_factory.mktemp("portal")
    with District(folder, systems=("portal",), signer=False) as district:
        yield district.system("portal")


@pytest.fixture
def place(tmp_path: Path, portal: Handle) -> Iterator[Place]:
    line = {"host": "http://127.0.0.1", "port": portal.port}
    wanted = Wanted(TOLD, MATTERS, {"portal": line})
    with applying.opened(tmp_path, wanted, catalogue(tmp_path / "policies")) as deciding:
        found = Place(deciding.endpoint, portal, deciding.facts, deciding.rules)
        with found.endpoint.serving(applications_served.of(ApplicationDesk(found.rules, 5.0))):
            yield found


def test_the_firm_is_asked_and_its_answer_decides(place: Place) -> None:
    place.know("insured")
    status, told = place.apply()
    assert (status, told["state"]) == (202, "pending")
    assert place.turn() == {"concluded": 0, "pending": 1}
    _, found = place.look(told)
    (waits,) = found["waiting_for"]
    assert (waits["fact"], waits["holder"], waits["asked"]) == (
        "insured",
        "human-resources",
        "firm",
    )
    assert place.questions(told) == [["insured"]]
    assert place.fill(told, insured="11") == 1
    assert place.turn() == {"concluded": 1, "pending": 0}
    decision = place.decision(told)
    assert (decision["outcome"], decision["amount_fen"]) == ("granted", 5_000_000)
    (declared,) = decision["declared"]
    assert (declared["fact"], declared["title"]) == ("insured", "参保人数")
    assert "参保人数 按企业填报" in decision["text"]
    answer = place.endpoint.hub.archive.get(declared["document"])
    assert answer.record["facts"] == [{"fact": "insured", "said": "11"}]
    assert answer.origin.provider == "enterprise-services"


def test_its_word_is_judged_by_the_policy_s_rules_like_any_other(place: Place) -> None:
    place.know("insured")
    _, told = place.apply()
    place.turn()
    place.fill(told, insured="10")  # no growth of ten per cent
    place.turn()
    decision = place.decision(told)
    assert (decision["outcome"], [u["clause"] for u in decision["unmet"]]) == ("refused", ["三"])


def test_silence_decides_nothing(place: Place) -> None:
    place.know("insured")
    _, told = place.apply()
    for _ in range(3):
        assert place.turn() == {"concluded": 0, "pending": 1}
    place.endpoint.clock.skip(days=60)
    assert place.turn() == {"concluded": 0, "pending": 1}
    assert place.questions(told) == [["insured"]]


def test_who_won_t_say_is_not_refused_for_it(place: Place) -> None:
    place.know("insured")
    _, told = place.apply()
    place.turn()
    body = {"questionNo": f"{told['application']}-1", "reason": "不便提供"}
    place.portal.ask("POST", "/fill", body)
    assert place.turn() == {"concluded": 0, "pending": 1}
    status, found = place.look(told)
    assert status == 202
    assert "asked" not in found["waiting_for"][0]
    assert place.turn() == {"concluded": 0, "pending": 1}
    assert len(place.questions(told)) == 1
    place.know()  # the holder says it in the end
    assert place.turn() == {"concluded": 1, "pending": 0}


def test_a_holder_s_word_comes_before_the_firm_s(place: Place) -> None:
    place.know("insured", "insured_y1")
    _, told = place.apply()
    place.turn()
    assert place.questions(told) == [["insured", "insured_y1"]]
    place.fill(told, insured="99", insured_y1="10")
    place.know("insured_y1", insured=10)  # known by now
    assert place.turn() == {"concluded": 1, "pending": 0}
    decision = place.decision(told)
    assert decision["outcome"] == "refused"
    assert [each["fact"] for each in decision["declared"]] == ["insured_y1"]


def test_what_only_its_holder_may_say_no_firm_is_asked_for(place: Place) -> None:
    """Tax gives yes or no; where a firm is registered no paper of its own proved."""
    place.know("tax_clean", "district")
    _, told = place.apply()
    assert {each["fact"] for each in told["waiting_for"]} == {"tax_clean", "district"}
    assert not any("asked" in each for each in told["waiting_for"])
    assert place.turn() == {"concluded": 0, "pending": 1}
    assert place.questions(told) == []
    assert place.endpoint.entries("case-opened")[-1]["case"] == told["application"]


def test_what_nobody_asked_for_is_not_taken(place: Place) -> None:
    place.know("insured", "tax_clean")
    _, told = place.apply()
    place.turn()
    assert place.questions(told) == [["insured"]]
    place.fill(told, insured="11", tax_clean="1")
    assert place.turn() == {"concluded": 0, "pending": 1}
    status, found = place.look(told)
    assert (status, [each["fact"] for each in found["waiting_for"]]) == (202, ["tax_clean"])


def test_an_answer_that_can_t_be_read_is_asked_for_again_and_an_open_one_is_not(
    place: Place,
) -> None:
    place.know("insured", "rd_y1")
    _, told = place.apply()
    place.turn()
    place.fill(told, insured="十一", rd_y1="")
    place.turn()
    place.turn()
    assert place.questions(told) == [["rd_y1", "insured"], ["insured"]]
    place.fill(told, 2, insured="11")
    assert place.turn() == {"concluded": 0, "pending": 1}
    _, found = place.look(told)
    assert [each["fact"] for each in found["waiting_for"]] == ["rd_y1"]
    assert place.turn() == {"concluded": 0, "pending": 1}
    assert len(place.questions(told)) == 2


def test_who_is_unknown_to_the_whole_district_is_not_believed_by_its_own_word(place: Place) -> None:
    """A firm of another district is in nobody's books here: it would otherwise vouch for itself."""
    place.facts.clear()
    _, told = place.apply()
    assert place.turn() == {"concluded": 0, "pending": 1}
    assert place.questions(told) == []


def test_a_policy_that_waits_asks_nobody(place: Place, tmp_path: Path) -> None:
    waits = small_grants.load(tmp_path / "waits")
    object.__setattr__(place.rules, "known", waits)
    place.know("insured")
    _, told = place.apply()
    place.turn()
    assert place.questions(told) == []


def test_a_site_without_the_matter_asks_nobody(place: Place) -> None:
    site: Any = place.endpoint.hub.site.matters
    del site["grant-question"]
    place.know("insured")
    status, told = place.apply()
    assert (status, "asked" in told["waiting_for"][0]) == (202, False)
    assert conclude_all(place.rules) == {"concluded": 0, "pending": 1}


def test_the_matter_is_right_at_this_site(place: Place) -> None:
    site = place.endpoint.hub.site
    day = place.endpoint.clock().date()
    matter_check.check(site, site.matter("grant-question"), day)


def test_no_answer_stands_in_the_ledger(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    place.know("rd_y1")
    _, told = place.apply()
    place.turn()
    place.fill(told, rd_y1="7654321.98")
    assert place.turn() == {"concluded": 1, "pending": 0}
    kinds = {"read", "document", "case-opened", "transfer", "award", "receipt", "query"}
    ledger = str([place.endpoint.entries(kind) for kind in kinds])
    for secret in ("7654321", "765432198"):
        assert secret not in ledger
        assert secret not in caplog.text
