"""Papers against the seal platform and the OA that stand in for real ones: sealed there, handed out here.

The layer of the example (``sandbox/mediation_papers_site``) lies over units that have nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from exchange import audit
from mappings import site_files
from sandbox import site_layers
from sandbox.books import read_wire
from sandbox.clerk import Person
from sandbox.district import District
from sandbox.oa_paper_forms import PAPER_FORMS, PAPER_PEOPLE
from sandbox.office import Office
from sandbox.officers import Officers
from sandbox.seals import SEALS
from tests.zhida import paper_town
from tests.zhida.paper_town import TERMS, PaperTown
from zhida import matter_check, site, sweep


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    folder = tmp_path_factory.mktemp("papers")
    paper_town.write_units(folder)
    site_layers.mediation_papers(folder / "site")
    with District(folder, suite="Ed25519", systems=("oa", "seals"), signer=False) as running:
        yield running


@pytest.fixture(scope="module")
def town(district: District) -> Iterator[PaperTown]:
    env = district.env
    found = PaperTown(
        district.directory, find=lambda name: json.loads(env[f"AIRFLOW_CONN_{name.upper()}"])
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def officers(district: District) -> Officers:
    return Officers(district.system("oa").address, Office())


def forms(district: District) -> dict[int, list[dict[str, str]]]:
    """What waits for each paper clerk, as the clerk reads it."""
    address = district.system("oa").address
    people = {user: Person(address, user) for user in PAPER_PEOPLE}
    waiting = {user: [p.read(r) for r in p.tasks()] for user, p in people.items()}
    return {user: read for user, read in waiting.items() if read}


def sealed(district: District) -> list[dict[str, Any]]:
    return district.system("seals").books()


def test_the_layers_files_fit_the_matter_the_agreements_and_the_mappings(town: PaperTown) -> None:
    found = site.load(town.hub.site.folder)
    matter_check.check(found, found.matter("mediation-paper"), date(2026, 6, 1))
    items = found.matter("mediation-paper").items
    roles = set(items) - {"seal"}
    assert roles == {r for p in town.papers.kinds.values() for r in p.seals}


def test_the_form_keeps_its_word_and_fits_the_oas_columns(town: PaperTown) -> None:
    mapping = site_files.load("desk_hand_out_paper_form", town.hub.site.folder)
    assert mapping.check() == ()
    (flow,) = PAPER_FORMS
    own = {"ywlsh", "sxmc", "sxnr", "blr", "bljg", "blyj"}
    filled = {rule.to[1:] for rule in mapping.file.rules}
    assert filled == {column.name for column in flow.columns} - own


def test_every_shipped_seal_is_one_of_the_platforms(town: PaperTown) -> None:
    assert {s for p in town.papers.kinds.values() for s in p.seals.values()} <= set(SEALS)


def test_the_layer_is_laid_once(town: PaperTown) -> None:
    before = (town.hub.site.folder / "site.yaml").read_text("utf-8")
    site_layers.mediation_papers(town.hub.site.folder)
    assert (town.hub.site.folder / "site.yaml").read_text("utf-8") == before
    assert before.count("mediation-paper") == 1


def test_an_agreement_comes_back_sealed_and_its_clerk_hands_it_out(
    district: District, town: PaperTown, officers: Officers
) -> None:
    seq = town.tell(town.register("1"), "agreed", "street", "streets", terms=TERMS)
    assert town.ask() == {"asked": 1, "lacking": 0}
    (case,) = town.cases()
    town.turn()
    (paper,) = sealed(district)
    assert (paper["template"], paper["seal"], paper["format"]) == (
        "示例-TJXYS",
        "示例-JD-01",
        "pdf",
    )
    assert json.loads(paper["data"])["劳动者"] == "张示例"
    assert forms(district) == {}
    assert district.system("seals").ask("POST", "/seal") == {"decided": 1}
    town.turn(3)
    (form,) = forms(district)[362]
    document = town.document(case.id, "sealed")
    assert form["wsbh"] == f"LT-20260302-000000000001/{seq}/agreement"
    assert (form["wsmc"], form["jgs"], form["hzbh"]) == (
        "调解协议书",
        "劳动者、用人单位",
        "YZ00000001",
    )
    assert (form["wjzy"], form["wjdx"]) == (document["sm3"], str(document["size"]))
    assert "张示例" not in str(form)
    assert officers.work() == 1
    town.turn(3)
    assert town.items(case.id)["street"] == "applied"
    assert [each.state for each in town.cases()] == ["done"]
    assert len(sealed(district)) == 1


def test_each_role_has_its_seal_and_its_clerk(
    district: District, town: PaperTown, officers: Officers
) -> None:
    before = len(sealed(district))
    units = {
        item.name: item.unit for item in town.hub.site.matter("mediation-paper").items.values()
    }
    told = [("agreed", role) for role in town.papers.kinds["agreement"].seals]
    told += [("diverted", "hub"), ("letter-issued", "court"), ("letter-issued", "arbitration")]
    told += [("confirmed", "court"), ("arbitration-accepted", "arbitration")]
    for number, (name, role) in enumerate(told, 100):
        to = {"to": "court"} if name == "diverted" else {"terms": TERMS, "reference": "示例1号"}
        town.tell(town.register(str(number)), name, role, units[role], **to)
    assert town.ask() == {"asked": len(told), "lacking": 0}
    town.turn()
    assert district.system("seals").ask("POST", "/seal") == {"decided": len(told)}
    town.turn(3)
    waiting = {user: len(read) for user, read in forms(district).items()}
    assert waiting == {361: 1, 362: 1, 363: 1, 364: 1, 365: 1, 366: 3, 367: 3}
    assert officers.work() == len(told)
    town.turn(3)
    assert {each.state for each in town.cases()} == {"done"}
    assert len(sealed(district)) == before + len(told)


def test_a_clerk_who_can_not_hand_it_out_says_why(
    district: District, town: PaperTown, officers: Officers
) -> None:
    seq = town.tell(town.register("9"), "diverted", "hub", "mediation-centre", to="court")
    number = f"LT-20260302-000000000009/{seq}/referral-proof"
    officers.office.refusals[(684, number)] = "回执号在平台查不到文件"
    town.ask()
    town.turn()
    district.system("seals").ask("POST", "/seal")
    town.turn(3)
    assert officers.work() == 1
    town.turn(3)
    (case,) = [c for c in town.cases() if town.document(c.id, "paper")["id"] == number]
    assert (town.items(case.id)["hub"], case.state) == ("refused", "partial")


def test_a_seal_that_is_refused_hands_nothing_out(district: District, town: PaperTown) -> None:
    town.tell(town.register("7"), "agreed", "union", "union", terms=TERMS)
    town.ask()
    town.turn()
    district.system("seals").ask("POST", "/decline", {"reason": "协议内容不完整"})
    town.turn(3)
    (case,) = [each for each in town.cases() if each.state == "none"]
    states = town.items(case.id)
    assert (states["seal"], states["union"], states["street"]) == ("refused", "blocked", "blocked")
    assert forms(district) == {}


def test_a_platform_that_is_cut_off_is_asked_and_makes_no_paper_twice(
    district: District, town: PaperTown, officers: Officers
) -> None:
    """It has taken the request and no answer came: who asked looks, and does not ask again."""
    before = len(sealed(district))
    town.tell(town.register("8"), "diverted", "hub", "mediation-centre", to="court")
    town.ask()
    district.system("seals").fault("reset", times=1)
    list(sweep.sweep(town.hub, town.hub.site.matter("mediation-paper")))
    town.clock.skip(301)
    town.turn()
    assert len(sealed(district)) == before + 1
    assert district.system("seals").ask("POST", "/seal") == {"decided": 1}
    town.turn(3)
    assert officers.work() == 1
    town.turn(3)
    assert len(sealed(district)) == before + 1
    assert [each.state for each in town.cases()].count("open") == 0


def test_the_ledger_is_whole_and_holds_no_name(district: District, town: PaperTown) -> None:
    found = audit.verify(town.hub.store, town.hub.signer.public, town.hub.site.name)
    assert found.problems == []
    heard = read_wire(district.directory / "oa" / "books.sqlite")
    assert not any("张示例".encode() in row["body"] for row in heard)
