"""What an item's ``within`` may say; that silence is no approval."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.errors import Problem
from matters import matter
from matters.terms import Ahead, WorkingDays

WITHIN = "within: {legal: 30 days, from: form/applied_on, article: 办法第七条}"
Find = Callable[[str, str], list[Problem]]


def with_more(text: str) -> str:
    return WITHIN.replace("}", f", {text}}}")


def test_everything_that_can_be_said_is_read(written: Callable[[str, str], Path]) -> None:
    told = (
        "{legal: 15 working days, from: form/applied_on, article: 办法第七条, "
        "remind: 2 working days before, escalate_to: tax, silence: nothing, pauses_while: [check]}"
    )
    found = matter.load(written(WITHIN, f"within: {told}")).items["pay"].term
    assert found is not None
    assert (found.legal, found.begins, found.article) == (
        WorkingDays(15), "form/applied_on", "办法第七条",
    )  # fmt: skip
    assert (found.remind, found.escalate_to) == (Ahead(2, working=True), "tax")
    assert (found.silence, found.pauses_while) == ("nothing", ("check",))


def test_silence_means_nothing_unless_somebody_says_more(
    written: Callable[[str, str], Path],
) -> None:
    found = matter.load(written()) .items["pay"].term  # fmt: skip
    assert found is not None
    assert (found.silence, found.remind, found.pauses_while) == ("nothing", None, ())


def test_approval_is_never_given_by_silence(mistakes: Find) -> None:
    [found] = mistakes(WITHIN, with_more("silence: approved"))
    assert (found.code, found.facts["line"]) == ("file.schema", 21)
    [found] = mistakes(
        WITHIN, with_more("silence: accepted, silence_article: 行政许可法第三十二条")
    )
    assert (found.code, found.facts["line"], found.facts["item"]) == ("matter.silence", 21, "pay")
    giving = "    gives: status\n    within: {legal: 5 working days, from: form/applied_on, article: 甲, silence: accepted, silence_article: 乙}"
    assert [each.code for each in mistakes("    gives: status", giving)] == ["matter.silence"]


def test_acceptance_by_silence_names_the_article_that_says_so(
    mistakes: Find, written: Callable[[str, str], Path]
) -> None:
    reply = "    do: oa.reply\n    within: {legal: 5 working days, from: form/applied_on, article: 行政许可法第三十二条, silence: accepted"
    [found] = mistakes("    do: oa.reply", reply + "}")
    assert (found.code, found.facts["line"]) == ("matter.silence-article", 26)
    told = matter.load(
        written("    do: oa.reply", reply + ", silence_article: 行政许可法第三十二条第一款第四项}")
    )
    term = told.items["reply"].term
    assert term is not None
    assert term.silence == "accepted"


@pytest.mark.parametrize(("name", "near"), [("chek", "check"), ("pay", "check | reply")])
def test_a_pause_names_another_item(mistakes: Find, name: str, near: str) -> None:
    [found] = mistakes(WITHIN, with_more(f"pauses_while: [{name}]"))
    assert (found.code, found.facts["line"]) == ("matter.unknown-item", 21)
    assert (found.facts["needs"], found.facts["nearest"]) == (name, near)


@pytest.mark.parametrize(
    "text",
    ["remind: 5 days", "remind: 0 days before", "legal: 1 week", "legal: 0 working days"],
)
def test_other_forms_are_refused_with_their_line(mistakes: Find, text: str) -> None:
    changed = (
        with_more(text) if text.startswith("remind") else WITHIN.replace("legal: 30 days", text)
    )
    [found] = mistakes(WITHIN, changed)
    assert (found.code, found.facts["line"]) == ("file.schema", 21)
