"""Who gives which document in a matter is known before any case opens."""

from __future__ import annotations

import json
from pathlib import Path

from matters import matter
from matters.matter import Matter
from zhida import matter_sources, site

SITE = Path(__file__).resolve().parents[2] / "sandbox" / "site"


def test_each_kind_of_document_has_its_givers() -> None:
    found = site.load(SITE)
    assert matter_sources.providers(found, found.matter("newborn")) == {
        "matter-result": ["hub"],
        "oa-task": ["hub"],
        "birth-declaration": ["service-window"],
        "birth-record": ["hospital"],
        "citizen-id": ["public-security"],
        "insurance-enrolment": ["medical-insurance"],
    }


def test_the_streams_of_each_source_are_known() -> None:
    found = site.load(SITE)
    assert matter_sources.streams(found, found.system("oa")) == {"form:615": "birth-declaration"}
    assert matter_sources.streams(found, found.system("his")) == dict.fromkeys(
        ("changes", "births"), "birth-record"
    )
    assert matter_sources.streams(found, found.system("police")) == {}


def payment(**opening: str) -> Matter:
    """The matter of a payment batch with another opening by the hub."""
    shipped = matter.load(SITE.parents[1] / "matters" / "grant-payment" / "matter.yaml")
    told = json.loads(shipped.definition)
    told["opens_on"][0] |= opening
    return matter.build(told)


def codes(**opening: str) -> list[str]:
    found = matter_sources.mistakes(site.load(SITE), payment(**opening))
    return [each.code for each in found]


def test_what_the_hub_opens_itself_is_of_a_kind_that_there_is() -> None:
    assert codes() == []
    assert codes(stream="grant-payment-bach") == ["matter.own-kind"]
    (mistake,) = matter_sources.mistakes(site.load(SITE), payment(stream="grant-payment-bach"))
    assert mistake.facts["nearest"] == "grant-payment-batch"


def test_it_is_the_hubs_own_units() -> None:
    assert codes(unit="hospital") == ["matter.not-the-hub"]


def test_its_identity_stands_in_its_document() -> None:
    assert codes(stream="grant-payment") == ["site.matter-identity"]


def test_the_kinds_that_the_hub_opens_with_are_given_by_it() -> None:
    found = matter_sources.providers(site.load(SITE), payment())
    assert found["grant-payment-batch"] == ["hub"]
