"""A newborn, end to end: one effect in each system, only the agreed fields, the result in the OA."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.store import case_rows
from sandbox.received import effects, received, withheld

POLICE = (
    "postid cszmbh xm xb mz csrq cssj csdssxq csdxz lhsfz mqxm mqgmsfhm fqxm fqgmsfhm"
    " sbrxm sbrsfz sbrlxdh jhryxm jhrygmsfhm jhryjhgx"
)
INSURANCE = "evtsn psn_cert_type certno psn_name gend naty brdy insutype insuplc_admdvs grd_certno grd_psn_name"
OA = "jghk jgyb jgsm"


@pytest.fixture(scope="module")
def born(town: Any) -> str:
    certificate = town.bear(1)
    town.finish(certificate, sweeps=1)
    return certificate


@pytest.mark.guarantee("G2")
def test_one_sweep_brings_every_effect_about_once(town: Any, born: str) -> None:
    assert town.effects(born) == (1, 1, 1)
    rows = effects(town.district.directory)
    assert {item: row["rows"] for item, row in rows.items()} == {
        "birth": 1,
        "household": 1,
        "insurance": 1,
        "reply": 1,
        "identity-card": 0,
        "expense": 0,
    }


def test_the_case_is_done_and_the_ledger_is_whole(town: Any, born: str) -> None:
    assert town.case(born).state == "done"
    assert set(town.states(born).values()) == {"applied"}
    assert town.audit().entries > 10


def test_each_unit_receives_exactly_the_agreed_fields(town: Any, born: str) -> None:
    told = {
        unit: {f.wire for f in fields} for unit, fields in received(town.district.directory).items()
    }
    assert told == {
        "public-security": set(POLICE.split()),
        "medical-insurance": set(INSURANCE.split()),
        "service-window": set(OA.split()),
    }


def test_what_is_not_agreed_is_withheld(town: Any, born: str) -> None:
    kept = {u: {f.pointer for f in facts} for u, facts in withheld(town.district.directory).items()}
    for unit in ("public-security", "medical-insurance"):
        assert "birth-record:/child/weight_g" in kept[unit]
    assert "birth-record:/mother/id_number" in kept["medical-insurance"] | kept["service-window"]
    assert "birth-declaration:/applicant/phone" in kept["medical-insurance"]


def test_the_clerk_s_form_ends_with_the_result(town: Any, born: str) -> None:
    form = town.form(born)
    assert form["@node"] == "办结"
    assert form["jghk"]
    assert form["jgyb"]
    assert "出生登记：已办结" in form["jgsm"]
    assert "居民医保参保：已办结" in form["jgsm"]


@pytest.mark.guarantee("G2")
def test_further_sweeps_do_nothing(town: Any, born: str) -> None:
    before = town.audit().entries, town.calls(born)
    for _ in range(3):
        town.clock.skip(120)
        reports = town.sweep()
        assert [r.item for r in reports.values() if r.worked] == []
    assert (town.audit().entries, town.calls(born)) == before
    assert town.effects(born) == (1, 1, 1)


@pytest.mark.guarantee("G2")
def test_an_item_that_is_made_ready_again_by_mistake_repeats_nothing(town: Any, born: str) -> None:
    with town.hub.store.write() as connection:
        case = town.case(born).id
        for item in ("birth", "household", "insurance", "reply"):
            case_rows.set_item(connection, case, item, {"state": "ready"})
    reports = town.sweep()
    assert [r.sick for r in reports.values() if r.sick] == []
    assert set(town.states(born).values()) == {"applied"}
    assert town.effects(born) == (1, 1, 1)
    assert town.calls(born) == 1


def test_a_mother_alone_declares_her_child(town: Any) -> None:
    from sandbox.births import birth

    alone = birth(2, father=False)
    town.record(alone.facts)
    certificate = town.declare(2, **alone.form)
    town.take_in()
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.case(certificate).state == "done"
