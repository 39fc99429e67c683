"""What was matched adds up."""

import polars as pl

from matters.match_counts import Counts
from matters.policy_match import match
from tests.matters.drawn_policies import ON, Drawn, frame


def test_passed_failed_and_unknown_are_all_firms() -> None:
    drawn = Drawn(3)
    policies = [drawn.policy()]
    firms = [drawn.firm() for _ in range(300)]
    counts = Counts(policies)
    chunks = list(counts.counted(match(policies, [frame(firms[:100]), frame(firms[100:])], ON)))
    found, verdicts = counts.of["drawn"], pl.concat([each.verdicts for each in chunks])
    assert found.firms == 300
    for count, value in ((found.passed, True), (found.failed, False), (found.unknown, None)):
        assert count == verdicts["drawn.verdict"].to_list().count(value) > 0
    rows = pl.concat([each.candidates for each in chunks]).filter("verdict")
    assert found.fen == sum(fen or 0 for fen in rows["amount_fen"]) > 0


def test_many_large_amounts_do_not_wrap_around() -> None:
    counts = Counts([Drawn(3).policy()])
    [chunk] = match([Drawn(3).policy()], [frame([Drawn(3).firm()])], ON)
    large = pl.DataFrame(
        {"policy": ["drawn"] * 2, "verdict": [True] * 2, "amount_fen": [2**63 - 1] * 2}
    )
    counts.add(type(chunk)(chunk.verdicts, large))
    assert counts.of["drawn"].fen == 2 * (2**63 - 1)
