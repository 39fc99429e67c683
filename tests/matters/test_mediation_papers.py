"""What the seal platform is asked for: everything that a paper takes is there, and nothing else goes along."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import times
from exchange.errors import Invalid
from mappings import shapes
from matters import mediation_paper_file, mediation_papers
from matters.mediation_papers import Paper
from tests.matters.ladders import MEDIATION, event

PAPERS = mediation_paper_file.load(mediation_paper_file.SHIPPED, MEDIATION)
LATE = datetime(2026, 3, 2, 23, 30, tzinfo=times.CHINA)
NUMBER = "LT-20260302-0123456789AB"
DOCUMENTS: dict[str, Any] = {
    "dispute": {"number": NUMBER},
    "registration": {
        "worker": {"name": "张示例", "id_number": "320114199001010000"},
        "employer": {"name": "示例建筑有限公司"},
        "claims": [{"title": "支付工资"}, {"title": "支付加班工资", "amount_fen": 5}],
        "facts": "二〇二五年十二月起未付工资",
        "consent": {"mediate": True, "share": True},
    },
    "event": {
        "reference": "宁江劳人仲案〔2026〕第1号",
        "terms": {"text": "甲于期限内支付乙工资。", "amount_fen": 1234550, "perform_by": "2026-03-31"},
        "offers": [{"by": "employer", "text": "最多付八成"}],
    },
    "unit": {"title": "示例仲裁院"},
    "to": {"title": "示例人民调解委员会"},
}  # fmt: skip


def made(kind: str, role: str, name: str = "", **changed: Any) -> dict[str, Any]:
    paper = PAPERS.kinds[kind]
    told = event(name or min(paper.after), LATE, role=role)
    found: dict[str, Any] = mediation_papers.request(paper, told, DOCUMENTS | changed, seq=7)
    return found


def without(*paths: tuple[str, ...]) -> dict[str, Any]:
    found = deepcopy(DOCUMENTS)
    for *way, last in paths:
        node = found
        for part in way:
            node = node[part]
        del node[last]
    return found


def wrong(kind: str, role: str, documents: dict[str, Any]) -> list[tuple[str, object]]:
    paper = PAPERS.kinds[kind]
    told = event(min(paper.after), LATE, role=role)
    with pytest.raises(Invalid) as caught:
        mediation_papers.request(paper, told, documents, seq=7)
    return [(each.code, each.facts["path"]) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "role", "kinds"),
    [
        ("arbitration-accepted", "arbitration", ["acceptance"]),
        ("letter-issued", "arbitration", ["arbitration-letter"]),
        ("letter-issued", "court", ["civil-letter"]),
        ("agreed", "street", ["agreement"]),
        ("confirmed", "court", ["confirmation"]),
        ("diverted", "hub", ["referral-proof"]),
        ("handed-over", "union", ["referral-proof"]),
        ("accepted", "street", []),
    ],
)
def test_the_event_and_who_tells_it_bring_the_paper(name: str, role: str, kinds: list[str]) -> None:
    assert [each.name for each in PAPERS.of(name, role)] == kinds
    assert (name in PAPERS.events) == bool(kinds)


def test_a_letter_has_what_its_template_wants_as_people_read_it() -> None:
    found = made("arbitration-letter", "arbitration")
    assert found == {
        "id": f"{NUMBER}/7/arbitration-letter",
        "template": "示例-ZCTJS",
        "seal": "示例-ZC-01",
        "title": "仲裁调解书",
        "format": "ofd",
        "fields": {
            "案号": "宁江劳人仲案〔2026〕第1号",
            "联调案号": NUMBER,
            "申请人": "张示例",
            "被申请人": "示例建筑有限公司",
            "协议内容": "甲于期限内支付乙工资。",
            "给付金额": "12,345.50 元",
            "履行期限": "2026年3月31日",
            "制作日期": "2026年3月2日",  # in China, half an hour before midnight
            "出具单位": "示例仲裁院",
        },
    }


def test_the_seal_is_that_of_the_role_in_which_it_was_told() -> None:
    paper = PAPERS.kinds["agreement"]
    found = {role: made("agreement", role)["seal"] for role in paper.seals}
    assert found == dict(paper.seals)


def test_members_of_a_list_stand_one_after_the_other() -> None:
    assert made("acceptance", "arbitration")["fields"]["请求事项"] == "支付工资；支付加班工资"


def test_what_may_be_left_out_is_told_in_words() -> None:
    documents = without(("event", "terms", "amount_fen"), ("registration", "claims"))
    assert made("agreement", "street", **documents)["fields"]["给付金额"] == "无"
    assert made("acceptance", "arbitration", **documents)["fields"]["请求事项"] == "见仲裁申请书"


def test_everything_that_is_missing_is_told_at_once() -> None:
    documents = without(("event", "reference"), ("event", "terms"), ("registration", "employer"))
    assert wrong("arbitration-letter", "arbitration", documents) == [
        ("paper.missing", "/event/reference"),
        ("paper.missing", "/registration/employer/name"),
        ("paper.missing", "/event/terms/text"),
    ]


def test_a_field_that_the_platform_would_not_take_is_told() -> None:
    documents = deepcopy(DOCUMENTS)
    documents["event"]["terms"]["text"] = "字" * 2000
    made("agreement", "street", **documents)
    documents["event"]["terms"]["text"] = "字" * 2001
    assert wrong("agreement", "street", documents) == [("paper.too-long", "/event/terms/text")]


@pytest.mark.parametrize("said", [{"mediate": True, "share": False}, {"mediate": True}, {}])
def test_without_consent_nothing_is_taken_from_the_registration(said: dict[str, bool]) -> None:
    documents = deepcopy(DOCUMENTS)
    documents["registration"]["consent"] = said
    for kind, role in (("agreement", "people"), ("acceptance", "arbitration")):
        assert wrong(kind, role, documents) == [("paper.no-consent", "/registration/consent/share")]
    proof = made("referral-proof", "hub", "diverted", **documents)
    assert "张示例" not in str(proof)


def test_a_proof_tells_when_it_was_handed_to_whom_and_nothing_else() -> None:
    found = made("referral-proof", "hub", "diverted", registration={}, event={})
    assert found["fields"] == {
        "联调案号": NUMBER,
        "移送日期": "2026年3月2日",
        "移送单位": "示例仲裁院",
        "接手单位": "示例人民调解委员会",
    }
    assert found == made("referral-proof", "hub", "diverted")


def ways() -> list[tuple[Paper, str]]:
    return [(paper, role) for paper in PAPERS.kinds.values() for role in paper.seals]


@pytest.mark.parametrize(("paper", "role"), ways(), ids=lambda each: getattr(each, "name", each))
def test_every_shipped_paper_is_what_the_seal_platform_takes(paper: Paper, role: str) -> None:
    for name in paper.after:
        if role in MEDIATION.says[name].by:
            found = made(paper.name, role, name)
            shapes.validate("seal-request", found)
            assert "最多付八成" not in str(found)
    assert "示例" in paper.template + paper.seals[role]


parts = st.sampled_from(
    [("event", "reference"), ("event", "terms"), ("registration", "employer"), ("unit", "title")]
)


@given(st.sets(parts))
def test_either_a_whole_request_or_all_that_is_missing(gone: set[tuple[str, str]]) -> None:
    paper, documents = PAPERS.kinds["arbitration-letter"], without(*gone)
    told = event("letter-issued", LATE, role="arbitration")
    beginnings = tuple(f"/{'/'.join(each)}" for each in gone)
    needed = [each.path for each in paper.fields if not each.absent]
    try:
        found = mediation_papers.request(paper, told, documents, seq=1)
    except Invalid as error:
        assert gone
        paths = [each.facts["path"] for each in error.problems]
        assert paths == [path for path in needed if path.startswith(beginnings)]
    else:
        assert not gone
        shapes.validate("seal-request", found)
