"""The slip that says who hands a paper out: when, which, to whom, and nothing of a person."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.store.dispute_rows import EventRow
from mappings import shapes
from matters import mediation_paper_file
from tests.matters.ladders import MEDIATION
from zhida import dispute, mediation_paper_slip

PAPERS = mediation_paper_file.load(mediation_paper_file.SHIPPED, MEDIATION)
AT = "2026-03-02T15:59:59.000000Z"
TOLD: dict[str, dict[str, Any]] = {
    "dispute": {"number": "LT-20260302-0123456789AB"},
    "registration": {"worker": {"name": "张示例"}},
    "to": {"title": "示例法院"},
}


def row(**changed: Any) -> EventRow:
    told = {"case": "c", "seq": 3, "name": "handed-over", "at": AT, "role": "street"}
    told |= {"unit": "streets", "to": "court", "desk": "", "document": "", "told_at": AT}
    return EventRow(**(told | changed))


def test_it_is_of_its_kind_and_names_nobody() -> None:
    found = mediation_paper_slip.slip(row(), PAPERS.kinds["referral-proof"], TOLD, MEDIATION)
    shapes.validate("mediation-paper", found)
    assert found == {
        "id": "LT-20260302-0123456789AB/3/referral-proof",
        "dispute": "LT-20260302-0123456789AB",
        "paper": "referral-proof",
        "title": "移送凭证",
        "event": "handed-over",
        "at": "2026-03-02T23:59:59",
        "role": "street",
        "unit": "streets",
        "goes_to": "劳动者、示例法院",
    }


def test_who_has_the_dispute_there_is_told_if_it_is_known() -> None:
    found = mediation_paper_slip.slip(
        row(desk="311"), PAPERS.kinds["referral-proof"], TOLD, MEDIATION
    )
    shapes.validate("mediation-paper", found)
    assert found["desk"] == "311"


@pytest.mark.parametrize("kind", PAPERS.kinds)
def test_every_kind_goes_to_somebody_in_words(kind: str) -> None:
    paper = PAPERS.kinds[kind]
    found = mediation_paper_slip.slip(row(), paper, TOLD, MEDIATION)
    assert len(str(found["goes_to"]).split("、")) == len(paper.goes_to)


def test_an_event_is_as_the_ladder_reads_it() -> None:
    found = dispute.event(row())
    assert (found.name, found.role, found.unit, found.to) == (
        "handed-over", "street", "streets", "court"
    )  # fmt: skip
    assert found.at.isoformat() == "2026-03-02T15:59:59+00:00"


@pytest.mark.parametrize(
    ("way", "terms"),
    [
        (["agreed", "review-applied", "letter-issued"], {"terms": {"text": "0"}}),
        (["agreed", "mediation-applied", "agreed", "letter-issued"], {"terms": {"text": "2"}}),
        (["agreed", "not-performed", "arbitration-applied", "letter-issued"], {}),
        (["agreed", "not-performed", "sued", "letter-issued"], {}),
        (["letter-issued", "agreed"], {}),
    ],
)
def test_a_letter_is_of_what_was_agreed_in_its_own_procedure(
    way: list[str], terms: dict[str, Any]
) -> None:
    told = [row(seq=n, name=name) for n, name in enumerate(way)]
    said = {each.seq: {"terms": {"text": str(each.seq)}} for each in told}
    last = next(each for each in told if each.name == "letter-issued")
    assert mediation_paper_slip._terms(told, said, last) == terms
