"""Both ends compared: equal after a run, and what differs is told without a word of any row."""

from __future__ import annotations

from contextlib import closing

import pytest

from exchange.errors import Forbidden
from tests.zhida.syncs.conftest import Town, both, firm
from zhida import sync_diff, sync_file, sync_to
from zhida.sync_diff import Difference


def compared(town: Town) -> Difference:
    with closing(town.hub()) as hub:
        [line] = sync_to.lines(sync_file.find(hub.site.folder, "firms"))
        return sync_diff.compare(hub, line)


@both
def test_both_ends_are_equal_after_a_run_and_each_difference_is_told(town: Town) -> None:
    town.registry.put("firm", *(firm(n) for n in range(20)))
    town.run()
    found = compared(town)
    assert found.is_equal
    assert found.checksum == found.target_checksum
    assert (found.rows, found.target_rows, found.ranges, found.ranges_differing) == (20, 20, 3, 0)
    town.front.run("DELETE FROM firm_in WHERE \"CODE\" = '9132000003'")
    town.front.run("UPDATE firm_in SET \"NAME\" = '改了' WHERE \"CODE\" = '9132000009'")
    town.front.put("firm_in", firm(77))
    found = compared(town)
    assert found.counts == {"missing": 1, "other": 1, "extra": 1}
    assert found.checksum != found.target_checksum
    assert [each.how for each in found.differing] == ["missing", "other", "extra"]
    assert found.ranges_differing == 2
    assert "9132" not in str(found.to_json())
    assert [each.ref for each in compared(town).differing] == [e.ref for e in found.differing]


def test_without_an_agreement_nothing_is_compared(town: Town) -> None:
    town.agree("/CODE")
    with pytest.raises(Forbidden, match=r"sync\.not-agreed"):
        compared(town)
