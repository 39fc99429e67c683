"""Who gives which document in a matter is known before any case opens."""

from __future__ import annotations

from pathlib import Path

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
