"""The file of papers: what is wrong with it is told with its line and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid, Problem
from matters import mediation_paper_file
from tests.matters.ladders import MEDIATION

SMALL = """\
papers: small
title: 小
kinds:
  letter:
    title: 调解书
    after: [letter-issued]
    seals: {court: S1}
    template: T1
    format: ofd
    article: 示例
    goes_to: [worker, employer]
    fields:
      案号: /event/reference
      金额: {from: /event/terms/amount_fen, as: money, absent: 无}
  proof:
    title: 移送凭证
    after: [diverted, handed-over]
    seals: {hub: S2}
    template: T2
    format: pdf
    article: 示例
    goes_to: [worker, receiver]
    proof: true
    fields:
      日期: {from: /event/at, as: day}
      接手: /to/title
"""


def problems(tmp_path: Path, text: str) -> list[Problem]:
    file = tmp_path / "papers.yaml"
    file.write_text(text, "utf-8")
    try:
        mediation_paper_file.load(file, MEDIATION)
    except Invalid as error:
        return list(error.problems)
    return []


def test_a_right_file_has_no_mistakes(tmp_path: Path) -> None:
    assert problems(tmp_path, SMALL) == []


def test_what_it_says_is_read(tmp_path: Path) -> None:
    file = tmp_path / "papers.yaml"
    file.write_text(SMALL, "utf-8")
    found = mediation_paper_file.load(file, MEDIATION)
    letter, proof = found.kinds.values()
    assert (letter.seals, letter.goes_to, letter.proof) == (
        {"court": "S1"},
        ("worker", "employer"),
        False,
    )
    assert [(f.name, f.path, f.form, f.absent) for f in letter.fields] == [
        ("案号", "/event/reference", "text", ""),
        ("金额", "/event/terms/amount_fen", "money", "无"),
    ]
    assert (proof.proof, proof.is_personal, proof.format) == (True, False, "pdf")
    assert found.events == {"letter-issued", "diverted", "handed-over"}


@pytest.mark.parametrize(
    ("old", "new", "told", "near"),
    [
        ("[letter-issued]", "[letter-isued]", "papers.unknown-event:6", "letter-issued"),
        ("{court: S1}", "{cort: S1}", "papers.unknown-role:7", "court"),
        ("{court: S1}", "{street: S1}", "papers.never:7", None),
        ("[worker, employer]", "[worker, employee]", "papers.unknown-receiver:11", "employer"),
        ("[worker, employer]", "[worker, receiver]", "papers.nobody-receives:6", None),
        ("案号: /event/reference", "案号: /to/title", "papers.nobody-receives:6", None),
        ("案号: /event/reference", "案号: /event/refrence", "papers.pointer:13", "/event/reference"),
        ("案号: /event/reference", "案号: /registration/worker/nam", "papers.pointer:13", "/registration/worker/name"),
        ("案号: /event/reference", "案号: /event/offers/*/text", "papers.confidential:13", None),
        ("案号: /event/reference", "案号: /registration/risk", "papers.form:13", None),
        ("amount_fen, as: money", "amount_fen, as: day", "papers.form:14", None),
        ("amount_fen, as: money", "amount_fen", "papers.form:14", None),
        ("接手: /to/title", "接手: /registration/facts", "papers.substance:26", None),
        ("接手: /to/title", "接手: /registration/worker/name", "papers.substance:26", None),
        ("format: pdf", "format: doc", "file.schema:20", None),
        ("proof: true", "prof: true", "file.unknown-key:23", "proof"),
        ("absent: 无", "absnt: 无", "file.unknown-key:14", "absent"),
        ("{hub: S2}", "{}", "file.schema:18", None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_nearest_name(
    tmp_path: Path, old: str, new: str, told: str, near: str | None
) -> None:
    assert SMALL.count(old) == 1
    found = problems(tmp_path, SMALL.replace(old, new))
    assert told in [f"{each.code}:{each.facts['line']}" for each in found]
    if near:
        assert near in [each.facts.get("nearest") for each in found]


def test_the_shipped_file_has_a_paper_for_each_of_these_events() -> None:
    found = mediation_paper_file.load(mediation_paper_file.SHIPPED, MEDIATION)
    assert found.events == {
        "arbitration-accepted", "letter-issued", "agreed", "confirmed", "diverted", "handed-over"
    }  # fmt: skip
    for name in found.events:
        missing = MEDIATION.says[name].by - {r for p in found.kinds.values() for r in p.seals}
        assert missing == set(), name


def test_no_pointer_leads_to_what_was_offered_or_agreed_to() -> None:
    known = mediation_paper_file.leaves()
    assert "/event/terms/text" in known
    assert [path for path in known if "/offer" in path or "/consent/" in path] == []
