"""Chunks of firms come out as each firm does by itself; nobody is lost between two chunks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from matters import policy_match
from matters.policy import Policy
from matters.policy_decision import Decision, decide
from matters.policy_match import match
from tests.matters.drawn_policies import ON, Drawn, frame

DRAWN = [Drawn(seed) for seed in range(12)]
POLICIES = [replace(each.policy(), name=f"p{n}") for n, each in enumerate(DRAWN)]
FIRMS = [each.firm() for each in DRAWN for _ in range(10)]
TABLE = frame(FIRMS).with_columns(firm=pl.int_range(pl.len()).cast(pl.String))
VERDICTS = {"pass": True, "fail": False, "unknown": None}


def candidate(firm: int, policy: Policy, decision: Decision) -> list[dict[str, Any]]:
    """The rows of a decision."""
    stages = {stage.name for version in policy.versions for stage in version.award.stages}
    none_known = decision.reason == "which-version"
    fen = {name: None if none_known else decision.amounts.get(name, 0) for name in stages}
    place = policy.versions.index(decision.version) if decision.version else None
    told = {"policy": policy.name, "firm": str(firm), "version": place}
    told |= {"failed": decision.failed, "unknown": decision.unknown}
    told |= {"verdict": VERDICTS[decision.verdict]}
    some = {name: paid for name, paid in fen.items() if paid != 0}
    return [told | {"stage": name, "amount_fen": paid} for name, paid in some.items()]


@pytest.fixture(scope="module")
def decided() -> dict[tuple[int, str], Decision]:
    return {(n, p.name): decide(p, facts, ON) for n, facts in enumerate(FIRMS) for p in POLICIES}


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["policy"], int(row["firm"]), row["stage"]))


def test_every_candidate_is_there_with_its_amount(decided: dict[Any, Decision]) -> None:
    [found] = match(POLICIES, [TABLE], ON)
    wanted = [
        row
        for (firm, name), decision in decided.items()
        if decision.verdict != "fail"
        for row in candidate(firm, POLICIES[int(name[1:])], decision)
    ]
    wanted = [row for row in wanted if (row["amount_fen"] or 0) < 2**63]
    assert found.candidates.schema == policy_match.CANDIDATE
    rows = [{key: row[key] for key in sorted(row)} for row in found.candidates.to_dicts()]
    assert in_order(rows) == in_order(wanted)
    assert {row["verdict"] for row in wanted} == {True, None}


def test_every_firm_has_its_verdict_and_masks(decided: dict[Any, Decision]) -> None:
    [found] = match(POLICIES, [TABLE], ON)
    assert found.verdicts["firm"].to_list() == TABLE["firm"].to_list()
    for (firm, name), decision in decided.items():
        row = found.verdicts.row(firm, named=True)
        told = tuple(row[f"{name}.{what}"] for what in ("verdict", "failed", "unknown"))
        assert told == (VERDICTS[decision.verdict], decision.failed, decision.unknown)
        if POLICIES[int(name[1:])].versions[0].by:
            held = decision.version
            place = POLICIES[int(name[1:])].versions.index(held) if held else None
            assert row[f"{name}.version"] == place


def test_chunks_say_what_the_whole_says(monkeypatch: pytest.MonkeyPatch) -> None:
    [whole] = match(POLICIES, [TABLE], ON)
    monkeypatch.setattr(policy_match, "CHUNK", 7)
    parts = list(match(POLICIES, [TABLE[:50], TABLE[50:]], ON))
    assert len(parts) == 8 + 10
    assert pl.concat([each.verdicts for each in parts]).equals(whole.verdicts)
    rows = pl.concat([each.candidates for each in parts]).to_dicts()
    assert in_order(rows) == in_order(whole.candidates.to_dicts())


def test_a_fact_that_no_column_tells_is_unknown_of_everybody() -> None:
    [found] = match(POLICIES, [TABLE.select("firm")], ON)
    by_rows = [decide(each, {}, ON) for each in POLICIES]
    for policy, decision in zip(POLICIES, by_rows, strict=True):
        assert set(found.verdicts[f"{policy.name}.unknown"]) == {decision.unknown}
        assert set(found.verdicts[f"{policy.name}.verdict"]) == {VERDICTS[decision.verdict]}


def test_no_firms_have_no_matches() -> None:
    assert list(match(POLICIES, [TABLE[:0]], ON)) == []


def test_a_test_of_several_policies_is_worked_out_once() -> None:
    one = policy_match.plan(POLICIES[:1], ON)
    two = policy_match.plan([POLICIES[0], replace(POLICIES[0], name="copy")], ON)
    assert len(two.tests) == len(one.tests) > 0
