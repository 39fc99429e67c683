"""The page of the catalogue has every policy once, and says of each whether it is made up."""

from __future__ import annotations

import re
from collections import Counter

from matters import grants
from zhida import reference_policies


def test_each_policy_stands_in_the_table_of_its_mode_with_its_source() -> None:
    told = reference_policies.parts()
    rows = [
        (title, *re.findall(r"^\| `([^`]+)` \|.*\| (\S+) \|$", body, re.M)[place])
        for title, body in zip(told[1::2], told[2::2], strict=False)
        for place in range(body.count("\n") - 1)
        if title.startswith(("## 免", "## 即"))
    ]
    known = grants.load().policies
    assert Counter(row[1] for row in rows) == Counter(list(known))
    for title, name, source in rows:
        assert source == known[name].provenance
        assert reference_policies.MODES[known[name].mode] in title


def test_it_says_how_many_are_made_up() -> None:
    made_up = sum(p.provenance == "虚构" for p in grants.load().policies.values())
    head = reference_policies.parts()[0]
    assert f"虚构 {made_up} 项" in head and "“虚构”的不是真的政策" in head


def test_what_a_public_source_is_is_told() -> None:
    (last,) = reference_policies.parts()[-1:]
    for policy in grants.load().policies.values():
        assert (policy.provenance == reference_policies.PUBLIC) == (f"`{policy.name}`" in last)
        if policy.provenance == reference_policies.PUBLIC:
            assert all(each.replace("|", "\\|") in last for each in policy.basis)
