"""What one firm can't have together in a year: by groups, and by what policies say of each other.

Both at once, for each decides on the other: an award that its group leaves nothing of excludes nobody, and
what an exclusion takes away leaves its group to the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from matters.award_claims import Settled, Terms
from matters.settling_firm import Had
from matters.settling_groups import within_groups


def exclusive(claims: Sequence[Settled], had: Had, terms: Terms) -> list[Settled]:
    """No policy beside one that it can't be had with: had this year, or due now.

    Of two that are due, the larger stays; of equal ones, the first by name. What has made another give
    way is kept in the end: to refuse one more only leaves more to the others.
    """
    refused = _had_before(claims, had, terms)
    stronger: list[str] = []
    while True:
        left = [each for each in claims if each.claim.policy not in refused]
        left = within_groups(left, had, terms)
        clash = _first_clash(left, stronger, terms)
        if clash is None:
            break
        keeps, yields = clash
        stronger.append(keeps)
        refused[yields] = keeps
    gone = [each for each in claims if each.claim.policy in refused]
    return [*left, *(each.down_to(0, "not-with", refused[each.claim.policy]) for each in gone)]


def _had_before(claims: Sequence[Settled], had: Had, terms: Terms) -> dict[str, str]:
    """Policy → the one that the firm has had this year and that it names. What came back was not had."""
    year, sums = claims[0].claim.day.year, dict[str, int]()
    for row in had:
        if row.year == year:
            sums[row.policy] = sums.get(row.policy, 0) + row.fen
    names = {name for name, fen in sums.items() if fen > 0}
    found = {}
    for policy in sorted({each.claim.policy for each in claims}):
        if before := names & {*terms.policies[policy].not_with} - {policy}:
            found[policy] = min(before)
    return found


def _first_clash(
    claims: Sequence[Settled], stronger: Sequence[str], terms: Terms
) -> tuple[str, str] | None:
    """Who keeps and who gives way, of the first two that are due and exclude each other."""
    totals: dict[str, int] = {}
    for each in claims:
        if each.due:
            totals[each.claim.policy] = totals.get(each.claim.policy, 0) + each.due
    order = sorted(totals, key=lambda name: (name not in stronger, -totals[name], name))
    for place, name in enumerate(order):
        for earlier in order[:place]:
            if _exclude(earlier, name, terms):
                return earlier, name
    return None


def _exclude(one: str, other: str, terms: Terms) -> bool:
    return other in terms.policies[one].not_with or one in terms.policies[other].not_with
