"""Whose clause says that an award gives way, and which of its versions holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matters import exclusion_words, grants, policy_file
from matters.award_claims import Claim, Cut, Settled, Terms
from matters.policy import Policy, PolicyGroup
from matters.policy_reading import Known
from tests.zhida.gifts import TEXT

DAY = date(2026, 5, 6)
GROUPS = {"jobs": PolicyGroup("jobs", "稳岗类", "highest", None, "")}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("p") / "gifts.yaml"
    path.write_text(TEXT, "utf-8")
    known: Known = grants.vocabulary()
    return policy_file.load(path, known)


def named(policy: Policy, name: str, **told: Any) -> Policy:
    version = replace(
        policy.versions[0], clauses={"九": f"{name}的第九条"}, until=date(2026, 12, 31)
    )
    later = replace(version, name="2027", since=date(2027, 1, 1), until=None, clauses={"九": "新"})
    rest = {"title": name.upper(), "exclusion_clause": "九", "versions": (version, later)}
    return replace(policy, name=name, **rest | told)


def settled(policy: str, cut: Cut, *, due: int = 0, day: date = DAY) -> Settled:
    return Settled(Claim("A", policy, 100, day, "", "2026"), due, (cut,))


def told(known: Terms, policy: str, reason: Any, by: str, **more: Any) -> list[dict[str, str]]:
    return exclusion_words.told([settled(policy, Cut(reason, 100, by), **more)], known)


@pytest.fixture
def terms(one: Policy) -> Terms:
    names = named(one, "names", not_with=("named",), group="jobs")
    other = named(one, "named", not_with=())
    return Terms({each.name: each for each in (names, other)}, GROUPS)


def test_the_policy_s_own_clause_where_it_names_the_other(terms: Terms) -> None:
    assert told(terms, "names", "not-with", "named") == [
        {
            "effect": "nothing",
            "text": "与 NAMED 不可同时享受",
            "policy": "names",
            "title": "NAMES",
            "clause": "九",
            "clause_text": "names的第九条",
        }
    ]


def test_the_other_s_clause_of_the_day_where_only_the_other_names_this_one(terms: Terms) -> None:
    [found] = told(terms, "named", "not-with", "names")
    assert (found["policy"], found["clause_text"]) == ("names", "names的第九条")
    [later] = told(terms, "named", "not-with", "names", day=date(2027, 1, 1))
    assert later["clause_text"] == "新"


def test_a_group_s_clause_is_the_policy_s_own(terms: Terms) -> None:
    [found] = told(terms, "names", "group-highest", "named", due=40)
    assert (found["policy"], found["effect"]) == ("names", "less")
    [capped] = told(terms, "names", "group-cap", "jobs")
    assert "稳岗类" in capped["text"]


@pytest.mark.parametrize("reason", ["budget-spent", "had-this-year", "policy-cap"])
def test_what_is_no_exclusion_has_no_clause(terms: Terms, reason: str) -> None:
    assert told(terms, "names", reason, "") == []


def test_the_same_of_several_stages_is_told_once(terms: Terms) -> None:
    cut = Cut("not-with", 100, "named")
    assert len(exclusion_words.told([settled("names", cut)] * 2, terms)) == 1
