"""Each event that brings a paper brings it once, sealed, to the unit that issues it; what can't be made is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import canonical
from exchange.errors import Invalid
from exchange.store import incident_rows
from exchange.store.told_rows import Log
from tests.zhida import paper_town
from tests.zhida.paper_town import LADDER, TERMS, PaperTown
from zhida import mediation_papers, own_opening


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    paper_town.write_site(folder)
    return folder


@pytest.fixture
def town(site: Path, tmp_path: Path) -> Iterator[PaperTown]:
    for name in ("site", "secrets.json", "trust"):
        (tmp_path / name).symlink_to(site / name)
    with paper_town.installed():
        found = PaperTown(tmp_path)
        yield found
        found.close()


def agreed(town: PaperTown, case: str, **told: Any) -> int:
    more = {"terms": TERMS, **told}
    return town.tell(case, "agreed", "street", "streets", **more)


def test_an_agreement_is_sealed_and_handed_out_by_the_unit_that_told_it(town: PaperTown) -> None:
    seq = agreed(town, town.register())
    assert town.ask() == {"asked": 1, "lacking": 0}
    (case,) = town.cases()
    town.turn()
    (asked,) = town.books.open("seal_document")
    assert asked["request"]["id"] == f"LT-20260302-000000000001/{seq}/agreement"
    assert asked["request"]["seal"] == "示例-JD-01"
    assert asked["request"]["fields"]["协议内容"] == TERMS["text"]
    assert asked["request"]["fields"]["出具单位"] == "示例街道调解中心"
    assert town.books.open("hand_out_paper") == []  # nobody hands out what is not sealed
    assert town.seal() == 1
    town.turn()
    (handed,) = town.books.open("hand_out_paper")
    assert handed["sealed"]["receipt"] == "YZ00000001"
    assert handed["sealed"]["sm3"] == "ab" * 32
    assert handed["paper"]["goes_to"] == "劳动者、用人单位"
    assert "张示例" not in str(handed)
    town.books.answer("hand_out_paper", "applied", {})
    town.turn()
    states = town.items(case.id)
    assert (states["seal"], states["street"]) == ("applied", "applied")
    assert {states[name] for name in ("hub", "people", "union", "arbitration", "court")} == {
        "skipped"
    }
    assert [each.state for each in town.cases()] == ["done"]


ISSUERS = [
    ("arbitration-accepted", "arbitration", "labour-arbitration", "acceptance"),
    ("letter-issued", "arbitration", "labour-arbitration", "arbitration-letter"),
    ("letter-issued", "court", "court", "civil-letter"),
    ("confirmed", "court", "court", "confirmation"),
    ("agreed", "people", "people-mediation", "agreement"),
    ("agreed", "union", "union", "agreement"),
]


def test_who_tells_it_hands_it_out(town: PaperTown) -> None:
    for number, (name, role, unit, _) in enumerate(ISSUERS, 1):
        case = town.register(str(number))
        town.tell(case, name, role, unit, reference="示例〔2026〕1号", terms=TERMS)
    assert town.ask()["asked"] == len(ISSUERS)
    town.turn()
    town.seal()
    town.turn()
    handed = [each["paper"] for each in town.books.open("hand_out_paper")]
    found = {(each["event"], each["role"], each["unit"], each["paper"]) for each in handed}
    assert found == set(ISSUERS)
    for case in town.cases():
        states = town.items(case.id)
        assert states.pop(town.document(case.id, "paper")["role"]) == "stored"
        assert set(states.values()) == {"applied", "skipped"}


def test_a_proof_of_handing_over_needs_nobodys_consent_and_names_nobody(town: PaperTown) -> None:
    case = town.register(consent={"mediate": True, "share": False})
    town.tell(case, "diverted", "hub", "mediation-centre", to="court")
    town.tell(case, "handed-over", "street", "streets", to="people-mediation")
    assert town.ask() == {"asked": 2, "lacking": 0}
    town.turn()
    asked = town.books.open("seal_document")
    assert sorted(each["request"]["fields"]["接手单位"] for each in asked) == [
        "示例人民调解委员会",
        "示例法院",
    ]
    assert "张示例" not in str(asked)
    slips = [town.document(each.id, "paper") for each in town.cases()]
    assert sorted(each["goes_to"] for each in slips) == [
        "劳动者、示例人民调解委员会",
        "劳动者、示例法院",
    ]


def test_the_letter_has_the_terms_of_the_agreement_that_it_is_made_of(town: PaperTown) -> None:
    case = town.register()
    agreed(town, case, terms={"text": "旧的协议"})
    agreed(town, case)
    town.tell(case, "letter-issued", "arbitration", "labour-arbitration", reference="1号")
    agreed(town, case, terms={"text": "以后的协议"})
    assert town.ask()["asked"] == 4
    found = [town.document(each.id, "request") for each in town.cases()]
    letters = [each for each in found if each["title"] == "仲裁调解书"]
    assert [each["fields"]["协议内容"] for each in letters] == [TERMS["text"]]


def test_asking_again_asks_for_nothing_again(town: PaperTown) -> None:
    case = town.register()
    agreed(town, case)
    assert town.ask()["asked"] == 1
    for skipped in (0, 3600, 2 * 86400):
        town.clock.skip(skipped)
        assert town.ask() == {"asked": 0, "lacking": 0}
    assert town.ask(since=town.clock() - timedelta(days=30)) == {"asked": 0, "lacking": 0}
    agreed(town, town.register("2"))
    assert town.ask()["asked"] == 1
    assert len(town.cases()) == 2


def test_only_what_was_told_since_is_looked_at(
    town: PaperTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day's overlap for slower clocks; not every dispute that there ever was."""
    read: list[str] = []
    real = Log.told_since

    def told_since(self: Any, *rest: Any, **more: Any) -> Any:
        rows = real(self, *rest, **more)
        read.extend(row.case for row in rows)
        return rows

    monkeypatch.setattr(Log, "told_since", told_since)
    old = town.register()
    agreed(town, old)
    town.ask()
    town.clock.skip(2 * 86400)
    town.ask()
    read.clear()
    new = town.register("2")
    agreed(town, new)
    assert town.ask()["asked"] == 1
    assert read == [new]


def test_what_a_slower_clock_told_late_is_not_missed(town: PaperTown) -> None:
    town.ask()
    town.clock.skip(-3600)
    agreed(town, town.register())
    town.clock.skip(3600)
    assert town.ask()["asked"] == 1


@pytest.mark.parametrize("died_at", [1, 2, 3])
def test_a_step_that_dies_is_done_again_and_each_paper_is_asked_for_once(
    town: PaperTown, monkeypatch: pytest.MonkeyPatch, died_at: int
) -> None:
    for number in ("1", "2"):
        agreed(town, town.register(number))
    real, calls = own_opening.take_all, list[int]()

    def take_all(*given: Any) -> Any:
        """The first dies before anything, the second between the two, the third after both."""
        calls.append(1)
        if len(calls) == died_at:
            raise KeyboardInterrupt
        done = real(*given)
        if len(calls) + 1 == died_at == 3:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(own_opening, "take_all", take_all)
    with pytest.raises(KeyboardInterrupt):
        town.ask()
    monkeypatch.setattr(own_opening, "take_all", real)
    town.ask()
    assert len(town.cases()) == 2
    town.turn()
    assert len(town.books.open("seal_document")) == 2
    assert town.ask() == {"asked": 0, "lacking": 0}


def test_two_who_ask_at_once_ask_once(town: PaperTown) -> None:
    for number in range(1, 6):
        agreed(town, town.register(str(number)))
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda _: town.ask(), range(2)))
    assert sum(each["asked"] for each in told) == 5
    assert len(town.cases()) == 5
    for case in town.cases():
        assert town.document(case.id, "request")["id"] == town.document(case.id, "paper")["id"]


def test_what_is_missing_is_told_to_the_unit_once(town: PaperTown) -> None:
    case = town.register()
    town.tell(case, "arbitration-accepted", "arbitration", "labour-arbitration")
    agreed(town, case)
    assert town.ask() == {"asked": 1, "lacking": 1}  # one that can't be made holds up no other
    (told,) = town.incidents()
    assert (told.system, told.code) == ("labour-arbitration", "mediation.paper-lacking")
    assert canonical.loads(told.facts.encode()) == {
        "dispute": "LT-20260302-000000000001",
        "paper": "受理通知书",
        "missing": "案号（/event/reference）",
    }
    with town.hub.store.write() as connection:
        incident_rows.change(connection, told.id, closed_at=told.opened_at)
    assert town.ask() == {"asked": 0, "lacking": 1}
    assert town.incidents() == []  # somebody knows of it


def test_without_the_workers_consent_no_paper_is_made_until_there_is_one(town: PaperTown) -> None:
    case = town.register(consent={"mediate": True, "share": False})
    agreed(town, case)
    assert town.ask() == {"asked": 0, "lacking": 1}
    assert town.cases() == []
    (told,) = town.incidents()
    assert "/registration/consent/share" in told.facts
    town.tell(case, "accepted", "people", "people-mediation", consent={"share": True})
    assert town.ask() == {"asked": 1, "lacking": 0}
    assert town.incidents() == []


def test_a_consent_that_was_withdrawn_counts_no_more(town: PaperTown) -> None:
    case = town.register()
    town.tell(case, "accepted", "street", "streets", consent={"share": False})
    agreed(town, case)
    assert town.ask() == {"asked": 0, "lacking": 1}


def test_what_was_lacking_for_long_is_asked_for_by_its_day(town: PaperTown) -> None:
    case = town.register(consent={"mediate": True, "share": False})
    agreed(town, case)
    town.ask()
    began = town.clock()
    town.clock.skip(3 * 86400)
    town.ask()
    town.tell(case, "accepted", "people", "people-mediation", consent={"share": True})
    assert town.ask() == {"asked": 0, "lacking": 0}
    assert town.ask(since=began - timedelta(days=1)) == {"asked": 1, "lacking": 0}


def test_a_paper_that_nobody_could_hand_out_is_not_sealed(town: PaperTown) -> None:
    """The site's inspection has no desk for it, so its item is not in the matter."""
    town.tell(town.register(), "agreed", "inspection", "labour-inspection", terms=TERMS)
    assert town.ask() == {"asked": 0, "lacking": 1}
    (told,) = town.incidents()
    assert "inspection" in told.facts


def test_what_was_offered_is_in_no_paper(town: PaperTown) -> None:
    offers = [{"by": "employer", "text": "最多付八成"}]
    agreed(town, town.register(), offers=offers)
    assert town.ask()["asked"] == 1
    (case,) = town.cases()
    for name in ("request", "paper"):
        assert "八成" not in str(town.document(case.id, name))


def test_a_site_may_have_papers_of_its_own(town: PaperTown, tmp_path: Path) -> None:
    own = tmp_path / "site/matters/mediation/papers.yaml"
    own.parent.mkdir()
    own.write_text("papers: own\ntitle: 自己的\nkinds: {}\n", "utf-8")
    try:
        with pytest.raises(Invalid, match=r"file\.schema"):
            mediation_papers.of_site(town.hub.site, LADDER)
    finally:
        own.unlink()
        own.parent.rmdir()


def test_a_site_without_the_matter_asks_for_nothing(town: PaperTown) -> None:
    agreed(town, town.register())
    town.hub.site.matters.pop("mediation-paper")  # type: ignore[attr-defined]
    assert town.ask() == {"asked": 0, "lacking": 0}
