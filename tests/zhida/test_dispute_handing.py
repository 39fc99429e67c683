"""The papers of a handing-over: what goes with it, in which form, and what is left out."""

from __future__ import annotations

from tests.zhida import mediation_town
from zhida import dispute_handing
from zhida.dispute_consent import Consent

NUMBER = "LT-20260302-0123456789AB"


def test_nothing_is_composed_of_what_was_not_agreed_to() -> None:
    record = mediation_town.registration()
    assert dispute_handing.substance(NUMBER, record, Consent()) is None
    assert dispute_handing.substance(NUMBER, record, Consent(offers=True)) is None


def test_lists_are_told_in_words_as_well_for_a_desk_without_lists() -> None:
    record = mediation_town.registration(
        claims=[
            {
                "title": "支付工资",
                "amount_fen": 2400050,
                "from": "2025-12-01",
                "until": "2026-02-28",
            },
            {"title": "补缴社会保险"},
        ],
        evidence=[{"title": "考勤表", "holder": "employer"}, {"title": "合同"}],
    )
    told = dispute_handing.substance(NUMBER, record, Consent(share=True))
    assert told is not None
    assert told["claims_text"] == "支付工资 24,000.50 元（2025-12-01 至 2026-02-28）；补缴社会保险"
    assert told["evidence_text"] == "考勤表（用人单位）；合同"
    assert told["claims"] == record["claims"]


def test_what_a_desk_wrote_in_words_stays_as_it_wrote_it() -> None:
    record = mediation_town.registration(claims_text="一、支付工资")
    told = dispute_handing.substance(NUMBER, record, Consent(share=True))
    assert told is not None
    assert told["claims_text"] == "一、支付工资"


def test_the_substance_has_what_the_worker_said_and_not_what_only_routes() -> None:
    record = mediation_town.registration(workers=3, risk=True, place="秣陵街道", migrant=True)
    told = dispute_handing.substance(NUMBER, record, Consent(share=True))
    assert told is not None
    assert set(told) == {"dispute", "worker", "employer", "kind", "facts", "consent"}
    assert told["consent"] == {"share": True}


def test_what_was_done_before_may_tell_an_offer_and_reaches_no_court_without_consent() -> None:
    record = mediation_town.registration(earlier="公司曾愿付三万元了结")
    for role, offers, there in (
        ("street", False, True),
        ("court", False, False),
        ("arbitration", False, False),
        ("court", True, True),
    ):
        consent = Consent(share=True, offers=offers)
        told = dispute_handing.substance(NUMBER, record, consent, role)
        assert told is not None
        assert ("earlier" in told) == there, role
